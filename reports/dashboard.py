"""The dashboard: one answer of plan against actual, added up every way the page shows it.

Everything comes formatted: the templates only lay it out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communes.models import Commune
from core import display
from core.dates import today
from disbursements.against_plan import Answer, Figures, Row, against_plan, group
from programs.models import Program
from reports.beside import due_list, stated
from reports.course import course
from reports.filters import PageFilter
from reports.sums import added, heat
from reports.tiles import tile_map
from trainings.counts import Counts, TrainingQuestion, count_trainings
from trainings.models import Topic


@dataclass(frozen=True)
class Line:
    """A row of a table, formatted; `rate_tone` is `under`, `over` or empty."""

    name: str
    href: str
    planned: str
    disbursed: str
    pending: str
    balance: str
    rate: str
    tone: str
    bar: dict[str, str]
    value: Decimal | None = None


@dataclass(frozen=True)
class Cell:
    """A cell of the heat table; `heat` is 1 (far under plan) to 7 (far over), 0 without a rate."""

    href: str
    rate: str
    disbursed: str
    planned: str
    heat: int


def build(page: PageFilter, user: Any) -> dict[str, Any]:
    """The context of the dashboard for a filter, within the user's scope."""
    answer = against_plan(page.question("program", "commune", "quarter"), user)
    names = _names(answer)
    trainings = training_block(page, user)
    return {
        "headline": headline(page, answer),
        "figures": key_figures(page, answer.total),
        "programs": lines(page, answer.rows, "program", names["program"], page_of_program),
        "communes": lines(page, answer.rows, "commune", names["commune"], page_of_commune),
        "quarters": quarter_lines(page, answer.rows),
        "total": line(page, _("Total"), [answer.total], 0),
        "heat": heat_table(page, answer.rows, names),
        "late": late_cells(page, answer.rows, names),
        "trainings": trainings,
        "tiles": tile_map(page, answer.rows, names["commune"], trainings["by_commune"]),
        "course": course(page, answer.rows, user),
        "stated": stated(page, user),
        "due": due_list(page, user),
        "is_empty": not answer.rows,
    }


def headline(page: PageFilter, answer: Answer) -> str:
    """The yardstick sentence: year, communes, programmes, disbursed, rate."""
    paid = [row for row in answer.rows if row.disbursed]
    total = answer.total
    if not paid:
        if total.planned:
            return _("Fiscal year %(year)s: %(planned)s đồng planned, nothing disbursed yet.") % {
                "year": page.year.code,
                "planned": display.short(total.planned),
            }
        return _("Fiscal year %(year)s has neither a plan nor disbursements here yet.") % {
            "year": page.year.code
        }
    words = {
        "year": page.year.code,
        "communes": _communes(len({row.key["commune"] for row in paid})),
        "programs": _programs(len({row.key["program"] for row in paid})),
        "disbursed": display.qualified(total.disbursed),
        "rate": display.percent(total.rate),
    }
    if total.rate is None:
        text = _("Fiscal year %(year)s, in %(communes)s, %(programs)s disbursed %(disbursed)s.")
    else:
        text = _(
            "Fiscal year %(year)s, in %(communes)s, %(programs)s disbursed %(disbursed)s, "
            "%(rate)s of the plan."
        )
    return text % words


def _communes(count: int) -> str:
    return ngettext("%(count)d commune", "%(count)d communes", count) % {"count": count}


def _programs(count: int) -> str:
    return ngettext("%(count)d programme", "%(count)d programmes", count) % {"count": count}


def key_figures(page: PageFilter, total: Figures) -> list[dict[str, Any]]:
    """Planned, disbursed, rate, what remains, what waits."""
    late = total.planned_to_date is not None and total.planned_to_date != total.planned
    to_date = (
        _("%(rate)s of the plan to date") % {"rate": display.percent(total.rate_to_date)}
        if late
        else ""
    )
    return [
        {
            "label": _("Planned"),
            "value": display.short(total.planned),
            "note": _("%(amount)s đồng") % {"amount": display.number(total.planned)},
            "href": page.detail(show="planned"),
        },
        {
            "label": _("Disbursed"),
            "value": display.short(total.disbursed),
            "note": _("%(amount)s đồng") % {"amount": display.number(total.disbursed)},
            "href": page.detail(show="disbursed"),
        },
        {
            "label": _("Rate against plan"),
            "value": display.percent(total.rate),
            "note": to_date,
            "tone": tone(page, total.rate),
        },
        {"label": _("Remaining"), "value": display.remaining(total.balance), "tone": "words"},
        {
            "label": _("Waiting for approval"),
            "value": display.short(total.pending),
            "href": page.detail(show="waiting"),
            "tone": "wait" if total.pending else "",
        },
    ]


def tone(page: PageFilter, rate: Decimal | None) -> str:
    """`under` and `over` beyond the year's limits for explanations."""
    if rate is None:
        return ""
    if rate < page.year.variance_low:
        return "under"
    return "over" if rate > page.year.variance_high else ""


def page_of_program(page: PageFilter, program: Program) -> str:
    return page.detail(programs=(program,))


def page_of_commune(page: PageFilter, commune: Commune) -> str:
    return page.detail(communes=(commune,))


def line(page: PageFilter, name: str, rows: list[Any], widest: int, href: str = "") -> Line:
    sums = added(rows)
    return Line(
        name=name,
        href=href,
        planned=display.number(sums.planned),
        disbursed=display.number(sums.disbursed),
        pending=display.number(sums.pending) if sums.pending else "",
        balance=display.remaining(sums.balance),
        rate=display.percent(sums.rate),
        tone=tone(page, sums.rate),
        bar=bar(sums, widest),
        value=sums.rate,
    )


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
    address: Callable[[PageFilter, Any], str],
) -> list[Line]:
    """One line per programme or commune, in the order of their lists."""
    groups = group(rows, cut)
    widest = _widest(groups.values())
    return [
        line(page, str(record), groups[pk], widest, address(page, record))
        for pk, record in names.items()
        if pk in groups
    ]


def quarter_lines(page: PageFilter, rows: list[Row]) -> list[Line]:
    groups = group(rows, "quarter")
    widest = _widest(groups.values())
    start = page.year.start
    return [
        line(
            page,
            display.quarter(number, start),
            groups[number],
            widest,
            page.detail(quarter=number),
        )
        for number in sorted(groups)
    ]


def _widest(groups: Iterable[list[Row]]) -> int:
    sums = [added(rows) for rows in groups]
    return max((max(s.disbursed, s.planned or 0) for s in sums), default=0)


def heat_table(
    page: PageFilter, rows: list[Row], names: dict[str, dict[int, Any]]
) -> dict[str, Any]:
    """Commune × programme, the communes that are furthest behind first."""
    by_commune = group(rows, "commune")
    present = [program for pk, program in names["program"].items() if pk in group(rows, "program")]
    table = []
    for pk, commune in names["commune"].items():
        own = group(by_commune.get(pk, []), "program")
        if not own:
            continue
        cells = [_cell(page, own.get(program.pk, []), commune, program) for program in present]
        sums = added(by_commune[pk])
        table.append(
            (sums.rate if sums.rate is not None else Decimal("Infinity"), commune, cells, sums)
        )
    table.sort(key=lambda entry: entry[0])
    return {
        "columns": [program.code for program in present],
        "rows": [
            {
                "name": str(commune),
                "href": page_of_commune(page, commune),
                "cells": cells,
                "rate": display.percent(sums.rate),
            }
            for _rate, commune, cells, sums in table
        ],
    }


def _cell(page: PageFilter, rows: list[Row], commune: Commune, program: Program) -> Cell | None:
    if not rows:
        return None
    sums = added(rows)
    return Cell(
        href=page.detail(programs=(program,), communes=(commune,)),
        rate=display.percent(sums.rate),
        disbursed=display.short(sums.disbursed),
        planned=display.short(sums.planned),
        heat=heat(sums.rate),
    )


def late_cells(page: PageFilter, rows: list[Row], names: dict[str, dict[int, Any]]) -> list[Line]:
    """Programme × commune below the year's lower limit of the plan to date, worst first."""
    found = []
    for pk, own in group(rows, "program").items():
        for commune_pk, cell in group(own, "commune").items():
            sums = added(cell)
            if sums.rate_to_date is not None and sums.rate_to_date < page.year.variance_low:
                program, commune = names["program"][pk], names["commune"][commune_pk]
                found.append((sums.rate_to_date, program, commune, sums))
    found.sort(key=lambda entry: (entry[0], entry[1].order, entry[2].sort_key))
    return [
        Line(
            name=f"{program.code} · {commune}",
            href=page.detail(programs=(program,), communes=(commune,)),
            planned=display.number(sums.planned_to_date),
            disbursed=display.number(sums.disbursed),
            pending="",
            balance=_("%(amount)s đồng")
            % {"amount": display.short((sums.planned_to_date or 0) - sums.disbursed)},
            rate=display.percent(rate),
            tone="under",
            bar={},
        )
        for rate, program, commune, sums in found
    ]


def _names(answer: Answer) -> dict[str, dict[int, Any]]:
    """The programmes and communes that occur, by primary key, in the order of their lists."""
    models: dict[str, Any] = {"program": Program, "commune": Commune}
    return {
        cut: {
            record.pk: record
            for record in model.objects.filter(pk__in={row.key[cut] for row in answer.rows})
        }
        for cut, model in models.items()
    }


def training_block(page: PageFilter, user: Any) -> dict[str, Any]:
    """Classes and people of the span, by topic."""
    start, end = page.span
    question = TrainingQuestion(
        years=(page.year,),
        start=start,
        end=end,
        as_of=page.as_of or today(),
        by=("topic", "commune"),
        programs=frozenset(p.pk for p in page.programs) or None,
        communes=frozenset(c.pk for c in page.communes) or None,
        new_units=page.new_units,
    )
    total, rows = count_trainings(question, user)
    by_topic: dict[int, Counts] = {}
    by_commune: dict[int, int] = {}
    for row in rows:
        topic, commune = row.key["topic"], row.key["commune"]
        by_topic.setdefault(topic, Counts()).merge(row)
        by_commune[commune] = by_commune.get(commune, 0) + row.trainings
    topics = Topic.objects.filter(pk__in=by_topic)
    return {
        "total": counts(_("Total"), total),
        "rows": [counts(str(topic), by_topic[topic.pk]) for topic in topics],
        "by_commune": by_commune,
    }


def counts(name: str, row: Counts) -> dict[str, str]:
    """Classes, people and the parts of them, formatted."""
    share = (
        Decimal(100 * row.values["female"]) / row.values["participants"]
        if row.values["participants"]
        else None
    )
    return {
        "name": name,
        "trainings": display.number(row.trainings),
        "female_share": display.percent(None if share is None else share.quantize(Decimal("0.1"))),
        **{key: display.number(value) for key, value in row.values.items()},
    }
