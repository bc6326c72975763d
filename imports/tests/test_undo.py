"""A committed workbook is taken back while nobody has done anything with it."""

import pytest
from openpyxl import Workbook

from core.pages.history import trail_of
from core.services.errors import Conflict
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, PlanVersion
from disbursements.plans import editing
from disbursements.plans.lines import lines_of
from imports import services as uploads
from imports.models import Upload, UploadState
from tests import factories
from trainings.models import Training

pytestmark = pytest.mark.django_db

LEDGER = ["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền"]
PLAN = ["Mã hoạt động", "Tên hoạt động", "Xã", "Quý I", "Quý II", "Quý III", "Quý IV"]
CLASSES = ["Chủ đề", "Chương trình", "Xã", "Từ ngày", "Nam", "Nữ"]


def committed(actor, kind, head, *rows, as_history=False):
    import io

    book, out = Workbook(), io.BytesIO()
    for row in (head, *rows):
        book.active.append(row)
    book.save(out)
    upload = uploads.receive(
        actor=actor,
        kind=kind,
        content=out.getvalue(),
        filename="so-lieu.xlsx",
        fiscal_year=factories.year("2023"),
        as_history=as_history,
    )
    assert list(upload.findings.filter(is_warning=False)) == []
    return uploads.confirm(actor=actor, upload=upload)


def vouchers(actor, **options):
    factories.activity("GBV-01")
    rows = [[f"1{n}/09/2022", f"PC0{n}", "GBV-01", "Bản Lang", 1_000_000 * n] for n in (1, 2)]
    return committed(actor, "disbursements", LEDGER, *rows, **options)


def test_drafts_go_and_their_trail_stays(cast):
    upload = vouchers(cast.dieuphoi)
    first = Disbursement.objects.order_by("pk")[0]
    uploads.undo(actor=cast.dieuphoi, upload=upload)
    assert Disbursement.objects.count() == 0
    assert Upload.objects.get().state == UploadState.UNDONE
    assert [entry.kind for entry in trail_of(first)] == ["deleted", "created"]
    with pytest.raises(Conflict):
        uploads.undo(actor=cast.dieuphoi, upload=upload)


def test_a_workbook_is_committed_once_and_not_after_it_was_taken_back(cast):
    upload = vouchers(cast.dieuphoi)
    with pytest.raises(Conflict):
        uploads.confirm(actor=cast.dieuphoi, upload=upload)
    uploads.undo(actor=cast.dieuphoi, upload=upload)
    with pytest.raises(Conflict):
        uploads.confirm(actor=cast.dieuphoi, upload=upload)
    assert not Disbursement.objects.exists()


def test_a_workbook_taken_back_can_be_loaded_again(cast):
    uploads.undo(actor=cast.dieuphoi, upload=vouchers(cast.dieuphoi))
    assert vouchers(cast.dieuphoi).duplicates == 0
    assert Disbursement.objects.count() == 2


def test_nothing_goes_once_one_row_was_submitted(cast):
    upload = vouchers(cast.dieuphoi)
    ledger.submit(actor=cast.dieuphoi, disbursement=Disbursement.objects.order_by("-pk")[0])
    with pytest.raises(Conflict, match="từng dòng"):
        uploads.undo(actor=cast.dieuphoi, upload=upload)
    assert Disbursement.objects.count() == 2
    assert Upload.objects.get().state == UploadState.COMMITTED


def test_posted_history_is_not_taken_back_but_reversed(cast):
    upload = vouchers(cast.quanly, as_history=True)
    assert not upload.can_undo
    with pytest.raises(Conflict):
        uploads.undo(actor=cast.quanly, upload=upload)
    assert Disbursement.objects.filter(status="posted").count() == 2


def test_a_draft_plan_and_classes_go_too(cast):
    plan = committed(cast.dieuphoi, "plan", PLAN, ["GBV-01", "CLB", "Bản Lang", 1000, 0, 0, 0])
    lesson = ["Kỹ năng mới", "GBV", "Bản Lang", "05/09/2022", 10, 12]
    classes = committed(cast.dieuphoi, "trainings", CLASSES, lesson)
    assert (PlanVersion.objects.count(), Training.objects.count()) == (1, 1)
    for upload in (plan, classes):
        uploads.undo(actor=cast.dieuphoi, upload=upload)
    assert (PlanVersion.objects.count(), Training.objects.count()) == (0, 0)


def test_the_page_offers_it_and_nobody_else_can(client, cast):
    upload = vouchers(cast.dieuphoi)
    with pytest.raises(Upload.DoesNotExist):
        uploads.undo(actor=factories.user(), upload=upload)
    client.force_login(cast.quanly)
    assert client.post(f"/imports/{upload.pk}/undo/").status_code == 404
    client.force_login(cast.dieuphoi)
    assert f"/imports/{upload.pk}/undo/" in client.get(f"/imports/{upload.pk}/").content.decode()
    client.post(f"/imports/{upload.pk}/undo/")
    assert Disbursement.objects.count() == 0


def amounts_of(draft):
    return {line.activity.code: line.total for line in lines_of(draft)}


def test_undo_puts_back_what_was_in_a_draft_that_was_there(cast):
    there = factories.line("GBV-01", amounts=1), factories.line("ECCD-01", amounts=2)
    draft = factories.draft_plan(*there, by=cast.dieuphoi)
    rows = [[code, "Việc", "Bản Lang", 7, 0, 0, 0] for code in ("GBV-01", "YEE-01")]
    upload = committed(cast.dieuphoi, "plan", PLAN, *rows)
    assert amounts_of(draft) == {"GBV-01": 7, "ECCD-01": 2, "YEE-01": 7}
    editing.set_line(  # another line: it stays
        actor=cast.dieuphoi, plan=draft, line=factories.line("ECCD-01", amounts=3)
    )
    uploads.undo(actor=cast.dieuphoi, upload=upload)
    assert amounts_of(draft) == {"GBV-01": 1, "ECCD-01": 3}
    assert {program.code for program in draft.programs.all()} == {"GBV", "ECCD"}


def test_undo_of_a_plan_is_refused_where_its_lines_changed_since(cast):
    draft = factories.draft_plan(factories.line("GBV-01", amounts=1), by=cast.dieuphoi)
    row = ["GBV-01", "Việc", "Bản Lang", 7, 0, 0, 0]
    upload = committed(cast.dieuphoi, "plan", PLAN, row)
    editing.set_line(
        actor=cast.dieuphoi, plan=draft, line=factories.line("GBV-01", amounts=9, title="Việc")
    )
    with pytest.raises(Conflict):
        uploads.undo(actor=cast.dieuphoi, upload=upload)
    assert amounts_of(draft) == {"GBV-01": 9}
