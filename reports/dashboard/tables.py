"""Tables of plan against actual: by programme, by commune, by quarter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from communes.models import Commune
from core.values import display
from disbursements.against_plan import Figures
from programs.models import Program
from programs.summary_query import Answer
from reports import linked_number
from reports.linked_number import Num
from reports.page_query import PageQuery
from reports.summary import records_by_key

NONE = Num("")
SCALE = Decimal(150)  # per cent at the right end of every bar


@dataclass(frozen=True)
class Line:
    """A row of a table, formatted; `tone` is `under`, `over` or empty, `value` the rate.

    `before` and `before_rate` are those of the year compared with; empty without one.
    """

    name: str
    href: str
    planned: Num
    disbursed: Num
    pending: Num
    balance: Num
    rate: Num
    tone: str
    bar: dict[str, str]
    value: Decimal | None = None
    before: Num = NONE
    before_rate: Num = NONE
    planned_amount: int | None = None
    disbursed_amount: int = 0


class Named(NamedTuple):
    """The programmes and communes of rows, by primary key, in the order of their lists."""

    programs: dict[int, Program]
    communes: dict[int, Commune]


def names_of(rows: Iterable[Figures]) -> Named:
    """The programmes and communes that occur, by primary key, in the order of their lists."""
    rows = list(rows)
    return Named(records_by_key("program", rows), records_by_key("commune", rows))


@dataclass(frozen=True)
class Before:
    """The year compared with: its own filter, and its plan against actual.

    `same_communes`: not so where it has those that this year's communes became only afterwards.
    """

    page: PageQuery
    answer: Answer[Figures]
    same_communes: bool = True

    def by(self, cut: str) -> dict[int, Figures]:
        """Its rows by the keys that a table of this year can have lines for."""
        return self.answer.by(cut) if cut != "commune" or self.same_communes else {}


def tone(page: PageQuery, rate: Decimal | None) -> str:
    """`under` and `over` beyond the year's limits for explanations; colours go by the rate to
    date, so that nothing is red in November against a June target."""
    if rate is None:
        return ""
    if rate < page.year.variance_low:
        return "under"
    return "over" if rate > page.year.variance_high else ""


def line(
    page: PageQuery,
    name: str,
    sums: Figures,
    *,
    before: Before | None = None,
    then_sums: Figures | None = None,
    **narrower: Any,
) -> Line:
    """The row of one programme, commune or quarter: `narrower` is the filter that leads to it."""
    own = page.narrowed(**narrower)
    then = before.page.narrowed(**narrower) if before else None
    behind, detail = then.detail() if then else "", own.detail()
    return Line(
        name=name,
        href=(own.beside() or behind) if narrower else "",
        planned=linked_number.exact(sums.planned, own.detail(show="planned")),
        disbursed=linked_number.exact(sums.disbursed, detail),
        pending=linked_number.exact(sums.pending, own.detail(show="waiting")),
        balance=linked_number.remaining(sums.balance, detail),
        rate=linked_number.percent(sums.rate, detail),
        tone=tone(page, sums.rate_to_date),
        bar=bar(sums.rate),
        value=sums.rate,
        planned_amount=sums.planned,
        disbursed_amount=sums.disbursed,
        **(_cells_of_year_before(then, then_sums or Figures()) if then else {}),
    )


def _cells_of_year_before(page: PageQuery, sums: Figures) -> dict[str, Num]:
    """The cells of the year compared with; of a commune that it does not know, nothing."""
    if not page.knows_communes:
        return {"before": Num(display.NOTHING)}
    behind = page.detail()
    return {
        "before": linked_number.exact(sums.disbursed, behind),
        "before_rate": linked_number.percent(sums.rate, behind),
    }


def bar(rate: Decimal | None) -> dict[str, str]:
    """A rate as a bar: widths in percent of the one scale that all bars have, from nothing to
    `SCALE` percent, with the mark at 100 %; `beyond` where it goes on past the end."""
    if rate is None:
        return {}
    return {
        "fill": f"{min(max(rate, Decimal(0)), SCALE) * 100 / SCALE:.1f}",
        "mark": f"{Decimal(10_000) / SCALE:.1f}",
        "beyond": "beyond" if rate > SCALE else "",
    }


def lines(
    page: PageQuery,
    answer: Answer[Figures],
    cut: str,
    names: Mapping[int, Program | Commune],
    before: Before | None = None,
) -> list[Line]:
    """One line per programme or commune that has something in either year, as lists have them."""
    sums = answer.by(cut)
    then = before.by(cut) if before else {}
    return [
        line(
            page,
            str(record),
            sums.get(pk) or _nothing(page),
            before=before,
            then_sums=then.get(pk),
            **{f"{cut}s": (record,)},
        )
        for pk, record in names.items()
        if pk in sums or (pk in then and (then[pk].disbursed or then[pk].planned))
    ]


def _nothing(page: PageQuery) -> Figures:
    """What a year says of that which it has no row of; a plan is not cut by month."""
    return Figures(planned=None, planned_to_date=None) if page.month else Figures()


def quarter_lines(
    page: PageQuery, answer: Answer[Figures], before: Before | None = None
) -> list[Line]:
    """One line per quarter that has money or a plan."""
    sums = answer.by("quarter")
    then = before.by("quarter") if before else {}
    return [
        line(
            page,
            display.quarter(number, page.year.start),
            sums[number],
            before=before,
            then_sums=then.get(number),
            quarter=number,
        )
        for number in sorted(sums)
    ]


def total_line(page: PageQuery, total: Figures, before: Before | None = None) -> Line:
    """The sum under a table."""
    then = before.answer.total if before else None
    return line(page, _("Total"), total, before=before, then_sums=then)
