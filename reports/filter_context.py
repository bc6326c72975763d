"""What the pages of figures say about their filter: what is chosen, what can be, in words."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.scope import within
from communes.models import Commune
from core.services.request_cache import all_of, once
from core.values import display
from disbursements.models import PlanVersion
from programs.models import FiscalYear, Program
from reports.documents.figures import area_in_words
from reports.doubts import doubts
from reports.page_query import PageQuery
from reports.summary import MONEY, address

KEPT = ("units", "quarter", "month", "activity")  # of the address, without a field of their own


def filter_context(page: PageQuery, request: PersonRequest) -> dict[str, object]:
    """What the pages say about their filter, and what it offers."""
    plans = plan_choices(page)
    days = " – ".join(map(display.day, page.span))
    return {
        "filter": page,
        "year": page.year,
        "days": " · ".join(filter(None, [area_in_words(page.year), days, *page.part_in_words()])),
        "chosen": chosen(page, plans),
        "choices": {**choices(page, request.user), "plans": plans},
        "filter_errors": page.errors,
        "filter_doubts": doubts(page, request.user),
    }


def chosen(page: PageQuery, plans: list[dict[str, str]]) -> dict[str, object]:
    """The values of the form's fields, what it carries along, and all of it in words."""
    plain = PageQuery.of_year(page.year)
    return {
        "program": [program.code for program in page.programs],
        "commune": [commune.code for commune in page.communes],
        "as_of": display.day(page.as_of) if page.as_of else "",
        "example": display.day(page.year.quarter_end(2)),
        "compare": page.compare.code if page.compare else "",
        "kept": [pair for pair in page.parameters() if pair[0] in KEPT],
        "words": " · ".join(in_words(page, plans)),
        "any": page != plain,
        "clear": f"{reverse('dashboard')}?{plain.to_query()}",
    }


def in_words(page: PageQuery, plans: list[dict[str, str]]) -> list[str]:
    """The filter as somebody who was sent the address has it told."""
    words = [page.year.code]
    words += [program.code for program in page.programs] or [_("all programmes")]
    words += [str(commune) for commune in page.communes] or [_("all communes")]
    words += page.part_in_words()
    if page.plan != "current":
        words += [plan["label"] for plan in plans if plan["value"] == page.plan]
    if page.compare:
        words.append(_("beside %(year)s") % {"year": page.compare.code})
    if page.as_of:
        words.append(_("up to %(day)s") % {"day": display.day(page.as_of)})
    return words


def plan_choices(page: PageQuery) -> list[dict[str, str]]:
    """The plans a page can be held against: the current one, the original, each revision."""
    return once(("plan choices", page.year.pk), lambda: _plan_choices(page))


def _plan_choices(page: PageQuery) -> list[dict[str, str]]:
    found = [
        {"value": "current", "label": _("Current plan")},
        {"value": "original", "label": _("Original plan")},
    ]
    versions = PlanVersion.objects.approved().filter(fiscal_year=page.year, number__gt=1)
    rows = versions.order_by("number", "programs__order")
    labels: dict[int | None, str] = {}
    for number, revision, code in rows.values_list("number", "revision", "programs__code"):
        title = PlanVersion(number=number, revision=revision).title
        if revision:
            labels[number] = title
        else:  # a first plan: of which programmes
            labels[number] = f"{labels[number]}, {code}" if number in labels else f"{title}: {code}"
    return found + [{"value": str(number), "label": text} for number, text in labels.items()]


def subject(page: PageQuery) -> str:
    """What the figures are about: programmes, communes, activity, quarter or month, year."""
    parts = [str(program) for program in page.programs]
    parts += [str(commune) for commune in page.communes]
    parts += [str(record) for record in (*page.topics, *page.activities)]
    if page.quarter:
        parts.append(display.quarter(page.quarter, page.year.start))
    if page.month:
        parts.append(_("Month %(month)s") % {"month": f"{page.month:%m/%Y}"})
    parts = parts or [_("Fiscal year %(year)s") % {"year": page.year.code}]
    if page.as_of and page.as_of < page.year.end:
        parts.append(_("up to %(day)s") % {"day": display.day(page.as_of)})
    return " · ".join(parts)


def downloads(page: PageQuery) -> list[dict[str, str]]:
    """Tables of the page as workbooks, from the same summary the API gives."""
    cuts = (
        (_("By programme"), "program"),
        (_("By commune"), "commune"),
        (_("Programme × commune"), "program,commune"),
        (_("By quarter"), "quarter"),
        (_("By month"), "month"),
        (_("By activity"), "program,activity,commune"),
    )
    return [
        {"label": label, "href": address(MONEY, page.cut(*by.split(",")), format="xlsx")}
        for label, by in cuts
    ]


def choices(page: PageQuery, user: User) -> dict[str, Sequence[object]]:
    """What the filter bar offers: years, and the programmes and communes in the user's scope."""
    return {
        "years": all_of(FiscalYear),
        "programs": once(("programmes", user.pk), lambda: _programs(user)),
        "communes": [unit for unit in _communes(user) if page.knows(unit)],
    }


def _programs(user: User) -> list[Program]:
    scope = within(user, program="pk")
    return list(Program.objects.filter(scope)) if scope else all_of(Program)


def _communes(user: User) -> list[Commune]:
    return once(("communes", user.pk), lambda: list(Commune.objects.visible_to(user).in_area()))
