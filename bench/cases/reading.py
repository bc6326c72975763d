"""Summaries, the list by the API, what was known at a moment, the dashboard."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from bench import clock
from bench.cases import Figures, case
from bench.scene import Scene

SUMMARY, LIST = "/api/v1/summary/", "/api/v1/disbursements/"
YEAR = "2023"
BY = "program,commune"
SCAN = """SELECT program_id, commune_id, SUM(amount) FROM disbursements_disbursement
WHERE status = 'posted' AND fiscal_year_id = (SELECT id FROM programs_fiscalyear WHERE code = %s)
GROUP BY program_id, commune_id"""


def later(number: int) -> str:
    """A day after all that there is: a question not asked before, with the same answer."""
    return (date(2026, 1, 1) + timedelta(days=number)).isoformat()


@case("summary")
def summary(scene: Scene) -> Figures:
    """By programme and commune, with a token: asked first, asked again, when nothing changed."""
    address = f"{SUMMARY}?fiscal_year={YEAR}&by={BY}"
    tag = scene.reader.get(address).headers.get("ETag", "")
    unchanged = {"if-none-match": tag}
    found = clock.interleaved(
        {
            "first": lambda n: scene.reader.get(f"{address}&as_of={later(n)}"),
            "again": lambda n: scene.reader.get(address),
            "unchanged": lambda n: scene.reader.get(address, headers=unchanged),
            "bare view": lambda n: scene.bare.get(f"/summary/?year={YEAR}"),
        },
        rounds=11,
    )
    asked = clock.queries(lambda: scene.reader.get(f"{address}&as_of={later(99)}"))
    return {**found, "queries": asked}


@case("list")
def list_of_100(scene: Scene) -> Figures:
    found = clock.interleaved(
        {
            "first": lambda n: scene.reader.get(f"{LIST}?page_size=100&page={n + 1}"),
            "again": lambda n: scene.reader.get(f"{LIST}?page_size=100"),
            "values": lambda n: scene.bare.get(f"/rows/?page={n + 1}"),
        },
        rounds=7,
    )
    return {**found, "queries": clock.queries(lambda: scene.reader.get(f"{LIST}?page_size=100"))}


@case("cuts")
def cuts(scene: Scene) -> Figures:
    """Every cut of a year, a month's end, a day inside an open month. Each round asks anew: the
    communes are named in another number, or the day is another one."""
    asked = {f"by {by}": f"by={by}" for by in ("program", "commune", "activity", "fund")}
    asked |= {f"by {by}": f"by={by}" for by in ("quarter", "month")} | {"by nothing": ""}
    calls: dict[str, clock.Call] = {
        name: _asking(scene, f"fiscal_year={YEAR}&{query}") for name, query in asked.items()
    }
    ends = [date(2025, month, 1) - timedelta(days=1) for month in range(1, 7)]
    calls["month's end"] = lambda n: scene.reader.get(
        f"{SUMMARY}?fiscal_year=2025&by={BY}&as_of={ends[n % 6]}"
    )
    calls["a day within"] = lambda n: scene.reader.get(
        f"{SUMMARY}?fiscal_year=2025&by={BY}&as_of=2025-03-{10 + n}"
    )
    return clock.interleaved(calls)


def _asking(scene: Scene, query: str) -> clock.Call:
    return lambda n: scene.reader.get(f"{SUMMARY}?{query}&as_of={later(n)}")


@case("known at")
def known_at(scene: Scene) -> Figures:
    now = timezone.now().replace(microsecond=0)

    def ask(days: int, number: int) -> Any:
        moment = (now - timedelta(days=days, minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return scene.reader.get(f"{SUMMARY}?fiscal_year={YEAR}&by={BY}&known_at={moment}")

    def scan(_number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SCAN, [YEAR])
            cursor.fetchall()

    return clock.interleaved(
        {
            "long ago": lambda n: ask(700, n),
            "last 31 days": lambda n: ask(20, n),
            "now": lambda n: scene.reader.get(
                f"{SUMMARY}?fiscal_year={YEAR}&by={BY}&as_of={later(n)}"
            ),
            "covering scan": scan,
        }
    )


@case("dashboard")
def dashboard(scene: Scene) -> Figures:
    found = clock.interleaved(
        {
            "first": lambda n: scene.coordinator.get(f"/?fiscal_year={YEAR}&as_of={later(n)}"),
            "again": lambda n: scene.coordinator.get(f"/?fiscal_year={YEAR}"),
            "empty view": lambda n: scene.signed_in.get("/empty/"),
        },
        rounds=7,
    )
    asked = clock.queries(lambda: scene.coordinator.get(f"/?fiscal_year={YEAR}&as_of={later(99)}"))
    return {**found, "queries": asked}
