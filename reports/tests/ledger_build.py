"""Writes a random scene of the ledger through the portal's services (see `ledger_scene`)."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

from accounts.roles import Role
from disbursements.ledger import services as ledger
from reports.tests.ledger_scene import ACTIVITIES, FUNDS, UNITS, YEARS, Money, Plan, Scene
from tests import factories as make

KINDS = ("draft", "submitted", "returned", "posted", "posted", "posted", "reversed")


@contextmanager
def at(moment: datetime) -> Any:
    """The portal's clock stands at `moment`."""
    with patch("django.utils.timezone.now", lambda: moment):
        yield


def build(seed: int = 2023, rows: int = 70) -> Scene:
    """Write a random scene into the database and remember its facts."""
    chance, scene = Random(seed), Scene()
    clock = datetime(2022, 7, 2, 8, tzinfo=UTC)
    for year in YEARS:
        for _version in range(2 if year == "2023" else 1):
            clock += timedelta(hours=7)
            scene.plans.append(_plan(year, clock, chance))
    make.draft_plan(make.line("YEE-01", amounts=10**9), fiscal_year="2023")  # counts nowhere
    for _row in range(rows):
        clock += timedelta(hours=chance.randint(1, 90))
        scene.moments.append(clock)
        _money(scene, clock, chance)
    return scene


def _plan(year: str, moment: datetime, chance: Random) -> Plan:
    lines = {
        (activity, unit, fund): {
            quarter: chance.randint(1, 900) * 1_000_003
            for quarter in chance.sample((1, 2, 3, 4), chance.randint(1, 4))
        }
        for activity in ACTIVITIES
        for unit in UNITS[year]
        for fund in FUNDS
        if chance.random() < 0.5
    }
    stated = [
        make.line(activity, make.commune(unit[0], valid_from=unit[1]), amounts, fund)
        for (activity, unit, fund), amounts in lines.items()
    ]
    with at(moment):
        make.plan(*stated, fiscal_year=year)
    return Plan(year, moment, lines)


def _money(scene: Scene, moment: datetime, chance: Random) -> None:
    year = chance.choice(list(YEARS))
    start, end = YEARS[year]
    row = Money(
        day=start + timedelta(days=chance.randint(0, (end - start).days)),
        amount=chance.randint(1, 400_000_000),
        activity=chance.choice(ACTIVITIES),
        unit=chance.choice(UNITS[year]),
        fund=chance.choice(FUNDS),
    )
    coordinator, manager = make.somebody(), make.somebody(Role.MANAGER)
    with at(moment):
        entry = make.draft(
            row.amount,
            date=row.day,
            activity=row.activity,
            commune=make.commune(row.unit[0], valid_from=row.unit[1]),
            fund=row.fund,
        )
    scene.money.append(row)
    kind = chance.choice(
        ("draft", "submitted", "returned", "posted", "posted", "posted", "reversed")
    )
    if kind == "draft":
        return
    row.submitted = moment + timedelta(minutes=10)
    with at(row.submitted):
        entry = ledger.submit(actor=coordinator, disbursement=entry)
    if kind == "returned":
        row.returned = moment + timedelta(minutes=20)
        with at(row.returned):
            ledger.return_(actor=manager, disbursement=entry, reason="thiếu chứng từ")
    if kind not in ("posted", "reversed"):
        return
    row.posted = moment + timedelta(minutes=30)
    with at(row.posted):
        entry = ledger.post(actor=manager, disbursement=entry)
    if kind == "reversed":
        later = moment + timedelta(minutes=40)
        part = chance.choice((row.amount, row.amount // 2 or 1))
        day = row.day + timedelta(days=chance.randint(0, (end - row.day).days))
        with at(later):
            ledger.reverse(
                actor=manager, disbursement=entry, reason="hoàn ứng", amount=part, date=day
            )
        scene.money.append(Money(day, -part, row.activity, row.unit, row.fund, later, posted=later))
