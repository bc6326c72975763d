"""Whole đồng: reading amounts as offices write them. Writing them is in the second half.

An amount is an int of đồng, never a float. Reading uses Decimal throughout.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from core.values.text import abridged, fold, has_odd_digits, squash

MAX_AMOUNT = 10**15
THOUSAND, MILLION, BILLION = 10**3, 10**6, 10**9

_UNIT_WORDS = {
    "nghin": THOUSAND,
    "ngan": THOUSAND,
    "trieu": MILLION,
    "tr": MILLION,
    "ty": BILLION,
    "ti": BILLION,
}
_WRITTEN = re.compile(
    r"^(?P<number>[-+]?[0-9][0-9., ]*?) ?(?P<unit>nghin|ngan|trieu|tr|ty|ti)? ?"
    r"(?P<currency>dong|vnd|d|₫)?\.?$"
)
_GROUPED = re.compile(r"^[1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*$")
_DASHES = re.compile(r"^[-–—−‐‑ ]+$")


class AmountError(ValueError):
    """An amount that cannot be read. `code` for programs, the message for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def parse_amount(value: object, scale: int = 1) -> int | None:
    """Whole đồng from a cell, form or API value; None for empty or a dash.

    `scale` is the unit of the column in đồng (1000 for nghìn, 10**6 for triệu). A unit or
    currency written beside the number ('12,5 triệu', '500.000 đ') wins over it.
    """
    if value is None:
        return None
    if isinstance(value, str):
        text = squash(value)
        if not text or _DASHES.match(text):
            return None
        number, factor = _read_text(text, scale)
    else:
        number, factor = _read_number(value), scale
    return _whole_dong(number, factor, value)


