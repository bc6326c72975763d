"""What a report is asked, and the head of its figures: which days, whose area, what scope."""

from datetime import date, datetime
from typing import Any

from accounts.models import User
from accounts.scope import grants_of
from communes.models import Commune, Level, area_on, called
from core.services.request_cache import once
from core.values.dates import format_date, today
from disbursements.plans.services import approved_version
from programs.models import FiscalYear, quarter_bounds
from programs.summary_query import SummaryQuery
from reports.documents.wording import say


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


def head(query: SummaryQuery, user: User) -> dict[str, object]:
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
    """'Huyện Phong Thổ, tỉnh Lai Châu': the programme area of a year, with the province above it;
    since the districts ended the area is no unit of a province: 'Vùng dự án Phong Thổ'."""
    province = once(("province", year.pk), lambda: _province(year))
    said = area_of_year(year)["said"]
    return f"{said}, {province[:1].lower()}{province[1:]}" if province else said


def _province(year: FiscalYear) -> str:
    districts = year.periods.filter(area__level=Level.DISTRICT)
    return districts.values_list("area__parent__full_name", flat=True).first() or ""


def is_everywhere(user: User) -> bool:
    """Whether the user sees every programme in every commune."""
    return (None, None) in grants_of(user)


def days(figures: dict[str, Any], first: str = "from", last: str = "to") -> str:
    """'từ ngày 01/07/2022 đến ngày 30/06/2023'."""
    start, end = (format_date(date.fromisoformat(figures[name])) for name in (first, last))
    return say(f"từ ngày {start} đến ngày {end}", f"{start} to {end}")
