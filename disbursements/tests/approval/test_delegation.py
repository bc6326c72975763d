"""An approver who is away lets somebody else approve for stated days; four eyes stay."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import delegation
from accounts.roles import CLOSE_PERIOD, POST_DISBURSEMENT, Role
from core.values.dates import today
from disbursements.ledger import services as ledger
from disbursements.plans import services as plans
from tests import factories as make


def delegate(giver, receiver, first=0, last=6, **changes):
    start, end = today() + timedelta(days=first), today() + timedelta(days=last)
    return delegation.delegate(
        actor=giver, receiver=receiver, start=start, end=end, **{"reason": "đi công tác", **changes}
    )


def test_the_delegate_posts_in_the_stated_days_and_the_trail_says_for_whom(cast):
    delegate(cast.quanly, cast.dieuphoi)
    row = make.submitted(by=cast.dieuphoi_gbv)
    posted = ledger.post(actor=cast.dieuphoi, disbursement=row)
    assert posted.posted_by == cast.dieuphoi
    assert "quanly" in posted.history.first().history_change_reason


def test_it_holds_from_its_first_day_to_its_last(cast):
    given = delegate(cast.quanly, cast.dieuphoi, 1, 3)
    days = [n for n in range(6) if given in delegation.active(today() + timedelta(days=n))]
    assert days == [1, 2, 3]


@pytest.mark.parametrize("last", [0, 91])
def test_one_day_is_enough_and_92_are_not_too_many(cast, last):
    delegate(cast.quanly, cast.dieuphoi, 0, last)
    row = make.submitted(by=cast.dieuphoi_gbv)
    assert ledger.post(actor=cast.dieuphoi, disbursement=row).number == 1


def test_not_before_its_days(cast):
    delegate(cast.quanly, cast.dieuphoi, 1, 5)
    with pytest.raises(PermissionDenied):
        ledger.post(actor=cast.dieuphoi, disbursement=make.submitted(by=cast.dieuphoi_gbv))


def test_not_after_it_was_revoked(cast):
    given = delegate(cast.quanly, cast.dieuphoi)
    delegation.revoke(actor=cast.quanly, delegation=given)
    with pytest.raises(PermissionDenied):
        ledger.post(actor=cast.dieuphoi, disbursement=make.submitted(by=cast.dieuphoi_gbv))


def test_nobody_posts_what_they_or_their_giver_submitted(cast):
    delegate(cast.quanly, cast.dieuphoi)
    with pytest.raises(PermissionDenied):
        ledger.post(actor=cast.dieuphoi, disbursement=make.submitted(by=cast.dieuphoi))


def test_a_delegate_reaches_no_further_than_the_giver(cast):
    part = make.user(role=Role.MANAGER, programs=["YEE"])
    delegate(part, cast.dieuphoi)
    with pytest.raises(PermissionDenied):
        ledger.post(actor=cast.dieuphoi, disbursement=make.submitted(by=cast.dieuphoi_gbv))


@pytest.mark.parametrize("reach", [make.BAN_LANG, make.NAM_XE, make.DAO_SAN])
def test_who_has_one_place_lends_no_approval_of_a_plan_of_several(cast, reach):
    delegate(make.user(role=Role.HEAD, communes=[reach]), cast.quanly)
    plan = make.submitted_plan(make.line(), make.line(commune_code=make.NAM_XE))
    with pytest.raises(PermissionDenied):
        plans.approve(actor=cast.quanly, plan=plan)


def test_a_right_that_the_giver_lost_is_lent_no_longer(cast):
    delegate(cast.quanly, cast.dieuphoi)
    cast.quanly.role = Role.VIEWER
    cast.quanly.save()
    with pytest.raises(PermissionDenied):
        ledger.post(actor=cast.dieuphoi, disbursement=make.submitted(by=cast.dieuphoi_gbv))


def test_what_is_lent_is_posting_and_approving_and_nothing_else(cast):
    delegate(cast.quanly, cast.dieuphoi)
    assert delegation.givers_of(cast.dieuphoi, POST_DISBURSEMENT) == [cast.quanly]
    assert delegation.givers_of(cast.dieuphoi, CLOSE_PERIOD) == []
    assert delegation.givers_of(cast.dieuphoi_gbv, POST_DISBURSEMENT) == []


def test_who_lent_a_plans_approval_did_not_submit_it(cast):
    plan = make.submitted_plan(by=make.somebody())
    plan.submitted_by.role = Role.HEAD
    plan.submitted_by.save()
    delegate(plan.submitted_by, cast.quanly)
    with pytest.raises(PermissionDenied):
        plans.approve(actor=cast.quanly, plan=plan)


def test_a_head_lets_the_manager_approve_a_plan(cast):
    delegate(cast.truongban, cast.quanly)
    assert plans.approve(actor=cast.quanly, plan=make.submitted_plan()).number == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last": -1, "first": -3}, "end"),
        ({"last": -1}, "end"),
        ({"last": 92}, "end"),
        ({"reason": " "}, "reason"),
    ],
)
def test_days_and_reason_are_checked(cast, changes, field):
    with pytest.raises(ValidationError) as refused:
        delegate(cast.quanly, cast.dieuphoi, **changes)
    assert set(refused.value.message_dict) == {field}


def test_only_who_approves_delegates_and_not_to_a_viewer(cast):
    with pytest.raises(PermissionDenied):
        delegate(cast.dieuphoi, cast.quanly)
    gone = make.user()
    gone.is_active = False
    gone.save()
    for nobody in (cast.khach, cast.xa_banlang, cast.quanly, gone):
        with pytest.raises(ValidationError):
            delegate(cast.quanly, nobody)


def test_a_delegation_ends_when_its_giver_leaves(cast):
    given = delegate(cast.quanly, cast.dieuphoi)
    cast.quanly.is_active = False
    cast.quanly.save()
    assert given not in delegation.active()
    with pytest.raises(PermissionDenied):
        ledger.post(actor=cast.dieuphoi, disbursement=make.submitted(by=cast.dieuphoi_gbv))


def test_it_is_revoked_by_its_giver_or_who_manages_people_and_by_nobody_else(cast):
    given = delegate(cast.quanly, cast.dieuphoi)
    for person in (cast.dieuphoi, cast.truongban):
        with pytest.raises(PermissionDenied):
            delegation.revoke(actor=person, delegation=given)
    first = delegation.revoke(actor=cast.quantri, delegation=given).revoked_at
    assert delegation.revoke(actor=cast.quanly, delegation=given).revoked_at == first
    assert set(delegation.of_person(cast.dieuphoi)) == set(delegation.of_person(cast.quanly))
