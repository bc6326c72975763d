"""Money against plan where people look: what is left, which row crosses the plan, what is asked."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from disbursements.approval import services as approval
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from tests import factories as make

pytestmark = pytest.mark.django_db
URL = "/api/v1/disbursements/"
NEW = "/disbursements/new/"
HUNDRED_BILLION = 100_000_000_000


@pytest.fixture
def plan(cast):
    """GBV: 100 đồng in Bản Lang, 40 in Nậm Xe, 60 for another activity; YEE: 500."""
    return make.plan(
        make.line("GBV-01", make.BAN_LANG, {1: 60, 3: 40}),
        make.line("GBV-01", make.NAM_XE, 40),
        make.line("GBV-02", make.BAN_LANG, 60),
        make.line("YEE-01", make.BAN_LANG, 500),
    )


def body(amount, **changes):
    return {
        "date": "2022-09-15",
        "amount": amount,
        "activity": "GBV-01",
        "commune": make.BAN_LANG,
        **changes,
    }


def entered(cast, amount, **changes):
    """The API's answer to a new row."""
    answer = make.api(cast.dieuphoi).post(URL, body(amount, **changes))
    assert answer.status_code == 201, answer.content
    return answer.json()


def codes(row):
    return [warning["code"] for warning in row["warnings"]]


# What is left


def test_what_is_left_of_activity_and_programme_stands_beside_the_amount(plan, cast):
    make.posted(30)
    make.posted(5, activity="GBV-02")
    make.submitted(7)
    left = entered(cast, 11)["remaining"]
    assert left == {
        "activity_commune": {
            "planned": 100,
            "disbursed": 30,
            "pending": 7,
            "balance": 70,
            "rate": "30.0",
        },
        "program": {
            "planned": 200,
            "disbursed": 35,
            "pending": 7,
            "balance": 165,
            "rate": "17.5",
        },
        "over_plan": False,
    }


def test_what_is_left_is_in_every_answer_and_in_lists_that_ask_for_it(plan, cast):
    row = make.submitted(11)
    client = make.api(cast.quanly)
    assert client.get(f"{URL}{row.pk}/").json()["remaining"]["activity_commune"]["pending"] == 11
    [plain] = client.get(URL).json()["results"]
    assert "remaining" not in plain
    [asked] = client.get(URL, {"fields": "id,remaining,warnings"}).json()["results"]
    assert asked["remaining"]["activity_commune"]["balance"] == 100
    posted = client.post(f"{URL}{row.pk}/post/", {}).json()
    assert posted["remaining"]["activity_commune"]["balance"] == 89


def test_what_is_left_is_of_the_scope(plan, cast):
    make.posted(9, commune=make.NAM_XE)
    make.posted(9, activity="YEE-01")
    answer = make.api(cast.xa_banlang).get(f"{URL}{make.draft(1).pk}/").json()
    assert answer["remaining"]["program"]["planned"] == 160  # without Nậm Xe
    assert answer["remaining"]["program"]["disbursed"] == 0


def test_without_a_plan_nothing_is_left_and_nothing_is_said(cast):
    make.activity("GBV-01")
    row = entered(cast, HUNDRED_BILLION)
    assert (row["remaining"], row["warnings"]) == (None, [])


def test_what_others_do_makes_no_version_stale(plan, cast):
    client = make.api(cast.dieuphoi)
    row = make.draft(11)
    read = client.get(f"{URL}{row.pk}/")
    make.posted(30)
    again = client.get(f"{URL}{row.pk}/", headers={"If-None-Match": read["ETag"]})
    assert again.status_code == 200
    tag = {"If-Match": read["ETag"]}
    assert client.patch(f"{URL}{row.pk}/", {"note": "x"}, headers=tag).status_code == 200
    assert client.patch(f"{URL}{row.pk}/", {"note": "y"}, headers=tag).status_code == 409
    whole = {**read.json(), "version": 2, "note": "z"}
    assert client.patch(f"{URL}{row.pk}/", whole).status_code == 200


