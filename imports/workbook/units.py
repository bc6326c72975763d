"""The unit of money of a table: from its header, else from the lines above it."""

import re

from django.utils.translation import gettext as _

from core.values.text import fold, squash

from .header import Header
from .model import Sheet

_LINE = re.compile(
    r"(?:don vi(?: tinh)?(?: tien)?|d\.? ?v\.? ?t|unit|tinh bang)\b\.?\s*[:=]?\s*(.+)"
)
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_SCALES = (
    (10**9, re.compile(r"^(?:ty|ti)(?: ?dong| ?d| ?vnd)?$|^billion(?: vnd)?$")),
    (
        10**6,
        re.compile(
            r"^(?:trieu|tr)\.?(?: ?dong| ?d| ?vnd)?$|^1[.,]?000[.,]?000 ?(?:dong|d|vnd)$"
            r"|^(?:vnd )?millions?(?: vnd| of vnd| dong)?$"
        ),
    ),
    (
        10**3,
        re.compile(
            r"^(?:nghin|ngan)(?: ?dong| ?d| ?vnd)?$|^1[.,]?000 ?(?:dong|d|vnd)$|^1[.,]?000$"
            r"|^(?:vnd )?thousands?(?: vnd| of vnd| dong)?$"
        ),
    ),
    (1, re.compile(r"^(?:viet nam )?(?:dong|vnd|d|₫)(?: viet nam)?$")),
)
_FOREIGN = re.compile(r"\b(?:usd|eur|euro|do la|jpy|yen|gbp|cny)\b|[$€£¥]")


class UnknownUnit(ValueError):
    """Amounts in a unit that is not đồng."""


def scale_of(sheet: Sheet, header: Header, column: int) -> int:
    """đồng per unit of the amounts in a column."""
    for text in reversed(header.paths.get(column, [])):
        if scale := _in_header(text):
            return scale
    return _above(sheet, header) or 1


def _in_header(text: str) -> int | None:
    """The unit in a header: in brackets, after ĐVT, or as its last words."""
    plain = fold(text)
    for part in (*_BRACKET.findall(plain), plain):
        if scale := _scale(part):
            return scale
    tail = re.search(r"\b((?:trieu|nghin|ngan|ty)(?: dong| vnd)?|dong|vnd)$", plain)
    return _scale(tail[1]) if tail else None


def _above(sheet: Sheet, header: Header) -> int | None:
    """The unit line nearest above the header, or in it (a row of units under the labels)."""
    for number in range(header.last + 1, 0, -1):
        for cell in sheet.rows.get(number, {}).values():
            if isinstance(cell, str) and len(cell) < 200:
                plain = fold(cell)
                if (_LINE.search(plain) or plain.startswith("(")) and (scale := _scale(plain)):
                    return scale
    return None


def _scale(text: str) -> int | None:
    """đồng per unit of 'ĐVT: triệu đồng', 'triệu đồng'; None when it names no unit of money."""
    found = _LINE.search(text)
    unit = squash((found[1] if found else text).strip(" ().:;,[]*"))
    if _FOREIGN.search(unit):
        raise UnknownUnit(unit)
    return next((scale for scale, pattern in _SCALES if pattern.match(unit)), None)


def unknown_unit_message(unit: str) -> str:
    text = _("The amounts are in “%(unit)s”. Write them in đồng, nghìn đồng or triệu đồng.")
    return text % {"unit": unit}
