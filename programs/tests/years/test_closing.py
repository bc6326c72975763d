"""Months and years close and reopen; what is dated in a closed month is refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from core.services.errors import Conflict, PeriodClosed, StaleVersion
from disbursements.ledger import services as ledger
from programs.years import closing
from tests import factories as make

SEPTEMBER = date(2022, 9, 1)


@pytest.fixture
def september(reference):
    return make.period(SEPTEMBER)


@pytest.fixture
def manager(reference):
    return make.somebody(Role.MANAGER)


def test_a_closed_month_takes_no_posting_and_no_reversal(september, manager):
    waiting, posted = make.submitted(5), make.posted(7)
    closing.close_period(actor=manager, period=september, leave_waiting=True)
    with pytest.raises(PeriodClosed):
        ledger.post(actor=manager, disbursement=waiting)
    with pytest.raises(PeriodClosed):
        ledger.reverse(actor=manager, disbursement=posted, reason="nhầm")
    elsewhere = ledger.reverse(
        actor=manager, disbursement=posted, reason="nhầm", date=date(2022, 10, 3)
    )
    assert elsewhere.amount == -7


def test_rows_that_wait_are_shown_before_closing_and_must_be_left_knowingly(september, manager):
    make.posted(1)
    waiting, draft = make.submitted(2), make.draft(3)
    assert set(closing.caught(september)) == {waiting, draft}
    with pytest.raises(Conflict, match="1"):
        closing.close_period(actor=manager, period=september)
    assert closing.close_period(actor=manager, period=september, leave_waiting=True).is_closed
    other = make.draft(5, date=date(2022, 10, 1))
    assert closing.close_period(actor=manager, period=other.period).is_closed  # only a draft


def test_closing_twice_or_from_a_stale_page_is_a_conflict(september, manager):
    version = september.version
    closing.close_period(actor=manager, period=september)
    with pytest.raises(Conflict):
        closing.close_period(actor=manager, period=september)
    closing.reopen_period(actor=manager, period=september, reason="chứng từ muộn")
    with pytest.raises(StaleVersion):
        closing.close_period(actor=manager, period=september, version=version)


def test_reopening_needs_a_reason_and_leaves_a_trail(september, manager):
    closing.close_period(actor=manager, period=september)
    with pytest.raises(ValidationError) as refused:
        closing.reopen_period(actor=manager, period=september, reason=" ")
    assert set(refused.value.message_dict) == {"reason"}
    closing.reopen_period(actor=manager, period=september, reason="chứng từ về muộn")
    last = september.history.first()
    assert (last.history_user, last.history_change_reason) == (manager, "chứng từ về muộn")


DISTRICT, PROVINCE = "109", "12"
PART = [("GBV", None), (None, make.BAN_LANG), ("GBV", DISTRICT), (None, PROVINCE)]


@pytest.mark.parametrize("pair", PART)
def test_who_has_only_a_part_of_the_area_or_another_closes_no_month(september, manager, pair):
    part = make.user_of_pairs(pair, role=Role.MANAGER)
    with pytest.raises(PermissionDenied):
        closing.close_period(actor=part, period=september)
    closing.close_period(actor=manager, period=september)
    with pytest.raises(PermissionDenied):
        closing.reopen_period(actor=part, period=september, reason="chứng từ muộn")


@pytest.mark.parametrize("pair", [(None, None), (None, DISTRICT)])
def test_who_has_every_programme_of_the_area_closes_its_months(september, pair):
    whole = make.user_of_pairs(pair, role=Role.MANAGER)
    assert closing.close_period(actor=whole, period=september).is_closed


@pytest.mark.parametrize("pair", [*PART, (None, DISTRICT)])
def test_a_year_is_closed_by_who_has_everything(reference, manager, pair):
    year = make.year("2023")
    year.periods.update(state="closed")
    part = make.user_of_pairs(pair, role=Role.MANAGER)
    with pytest.raises(PermissionDenied):
        closing.close_year(actor=part, fiscal_year=year)
    closing.close_year(actor=manager, fiscal_year=year)
    with pytest.raises(PermissionDenied):
        closing.reopen_year(actor=part, fiscal_year=year, reason="kiểm toán")


def test_other_roles_close_nothing(september):
    for role in set(Role.values) - {Role.MANAGER}:
        with pytest.raises(PermissionDenied):
            closing.close_period(actor=make.somebody(role), period=september)


def test_a_year_closes_after_its_months_and_then_takes_no_plan(september, manager):
    year = make.year("2023")
    with pytest.raises(Conflict, match="12"):
        closing.close_year(actor=manager, fiscal_year=year)
    for month in year.periods.all():
        closing.close_period(actor=manager, period=month)
    closing.close_year(actor=manager, fiscal_year=year)
    with pytest.raises(Conflict):
        make.plan()
    september.refresh_from_db()
    with pytest.raises(Conflict):
        closing.reopen_period(actor=manager, period=september, reason="x")
    closing.reopen_year(actor=manager, fiscal_year=year, reason="kiểm toán")
    assert not closing.reopen_period(actor=manager, period=september, reason="x").is_closed
