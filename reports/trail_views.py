"""The page that searches the trail."""

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.requests import PersonRequest
from accounts.roles import VIEW_TRAIL
from core.lists import Column, Listing, answer
from core.pages.forms import DayField, SearchInput, WholeField
from core.services.access import requires
from reports import trail


class TrailForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), required=False)
    record = WholeField(label=_("Record (id)"), required=False, min_value=1)
    who = forms.CharField(label=_("Who"), required=False, max_length=100)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    search = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=SearchInput(attrs={"placeholder": _("Words of the reason")}),
    )

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


def _what(row: Any) -> str:
    model = row["entry"].model
    return f"{model[:1].upper()}{model[1:]} {row['entry'].what}"


def _changes(row: Any) -> str:
    """What changed, as a file has it: one line of text."""
    return "; ".join(
        f"{change.label}: {change.before} → {change.after}"
        if change.before
        else f"{change.label}: {change.after}"
        for change in row["entry"].changes
    )


listing = Listing(
    name="trail",
    title=_("Trail"),
    columns=(
        Column(
            "what",
            _("what"),
            _what,
            note=lambda row: row["entry"].kind_label,
            note_label=_("kind of change"),
        ),
        Column("when", _("when"), lambda row: row["entry"].when, "history_date", short=True),
        Column("who", _("who"), lambda row: row["entry"].who),
        Column("changes", _("from what to what"), _changes, template="reports/trail_changes.html"),
        Column("why", _("why"), lambda row: row["entry"].why),
    ),
    rows=lambda user: user,
    form=lambda user, data: TrailForm(data),
    narrowed=lambda user, form: trail.search(user, form.cleaned_data),
    href=lambda row: row["href"],
    prepare=lambda keys, user: trail.shown(keys),
    order="-when",
    tie="history_id",
)


@requires(VIEW_TRAIL)
def trail_page(request: PersonRequest) -> HttpResponseBase:
    """Changes to money, plans, months, people and the rest; nothing here can be changed."""
    lead = _now("Who changed what, when, from what to what, and why. It cannot be changed.")
    return answer(request, listing, context={"lead": lead})
