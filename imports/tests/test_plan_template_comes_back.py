"""A template of the plan comes back: exactly what was changed in its lines is changed."""

import pytest

from core.services.errors import Conflict
from disbursements.models import PlanVersion
from disbursements.plans import editing
from disbursements.plans.lines import lines_of
from imports import services
from tests import factories as make
from tests.factories import BAN_LANG, DAO_SAN, NAM_XE

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
CODE, TITLE, COMMUNE, FUND, UNIT, Q1, Q2, Q3, Q4, NOTE = range(10)
KIND = "plan"
ECCD, FIRST, SECOND, THIRD, FOURTH = 4, 5, 6, 7, 8  # rows of the template


@pytest.fixture
def plan(cast):
    """An approved plan: a line of ECCD, four of GBV."""
    return make.plan(
        make.line("ECCD-01", DAO_SAN, {4: 9_000_000}),
        make.line("GBV-01", BAN_LANG, {1: 5_000_000, 3: 7_000_000}, "BI", note="Đợt  1"),
        make.line("GBV-02", NAM_XE, {2: 4_000_000}, "BI", unit="Hội Phụ nữ"),
        make.line("GBV-03", BAN_LANG, {2: 3_000_000}, "BI"),
        make.line("GBV-04", BAN_LANG, {2: 2_000_000}),
    )


@pytest.fixture
def template(client, cast, plan):
    return download(client, cast.dieuphoi, KIND)


def lines(version):
    """(code, fund) → amounts by quarter."""
    return {
        (line.activity.code, line.fund.code): {q: a for q, a in line.amounts.items() if a}
        for line in lines_of(version)
    }


def draft():
    return PlanVersion.objects.get(state="draft")


def codes(issues):
    return [(issue.row, issue.code) for issue in issues]


@pytest.mark.parametrize("save", PROGRAMS)
def test_a_template_left_as_it_is_changes_nothing(cast, template, save):
    content = save(template)
    found = check(content, KIND, cast.dieuphoi)
    assert (found.errors, found.warnings, found.duplicates) == ([], [], 5)
    assert counts_of(found) == (0, 0, 5, 0)
    commit(content, KIND, cast.dieuphoi)
    assert PlanVersion.objects.count() == 1


@pytest.mark.parametrize("save", PROGRAMS)
def test_what_was_changed_comes_back_as_exactly_that(cast, template, plan, save):
    def edit(sheet):
        sheet.put(FIRST, Q1, 6_000_000)
        sheet.put(FIRST, Q3, None)
        sheet.put(SECOND, UNIT, "Đoàn Thanh niên")
        for column, value in enumerate(["GBV-09", "Việc mới", "Bản Lang", "BI", None, 1_000]):
            sheet.put(9, column, value)

    content = save(edited(template, edit))
    found = check(content, KIND, cast.dieuphoi)
    assert found.errors == []
    assert changes_of(found) == {
        FIRST: {"q1": (5_000_000, 6_000_000), "q3": (7_000_000, 0)},
        SECOND: {"unit": ("Hội Phụ nữ", "Đoàn Thanh niên")},
    }
    assert counts_of(found) == (1, 2, 3, 0)
    commit(content, KIND, cast.dieuphoi)
    assert lines(draft()) == {
        **lines(plan),
        ("GBV-01", "BI"): {1: 6_000_000},
        ("GBV-09", "BI"): {1: 1_000},
    }
    kept = {line.activity.code: (line.unit, line.note) for line in lines_of(draft())}
    assert (kept["GBV-01"], kept["GBV-02"]) == (("", "Đợt  1"), ("Đoàn Thanh niên", ""))


def test_undo_of_what_a_template_changed_in_a_draft_puts_it_back(cast, template, plan):
    there = make.draft_plan(*lines_of(plan), by=cast.dieuphoi)
    editing.set_line(actor=cast.dieuphoi, plan=there, line=make.line("GBV-08", BAN_LANG, {2: 8}))
    new = edited(template, lambda s: s.put(ECCD, Q4, 8))
    before = lines(there)
    upload = commit(new, KIND, cast.dieuphoi)
    assert lines(there)["ECCD-01", "UNSPECIFIED"] == {4: 8}
    services.undo(actor=cast.dieuphoi, upload=upload)
    assert lines(there) == before