def _read_number(value: object) -> Decimal:
    """A Python number as an exact Decimal; a float means the digits it prints."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _not_a_number(value)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise _not_a_number(value)
    return number


def _read_text(text: str, scale: int) -> tuple[Decimal, int]:
    """(number, đồng per unit) of a text such as '12,5 triệu đồng' or '(1.000)'."""
    if has_odd_digits(text):
        raise _not_a_number(text)
    plain = fold(text).replace("−", "-")
    negative = plain.startswith("(") and plain.endswith(")")
    found = _WRITTEN.match(plain[1:-1].strip() if negative else plain) if len(text) < 60 else None
    if not found:
        raise _not_a_number(text)
    unit, currency = found["unit"], found["currency"]
    factor = _UNIT_WORDS[unit] if unit else (1 if currency else scale)
    number = found["number"].strip()
    if number[0] in "+-":
        negative, number = negative or number[0] == "-", number[1:]
    read = _read_digits(number, factor, text)
    return (-read if negative else read), factor


def _read_digits(number: str, factor: int, text: str) -> Decimal:
    """Digits with dots, commas or spaces, as Vietnamese offices mean them."""
    if number.isdigit():
        return Decimal(number)
    grouped = _GROUPED.match(number)
    if grouped:
        if factor != 1 and number.count(",") == 1:  # 12,500 triệu: 12.5 or 12 500 of them?
            raise _ambiguous(text)
        return Decimal(re.sub("[., ]", "", number))
    whole, separator, fraction = _split_decimals(number)
    if not separator or not (whole.isdigit() or _GROUPED.match(whole)) or separator in whole:
        raise _not_a_number(text)
    return Decimal(re.sub("[., ]", "", whole) + "." + fraction)


def _split_decimals(number: str) -> tuple[str, str, str]:
    """(before, separator, decimals) at the last dot or comma; separator '' if none fits."""
    at = max(number.rfind("."), number.rfind(","))
    if at < 1 or not number[at + 1 :].isdigit():
        return number, "", ""
    return number[:at], number[at], number[at + 1 :]


def _whole_dong(number: Decimal, factor: int, value: object) -> int:
    """number × factor as an int, refusing fractions of a đồng and absurd sizes."""
    if number and number.adjusted() > 18:
        raise too_large(value)
    if (number and number.adjusted() < -18) or len(number.as_tuple().digits) > 60:
        raise _fraction(value)
    sign, digits, exponent = number.as_tuple()
    exponent = int(exponent)
    amount = int("".join(map(str, digits)) or "0") * factor
    shift: int = 10 ** abs(exponent)
    amount, rest = (amount * shift, 0) if exponent >= 0 else divmod(amount, shift)
    if rest:
        raise _fraction(value)
    if amount > MAX_AMOUNT:
        raise too_large(value)
    return -amount if sign else amount


def _not_a_number(value: object) -> AmountError:
    text = _("“%(value)s” is not an amount of money. Write whole đồng, for example 12.500.000.")
    return AmountError("not_a_number", text % {"value": abridged(value)})


def _ambiguous(value: object) -> AmountError:
    text = _("“%(value)s” can be read in two ways. Write 12,5 for a part and 12.500 for thousands.")
    return AmountError("ambiguous", text % {"value": abridged(value)})


def _fraction(value: object) -> AmountError:
    text = _("“%(value)s” has a fraction of a đồng. Write whole đồng, for example 12.500.000.")
    return AmountError("fraction", text % {"value": abridged(value)})


def negative(value: object) -> AmountError:
    text = _("%(value)s is negative. Write amounts as positive; reversals are made in the portal.")
    return AmountError("negative", text % {"value": abridged(value)})


def zero() -> AmountError:
    return AmountError("not_positive", _("The amount must be more than 0 đồng."))


def too_large(value: object) -> AmountError:
    text = _("“%(value)s” is larger than any amount here can be. Check the digits and the unit.")
    return AmountError("too_large", text % {"value": abridged(value)})


# --- writing -------------------------------------------------------------------------------


def format_vnd(amount: int) -> str:
    """1234567 as '1.234.567'."""
    return f"{int(amount):,}".replace(",", ".")


def short_vnd(amount: int) -> str:
    """đồng as read aloud: '8,9 tỷ', '1.484 triệu', '950 nghìn', '800'; one decimal, half up.

    Between one and two tỷ a decimal of a tỷ is too coarse: unless it is exact, triệu are shown.
    """
    shown, unit, word = _shorten(abs(amount))
    sign = "-" if amount < 0 and shown else ""
    return sign + _decimal_comma(Decimal(shown) / unit) + (f" {word}" if word else "")


def qualified_short(amount: int) -> str:
    """'hơn 8,9 tỷ đồng' where rounding hid something, 'gần 9 tỷ đồng' where it added."""
    size = abs(amount)
    shown = _shorten(size)[0]
    qualifier = "hơn " if shown < size else "gần " if shown > size else ""
    return ("âm " if amount < 0 else "") + qualifier + short_vnd(size) + " đồng"


def _shorten(size: int) -> tuple[int, int, str]:
    """(value after rounding in đồng, đồng per unit, word for the unit) of a size ≥ 0."""
    if size < THOUSAND:
        return size, 1, ""
    in_billions = _round_to(size, BILLION // 10)
    if in_billions >= 2 * BILLION or (in_billions == size and size >= BILLION):
        return in_billions, BILLION, "tỷ"
    in_millions = _round_to(size, MILLION // 10)
    if in_millions == BILLION:
        return in_millions, BILLION, "tỷ"
    in_thousands = _round_to(size, THOUSAND // 10)
    if in_thousands >= MILLION:
        return in_millions, MILLION, "triệu"
    return in_thousands, THOUSAND, "nghìn"


def _round_to(size: int, step: int) -> int:
    """size ≥ 0 rounded half up to a multiple of step."""
    return (size + step // 2) // step * step


def _decimal_comma(number: Decimal) -> str:
    """1484.50 as '1.484,5'; trailing zeros dropped."""
    text = f"{number:,f}"
    whole, _dot, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return whole.replace(",", ".") + ("," + fraction if fraction else "")


# --- comparing -----------------------------------------------------------------------------


def rate(part: int, whole: int | None) -> Decimal | None:
    """part of whole in percent, one decimal, half up; None where there is no whole."""
    if not whole:
        return None
    part, whole = int(part or 0), int(whole)
    tenths = (abs(part) * 2000 + abs(whole)) // (2 * abs(whole))
    negative = (part < 0) != (whole < 0) and tenths
    return (Decimal(-tenths if negative else tenths) / 10).quantize(Decimal("0.1"))


def format_rate(percent: Decimal | None) -> str:
    """Decimal('98.7') as '98,7%', Decimal('120.0') as '120%', None as '–'."""
    return "–" if percent is None else _decimal_comma(Decimal(percent)) + "%"


def largest_remainder(
    values: Sequence[int | Decimal], total: int | Decimal, digits: int
) -> list[Decimal]:
    """The values rounded to `digits` decimals so that they add up to the rounded total.

    `digits` may be negative: -6 rounds đồng to triệu. `total` must be the values' own sum.
    """
    unit = Decimal(1).scaleb(-digits)
    exact = [Decimal(value) / unit for value in values]
    floors = [int(value.to_integral_value(ROUND_FLOOR)) for value in exact]
    missing = int((Decimal(total) / unit).to_integral_value(ROUND_HALF_UP)) - sum(floors)
    if not 0 <= missing <= len(floors):
        raise ValueError("total is not the sum of the values")
    by_rest = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    for i in by_rest[:missing]:
        floors[i] += 1
    return [Decimal(count) * unit for count in floors]
