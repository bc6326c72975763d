"""The pages of documents: list, writing, issuing, an issued one with its files."""

import io
from datetime import date

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import User
from disbursements.ledger import services as ledger
from monitoring.models import Meeting
from reports.causes import by_cause
from reports.diff import IGNORED, _table_changes
from reports.documents import pdf
from reports.documents.kinds import called
from reports.documents.make import compose, read_request
from reports.models import IssuedReport, ReportDraft
from reports.tests.test_issuing import issued, review, steering
from tests import factories

pytestmark = pytest.mark.any_database

DRAFT = "/reports/annual/2023/"


def test_staff_writes_the_text_and_issues_the_report(cast, client):
    factories.posted(3_000_000)
    board = steering()
    client.force_login(cast.bdh)

    saved = client.post(DRAFT, {"version": 0, "results": "Năm tốt."}, follow=True)
    assert "Năm tốt." in saved.content.decode()
    answer = client.post(
        DRAFT + "issue/", {"board": board.pk, "date": "05/03/2024", "post": "Trưởng ban"}
    )
    report = IssuedReport.objects.get()
    assert answer.url == reverse("issued-report", args=[report.pk])
    assert (report.reference, report.texts) == ("01/BC-BĐH", {"results": "Năm tốt."})
    page = client.get(answer.url).content.decode()
    assert "01/BC-BĐH" in page
    assert "Năm tốt." in page


def test_a_stale_text_is_409_and_nothing_typed_is_lost(cast, client):
    client.force_login(cast.bdh)
    client.post(DRAFT, {"version": 0, "results": "Của người trước."})

    answer = client.post(DRAFT, {"version": 0, "results": "Của người sau."})

    assert answer.status_code == 409
    assert "Của người sau." in answer.content.decode()
    assert ReportDraft.objects.get().texts == {"results": "Của người trước."}


def test_a_wrong_date_stands_beside_its_field(cast, client):
    client.force_login(cast.bdh)
    board = steering()

    answer = client.post(
        DRAFT + "issue/", {"board": board.pk, "date": "01/01/2099", "post": "Trưởng ban"}
    )
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["date"]


def test_only_who_issues_opens_the_writing_pages(cast, client):
    for person in cast.everybody():
        client.force_login(person)
        expected = 200 if person == cast.bdh else 403
        assert client.get(DRAFT).status_code == expected
        assert client.get(DRAFT + "issue/").status_code == expected


def test_an_issued_report_is_read_by_who_sees_everything(cast, client):
    report = issued(cast.bdh, steering())
    page = reverse("issued-report", args=[report.pk])
    file = reverse("issued-report-file", args=[report.pk, "pdf"])

    for person in cast.everybody():
        client.force_login(person)
        expected = 404 if person in (cast.xa_banlang, cast.dieuphoi_gbv) else 200
        assert client.get(page).status_code == expected, person
        assert client.get(file).status_code == expected, person
        listed = "01/BC-BĐH" in client.get("/reports/").content.decode()
        assert listed == (expected == 200)


@pytest.mark.parametrize(
    "address",
    ["/reports/annual/1999/", "/reports/yearly/2023/", "/reports/minutes/2023/"],
)
def test_what_does_not_exist_is_404(cast, client, address):
    client.force_login(cast.bdh)
    assert client.get(address).status_code == 404


def test_the_list_asks_the_same_number_of_questions_at_one_and_at_three(
    cast, client, django_assert_max_num_queries
):
    board = steering()
    client.force_login(cast.bdh)
    issued(cast.bdh, board)
    with django_assert_max_num_queries(20) as one:
        client.get("/reports/")
    issued(cast.bdh, board)
    issued(cast.bdh, board)
    with django_assert_max_num_queries(len(one)):
        client.get("/reports/")


def test_minutes_are_prepared_from_the_meeting(cast, client):
    meeting = review(cast)
    client.force_login(cast.bdh)

    page = client.get(f"/reports/minutes/2023/?meeting={meeting.pk}").content.decode()
    assert "Rà soát hoạt động đề xuất." in page
    assert f"meeting={meeting.pk}" in client.get("/reports/?fiscal_year=2023").content.decode()


def test_the_minutes_of_every_meeting_of_the_year_can_be_prepared(cast, client):
    meetings = [
        Meeting.objects.create(title=f"Giao ban {day}", kind="review", date=date(2023, 1, day))
        for day in range(1, 23)
    ]
    client.force_login(cast.bdh)
    page = client.get("/reports/?fiscal_year=2023").content.decode()
    for meeting in meetings:
        for kind in ("minutes", "conclusions"):
            assert f"/reports/{kind}/2023/?meeting={meeting.pk}" in page


