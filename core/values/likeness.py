"""Codes and titles that are nearly the same: GBV-1 beside GBV-01. Pure functions, no tables."""

import difflib
import re
from collections.abc import Iterable

from core.values.text import fold, fold_key

_LIKE_DIGITS = str.maketrans("oil|", "0111")
NEARLY = 0.9  # of two titles; above, one is probably the other with a slip


def near_code(code: str, known: Iterable[str]) -> str | None:
    """The known code that differs only by case, signs, zeros before its numbers, letters that look
    like digits (O, l, I), or something behind its number."""
    bare = {without_zeros(other): other for other in known}
    wanted = (without_zeros(code), _as_digits(code), _up_to_number(code))
    return next((bare[form] for form in wanted if form in bare), None)


def near_title(title: str, known: Iterable[str]) -> str | None:
    """The known title that is the same but for case, accents, signs and small slips."""
    key, plain = fold_key(title), fold(title)
    for other in known:
        if fold_key(other) == key or _ratio(plain, fold(other)) >= NEARLY:
            return other
    return None


def without_zeros(code: str) -> str:
    """The folded code without the zeros before its numbers."""
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", fold_key(code))


def _as_digits(code: str) -> str:
    """The folded code with what looks like a digit behind its first letters as one: 'GBV-O1'."""
    found = re.match(r"^(.*?[^\W\d_]{2,}?)[\s._/–-]+([0-9oil|]+)$", fold(code))
    if not found:
        return without_zeros(code)
    return without_zeros(found[1] + found[2].translate(_LIKE_DIGITS))


def _up_to_number(code: str) -> str:
    """The folded code without what follows its first number: 'GBV-01a', 'GBV-01/1'."""
    found = re.match(r"^[^\W\d_]{2,}[\s._/–-]*[0-9]+(?![0-9])", fold(code))
    return without_zeros(found[0] if found else code)


def _ratio(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1; numbers tell apart what else is the same (lớp 1, lớp 2)."""
    if re.findall("[0-9]+", one) != re.findall("[0-9]+", other):
        return 0.0
    found = difflib.SequenceMatcher(None, one, other)
    return found.ratio() if found.real_quick_ratio() >= NEARLY else 0.0
