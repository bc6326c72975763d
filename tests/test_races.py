"""Many people at the same moment, on PostgreSQL with real threads: exactly one wins.

16 threads wait at a barrier and then do the same thing; each race is repeated: 5 rounds, 25 in CI,
100 in `make drill`. SQLite serialises writers and would hide what is tested here.
Each race has a control: the same without the guard must let more than one through, else the test
proves nothing.
"""

import os
import threading
from collections import Counter
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections, transaction

from accounts.roles import Role
from core.errors import Conflict
from disbursements import guards, ledger, plan_edit, plans
from disbursements.models import Disbursement, NumberCounter, PlanVersion, Status
from programs import closing
from programs.models import Period
from tests import factories as make

THREADS = 16
ROUNDS = int(os.getenv("RACE_ROUNDS", "25" if os.getenv("CI") else "5"))

pytestmark = [
    pytest.mark.postgres_only,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def at_once(*calls):
    """Run the calls in a thread each, all from one moment on; returns how each ended."""
    barrier = threading.Barrier(len(calls))
    ends = ["?"] * len(calls)

    def run(number, call):
        try:
            connection.ensure_connection()
            barrier.wait(30)
            call()
            ends[number] = "won"
        except Conflict as error:
            ends[number] = f"conflict: {error.code}"
        except (PermissionDenied, ValidationError) as error:
            ends[number] = type(error).__name__
        except Exception as error:
            ends[number] = f"crashed: {error!r}"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ends


def one_wins(ends):
    """Exactly one won, and every other was told of a conflict."""
    assert Counter(ends)["won"] == 1, ends
    assert all(end == "won" or end.startswith("conflict") for end in ends), ends


@pytest.fixture
def managers(transactional_db):
    return [make.user(role=Role.MANAGER) for _ in range(THREADS)]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_sixteen_post_the_same_row(managers):
    for number in range(1, ROUNDS + 1):
        row = make.submitted()
        seen = [fresh(row) for _ in managers]
        one_wins(
            at_once(
                *(
                    partial(ledger.post, actor=m, disbursement=r)
                    for m, r in zip(managers, seen, strict=True)
                )
            )
        )
        assert fresh(row).number == number  # and no number was lost to the losers


def test_control_without_the_conditional_update_several_post_the_same_row(managers):
    """Look, then write: what the guard is there to prevent."""
    most = 0
    for _ in range(min(ROUNDS, 10)):
        row = make.submitted()

        def naive(manager, row=row):
            with transaction.atomic():
                seen = fresh(row)
                if seen.status != Status.SUBMITTED:
                    raise Conflict("posted already", "state")
                Disbursement.objects.filter(pk=row.pk).update(note=f"posted by {manager.pk}")

        ends = at_once(*(partial(naive, m) for m in managers))
        most = max(most, Counter(ends)["won"])
    assert most > 1


def test_different_rows_at_once_are_numbered_without_gaps(managers):
    rounds = min(ROUNDS, 10)
    for _ in range(rounds):
        rows = [make.submitted() for _ in managers]
        ends = at_once(
            *(
                partial(ledger.post, actor=m, disbursement=r)
                for m, r in zip(managers, rows, strict=True)
            )
        )
        assert Counter(ends) == {"won": THREADS}
    numbers = Disbursement.objects.posted().order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, rounds * THREADS + 1))


def test_control_without_the_locked_counter_numbers_collide(managers):
    year = make.year()
    NumberCounter.objects.get_or_create(fiscal_year=year)
    given = []

    def naive():
        with transaction.atomic():
            counter = NumberCounter.objects.get(fiscal_year=year)
            counter.last += 1
            counter.save()
            given.append(counter.last)

    for _ in range(min(ROUNDS, 10)):
        at_once(*([naive] * THREADS))
    assert len(set(given)) < len(given)


def test_sixteen_approve_the_same_version(transactional_db):
    heads = [make.user(role=Role.HEAD) for _ in range(THREADS)]
    for number in range(1, ROUNDS + 1):
        plan = make.submitted_plan()
        seen = [fresh(plan) for _ in heads]
        one_wins(
            at_once(
                *(partial(plans.approve, actor=h, plan=p) for h, p in zip(heads, seen, strict=True))
            )
        )
        assert fresh(plan).number == number


