"""Codes and titles that are nearly those of a known activity: GBV-1 beside GBV-01."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from django.utils.translation import gettext as _

from core.values.likeness import near_code
from core.values.text import fold, fold_key

ALIKE = 0.6  # of two titles; below, they hardly mean the same activity


class Known(Protocol):
    """An activity of the portal."""

    code: str
    title: str


def doubts(
    code: str, title: str, known: Known | None, others: Mapping[str, Known]
) -> Iterator[tuple[str, str, str]]:
    """(field, code, message): a new code like a known one, a known title under a new code, a
    known code with another title."""
    names = {"code": code, "here": title}
    if known is not None:
        if is_other_title(title, known.title):
            text = _("%(code)s is “%(title)s” in the portal, “%(here)s” here.")
            yield "title", "other_title", text % {**names, "title": known.title}
    elif near := near_code(code, others):
        text = _("%(code)s would be a new activity. Is %(near)s “%(title)s” meant?")
        names |= {"near": near, "title": others[near].title}
        yield "activity", "near_code", text % names
    elif same := next((o for o in others.values() if fold_key(o.title) == fold_key(title)), None):
        text = _("%(code)s would be a new activity. “%(here)s” is %(near)s in the portal.")
        yield "activity", "known_title", text % {**names, "near": same.code}


def is_other_title(title: str, known: str) -> bool:
    """Is it hardly the same title, whatever its case, accents and small slips?"""
    if not title or fold_key(title) == fold_key(known):
        return False
    return difflib.SequenceMatcher(None, fold(title), fold(known)).ratio() < ALIKE


def prefix_of(code: str) -> str:
    """The letters before the first sign or digit: 'GBV' of 'GBV-01'."""
    return re.split(r"[-_./ ]|[0-9]", code, maxsplit=1)[0]
