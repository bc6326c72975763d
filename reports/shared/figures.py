"""What a link shows: tables without anybody's name, and without head counts of 1 to 4 people.

Head counts: all the cuts that a link may have are hidden together, whichever is shown, so that two
links of a year give no more away than one; a year cannot be narrowed; and they go up to the last
quarter that is over, so that tomorrow's total less today's is not one class (ADR 38).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.services.request_cache import read_once
from core.values import display
from core.values.dates import today
from disbursements.against_plan import against_plan
from programs.models import FiscalYear
from programs.summary_query import SummaryQuery
from reports.documents.suppression import HIDDEN, People
from reports.models import SharedLink, SharedWhat
from reports.shared.services import CUTS
from reports.summary import columns, table
from trainings.counts import LABELS as COUNTED
from trainings.counts import count_trainings
from trainings.models import COUNTS

MONEY = ("planned", "disbursed", "balance", "rate", "planned_to_date", "rate_to_date")
PEOPLE = ("trainings", *COUNTS)
LABELS = {
    "program": gettext_lazy("code"),
    "program_name": gettext_lazy("programme"),
    "commune": gettext_lazy("code"),
    "commune_name": gettext_lazy("commune"),
    "topic": gettext_lazy("code"),
    "topic_name": gettext_lazy("topic"),
    "fund": gettext_lazy("code"),
    "fund_name": gettext_lazy("funding source"),
    "quarter": gettext_lazy("quarter"),
    "month": gettext_lazy("month"),
    "planned": gettext_lazy("planned"),
    "disbursed": gettext_lazy("disbursed"),
    "balance": gettext_lazy("remaining"),
    "rate": gettext_lazy("rate"),
    "planned_to_date": gettext_lazy("planned to date"),
    "rate_to_date": gettext_lazy("rate to date"),
    "trainings": gettext_lazy("classes"),
    **COUNTED,
    "participants": gettext_lazy("participations"),
}
CUT_LABELS = {
    "program": gettext_lazy("by programme"),
    "commune": gettext_lazy("by commune"),
    "program,commune": gettext_lazy("by programme and commune"),
    "quarter": gettext_lazy("by quarter"),
    "month": gettext_lazy("by month"),
    "fund": gettext_lazy("by funding source"),
    "topic": gettext_lazy("by topic"),
}
NO_COLUMN = {"commune_valid_from"}


@dataclass(frozen=True)
class Table:
    """Rows of a summary by the API's names, and their total; what is hidden is HIDDEN."""

    name: str
    title: str
    columns: list[str]
    rows: list[dict[str, object]]
    total: dict[str, object]


@dataclass(frozen=True)
class SharedFigures:
    """What a link shows: up to which day, and its tables."""

    year: FiscalYear
    as_of: date
    tables: list[Table]
    number: str = ""  # of a report


@read_once()
def tables_of_link(link: SharedLink) -> SharedFigures:
    """The tables of a link, as who made it may see them."""
    if link.report is not None:
        return _report(link)
    assert link.fiscal_year is not None
    if link.what == SharedWhat.MONEY:
        return _money(link, link.fiscal_year)
    return _people(link, link.fiscal_year)


def _money(link: SharedLink, year: FiscalYear) -> SharedFigures:
    query = SummaryQuery.of_year(year, min(today(), year.end), by=tuple(link.by.split(",")))
    answer = against_plan(query, link.made_by)
    names = [name for name in columns(query, MONEY) if name not in NO_COLUMN]
    return SharedFigures(year, query.until, [_table("money", link.by, names, table(answer))])


def _people(link: SharedLink, year: FiscalYear) -> SharedFigures:
    ended = [year.quarter_end(q) for q in range(1, 5) if year.quarter_end(q) < today()]
    as_of = max(ended, default=date.fromordinal(year.start.toordinal() - 1))
    query = SummaryQuery.of_year(year, as_of)
    cuts = CUTS[SharedWhat.PEOPLE]
    tables = {
        f"trainings_by_{cut}": table(count_trainings(query.cut(cut), link.made_by)) for cut in cuts
    }
    people = People(tables, outside=True, cuts=cuts)
    names = [name for name in columns(query.cut(link.by), PEOPLE) if name not in NO_COLUMN]
    found = _hidden(tables[f"trainings_by_{link.by}"], link.by, people)
    return SharedFigures(year, as_of, [_table("people", link.by, names, found)])


def _report(link: SharedLink) -> SharedFigures:
    """The figures as they were frozen; no text, no signature, no file."""
    report = link.report
    frozen = report.figures
    people = People(frozen["tables"], outside=True)
    tables = []
    for cut in ("program", "commune", "quarter"):
        tables.append(_table("money", cut, _names(cut, MONEY), frozen["tables"][f"by_{cut}"]))
    for cut in ("topic", "commune"):
        found = _hidden(frozen["tables"][f"trainings_by_{cut}"], cut, people)
        tables.append(_table("people", cut, _names(cut, PEOPLE), found))
    as_of = date.fromisoformat(frozen["as_of"])
    return SharedFigures(report.fiscal_year, as_of, tables, report.reference)


def _names(cut: str, figures: Iterable[str]) -> list[str]:
    return [cut, *([] if cut == "quarter" else [f"{cut}_name"]), *figures]


def _hidden(found: Mapping[str, Any], cut: str, people: People) -> dict[str, object]:
    """A table of head counts with what may not be shown as `*`."""

    def safe(key: tuple[str, object], row: dict[str, object]) -> dict[str, object]:
        is_hidden = {name for name in COUNTS if (*key, name) in people.hidden}
        return {**row, **dict.fromkeys(is_hidden, HIDDEN)}

    rows = [safe((cut, row[cut]), row) for row in found["rows"]]
    return {"total": safe(("total", ""), found["total"]), "rows": rows}


def _table(name: str, cut: str, names: list[str], found: Mapping[str, Any]) -> Table:
    rows = [{each: row.get(each) for each in names} for row in found["rows"]]
    total = {each: found["total"].get(each) for each in names}
    return Table(f"{name}_by_{cut.replace(',', '_')}", _title(name, cut), names, rows, total)


def _title(name: str, cut: str) -> str:
    what = SharedWhat(name).label
    return f"{what}, {CUT_LABELS[cut]}"


def page_table(found: Table, year: FiscalYear) -> dict[str, object]:
    """A table in the words and figures of a page: codes are in the files, names say the same."""
    figures = (*MONEY, *PEOPLE)
    names = [name for name in found.columns if f"{name}_name" not in found.columns]
    keys = [name for name in names if name not in figures]

    def cells(row: dict[str, object]) -> list[dict[str, object]]:
        return [_cell(name, row[name], name in figures, year) for name in names]

    total: list[dict[str, object]] = [{"text": "", "is_figure": False} for _name in keys]
    total[0]["text"] = _("Total")
    return {
        "title": found.title,
        "head": [
            {"text": capfirst(str(LABELS[name])), "is_figure": name in figures} for name in names
        ],
        "rows": [cells(row) for row in found.rows],
        "total": [*total, *cells(found.total)[len(keys) :]],
    }


def _cell(name: str, value: Any, is_figure: bool, year: FiscalYear) -> dict[str, object]:
    if value is None:
        text = display.NOTHING
    elif name == "quarter":
        text = display.quarter(value, year.start)
    elif "rate" in name:
        text = f"{value} %" if display.is_english() else f"{value} %".replace(".", ",")
    else:
        text = display.number(value) if isinstance(value, int) else str(value)
    return {"text": text, "is_figure": is_figure}
