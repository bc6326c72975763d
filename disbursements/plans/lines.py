"""Plan lines as somebody states them, read from a version and written into one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from communes.models import Commune
from disbursements.guards import explained
from disbursements.models import PlanAmount, PlanLine, PlanVersion
from programs.models import Activity, Fund

Key = tuple[str, int, str]
Content = tuple[Any, ...]


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

    @property
    def key(self) -> tuple[str, int, str]:
        """What a version has once; of an activity or fund that is yet to be made, too."""
        return (self.activity.code, self.commune.pk, self.fund.code)


def lines_of(version: PlanVersion) -> list[Line]:
    """A version's lines with their amounts, in two queries."""
    rows = version.lines.select_related("activity__program", "commune", "fund").prefetch_related(
        "amounts"
    )
    return [
        Line(
            activity=row.activity,
            commune=row.commune,
            fund=row.fund,
            amounts={a.quarter: a.amount for a in row.amounts.all()},
            title=row.title,
            **{name: getattr(row, name) for name in PlanLine.details},
        )
        for row in rows
    ]


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


def contents(lines: Iterable[Line]) -> dict[tuple[str, int, str], tuple[Any, ...]]:
    """What makes two sets of lines the same plan."""
    return {
        line.key: (
            tuple(sorted((q, a) for q, a in line.amounts.items() if a)),
            line.title or line.activity.title,
            *(getattr(line, name) for name in PlanLine.details),
        )
        for line in lines
    }
