"""Many rows of the ledger at once: submitted, withdrawn, posted, returned, deleted, in a file.

Four eyes, scope and closed months hold for each of them, and what is wrong is said by row.
"""

from datetime import date
from functools import partial
from io import BytesIO

import pytest
from openpyxl import load_workbook

from accounts.roles import Role
from core.services.errors import Conflict
from disbursements.drafts import services as discard
from disbursements.ledger import bulk
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from tests import factories as make

URL = "/api/v1/disbursements/"
MANY = {"ids": [*range(1, 502)]}
PAGE = "/disbursements/many/"


def ticked(*rows, **more):
    """What the list sends of its ticked rows."""
    for row in rows:
        row.refresh_from_db()
    return {"row": [f"{row.pk}:{row.version}" for row in rows], **more}


def states(*rows):
    found = dict(Disbursement.objects.values_list("pk", "status"))
    return [found.get(row.pk) for row in rows]


def said(answer):
    """The errors of a refusal: row and id → sentences."""
    return {
        (each["row"], each["id"]): [text for texts in each["errors"].values() for text in texts]
        for each in answer.json()["rows"]
    }


# The API


def test_drafts_are_submitted_in_one_request_and_the_answer_has_them_in_order(cast):
    rows = [make.draft(amount, by=cast.dieuphoi) for amount in (5, 3, 4)]
    ids = [row.pk for row in rows]
    answer = make.api(cast.dieuphoi).post(f"{URL}submit/", {"ids": ids})
    assert answer.status_code == 200
    assert answer.json()["count"] == 3
    assert [each["id"] for each in answer.json()["rows"]] == ids
    assert {each["status"] for each in answer.json()["rows"]} == {"submitted"}
    assert states(*rows) == ["submitted"] * 3


def test_with_one_row_that_cannot_be_none_is_submitted_and_it_is_named(cast):
    fine, waits = make.draft(by=cast.dieuphoi), make.submitted(7)
    answer = make.api(cast.dieuphoi).post(f"{URL}submit/", {"ids": [fine.pk, waits.pk]})
    assert answer.status_code == 409
    assert list(said(answer)) == [(2, waits.pk)]
    assert "Chờ duyệt" in said(answer)[2, waits.pk][0]
    assert states(fine, waits) == ["draft", "submitted"]


def test_what_is_out_of_scope_is_not_there(cast):
    mine = make.draft(by=cast.dieuphoi)
    other = make.draft(8, activity="YEE-01", commune=make.KHONG_LAO)
    answer = make.api(cast.dieuphoi_gbv).post(
        f"{URL}submit/", {"ids": [mine.pk, other.pk, 999_999]}
    )
    assert answer.status_code == 404
    assert set(said(answer)) == {(2, other.pk), (3, 999_999)}
    assert states(mine, other) == ["draft", "draft"]


def test_a_stale_version_is_409(cast):
    row = make.draft(by=cast.dieuphoi)
    client = make.api(cast.dieuphoi)
    stale = client.post(f"{URL}submit/", {"ids": [row.pk], "versions": {row.pk: row.version + 1}})
    assert stale.status_code == 409
    assert states(row) == ["draft"]
    fine = client.post(f"{URL}submit/", {"ids": [row.pk], "versions": {row.pk: row.version}})
    assert fine.status_code == 200


def test_a_closed_month_takes_no_row_and_says_so(cast):
    row = make.draft(by=cast.dieuphoi)
    make.close(row.period)
    answer = make.api(cast.dieuphoi).post(f"{URL}submit/", {"ids": [row.pk]})
    assert answer.status_code == 409
    assert "khóa" in said(answer)[1, row.pk][0]


def test_rows_are_posted_by_somebody_who_had_no_hand_in_any_and_get_their_numbers(cast):
    rows = [make.submitted(n, date=date(2022, 9 + n % 2, 3)) for n in range(1, 5)]
    ids = [row.pk for row in rows]
    answer = make.api(cast.quanly).post(f"{URL}post/", {"ids": ids})
    assert answer.status_code == 200
    assert states(*rows) == ["posted"] * 4
    assert sorted(each["number"] for each in answer.json()["rows"]) == [1, 2, 3, 4]


def test_four_eyes_hold_for_each_row(cast):
    both = make.user("hai-vai", Role.MANAGER)
    others = make.submitted(5)
    own = make.submitted(6)
    Disbursement.objects.get(pk=own.pk).makers.add(both)
    answer = make.api(both).post(f"{URL}post/", {"ids": [others.pk, own.pk]})
    assert answer.status_code == 403
    assert list(said(answer)) == [(2, own.pk)]
    assert states(others, own) == ["submitted", "submitted"]


