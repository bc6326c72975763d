"""The ledger through the API: shapes, states, refusals (DESIGN section 5)."""

import pytest

from accounts.roles import Role
from core.values.dates import today
from disbursements.models import Disbursement
from tests.factories import (
    BAN_LANG,
    DAO_SAN,
    activity,
    api,
    close,
    draft,
    fund,
    period,
    posted,
    submitted,
    user,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/disbursements/"
SHAPE = set(
    "id number date amount activity program commune commune_valid_from fund payee voucher_no "
    "voucher_date description note status reason fiscal_year reverses reversed_amount reversals "
    "origin version created_at updated_at posted_at posted_by warnings".split()
)
BESIDE = {"voucher", "remaining", "warnings"}  # what others did meanwhile, too


@pytest.fixture
def body(cast):
    activity("GBV-01")
    activity("ECCD-01")
    fund("UK")
    return {
        "date": "2022-09-15",
        "amount": 12_500_000,
        "activity": "GBV-01",
        "commune": BAN_LANG,
        "fund": "UK",
        "payee": "Đoàn Thanh niên xã",
        "voucher_no": "PC-014",
        "voucher_date": "2022-09-14",
        "description": "Tập huấn",
    }


def test_a_created_record_comes_back_as_it_was_sent(cast, body):
    answer = api(cast.dieuphoi).post(URL, body)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert set(made) == SHAPE | BESIDE
    assert {name: made[name] for name in body} == body
    assert (made["program"], made["number"], made["status"]) == ("GBV", None, "draft")
    assert (made["reverses"], made["reversed_amount"], made["reversals"]) == (None, 0, [])
    assert (made["origin"], made["version"], made["fiscal_year"]) == ("portal", 1, "2023")
    assert answer["Location"].endswith(f"{URL}{made['id']}/")


def test_what_was_read_may_be_sent_back(cast, body):
    client = api(cast.dieuphoi)
    made = client.post(URL, body).json()
    again = client.patch(f"{URL}{made['id']}/", {**made, "payee": "UBND xã"})
    assert again.status_code == 200, again.content
    assert (again.json()["payee"], again.json()["version"]) == ("UBND xã", 2)


@pytest.mark.parametrize("amount", [True, 1.5, 1e300, "1000", 0, -5, 10**15 + 1, None, [], {}])
def test_an_amount_is_a_json_integer_from_1_to_10_to_the_15(cast, body, amount):
    answer = api(cast.dieuphoi).post(URL, {**body, "amount": amount})
    assert answer.status_code == 400
    assert set(answer.json()) == {"amount"}


@pytest.mark.parametrize("amount", [1, 10**15])
def test_both_ends_of_the_range_are_fine(cast, body, amount):
    assert api(cast.dieuphoi).post(URL, {**body, "amount": amount}).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"program": "ECCD"}, "program"),
        ({"program": "NONE"}, "program"),
        ({"activity": "GBV-99"}, "activity"),
        ({"activity": 7}, "activity"),
        ({"activity": "GBV\x00"}, "activity"),
        ({"commune": "99999"}, "commune"),
        ({"commune": 3577}, "commune"),
        ({"fund": "NONE"}, "fund"),
        ({"date": "15/09/2022"}, "date"),
        ({"date": "2019-09-15"}, "date"),
        ({"vouchr_no": "PC-1"}, "vouchr_no"),
        ({"payee": 5}, "payee"),
        ({"payee": "x" * 201}, "payee"),
    ],
)
def test_a_wrong_value_is_refused_by_field(cast, body, change, field):
    answer = api(cast.dieuphoi).post(URL, {**body, **change})
    assert answer.status_code == 400, answer.content
    assert set(answer.json()) == {field}
    assert not Disbursement.objects.exists()


def test_a_day_in_the_future_is_refused(cast, body):
    answer = api(cast.dieuphoi).post(URL, {**body, "date": "2099-01-01"})
    assert answer.status_code == 400
    assert set(answer.json()) == {"date", "commune"}  # nor does the unit live that long


@pytest.mark.parametrize("missing", ["date", "amount", "activity", "commune"])
def test_what_is_required_is_named(cast, body, missing):
    del body[missing]
    assert set(api(cast.dieuphoi).post(URL, body).json()) == {missing}


def test_a_body_that_is_no_record_is_refused(cast):
    for wrong in ([], [1], 5, "text"):
        assert api(cast.dieuphoi).post(URL, wrong).status_code == 400


def test_the_same_code_means_the_unit_of_the_day(cast, body):
    made = api(cast.dieuphoi).post(URL, body).json()
    assert Disbursement.objects.get(pk=made["id"]).commune.valid_to is not None
    merged = api(cast.dieuphoi).post(URL, {**body, "commune": DAO_SAN, "date": "2025-09-15"})
    if merged.status_code == 201:
        assert Disbursement.objects.get(pk=merged.json()["id"]).commune.valid_to is None


@pytest.mark.parametrize("change", [{"commune": DAO_SAN}, {"activity": "ECCD-01"}])
def test_a_body_that_names_what_is_out_of_scope_is_400(cast, body, change):
    answer = api(cast.dieuphoi_gbv).post(URL, {**body, **change})
    assert answer.status_code == 400
    assert set(answer.json()) == set(change)


def test_a_record_out_of_scope_is_not_found(cast):
    row = draft(commune=DAO_SAN)
    client = api(cast.dieuphoi_gbv)
    assert client.get(URL).json()["count"] == 0
    for answer in (
        client.get(f"{URL}{row.pk}/"),
        client.patch(f"{URL}{row.pk}/", {"version": 1, "payee": "x"}),
        client.post(f"{URL}{row.pk}/submit/"),
    ):
        assert answer.status_code == 404


def test_a_change_into_what_is_out_of_scope_is_400(cast):
    row = draft()
    answer = api(cast.dieuphoi_gbv).patch(f"{URL}{row.pk}/", {"version": 1, "commune": DAO_SAN})
    assert (answer.status_code, set(answer.json())) == (400, {"commune"})


def test_a_role_that_may_not_is_403(cast, body):
    row = submitted()
    assert api(cast.khach).post(URL, body).status_code == 403
    assert api(cast.khach).post(f"{URL}{row.pk}/post/").status_code == 403
    assert api(cast.dieuphoi).post(f"{URL}{row.pk}/post/").status_code == 403
    assert api(cast.quanly).post(URL, body).status_code == 403
    assert api(cast.dieuphoi, read_only=True).post(URL, body).status_code == 403


