"""Choosing a year's activities: within the ceiling, with reasons, into the plan in one step."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from core.services.errors import Conflict
from disbursements.drafts import services as drafts
from disbursements.models import PlanVersion
from disbursements.plans import drafts as open_drafts
from disbursements.plans import editing
from disbursements.plans import services as plans
from monitoring.proposals import drafting
from monitoring.proposals import services as proposals
from programs.models import Activity
from tests import factories as make


def a_proposal(by, estimate=100_000_000, **values):
    values = {
        "title": "Tập huấn Ban Dự án xã về dự án do cộng đồng quản lý",
        "fiscal_year": make.year("2024"),
        "program": make.program("GBV"),
        "commune": make.commune(),
        "why": "Ban mới kiện toàn",
        "for_whom": "Thành viên Ban Dự án xã",
        "expected": "1 lớp",
        **values,
    }
    return proposals.proposals.create(actor=by, estimate=estimate, **values)


@pytest.fixture
def ceiling(reference):
    year = make.year("2024")
    year.ceiling = 250_000_000
    year.save()
    return year


def test_selected_proposals_fill_the_ceiling_and_the_next_one_does_not_fit(cast, ceiling):
    rows = [a_proposal(cast.xa_banlang) for _ in range(3)]
    for row in rows[:2]:
        proposals.select(actor=cast.bdh, proposal=row)
    room = proposals.ceiling_of(ceiling)
    assert (room.taken, room.left, room.percent) == (200_000_000, 50_000_000, 80)
    with pytest.raises(Conflict) as refusal:
        proposals.select(actor=cast.bdh, proposal=rows[2])
    assert refusal.value.code == "ceiling"
    assert "50.000.000" in str(refusal.value)
    proposals.defer(actor=cast.bdh, proposal=rows[0], reason="Chờ quý III")
    proposals.select(actor=cast.bdh, proposal=rows[2])
    assert proposals.ceiling_of(ceiling).taken == 200_000_000


def test_what_is_planned_already_stays_under_the_ceiling(cast, ceiling):
    proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 200_000_000))
    drafting.plan_selected(actor=cast.quanly, fiscal_year=ceiling)
    proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 10_000_000))
    assert proposals.ceiling_of(ceiling).left == 40_000_000
    assert dict(proposals.ceilings())[ceiling] == proposals.ceiling_of(ceiling)
    assert {room.taken for year, room in proposals.ceilings() if year != ceiling} == {0}
    with pytest.raises(Conflict):
        proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 40_000_001))


def test_one_years_ceiling_leaves_another_year_alone(cast, ceiling):
    other = a_proposal(cast.dieuphoi, 300_000_000, fiscal_year=make.year("2025"))
    proposals.select(actor=cast.bdh, proposal=other)
    assert proposals.ceiling_of(ceiling).taken == 0


DECISIONS = {
    "select": lambda person, row: proposals.select(actor=person, proposal=row),
    "defer": lambda person, row: proposals.defer(actor=person, proposal=row, reason="chờ"),
    "refuse": lambda person, row: proposals.refuse(actor=person, proposal=row, reason="trùng"),
}


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("place", [("ECCD", make.BAN_LANG), ("GBV", make.NAM_XE)])
def test_a_proposal_is_decided_by_who_has_its_programme_and_its_commune(cast, name, place):
    part = make.user_of_pairs(place, role=Role.BOARD)
    row = a_proposal(cast.dieuphoi)
    with pytest.raises(ValidationError):
        DECISIONS[name](part, row)
    row.refresh_from_db()
    assert row.state == "proposed"


def test_the_plan_takes_the_selected_of_ones_own_scope(cast):
    rows = [a_proposal(cast.dieuphoi, commune=make.commune(c)) for c in make.COMMUNES[:2]]
    for row in rows:
        proposals.select(actor=cast.bdh, proposal=row)
    part = make.user_of_pairs(("GBV", make.BAN_LANG))
    version = drafting.plan_selected(actor=part, fiscal_year=make.year("2024"))
    assert [line.commune.code for line in version.lines.all()] == [make.BAN_LANG]
    assert [row.state for row in map(refreshed, rows)] == ["drafted", "selected"]


def refreshed(row):
    row.refresh_from_db()
    return row


def test_a_proposal_up_to_the_last_dong_fits(cast, ceiling):
    proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 250_000_000))
    assert proposals.ceiling_of(ceiling).left == 0


def test_deferring_and_refusing_say_why(cast):
    row = a_proposal(cast.xa_banlang)
    for decline in (proposals.defer, proposals.refuse):
        with pytest.raises(ValidationError) as refusal:
            decline(actor=cast.bdh, proposal=row, reason=" ")
        assert set(refusal.value.message_dict) == {"reason"}
    proposals.refuse(actor=cast.bdh, proposal=row, reason="Đã có trong chương trình khác")
    assert (row.state, row.reason, row.decided_by) == (
        "refused",
        "Đã có trong chương trình khác",
        cast.bdh,
    )


def test_what_was_put_off_or_refused_may_be_taken_after_all(cast):
    for decline in (proposals.defer, proposals.refuse):
        row = a_proposal(cast.xa_banlang)
        decline(actor=cast.bdh, proposal=row, reason="Chờ quý III")
        with pytest.raises(Conflict):
            decline(actor=cast.bdh, proposal=row, reason="lần nữa")
        assert proposals.select(actor=cast.bdh, proposal=row).state == "selected"
        assert row.reason == ""


def test_who_proposes_does_not_decide(cast):
    row = a_proposal(cast.xa_banlang)
    for person in (cast.xa_banlang, cast.dieuphoi, cast.khach):
        with pytest.raises(PermissionDenied):
            proposals.select(actor=person, proposal=row)
    with pytest.raises(PermissionDenied):
        a_proposal(cast.bdh)


@pytest.mark.parametrize("estimate", [0, -5, 10**15 + 1])
def test_an_estimate_is_a_sum_of_money(cast, estimate):
    with pytest.raises(ValidationError):
        a_proposal(cast.xa_banlang, estimate)


def test_the_selected_become_activities_and_lines_of_one_draft(cast):
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 7}), fiscal_year="2024")
    first = a_proposal(cast.xa_banlang, 30, quarter=2)
    second = a_proposal(cast.dieuphoi, 40, program=make.program("ECCD"), title="Điểm rửa tay")
    left_out = a_proposal(cast.dieuphoi, 50)
    for row in (first, second):
        proposals.select(actor=cast.bdh, proposal=row)
    version = drafting.plan_selected(actor=cast.quanly, fiscal_year=make.year("2024"))
    lines = {
        (line.activity.code, line.commune.code, amount.quarter, amount.amount)
        for line in version.lines.all()
        for amount in line.amounts.all()
    }
    assert lines == {
        ("GBV-01", make.BAN_LANG, 1, 7),
        ("GBV-2024-01", make.BAN_LANG, 2, 30),
        ("ECCD-2024-01", make.BAN_LANG, 1, 40),
    }
    for row in (first, second, left_out):
        row.refresh_from_db()
    assert [r.state for r in (first, second, left_out)] == ["drafted", "drafted", "proposed"]
    assert (first.activity.code, first.plan_version) == ("GBV-2024-01", version)
    assert first.activity.title == first.title
    assert version.state == "draft"


def test_planned_once_it_is_not_planned_again(cast):
    proposals.select(actor=cast.bdh, proposal=a_proposal(cast.xa_banlang))
    drafting.plan_selected(actor=cast.quanly, fiscal_year=make.year("2024"))
    with pytest.raises(Conflict):
        drafting.plan_selected(actor=cast.quanly, fiscal_year=make.year("2024"))
    assert PlanVersion.objects.count() == 1


def test_what_was_planned_and_not_spent_is_carried_over_once(cast):
    make.plan(
        make.line("GBV-01", make.BAN_LANG, {1: 100}), make.line("GBV-02", make.BAN_LANG, {1: 100})
    )
    make.posted(40, activity="GBV-01")
    make.posted(100, activity="GBV-02")
    years = {"from_year": make.year(), "to_year": make.year("2024")}
    activities = list(Activity.objects.all())
    made = proposals.carry_over(actor=cast.dieuphoi, activities=activities, **years)
    assert [(row.carried_from.code, row.estimate) for row in made] == [("GBV-01", 60)]
    assert proposals.carry_over(actor=cast.dieuphoi, activities=activities, **years) == []


def test_a_carried_over_activity_keeps_its_code_in_the_new_plan(cast):
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 100}))
    row = proposals.carry_over(
        actor=cast.dieuphoi,
        activities=Activity.objects.all(),
        from_year=make.year(),
        to_year=make.year("2024"),
    )[0]
    proposals.select(actor=cast.bdh, proposal=row)
    version = drafting.plan_selected(actor=cast.quanly, fiscal_year=make.year("2024"))
    assert {line.activity.code for line in version.lines.all()} == {"GBV-01"}


def test_what_is_carried_over_is_added_to_a_line_that_is_there(cast):
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 100}), make.line("GBV-01", make.NAM_XE, 9))
    years = {"from_year": make.year(), "to_year": make.year("2024")}
    activities = list(Activity.objects.all())
    rows = proposals.carry_over(actor=cast.dieuphoi, activities=activities, **years)
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 5, 2: 7}), fiscal_year="2024")
    for row in rows:
        proposals.select(actor=cast.bdh, proposal=row)
    version = drafting.plan_selected(actor=cast.quanly, fiscal_year=make.year("2024"))
    lines = {
        (line.commune.code, amount.quarter, amount.amount)
        for line in version.lines.all()
        for amount in line.amounts.all()
    }
    assert lines == {
        (make.BAN_LANG, 1, 105),
        (make.BAN_LANG, 2, 7),
        (make.NAM_XE, 1, 9),
    }


def test_a_proposal_that_is_selected_is_no_longer_changed(cast):
    row = a_proposal(cast.xa_banlang)
    proposals.select(actor=cast.bdh, proposal=row)
    with pytest.raises(Conflict):
        proposals.proposals.change(
            actor=cast.xa_banlang, record=row, version=row.version, estimate=1
        )


def test_a_commune_after_the_merger_proposes_under_its_new_unit(cast):
    with pytest.raises(ValidationError) as refusal:
        a_proposal(cast.dieuphoi, fiscal_year=make.year("2027"))
    assert set(refusal.value.message_dict) == {"commune"}
    assert a_proposal(
        cast.dieuphoi,
        fiscal_year=make.year("2027"),
        commune=make.commune(make.KHONG_LAO, valid_from=date(2025, 7, 1)),
    )


def test_a_dropped_draft_gives_its_proposals_back_and_they_make_no_second_activity(cast):
    proposal = a_proposal(cast.xa_banlang)
    proposal = proposals.select(actor=cast.bdh, proposal=proposal)
    draft = drafting.plan_selected(actor=cast.quanly, fiscal_year=proposal.fiscal_year)
    activities = Activity.objects.count()
    drafts.plan(actor=cast.dieuphoi, plan=draft, version=draft.version)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.plan_version) == ("selected", None)
    drafting.plan_selected(actor=cast.quanly, fiscal_year=proposal.fiscal_year)
    assert Activity.objects.count() == activities


def test_what_is_carried_over_grows_the_line_there_is_and_makes_no_twin(cast):
    make.plan(make.line("GBV-01", amounts={2: 50}))
    make.plan(make.line("GBV-01", amounts=5, fund_code="PLAN"), fiscal_year="2024")
    proposals.carry_over(
        actor=cast.quanly,
        from_year=make.year("2023"),
        to_year=make.year("2024"),
        activities=[make.activity("GBV-01")],
    )
    [row] = make.year("2024").proposals.all()
    proposals.select(actor=cast.bdh, proposal=row)
    plan = drafting.plan_selected(actor=cast.quanly, fiscal_year=make.year("2024"))
    assert [(line.fund.code, line.total) for line in plans.lines_of(plan)] == [("PLAN", 55)]


def drafted(cast):
    """A selected proposal in a draft of next year's plan."""
    row = a_proposal(cast.dieuphoi, 30)
    proposals.select(actor=cast.bdh, proposal=row)
    return row, drafting.plan_selected(actor=cast.quanly, fiscal_year=make.year("2024"))


