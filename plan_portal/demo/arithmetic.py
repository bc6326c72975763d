"""Made-up numbers that come out the same every time and add up to the đồng."""

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import blake2b
from typing import TypeVar

Key = TypeVar("Key")

HOLIDAYS = {
    *(date(2022, 9, day) for day in (1, 2)),
    *(date(2023, 1, day) for day in range(20, 27)),  # Tết Quý Mão
    date(2023, 5, 1),
    date(2023, 5, 2),
    date(2023, 5, 3),
}


def chance(low: int, high: int, *about: object) -> int:
    """A whole number from `low` to `high` that depends on `about` alone."""
    text = "/".join(map(str, about)).encode()
    number = int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
    return low + number % (high - low + 1)


def share(total: int, weights: Mapping[Key, int], step: int = 1) -> dict[Key, int]:
    """Split `total` by `weights` into multiples of `step`; the parts add up to it exactly.

    Largest remainders: what rounding leaves goes to the parts that lost most by it. `total` is a
    multiple of `step`, and some weight is more than 0.
    """
    units, whole = total // step, sum(weights.values())
    parts = {key: units * weight // whole for key, weight in weights.items()}
    rest = units - sum(parts.values())
    by_loss = sorted(weights, key=lambda key: -(units * weights[key] % whole))
    for key in by_loss[:rest]:
        parts[key] += 1
    return {key: part * step for key, part in parts.items()}


def working_day(first: date, last: date, *about: object) -> date:
    """A working day from `first` to `last`; the last one before them if they hold none."""
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = [day for day in span if _works(day)]
    if days:
        return days[chance(0, len(days) - 1, *about)]
    while not _works(first):
        first -= timedelta(days=1)
    return first


def _works(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS
