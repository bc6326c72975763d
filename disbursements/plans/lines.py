"""Plan lines as somebody states them, read from a version and written into one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from communes.models import Commune
from disbursements.guards import explained
from disbursements.models import PlanAmount, PlanLine, PlanVersion
from programs.models import Activity, Fund

Key = tuple[str, int, str]
Content = tuple[object, ...]
Changes = dict[Key, "tuple[Line | None, Line | None]"]
NAMED = 5  # so many lines are named in a sentence


@dataclass
class Line:
    """A plan line as somebody states it: amounts in đồng by quarter 1–4, and `PlanLine.details`."""

    activity: Activity
    commune: Commune
    fund: Fund
    amounts: dict[int, int]
    title: str = ""
    unit: str = ""
    note: str = ""
    where: Any = field(default=None, compare=False)  # e.g. the workbook row it came from
    changed_by: User | None = field(default=None, compare=False)

    @property
    def key(self) -> Key:
        """What a version has once; of an activity or fund that is yet to be made, too."""
        return (self.activity.code, self.commune.pk, self.fund.code)

    @property
    def place(self) -> tuple[str, int]:
        """Activity × commune, whatever the fund."""
        return (self.activity.code, self.commune.pk)

    @property
    def name(self) -> str:
        return f"{self.activity.code} · {self.commune.name}"

    @property
    def total(self) -> int:
        """Đồng of the year."""
        return sum(self.amounts.values())

    @property
    def content(self) -> Content:
        """What it says: two lines of one key and content are the same."""
        return (
            tuple(sorted((q, a) for q, a in self.amounts.items() if a)),
            self.title or self.activity.title,
            *(getattr(self, name) for name in PlanLine.details),
        )


def lines_of(version: PlanVersion) -> list[Line]:
    """A version's lines with their amounts, in two queries."""
    rows = version.lines.select_related("activity__program", "commune", "fund", "changed_by")
    rows = rows.prefetch_related("amounts")
    return [line_of(row) for row in rows]


def line_of(row: PlanLine) -> Line:
    """What a saved line says."""
    return Line(
        activity=row.activity,
        commune=row.commune,
        fund=row.fund,
        amounts={a.quarter: a.amount for a in row.amounts.all()},
        title=row.title,
        changed_by=row.changed_by,
        **{name: getattr(row, name) for name in PlanLine.details},
    )


def write_lines(version: PlanVersion, lines: Iterable[Line]) -> None:
    """Add lines to a version that is not approved; a quarter of 0 đồng is not stored."""
    lines = list(lines)
    with explained():
        rows = PlanLine.objects.bulk_create(
            [
                PlanLine(
                    plan_version=version,
                    program_id=line.activity.program_id,
                    activity=line.activity,
                    commune=line.commune,
                    fund=line.fund,
                    title=line.title or line.activity.title,
                    changed_by=line.changed_by,
                    **{name: getattr(line, name) for name in PlanLine.details},
                )
                for line in lines
            ],
            batch_size=500,
        )
        PlanAmount.objects.bulk_create(
            [
                PlanAmount(line=row, quarter=quarter, amount=amount)
                for row, line in zip(rows, lines, strict=True)
                for quarter, amount in sorted(line.amounts.items())
                if amount
            ],
            batch_size=1000,
        )


def put_lines(version: PlanVersion, lines: Iterable[Line], actor: User) -> None:
    """Make these the lines of a draft. What stays as it is stays the same row; what differs counts
    its change and names who made it."""
    wanted = {line.key: line for line in lines}
    there = {line.key: line for line in lines_of(version)}
    rows = version.lines.select_related("activity", "fund")
    keys = {row.pk: (row.activity.code, row.commune_id, row.fund.code) for row in rows}
    version.lines.filter(pk__in=[pk for pk, key in keys.items() if key not in wanted]).delete()
    for pk, key in keys.items():
        if key in wanted and wanted[key].content != there[key].content:
            _put_line(version.lines.get(pk=pk), wanted[key], actor)
    new = [line for key, line in wanted.items() if key not in there]
    for line in new:
        line.changed_by = actor
    write_lines(version, new)


def _put_line(row: PlanLine, line: Line, actor: User) -> None:
    row.title = line.title or line.activity.title
    for name in PlanLine.details:
        setattr(row, name, getattr(line, name))
    stamp(row, actor)
    row.save()
    row.amounts.all().delete()
    amounts = [(q, amount) for q, amount in sorted(line.amounts.items()) if amount]
    PlanAmount.objects.bulk_create(
        PlanAmount(line=row, quarter=quarter, amount=amount) for quarter, amount in amounts
    )


def stamp(row: PlanLine, actor: User) -> None:
    """Count a change of a line, and say whose it is; not saved yet."""
    row.changes = (row.changes or 0) + 1
    row.changed_by = actor


def contents(lines: Iterable[Line]) -> dict[Key, Content]:
    """What makes two sets of lines the same plan."""
    return {line.key: line.content for line in lines}


def changes_between(before: Iterable[Line], after: Iterable[Line]) -> Changes:
    """The lines in which two sets differ: key → (before, after), None where there is no line."""
    then, now = {line.key: line for line in before}, {line.key: line for line in after}
    pairs = {key: (then.get(key), now.get(key)) for key in [*then, *(now.keys() - then.keys())]}
    return {key: pair for key, pair in pairs.items() if _content(pair[0]) != _content(pair[1])}


def _content(line: Line | None) -> Content | None:
    return line.content if line else None


def with_changes(lines: Iterable[Line], changes: Changes) -> list[Line]:
    """Lines with some of them replaced, added or taken out."""
    table: dict[Key, Line | None] = {line.key: line for line in lines}
    after = {key: pair[1] for key, pair in changes.items()}
    return [line for line in {**table, **after}.values() if line is not None]


def line_names(lines: Iterable[Line]) -> str:
    """The first few lines by activity and commune."""
    names = sorted({line.name for line in lines})
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
