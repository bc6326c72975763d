"""Plan lines from a workbook's rows."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from core.values.money import format_vnd
from disbursements.plans.services import Line, approved_version, check_line, lines_of
from imports.outcome import Outcome
from imports.resolve import Directory, Unknown
from imports.rows import Builder
from imports.workbook import Reading, Row
from programs.models import CODE, Activity, Program

QUARTERS = {1: "q1", 2: "q2", 3: "q3", 4: "q4"}


def build(
    outcome: Outcome,
    reading: Reading,
    directory: Directory,
    *,
    actor: User,
    post: bool,
    as_of: date,
) -> None:
    """Fill the outcome with plan lines, the activities they create, and what is wrong."""
    builder = PlanBuilder(outcome, directory, actor)
    for row in reading.rows:
        line = builder.item(row)
        if line is not None:
            outcome.items.append(line)
    builder.look_over(reading.wrong)
    outcome.sums = _sums(outcome.items)
    outcome.duplicates = 0 if outcome.errors else _unchanged(outcome)


class PlanBuilder(Builder):
    def __init__(self, outcome: Outcome, directory: Directory, actor: User) -> None:
        super().__init__(outcome, directory, actor)
        self.seen: dict[tuple[str, int, str], Row] = {}

    def item(self, row: Row) -> Line | None:
        commune = self.look_up(row, "commune", self.directory.commune)
        activity = self._activity(row)
        fund = self.fund(row)
        if commune is None or activity is None or self.is_wrong(row):
            return None
        line = Line(
            activity=activity,
            commune=commune,
            fund=fund,
            amounts=self._amounts(row),
            title=str(row.values.get("title") or "")[:500],
            unit=str(row.values.get("unit") or "")[:200],
            note=str(row.values.get("note") or "")[:500],
            where=row,
        )
        self._check_once(row, line)
        assert self.outcome.fiscal_year is not None
        try:
            check_line(line, self.outcome.fiscal_year, self.actor)
        except ValidationError as refusal:
            self.refuse(row, refusal, "out_of_scope_or_range")
        return None if self.is_wrong(row) else line

    def _activity(self, row: Row) -> Activity | None:
        code = str(row.values.get("activity") or "")
        program = self.look_up(
            row, "program", lambda text: self.directory.program_for(text, "", code)
        )
        if not code or (row.values.get("program") and program is None):
            return None
        known = self.directory.activity(code)
        if program is None and known is None:
            program = self._program_by_place(row, code)
        if known is None:
            return self._new_activity(row, code, program) if program else None
        if program is not None and known.program.pk != program.pk:
            self.error(
                row,
                "activity",
                "activity_of_other_program",
                _("%(code)s belongs to %(program)s, not to %(other)s.")
                % {"code": code, "program": known.program.code, "other": program.code},
            )
        return known

    def _program_by_place(self, row: Row, code: str) -> Program | None:
        try:
            return self.directory.program_for("", row.heading or "", code)
        except Unknown as unknown:
            self.error(row, "activity", unknown.code, unknown.message)
            return None

    def _new_activity(self, row: Row, code: str, program: Program) -> Activity | None:
        code = code.upper().replace(" ", "-")
        try:
            CODE(code)
        except ValidationError:
            self.error(
                row,
                "activity",
                "bad_code",
                _("'%(code)s' cannot be an activity code: use letters, digits and '-'.")
                % {"code": code},
            )
            return None
        activity = Activity(
            code=code,
            title=str(row.values.get("title") or code)[:500],
            program=program,
            unit=str(row.values.get("unit") or "")[:200],
        )
        self.directory.add_activity(activity)
        self.outcome.new_others.append(activity)
        return activity

    def _amounts(self, row: Row) -> dict[int, int]:
        amounts = {q: row.values.get(name) for q, name in QUARTERS.items()}
        if any(amount is not None for amount in amounts.values()):
            return {q: amount or 0 for q, amount in amounts.items()}
        year = row.values.get("year") or 0
        if year:
            self.warn(
                row,
                "year",
                "whole_year_only",
                _("Only the whole year is given: %(amount)s đồng are planned for quarter IV.")
                % {"amount": format_vnd(year)},
            )
        return {1: 0, 2: 0, 3: 0, 4: year}

    def _check_once(self, row: Row, line: Line) -> None:
        first = self.seen.setdefault(line.key, row)
        if first is not row:
            self.error(
                row,
                "activity",
                "line_twice",
                _("The same activity, commune and funding source stand in row %(row)d already.")
                % {"row": first.row},
            )


def _sums(lines: list[Line]) -> dict[str, Any]:
    by_program: dict[str, int] = {}
    for line in lines:
        code = line.activity.program.code
        by_program[code] = by_program.get(code, 0) + sum(line.amounts.values())
    return {"total": sum(by_program.values()), "by_program": by_program, "unit": "VND"}


def _unchanged(outcome: Outcome) -> int:
    """How many of the lines stand in the current version just so."""
    assert outcome.fiscal_year is not None
    current = approved_version(outcome.fiscal_year)
    if current is None:
        return 0
    there = {_content(line) for line in lines_of(current)}
    return sum(_content(line) in there for line in outcome.items)


def _content(line: Line) -> tuple[Any, ...]:
    amounts = tuple(sorted((q, a) for q, a in line.amounts.items() if a))
    return (line.activity.code, line.commune.pk, line.fund.code, amounts, line.title, line.unit)
