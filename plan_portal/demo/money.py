"""The demo's plans and disbursements, through the same services as a workbook's."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from communes.models import ALWAYS, Commune
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, PlanVersion
from disbursements.plans import services as plans
from disbursements.plans.lines import lines_of
from plan_portal.demo.arithmetic import chance, share, working_day
from plan_portal.demo.catalogue import (
    COMMUNES,
    DAO_SAN,
    FUNDS,
    HOANG_THEN,
    KHONG_LAO,
    KINDS,
    NAM_XE,
    Kind,
)
from programs.models import Activity, FiscalYear, Fund, Period, Program

PLANNED = {"2023": 7_420_000_000, "2024": 7_215_000_000}  # đồng
DISBURSED = 8_904_000_000  # đồng, of FY2023: 120.0 %
STEP = 100_000  # plans are made in round figures
CHANGE = 1_000  # and paid to the thousand

PROGRAM_WEIGHTS = {
    "2023": {"ECCD": 28, "GBV": 21, "YEE": 30, "SPON": 21},
    "2024": {"ECCD": 26, "GBV": 24, "YEE": 29, "SPON": 21},
}
# Cells that stay well under their plan, in percent of it; the others make up for them.
UNDER = {
    ("YEE", DAO_SAN): 61,
    ("ECCD", NAM_XE): 72,
    ("GBV", HOANG_THEN): 77,
    ("SPON", KHONG_LAO): 54,
}
NEVER_BEGUN = {("YEE-04", KHONG_LAO)}  # planned, and no đồng spent
NOT_PLANNED = {("GBV-03", DAO_SAN)}  # money without a plan

Place = tuple[Kind, str]  # an activity in a commune


@dataclass
class Scene:
    """The rows of the database that the demo's money points at."""

    activities: dict[str, Activity]
    communes: dict[str, Commune]
    funds: dict[str, Fund]

    @classmethod
    def load(cls) -> "Scene":
        programs = {program.code: program for program in Program.objects.all()}
        activities = {
            kind.code: Activity.objects.get_or_create(
                code=kind.code, defaults={"title": kind.title, "program": programs[kind.program]}
            )[0]
            for kind in KINDS
        }
        units = Commune.objects.filter(code__in=COMMUNES, valid_from=ALWAYS)
        funds = [Fund.objects.get_or_create(name=FUNDS[c], defaults={"code": c})[0] for c in FUNDS]
        return cls(
            activities,
            {unit.code: unit for unit in units.select_related("parent", "successor")},
            dict(zip(FUNDS, funds, strict=True)),
        )

    def unit(self, kind: Kind, code: str) -> str:
        return kind.unit.format(self.communes[code].name)

    def fund(self, kind: Kind, code: str) -> Fund:
        national = ("PLAN-BI", "PLAN-NHAT-BAN")[chance(0, 1, "fund", kind.code, code)]
        return self.funds["QUY-BAO-TRO" if kind.program == "SPON" else national]


def planned(year: str) -> dict[Place, int]:
    """What the year plans for each activity in each of its communes (đồng)."""
    lines: dict[Place, int] = {}
    for program, total in share(PLANNED[year], PROGRAM_WEIGHTS[year], STEP).items():
        weights = {
            (kind, code): kind.weight * chance(80, 120, "plan", year, kind.code, code)
            for kind in KINDS
            if kind.program == program
            for code in kind.communes
        }
        lines |= share(total, weights, STEP)
    return lines


def load_plan(*, actor: User, year: FiscalYear, reason: str) -> None:
    """The year's original plan, approved as history."""
    scene, lines = Scene.load(), []
    for (kind, code), total in planned(year.code).items():
        quarters = {
            quarter: weight * chance(80, 120, "quarter", year.code, kind.code, code, quarter)
            for quarter, weight in enumerate(kind.quarters, start=1)
        }
        line = plans.Line(
            activity=scene.activities[kind.code],
            commune=scene.communes[code],
            fund=scene.fund(kind, code),
            amounts=share(total, quarters, STEP),
            title=kind.title,
            unit=scene.unit(kind, code),
        )
        plans.check_line(line, year, actor)
        lines.append(line)
    plans.load(actor=actor, fiscal_year=year, lines=lines, post=True, reason=reason)


# What the illustrative revision of FY2023 moves, within a programme and commune: (from, to) at a
# place, in đồng. No published sum changes by it.
MOVED = {(DAO_SAN, "GBV-02", "GBV-03"): 20_000_000, (KHONG_LAO, "YEE-04", "YEE-03"): 10_000_000}
DECISION = ("12/QĐ-BĐH (minh họa)", date(2023, 2, 15))


