"""Money as sections share it: the tables that are frozen, their names, how they are written."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.values import display
from core.values.money import MILLION
from reports.charts.description import BARS, Chart, Series
from reports.documents import wording
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Label, Row, Table
from reports.documents.wording import say
from reports.summary import table

FIELDS: dict[str, Label] = {
    "planned": _("planned"),
    "disbursed": _("disbursed"),
    "pending": _("waiting for approval"),
    "balance": _("remaining"),
    "rate": _("rate"),
    "planned_to_date": _("planned to date"),
    "rate_to_date": _("rate to date"),
    "fiscal_year": _("fiscal year"),
}


def _cut(called: Label, *by: str) -> Table:
    """A cut of the money of the span, added up from what is read once."""
    return Table(called, lambda sources: table(sources.money.cut(*by)), FIELDS)


BY_PROGRAM = {"by_program": _cut(_("By programme"), "program")}
BY_COMMUNE = {"by_commune": _cut(_("By commune"), "commune")}
BY_QUARTER = {"by_quarter": _cut(_("By quarter"), "quarter")}
BY_BOTH = {"by_program_commune": _cut(_("By programme and commune"), "program", "commune")}


def money_columns() -> list[Column]:
    return [
        Column(planned_name(), 1.0),
        Column(spent_name(), 1.0),
        Column(say("Còn lại", "Remaining"), 1.3),
        Column(say("Tỷ lệ", "Rate"), 0.9),
    ]


def planned_name() -> str:
    return say("Kế hoạch", "Planned")


def spent_name() -> str:
    return say("Giải ngân", "Disbursed")


def money_table(
    to: Writer,
    caption: str,
    title: str,
    table: Figures,
    name: Callable[[Row], str],
    *,
    with_shares: bool = False,
) -> None:
    """Plan against actual by one cut, in triệu đồng."""
    rows, total = table["rows"], table["total"]
    cells = wording.money_cells(rows, total)
    columns = [Column(title, 2.2, number=False), *money_columns()]
    extra: list[list[str]] = [[] for _row in rows]
    if with_shares:
        columns.append(Column(say("Tỷ trọng", "Share"), 0.9))
        extra = [[text] for text in wording.shares(rows, "disbursed")]
    shares = say(" Tỷ trọng: trong tổng số giải ngân.", " Share: of all that was disbursed.")
    whole = say("100,0%", "100.0%") if extra and extra[0] != [wording.NOTHING] else ""
    to.table(
        caption,
        columns,
        [[name(row), *cells[i], *extra[i]] for i, row in enumerate(rows)],
        total=[wording.total_name(), *cells[-1], *([whole] if with_shares else [])],
        unit=wording.in_millions(),
        note=wording.rounded() + (shares if with_shares else ""),
    )


def money_bars(to: Writer, title: str, table: Figures, name: Callable[[Row], str]) -> None:
    """Planned and disbursed side by side, in triệu đồng."""
    rows = table["rows"]
    both = tuple(
        series(label, role, wording.millions(rows, field))
        for label, role, field in (
            (planned_name(), "plan", "planned"),
            (spent_name(), "actual", "disbursed"),
        )
    )
    names = tuple(name(row) for row in rows)
    to.chart(Chart(kind=BARS, title=title, names=names, series=both))


def million(amount: int) -> int:
    return round(Decimal(amount) / MILLION)


def series(name: str, role: str, values: Sequence[int | None], *, stepped: bool = False) -> Series:
    labels = tuple(wording.NOTHING if value is None else display.number(value) for value in values)
    return Series(name, role, tuple(values), labels, stepped=stepped)


def program_name(row: Row) -> str:
    return str(row["program_name"])


def commune_name(row: Row) -> str:
    return str(row["commune_name"])


def quarter_name(row: Row) -> str:
    return wording.quarter_name(row["quarter"])


def exact_cells(row: Row) -> list[str]:
    return [
        display.number(row["planned"] or 0),
        display.number(row["disbursed"]),
        wording.balance_cell(row["balance"]),
        wording.percent(row["rate"]),
    ]