def test_rows_wrong_in_different_ways_are_each_said_with_its_own(cast):
    draft, posted = make.draft(5), make.posted(6)
    answer = make.api(cast.quanly).post(f"{URL}post/", {"ids": [draft.pk, posted.pk, 999_999]})
    assert answer.status_code == 404
    assert set(said(answer)) == {(1, draft.pk), (2, posted.pk), (3, 999_999)}


def test_one_reason_returns_all_and_without_one_none(cast):
    rows = [make.submitted(n) for n in (5, 6)]
    ids = [row.pk for row in rows]
    client = make.api(cast.quanly)
    assert list(client.post(f"{URL}return/", {"ids": ids}).json()) == ["reason"]
    answer = client.post(f"{URL}return/", {"ids": ids, "reason": "Thiếu biên nhận"})
    assert answer.status_code == 200
    assert {each["reason"] for each in answer.json()["rows"]} == {"Thiếu biên nhận"}
    assert states(*rows) == ["returned", "returned"]


@pytest.mark.parametrize(
    "body", [{}, {"ids": []}, {"ids": "1"}, {"ids": [0]}, {"ids": [1, 1]}, MANY]
)
def test_ids_are_from_1_to_500_numbers_each_once(cast, body):
    answer = make.api(cast.dieuphoi).post(f"{URL}submit/", body)
    assert (answer.status_code, list(answer.json())) == (400, ["ids"])


def test_who_may_do_it_with_no_row_hears_that_first(cast):
    for name, person in (("submit", cast.quanly), ("post", cast.dieuphoi), ("return", cast.khach)):
        assert make.api(person).post(f"{URL}{name}/", {}).status_code == 403