def test_the_entry_page_says_what_is_left_before_anything_is_sent(plan, cast, client):
    make.posted(30)
    client.force_login(cast.dieuphoi)
    place = {"date": "2022-09-15", "activity": "GBV-01", "commune": make.commune().pk}
    said = client.get(reverse("amount-words"), {**place, "text": "11"}).json()
    assert (said["amount"], "70 đồng" in said["left"]) == (11, True)
    like = Disbursement.objects.get().pk
    assert "70 đồng" in client.get(f"{NEW}?like={like}").context["left"]  # its own day's year
    page = client.post(NEW, {**place, "amount": "nhiều"})
    assert "70 đồng" in page.content.decode()
    assert client.get(reverse("amount-words"), {"text": "11"}).json()["left"] == ""


def test_the_page_of_a_row_says_what_is_left(plan, cast, client):
    row = make.submitted(11)
    make.posted(130, commune=make.NAM_XE)
    client.force_login(cast.quanly)
    left = client.get(reverse("disbursement", args=[row.pk])).context["left"]
    assert left == {
        "place": "còn 100 đồng (chờ duyệt 11 đồng)",
        "program": "còn 70 đồng (chờ duyệt 11 đồng)",
        "over": "",
    }


# Crossing the plan


def said_of_all(cast):
    """The codes of the remarks on all rows, by amount."""
    found = make.api(cast.quanly).get(URL, {"fields": "amount,warnings"})
    return {row["amount"]: codes(row) for row in found.json()["results"]}


def test_the_row_that_crosses_the_plan_is_remarked_and_those_after_it_are_only_over(plan, cast):
    rows = [entered(cast, amount) for amount in (60, 40, 1, 30)]
    assert [codes(row) for row in rows] == [[], [], ["over_plan"], []]
    assert [row["remaining"]["over_plan"] for row in rows] == [False, False, True, True]


def test_the_remark_stays_with_its_row_through_all_states(plan, cast):
    for amount in (60, 50, 20):
        make.posted(amount)
    assert said_of_all(cast) == {60: [], 50: ["over_plan"], 20: []}


def test_each_activity_and_commune_is_crossed_on_its_own(plan, cast):
    for commune, amount in ((make.BAN_LANG, 101), (make.NAM_XE, 41)):
        row = entered(cast, amount, commune=commune)
        assert "over_plan" in codes(row)


def test_a_new_version_of_the_plan_is_crossed_anew(plan, cast):
    for amount in (60, 50, 20):
        make.posted(amount)
    make.plan(make.line("GBV-01", make.BAN_LANG, 120))
    assert said_of_all(cast) == {60: [], 50: [], 20: ["over_plan"]}


def test_what_was_reversed_counts_no_more(plan, cast):
    make.posted(60)
    row = make.posted(50)
    ledger.reverse(actor=cast.quanly, disbursement=row, reason="nhập sai")
    assert [codes(entered(cast, amount)) for amount in (40, 1)] == [[], ["over_plan"]]


def test_money_without_a_plan_is_over_it_from_the_first_row(plan, cast):
    make.activity("GBV-09")
    rows = [entered(cast, 5, activity="GBV-09"), entered(cast, 6, activity="GBV-09")]
    assert [codes(row) for row in rows] == [["over_plan"], []]
    assert rows[0]["remaining"]["activity_commune"]["planned"] == 0


def test_a_year_of_120_percent_is_entered_without_a_question(plan, cast, client):
    client.force_login(cast.dieuphoi)
    for number, amount in enumerate((30, 31, 32, 27)):
        sent = {
            "date": f"2022-09-{number + 1:02}",
            "activity": "GBV-01",
            "commune": str(make.commune().pk),
            "amount": str(amount),
        }
        assert client.post(NEW, sent).status_code == 302
    assert sum(Disbursement.objects.values_list("amount", flat=True)) == 120


