"""What a form may offer: activities, units and years within a person's scope."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from communes.lookups import unknown_unit
from communes.models import Commune
from core.pages.record_forms import UnitChoiceField
from core.values.said import coded
from core.values.sql_text import with_words
from programs.models import Activity
from programs.years.services import unknown_activity

OFFERED = 300  # activities in the browser's own suggestions
NEAREST = 8


def suggested(user: User) -> list[Activity]:
    """The newest activities within the user's scope, for the browser to suggest. Any other is found
    by words all the same."""
    newest = Activity.objects.visible_to(user).select_related("program").order_by("-pk")[:OFFERED]
    return sorted(newest, key=lambda activity: (activity.program.order, activity.code))


def _with_words(user: User, words: str) -> QuerySet:
    """Activities within the user's scope whose code or title has all the words, accents aside."""
    rows = Activity.objects.visible_to(user).select_related("program")
    return with_words(rows, words, "search_key").order_by("program__order", "code")


def find_activity(user: User, text: str) -> Activity:
    """The activity somebody means by a code or by words of its title (of those in scope).

    Raises `ValidationError`: nothing found, or several, which are then named.
    """
    text = text.strip()
    code = text.split(" ")[0] if text else ""
    found = Activity.objects.filter(code__iexact=code).select_related("program").first()
    if found:
        return found  # outside the person's scope the service says so
    matches = _with_words(user, text)
    nearest = list(matches[:NEAREST])
    if len(nearest) == 1:
        return nearest[0]
    if not nearest and re.fullmatch(r"\w+[-_.]?[0-9]+", text):
        raise ValidationError(coded("does_not_exist", unknown_activity(text)))
    if not nearest:
        raise ValidationError(
            coded(
                "does_not_exist",
                _("No activity of your programmes has “%(text)s” in its code or title.")
                % {"text": text[:60]},
            )
        )
    names = "; ".join(str(activity) for activity in nearest)
    raise ValidationError(
        coded(
            "ambiguous",
            _("%(count)d activities match: %(names)s. Give the code of one.")
            % {"count": matches.count(), "names": names},
        )
    )


class ActivityField(forms.CharField):
    """An activity by its code or by words of its title, without accents too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.user: Any = None  # set by the form
        self.widget.attrs.update({"list": "activities", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return find_activity(self.user, text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Activity) else value


def units_for(user: User) -> Any:
    """Communes of the programme area and the units above them, within the user's scope."""
    area = Commune.objects.in_area()
    return Commune.objects.visible_to(user).filter(Q(pk__in=area) | Q(pk__in=area.values("parent")))


class PlaceField(UnitChoiceField):
    """A unit to enter something for: offered are those in scope; of others the service says why
    they cannot be."""

    def to_python(self, value: Any) -> Commune | None:
        if value in self.empty_values:
            return None
        text = str(getattr(value, "pk", value))
        known = text.isascii() and text.isdigit() and len(text) < 19
        units = Commune.objects.select_related("parent")
        found = units.filter(pk=int(text)).first() if known else None
        if found is None:
            raise ValidationError(unknown_unit(text), "invalid_choice")
        return found
