"""Two people do the same thing at the same moment: one wins, the others are told.

Sixteen threads on PostgreSQL, RACE_ROUNDS times (5; in CI 25; `make drill` 100). SQLite serialises
writers and hides races. Each race has a control, the same without its guard, that must go wrong: a
race that cannot be lost shows nothing.
"""

from datetime import date as Date
from itertools import cycle
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from accounts.roles import Role
from core.services.errors import Conflict, PeriodClosed, StaleVersion
from disbursements.approval import services as approval
from disbursements.ledger import services as ledger
from disbursements.ledger import vouchers
from disbursements.models import Disbursement, PlanAmount, PlanProgram, PlanVersion
from disbursements.plans import editing as plan_edit
from disbursements.plans import services as plans
from programs.models import GoLive, Period
from programs.years import closing
from tests import factories as make
from tests.first_state import put_back
from tests.races import AT_ONCE, ROUNDS, Crowd, refusals, shows_fault, winners, without_guards

pytestmark = [pytest.mark.postgres_only, pytest.mark.django_db(transaction=True)]
AMOUNT = 1_000_000
ELSEWHERE = {"date": Date(2021, 9, 15)}  # controls break the numbers of another year


@pytest.fixture(scope="module")
def ground(django_db_setup, django_db_blocker):
    """The crowd and its people, committed; the database is put back after the last race."""
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            pytest.skip("races show on PostgreSQL alone")
        make.activity()
        clerk = make.somebody(Role.COORDINATOR)
        people = SimpleNamespace(
            clerk=clerk,
            clerks=[make.user(role=Role.COORDINATOR) for _n in range(AT_ONCE)],
            managers=[make.user(role=Role.MANAGER) for _n in range(AT_ONCE)],
            heads=[make.user(role=Role.HEAD) for _n in range(AT_ONCE)],
            crowd=Crowd(),
        )
        yield people
        people.crowd.leave()
        put_back()


def again(row):
    """What everybody sees before anybody acts: a copy of their own, relations and all."""
    related = ("fiscal_year",) if isinstance(row, PlanVersion) else ("fiscal_year", "program")
    rows = type(row).objects.select_related(*related)
    return lambda: rows.get(pk=row.pk)


@pytest.fixture
def _django_db_helper(ground, django_db_blocker):
    """In place of pytest-django's: nothing is emptied between one race and the next, which would
    take longer than the races."""
    with django_db_blocker.unblock():
        yield


# Two people post the same row


def posting(ground, post, **values):
    row = make.submitted(AMOUNT, by=ground.clerk, **values)
    results = ground.crowd.race(again(row), lambda n, seen: post(ground.managers[n], seen))
    row.refresh_from_db()
    return row, results


def post(actor, row):
    return ledger.post(actor=actor, disbursement=row)


def naive_post(actor, row):
    with transaction.atomic():
        row.refresh_from_db()
        if row.status != "submitted":
            raise Conflict("too late")
        row.status, row.posted_by, row.posted_at = "posted", actor, timezone.now()
        row.number = ledger.next_numbers(row.fiscal_year, 1)[0]
        row.save()
        return row


def test_one_of_sixteen_posts_the_row(ground):
    for _round in range(ROUNDS):
        row, results = posting(ground, post)
        [won] = winners(results)
        assert {type(refusal) for refusal in refusals(results)} <= {Conflict, StaleVersion}
        assert (row.status, row.posted_by, row.number) == ("posted", won.posted_by, won.number)
        assert row.history.filter(status="posted").count() == 1


def test_control_without_the_conditional_update_several_post_it(ground):
    with without_guards():
        assert shows_fault(lambda: len(winners(posting(ground, naive_post, **ELSEWHERE)[1])) > 1)


# Two people approve the same version


def approving(ground, approve):
    plan = make.submitted_plan(by=ground.clerk)
    results = ground.crowd.race(again(plan), lambda n, seen: approve(ground.heads[n], seen))
    plan.refresh_from_db()
    return plan, results


def naive_approve(actor, plan):
    with transaction.atomic():
        plan.refresh_from_db()
        if plan.state != "submitted":
            raise Conflict("too late")
        approved = PlanVersion.objects.filter(fiscal_year=plan.fiscal_year)
        plan.number = approved.aggregate(n=Max("number"))["n"] + 1
        plan.state, plan.approved_by, plan.approved_at = "approved", actor, timezone.now()
        plan.save()
        return plan