# Lists for approval


@pytest.fixture
def waiting(plan):
    """Of GBV-01 in Bản Lang the second row crosses the plan; of GBV-02 the only one."""
    rows = [make.submitted(amount, date=date(2022, 9, amount % 28 + 1)) for amount in (60, 50, 20)]
    return [*rows, make.submitted(61, activity="GBV-02"), make.submitted(3, activity="YEE-01")]


def test_the_list_opens_with_one_line_about_what_is_over_the_plan(waiting, cast, client):
    client.force_login(cast.quanly)
    page = client.get(reverse("approval-list", args=[waiting[0].period_id]))
    assert page.context["over"] == "3 khoản thuộc 2 hoạt động đã vượt kế hoạch."
    lines = {line["row"].amount: line for line in page.context["lines"]}
    assert {amount for amount, line in lines.items() if line["left"]["over"]} == {50, 20, 61}
    assert {amount for amount, line in lines.items() if line["remarks"]} == {50, 61}
    assert {amount for amount, line in lines.items() if line["ticked"]} == {60, 20, 3}
    assert lines[60]["left"]["place"] == "còn 100 đồng (chờ duyệt 130 đồng)"
    assert "3 khoản thuộc 2 hoạt động" in page.content.decode()


def test_the_line_is_not_there_where_nothing_is_over(plan, cast, client):
    row = make.submitted(60)
    client.force_login(cast.quanly)
    assert client.get(reverse("approval-list", args=[row.period_id])).context["over"] == ""


def test_the_file_has_what_is_left_beside_each_row(waiting, cast, client):
    client.force_login(cast.quanly)
    address = reverse("approval-list", args=[waiting[0].period_id])
    answer = client.get(address, {"format": "csv", "cols": "all"})
    head, *rows = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    amount, over = head.index("Số tiền (đồng)"), head.index("Vượt kế hoạch")
    assert {row[amount] for row in rows if row[over]} == {"50", "20", "61"}
    assert {row[over - 2] for row in rows} == {"100", "60", "500"}


def test_rows_over_the_plan_are_posted_like_others(waiting, cast):
    chosen = {row.pk: row.version for row in waiting}
    posted = approval.approve(actor=cast.quanly, period=waiting[0].period, chosen=chosen)
    assert len(posted) == 5


# Far above the usual, and above the whole year's plan


@pytest.mark.parametrize(("rows", "said"), [(4, []), (5, ["far_above"])])
def test_far_above_needs_five_earlier_rows(cast, rows, said):
    for day in range(rows):
        make.posted(10, date=date(2022, 8, day + 1))
    assert codes(entered(cast, 50)) == said


def test_rows_entered_later_are_not_the_usual_of_an_earlier_one(cast):
    first = make.submitted(50)
    for day in range(5):
        make.posted(10, date=date(2022, 8, day + 1))
    assert approval.remarks(cast.quanly, first.period) == {}


def test_lines_of_one_voucher_for_several_payees_are_no_twins(cast):
    make.activity("GBV-01")
    rows = [
        entered(cast, 9, voucher_no="PC-1", payee=payee)
        for payee in ("Hội Phụ nữ xã", "Đoàn Thanh niên xã")
    ]
    assert [codes(row) for row in rows] == [[], []]
    assert codes(entered(cast, 9, voucher_no="PC-2", payee="Trạm Y tế xã")) == ["twin"]


def test_more_than_the_whole_years_plan_is_said_by_the_api_in_words(plan, cast):
    client = make.api(cast.dieuphoi)
    made = client.post(URL, body(HUNDRED_BILLION))
    assert made.status_code == 201
    said = {each["code"]: each["message"] for each in made.json()["warnings"]}
    assert set(said) == {"more_than_plan", "over_plan"}
    assert "một trăm tỷ đồng" in said["more_than_plan"]


