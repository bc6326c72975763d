"""What stands in forms and in those of lists: a day or month as people write them, words to look
for, one of the codes offered."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.values.dates import format_date, month_text, read_typed


class DayInput(forms.TextInput):
    """A day written day first (05/07/2023), in every browser: a browser's own field of dates asks
    for it in the order of the language that it was installed in."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"inputmode": "numeric", "autocomplete": "off", "placeholder": _("dd/mm/yyyy")}
        super().__init__({**usual, "data-day": True, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        day = value if isinstance(value, date) else read_typed(str(value or ""))
        return format_date(day) if day else value


class MonthInput(forms.TextInput):
    """A month written as 07/2023."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"inputmode": "numeric", "autocomplete": "off", "placeholder": _("mm/yyyy")}
        super().__init__({**usual, "data-month": True, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return month_text(str(value or "")) or value


class SearchInput(forms.TextInput):
    """Words to look for: lists look for them while they are typed."""

    input_type = "search"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "maxlength": 200, **(attrs or {})})


class CodesSelect(forms.Select):
    """One of the codes offered. What else an address asks for (several of them, one of another
    scope, one that there is not) is an option, too: the form says what the list is asked."""

    def value_from_datadict(self, data: Any, files: object, name: str) -> list[str]:
        """Every value of the parameter, which may be repeated."""
        return data.getlist(name)

    def format_value(self, value: Any) -> list[str]:
        asked = ",".join(str(code) for code in value or ())
        names = {str(code): name for code, name in self.choices}
        if asked and asked not in names:
            said = ", ".join(str(names.get(code, code)) for code in asked.split(","))
            self.choices = [*self.choices, (asked, said)]
        return [asked]