@pytest.mark.parametrize("how", [Template.delete, Template.clear])
def test_a_line_that_is_gone_is_asked_about_and_then_goes(client, cast, template, how):
    def edit(sheet):
        for row in (FOURTH, THIRD, SECOND):  # most of the programme's: still its whole plan
            how(sheet, row)

    content = edited(template, edit)
    found = check(content, KIND, cast.dieuphoi)
    assert (found.errors, [warning.code for warning in found.warnings]) == ([], ["lines_vanish"])
    assert found.reading["scope"] == "whole"
    assert counts_of(found) == (0, 0, 2, 3)
    upload = receive(content, KIND, cast.dieuphoi)
    page = client.get(f"/imports/{upload.pk}/").content.decode()
    assert 'name="confirm_vanishing"' in page
    services.confirm(actor=cast.dieuphoi, upload=upload)
    assert set(lines(draft())) == {("ECCD-01", "UNSPECIFIED"), ("GBV-01", "BI")}


def test_with_changes_alone_no_line_goes(cast, template, plan):
    def edit(sheet):
        sheet.delete(FOURTH)
        sheet.put(FIRST, Q1, 6)

    content = edited(template, edit)
    found = check(content, KIND, cast.dieuphoi, scope="changes")
    assert (found.errors, "lines_vanish" in {w.code for w in found.warnings}) == ([], False)
    services.commit(actor=cast.dieuphoi, outcome=found)
    assert set(lines(draft())) == set(lines(plan))


def test_of_rows_copied_out_of_a_template_it_is_asked_or_found_out(cast, template, plan):
    def edit(sheet):
        sheet.sheet.cell(1, sheet.ids).value = None  # the lines above did not come along
        sheet.put(FIRST, Q1, 6)
        for row in (FOURTH, *rest):
            sheet.delete(row)

    rest: tuple[int, ...] = ()
    found = check(edited(template, edit), KIND, cast.dieuphoi)
    assert [error.code for error in found.errors] == ["whole_or_changes"]
    rest = (THIRD, SECOND, ECCD)
    found = check(edited(template, edit), KIND, cast.dieuphoi)
    assert (found.errors, changes_of(found)) == ([], {4: {"q1": (5_000_000, 6)}})
    services.commit(actor=cast.dieuphoi, outcome=found)
    assert set(lines(draft())) == set(lines(plan))


def test_a_draft_changed_between_check_and_commit_is_not_overwritten(cast, template, plan):
    there = make.draft_plan(*lines_of(plan), by=make.somebody())
    found = check(edited(template, lambda s: s.put(FIRST, Q1, 6)), KIND, cast.dieuphoi)
    line = make.line("GBV-01", BAN_LANG, {1: 7}, "BI")
    editing.set_line(actor=make.somebody(), plan=there, line=line)
    with pytest.raises(Conflict):
        services.commit(actor=cast.dieuphoi, outcome=found)


def test_a_programme_without_any_row_left_stays_and_is_said(cast, template, plan):
    content = edited(template, lambda s: s.delete(ECCD))
    found = check(content, KIND, cast.dieuphoi)
    assert (found.errors, [w.code for w in found.warnings]) == ([], ["rows_missing"])
    assert "ECCD-01" in found.warnings[0].message
    commit(edited(content, lambda s: s.put(4, Q1, 6)), KIND, cast.dieuphoi)
    assert set(lines(draft())) == set(lines(plan))


