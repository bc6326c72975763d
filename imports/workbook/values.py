"""One cell to one typed value, or to a (code, message) saying what is wrong with it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.lists.exports import FORMULA_STARTS
from core.values.dates import DateError, format_date, parse_date
from core.values.money import AmountError, negative, parse_amount
from core.values.text import abridged, fold, has_odd_digits, squash

from .fields import COUNTS, DATES, MONEY, SIGNED
from .model import ErrorValue, Formula

MAX_LENGTH = 2000
MAX_COUNT = 100_000

_DASHES = "-–—−‐‑ "


class CellError(ValueError):
    """A cell that cannot be used."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def stored(cell: object) -> object:
    """The value of a cell, for a formula the one stored beside it (None if there is none)."""
    return cell.value if isinstance(cell, Formula) else cell


def cell_text(cell: object) -> str:
    """The cell as a person sees it; a formula without a value shows itself."""
    if isinstance(cell, Formula):
        return cell.text if cell.value is None else cell_text(cell.value)
    if isinstance(cell, ErrorValue):
        return cell.text
    if isinstance(cell, datetime | date):
        return format_date(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}" if -30 < cell.adjusted() < 30 else str(cell)
    return squash(cell)


def is_empty(cell: object) -> bool:
    """Nothing to see in the cell; a formula is never nothing."""
    return cell is None or (isinstance(cell, str) and not squash(cell))


def convert(name: str, cell: object, scale: int = 1) -> Any:
    """The typed value of the field; raises CellError."""
    if isinstance(cell, Formula) and cell.value is None:
        text = _(
            "The formula %(formula)s has no stored value. Open the file in Excel, save, retry."
        )
        raise CellError("formula_without_value", text % {"formula": abridged(cell.text)})
    value = stored(cell)
    if isinstance(value, ErrorValue):
        text = _("The cell shows the error %(error)s. Mend its formula or write the value.")
        raise CellError("error_value", text % {"error": abridged(value.text)})
    if name in MONEY:
        return _money(value, scale, signed=name == SIGNED)
    if name in DATES:
        return _day(value)
    if name in COUNTS:
        return _count(value)
    return _text(value)


def _money(value: object, scale: int, *, signed: bool) -> int | None:
    try:
        amount = parse_amount(value, scale)
    except AmountError as error:
        raise CellError(error.code, error.message) from error
    if amount is not None and amount < 0 and not signed:
        refusal = negative(cell_text(value))
        raise CellError(refusal.code, refusal.message)
    return amount


def _day(value: object) -> date | None:
    try:
        return parse_date(value, allow_serial=True)
    except DateError as error:
        raise CellError(error.code, error.message) from error


def _count(value: object) -> int | None:
    """People: a whole number; a dash is none of them (0), an empty cell is not said (None)."""
    if is_empty(value):
        return None
    if isinstance(value, str):
        text = fold(value)
        if not text.strip(_DASHES):
            return 0
        value = value if has_odd_digits(value) else text.removesuffix("nguoi").strip()
    try:
        number = parse_amount(value)
    except AmountError as error:
        number = MAX_COUNT + 1 if error.code == "too_large" else None
    if number is None:
        text = _("“%(value)s” is not a number of people. Write a whole number, for example 25.")
        raise CellError("not_a_count", text % {"value": abridged(cell_text(value))})
    if number < 0:
        text = _("%(value)s is negative. A number of people is 0 or more.")
        raise CellError("negative", text % {"value": number})
    if number > MAX_COUNT:
        text = _("%(value)s people are more than one class can have. Check the digits.")
        raise CellError("too_large", text % {"value": abridged(cell_text(value))})
    return number


def _text(value: object) -> str:
    text = cell_text(value)
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
        text = text[1:]  # put before it by `harmless`
    if len(text) > MAX_LENGTH:
        message = _("The text has %(length)d characters. Shorten it to %(limit)d at most.")
        raise CellError("too_long", message % {"length": len(text), "limit": MAX_LENGTH})
    return text
