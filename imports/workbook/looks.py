"""Number formats that change what a cell means: in thousands, in percent, in another currency.

What the cell shows is what its writer means.
"""

import re

from core.values.text import squash

from .model import Look
from .unit_words import names_money, unit_of

_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_LOCALE = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_CONDITION = re.compile(r"\[[^\]$]*\]")
_DIGITS = re.compile(r"[0#?]([0#?., ]*[0#?])?(,*)")


def look_of(code: str) -> Look | None:
    """What a number format makes of a number, None if it shows it as it is."""
    code = code.split(";")[0]
    words = [a or b for a, b in _QUOTED.findall(code)] + _LOCALE.findall(code)
    plain = _CONDITION.sub("", _LOCALE.sub("", _QUOTED.sub("", code)))
    words += re.findall("[$€£¥₫]", plain)
    digits = _DIGITS.search(plain)
    divisor = 1000 ** len(digits[2]) if digits else 1
    look = Look(divisor, "%" in plain, _money_words(squash(" ".join(words))))
    return look if look != Look() else None


def _money_words(text: str) -> str:
    """The words that say a unit other than đồng, '' for none."""
    unit = unit_of(text) if text else None
    if unit is None:
        return text if text and names_money(text) else ""
    return "" if unit.counted or (unit.scale == 1 and not unit.foreign) else text
