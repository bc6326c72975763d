"""What stands in the form of a list: words to look for, a number, one of the codes offered."""

from typing import Any

from django import forms


class SearchInput(forms.TextInput):
    """Words to look for: lists look for them while they are typed."""

    input_type = "search"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "maxlength": 200, **(attrs or {})})


class CodesSelect(forms.Select):
    """One of the codes offered. What else an address asks for (several of them, one of another
    scope, one that there is not) is an option, too: the form says what the list is asked."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Every value of the parameter, which may be repeated."""
        return data.getlist(name)

    def format_value(self, value: Any) -> list[str]:
        asked = ",".join(str(code) for code in value or ())
        names = {str(code): name for code, name in self.choices}
        if asked and asked not in names:
            said = ", ".join(str(names.get(code, code)) for code in asked.split(","))
            self.choices = [*self.choices, (asked, said)]
        return [asked]
