"""The page that searches the trail."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.roles import VIEW_TRAIL
from core import display
from core.access import requires
from core.forms import DayField
from reports import trail

PER_PAGE = 50


class TrailForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), required=False)
    record = forms.IntegerField(label=_("Record (id)"), required=False, min_value=1)
    who = forms.CharField(label=_("Who"), required=False, max_length=100)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    q = forms.CharField(label=_("Words of the reason"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [
            (label, str(model._meta.verbose_name).capitalize())
            for label, model in trail.kinds().items()
        ]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", str(_("Everything"))),
            *sorted(names, key=lambda pair: pair[1]),
        ]


@requires(VIEW_TRAIL)
def trail_page(request: HttpRequest) -> HttpResponse:
    """Changes to money, plans, months, people and the rest; nothing here can be changed."""
    form = TrailForm(request.GET or None)
    form.is_valid()
    found = trail.search(request.user, getattr(form, "cleaned_data", {}))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": trail.shown(list(page)),
        "count": display.number(page.paginator.count),
    }
    return render(request, "reports/trail.html", context)
