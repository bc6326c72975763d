"""Figures as the screen's language writes them: formatted once, in Python, never in a template.

Vietnamese: 1.234.567, 8,9 tỷ, 98,7%. English: 1,234,567, 8.9 billion, 98.7%.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.values.dates import ROMAN, ZONE, format_date, quarter_label, quarter_span
from core.values.money import format_rate, format_vnd, qualified_short, short_vnd

NOTHING = "–"
_SWAP = str.maketrans(".,", ",.")
_WORDS = {"tỷ": "billion", "triệu": "million", "nghìn": "thousand"}
_QUALIFIERS = {"hơn ": "over ", "gần ": "nearly ", "âm ": "minus "}


def is_english() -> bool:
    return (get_language() or "vi").startswith("en")


def number(value: int | None) -> str:
    """1234567 as '1.234.567'; None as '–'."""
    if value is None:
        return NOTHING
    text = format_vnd(value)
    return text.translate(_SWAP) if is_english() else text


def left_out(shown: int, count: int, sentence: str) -> str:
    """That a page shows `shown` of `count` rows; empty when it shows all. The sentence, translated,
    has a place for each (`%(shown)s`, `%(count)s`) and says how to come to the others."""
    if shown >= count:
        return ""
    return sentence % {"shown": number(shown), "count": number(count)}


def short(amount: int | None) -> str:
    """đồng as read aloud: '8,9 tỷ'; None as '–'."""
    return NOTHING if amount is None else _local(short_vnd(amount))


def qualified(amount: int) -> str:
    """'hơn 8,9 tỷ đồng', 'gần 9 tỷ đồng'."""
    return _local(qualified_short(amount))


def percent(value: Decimal | None) -> str:
    """Decimal('98.7') as '98,7%'; None as '–'."""
    text = format_rate(value)
    return text.translate(_SWAP) if is_english() else text


def decimal(value: Decimal) -> str:
    """Decimal('141.70') as '141,7'."""
    return percent(value).removesuffix("%")


def remaining(balance: int | None) -> str:
    """What remains of a plan, short: 'còn 950 nghìn đồng'; 'vượt 1.484 triệu đồng' when more was
    disbursed. Over and under have these two words everywhere, and no sign."""
    return _balance(balance, short, _("over by %(amount)s đồng"), _("%(amount)s đồng left"))


def left(balance: int | None) -> str:
    """The same to the đồng, where the heading says the unit: 'còn 950.000', 'vượt 1.484.000'."""
    return _balance(balance, number, _("over by %(amount)s"), _("%(amount)s left"))


def _balance(balance: int | None, written: Callable[[int], str], over: str, under: str) -> str:
    if balance is None:
        return NOTHING
    return (over if balance < 0 else under) % {"amount": written(abs(balance))}


def day(value: date | None) -> str:
    """'05/07/2023' in both languages; None as '–'."""
    return NOTHING if value is None else format_date(value)


def moment(value: datetime | None) -> str:
    """'14:05 05/07/2023', local time; None as '–'."""
    return NOTHING if value is None else f"{localtime(value, ZONE):%H:%M %d/%m/%Y}"


def quarter(number: int, fiscal_start: date) -> str:
    """'Quý I (7–9/2022)' or 'Quarter I (7–9/2022)'."""
    if not is_english():
        return quarter_label(number, fiscal_start)
    return f"Quarter {ROMAN[number - 1]} ({quarter_span(number, fiscal_start)})"


def _local(text: str) -> str:
    """Words and decimal marks of `core.values.money`, in the screen's language."""
    if not is_english():
        return text
    for vietnamese, english in _QUALIFIERS.items():
        if text.startswith(vietnamese):
            text = english + text.removeprefix(vietnamese)
    head, *words = text.translate(_SWAP).split(" ")
    return " ".join([head, *(_WORDS.get(word, word) for word in words)])