def approved(cast, plan):
    plan.refresh_from_db()
    plans.submit(actor=cast.dieuphoi, plan=plan)
    return plans.approve(actor=cast.truongban, plan=PlanVersion.objects.get(pk=plan.pk))


def test_a_proposal_is_in_the_plan_while_an_approved_version_has_its_line(cast):
    row, plan = drafted(cast)
    assert refreshed(row).state == "drafted"
    approved(cast, plan)
    assert (refreshed(row).state, refreshed(row).plan_version) == ("planned", plan)
    make.plan(make.line("GBV-01"), fiscal_year="2024")  # without the line
    assert (refreshed(row).state, refreshed(row).plan_version) == ("selected", None)


def test_a_proposal_whose_line_was_taken_out_of_the_draft_is_selected_again(cast):
    row, plan = drafted(cast)
    editing.add_line(actor=cast.dieuphoi, plan=plan, line=make.line("GBV-01"))
    line = plan.lines.get(activity=refreshed(row).activity)
    editing.remove_line(actor=cast.dieuphoi, plan=plan, line=line)
    approved(cast, plan)
    assert refreshed(row).state == "selected"


def test_proposals_follow_their_draft_into_another_and_come_back_from_one_set_aside(cast):
    row, plan = drafted(cast)
    other = make.draft_plan(make.line("ECCD-01"), fiscal_year="2024", by=cast.dieuphoi)
    open_drafts.join(actor=cast.dieuphoi, plan=other, draft=plan)
    assert (refreshed(row).state, refreshed(row).plan_version) == ("drafted", other)
    other.refresh_from_db()
    open_drafts.set_aside(actor=cast.dieuphoi, plan=other, reason="làm lại")
    assert (refreshed(row).state, refreshed(row).plan_version) == ("selected", None)
