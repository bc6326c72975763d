"""Tables of plan against actual: by programme, by commune, by quarter."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.values import display
from disbursements.against_plan import Figures, Row, group
from reports import linked_number as numbers
from reports.aggregate import added
from reports.filters import PageFilter
from reports.linked_number import Num

NONE = Num("")


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


@dataclass(frozen=True)
class Before:
    """The year compared with: its own filter, and its rows of plan against actual.

    `same_communes`: not so where it has those that this year's communes became only afterwards.
    """

    page: PageFilter
    rows: list[Row]
    same_communes: bool = True

    def by(self, cut: str) -> dict[Any, list[Row]]:
        """Its rows by the keys that a table of this year can have lines for."""
        return group(self.rows, cut) if cut != "commune" or self.same_communes else {}


def tone(page: PageFilter, rate: Decimal | None) -> str:
    """`under` and `over` beyond the year's limits for explanations."""
    if rate is None:
        return ""
    if rate < page.year.variance_low:
        return "under"
    return "over" if rate > page.year.variance_high else ""


def line(
    page: PageFilter,
    name: str,
    rows: Iterable[Figures],
    widest: int = 0,
    *,
    before: Before | None = None,
    before_rows: Iterable[Figures] = (),
    **narrower: Any,
) -> Line:
    """The row of one programme, commune or quarter: `narrower` is the filter that leads to it."""
    sums = added(rows)
    own = page.narrowed(**narrower)
    then = before.page.narrowed(**narrower) if before else None
    behind = then.detail() if then else ""
    return Line(
        name=name,
        href=(own.detail() or behind) if narrower else "",
        planned=numbers.exact(sums.planned, own.detail(show="planned")),
        disbursed=numbers.exact(sums.disbursed, own.detail()),
        pending=numbers.exact(sums.pending, own.detail(show="waiting")),
        balance=numbers.remaining(sums.balance, own.detail()),
        rate=numbers.percent(sums.rate, own.detail()),
        tone=tone(page, sums.rate),
        bar=bar(sums, widest),
        value=sums.rate,
        planned_amount=sums.planned,
        disbursed_amount=sums.disbursed,
        **(_then(then, before_rows) if then else {}),
    )


def _then(page: PageFilter, rows: Iterable[Figures]) -> dict[str, Num]:
    """The cells of the year compared with; of a commune that it does not know, nothing."""
    if not page.knows_communes:
        return {"before": Num(display.NOTHING)}
    sums, behind = added(rows), page.detail()
    return {
        "before": numbers.exact(sums.disbursed, behind),
        "before_rate": numbers.percent(sums.rate, behind),
    }


def bar(sums: Figures, widest: int) -> dict[str, str]:
    """Widths in percent of the widest amount: what was disbursed, and where the plan stands."""
    if widest <= 0:
        return {}
    return {
        "fill": f"{max(sums.disbursed, 0) * 100 / widest:.1f}",
        "mark": f"{min((sums.planned or 0) * 100 / widest, 99.2):.1f}",
    }


def lines(
    page: PageFilter,
    rows: list[Row],
    cut: str,
    names: dict[int, Any],
    before: Before | None = None,
) -> list[Line]:
    """One line per programme or commune that has something in either year, as lists have them."""
    groups = group(rows, cut)
    then = before.by(cut) if before else {}
    widest = _widest(groups.values())
    return [
        line(
            page,
            str(record),
            groups.get(pk) or [_nothing(page)],
            widest,
            before=before,
            before_rows=then.get(pk, ()),
            **{f"{cut}s": (record,)},
        )
        for pk, record in names.items()
        if pk in groups or _has_money(then.get(pk, ()))
    ]


def _has_money(rows: Iterable[Figures]) -> bool:
    sums = added(rows)
    return bool(sums.disbursed or sums.planned)


def _nothing(page: PageFilter) -> Figures:
    """What a year says of that which it has no row of; a plan is not cut by month."""
    return Figures(planned=None, planned_to_date=None) if page.month else Figures()


def quarter_lines(page: PageFilter, rows: list[Row], before: Before | None = None) -> list[Line]:
    """One line per quarter that has money or a plan."""
    groups = group(rows, "quarter")
    then = before.by("quarter") if before else {}
    widest = _widest(groups.values())
    return [
        line(
            page,
            display.quarter(number, page.year.start),
            groups[number],
            widest,
            before=before,
            before_rows=then.get(number, ()),
            quarter=number,
        )
        for number in sorted(groups)
    ]


def total_line(page: PageFilter, total: Figures, before: Before | None = None) -> Line:
    """The sum under a table."""
    rows = before.rows if before else ()
    return line(page, _("Total"), [total], before=before, before_rows=rows)


def _widest(groups: Iterable[list[Row]]) -> int:
    sums = [added(rows) for rows in groups]
    return max((max(s.disbursed, s.planned or 0) for s in sums), default=0)
