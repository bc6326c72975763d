"""What a form may offer: activities, units and years within a person's scope."""

import re
from datetime import date as Date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from communes.lookups import unknown_unit
from communes.models import Commune
from communes.own_day import existed
from communes.words import without_unit_word, words_for
from core.pages.record_forms import UnitChoiceField
from core.values.dates import today
from core.values.said import coded
from core.values.sql_text import with_words
from core.values.text import fold_key, has_odd_digits, is_digits
from programs.models import Activity
from programs.years.services import unknown_activity

OFFERED = 300  # activities in the browser's own suggestions
NEAREST = 8


def suggested(user: User) -> list[Activity]:
    """The newest activities within the user's scope, for the browser to suggest. Any other is found
    by words all the same."""
    newest = Activity.objects.visible_to(user).select_related("program").order_by("-pk")[:OFFERED]
    return sorted(newest, key=lambda activity: (activity.program.order, activity.code))


def _with_words(user: User, words: str) -> QuerySet[Activity]:
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
        self.find: Any = find_activity
        self.widget.attrs.update({"list": "activities", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self.find(self.user, text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Activity) else value


def units_for(user: User) -> Any:
    """Communes of the programme area and the units above them, within the user's scope."""
    area = Commune.objects.in_area()
    return Commune.objects.visible_to(user).filter(Q(pk__in=area) | Q(pk__in=area.values("parent")))


class UnitSelect(forms.Select):
    """A list of units; each option says when there was one, so that a script offers those of a
    day."""

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        unit = getattr(value, "instance", None)
        if unit is not None:
            option["attrs"]["data-from"] = unit.valid_from.isoformat()
            option["attrs"]["data-to"] = unit.valid_to.isoformat() if unit.valid_to else ""
        return option


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


class Words:
    """The units and activities that words of many rows stand for, each read once."""

    def __init__(self) -> None:
        self._activities: dict[str, Activity] = {}
        self._units: list[Commune] | None = None
        self._words: dict[Any, dict[str, Commune]] = {}

    def activity(self, user: User, text: str) -> Activity:
        if text not in self._activities:
            self._activities[text] = find_activity(user, text)
        return self._activities[text]

    def unit(self, text: str, day: Date | None) -> Commune:
        """The unit of that day (default today) with this name or code; where only one of another
        time has it, that one, of which the rule of its lifetime speaks."""
        key = "" if has_odd_digits(text) else fold_key(text)
        key = key.zfill(5) if is_digits(key) else key
        for words in (self._on(day or today()), self._on(None)):
            found = words.get(key) or words.get(without_unit_word(key))
            if found is not None:
                return found
        raise ValidationError(
            unknown_unit(text, [unit.name for unit in self.units]), "invalid_choice"
        )

    @property
    def units(self) -> list[Commune]:
        if self._units is None:
            area = Commune.objects.in_area()
            found = Commune.objects.filter(Q(pk__in=area) | Q(pk__in=area.values("parent")))
            self._units = list(found.select_related("parent", "successor"))
        return self._units

    def _on(self, day: Date | None) -> dict[str, Commune]:
        """The words for the units of a day; None: of all times."""
        if day not in self._words:
            self._words[day] = words_for(u for u in self.units if day is None or existed(u, day))
        return self._words[day]
