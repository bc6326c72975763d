"""After the commit: all of a workbook is submitted, or reversed; its marks go once it is right."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, PlanVersion
from imports.models import Upload
from imports.workbook import mark_errors, read_workbook
from programs.models import Period
from tests import factories

from .make_workbooks import book, one, put, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(client, cast):
    """A coordinator's ledger of three rows and plan of three lines, saved."""
    for code in ("ECCD-01", "ECCD-02", "GBV-01"):
        factories.activity(code)
    client.force_login(cast.dieuphoi)

    def commit(kind):
        file = SimpleUploadedFile("a.xlsx", book(("A", table(kind))))
        year = factories.year("2023").pk
        client.post("/imports/", {"workbook": file, "kind": kind, "fiscal_year": year})
        upload = Upload.objects.order_by("-pk")[0]
        client.post(f"/imports/{upload.pk}/commit/")
        return f"/imports/{upload.pk}/"

    return commit


def states():
    return sorted(Disbursement.objects.filter(reverses=None).values_list("status", flat=True))


def test_all_drafts_of_a_ledger_are_submitted_in_one_step(client, committed):
    page = committed("disbursements")
    context = client.get(page).context
    assert (context["drafts"], context["posted"]) == (3, 0)
    assert client.get(context["drafts_href"]).status_code == 200
    client.post(f"{page}submit/")
    assert states() == ["submitted"] * 3
    assert client.get(page).context["drafts"] == 0


def test_a_plan_is_submitted_from_its_workbook(client, committed):
    page = committed("plan")
    assert client.get(client.get(page).context["drafts_href"]).status_code == 200
    client.post(f"{page}submit/")
    assert PlanVersion.objects.get().state == "submitted"


def test_none_is_submitted_where_one_cannot_be(client, committed):
    page = committed("disbursements")
    last = Disbursement.objects.order_by("pk").last()
    Period.objects.filter(pk=last.period_id).update(state="closed")
    answer = client.post(f"{page}submit/", follow=True)
    assert "đã khóa" in answer.content.decode()
    assert states() == ["draft"] * 3


def test_what_is_posted_is_reversed_in_one_step_with_a_reason(client, cast, committed):
    page = committed("disbursements")
    client.post(f"{page}submit/")
    for row in Disbursement.objects.all():
        ledger.post(actor=cast.truongban, disbursement=row)
    assert client.get(page).context["posted"] == 3
    client.post(f"{page}reverse/", {"reason": "Nhập nhầm tệp"})
    assert Disbursement.objects.exclude(reverses=None).count() == 0  # not by who loaded it
    client.force_login(cast.dieuphoi_gbv)
    assert client.get(f"{page}reverse/").status_code == 404  # who does not see all of it
    client.force_login(cast.truongban)
    assert "55.194.000" in client.get(f"{page}reverse/").content.decode()
    client.post(f"{page}reverse/", {"reason": " "})
    assert Disbursement.objects.exclude(reverses=None).count() == 0
    client.post(f"{page}reverse/", {"reason": "Nhập nhầm tệp"})
    reversals = Disbursement.objects.exclude(reverses=None)
    assert sum(r.amount for r in reversals) == -55_194_000
    assert {r.reason for r in reversals} == {"Nhập nhầm tệp"}


def test_marks_go_when_the_marked_workbook_comes_back_right(client, committed):
    wrong = one(put(table("disbursements"), 1, 4, "nhiều"))
    marked = openpyxl.load_workbook(
        io.BytesIO(mark_errors(wrong, read_workbook(wrong, "disbursements").errors))
    )
    marked.active["E2"] = 30_967_000
    out = io.BytesIO()
    marked.save(out)
    committed("disbursements")
    client.post("/imports/", {"workbook": SimpleUploadedFile("a.xlsx", out.getvalue())})
    page = f"/imports/{Upload.objects.order_by('-pk')[0].pk}/"
    assert client.get(page).context["has_marks"]
    cell = openpyxl.load_workbook(io.BytesIO(client.get(f"{page}marked/").content)).active["E2"]
    assert (cell.value, cell.comment, cell.fill.fill_type) == (30_967_000, None, None)


def test_the_senders_own_comment_outlives_our_marks():
    from openpyxl.comments import Comment

    book_ = openpyxl.load_workbook(io.BytesIO(one(put(table("disbursements"), 1, 4, "nhiều"))))
    book_.active["E2"].comment = Comment("Hỏi lại kế toán", "Lan")
    out = io.BytesIO()
    book_.save(out)
    issues = read_workbook(out.getvalue(), "disbursements").errors
    marked = mark_errors(out.getvalue(), issues)
    clean = openpyxl.load_workbook(io.BytesIO(mark_errors(marked, []))).active["E2"]
    assert clean.comment.text == "Hỏi lại kế toán"