def test_a_change_says_its_version(cast):
    row = draft()
    client = api(cast.dieuphoi)
    missing = client.patch(f"{URL}{row.pk}/", {"payee": "x"})
    assert (missing.status_code, set(missing.json())) == (400, {"version"})
    for wrong in ("1", True, 1.5, None, 0):
        answer = client.patch(f"{URL}{row.pk}/", {"payee": "x", "version": wrong})
        assert (answer.status_code, set(answer.json())) == (400, {"version"})
    assert client.patch(f"{URL}{row.pk}/", {"payee": "x", "version": 1}).status_code == 200
    stale = client.patch(f"{URL}{row.pk}/", {"payee": "y", "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


def test_if_match_stands_for_the_version(cast):
    row = draft()
    client = api(cast.dieuphoi)
    tag = client.get(f"{URL}{row.pk}/")["ETag"]
    changed = client.patch(f"{URL}{row.pk}/", {"payee": "x"}, HTTP_IF_MATCH=tag)
    assert changed.status_code == 200, changed.content
    assert client.patch(f"{URL}{row.pk}/", {"payee": "y"}, HTTP_IF_MATCH=tag).status_code == 409
    submit = f"{URL}{row.pk}/submit/"
    assert client.post(submit, HTTP_IF_MATCH=tag).status_code == 409
    assert client.post(submit, HTTP_IF_MATCH=changed["ETag"]).status_code == 200


def test_the_way_of_a_disbursement(cast, body):
    enter, post = api(cast.dieuphoi), api(cast.quanly)
    made = enter.post(URL, body).json()
    here = f"{URL}{made['id']}/"
    assert post.post(f"{here}post/").status_code == 409  # a draft
    waiting = enter.post(f"{here}submit/", {"version": 1}).json()
    assert (waiting["status"], waiting["version"]) == ("submitted", 2)
    assert enter.patch(here, {"version": 2, "payee": "x"}).status_code == 409
    returned = post.post(f"{here}return/", {"reason": "Thiếu chứng từ"}).json()
    assert (returned["status"], returned["reason"]) == ("returned", "Thiếu chứng từ")
    assert enter.post(f"{here}submit/").status_code == 200
    assert post.post(f"{here}post/", {"version": 1}).status_code == 409
    done = post.post(f"{here}post/").json()
    assert (done["status"], done["number"]) == ("posted", 1)
    assert post.post(f"{here}post/").status_code == 409  # twice
    assert enter.patch(here, {"version": done["version"], "payee": "x"}).status_code == 409


def test_returning_needs_a_reason(cast):
    row = submitted()
    for wrong in ({}, {"reason": ""}, {"reason": "  "}, {"reason": 5}):
        answer = api(cast.quanly).post(f"{URL}{row.pk}/return/", wrong)
        assert (answer.status_code, set(answer.json())) == (400, {"reason"})


def test_a_reversal_is_posted_at_once_with_the_sign_turned(cast):
    row = posted(1000)
    client = api(cast.quanly)
    part = client.post(f"{URL}{row.pk}/reverse/", {"reason": "Hoàn ứng", "amount": 400})
    assert part.status_code == 201, part.content
    made = part.json()
    assert (made["amount"], made["reverses"], made["status"]) == (-400, row.pk, "posted")
    assert (made["number"], made["date"], made["reason"]) == (2, "2022-09-15", "Hoàn ứng")
    rest = client.post(f"{URL}{row.pk}/reverse/", {"reason": "Hết"}).json()
    assert rest["amount"] == -600
    now = client.get(f"{URL}{row.pk}/").json()
    assert (now["reversed_amount"], now["reversals"]) == (1000, [made["id"], rest["id"]])
    assert client.post(f"{URL}{row.pk}/reverse/", {"reason": "Nữa"}).status_code == 409


def test_what_cannot_be_reversed(cast):
    row = posted(1000)
    client = api(cast.quanly)
    here = f"{URL}{row.pk}/reverse/"
    assert set(client.post(here, {}).json()) == {"reason"}
    for wrong in (1001, 0, -1, True, "5", 1.5):
        answer = client.post(here, {"reason": "x", "amount": wrong})
        assert (answer.status_code, set(answer.json())) == (400, {"amount"})
    before = client.post(here, {"reason": "x", "date": "2022-09-14"})
    assert (before.status_code, set(before.json())) == (400, {"date"})
    waiting = submitted()
    assert client.post(f"{URL}{waiting.pk}/reverse/", {"reason": "x"}).status_code == 409
    assert api(cast.dieuphoi).post(here, {"reason": "x"}).status_code == 403


def test_a_reversal_in_a_closed_month_asks_for_an_open_date(cast):
    row = posted(1000)
    close(period(row.date))
    client = api(cast.quanly)
    refused = client.post(f"{URL}{row.pk}/reverse/", {"reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "period_closed")
    fine = client.post(f"{URL}{row.pk}/reverse/", {"reason": "x", "date": "2022-10-03"})
    assert (fine.status_code, fine.json()["date"]) == (201, "2022-10-03")


def test_posting_into_a_closed_month_is_409(cast):
    row = submitted()
    close(period(row.date))
    assert api(cast.quanly).post(f"{URL}{row.pk}/post/").status_code == 409


def test_whoever_submitted_may_not_post(cast):
    row = submitted(by=(person := user(role=Role.COORDINATOR)))
    person.role = Role.MANAGER
    person.save()
    assert api(person).post(f"{URL}{row.pk}/post/").status_code == 403


def ids(client, **query):
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_filters_find_what_they_say(cast):
    old = posted(100, date=today().replace(year=2022, month=8, day=1), voucher_no="A-1")
    new = draft(900, activity="ECCD-01", fund="UK", payee="Trạm y tế Bản Lang", commune=DAO_SAN)
    gone = api(cast.quanly).post(f"{URL}{old.pk}/reverse/", {"reason": "x"}).json()["id"]
    client = api(cast.khach)
    cases = [
        ({"program": "GBV"}, {old.pk, gone}),
        ({"program": "GBV,ECCD"}, {old.pk, new.pk, gone}),
        ({"program": ["GBV", "ECCD"]}, {old.pk, new.pk, gone}),
        ({"commune": DAO_SAN}, {new.pk}),
        ({"activity": "ECCD-01"}, {new.pk}),
        ({"fund": "UK"}, {new.pk}),
        ({"status": "draft"}, {new.pk}),
        ({"fiscal_year": "2023", "quarter": "1"}, {old.pk, new.pk, gone}),
        ({"fiscal_year": "2024"}, set()),
        ({"date_from": "2022-09-01"}, {new.pk}),
        ({"date_to": "2022-08-31"}, {old.pk, gone}),
        ({"amount_min": "1"}, {old.pk, new.pk}),
        ({"amount_max": "100"}, {old.pk, gone}),
        ({"voucher_no": "A-1"}, {old.pk, gone}),
        ({"reversal": "true"}, {gone}),
        ({"reversal": "false"}, {old.pk, new.pk}),
        ({"reverses": str(old.pk)}, {gone}),
        ({"number": "1"}, {old.pk}),
        ({"search": "tram Y te"}, {new.pk}),
    ]
    for query, expected in cases:
        assert set(ids(client, **query)) == expected, query


def test_ordering_by_amount(cast):
    small, big = draft(5), draft(50)
    assert ids(api(cast.khach), ordering="amount") == [small.pk, big.pk]
    assert ids(api(cast.khach), ordering="-amount") == [big.pk, small.pk]
    for wrong in ("", ",", "amount,", "colour"):
        assert api(cast.khach).get(URL, {"ordering": wrong}).status_code == 400, wrong


def test_the_list_asks_the_database_as_often_for_many_rows(cast, django_assert_max_num_queries):
    for amount in range(1, 31):
        draft(amount)
    client = api(cast.khach)
    client.get(URL)
    with django_assert_max_num_queries(8):
        assert len(client.get(URL).json()["results"]) == 30