def test_the_same_key_submits_once(cast):
    row = make.draft(by=cast.dieuphoi)
    client = make.api(cast.dieuphoi)
    answers = [
        client.post(f"{URL}submit/", {"ids": [row.pk]}, headers={"Idempotency-Key": "mot-lan"})
        for _time in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


# The page


def test_ticked_drafts_are_submitted_at_once_and_can_be_withdrawn_again(cast, client):
    rows = [make.draft(n, by=cast.dieuphoi) for n in (1_000, 2_000)]
    client.force_login(cast.dieuphoi)
    answer = client.post(f"{PAGE}?status=draft", ticked(*rows, do="submit"))
    assert answer["Location"] == "/disbursements/?status=draft"
    assert states(*rows) == ["submitted"] * 2
    page = client.get(answer["Location"]).content.decode()
    assert "3.000 đồng" in page
    way_back = f"{PAGE}?do=withdraw&rows={rows[0].pk},{rows[1].pk}"
    assert way_back.replace("&", "&amp;") in page
    asked = client.get(way_back)
    assert [line["row"].pk for line in asked.context["lines"]] == [row.pk for row in rows]
    client.post(way_back, ticked(*rows, do="withdraw", confirmed="1"))
    assert states(*rows) == ["draft"] * 2


def test_all_that_are_found_are_those_of_the_address_and_in_scope(cast, client):
    mine = [make.draft(n, by=cast.dieuphoi) for n in (5, 6)]
    other_kind = make.draft(7, payee="Trạm Y tế")
    far = make.draft(8, activity="YEE-01", commune=make.KHONG_LAO)
    client.force_login(cast.dieuphoi_gbv)
    client.post(f"{PAGE}?search=doan", {"do": "submit", "all": "1"})
    assert states(*mine, other_kind, far) == ["submitted", "submitted", "draft", "draft"]


def test_where_some_cannot_it_is_asked_and_says_why_of_each(cast, client):
    fine, waits = make.draft(5, by=cast.dieuphoi), make.submitted(6)
    client.force_login(cast.dieuphoi)
    asked = client.post(PAGE, ticked(fine, waits, do="submit"))
    assert asked.status_code == 200
    assert states(fine, waits) == ["draft", "submitted"]
    assert [line["row"].pk for line in asked.context["lines"]] == [fine.pk]
    (left,) = asked.context["left"]
    assert [line["row"].pk for line in left["lines"]] == [waits.pk]
    assert "Chờ duyệt" in left["why"]


def test_posting_asks_once_with_count_sum_in_words_and_what_is_remarked(cast, client):
    rows = [make.submitted(1_000 + n, voucher_no=f"PC-{n}") for n in range(6)]
    twin = make.submitted(1_000, voucher_no="PC-X")
    client.force_login(cast.quanly)
    asked = client.post(PAGE, ticked(*rows, twin, do="post"))
    assert states(*rows) == ["submitted"] * 6
    assert (asked.context["count"], asked.context["total"]) == ("7", "7.015")
    text = asked.content.decode()
    assert "bảy nghìn" in text.lower()
    assert {line["voucher"] for line in asked.context["remarked"]} == {"PC-X"}
    done = client.post(PAGE, ticked(*rows, twin, do="post", confirmed="1"))
    assert done["Location"] == "/disbursements/"
    assert states(*rows, twin) == ["posted"] * 7


def test_a_row_that_changed_after_the_question_stops_all_of_them(cast, client):
    rows = [make.submitted(n) for n in (5, 6)]
    seen = ticked(*rows, do="post", confirmed="1")
    ledger.return_(actor=cast.truongban, disbursement=rows[1], reason="Sai")
    client.force_login(cast.quanly)
    answer = client.post(PAGE, seen)
    assert answer.status_code == 409
    assert states(*rows) == ["submitted", "returned"]
    assert [line["row"].pk for line in answer.context["lines"]] == [rows[0].pk]


def test_one_reason_returns_many_and_it_is_asked_for(cast, client):
    rows = [make.submitted(n) for n in (5, 6)]
    client.force_login(cast.quanly)
    assert client.post(PAGE, ticked(*rows, do="return")).context["wants_reason"]
    empty = client.post(PAGE, ticked(*rows, do="return", confirmed="1", reason=" "))
    assert empty.status_code == 400
    client.post(PAGE, ticked(*rows, do="return", confirmed="1", reason="Thiếu biên nhận"))
    assert set(Disbursement.objects.values_list("status", "reason")) == {
        ("returned", "Thiếu biên nhận")
    }


def test_drafts_are_deleted_after_a_question_and_one_sent_before_with_a_reason(cast, client):
    new, back = make.draft(5, by=cast.dieuphoi), make.submitted(6, by=cast.dieuphoi)
    ledger.return_(actor=cast.quanly, disbursement=back, reason="Sai")
    client.force_login(cast.dieuphoi)
    assert not client.post(PAGE, ticked(new, do="delete")).context["wants_reason"]
    assert client.post(PAGE, ticked(new, back, do="delete")).context["wants_reason"]
    client.post(PAGE, ticked(new, back, do="delete", confirmed="1", reason="Nhập hai lần"))
    assert states(new, back) == [None, None]


def test_ticked_rows_are_taken_as_a_workbook_in_the_columns_of_the_list(cast, client):
    rows = [make.posted(n) for n in (5, 6, 7)]
    client.force_login(cast.khach)
    answer = client.post(f"{PAGE}?sort=-amount", ticked(rows[0], rows[2], do="export"))
    head, *lines = load_workbook(BytesIO(answer.getvalue())).active.values
    assert [line[head.index("Số tiền (đồng)")] for line in lines] == [7, 5]


def test_nothing_ticked_is_said_and_what_the_role_may_not_do_is_403(cast, client):
    client.force_login(cast.dieuphoi)
    nothing = client.post(PAGE, {"do": "submit"}, follow=True)
    assert "Hãy chọn ít nhất một khoản" in nothing.content.decode()
    row = make.submitted(5)
    assert client.post(PAGE, ticked(row, do="post")).status_code == 403
    assert client.post(PAGE, ticked(row, do="burn")).status_code == 404


def test_the_list_offers_what_the_person_may_do(cast, client):
    make.draft(5)
    offered = {}
    for person in (cast.dieuphoi, cast.quanly, cast.khach):
        client.force_login(person)
        ticks = client.get("/disbursements/").context["list"]["ticks"]
        offered[person.username] = [action.name for action in ticks["actions"]]
    assert offered == {
        "dieuphoi": ["submit", "withdraw", "delete", "export"],
        "quanly": ["post", "return", "export"],
        "khach": ["export"],
    }


def changed(row):
    Disbursement.objects.filter(pk=row.pk).update(version=99)


def reversed_already(row):
    ledger.reverse(actor=make.somebody(Role.MANAGER), disbursement=row, reason="hai lần")


@pytest.mark.parametrize(
    ("made", "meanwhile", "deed"),
    [
        (make.draft, changed, discard.disbursements),
        (make.draft, changed, bulk.submit_many),
        (make.posted, reversed_already, partial(bulk.reverse_many, reason="hai lần")),
    ],
    ids=["delete", "submit", "reverse"],
)
def test_of_many_rows_one_that_cannot_be_any_more_keeps_all_as_they_were(
    cast, made, meanwhile, deed
):
    rows = [made(1_000_000, voucher_no="CT-1"), made(2_000_000, voucher_no="CT-2")]
    meanwhile(Disbursement.objects.get(pk=rows[1].pk))
    before = list(Disbursement.objects.order_by("pk").values())
    with pytest.raises(Conflict):
        deed(actor=cast.quanly if made is make.posted else cast.dieuphoi, rows=rows)
    assert list(Disbursement.objects.order_by("pk").values()) == before
