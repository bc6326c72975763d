"""The page of the results framework: target against actual beside plan against actual."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.roles import VIEW
from communes.models import Commune
from core import display
from core.access import requires
from core.exports import xlsx_bytes, xlsx_response
from disbursements.against_plan import Figures, Question, against_plan
from monitoring.proposals_views import year_of_address
from monitoring.services import indicators
from monitoring.services.indicators import Result
from programs.models import FiscalYear, Program


@dataclass
class Place:
    """What a programme reached in one commune, and its money there."""

    commune: Commune
    money: Figures = field(default_factory=Figures)
    results: list[Result] = field(default_factory=list)


@dataclass
class Block:
    """A programme: its money, and its communes."""

    program: Program
    money: Figures = field(default_factory=Figures)
    places: list[Place] = field(default_factory=list)


@requires(VIEW)
def results(request: HttpRequest) -> HttpResponse:
    """The results framework of a year, by programme and commune, and its sheet."""
    latest = FiscalYear.objects.filter(target__isnull=False).order_by("-start").first()
    year = year_of_address(request, latest.code if latest else None)
    wanted = {name: request.GET.get(name, "") for name in ("program", "commune")}
    blocks = blocks_of(request.user, year, **wanted)
    if request.GET.get("format") == "xlsx":
        return _sheet(blocks, year)
    user: Any = request.user
    context = {
        "year": year,
        "years": FiscalYear.objects.order_by("-code").values_list("code", flat=True),
        "programs": Program.objects.visible_to(user),
        "communes": Commune.objects.visible_to(user).in_area().valid_in(year.start, year.start),
        "wanted": wanted,
        "blocks": [_shown_block(block) for block in blocks],
        "may_set": any(map(user.can, indicators.MAY_SET)),
    }
    return render(request, "monitoring/results.html", context)


def blocks_of(user: Any, year: FiscalYear, program: str = "", commune: str = "") -> list[Block]:
    """By programme and commune (codes; empty: all): results and money, in the user's scope."""
    blocks: dict[int, Block] = {}
    for result in indicators.results(user, year):
        of, where = result.indicator.program, result.commune
        if program not in ("", of.code) or where is None or commune not in ("", where.code):
            continue
        block = blocks.setdefault(of.pk, Block(of))
        place = next((each for each in block.places if each.commune == where), None)
        if place is None:
            place = Place(where)
            block.places.append(place)
        place.results.append(result)
    question = Question.of_year(year, year.end, by=("program", "commune"))
    for row in against_plan(question, user).rows:
        if of_program := blocks.get(row.key["program"]):
            _add_money(of_program, row)
    for block in blocks.values():
        block.places.sort(key=lambda place: (place.commune.sort_key, place.commune.pk))
    return sorted(blocks.values(), key=lambda block: (block.program.order, block.program.pk))


def _add_money(block: Block, row: Any) -> None:
    """The money of the communes that are shown, and their sum."""
    for place in block.places:
        if place.commune.pk == row.key["commune"]:
            place.money = row
            block.money.planned = (block.money.planned or 0) + (row.planned or 0)
            block.money.disbursed += row.disbursed


def _shown_block(block: Block) -> dict[str, Any]:
    return {
        "program": block.program,
        "money": _money(block.money),
        "places": [
            {
                "name": place.commune.name,
                "money": _money(place.money),
                "lines": [_line(result) for result in place.results],
            }
            for place in block.places
        ],
    }


def _money(figures: Figures) -> dict[str, str]:
    return {
        "planned": display.short(figures.planned),
        "disbursed": display.short(figures.disbursed),
        "rate": display.percent(figures.rate),
    }


def _line(row: Result) -> dict[str, str]:
    at = reverse("indicator-actual", args=[row.actual_id]) if row.actual_id else ""
    return {
        "code": row.indicator.code,
        "name": row.indicator.name,
        "href": reverse("indicator", args=[row.indicator.pk]),
        "unit": row.indicator.unit,
        "baseline": "" if row.indicator.baseline is None else figure(row.indicator.baseline),
        "target": figure(row.target),
        "actual": figure(row.actual),
        "rate": display.percent(row.rate),
        "evidence": row.evidence,
        "evidence_href": at,
    }


def figure(value: Decimal | None) -> str:
    """A figure of an indicator as the screen writes it, without decimals that say nothing."""
    if value is not None and value == value.to_integral_value():
        return display.number(int(value))
    return display.percent(value).removesuffix("%")


def _heads() -> dict[str, str]:
    return {
        "program": _("Programme"),
        "commune": _("Commune"),
        "code": _("Code"),
        "name": _("Indicator"),
        "unit": _("Unit"),
        "baseline": _("Baseline"),
        "target": _("Target"),
        "actual": _("Actual"),
        "rate": _("Rate"),
        "description": _("Evidence"),
        "planned": _("Planned (đồng)"),
        "disbursed": _("Disbursed (đồng)"),
        "money_rate": _("Rate against plan"),
    }


def _sheet(blocks: list[Block], year: FiscalYear) -> HttpResponse:
    lines = [
        {
            "program": block.program.code,
            "commune": place.commune.name,
            "code": row.indicator.code,
            "name": row.indicator.name,
            "unit": row.indicator.unit,
            "baseline": row.indicator.baseline,
            "target": row.target,
            "actual": row.actual,
            "rate": row.rate,
            "description": row.evidence,
            "planned": place.money.planned,
            "disbursed": place.money.disbursed,
            "money_rate": place.money.rate,
        }
        for block in blocks
        for place in block.places
        for row in place.results
    ]
    heads = _heads()
    notes = [_("Planned and disbursed are those of the programme in the commune.")]
    if year.illustrative:
        notes.append(_("Illustrative figures."))
    body = xlsx_bytes(
        list(heads), lines, title=_("Results"), titles=list(heads.values()), notes=notes
    )
    return xlsx_response(body, f"results-{year.code}.xlsx")