def test_one_of_sixteen_approves_the_version(ground):
    for _round in range(ROUNDS):
        plan, results = approving(ground, lambda actor, seen: plans.approve(actor=actor, plan=seen))
        [won] = winners(results)
        assert {type(refusal) for refusal in refusals(results)} <= {Conflict, StaleVersion}
        assert (plan.approved_by, plan.number) == (won.approved_by, won.number)
        assert plan.history.filter(state="approved").count() == 1


def test_control_read_then_saved_several_approve_it(ground):
    make.plan(by=ground.clerk)
    with without_guards():
        assert shows_fault(lambda: len(winners(approving(ground, naive_approve)[1])) > 1)


def revision(line, amount, by):
    """A submitted copy of the version in force in which one line has another amount."""
    current = plans.approved_version(make.year())
    copy = plans.create_draft(actor=by, fiscal_year=make.year(), based_on=current, reason="đổi")
    line.amounts = {1: amount}
    plan_edit.set_line(actor=by, plan=copy, line=line)
    copy.refresh_from_db()
    return plans.submit(actor=by, plan=copy)


def test_of_sixteen_drafts_begun_at_once_one_speaks_for_the_programme(ground):
    for _round in range(ROUNDS):
        results = ground.crowd.race(
            lambda: None,
            lambda n, _seen: plans.create_draft(
                actor=ground.clerks[n], fiscal_year=make.year(), programs=[make.program("YEE")]
            ),
        )
        [won] = winners(results)
        assert {refusal.code for refusal in refusals(results)} == {"taken"}
        assert PlanVersion.objects.filter(spoken__is_open=True).get() == won
        won.delete()


def test_sixteen_versions_approved_at_once_get_numbers_in_a_row(ground):
    """Each changes its own programme: none is overwritten by another."""
    for _round in range(ROUNDS):
        before = plans.approved_version(make.year())
        first = before.number if before else 0
        lines = [make.line(f"{code}-01") for code in ("GBV", "ECCD", "YEE", "SPON")]
        drafts = [revision(line, first + 1, by=ground.clerk).pk for line in lines]
        results = ground.crowd.race(
            lambda: None,
            lambda n, _seen, drafts=drafts: plans.approve(
                actor=ground.heads[n], plan=PlanVersion.objects.get(pk=drafts[n % 4])
            ),
        )
        assert sorted(plan.number for plan in winners(results)) == [first + n for n in (1, 2, 3, 4)]
        planned = PlanAmount.objects.filter(line__plan_version=plans.approved_version(make.year()))
        assert {a.amount for a in planned} == {first + 1}


# Two people edit the same draft


def editing(ground, edit):
    row = make.draft(AMOUNT, by=ground.clerk)
    results = ground.crowd.race(
        again(row), lambda n, seen: edit(ground.clerks[n], seen, f"Người nhận {n}")
    )
    row.refresh_from_db()
    return row, results


def naive_edit(actor, row, payee):
    now = Disbursement.objects.get(pk=row.pk)
    if now.version != row.version:
        raise StaleVersion
    now.payee, now.version = payee, now.version + 1
    now.save()
    return now


def test_one_of_sixteen_changes_the_draft(ground):
    for _round in range(ROUNDS):
        row, results = editing(
            ground,
            lambda actor, seen, payee: ledger.update(
                actor=actor, disbursement=seen, version=seen.version, payee=payee
            ),
        )
        [won] = winners(results)
        assert {type(refusal) for refusal in refusals(results)} == {StaleVersion}
        assert (row.payee, row.version) == (won.payee, 2)


def test_control_read_then_saved_an_edit_is_overwritten(ground):
    assert shows_fault(lambda: len(winners(editing(ground, naive_edit)[1])) > 1)


def new_draft(*lines, by):
    """A draft plan; that of the round before speaks for its programme no longer."""
    PlanProgram.objects.all().delete()
    return make.draft_plan(*lines, by=by)


def changing_line(ground, change):
    plan = new_draft(make.line(), by=ground.clerk)
    return plan, ground.crowd.race(
        again(plan), lambda n, seen: change(ground.clerks[n], seen, make.line(amounts=n + 1))
    )


def naive_line(actor, plan, line):
    now = PlanVersion.objects.get(pk=plan.pk)
    if now.version != plan.version:
        raise StaleVersion
    now.lines.get().amounts.update(amount=line.amounts[1])
    now.version += 1
    now.save()


def test_one_of_sixteen_changes_the_plan_line(ground):
    for _round in range(ROUNDS):
        plan, results = changing_line(
            ground,
            lambda actor, seen, line: plan_edit.set_line(
                actor=actor, plan=seen, line=line, version=seen.version
            ),
        )
        assert {type(refusal) for refusal in refusals(results)} == {StaleVersion}
        [won] = [n for n, result in enumerate(results) if result in winners(results)]
        assert plan.lines.get().amounts.get().amount == won + 1


