"""Number formats that change what a cell means: in thousands, in percent, in another currency.

What the cell shows is what its writer means.
"""

import re
import unicodedata

from core.values.text import fold, squash

from .model import Look
from .unit_words import THINGS_IN_BRACKETS, names_money, unit_of

_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_LOCALE = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_CONDITION = re.compile(r"\[[^\]$]*\]")
_DIGITS = re.compile(r"[0#?]([0#?., ]*[0#?])?(,*)")


def look_of(code: str) -> Look | None:
    """What a number format makes of a number, None if it shows it as it is."""
    sections = code.split(";")
    code = sections[0]
    words = ["".join(a or b for a, b in _QUOTED.findall(code)), *_LOCALE.findall(code)]
    plain = _CONDITION.sub("", _LOCALE.sub("", _QUOTED.sub("", code)))
    words += [sign for sign in plain if unicodedata.category(sign) == "Sc"]
    digits = _DIGITS.search(plain)
    divisor = 1000 ** len(digits[2]) if digits else 1
    shows_nothing = not (digits or "@" in plain or "general" in plain.lower())
    is_hidden = shows_nothing and bool(plain.strip() or len(sections) > 1 or words[0])
    text = squash(" ".join(words))
    look = Look(divisor, "%" in plain, _money_words(text), _things(text), is_hidden)
    return look if look != Look() else None


def _money_words(text: str) -> str:
    """The words that say a unit other than đồng, '' for none."""
    unit = unit_of(text) if text else None
    if unit is None:
        is_money = names_money(text) or any(unicodedata.category(sign) == "Sc" for sign in text)
        return text if is_money else ""
    return "" if unit.counted or (unit.scale == 1 and not unit.foreign) else text


def _things(text: str) -> str:
    """The words beside a number that say it is of things, not of people: '7 hộ'."""
    return text if THINGS_IN_BRACKETS.search(f"({fold(text)})") else ""
