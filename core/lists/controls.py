"""What stands in forms and in those of lists: a day or month as people write them, words to look
for, one of the codes offered."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.values.dates import format_date, month_text, read_typed


class DayInput(forms.TextInput):
    """A day written day first (05/07/2023), in every browser: a browser's own field of dates asks
    for it in the order of the language that it was installed in."""

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        usual = {"inputmode": "numeric", "autocomplete": "off", "placeholder": _("dd/mm/yyyy")}
        super().__init__({**usual, "data-day": True, **(attrs or {})})

    def format_value(self, value: object) -> str:
        day = value if isinstance(value, date) else read_typed(str(value or ""))
        return format_date(day) if day else str(value or "")


class MonthInput(forms.TextInput):
    """A month written as 07/2023."""

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        usual = {"inputmode": "numeric", "autocomplete": "off", "placeholder": _("mm/yyyy")}
        super().__init__({**usual, "data-month": True, **(attrs or {})})

    def format_value(self, value: object) -> str:
        text = str(value or "")
        return month_text(text) or text


class SearchInput(forms.TextInput):
    """Words to look for: lists look for them while they are typed."""

    input_type = "search"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__({"autocomplete": "off", "maxlength": 200, **(attrs or {})})


class CodesSelect(forms.Select):
    """One of the codes offered. What else an address asks for (several of them, one of another
    scope, one that there is not) is an option, too: the form says what the list is asked."""

    def value_from_datadict(self, data: Any, files: object, name: str) -> list[str]:
        """Every value of the parameter, which may be repeated."""
        values: list[str] = data.getlist(name)
        return values

    def format_value(self, value: Iterable[object] | None) -> list[str]:
        asked = ",".join(str(code) for code in value or ())
        names = {str(code): name for code, name in self.choices}
        if asked and asked not in names:
            said = ", ".join(str(names.get(code, code)) for code in asked.split(","))
            self.choices = [*self.choices, (asked, said)]
        return [asked]
