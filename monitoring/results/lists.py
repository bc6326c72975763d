"""The results framework as a list: one row for each indicator in each commune, beside its money."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communes.models import Commune
from core.lists import Column, Empty, Listing, filters
from core.lists.columns import BY_VALUE
from core.lists.listing import Figure
from core.values import display
from core.values.text import Label, fold
from disbursements.against_plan import Figures
from monitoring.results.against_money import Block, blocks_of
from monitoring.results.services import Result
from programs.models import FiscalYear, Program
from programs.years.filters import OfOneYear


@dataclass(frozen=True)
class Line:
    """What an indicator reached in a commune, and the programme's money there."""

    program: Program
    commune: Commune
    money: Figures
    result: Result


class ResultFilters(OfOneYear):
    """Of which year, in which programme and commune."""

    search = filters.Search(hint=_("Indicator, programme or commune"))
    program = filters.Codes("program", Program, label=_("Programme"))
    commune = filters.Codes("commune", Commune, label=_("Commune"))


def filtered_blocks(user: User, filters: ResultFilters) -> list[Block]:
    """By programme and commune, what the filters leave."""
    wanted = filters.asked
    words = fold(wanted["search"]).split()
    where = {"programs": wanted["program"], "communes": wanted["commune"]}
    blocks = blocks_of(user, filters.year, **where)
    for block in blocks:
        for place in block.places:
            place.results = [
                row
                for row in place.results
                if all(word in fold(_searched(block, place.commune, row)) for word in words)
            ]
        block.places = [place for place in block.places if place.results]
    return [block for block in blocks if block.places]


def _searched(block: Block, commune: Commune, row: Result) -> str:
    return f"{row.indicator.code} {row.indicator.name} {block.program} {commune.name}"


def narrowed(user: User, filters: ResultFilters) -> list[Line]:
    return [
        Line(block.program, place.commune, place.money, row)
        for block in filtered_blocks(user, filters)
        for place in block.places
        for row in place.results
    ]


def figures(rows: list[Line]) -> list[Figure]:
    """The money of what is found: each programme in each commune once."""
    money = {(row.program.pk, row.commune.pk): row.money for row in rows}.values()
    total = Figures(
        planned=sum(each.planned or 0 for each in money),
        disbursed=sum(each.disbursed for each in money),
    )
    return [
        Figure(_now("Planned (đồng)"), display.number(total.planned)),
        Figure(_now("Disbursed (đồng)"), display.number(total.disbursed)),
        Figure(_now("Rate against plan"), display.percent(total.rate)),
    ]


def _number(name: str, label: Label, value: Callable[..., object], **more: Any) -> Column:
    return Column(name, label, value, BY_VALUE, numeric=True, **more)


COLUMNS = (
    Column("name", _("indicator"), lambda row: row.result.indicator.name, BY_VALUE),
    Column("code", _("code"), lambda row: row.result.indicator.code, BY_VALUE, hidden=True),
    Column("program", _("programme"), lambda row: row.program.code, BY_VALUE),
    Column("commune", _("commune"), lambda row: row.commune.name, BY_VALUE, short=True),
    Column("unit", _("unit"), lambda row: row.result.indicator.unit, BY_VALUE),
    _number("baseline", _("baseline"), lambda row: row.result.indicator.baseline, hidden=True),
    _number("target", _("target"), lambda row: row.result.target),
    _number("actual", _("actual"), lambda row: row.result.actual),
    _number("rate", _("rate (%)"), lambda row: row.result.rate),
    Column("evidence", _("evidence"), lambda row: row.result.evidence, hidden=True),
    _number("planned", _("planned (đồng)"), lambda row: row.money.planned),
    _number("disbursed", _("disbursed (đồng)"), lambda row: row.money.disbursed),
    _number("money_rate", _("rate against plan (%)"), lambda row: row.money.rate),
)


def listing(year: FiscalYear | None) -> Listing:
    """The rows of a year; their money is that of the programme in the commune."""
    notes = [_now("Planned and disbursed are those of the programme in the commune.")]
    if year and year.illustrative:
        notes.append(_now("Illustrative figures."))
    return Listing(
        name="results",
        title=_("Results as a list"),
        columns=COLUMNS,
        rows=lambda user: user,
        filters=ResultFilters,
        narrowed=narrowed,
        href=lambda row: reverse("indicator", args=[row.result.indicator.pk]),
        figures=figures,
        notes=lambda rows: notes,
        empty=Empty(
            title=_("No results to show"),
            text=_("Indicators show here once they have a target, or something to count."),
        ),
        live=False,  # a year has its own communes
    )