def test_what_changed_is_said_in_words_of_every_table_and_field(db):
    """No name of the program's own stands under “what changed”: the demo has every section."""
    with override_settings(DEBUG=True):
        call_command("load_demo", stdout=io.StringIO())
    staff = User.objects.get(username="bdh")
    for kind in ("annual", "quarterly", "minutes", "conclusions"):
        asked = read_request({"kind": kind, "format": "docx", "fiscal_year": "2023"})
        for name, table in compose(asked, staff).figures["tables"].items():
            rows = [*table.get("rows", []), table.get("total") or {}] if table else []
            assert called(kind, name) != name
            for field in {field for row in rows for field in row} - IGNORED:
                assert called(kind, name, field), (name, field)


def test_a_reversal_shows_as_one_cause_that_moved_many_figures(cast, client):
    factories.plan(factories.line(amounts=50_000_000))
    row = factories.posted(30_000_000)
    report = issued(cast.bdh, steering())
    ledger.reverse(actor=cast.quanly, disbursement=row, amount=2_500_000, reason="Hoàn ứng")

    causes, moved, others = by_cause(report, cast.bdh)
    (cause,) = causes
    assert (cause.entry.amount, cause.entry.reverses, others) == (-2_500_000, row, [])
    assert cause.figures == len(moved) > 15  # totals, rates, what remains, by every cut

    client.force_login(cast.bdh)
    page = client.get(reverse("issued-report", args=[report.pk])).content.decode()
    assert "Có 1 bút toán ghi sổ sau đó làm thay đổi số liệu" in page
    assert "-2.500.000 đồng" in page
    assert "Hoàn ứng" in page
    assert "khi tính lại hôm nay" not in page  # nothing else came out differently


def test_what_entries_do_not_add_up_to_stays_a_change_of_its_own(cast):
    factories.plan(factories.line(amounts=50_000_000))
    factories.posted(30_000_000)
    report = issued(cast.bdh, steering())
    factories.posted(1_000_000, commune=factories.NAM_XE)
    output_rows = {"query": "", "rows": [{"id": 1, "title": "Điểm rửa tay", "state": "x"}]}
    report.figures["tables"]["outputs"] = output_rows  # it has gone since
    report.figures["tables"]["by_commune"]["total"]["disbursed"] -= 7  # no entry says why

    causes, moved, others = by_cause(report, cast.bdh)
    assert [cause.entry.amount for cause in causes] == [1_000_000]
    assert ("by_commune", "", "disbursed") in {(c.table, c.row, c.field) for c in others}
    assert ("outputs", "Điểm rửa tay", "row") in {(c.table, c.row, c.field) for c in others}
    assert ("by_commune", "Nậm Xe", "row") in {(c.table, c.row, c.field) for c in moved}
    assert ("by_program", "", "disbursed") in {(c.table, c.row, c.field) for c in moved}


def test_a_draft_that_waited_and_was_posted_since_is_one_cause(cast):
    factories.plan(factories.line(amounts=50_000_000))
    waiting = factories.submitted(4_000_000)
    report = issued(cast.bdh, steering())
    ledger.post(actor=cast.truongban, disbursement=waiting)

    causes, _moved, others = by_cause(report, cast.bdh)
    assert [cause.entry.amount for cause in causes] == [4_000_000]
    assert [change for change in others if change.table.startswith("by_")] == []


@pytest.mark.parametrize(
    ("families", "said"),
    [
        (
            ["Times New Roman", "Libertinus Serif"],
            "Tệp Word và PDF đều dùng phông Times New Roman.",
        ),
        (["Libertinus Serif"], "máy này không có nên tệp PDF dùng phông Libertinus Serif."),
    ],
)
def test_the_issuing_page_says_what_the_pdf_is_set_in(cast, client, monkeypatch, families, said):
    monkeypatch.setattr(pdf, "families", lambda: frozenset(families))
    client.force_login(cast.bdh)
    assert said in strip_tags(client.get(f"{DRAFT}issue/").content.decode())


def test_each_month_and_each_result_is_a_row_of_its_own():
    months = [{"month": "2023-01", "disbursed": 1}, {"month": "2023-02", "disbursed": 2}]
    later = [{"month": "2023-01", "disbursed": 5}, {"month": "2023-02", "disbursed": 2}]
    (change,) = _table_changes("by_month", {"rows": months}, {"rows": later})
    assert (change.row, change.field, change.then, change.now) == ("01/2023", "disbursed", 1, 5)

    def result(commune, actual):
        return {"code": "YEE-TT", "program": "YEE", "commune_name": commune, "actual": actual}

    then, now = [result("Bản Lang", "1"), result("Nậm Xe", "1")], [result("Bản Lang", "2")]
    found = _table_changes("results", {"rows": then}, {"rows": [*now, result("Nậm Xe", "1")]})
    assert [(each.row, each.field, each.now) for each in found] == [
        ("Bản Lang · YEE-TT", "actual", "2")
    ]
