"""An approver who is away lets somebody else approve for stated days; four eyes stay."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import delegation
from accounts.roles import Role
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


@pytest.mark.parametrize(("first", "last"), [(1, 5)])
def test_not_before_its_days(cast, first, last):
    delegate(cast.quanly, cast.dieuphoi, first, last)
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


def test_a_head_lets_the_manager_approve_a_plan(cast):
    delegate(cast.truongban, cast.quanly)
    assert plans.approve(actor=cast.quanly, plan=make.submitted_plan()).number == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last": -1, "first": -3}, "end"),
        ({"last": -1}, "end"),
        ({"last": 200}, "end"),
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
    with pytest.raises(ValidationError):
        delegate(cast.quanly, cast.khach)
