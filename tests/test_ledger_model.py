"""The services against a plain Python model: whatever is done in whichever order, every step is
taken or refused as the rules say, and every summary is the one that the plain facts give.

The facts and the sums are those of `reports/tests/ledger_scene.py`. `LEDGER_ROUNDS=300` plays
longer (`make drill-ledger`).
"""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from rest_framework.test import APIClient

from accounts.models import User
from accounts.roles import Role
from core.services.errors import Conflict
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from disbursements.plans import editing as plan_edit
from disbursements.plans import services as plans
from programs.years import closing
from reports import kept
from reports.tests import ledger_scene as truth
from reports.tests.ledger_ask import holds
from reports.tests.ledger_build import at
from reports.tests.ledger_scene import NEW, OLD, SUCCESSORS, UNITS, YEARS, Ask, Money, Plan, Scene
from tests import factories as make

FEW = 8 if connection.vendor == "sqlite" else 4  # the rules are Python's; the sums are each one's
ROUNDS = int(os.getenv("LEDGER_ROUNDS", FEW))  # beyond the few, a failure is made small: minutes
CUTS = ("program", "commune", "activity", "quarter", "month", "fund")
SCOPES: dict[str, truth.Pairs] = {
    "everywhere": ((None, None),),
    "two pairs": (("GBV", ("03577", OLD)), ("ECCD", ("03586", OLD))),
    "a successor": ((None, ("03583", NEW)),),
}
# The edges of months, quarters and years, and of the communes of before July 2025.
DAYS = [
    *(date(2022, 7, 1), date(2022, 7, 31), date(2022, 9, 30), date(2022, 10, 1)),
    *(date(2022, 12, 31), date(2023, 1, 1), date(2023, 3, 31), date(2023, 6, 30)),
    *(date(2023, 7, 1), date(2023, 9, 15), date(2024, 6, 30), date(2025, 7, 1)),
    *(date(2025, 9, 30), date(2026, 6, 30)),
]
LATER = [*DAYS, date(2025, 6, 30)]  # reversals fall in any year, entries in one with a plan
ENTRY_STATES = ("draft", "submitted", "posted", "posted")
NEEDS = {
    "submit": ["draft", "returned"],
    "change": ["draft", "returned"],
    "return": ["submitted"],
    "post": ["submitted"],
}
ROLES = {"submit": Role.COORDINATOR, "change": Role.COORDINATOR}
ROLES |= {"return": Role.MANAGER, "post": Role.MANAGER}

amounts = st.integers(1, 400_000_000)
days = st.sampled_from(DAYS)
places = st.tuples(st.sampled_from(truth.ACTIVITIES), st.sampled_from(list(SUCCESSORS)))
funds = st.sampled_from(truth.FUNDS)
who = st.sampled_from(["everywhere", "everywhere", *SCOPES])
picks = st.integers(0, 10**6)


@st.composite
def questions(draw: Any) -> tuple[Ask, str, int | None, int]:
    """A question; who asks it; and, for one of an earlier moment, which (from the last back) and
    how close to it."""
    ask = Ask(
        by=tuple(draw(st.lists(st.sampled_from(CUTS), unique=True, max_size=4))),
        plan=draw(st.sampled_from(["current", "current", "original"])),
        as_of=draw(st.just(date(2026, 11, 1)) | days),
        year=draw(st.sampled_from(["2023", *YEARS])),
        new_units=draw(st.booleans()),
        programs=tuple(draw(st.sampled_from([(), (), ("GBV",), ("ECCD", "YEE")]))),
        activities=tuple(draw(st.sampled_from([(), (), ("GBV-01", "ECCD-01")]))),
        funds=tuple(draw(st.sampled_from([(), (), ("BI",)]))),
    )
    if draw(st.booleans()):
        first, last = sorted(draw(st.lists(days, min_size=2, max_size=2)))
        ask.year, ask.span = None, (first, last)
    if not ask.new_units and ask.start < NEW:
        ask.communes = tuple(draw(st.sampled_from([(), (), ("03577", "03586")])))
    return (
        ask,
        draw(st.sampled_from(list(SCOPES))),
        draw(st.none() | st.integers(0, 2) | picks),
        draw(st.sampled_from([0, 0, -1, 1])),
    )


