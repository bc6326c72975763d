"""The figures of a document: the summaries of the API, frozen, each with the address that made it.

A frozen figure is plain JSON, so that an issued report can keep it, print it again and be compared
with what the same address answers later.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from accounts.models import User
from accounts.scope import grants_of
from communes.models import Commune, Level, area_on
from core.values.dates import format_date, today
from disbursements.against_plan import against_plan
from disbursements.plans.services import approved_version
from programs.models import FiscalYear, quarter_bounds
from reports import summary
from reports.documents import life
from reports.documents.maps import tiles_of
from reports.questions import read_summary, read_training_summary
from trainings.counts import count_trainings

MONEY = "/api/v1/summary/"
TRAININGS = "/api/v1/trainings/summary/"

Table = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """What a document is about: a fiscal year, or one of its quarters, up to a day.

    `known_at`: as the ledger stood at that moment (set when a report is issued, so that its
    figures can be asked for again).
    """

    year: FiscalYear
    as_of: date
    quarter: int | None = None
    known_at: datetime | None = None

    @property
    def span(self) -> tuple[date, date]:
        """First and last day of the year or quarter."""
        if self.quarter is None:
            return self.year.start, self.year.end
        return quarter_bounds(self.year.start, self.quarter)


def subject_of(
    year: FiscalYear,
    quarter: int | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Subject:
    """The subject with its day: the last of the year or quarter, or today before that."""
    end = year.end if quarter is None else year.quarter_end(quarter)
    return Subject(year, as_of or min(end, today()), quarter, known_at)


def last_quarter(year: FiscalYear, day: date | None = None) -> int:
    """The last quarter of the year that is over on that day; the first while none is."""
    day = day or today()
    return max([q for q in range(1, 5) if year.quarter_end(q) < day], default=1)


def ask(address: str, user: User) -> Table:
    """What a summary address of the API answers this user: `{"query", "total", "rows"}`."""
    path, _mark, query = address.partition("?")
    parameters = QueryDict(query)
    if path == MONEY:
        question, span = read_summary(parameters)
        body = summary.payload(against_plan(question, user), span)
    elif path == TRAININGS:
        training_question, span = read_training_summary(parameters)
        total, rows = count_trainings(training_question, user)
        body = summary.training_payload(training_question, span, total, rows)
    else:
        raise ValueError(f"not a summary: {address}")
    return {"query": address, "total": body["total"], "rows": body["rows"]}


def address(path: str, subject: Subject, by: str, *, cumulative: bool = False) -> str:
    """The address of a summary of the subject; `cumulative`: from the first day of the year."""
    parameters: dict[str, str] = {}
    if subject.quarter is None:
        parameters["fiscal_year"] = subject.year.code
    else:
        start, end = subject.span
        first = subject.year.start if cumulative else start
        parameters = {"from": first.isoformat(), "to": end.isoformat()}
    if by:
        parameters["by"] = by
    parameters["as_of"] = subject.as_of.isoformat()
    if subject.known_at is not None and path == MONEY:
        parameters["known_at"] = subject.known_at.isoformat()
    return f"{path}?{urlencode(parameters, safe=',:')}"


def gather(kind: str, subject: Subject, user: User) -> dict[str, Any]:
    """Everything a report prints, as the user may see it; plain JSON."""
    money = {"by_program": "program", "by_commune": "commune", "by_quarter": "quarter"}
    classes = {"trainings_by_topic": "topic", "trainings_by_commune": "commune"}
    tables: dict[str, Table | None] = {
        name: ask(address(MONEY, subject, by), user)
        for name, by in {**money, "by_program_commune": "program,commune"}.items()
    }
    tables |= {name: ask(address(TRAININGS, subject, by), user) for name, by in classes.items()}
    if subject.quarter is not None:
        tables["year_to_date"] = ask(address(MONEY, subject, "program", cumulative=True), user)
        whole_year = Subject(subject.year, subject.as_of, known_at=subject.known_at)
        tables["year_plan"] = ask(address(MONEY, whole_year, "program"), user)
    else:
        tables["by_month"] = ask(address(MONEY, subject, "month"), user)
    tables["next_plan"] = next_plan(subject, user)
    above = above_communes(tables["by_commune"])
    tables |= life.gather(subject, user)
    found = {"kind": kind, **head(subject, user), "above_communes": above, "tables": tables}
    if subject.quarter is None:
        found["maps"] = {"own": _tiles(subject, user), "new": _tiles(subject, user, "&units=new")}
    return found


def above_communes(table: Table | None) -> list[str]:
    """The codes of the table's units that are no communes: districts, for money of a whole area."""
    codes = {row["commune"] for row in table["rows"]} if table else set()
    found = Commune.objects.filter(code__in=codes).exclude(level=Level.COMMUNE)
    return sorted(found.values_list("code", flat=True))


def _tiles(subject: Subject, user: User, units: str = "") -> list[dict[str, Any]]:
    """The communes with their rate and classes, for the schematic."""
    money = ask(address(MONEY, subject, "commune") + units, user)
    classes = ask(address(TRAININGS, subject, "commune") + units, user)
    return tiles_of(money["rows"], classes["rows"])


def head(subject: Subject, user: User) -> dict[str, Any]:
    """What is asked, of which days, within which scope."""
    year, (start, end) = subject.year, subject.span
    version = approved_version(year, known_at=subject.known_at)
    return {
        "fiscal_year": year.code,
        "year_from": year.start.isoformat(),
        "year_to": year.end.isoformat(),
        "quarter": subject.quarter,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "as_of": subject.as_of.isoformat(),
        "known_at": subject.known_at.isoformat() if subject.known_at else None,
        "plan_number": version.number if version else None,
        "area": area_of_year(year),
        "illustrative": year.illustrative,
        "everywhere": is_everywhere(user),
    }


def next_plan(subject: Subject, user: User) -> Table | None:
    """The approved plan of the fiscal year after, by programme; None while there is none."""
    following = FiscalYear.objects.filter(start=subject.year.end + timedelta(days=1)).first()
    if following is None or approved_version(following, known_at=subject.known_at) is None:
        return None
    return {
        **ask(address(MONEY, Subject(following, subject.as_of), "program"), user),
        "fiscal_year": following.code,
        "illustrative": following.illustrative,
    }


def area_of_year(year: FiscalYear) -> dict[str, str]:
    """Whose programme it is in that year: its name, the unit's full name (a committee is a unit's),
    and what the programme area is called: 'Vùng dự án Phong Thổ' need not be a unit."""
    units = Commune.objects.filter(pk__in=year.periods.values("area"))
    unit = units.exclude(level=Level.COMMUNE).order_by("code").first() or units.first()
    area = area_on(year.start)
    full_name = unit.full_name if unit else ""
    return {
        "name": area.name if area else unit.name if unit else "",
        "full_name": full_name,
        "said": str(area) if area else full_name,
    }


def is_everywhere(user: User) -> bool:
    """Whether the user sees every programme in every commune."""
    return (None, None) in grants_of(user)


def days(figures: dict[str, Any], first: str = "from", last: str = "to") -> str:
    """'từ ngày 01/07/2022 đến ngày 30/06/2023'."""
    start, end = (format_date(date.fromisoformat(figures[name])) for name in (first, last))
    return f"từ ngày {start} đến ngày {end}"
