"""Figures as text that know where they lead."""

from decimal import ROUND_HALF_UP, Decimal

from core.values import display


class Num(str):
    """A formatted figure; `href` is the address of what it is made of, or empty."""

    href: str

    def __new__(cls, text: str, href: str = "") -> "Num":
        made = super().__new__(cls, text)
        made.href = "" if text == display.NOTHING else href
        return made


def exact(value: int | None, href: str = "") -> Num:
    """'1.234.567'."""
    return Num(display.number(value), href)


def short(value: int | None, href: str = "") -> Num:
    """'8,9 tỷ'."""
    return Num(display.short(value), href)


def percent(value: Decimal | None, href: str = "") -> Num:
    """'98,7%'."""
    return Num(display.percent(value), href)


def remaining(value: int | None, href: str = "") -> Num:
    """'4 triệu đồng', 'vượt 1.484 triệu đồng'."""
    return Num(display.remaining(value), href)


def millions(value: int | None) -> str:
    """đồng in million, one decimal: '441,5'; None as '–'."""
    if value is None:
        return display.NOTHING
    tenths = int((Decimal(value) / 10**5).quantize(Decimal(1), ROUND_HALF_UP))
    whole, rest = divmod(abs(tenths), 10)
    mark = "." if display.is_english() else ","
    return f"{'-' if tenths < 0 else ''}{display.number(whole)}{mark}{rest}"