def test_a_line_gets_another_fund_and_is_no_second_one(cast, template):
    content = edited(template, lambda s: s.put(FIRST, FUND, "NHAT"))
    found = check(content, KIND, cast.dieuphoi)
    assert changes_of(found) == {FIRST: {"fund": ("Nguồn BI", "NHAT")}}
    assert "lines_vanish" not in {warning.code for warning in found.warnings}
    commit(content, KIND, cast.dieuphoi)
    assert {fund for code, fund in lines(draft()) if code == "GBV-01"} == {"NHAT"}


def test_a_fund_taken_out_is_taken_out(cast, template):
    commit(edited(template, lambda s: s.put(FIRST, FUND, None)), KIND, cast.dieuphoi)
    assert {fund for code, fund in lines(draft()) if code == "GBV-01"} == {"UNSPECIFIED"}


def test_two_lines_change_their_funds(cast, client):
    make.plan(
        make.line("GBV-01", BAN_LANG, {1: 1}, "BI"), make.line("GBV-01", BAN_LANG, {1: 2}, "NHAT")
    )

    def edit(sheet):
        first, second = sheet.sheet.cell(4, FUND + 1).value, sheet.sheet.cell(5, FUND + 1).value
        sheet.put(4, FUND, second)
        sheet.put(5, FUND, first)

    content = edited(download(client, cast.dieuphoi, KIND), edit)
    commit(content, KIND, cast.dieuphoi)
    assert lines(draft()) == {("GBV-01", "NHAT"): {1: 1}, ("GBV-01", "BI"): {1: 2}}


def test_what_others_changed_in_the_draft_meanwhile_is_never_overwritten(cast, template, plan):
    there = make.draft_plan(*lines_of(plan), by=make.somebody())
    for line in (
        make.line("GBV-01", BAN_LANG, {1: 5_500_000, 3: 7_000_000}, "BI", note="Đợt  1"),
        make.line("GBV-03", BAN_LANG, {2: 3_300_000}, "BI"),
        make.line("GBV-08", BAN_LANG, {2: 8}),
    ):
        editing.set_line(actor=make.somebody(), plan=there, line=line)
    found = check(edited(template, lambda s: s.put(FIRST, Q1, 6_000_000)), KIND, cast.dieuphoi)
    assert codes(found.errors) == [(FIRST, "changed_meanwhile")]
    for shown in ("6.000.000", "5.500.000"):
        assert shown in found.errors[0].message

    def edit(sheet):
        sheet.put(SECOND, Q2, 4_400_000)
        sheet.delete(THIRD)  # changed by another: it stays, and that is said

    found = check(edited(template, edit), KIND, cast.dieuphoi)
    assert (found.errors, [w.code for w in found.warnings]) == ([], ["rows_missing"])
    before = lines(there)
    commit(edited(template, edit), KIND, cast.dieuphoi)
    assert lines(there) == {**before, ("GBV-02", "BI"): {2: 4_400_000}}


def test_a_line_taken_out_in_the_portal_does_not_come_back(cast, template, plan):
    there = make.draft_plan(*lines_of(plan), by=make.somebody())
    gone = next(line for line in lines_of(there) if line.activity.code == "GBV-04")
    editing.remove_line(
        actor=make.somebody(), plan=there, line=there.lines.get(activity=gone.activity)
    )
    found = check(edited(template, lambda s: s.put(FOURTH, Q1, 1)), KIND, cast.dieuphoi)
    assert codes(found.errors) == [(FOURTH, "changed_meanwhile")]
    commit(edited(template, lambda s: s.put(FIRST, Q1, 6)), KIND, cast.dieuphoi)
    assert ("GBV-04", "UNSPECIFIED") not in lines(there)


def test_a_revision_approved_meanwhile_stays_in_force(cast, template, plan):
    others = [line for line in lines_of(plan) if line.activity.code not in ("GBV-03", "GBV-04")]
    revised = make.line("GBV-03", BAN_LANG, {2: 3_300_000}, "BI")
    now = make.plan(*others, revised, make.line("GBV-07", BAN_LANG, {1: 7_000}))
    found = check(edited(template, lambda s: s.put(FIRST, Q1, 6_000_000)), KIND, cast.dieuphoi)
    assert (found.errors, [w.code for w in found.warnings]) == ([], ["rows_missing"])
    services.commit(actor=cast.dieuphoi, outcome=found)
    assert lines(draft()) == {**lines(now), ("GBV-01", "BI"): {1: 6_000_000, 3: 7_000_000}}
    changed = check(edited(template, lambda s: s.put(THIRD, Q2, 9_000_000)), KIND, cast.dieuphoi)
    assert codes(changed.errors) == [(THIRD, "changed_meanwhile")]


