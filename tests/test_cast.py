"""The shared scene itself: the factories and the cast make what they say."""

from datetime import date

import pytest

from accounts.services import create_user
from disbursements.models import Disbursement, PlanState, Status
from tests import factories as make

pytestmark = pytest.mark.any_database


def test_the_coordinator_of_gbv_has_two_pairs_and_no_more(cast):
    pairs = cast.dieuphoi_gbv.assignments.values_list("program__code", "commune__code")
    assert set(pairs) == {("GBV", make.BAN_LANG), ("GBV", make.NAM_XE)}


def as_stored(person):
    """Everything that is kept of a person, without what differs from row to row anyway."""
    ours = {"id", "username", "password", "date_joined", "user_id", "history_user_id"}
    tables = [
        type(person).objects.filter(pk=person.pk),
        person.assignments.all(),
        type(person).history.filter(id=person.pk),
        person.assignments.model.history.filter(user_id=person.pk),
    ]
    return [
        [
            {
                name: value
                for name, value in row.items()
                if name not in ours | {"history_date", "history_id"}
            }
            | {"by_oneself": row.get("history_user_id", person.pk) == person.pk}
            for row in table.order_by("pk").values()
        ]
        for table in tables
    ]


def test_each_of_the_cast_is_kept_as_somebody_created_by_the_service(cast):
    for person in cast.everybody():
        places = person.assignments.all()
        twin = create_user(
            username=f"{person.username}-2",
            role=person.role,
            password=make.PASSWORD,
            programs={each.program for each in places if each.program},
            communes=[each.commune for each in places if each.commune],
        )
        assert as_stored(person) == as_stored(twin)
        assert person.check_password(make.PASSWORD)


def test_money_comes_in_the_state_that_was_asked_for(cast):
    rows = [make.draft(1), make.submitted(2), make.posted(3)]
    assert [row.status for row in rows] == [Status.DRAFT, Status.SUBMITTED, Status.POSTED]
    assert Disbursement.objects.posted().get().number == 1


def test_a_plan_comes_approved_and_the_next_is_its_revision(cast):
    first = make.plan(make.line(amounts={1: 5, 4: 7}))
    second = make.plan(make.line(amounts=9))
    assert [first.number, second.number] == [1, 2]
    assert first.state == second.state == PlanState.APPROVED


def test_a_training_class_counts_both_sexes(cast):
    row = make.training(10, 5, start=date(2023, 2, 1), commune=make.NAM_XE, under_16=3)
    assert (row.participants, row.quarter, row.fiscal_year.code) == (15, 3, "2023")


def test_a_closed_month_stays_closed(cast):
    assert make.close(make.period(date(2022, 9, 1))).is_closed