def test_in_many_rows_the_one_above_the_plan_is_named(plan, cast):
    client = make.api(cast.dieuphoi)
    answer = client.post(f"{URL}bulk/", {"rows": [body(100), body(101)]})
    assert answer.status_code == 201
    rows = answer.json()["results"] if "results" in answer.json() else answer.json()["rows"]
    assert ["more_than_plan" in codes(row) for row in rows] == [False, True]


def test_activity_without_a_plan_is_held_against_its_programme(plan, cast):
    make.activity("GBV-09")
    client = make.api(cast.dieuphoi)
    for amount, said in ((200, False), (201, True)):
        made = client.post(URL, body(amount, activity="GBV-09"))
        assert ("more_than_plan" in codes(made.json())) == said


def sent_by(page):
    """What the form on a page would send."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def test_the_page_shows_the_words_and_wants_a_tick(plan, cast, client):
    client.force_login(cast.dieuphoi)
    sent = {
        "date": "2022-09-15",
        "activity": "GBV-01",
        "commune": str(make.commune().pk),
        "amount": str(HUNDRED_BILLION),
        "note": "Theo tờ trình 12",
    }
    asked = client.post(NEW, sent)
    assert (asked.status_code, Disbursement.objects.count()) == (200, 0)
    tick = asked.context["form"]["confirm_amount"]
    assert 'type="checkbox"' in str(tick) and "một trăm tỷ đồng" in str(tick.label)
    again = client.post(NEW, sent_by(asked))
    assert (again.status_code, Disbursement.objects.count()) == (200, 0)
    assert client.post(NEW, {**sent_by(again), "confirm_amount": "on"}).status_code == 302
    assert Disbursement.objects.get().note == "Theo tờ trình 12"


def test_a_tick_is_for_the_amount_it_was_given_for(plan, cast, client):
    client.force_login(cast.dieuphoi)
    sent = {
        "date": "2022-09-15",
        "activity": "GBV-01",
        "commune": str(make.commune().pk),
        "amount": "101",
    }
    asked = sent_by(client.post(NEW, sent))
    other = client.post(NEW, {**asked, "amount": "1020", "confirm_amount": "on"})
    assert (other.status_code, Disbursement.objects.count()) == (200, 0)


def test_files_chosen_without_scripts_are_named_where_something_is_asked(plan, cast, client):
    client.force_login(cast.dieuphoi)
    sent = {
        "date": "2022-09-15",
        "activity": "GBV-01",
        "commune": str(make.commune().pk),
        "amount": "101",
        "files": io.BytesIO(b"%PDF-1.4"),
    }
    sent["files"].name = "phieu-chi.pdf"
    assert "phieu-chi.pdf" in client.post(NEW, sent).content.decode()


def test_saving_beside_a_plan_asks_the_database_at_most_35_times(
    plan, cast, client, django_assert_max_num_queries
):
    client.force_login(cast.dieuphoi_gbv)
    form = client.get(NEW).content.decode()
    key = form.split('name="form_key" value="')[1].split('"')[0]
    sent = {
        "date": "2022-09-15",
        "activity": "GBV-01",
        "commune": str(make.commune().pk),
        "amount": "11",
        "voucher_no": "PC-1",
        "form_key": key,
        "submit": "",
    }
    with django_assert_max_num_queries(35):
        assert client.post(NEW, sent).status_code == 302
    row = Disbursement.objects.get()
    with django_assert_max_num_queries(35):
        client.get(reverse("disbursement", args=[row.pk]))


def test_a_file_passes_over_what_stands_beside_its_rows(cast):
    make.draft(5)
    client = make.api(cast.dieuphoi)
    for asked, head in (("id,remaining", "id"), ("remaining,warnings", "id"), ("amount", "amount")):
        answer = client.get(URL, {"fields": asked, "format": "csv"})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert text.splitlines()[0] == head