def test_loaded_as_history_a_template_is_the_next_revision(client, cast):
    make.go_live()
    line = make.line("GBV-01", BAN_LANG, {1: 5_000_000, 3: 7_000_000}, "BI")
    plan = make.plan(line, make.line("GBV-02", NAM_XE, {2: 4_000_000}))
    template = download(client, cast.quanly, KIND)
    content = edited(template, lambda s: s.put(4, Q1, 6_000_000))
    found = check(content, KIND, cast.quanly, post=True)
    assert (found.errors, changes_of(found)) == ([], {4: {"q1": (5_000_000, 6_000_000)}})
    services.commit(actor=cast.quanly, outcome=found, post=True)
    assert lines(PlanVersion.objects.get(state="approved", number=2)) == {
        **lines(plan),
        ("GBV-01", "BI"): {1: 6_000_000, 3: 7_000_000},
    }


def test_a_copied_line_is_a_new_one(cast, template):
    def edit(sheet):
        sheet.copy(FIRST, to=9)
        sheet.put(9, COMMUNE, "Nậm Xe")

    found = check(edited(template, edit), KIND, cast.dieuphoi)
    assert found.errors == []
    assert counts_of(found) == (1, 0, 5, 0)
    assert (9, "copied") in codes(found.warnings)
    twice = check(edited(template, lambda s: s.copy(FIRST, to=9)), KIND, cast.dieuphoi)
    assert {row for row, _code in codes(twice.errors)} == {9}


def test_a_template_of_another_year_or_programme_is_refused_at_its_rows(cast, template):
    other = check(template, KIND, cast.dieuphoi, fiscal_year=make.year("2024"))
    assert {row for row, code in codes(other.errors) if code == "row_id_other_year"} == {
        *range(4, 9)
    }

    def edit(sheet):
        sheet.put(FIRST, sheet.ids - 1, sheet.sheet.cell(ECCD, sheet.ids).value)
        sheet.put(ECCD, sheet.ids - 1, None)

    moved = check(edited(template, edit), KIND, cast.dieuphoi)
    assert codes(moved.errors) == [(FIRST, "row_id_other_program")]
    theirs = check(edited(template, edit), KIND, cast.dieuphoi_gbv)
    assert (FIRST, "row_id_unknown") in codes(theirs.errors)


def test_a_smaller_scope_changes_its_own_lines_alone(client, cast, plan):
    plan = make.plan(*lines_of(plan), make.line("GBV-05", DAO_SAN, {1: 5}))
    content = download(client, cast.dieuphoi_gbv, KIND)
    content = edited(content, lambda s: s.put(4, Q1, 6_000_000))
    for person in (cast.dieuphoi_gbv, cast.dieuphoi):
        found = check(content, KIND, person)
        assert (found.errors, found.warnings) == ([], [])
        assert changes_of(found) == {4: {"q1": (5_000_000, 6_000_000)}}
    commit(content, KIND, cast.dieuphoi)
    assert set(lines(draft())) == set(lines(plan))


def test_undo_of_a_draft_that_moved_on_is_refused(cast, template):
    upload = commit(edited(template, lambda s: s.put(FIRST, Q1, 6)), KIND, cast.dieuphoi)
    editing.set_line(
        actor=cast.dieuphoi, plan=draft(), line=make.line("GBV-01", BAN_LANG, {1: 7}, "BI")
    )
    with pytest.raises(Conflict):
        services.undo(actor=cast.dieuphoi, upload=upload)