def test_sixteen_change_the_same_draft(transactional_db):
    clerk = make.somebody()
    for _ in range(ROUNDS):
        row = make.draft()
        ends = at_once(
            *(
                partial(
                    ledger.update,
                    actor=clerk,
                    disbursement=row,
                    version=row.version,
                    payee=f"người {n}",
                )
                for n in range(THREADS)
            )
        )
        one_wins(ends)
        assert fresh(row).payee == f"người {ends.index('won')}"
        assert fresh(row).version == 2


def test_sixteen_change_the_same_plan(transactional_db):
    clerk, line = make.somebody(), make.line()
    for _ in range(ROUNDS):
        plan = make.draft_plan(line)
        one_wins(
            at_once(
                *(
                    partial(
                        plan_edit.set_line,
                        actor=clerk,
                        plan=plan,
                        line=make.line(amounts=n + 1),
                        version=plan.version,
                    )
                    for n in range(THREADS)
                )
            )
        )
        assert PlanVersion.objects.get(pk=plan.pk).lines.count() == 1


def test_sixteen_reverse_the_same_row_and_never_more_than_it_was(managers):
    for _ in range(ROUNDS):
        row = make.posted(100)
        ends = at_once(
            *(
                partial(ledger.reverse, actor=m, disbursement=row, reason="x", amount=60)
                for m in managers
            )
        )
        assert Counter(ends)["won"] == 1, ends
        assert not [end for end in ends if end.startswith("crashed")], ends
        assert fresh(row).reversed_amount == 60


def _close_and_post(managers, month, rows):
    """One closes the month while the others post in it."""
    return at_once(
        partial(closing.close_period, actor=managers[0], period=month, leave_waiting=True),
        *(
            partial(ledger.post, actor=m, disbursement=r)
            for m, r in zip(managers[1:], rows, strict=True)
        ),
    )


def _reopened(managers, month):
    return closing.reopen_period(actor=managers[0], period=fresh(month), reason="vòng sau")


def test_closing_and_posting_at_once_never_posts_into_a_closed_month(managers):
    """Whoever takes the month's row first wins; a posting that comes after is refused cleanly."""
    month = make.period()
    refused = 0
    for _ in range(ROUNDS):
        rows = [make.submitted() for _ in managers[1:]]
        ends = _close_and_post(managers, fresh(month), rows)
        assert ends[0] == "won", ends
        assert set(ends[1:]) <= {"won", "conflict: period_closed"}, ends
        refused += Counter(ends)["conflict: period_closed"]
        states = {r.pk: r.status for r in Disbursement.objects.filter(pk__in=[r.pk for r in rows])}
        assert [states[r.pk] == "posted" for r in rows] == [end == "won" for end in ends[1:]]
        assert Period.objects.get(pk=month.pk).is_closed
        _reopened(managers, month)
    assert refused  # else the moment was never hit


def _held_open(month, manager, with_guard):
    """Whether a posting that looked before the closing still lands after it.

    The posting looks at the month, then waits until the closing has been committed (or is stuck
    behind the posting's lock), then writes.
    """
    row = make.submitted()
    looked, closed = threading.Event(), threading.Event()
    ends = {}

    def post():
        try:
            with transaction.atomic():
                assert not Period.objects.get(pk=month.pk).is_closed
                looked.set()
                closed.wait(2)
                with guards.explained():
                    Disbursement.objects.filter(pk=row.pk).update(
                        status=Status.POSTED,
                        number=10_000 + row.pk,
                        posted_by=manager,
                        posted_at=row.submitted_at,
                    )
            ends["post"] = "won"
        except Conflict as error:
            ends["post"] = error.code
        finally:
            connections.close_all()

    if not with_guard:
        guards.remove(connection)
    try:
        thread = threading.Thread(target=post)
        thread.start()
        looked.wait(10)
        closing.close_period(actor=manager, period=fresh(month), leave_waiting=True)
        closed.set()
        thread.join(30)
    finally:
        guards.install(connection)
    return ends["post"]


@pytest.mark.parametrize(("with_guard", "end"), [(True, "period_closed"), (False, "won")])
def test_a_look_alone_is_not_enough_the_database_guards_the_month(managers, with_guard, end):
    """With the guard a posting that had looked in time is refused; the control lets it through."""
    assert _held_open(make.period(), managers[0], with_guard) == end


def test_sixteen_close_the_same_month(managers):
    month = make.period()
    for _ in range(ROUNDS):
        month = fresh(month)
        one_wins(at_once(*(partial(closing.close_period, actor=m, period=month) for m in managers)))
        month = _reopened(managers, month)
