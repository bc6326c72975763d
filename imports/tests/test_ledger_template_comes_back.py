"""A template of the ledger comes back: exactly what was changed in its rows is changed."""

from datetime import date

import pytest

from accounts.roles import Role
from core.pages.history import trail_of
from core.services.errors import Conflict
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from imports import after_commit, services
from tests import factories as make
from tests.factories import BAN_LANG, NAM_XE

from .come_back import (
    PROGRAMS,
    Template,
    changes_of,
    check,
    commit,
    counts_of,
    download,
    edited,
    receive,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DATE, VOUCHER, VOUCHER_DATE, ACTIVITY, COMMUNE, FUND, AMOUNT, PAYEE, TEXT, NOTE = range(10)
KIND = "disbursements"


@pytest.fixture
def rows(cast):
    """Three drafts of a coordinator's, in rows 4, 5 and 6 of the template."""
    make.activity("GBV-02")
    return [
        make.draft(
            amount,
            by=cast.dieuphoi_gbv,
            voucher_no=f"PC-00{n}",
            date=date(2022, 9, n),
            fund="BI",
            payee="=Hội  Phụ nữ",
            description="Tập huấn\nđợt 1",
            note="Gấp",
        )
        for n, amount in enumerate((1_000_000, 2_000_000, 3_000_000), start=1)
    ]


@pytest.fixture
def template(client, cast, rows):
    return download(client, cast.dieuphoi_gbv, KIND)


def now(row):
    return Disbursement.objects.get(pk=row.pk)


@pytest.mark.parametrize("save", PROGRAMS)
def test_a_template_left_as_it_is_changes_nothing(cast, template, save):
    found = check(save(template), KIND, cast.dieuphoi_gbv)
    assert (found.errors, found.warnings) == ([], [])
    assert (found.rows, found.duplicates, found.items, found.changed) == (3, 3, [], [])
    assert counts_of(found) == (0, 0, 3, 0)


@pytest.mark.parametrize("save", PROGRAMS)
def test_what_was_changed_comes_back_as_exactly_that(cast, template, rows, save):
    def edit(sheet):
        sheet.put(4, AMOUNT, 1_500_000)
        sheet.put(5, ACTIVITY, "GBV-02")
        sheet.put(5, NOTE, None)
        sheet.put(5, VOUCHER, "PC-9")

    content = save(edited(template, edit))
    found = check(content, KIND, cast.dieuphoi_gbv)
    assert (found.errors, found.warnings) == ([], [])
    assert changes_of(found) == {
        4: {"amount": (1_000_000, 1_500_000)},
        5: {
            "activity": ("GBV-01", "GBV-02"),
            "note": ("Gấp", ""),
            "voucher_no": ("PC-002", "PC-9"),
        },
    }
    assert counts_of(found) == (0, 2, 1, 0)
    commit(content, KIND, cast.dieuphoi_gbv)
    first, second, third = map(now, rows)
    assert (first.amount, first.version) == (1_500_000, 2)
    assert (second.activity.code, second.note, second.voucher_no) == ("GBV-02", "", "PC-9")
    assert (second.payee, second.description) == ("=Hội  Phụ nữ", "Tập huấn\nđợt 1")
    assert third.version == 1
    assert Disbursement.objects.count() == 3


def test_the_trail_says_who_changed_it_and_they_do_not_post_it(cast, template, rows):
    commit(edited(template, lambda s: s.put(4, AMOUNT, 5)), KIND, cast.dieuphoi)
    row = now(rows[0])
    last = trail_of(row)[0]
    assert (last.kind, "template.xlsx" in last.why) == ("changed", True)
    assert row.hands == {cast.dieuphoi.pk, cast.dieuphoi_gbv.pk}


def test_undo_puts_back_what_was_there_and_deletes_what_was_new(cast, template, rows):
    def edit(sheet):
        sheet.put(4, AMOUNT, 1_500_000)
        sheet.put(4, FUND, "NHAT mới")
        sheet.put(4, DATE, date(2022, 10, 2))
        for column, value in enumerate([date(2022, 9, 9), "PC-7", None, "GBV-01", "Bản Lang"]):
            sheet.put(7, column, value)
        sheet.put(7, AMOUNT, 70_000)

    upload = commit(edited(template, edit), KIND, cast.dieuphoi_gbv)
    assert counts_of(upload) == (1, 1, 2, 0)
    changed = now(rows[0])
    assert (changed.fund.name, changed.period.start.month) == ("NHAT mới", 10)
    services.undo(actor=cast.dieuphoi_gbv, upload=upload)
    row = now(rows[0])
    assert (row.amount, row.fund.code, row.date) == (1_000_000, "BI", date(2022, 9, 1))
    assert (row.period.start.month, row.version) == (9, 3)
    assert Disbursement.objects.count() == 3


def test_nothing_is_taken_back_where_a_changed_row_was_changed_again(cast, template, rows):
    upload = commit(edited(template, lambda s: s.put(4, AMOUNT, 5)), KIND, cast.dieuphoi_gbv)
    ledger.update(actor=cast.dieuphoi, disbursement=rows[0], version=2, amount=6)
    with pytest.raises(Conflict):
        services.undo(actor=cast.dieuphoi_gbv, upload=upload)
    assert now(rows[0]).amount == 6


def test_what_the_portal_changed_meanwhile_is_never_overwritten(cast, template, rows):
    ledger.update(actor=cast.dieuphoi, disbursement=rows[0], version=1, amount=1_200_000)
    ledger.update(actor=cast.dieuphoi, disbursement=rows[1], version=1, note="Khác")
    ledger.update(actor=cast.dieuphoi, disbursement=rows[2], version=1, amount=9_000_000)

    def edit(sheet):
        sheet.put(4, AMOUNT, 1_500_000)  # both changed the amount
        sheet.put(5, AMOUNT, 2_500_000)  # another cell than they

    found = check(edited(template, edit), KIND, cast.dieuphoi_gbv)
    assert [(error.row, error.code) for error in found.errors] == [
        (4, "changed_meanwhile"),
        (5, "changed_meanwhile"),
    ]
    for shown in ("1.500.000", "1.200.000"):
        assert shown in found.errors[0].message
    for shown in ("2.500.000", "2.000.000", "“Gấp”", "“Khác”"):
        assert shown in found.errors[1].message
    assert now(rows[2]).amount == 9_000_000

    def mended(sheet):
        sheet.put(4, AMOUNT, 1_200_000)  # as they did
        sheet.put(5, AMOUNT, 2_500_000)
        sheet.put(5, NOTE, "Khác")  # theirs, too

    content = edited(template, mended)
    assert changes_of(check(content, KIND, cast.dieuphoi_gbv)) == {
        5: {"amount": (2_000_000, 2_500_000)}
    }
    commit(content, KIND, cast.dieuphoi_gbv)
    assert [now(row).amount for row in rows] == [1_200_000, 2_500_000, 9_000_000]


def test_a_row_that_was_returned_since_takes_its_changes(cast, template, rows):
    row = ledger.submit(actor=cast.dieuphoi_gbv, disbursement=rows[0])
    ledger.return_(actor=cast.quanly, disbursement=row, reason="Thiếu chứng từ")
    commit(edited(template, lambda s: s.put(4, AMOUNT, 5)), KIND, cast.dieuphoi_gbv)
    assert (now(row).amount, now(row).status) == (5, "returned")


def test_rows_that_wait_or_are_posted_are_not_changed(cast, template, rows):
    waiting = ledger.submit(actor=cast.dieuphoi_gbv, disbursement=rows[0])
    posted = ledger.submit(actor=cast.dieuphoi_gbv, disbursement=rows[1])
    ledger.post(actor=cast.quanly, disbursement=posted)
    as_it_was = check(template, KIND, cast.dieuphoi_gbv)
    assert (as_it_was.errors, as_it_was.duplicates) == ([], 3)

    def edit(sheet):
        sheet.put(4, AMOUNT, 5)
        sheet.put(5, AMOUNT, 6)

    errors = check(edited(template, edit), KIND, cast.dieuphoi_gbv).errors
    assert [(e.row, e.code) for e in errors] == [(4, "not_changeable"), (5, "not_changeable")]
    assert "withdraws" in errors[0].message or "rút" in errors[0].message
    assert "đảo" in errors[1].message or "Reverse" in errors[1].message
    assert (now(waiting).amount, now(posted).amount) == (1_000_000, 2_000_000)


def test_a_row_copied_in_the_spreadsheet_comes_in_as_a_new_one(cast, template, rows):
    def edit(sheet):
        sheet.copy(4, to=7)
        sheet.put(7, VOUCHER, "PC-8")

    found = check(edited(template, edit), KIND, cast.dieuphoi_gbv)
    assert found.errors == []
    assert [(w.row, w.code) for w in found.warnings] == [(7, "copied")]
    assert counts_of(found) == (1, 0, 3, 0)
    commit(edited(template, edit), KIND, cast.dieuphoi_gbv)
    assert sorted(Disbursement.objects.values_list("voucher_no", flat=True)) == [
        "PC-001", "PC-002", "PC-003", "PC-8",
    ]  # fmt: skip


def test_of_copies_that_both_differ_somebody_says_which_is_which(cast, template):
    def edit(sheet):
        sheet.copy(4, to=7)
        sheet.put(4, AMOUNT, 8)
        sheet.put(7, AMOUNT, 9)

    errors = check(edited(template, edit), KIND, cast.dieuphoi_gbv).errors
    assert [(error.row, error.code) for error in errors] == [(7, "row_id_twice")]
    same = check(edited(template, lambda s: s.copy(4, to=7)), KIND, cast.dieuphoi_gbv)
    assert [(error.row, error.code) for error in same.errors] == [(7, "row_id_twice")]


@pytest.mark.parametrize("how", [Template.delete, Template.clear])
def test_a_row_that_is_gone_stays_in_the_portal_and_is_said(cast, template, rows, how):
    make.draft(4, by=cast.dieuphoi_gbv, voucher_no="PC-004")  # after the template was made
    found = check(edited(template, lambda s: how(s, 5)), KIND, cast.dieuphoi_gbv)
    assert found.errors == []
    [said] = found.warnings
    assert (said.code, "PC-002 · GBV-01 · Bản Lang" in said.message) == ("rows_missing", True)
    assert counts_of(found) == (0, 0, 2, 1)
    commit(edited(template, lambda s: how(s, 5)), KIND, cast.dieuphoi_gbv)
    assert now(rows[1]).version == 1


def test_a_template_is_the_same_file_until_what_stands_in_it_changes(client, cast, rows):
    def cells():
        sheet = Template(download(client, cast.dieuphoi_gbv, KIND)).sheet
        return list(sheet.iter_rows(values_only=True))

    before = cells()
    make.draft(4, by=cast.dieuphoi, activity="ECCD-01")
    assert cells() == before
    ledger.update(actor=cast.dieuphoi, disbursement=rows[0], version=1, note="Khác")
    assert cells() != before


def test_nothing_is_missing_that_the_maker_of_the_template_did_not_see(cast, template):
    make.draft(4, by=cast.dieuphoi, activity="ECCD-01")
    assert check(template, KIND, cast.dieuphoi).warnings == []


def test_an_id_that_is_none_of_ours_or_of_another_kind_is_an_error(client, cast, template, rows):
    make.training()
    other = Template(download(client, cast.dieuphoi, "trainings"))
    strange = other.sheet.cell(4, other.ids).value

    def edit(sheet):
        sheet.put(4, sheet.ids - 1, sheet.sheet.cell(4, sheet.ids).value.replace(".1.", ".2."))
        sheet.put(5, sheet.ids - 1, strange)
        sheet.put(6, sheet.ids - 1, "17")

    errors = check(edited(template, edit), KIND, cast.dieuphoi_gbv).errors
    assert [(e.row, e.code) for e in errors] == [(n, "row_id_damaged") for n in (4, 5, 6)]
    assert {error.column for error in errors} == {"Số chứng từ"}


def test_an_id_of_a_row_outside_the_assignment_tells_nothing_of_it(client, cast, template, rows):
    secret = make.draft(4, by=cast.dieuphoi, activity="ECCD-01", payee="Kín")
    gone = make.draft(5, by=cast.dieuphoi, activity="ECCD-02")
    whole = Template(download(client, cast.dieuphoi, KIND))
    ids = [whole.sheet.cell(n, whole.ids).value for n in whole.rows()]
    Disbursement.objects.filter(pk=gone.pk).delete()
    theirs = [one for one in ids if f".{secret.pk}." in one or f".{gone.pk}." in one]

    def edit(sheet):
        sheet.put(4, sheet.ids - 1, theirs[0])
        sheet.put(5, sheet.ids - 1, theirs[1])

    first, second = check(edited(template, edit), KIND, cast.dieuphoi_gbv).errors
    assert (first.code, first.message) == ("row_id_unknown", second.message)
    assert now(secret).amount == 4


def test_a_row_of_another_year_is_an_error(client, cast, rows):
    content = download(client, cast.dieuphoi_gbv, KIND)
    found = check(content, KIND, cast.dieuphoi_gbv, fiscal_year=make.year("2024"))
    assert {error.code for error in found.errors} >= {"row_id_other_year"}
    assert {error.row for error in found.errors if error.row} == {4, 5, 6}


def test_a_row_is_not_moved_to_another_programme(cast, template):
    make.activity("ECCD-01")
    edit = edited(template, lambda s: s.put(4, ACTIVITY, "ECCD-01"))
    errors = check(edit, KIND, cast.dieuphoi).errors
    assert [(error.row, error.code) for error in errors] == [(4, "row_id_other_program")]


def test_rows_sorted_without_their_ids_are_refused(cast, template):
    def edit(sheet):
        first, second = ([cell.value for cell in sheet.sheet[n]][: sheet.ids - 1] for n in (4, 5))
        for column, pair in enumerate(zip(first, second, strict=True)):
            sheet.put(5, column, pair[0])
            sheet.put(4, column, pair[1])

    errors = check(edited(template, edit), KIND, cast.dieuphoi_gbv).errors
    assert errors[0].code == "rows_shifted"
    assert "4, 5" in errors[0].message


def test_amounts_are_swapped_between_two_lines_of_a_voucher(cast, client):
    a, b = (
        make.draft(n, by=cast.dieuphoi, voucher_no="PC-5", payee=f"Hội {n}", same_voucher=True)
        for n in (100, 200)
    )
    content = download(client, cast.dieuphoi, KIND)

    def edit(sheet):
        sheet.put(4, AMOUNT, 200)
        sheet.put(5, AMOUNT, 100)

    commit(edited(content, edit), KIND, cast.dieuphoi)
    assert (now(a).amount, now(b).amount) == (200, 100)


def test_a_changed_row_is_held_against_the_vouchers_there(cast, template, rows):
    make.posted(500, voucher_no="PC-50", date=date(2022, 9, 1), fund="BI", payee="=Hội  Phụ nữ")
    edit = edited(template, lambda s: s.put(4, VOUCHER, "PC-50"))
    [asked] = check(edit, KIND, cast.dieuphoi_gbv).errors
    assert (asked.row, asked.code) == (4, "voucher_conflict")
    assert check(edit, KIND, cast.dieuphoi_gbv, same_voucher=True).errors == []

    def same(sheet):
        sheet.put(4, VOUCHER, "PC-50")
        sheet.put(4, AMOUNT, 500)

    [refused] = check(edited(template, same), KIND, cast.dieuphoi_gbv, same_voucher=True).errors
    assert (refused.row, refused.code) == (4, "already_entered")


def test_every_rule_of_entering_holds_for_a_changed_row(cast, template):
    make.activity("GBV-09")

    def edit(sheet):
        sheet.put(4, COMMUNE, "Dào San")  # outside the assignment
        sheet.put(5, AMOUNT, -5)
        sheet.put(6, DATE, date(2021, 9, 1))

    errors = check(edited(template, edit), KIND, cast.dieuphoi_gbv).errors
    assert [error.row for error in errors] == [4, 5, 6]


def test_who_may_only_load_history_changes_no_draft(cast, template):
    edit = edited(template, lambda s: s.put(4, AMOUNT, 5))
    for person, post in ((cast.quanly, False), (cast.quanly, True)):
        errors = check(edit, KIND, person, post=post).errors
        assert [(error.row, error.code) for error in errors] == [(4, "not_changeable")]


def test_a_row_changed_between_the_check_and_the_commit_is_not_overwritten(cast, template, rows):
    upload = receive(edited(template, lambda s: s.put(4, AMOUNT, 5)), KIND, cast.dieuphoi_gbv)
    ledger.update(actor=cast.dieuphoi, disbursement=rows[0], version=1, amount=6)
    upload = services.confirm(actor=cast.dieuphoi_gbv, upload=upload)
    assert (upload.state, now(rows[0]).amount) == ("refused", 6)


def test_without_the_hidden_column_rows_come_back_as_before(client, cast, rows):
    def edit(sheet):
        sheet.sheet.delete_cols(sheet.ids)
        sheet.put(4, VOUCHER, "PC-9")

    Disbursement.objects.update(payee="Hội Phụ nữ")
    found = check(edited(download(client, cast.dieuphoi_gbv, KIND), edit), KIND, cast.dieuphoi_gbv)
    assert (found.errors, found.duplicates, len(found.items)) == ([], 2, 1)
    assert [warning.code for warning in found.warnings] == ["ids_lost"]
    assert "row_changes" not in found.reading


def test_the_page_shows_new_changed_unchanged_and_missing_rows(client, cast, template):
    def edit(sheet):
        sheet.put(4, AMOUNT, 1_500_000)
        sheet.copy(4, to=8)
        sheet.put(8, VOUCHER, "PC-8")
        sheet.put(8, sheet.ids - 1, None)
        sheet.delete(6)

    client.force_login(cast.dieuphoi_gbv)
    upload = receive(edited(template, edit), KIND, cast.dieuphoi_gbv)
    page = client.get(f"/imports/{upload.pk}/").content.decode()
    for shown in ("1.000.000 → 1.500.000", "PC-001 · GBV-01 · Bản Lang", "PC-8 · GBV-01", "PC-003"):
        assert shown in page


def test_what_a_template_says_of_itself_is_no_year_and_no_title(cast, template):
    signed = "PlanPortal.disbursements.1410003.năm tài chính 2072.trieu dong"
    content = edited(template, lambda s: s.put(1, s.ids - 1, signed))
    found = check(content, KIND, cast.dieuphoi_gbv, fiscal_year=None)
    assert (found.errors, found.warnings, found.duplicates) == ([], [], 3)


def test_correcting_how_a_template_is_read_keeps_its_ids(client, cast, template):
    client.force_login(cast.dieuphoi_gbv)
    upload = receive(template, KIND, cast.dieuphoi_gbv)
    page = client.get(f"/imports/{upload.pk}/sheets/0/")
    form = page.context["form"]
    assert "column_K" not in form.fields
    said = {name: form[name].initial or "" for name in form.fields}
    client.post(f"/imports/{upload.pk}/sheets/0/", {**said, "column_J": "-"})
    upload.refresh_from_db()
    assert (upload.duplicates, counts_of(upload)) == (3, (0, 0, 3, 0))


def test_what_a_workbook_only_changed_is_not_reversed_with_what_it_brought(cast, template, rows):
    upload = commit(edited(template, lambda s: s.put(4, AMOUNT, 5)), KIND, cast.dieuphoi_gbv)
    assert list(after_commit.drafts(upload, cast.dieuphoi_gbv)) == [rows[0]]
    after_commit.submit_all(actor=cast.dieuphoi_gbv, upload=upload)
    ledger.post(actor=cast.quanly, disbursement=now(rows[0]))
    assert list(after_commit.posted(upload, cast.quanly)) == []


def test_the_column_of_ids_is_hidden_and_rows_can_be_deleted(template):
    sheet = Template(template)
    assert sheet.sheet.column_dimensions["K"].hidden
    assert not sheet.sheet.protection.deleteRows
    assert not sheet.sheet.cell(4, sheet.ids).protection.locked
    assert sheet.sheet.cell(3, sheet.ids).protection.locked


def test_a_person_who_sees_nothing_of_it_learns_nothing(cast, template, rows):
    stranger = make.user("xa-khac", Role.COORDINATOR, programs=["YEE"], communes=[NAM_XE])
    errors = check(template, KIND, stranger).errors
    assert {error.code for error in errors} >= {"row_id_unknown"}
    assert BAN_LANG not in " ".join(error.message for error in errors)
