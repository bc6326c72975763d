"""Another currency beside đồng: at a rate that somebody types, with its source and its day.

Figures in đồng stay whole; what is converted says at which rate.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from core.values import display
from core.values.dates import format_date, in_future
from core.values.money import largest_remainder
from core.values.said import coded
from core.values.text import clean
from reports.documents.wording import say
from reports.filters import Reader

NAMES = ("currency", "rate", "rate_source", "rate_day")
CODE = re.compile(r"[A-Z]{3}")
GROUPED = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]{1,4})?")  # 26.500 or 26.500,25
PLAIN = re.compile(r"[0-9]{1,7}([.,][0-9]{1,4})?")
LARGEST = 1_000_000


@dataclass(frozen=True)
class Rate:
    """How many đồng one unit of a currency is, who said so, and for which day."""

    currency: str
    dong: Decimal
    source: str
    day: date

    def as_dict(self) -> dict[str, str]:
        return {
            "currency": self.currency,
            "dong": str(self.dong),
            "source": self.source,
            "day": self.day.isoformat(),
        }

    @classmethod
    def from_dict(cls, kept: dict[str, str]) -> "Rate":
        day = date.fromisoformat(kept["day"])
        return cls(kept["currency"], Decimal(kept["dong"]), kept["source"], day)

    def in_words(self) -> str:
        """'Quy đổi theo tỷ giá 1 EUR = 26.500 đồng (…, ngày 30/06/2023).'"""
        dong, day = display.decimal(self.dong), format_date(self.day)
        return say(
            f"Quy đổi theo tỷ giá 1 {self.currency} = {dong} đồng ({self.source}, ngày {day}), "
            f"làm tròn đến {self.currency}; số liệu gốc là đồng.",
            f"Converted at 1 {self.currency} = {dong} đồng ({self.source}, {day}), rounded to "
            f"{self.currency}; the figures are kept in đồng.",
        )

    def convert(self, amounts: Sequence[int]) -> list[int]:
        """Amounts in đồng, rounded so that they add up to their rounded total."""
        exact = [Decimal(amount) / self.dong for amount in amounts]
        return [int(part) for part in largest_remainder(exact, sum(exact, Decimal(0)), 0)]

    def one(self, amount: int) -> int:
        return int((Decimal(amount) / self.dong).to_integral_value(ROUND_HALF_UP))


def read_rate(reader: Reader) -> Rate | None:
    """The rate of a request, or None; what is wrong or missing is said by field."""
    given = {name: clean(reader.text(name)).strip() for name in NAMES}
    if not any(given.values()):
        return None
    for name, text in given.items():
        if not text:
            needed = _("A currency needs its rate, the rate's source and its day.")
            reader.wrong(name, coded("required", needed))
    currency, dong, day = _currency(reader, given["currency"]), _dong(reader, given["rate"]), None
    if given["rate_day"]:
        day = reader.day("rate_day")
        if said := in_future(day):
            reader.wrong("rate_day", said)
    if len(given["rate_source"]) > 200:
        reader.wrong("rate_source", coded("too_long", _("Too long.")))
    if not (currency and dong and day):
        return None
    return Rate(currency, dong, given["rate_source"], day)


def _currency(reader: Reader, text: str) -> str:
    code = text.upper()
    if text and (not CODE.fullmatch(code) or code == "VND"):
        said = _("“%(text)s” is no currency beside đồng: write its three letters, such as EUR.")
        reader.wrong("currency", coded("invalid_choice", said % {"text": text[:20]}))
        return ""
    return code


def _dong(reader: Reader, text: str) -> Decimal | None:
    """'26.500', '26500' or '26.500,25'."""
    if not text:
        return None
    found: Decimal | None = None
    if GROUPED.fullmatch(text):
        found = Decimal(text.replace(".", "").replace(",", "."))
    elif PLAIN.fullmatch(text):
        found = Decimal(text.replace(",", "."))
    if found is None or not 0 < found <= LARGEST:
        said = _("“%(text)s” is no rate: write how many đồng one unit is, such as 26.500.")
        reader.wrong("rate", coded("invalid_number", said % {"text": text[:20]}))
        return None
    return Decimal(found)
