"""Where the year stands: the sentence, and the figures with what was stated beside them."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from communes.models import Commune, Level, called
from core.services.request_cache import by_key
from core.values import display
from disbursements.against_plan import Answer, Figures
from monitoring.models.meetings import Measure
from reports import linked_number
from reports.dashboard.tables import Before, tone
from reports.page_query import PageQuery

Stated = list[dict[str, object]]


def headline(page: PageQuery, answer: Answer[Figures]) -> str:
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
        "where": _place_in_words({row.key["commune"] for row in paid}, page.year.start),
        "programs": _programs(len({row.key["program"] for row in paid})),
        "disbursed": display.qualified(total.disbursed),
        "rate": display.percent(total.rate),
    }
    if total.rate is None:
        text = _("Fiscal year %(year)s, %(where)s, %(programs)s disbursed %(disbursed)s.")
    else:
        text = _(
            "Fiscal year %(year)s, %(where)s, %(programs)s disbursed %(disbursed)s, "
            "%(rate)s of the plan."
        )
    return text % words


def _place_in_words(keys: set[int], day: date) -> str:
    """In how many communes, one by its name; a district with money of the whole area is not one of
    them, but is named where there is no other."""
    units = list(by_key(Commune, keys).values())
    communes = [unit for unit in units if unit.level == Level.COMMUNE]
    if len(communes) == 1:
        return pgettext("one commune", "in %(name)s") % {"name": _inside(called(communes[0], day))}
    said = ngettext("%(count)d commune", "%(count)d communes", len(communes))
    names = ", ".join(_inside(called(unit, day)) for unit in units)
    return _("in %(communes)s") % {
        "communes": said % {"count": len(communes)} if communes else names
    }


def _inside(name: str) -> str:
    """A unit's name inside a sentence."""
    return name[:1].lower() + name[1:]


def _programs(count: int) -> str:
    return ngettext("%(count)d programme", "%(count)d programmes", count) % {"count": count}


def key_figures(
    page: PageQuery,
    total: Figures,
    *,
    stated: Iterable[dict[str, object]] = (),
    before: Before | None = None,
) -> list[dict[str, object]]:
    """Planned, disbursed, rate, what remains, what waits; `stated` beside the figure it is of."""
    said = {row["measure"]: row for row in reversed(list(stated))}
    then = before.answer.total if before else None
    disbursed, planned = page.detail(), page.detail(show="planned")
    found: list[dict[str, object]] = [
        {
            "label": _("Planned"),
            "value": linked_number.short(total.planned, planned),
            "note": _("%(amount)s đồng") % {"amount": display.number(total.planned)},
            "stated": said.get(Measure.PLANNED),
        },
        {
            "label": _("Disbursed"),
            "value": linked_number.short(total.disbursed, disbursed),
            "note": _("%(amount)s đồng") % {"amount": display.number(total.disbursed)},
            "stated": said.get(Measure.DISBURSED),
        },
        {
            "label": _("Rate against plan"),
            "value": linked_number.percent(total.rate, disbursed),
            "note": _to_date(total),
            "tone": tone(page, total.rate_to_date),
            "stated": said.get(Measure.RATE),
        },
        {
            "label": _("Remaining"),
            "value": linked_number.remaining(total.balance, disbursed),
            "tone": "words",
        },
        {
            "label": _("Waiting for approval"),
            "value": linked_number.short(total.pending, page.detail(show="waiting")),
            "tone": "wait" if total.pending else "",
        },
    ]
    if before and then:
        _add_year_before(found, before, then)
    return found


def _add_year_before(found: list[dict[str, object]], before: Before, then: Figures) -> None:
    """The same figure of the year compared with, under the first three."""
    detail = before.page.detail
    values = (
        linked_number.short(then.planned, detail(show="planned")),
        linked_number.short(then.disbursed, detail()),
        linked_number.percent(then.rate, detail()),
    )
    for figure, value in zip(found, values, strict=False):
        figure["before"] = {"year": before.page.year.code, "value": value}


def _to_date(total: Figures) -> str:
    """The rate of the quarters that are over, where that is not the whole plan."""
    if total.planned_to_date is None or total.planned_to_date == total.planned:
        return ""
    return _("%(rate)s of the plan to date") % {"rate": display.percent(total.rate_to_date)}
