"""Codes and titles that are nearly the same: GBV-1 beside GBV-01. Pure functions, no tables."""

import difflib
import re
from collections.abc import Iterable

from core.values.text import fold, fold_key

NEARLY = 0.9  # of two titles; above, one is probably the other with a slip


def near_code(code: str, known: Iterable[str]) -> str | None:
    """The known code that differs only by case, signs and zeros before its numbers."""
    wanted = without_zeros(code)
    return next((other for other in known if without_zeros(other) == wanted), None)


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


def _ratio(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1; numbers tell apart what else is the same (lớp 1, lớp 2)."""
    if re.findall("[0-9]+", one) != re.findall("[0-9]+", other):
        return 0.0
    found = difflib.SequenceMatcher(None, one, other)
    return found.ratio() if found.real_quick_ratio() >= NEARLY else 0.0
