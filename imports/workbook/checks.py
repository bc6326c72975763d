"""Rules about one row that need no database. Each gives (field, code, message)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.values.money import format_vnd, zero
from trainings import wording

from .fields import AGES, COUNTS, OF_WHICH, QUARTERS

Finding = tuple[str, str, str]


def settle_plan(
    values: dict[str, Any], stated_year: int | None, counted: bool
) -> Iterator[Finding]:
    """Fill in quarters and year; warn where the stated year is not their sum.

    `counted`: the year was a formula, so what is stored beside it may be stale or a bare 0.
    """
    given = [values[quarter] for quarter in QUARTERS if values[quarter] is not None]
    if not given and stated_year is not None:
        values["year"] = stated_year
        return
    for quarter in QUARTERS:
        values[quarter] = values[quarter] or 0
    values["year"] = total = sum(given)
    if not given:
        yield "q1", "no_amount", _("This line has no amount in any quarter. It counts as 0.")
    elif stated_year is not None and stated_year != total and (stated_year or not counted):
        text = _("The year says %(stated)s, its quarters add up to %(counted)s, which is used.")
        numbers = {"stated": format_vnd(stated_year), "counted": format_vnd(total)}
        yield "year", "total_differs", text % numbers


def check_disbursement(values: dict[str, object]) -> Iterator[Finding]:
    if values["amount"] == 0:
        error = zero()
        yield "amount", error.code, error.message


def settle_training(values: dict[str, Any], mapped: set[str]) -> Iterator[Finding]:
    """Check the head counts against each other; fill in the total."""
    male, female, total = values["male"], values["female"], values["total"]
    if male is not None and female is not None:
        if total is not None and total != male + female:
            yield "total", "sum_mismatch", wording.sexes(female, male, total)
        values["total"] = total = total if total is not None else male + female
    if total is not None:
        yield from _check_parts(values, total, mapped)
    if values["start"] and values["end"] and values["end"] < values["start"]:
        yield "end", "end_before_start", wording.days()


def _check_parts(values: dict[str, Any], total: int, mapped: set[str]) -> Iterator[Finding]:
    for name in OF_WHICH:
        if (values[name] or 0) > total:
            yield name, "part_exceeds_total", wording.part(values[name], total)
    ages = [values[name] for name in AGES if values[name] is not None]
    together = sum(ages)
    if ages and together <= total and not mapped.issuperset(AGES):
        return
    if ages and together != total and max(ages) <= total:
        first = next(name for name in AGES if name in mapped)
        yield first, "sum_mismatch", wording.ages(together, total)


def text_of(name: str, number: int) -> str:
    """A subtotal as the sheet would write it."""
    return str(number) if name in COUNTS else format_vnd(number)