def test_control_read_then_saved_a_plan_line_is_overwritten(ground):
    assert shows_fault(lambda: len(winners(changing_line(ground, naive_line)[1])) > 1)


# Two people submit the same draft


def submitting(ground, submit, record):
    results = ground.crowd.race(again(record), lambda n, seen: submit(ground.clerks[n], seen))
    record.refresh_from_db()
    return record, results


def naive_submit(actor, row):
    row.refresh_from_db()
    if row.status != "draft":
        raise Conflict("too late")
    row.status, row.submitted_by, row.submitted_at = "submitted", actor, timezone.now()
    row.save()


def test_one_of_sixteen_submits_the_row_and_the_plan(ground):
    services = {
        lambda: make.draft(by=ground.clerk): lambda a, r: ledger.submit(actor=a, disbursement=r),
        lambda: new_draft(by=ground.clerk): lambda a, r: plans.submit(actor=a, plan=r),
    }
    for _round in range(ROUNDS):
        for new, submit in services.items():
            record, results = submitting(ground, submit, new())
            [won] = winners(results)
            assert {type(refusal) for refusal in refusals(results)} <= {Conflict, StaleVersion}
            assert (record.submitted_by, record.version) == (won.submitted_by, 2)


def test_control_read_then_saved_several_submit_it(ground):
    def one_round():
        draft = make.draft(by=ground.clerk)
        return len(winners(submitting(ground, naive_submit, draft)[1])) > 1

    assert shows_fault(one_round)


# The same voucher entered twice


def entering(ground, enter, turn):
    """16 clerks enter one voucher; (results, rows made)."""
    voucher = {"voucher_no": f"PC-{turn}", "voucher_date": Date(2022, 9, 14)}
    results = ground.crowd.race(
        lambda: None, lambda n, _seen: enter(AMOUNT, by=ground.clerks[n], **voucher)
    )
    return results, Disbursement.objects.filter(voucher_no=f"PC-{turn}").count()


def test_one_of_sixteen_enters_the_voucher(ground):
    for turn in range(ROUNDS):
        results, made = entering(ground, make.draft, f"mot-{turn}")
        assert (len(winners(results)), made) == (1, 1)
        assert {type(refusal) for refusal in refusals(results)} == {ValidationError}


def load_from_a_workbook(amount, *, by, **voucher):
    """As the importer does: looked at first, saved afterwards."""
    row = Disbursement(
        amount=amount,
        date=Date(2022, 9, 15),
        activity=make.activity(),
        commune=make.commune(),
        created_by=by,
        **voucher,
    )
    [loaded] = ledger.load(actor=by, rows=[ledger.complete(row, by)], post=False)
    return loaded


def test_a_workbook_and_a_form_with_the_same_voucher_make_one_row(ground):
    doors = cycle([make.draft, load_from_a_workbook])
    for turn in range(ROUNDS):
        results, made = entering(ground, lambda *a, **said: next(doors)(*a, **said), f"hai-{turn}")
        assert (len(winners(results)), made) == (1, 1)


def test_control_without_the_lock_a_voucher_is_entered_several_times(ground, monkeypatch):
    monkeypatch.setattr(vouchers, "lock_months", lambda rows: None)
    turns = iter(range(ROUNDS))
    assert shows_fault(lambda: entering(ground, make.draft, f"khong-{next(turns)}")[1] > 1)


# Two people reverse the same row


def reversing(ground, reverse, part, **values):
    row = make.posted(AMOUNT, by=ground.clerk, post_by=ground.managers[0], **values)
    results = ground.crowd.race(again(row), lambda n, seen: reverse(ground.managers[n], seen, part))
    row.refresh_from_db()
    taken = row.reversals.aggregate(sum=Sum("amount"))["sum"] or 0
    return row, results, -taken


def reverse(actor, row, part):
    return ledger.reverse(actor=actor, disbursement=row, amount=part, reason="Chi nhầm")


def naive_reverse(actor, row, part):
    with transaction.atomic():
        now = Disbursement.objects.get(pk=row.pk)
        if now.rest < part:
            raise Conflict("nothing left")
        taken = now.reversed_amount + part
        back = Disbursement.objects.get(pk=row.pk)
        back.pk, back.reverses, back.amount, back.reversed_amount = None, now, -part, 0
        back.number = ledger.next_numbers(now.fiscal_year, 1)[0]
        back.save()
        Disbursement.objects.filter(pk=now.pk).update(reversed_amount=taken)
        return back


@pytest.mark.parametrize(("part", "times"), [(AMOUNT, 1), (AMOUNT // 4, 4), (AMOUNT // 3, 3)])
def test_reversals_never_add_up_to_more_than_the_row(ground, part, times):
    for _round in range(ROUNDS):
        row, results, taken = reversing(ground, reverse, part)
        assert len(winners(results)) == times
        assert taken == row.reversed_amount == part * times <= AMOUNT


def test_control_read_then_written_more_is_reversed_than_there_was(ground):
    with without_guards():
        assert shows_fault(
            lambda: reversing(ground, naive_reverse, AMOUNT // 4, **ELSEWHERE)[2] > AMOUNT
        )


# Numbers


def numbering(ground, post, told, **values):
    rows = [make.submitted(AMOUNT, by=ground.clerk, **values).pk for _n in range(AT_ONCE)]
    results = ground.crowd.race(
        lambda: None,
        lambda n, _seen: post(ground.managers[n], Disbursement.objects.get(pk=rows[n]), n),
        told,
    )
    return sorted(row.number for row in winners(results)), refusals(results)


def post_or_too_late(actor, row, n):
    """Every fourth decides on a version that is gone: its number must not be lost."""
    return ledger.post(actor=actor, disbursement=row, version=99 if n % 4 == 0 else row.version)


def naive_number(actor, row, _n):
    last = Disbursement.objects.filter(fiscal_year=row.fiscal_year).aggregate(n=Max("number"))
    row.number = (last["n"] or 0) + 1
    row.status, row.posted_by, row.posted_at = "posted", actor, timezone.now()
    row.save()
    return row


def test_numbers_have_no_gap_and_no_double(ground):
    for _round in range(ROUNDS):
        given, refused = numbering(ground, post_or_too_late, StaleVersion)
        assert len(refused) == AT_ONCE // 4
        assert given == list(range(given[0], given[0] + len(given)))
    year = Disbursement.objects.filter(fiscal_year__code="2023", number__isnull=False)
    numbers = list(year.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_control_the_highest_number_and_one_is_given_twice(ground):
    """The database refuses the second: a posting fails that nothing was wrong with."""
    assert shows_fault(
        lambda: numbering(ground, naive_number, (IntegrityError,), date=Date(2020, 9, 15))[1] != []
    )


# Closing a month and posting into it


def closing_month(ground):
    """(posted rows the month held when it was closed, those it holds now, results)."""
    month = make.period()
    if month.is_closed:
        closing.reopen_period(actor=ground.managers[0], period=month, reason="Vòng sau")
    rows = [make.submitted(AMOUNT, by=ground.clerk).pk for _n in range(AT_ONCE)]
    posted = Disbursement.objects.filter(period=month, status="posted")

    def act(n, _seen):
        actor = ground.managers[n]
        if n % 4:
            return ledger.post(actor=actor, disbursement=Disbursement.objects.get(pk=rows[n]))
        with transaction.atomic():
            now = Period.objects.get(pk=month.pk)
            closing.close_period(actor=actor, period=now, leave_waiting=True)
            return posted.count()

    results = ground.crowd.race(lambda: None, act)
    closed = [result for result in winners(results) if isinstance(result, int)]
    return closed, posted.count(), results


def test_what_a_month_held_when_it_was_closed_it_holds_for_good(ground):
    try:
        for _round in range(ROUNDS):
            [held], holds, results = closing_month(ground)
            assert held == holds
            assert {type(refusal) for refusal in refusals(results)} <= {
                Conflict,
                StaleVersion,
                PeriodClosed,
            }
            for n, result in enumerate(results):
                assert n % 4 == 0 or isinstance(result, Disbursement | Conflict)
    finally:
        reopen(ground)


def closing_it(ground, close):
    """16 managers close October; it is open again afterwards."""
    month = make.period(Date(2022, 10, 15))
    results = ground.crowd.race(
        lambda: Period.objects.get(pk=month.pk), lambda n, seen: close(ground.managers[n], seen)
    )
    month.refresh_from_db()
    closing.reopen_period(actor=ground.managers[0], period=month, reason="Vòng sau")
    return results


def naive_close(_actor, month):
    month.refresh_from_db()
    if month.is_closed:
        raise Conflict("too late")
    month.state = "closed"
    month.save()


def test_one_of_sixteen_closes_the_month(ground):
    for _round in range(ROUNDS):
        results = closing_it(ground, lambda a, seen: closing.close_period(actor=a, period=seen))
        assert len(winners(results)) == 1


def test_control_read_then_saved_several_close_it(ground):
    assert shows_fault(lambda: len(winners(closing_it(ground, naive_close))) > 1)


def test_control_a_check_that_only_looks_lets_postings_into_the_closed_month(ground):
    def one_round():
        closed, holds, _results = closing_month(ground)
        return holds > closed[0]

    try:
        with without_guards():
            assert shows_fault(one_round)
    finally:
        reopen(ground)


def reopen(ground):
    month = make.period()
    if month.is_closed:
        closing.reopen_period(actor=ground.managers[0], period=month, reason="Xong")


# A list approved twice: all of it or nothing, and nobody waits for each other for ever


def approving_lists(ground, approve, **values):
    """Two lists of four rows that share two, each approved eight times; (rows, results)."""
    rows = [make.submitted(AMOUNT, by=ground.clerk, **values) for _n in range(6)]
    lists = [{row.pk: row.version for row in part} for part in (rows[:4], rows[2:])]
    results = ground.crowd.race(
        lambda: None, lambda n, _seen: approve(ground.managers[n], rows[0].period, lists[n % 2])
    )
    return rows, results


def naive_list(actor, _month, chosen):
    return [naive_post(actor, Disbursement.objects.get(pk=pk)) for pk in chosen]


def test_of_overlapping_lists_one_is_approved_whole(ground):
    for _round in range(ROUNDS):
        rows, results = approving_lists(
            ground, lambda a, month, chosen: approval.approve(actor=a, period=month, chosen=chosen)
        )
        [posted] = winners(results)
        found = Disbursement.objects.filter(pk__in=[row.pk for row in rows], status="posted")
        assert {row.pk for row in found} == {row.pk for row in posted}


def test_control_row_by_row_a_list_is_posted_in_part(ground):
    """Somebody is told no, and some of the list is posted under their name all the same."""

    def one_round():
        rows, results = approving_lists(ground, naive_list, **ELSEWHERE)
        posted = Disbursement.objects.filter(pk__in=[row.pk for row in rows], status="posted")
        won = {row.pk for rows_won in winners(results) for row in rows_won}
        return len(winners(results)) != 1 or {row.pk for row in posted} != won

    with without_guards():
        assert shows_fault(one_round)


# The same request twice


def sending(ground, **headers):
    """16 times the same draft by one client; (status codes, rows made)."""
    clients = [make.api(ground.clerk) for _n in range(AT_ONCE)]
    before = Disbursement.objects.count()
    body = {"date": "2022-09-15", "amount": 5000, "activity": "GBV-01", "commune": make.BAN_LANG}
    results = ground.crowd.race(
        lambda: None,
        lambda n, _seen: clients[n].post(
            "/api/v1/disbursements/", body, format="json", headers=headers
        ),
    )
    return results, Disbursement.objects.count() - before


def test_a_request_sent_sixteen_times_makes_one_row(ground):
    for turn in range(ROUNDS):
        answers, made = sending(ground, **{"Idempotency-Key": f"lan-{turn}"})
        assert made == 1
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1


def test_control_without_the_key_it_makes_sixteen(ground):
    assert sending(ground)[1] == AT_ONCE


# History is loaded while the first row that is not history is posted


def test_nothing_is_loaded_as_history_from_the_day_that_is_fixed_meanwhile(ground):
    """Eight load, eight post their first row: whatever was loaded was there before the day."""
    for _round in range(ROUNDS):
        with without_guards():
            GoLive.objects.all().delete()
        rows = [make.submitted(AMOUNT, by=ground.clerk) for _n in range(AT_ONCE // 2)]

        def act(n, seen, rows=rows):
            if n % 2:
                return ledger.post(actor=ground.managers[n], disbursement=rows[n // 2])
            row = again_loaded(ground.managers[n])
            return ledger.load(actor=ground.managers[n], rows=[row], post=True)[0]

        won = winners(ground.crowd.race(lambda: None, act))
        loaded = {row.pk for row in won if row.origin == "history"}
        assert len(won) - len(loaded) == len(rows)
        fixed = GoLive.objects.get().history.first()
        late = Disbursement.objects.filter(pk__in=loaded, posted_at__gt=fixed.history_date)
        assert not late.exists()


def again_loaded(actor):
    fields = {"activity": make.activity(), "commune": make.commune(), "fund": make.fund()}
    row = Disbursement(date=Date(2022, 9, 15), amount=AMOUNT, **fields)
    return ledger.complete(row, actor)
