"""`/design/`: every component of the pages with what it looks like, for whoever builds a page."""

from decimal import Decimal

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.pages.forms import DayField, MoneyField
from core.services.access import public
from core.values import display

TOKENS = (
    *("paper", "surface", "sunk", "ink", "ink-2", "line", "line-2", "accent", "accent-2"),
    *("good", "good-bg", "warn", "warn-bg", "bad", "bad-bg", "info", "info-bg"),
    *("plan", "actual", "wait", "h1", "h2", "h3", "h4", "h5", "h6", "h7"),
)
BADGES = (
    ("", _lazy("Draft")),
    ("submitted", _lazy("Waiting for approval")),
    ("returned", _lazy("Returned")),
    ("posted", _lazy("Posted")),
    ("info", _lazy("Checked")),
)


class SampleForm(forms.Form):
    """One field of each kind."""

    date = DayField(label=_lazy("Date"))
    amount = MoneyField(label=_lazy("Amount"), help_text=_lazy("For example 12,5 triệu."))
    role = forms.ChoiceField(label=_lazy("State"), choices=[(tone, text) for tone, text in BADGES])
    note = forms.CharField(label=_lazy("Note"), widget=forms.Textarea(attrs={"rows": 2}))
    agree = forms.BooleanField(label=_lazy("Active"), required=False)


class SampleFilters(forms.Form):
    search = forms.CharField(label=_lazy("Search"), required=False)
    state = forms.ChoiceField(label=_lazy("State"), required=False, choices=BADGES)


@public
def design(request: HttpRequest) -> HttpResponse:
    """Every component. Only with DEBUG on: it is for builders, not for the programme's people."""
    if not settings.DEBUG:
        raise Http404
    context = {
        "tokens": [(name, f"token-{name}") for name in TOKENS],
        "badges": BADGES,
        "figures": _figures(),
        "lines": _lines(),
        "total": _line(_("Total"), 7_420, 8_904),
        "filters": SampleFilters(),
        "form": SampleForm(),
        "wrong": SampleForm({"amount": "?"}, auto_id="id_wrong_%s"),
        "page": Paginator(range(90), 30).get_page(2),
    }
    return render(request, "design.html", context)


def _figures() -> list[dict[str, object]]:
    return [
        {"label": _("Planned"), "value": display.short(7_420_000_000)},
        {"label": _("Disbursed"), "value": display.short(8_904_000_000), "href": "#figures"},
        {"label": _("Rate"), "value": display.percent(Decimal("120.0")), "tone": "over"},
        {"label": _("Waiting"), "value": display.short(18_000_000), "tone": "wait"},
    ]


def _lines() -> list[dict[str, str]]:
    return [_line("ECCD", 2_400, 2_100), _line("GBV", 1_800, 2_500)]


def _line(name: str, planned: int, disbursed: int) -> dict[str, str]:
    """A row of the money table, in millions."""
    rate = (Decimal(disbursed * 100) / planned).quantize(Decimal("0.1"))
    return {
        "name": name,
        "planned": display.number(planned * 10**6),
        "disbursed": display.number(disbursed * 10**6),
        "rate": display.percent(rate),
        "tone": "over" if rate > 100 else "under",
    }
