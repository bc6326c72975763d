"""Days as people here write them: day first, in Asia/Ho_Chi_Minh."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import dateparse, timezone
from django.utils.translation import gettext as _

from core.values.said import coded
from core.values.text import abridged, fold, has_odd_digits

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
QUARTERS = (1, 2, 3, 4)
ROMAN = ("I", "II", "III", "IV")  # as quarters are numbered here
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_FIRST, _LAST = date(1990, 1, 1), date(2100, 12, 31)

_DAY_FIRST = re.compile(r"^([0-9]{1,2}) ?([/.-]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})$")
_DIGITS_ALONE = re.compile(r"^([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})$")
_MONTH = re.compile(r"^(1[0-2]|0?[1-9]) ?[/.-] ?((?:19|20)[0-9]{2})$")
_YEAR_FIRST = re.compile(r"^([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})$")
_TIME = re.compile(r"[ t][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(?:\+07:?00)?$")
_IN_WORDS = re.compile(r"^(?:ngay )?([0-9]{1,2}) thang ([0-9]{1,2}) nam ([0-9]{4})$")


class DateError(ValueError):
    """A date that cannot be read. `code` for programs, the message for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def today() -> date:
    """The local day."""
    return datetime.now(ZONE).date()


def in_future(day: date | None, last: date | None = None) -> str:
    """Why the day of something done is refused: it is after today (or `last`); empty: it is not."""
    if day is None or day <= (last or today()):
        return ""
    return coded("in_the_future", _("%(day)s is in the future.") % {"day": format_date(day)})


def parse_date(value: object, *, allow_serial: bool = False) -> date | None:
    """A day from a cell, form or API value; None for empty or a dash. Always day first.

    With `allow_serial` a plain number is Excel's count of days, if between 1990 and 2100.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        return _plausible(value.date(), value)
    if isinstance(value, date):
        return _plausible(value, value)
    if isinstance(value, str):
        return _read_text(value)
    if allow_serial and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _from_serial(value)
    raise _not_a_date(value)


def parse_typed(text: str) -> date | None:
    """A day typed into a form: as `parse_date` reads it, or in digits alone (05072023, 050723),
    as a phone's keys of digits write it."""
    return parse_date(_DIGITS_ALONE.sub(r"\1/\2/\3", text.strip()))


def read_typed(text: str) -> date | None:
    """The same; None for what is no day, too."""
    try:
        return parse_typed(text)
    except DateError:
        return None


def read_month(text: str) -> str:
    """'2023-07' of a month typed as 7/2023; anything else as it is."""
    found = _MONTH.match(text.strip())
    return f"{found[2]}-{int(found[1]):02}" if found else text


def month_text(key: str) -> str:
    """'07/2023' of '2023-07'; "" of anything else."""
    year, _sep, month = key.partition("-")
    return f"{month}/{year}" if read_month(f"{month}/{year}") == key else ""


def _read_text(value: str) -> date | None:
    text = _TIME.sub("", fold(value))
    if has_odd_digits(value):
        raise _not_a_date(value)
    if not text.strip("-–— "):
        return None
    if found := _YEAR_FIRST.match(text):
        year, _sep, month, day = found.groups()
    elif found := _DAY_FIRST.match(text):
        day, _sep, month, year = found.groups()
    elif found := _IN_WORDS.match(text):
        day, month, year = found.groups()
    else:
        raise _not_a_date(value)
    return _build(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day), value)


def _build(year: int, month: int, day: int, value: object) -> date:
    try:
        return _plausible(date(year, month, day), value)
    except DateError:
        raise
    except ValueError:
        text = _("“%(value)s” is a day that does not exist. Write day/month/year: 05/07/2023.")
        raise DateError("impossible_date", text % {"value": abridged(value)}) from None


def _from_serial(number: int | float | Decimal) -> date:
    low, high = ((day - _EXCEL_DAY_ZERO).days for day in (_FIRST, _LAST))
    if not low <= number <= high:
        raise _not_a_date(number)
    return _EXCEL_DAY_ZERO + timedelta(days=int(number))


def _plausible(day: date, value: object) -> date:
    if not _FIRST <= day <= _LAST:
        text = _("“%(value)s” is not in a year the portal knows. Check the year.")
        raise DateError("implausible_date", text % {"value": abridged(value)})
    return day


def _not_a_date(value: object) -> DateError:
    text = _("“%(value)s” is not a date. Write day/month/year, for example 05/07/2023.")
    return DateError("not_a_date", text % {"value": abridged(value)})


_FIRST_ZONED = 1911  # till then local time was 7 h 6 min 30 s from UTC, which no standard writes


def parse_moment(text: str, *, of_day: time) -> datetime | None:
    """A moment as programs write it, or of a day alone that time of it; None where it is none."""
    found = _moment(text, of_day) or _moment(text.replace(" ", "+"), of_day)  # "+" not escaped
    if found is None or not _FIRST_ZONED < found.year < 9999:  # the end has no moment in every zone
        return None
    if timezone.is_naive(found):
        found = timezone.make_aware(found)
    return found.astimezone(UTC)  # PostgreSQL knows no zone beyond 16 hours from it


def _moment(text: str, of_day: time) -> datetime | None:
    try:
        if has_odd_digits(text):
            return None
        day = dateparse.parse_date(text) if dateparse.date_re.match(text) else None
        return datetime.combine(day, of_day) if day else dateparse.parse_datetime(text)
    except ValueError:
        return None


def format_date(day: date) -> str:
    """'05/07/2023'."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def month_key(day: date) -> str:
    """'2023-07'."""
    return f"{day.year:04}-{day.month:02}"


def fiscal_quarter(day: date, start: date) -> int:
    """1 to 4: the quarter of `day` in the fiscal year that begins on `start`."""
    months = (day.year - start.year) * 12 + day.month - start.month
    if day.day < start.day:
        months -= 1
    if not 0 <= months < 12:
        raise ValueError(f"{day} is not in the fiscal year from {start}")
    return months // 3 + 1


def quarter_span(quarter: int, fiscal_start: date) -> str:
    """The months of a quarter: '7–9/2022', or '11/2022–1/2023' over a new year."""
    first = fiscal_start.year * 12 + fiscal_start.month - 1 + (quarter - 1) * 3
    (year, month), (last_year, last_month) = divmod(first, 12), divmod(first + 2, 12)
    start = f"{month + 1}" if year == last_year else f"{month + 1}/{year}"
    return f"{start}–{last_month + 1}/{last_year}"


def quarter_label(quarter: int, fiscal_start: date) -> str:
    """'Quý I (7–9/2022)', as documents print it in any language of the screen."""
    return f"Quý {ROMAN[quarter - 1]} ({quarter_span(quarter, fiscal_start)})"