asked = st.lists(questions(), min_size=1, max_size=1)


@dataclass
class Entry:
    """A row as the model knows it; `money` is what its last submission added to the facts."""

    row: Disbursement
    facts: Money
    state: str = "draft"
    reversed: int = 0
    money: Money | None = None

    @property
    def program(self) -> str:
        return self.facts.activity.partition("-")[0]


class Ledger(RuleBasedStateMachine):
    """Money is entered, moved on, reversed; plans are revised; months close and open again."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        kept.forget()  # of a world that was rolled back
        self.clock = datetime(2022, 7, 2, 8, tzinfo=UTC)
        self.scene, self.entries = Scene(), list[Entry]()
        self.closed: set[tuple[bool, int, int]] = set()  # old units?, year, month
        self.people: dict[tuple[str, str], User] = {}
        self.readers: dict[str, APIClient] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # --- people, places, moments ---------------------------------------------------------------

    def person(self, role: str, scope: str = "everywhere") -> User:
        if (role, scope) not in self.people:
            person = make.user(role=role)
            person.assignments.all().delete()
            for program, unit in SCOPES[scope]:
                person.assignments.create(
                    program=make.program(program) if program else None,
                    commune=commune(unit) if unit else None,
                )
            self.people[role, scope] = person
        return self.people[role, scope]

    def reader(self, scope: str) -> APIClient:
        if scope not in self.readers:
            self.readers[scope] = APIClient()
            self.readers[scope].force_authenticate(self.person(Role.VIEWER, scope))
        return self.readers[scope]

    def tick(self) -> AbstractContextManager[None]:
        """The next moment, an hour later."""
        self.clock += timedelta(hours=1)
        self.scene.moments.append(self.clock)
        return at(self.clock)

    def month(self, day: date, unit: truth.Unit) -> tuple[bool, int, int]:
        return (unit[1] == OLD, day.year, day.month)

    def is_closed(self, money: Money) -> bool:
        return self.month(money.day, money.unit) in self.closed

    def look(self, questions: list[tuple[Ask, str, int | None, int]]) -> None:
        """Every answer is that of the plain facts, first of all as known at this very moment;
        numbers run without gaps."""
        whole = Ask(by=("program", "commune"), year=None, span=(DAYS[0], DAYS[-1]))
        holds(self.reader("everywhere"), self.scene, replace(whole, known_at=self.clock))
        for ask, scope, pick, seconds in questions:
            known_at = None
            if pick is not None:
                moment = self.scene.moments[-1 - pick % len(self.scene.moments)]
                known_at = moment + timedelta(seconds=seconds)
            ask = replace(ask, known_at=known_at, pairs=SCOPES[scope])
            holds(self.reader(scope), self.scene, ask)
        numbers: dict[int, list[int | None]] = {}
        given = Disbursement.objects.posted().order_by("number")
        for year, number in given.values_list("fiscal_year_id", "number"):
            numbers.setdefault(year, []).append(number)
        for found in numbers.values():
            assert found == list(range(1, len(found) + 1))

    # --- plans ---------------------------------------------------------------------------------

    @initialize(amount=amounts)
    def first_plan(self, amount: int) -> None:
        for code in truth.ACTIVITIES:
            make.activity(code)
        for code in truth.FUNDS:
            make.fund(code)
        self.approve("2023", {("GBV-01", ("03577", OLD), "BI"): {1: amount, 4: 7}}, "everywhere")

    @rule(
        year=st.sampled_from(["2023", "2023", *YEARS]),
        changes=st.dictionaries(
            st.tuples(st.sampled_from(truth.ACTIVITIES), picks, funds),
            st.none() | st.dictionaries(st.integers(1, 4), amounts, min_size=1),
            min_size=1,
            max_size=3,
        ),
        scope=who,
        asked=asked,
    )
    def revise(self, year: str, changes: Any, scope: str, asked: Any) -> None:
        """A plan is drafted from the one in force, changed, submitted and approved."""
        units = UNITS[year]
        lines = {(a, units[n % len(units)], fund): q for (a, n, fund), q in changes.items()}
        self.approve(year, lines, scope)
        self.look(asked)

    def approve(self, year: str, changes: dict[Any, dict[int, int] | None], scope: str) -> None:
        before = next((p.lines for p in reversed(self.scene.plans) if p.year == year), {})
        stated = {**before, **changes}
        after = {key: dict(quarters) for key, quarters in stated.items() if quarters}
        touched = [key for key in stated if after.get(key) != before.get(key)]
        if not after or not touched:
            return
        coordinator = self.person(Role.COORDINATOR)
        with self.tick():
            draft = plans.create_draft(
                actor=coordinator,
                fiscal_year=make.year(year),
                based_on=plans.approved_version(make.year(year)),
                reason="điều chỉnh",
            )
        for key in touched:
            activity, unit, fund = key
            line = make.line(activity, commune(unit), after.get(key) or {}, fund)
            if key in after:
                plan_edit.set_line(actor=coordinator, plan=draft, line=line)
            else:
                there = draft.lines.get(
                    activity=line.activity, commune=line.commune, fund=line.fund
                )
                plan_edit.remove_line(actor=coordinator, plan=draft, line=there)
            draft.refresh_from_db()
        with self.tick():
            draft = plans.submit(actor=coordinator, plan=draft)
        seen = [key for key in stated if truth.covered(SCOPES[scope], key[0][:-3], key[1])]
        if not set(touched) <= set(seen) or not after.keys() & set(seen):
            with pytest.raises(PermissionDenied):
                plans.approve(actor=self.person(Role.HEAD, scope), plan=draft)
            scope = "everywhere"
        with self.tick():
            plans.approve(actor=self.person(Role.HEAD, scope), plan=draft)
        self.scene.plans.append(Plan(year, self.clock, after))

    # --- money ---------------------------------------------------------------------------------

    @rule(
        day=days,
        amount=amounts,
        place=places,
        fund=funds,
        to=st.sampled_from(ENTRY_STATES),
        scope=who,
        asked=asked,
    )
    def enter(
        self, day: date, amount: int, place: Any, fund: str, to: str, scope: str, asked: Any
    ) -> None:
        """A voucher is entered by a coordinator, and perhaps submitted and posted at once."""
        activity, unit = place
        unit = SUCCESSORS[unit] if day >= NEW else unit
        facts = Money(day, amount, activity, unit, fund)
        may = truth.covered(SCOPES[scope], activity.partition("-")[0], unit)
        with self.tick(), nullcontext() if may else pytest.raises(ValidationError):
            row = make.draft(
                amount,
                by=self.person(Role.COORDINATOR, scope),
                date=day,
                activity=activity,
                commune=commune(unit),
                fund=fund,
            )
        if may:
            self.entries.append(Entry(row, facts))
            for step in {"draft": [], "submitted": ["submit"]}.get(to, ["submit", "post"]):
                self.step(self.entries[-1], step, "everywhere", right_role=True)
        self.look(asked)

    @precondition(lambda self: self.entries)
    @rule(
        pick=picks,
        step=st.sampled_from([*NEEDS, "post"]),
        scope=who,
        right_role=st.sampled_from([True, True, True, False]),
        amount=amounts,
        day=st.none() | days,
        asked=asked,
    )
    def move(
        self, pick: int, step: str, scope: str, right_role: bool, amount: int, day: Any, asked: Any
    ) -> None:
        """Somebody tries to move a row on, or to change it."""
        entry = self.entries[pick % len(self.entries)]
        self.step(entry, step, scope, right_role=right_role, amount=amount, day=day)
        self.look(asked)

    def step(
        self,
        entry: Entry,
        step: str,
        scope: str,
        *,
        right_role: bool,
        amount: int = 5,
        day: date | None = None,
    ) -> None:
        role = ROLES[step] if right_role else Role.VIEWER
        actor, row, facts = self.person(role, scope), entry.row, entry.facts
        day = day if day and (day >= NEW) == (facts.day >= NEW) else facts.day
        calls = {
            "submit": lambda: ledger.submit(actor=actor, disbursement=row),
            "change": lambda: ledger.update(
                actor=actor, disbursement=row, version=row.version, amount=amount, date=day
            ),
            "return": lambda: ledger.return_(actor=actor, disbursement=row, reason="thiếu chữ ký"),
            "post": lambda: ledger.post(actor=actor, disbursement=row),
        }
        refusal: type[Exception] | None = None
        if not (right_role and truth.covered(SCOPES[scope], entry.program, facts.unit)):
            refusal = PermissionDenied
        elif entry.state not in NEEDS[step] or (
            step in ("submit", "post") and self.is_closed(facts)
        ):
            refusal = Conflict
        with self.tick(), pytest.raises(refusal) if refusal else nullcontext():
            entry.row = calls[step]()
        if refusal is None:
            self.note(entry, step, amount, day)

    def note(self, entry: Entry, step: str, amount: int, day: date) -> None:
        """What the step changed in the facts."""
        if step == "change":
            entry.facts = replace(entry.facts, amount=amount, day=day)
            return
        entry.state = {"submit": "submitted", "return": "returned", "post": "posted"}[step]
        if step == "submit":
            entry.money = replace(entry.facts, submitted=self.clock)
            self.scene.money.append(entry.money)
            return
        assert entry.money is not None
        setattr(entry.money, entry.state, self.clock)

    @precondition(lambda self: any(entry.state == "posted" for entry in self.entries))
    @rule(
        pick=picks,
        part=st.sampled_from(["whole", "half", "one too many"]),
        later=st.none() | st.sampled_from(LATER),
        scope=who,
        asked=asked,
    )
    def reverse(self, pick: int, part: str, later: date | None, scope: str, asked: Any) -> None:
        """Somebody tries to take a posted row back, wholly or in part, on a day of their choice."""
        posted = [entry for entry in self.entries if entry.state == "posted"]
        entry = posted[pick % len(posted)]
        facts, rest = entry.facts, entry.facts.amount - entry.reversed
        amount = {"whole": rest, "half": (rest + 1) // 2, "one too many": rest + 1}[part]
        day = later or facts.day
        unit = SUCCESSORS.get(facts.unit, facts.unit) if day >= NEW else facts.unit
        refusal: type[Exception] | None = None
        if not truth.covered(SCOPES[scope], entry.program, facts.unit):
            refusal = PermissionDenied
        elif rest == 0:
            refusal = Conflict
        elif (
            amount > rest
            or day < facts.day
            or not truth.covered(SCOPES[scope], entry.program, unit)
        ):
            refusal = ValidationError
        elif self.month(day, unit) in self.closed:
            refusal = Conflict
        with self.tick(), pytest.raises(refusal) if refusal else nullcontext():
            ledger.reverse(
                actor=self.person(Role.MANAGER, scope),
                disbursement=entry.row,
                reason="hoàn ứng",
                amount=None if part == "whole" else amount,
                date=later,
            )
        if refusal is None:
            entry.reversed += amount
            back = replace(facts, day=day, amount=-amount, unit=unit)
            self.scene.money.append(replace(back, posted=self.clock))
        self.look(asked)

    # --- months --------------------------------------------------------------------------------

    @rule(day=days, role=st.sampled_from([Role.MANAGER, Role.MANAGER, Role.HEAD]), scope=who)
    def close_or_reopen(self, day: date, role: Role, scope: str) -> None:
        """A month changes its state, by who has its whole area."""
        unit = ("03583", NEW if day >= NEW else OLD)
        month, period = self.month(day, unit), make.period(day, commune(unit))
        may = role == Role.MANAGER and scope == "everywhere"
        actor = self.person(role, scope)
        with self.tick(), nullcontext() if may else pytest.raises(PermissionDenied):
            if month in self.closed:
                closing.reopen_period(actor=actor, period=period, reason="chứng từ muộn")
            else:
                closing.close_period(actor=actor, period=period, leave_waiting=True)
        if may:
            self.closed ^= {month}


def commune(unit: truth.Unit) -> Any:
    return make.commune(unit[0], valid_from=unit[1])


@pytest.mark.slow
def test_the_services_do_what_the_plain_model_does(reference):
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=ROUNDS,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, *([Phase.shrink] if ROUNDS > FEW else [])],
        ),
    )