def revise_plan(*, actor: User, year: FiscalYear) -> PlanVersion | None:
    """The year's first revision, approved as history: it moves money to where it was spent."""
    current = plans.approved_version(year)
    assert current is not None
    lines = {(line.activity.code, line.commune.code): line for line in lines_of(current)}
    scene, changed = Scene.load(), {}
    for (code, source, target), amount in MOVED.items():
        for activity, more in ((source, -amount), (target, amount)):
            line = lines.get((activity, code)) or plans.Line(
                activity=scene.activities[activity],
                commune=scene.communes[code],
                fund=lines[source, code].fund,
                amounts=dict.fromkeys((1, 2, 3, 4), 0),
            )
            amounts = {**line.amounts, 3: line.amounts[3] + more}
            changed[activity, code] = replace(line, amounts=amounts)
    number, day = DECISION
    return plans.load(
        actor=actor,
        fiscal_year=year,
        lines=list(changed.values()),
        post=True,
        reason="Điều chỉnh giữa các hoạt động trong cùng chương trình và xã (minh họa)",
        scope="changes",
        decision_no=number,
        decision_date=day,
    )


def disbursed() -> dict[Place, int]:
    """What FY2023 spent on each activity in each commune (đồng)."""
    plan = planned("2023")
    cells: dict[tuple[str, str], int] = {}
    for (kind, code), amount in plan.items():
        cells[kind.program, code] = cells.get((kind.program, code), 0) + amount
    under = {
        cell: cells[cell] * percent // 100 // CHANGE * CHANGE for cell, percent in UNDER.items()
    }
    over = {
        cell: amount * chance(118, 142, "cell", *cell)
        for cell, amount in cells.items()
        if cell not in under
    }
    spent = under | share(DISBURSED - sum(under.values()), over, CHANGE)
    places: dict[Place, int] = {}
    for (program, code), amount in spent.items():
        places |= share(amount, _wishes(plan, program, code), CHANGE)
    return {place: amount for place, amount in places.items() if amount}


def _wishes(plan: dict[Place, int], program: str, code: str) -> dict[Place, int]:
    """How a cell's money leans between its activities."""
    wishes = {}
    for kind in KINDS:
        if kind.program != program or (kind.code, code) in NEVER_BEGUN:
            continue
        amount = plan.get((kind, code), 0)
        if (kind.code, code) in NOT_PLANNED:
            amount = 40_000_000
        wishes[kind, code] = amount * chance(75, 125, "lean", kind.code, code)
    return wishes


@dataclass
class Payment:
    """One payment before it has its voucher number."""

    day: date
    code: str
    kind: Kind
    number: int
    amount: int


def payments(year: FiscalYear) -> list[Payment]:
    """Every payment of FY2023 in the order of its days."""
    found = []
    for (kind, code), amount in disbursed().items():
        count = min(9, max(1, amount // chance(9_000_000, 22_000_000, "rate", kind.code, code)))
        weights = {n: chance(60, 140, "part", kind.code, code, n) for n in range(1, count + 1)}
        for number, part in share(amount, weights, CHANGE).items():
            day = _day(year, kind, code, number, count)
            found.append(Payment(day, code, kind, number, part))
    return sorted(found, key=lambda p: (p.day, p.code, p.kind.code, p.number))


def _day(year: FiscalYear, kind: Kind, code: str, number: int, count: int) -> date:
    """Payments come one after another over the year; works begin in its second quarter."""
    first = date(2022, 10, 3) if kind.quarters[0] == 0 else date(2022, 7, 6)
    last = year.end - timedelta(days=2)
    length = (last - first).days
    begin = first + timedelta(days=length * (number - 1) // count)
    end = first + timedelta(days=length * number // count)
    return working_day(begin, end, "day", kind.code, code, number)


def load_disbursements(*, actor: User, year: FiscalYear) -> list[Disbursement]:
    """The year's ledger, posted as history."""
    scene, rows, voucher, before = Scene.load(), [], 0, None
    months: dict[Any, Period] = {}
    for payment in payments(year):
        voucher += (payment.day, payment.code) != before
        before = (payment.day, payment.code)
        unit = scene.unit(payment.kind, payment.code)
        row = Disbursement(
            date=payment.day,
            activity=scene.activities[payment.kind.code],
            commune=scene.communes[payment.code],
            fund=scene.fund(payment.kind, payment.code),
            amount=payment.amount,
            payee=unit,
            voucher_no=f"PC23-{voucher:04}",
            voucher_date=payment.day,
            description=f"Chi đợt {payment.number}: {payment.kind.title}",
        )
        ledger.complete(row, actor, period_cache=months).clean()
        rows.append(row)
    return ledger.load(actor=actor, rows=rows, post=True)
