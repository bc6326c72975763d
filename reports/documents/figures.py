"""The figures of a document: the summaries of the API, frozen, each with the address that made it.

A frozen figure is plain JSON, so that an issued report can keep it, print it again and be compared
with what the same address answers later.
"""

from datetime import date, datetime
from typing import Any

from accounts.models import User
from accounts.scope import grants_of
from communes.models import Commune, Level, area_on, called
from core.services.request_cache import once
from core.values.dates import format_date, today
from disbursements.against_plan import Figures, against_plan
from disbursements.plans.services import approved_version
from programs.models import FiscalYear, quarter_bounds
from programs.summary_query import Answer, SummaryQuery
from programs.years.services import year_after
from reports.documents import life
from reports.documents.maps import tiles_of
from reports.summary import named, table
from trainings.counts import Counts, count_trainings

Table = dict[str, Any]
FINEST = ("program", "commune", "quarter")  # asked once; the others are added up from it
MONEY_CUTS = {
    "by_program": ("program",),
    "by_commune": ("commune",),
    "by_quarter": ("quarter",),
    "by_program_commune": ("program", "commune"),
}
TRAINING_CUTS = {"trainings_by_topic": ("topic",), "trainings_by_commune": ("commune",)}


def query_of(
    year: FiscalYear,
    quarter: int | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> SummaryQuery:
    """What a document asks: about a year, or by days about one of its quarters, up to a day (the
    last of them, or today before that). `known_at` is set when a report is issued, so that its
    figures can be asked for again."""
    days = None if quarter is None else quarter_bounds(year.start, quarter)
    query = SummaryQuery((year,), days, quarter, as_of=as_of, known_at=known_at)
    return query.narrowed(as_of=as_of or min(query.span[1], today()))


def last_quarter(year: FiscalYear, day: date | None = None) -> int:
    """The last quarter of the year that is over on that day; the first while none is."""
    day = day or today()
    return max([q for q in range(1, 5) if year.quarter_end(q) < day], default=1)


def gather(kind: str, query: SummaryQuery, user: User) -> dict[str, Any]:
    """Everything a report prints, as the user may see it; plain JSON."""
    money = against_plan(query.cut(*FINEST), user)
    classes = count_trainings(query.cut("topic", "commune"), user)
    tables: dict[str, Table | None] = {
        name: table(money.cut(*by)) for name, by in MONEY_CUTS.items()
    }
    tables |= {name: table(classes.cut(*by)) for name, by in TRAINING_CUTS.items()}
    if query.quarter is not None:
        to_date = query.narrowed(days=(query.year.start, query.span[1]), by=("program",))
        tables["year_to_date"] = table(against_plan(to_date, user))
        whole_year = query.narrowed(days=None, quarter=None, by=FINEST)
        tables["year_plan"] = table(against_plan(whole_year, user).cut("program"))
    else:
        tables["by_month"] = table(against_plan(query.cut("month"), user))
    tables["next_plan"] = next_plan(query, user)
    tables |= life.gather(query, user)
    found = {
        "kind": kind,
        **head(query, user),
        "above_communes": above_communes(money),
        "tables": tables,
    }
    if query.quarter is None:
        found["maps"] = {
            "own": _tiles(money, classes),
            "new": _tiles(money.in_new_units(), classes.in_new_units()),
        }
    return found


def above_communes(money: Answer[Figures]) -> list[str]:
    """The codes of the units that are no communes: districts, for money of a whole area."""
    units = named("commune", money.rows).values()
    return sorted(unit.code for unit in units if unit.level != Level.COMMUNE)


def _tiles(money: Answer[Figures], classes: Answer[Counts]) -> list[dict[str, Any]]:
    """The communes with their rate and classes, for the schematic."""
    counts = {row.key["commune"]: row.trainings for row in classes.cut("commune").rows}
    return tiles_of(money.cut("commune").rows, named("commune", money.rows), counts)


def head(query: SummaryQuery, user: User) -> dict[str, Any]:
    """What is asked, of which days, within which scope."""
    year, (start, end) = query.year, query.span
    version = approved_version(year, known_at=query.known_at)
    return {
        "fiscal_year": year.code,
        "year_from": year.start.isoformat(),
        "year_to": year.end.isoformat(),
        "quarter": query.quarter,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "as_of": query.until.isoformat(),
        "known_at": query.known_at.isoformat() if query.known_at else None,
        "plan_number": version.number if version else None,
        "area": area_of_year(year),
        "illustrative": year.illustrative,
        "everywhere": is_everywhere(user),
    }


def next_plan(query: SummaryQuery, user: User) -> Table | None:
    """The approved plan of the fiscal year after, by programme; None while there is none."""
    following = year_after(query.year)
    if following is None or approved_version(following, known_at=query.known_at) is None:
        return None
    asked = SummaryQuery.of_year(following, query.as_of, by=("program",))
    return {
        **table(against_plan(asked, user)),
        "fiscal_year": following.code,
        "illustrative": following.illustrative,
    }


def area_of_year(year: FiscalYear) -> dict[str, str]:
    """Whose programme it is in that year: its name, the unit's full name (a committee is a unit's),
    and what the programme area is called: 'Vùng dự án Phong Thổ' need not be a unit."""
    return once(("area", year.pk), lambda: _area_of_year(year))


def _area_of_year(year: FiscalYear) -> dict[str, str]:
    units = Commune.objects.filter(pk__in=year.periods.values("area"))
    unit = units.exclude(level=Level.COMMUNE).order_by("code").first() or units.first()
    area = area_on(year.start)
    full_name = called(unit, year.start) if unit else ""
    return {
        "name": area.name if area else unit.name if unit else "",
        "full_name": full_name,
        "said": str(area) if area else full_name,
    }


def area_in_words(year: FiscalYear) -> str:
    """'Huyện Phong Thổ, tỉnh Lai Châu': the programme area of a year, with its province."""
    said = area_of_year(year)["said"]
    units = Commune.objects.filter(pk__in=year.periods.values("area"))
    province = once(
        ("province", year.pk), units.values_list("parent__full_name", "full_name").first
    )
    above, own = province or (None, "")
    name = above or (own if own != said else "")
    return f"{said}, {name[:1].lower()}{name[1:]}" if name else said


def is_everywhere(user: User) -> bool:
    """Whether the user sees every programme in every commune."""
    return (None, None) in grants_of(user)


def days(figures: dict[str, Any], first: str = "from", last: str = "to") -> str:
    """'từ ngày 01/07/2022 đến ngày 30/06/2023'."""
    start, end = (format_date(date.fromisoformat(figures[name])) for name in (first, last))
    return f"từ ngày {start} đến ngày {end}"
