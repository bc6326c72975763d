"""Plan versions: drafted, submitted, approved by somebody else, and then read only."""

from contextlib import nullcontext

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import APPROVE_PLAN, DRAFT_PLAN, PERMISSIONS, Role
from core.services.errors import Conflict
from disbursements.models import PlanAmount, PlanVersion
from disbursements.plans import editing as plan_edit
from disbursements.plans import services as plans
from tests import factories as make


def total(version) -> int:
    return sum(
        PlanAmount.objects.filter(line__plan_version=version).values_list("amount", flat=True)
    )


def test_the_current_version_is_the_approved_one_of_the_highest_number(cast):
    first = make.plan(make.line(amounts=5))
    second = make.plan(make.line(amounts=6))
    make.submitted_plan(make.line(amounts=7))
    make.plan(fiscal_year="2024")
    year = make.year("2023")
    assert plans.approved_version(year) == second
    assert plans.approved_version(year, "original") == first
    assert plans.approved_version(year, "current", first.approved_at) == first
    assert plans.approved_version(make.year("2025")) is None


def test_who_submits_may_not_approve(cast):
    plan = make.submitted_plan(by=cast.dieuphoi)
    cast.dieuphoi.role = Role.HEAD
    cast.dieuphoi.save()
    with pytest.raises(PermissionDenied):
        plans.approve(actor=cast.dieuphoi, plan=plan)


@pytest.mark.parametrize("role", Role.values)
def test_only_the_roles_of_the_table_draft_and_approve(cast, role):
    person, plan = make.user(role=role), make.submitted_plan()
    if APPROVE_PLAN in PERMISSIONS[role]:
        assert plans.approve(actor=person, plan=plan).number == 1
    else:
        with pytest.raises(PermissionDenied):
            plans.approve(actor=person, plan=plan)
    if DRAFT_PLAN not in PERMISSIONS[role]:
        with pytest.raises(PermissionDenied):
            plans.submit(actor=person, plan=make.draft_plan(fiscal_year="2024"))


@pytest.mark.parametrize("state", ["draft", "approved", "returned"])
def test_only_a_plan_that_waits_is_approved(cast, state):
    plan = {
        "draft": make.draft_plan,
        "approved": make.plan,
        "returned": lambda: plans.return_(
            actor=cast.truongban, plan=make.submitted_plan(), reason="thiếu xã"
        ),
    }[state]()
    with pytest.raises(Conflict):
        plans.approve(actor=cast.truongban, plan=plan)


def test_a_revision_says_why_and_an_original_need_not(cast):
    make.plan(reason="")
    with pytest.raises(ValidationError) as refusal:
        make.submitted_plan(reason="  ")
    assert list(refusal.value.message_dict) == ["reason"]


def test_who_sees_no_line_of_a_plan_moves_it_nowhere(cast):
    elsewhere = make.user(programs=["YEE"])
    with pytest.raises(PermissionDenied):
        plans.submit(actor=elsewhere, plan=make.draft_plan(fiscal_year="2024"))
    head, plan = make.user(role=Role.HEAD, programs=["YEE"]), make.submitted_plan()
    with pytest.raises(PermissionDenied):
        plans.return_(actor=head, plan=plan, reason="thiếu xã")
    with pytest.raises(PermissionDenied):
        plans.approve(actor=head, plan=plan)


def test_history_is_loaded_by_who_may(cast):
    load = {"fiscal_year": make.year(), "lines": [make.line()], "reason": "gốc"}
    with pytest.raises(PermissionDenied):
        plans.load(actor=cast.dieuphoi, post=True, **load)
    with pytest.raises(PermissionDenied):
        plans.load(actor=cast.khach, post=False, **load)
    assert plans.load(actor=cast.quantri, post=True, **load).origin == "history"


@pytest.mark.parametrize("amount", [0, 10**15])
def test_a_quarter_plans_nothing_or_up_to_the_most(cast, amount):
    plans.check_line(make.line(amounts={4: amount}), make.year(), cast.dieuphoi)
    for wrong in (-1, 10**15 + 1):
        with pytest.raises(ValidationError) as refusal:
            plans.check_line(make.line(amounts={1: 5, 4: wrong}), make.year(), cast.dieuphoi)
        assert set(refusal.value.message_dict) == {"q4"}


def test_an_empty_version_is_not_submitted(cast):
    empty = plans.create_draft(actor=cast.dieuphoi, fiscal_year=make.year())
    with pytest.raises(Conflict):
        plans.submit(actor=cast.dieuphoi, plan=empty)


def test_a_plan_line_keeps_the_title_it_was_planned_under(cast):
    plan = make.plan(make.line("GBV-01"))
    activity = make.activity("GBV-01")
    activity.title = "Tên mới"
    activity.save()
    assert plan.lines.get().title == "Hoạt động GBV-01"


def test_loading_replaces_the_programmes_it_names_and_keeps_the_rest(cast):
    make.go_live()
    make.plan(
        make.line("GBV-01", amounts=1),
        make.line("GBV-02", amounts=2),
        make.line("ECCD-01", amounts=40),
    )
    lines = [make.line("GBV-01", amounts={2: 300})]
    version = plans.load(
        actor=cast.quanly, fiscal_year=make.year(), lines=lines, post=True, reason="lần 1"
    )
    assert (version.number, total(version)) == (2, 340)


def test_loading_replaces_only_what_lies_in_the_loaders_scope(cast):
    make.plan(make.line("GBV-01", make.BAN_LANG, 1), make.line("GBV-01", make.DAO_SAN, 2))
    version = plans.load(
        actor=make.user(role=Role.COORDINATOR, programs=["GBV"], communes=[make.BAN_LANG]),
        fiscal_year=make.year(),
        lines=[make.line("GBV-02", make.BAN_LANG, 500)],
        post=False,
        reason="chỉ Bản Lang",
    )
    assert (version.state, version.number, total(version)) == ("draft", None, 502)


def test_loading_the_same_plan_again_makes_no_version(cast):
    lines = [make.line("GBV-01", amounts={1: 5, 3: 0}), make.line("ECCD-01", amounts=7)]
    load = {"actor": cast.quanly, "fiscal_year": make.year(), "post": True, "reason": "gốc"}
    assert plans.load(lines=lines, **load).number == 1
    assert plans.load(lines=list(reversed(lines)), **load) is None
    assert PlanVersion.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"amounts": {2: 5, 3: 7}},
        {"amounts": {1: 5, 3: 8}},
        {"note": "khác"},
        {"unit": "Trạm y tế"},
        {"title": "Tên khác"},
        {"fund_code": "KHAC"},
        {"commune_code": make.NAM_XE},
    ],
)
def test_loading_a_plan_that_differs_in_anything_makes_a_version(cast, change):
    load = {"actor": cast.quanly, "fiscal_year": make.year(), "post": True, "reason": "gốc"}
    there = {"amounts": {1: 5, 3: 7}, "note": "ghi chú", "unit": "Hội Phụ nữ"}
    plans.load(lines=[make.line(**there)], **load)
    assert plans.load(lines=[make.line(**{**there, **change})], **load).number == 2


def amounts_of(plan) -> dict[tuple[str, str], dict[int, int]]:
    return {(line.activity.code, line.commune.code): line.amounts for line in plans.lines_of(plan)}


def moved(person, plan, source, target, quarters=(1, 2), amount=30):
    """Moves money between the quarters of two lines (codes of communes)."""
    return plan_edit.transfer(
        actor=person,
        plan=plan,
        source=plan.lines.get(commune__code=source),
        target=plan.lines.get(commune__code=target),
        quarter=quarters[0],
        to_quarter=quarters[1],
        amount=amount,
        reason="mưa lũ",
        version=plan.version,
    )


@pytest.mark.parametrize(
    ("quarters", "amount", "left"),
    [
        ((1, 2), 30, {1: 70, 2: 80}),
        ((1, 2), 100, {2: 150}),
        ((2, 3), 1, {1: 100, 2: 49, 3: 1}),
        ((1, 2), 101, None),
        ((1, 2), 0, None),
        ((1, 1), 30, None),
        ((3, 1), 1, None),
    ],
)
def test_a_transfer_takes_what_a_quarter_plans_and_adds_it_to_another(cast, quarters, amount, left):
    plan = make.draft_plan(make.line(amounts={1: 100, 2: 50}), by=cast.dieuphoi)
    with nullcontext() if left else pytest.raises(ValidationError):
        moved(cast.dieuphoi, plan, make.BAN_LANG, make.BAN_LANG, quarters, amount)
    assert amounts_of(plan) == {("GBV-01", make.BAN_LANG): left or {1: 100, 2: 50}}


@pytest.mark.parametrize(
    ("source", "target", "may"),
    [
        (make.BAN_LANG, make.NAM_XE, True),
        (make.BAN_LANG, make.DAO_SAN, False),
        (make.DAO_SAN, make.BAN_LANG, False),
    ],
)
def test_money_is_moved_between_lines_of_ones_own(cast, source, target, may):
    places = (make.BAN_LANG, make.NAM_XE, make.DAO_SAN)
    plan = make.draft_plan(*(make.line("GBV-01", place, 100) for place in places))
    with nullcontext() if may else pytest.raises(ValidationError):
        moved(cast.dieuphoi_gbv, plan, source, target)
    assert sum(sum(quarters.values()) for quarters in amounts_of(plan).values()) == 300
    assert (amounts_of(plan)["GBV-01", source] == {1: 70}) is may


def test_a_line_elsewhere_is_neither_changed_nor_taken_out_nor_over(cast):
    plan = make.draft_plan(make.line("GBV-01", make.DAO_SAN, 5), make.line("GBV-02"))
    row = plan.lines.get(commune__code=make.DAO_SAN)
    for own in (make.line("GBV-03", make.NAM_XE, 7), make.line("GBV-01", make.DAO_SAN, 7)):
        with pytest.raises(ValidationError):
            plan_edit.change_line(actor=cast.dieuphoi_gbv, row=row, line=own)
    with pytest.raises(ValidationError):
        plan_edit.remove_line(actor=cast.dieuphoi_gbv, plan=plan, line=row)
    assert amounts_of(plan)["GBV-01", make.DAO_SAN] == {1: 5}


def test_a_plan_is_known_from_when_it_was_approved(cast):
    make.go_live()
    plan = make.submitted_plan()
    moment = timezone.now()
    plans.approve(actor=cast.truongban, plan=plan)
    assert plans.approved_version(make.year(), known_at=moment) is None
    for which in ("current", "original", "1"):
        assert plans.approved_version(make.year(), which, plan.approved_at) == plan
    loaded = plans.load(
        actor=cast.quanly,
        fiscal_year=make.year(),
        lines=[make.line(amounts=9)],
        post=True,
        reason="lần 1",
    )
    assert plans.approved_version(make.year(), known_at=plan.approved_at) == plan
    assert plans.approved_version(make.year(), known_at=loaded.approved_at) == loaded
    assert plans.approved_version(make.year(), "2", plan.approved_at) is None


def test_a_closed_month_does_not_stop_a_plan(cast):
    make.close(make.period())
    assert make.plan(make.line(amounts=3)).number == 1
