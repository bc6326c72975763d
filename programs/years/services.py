"""Writes about years and months."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from communes.models import Commune, Level
from core.services.access import check
from core.services.request_cache import once
from core.services.transition import delete_unused, save_with_history
from core.values.dates import format_date
from core.values.said import coded, refused
from core.values.suggestions import not_known
from programs.models import Activity, FiscalYear, Period, add_months, month_end


def area_of(commune: Commune) -> Commune:
    """The programme area whose months a unit's money falls into: its parent unit, or itself."""
    if commune.level == Level.COMMUNE and commune.parent is not None:
        return commune.parent
    return commune


@transaction.atomic
def open_fiscal_year(
    *, code: str, areas: list[Commune], start_month: int = 7, actor: User | None = None
) -> FiscalYear:
    """Make the fiscal year `code` (the year it ends in) with a month row per area; idempotent."""
    year = FiscalYear.objects.filter(code=code).first()
    if year is None:
        start = date(int(code) - (1 if start_month > 1 else 0), start_month, 1)
        year = FiscalYear(code=code, start=start, end=month_end(add_months(start, 11)))
        save_with_history(year, actor, _("opened"))
    for area in areas:
        there = set(Period.objects.filter(area=area).values_list("start", flat=True))
        for index in range(12):
            first = add_months(year.start, index)
            if first not in there:
                _open_month(year, area, first, index // 3 + 1, actor)
    return year


def _open_month(
    year: FiscalYear, area: Commune, first: date, quarter: int, actor: User | None
) -> None:
    month = Period(fiscal_year=year, area=area, start=first, end=month_end(first), quarter=quarter)
    month._history_user = actor  # type: ignore[attr-defined]
    month.save()


def areas_in(year: FiscalYear) -> list[Commune]:
    """The units whose communes have the programme in that year."""
    communes = Commune.objects.in_area().valid_in(year.start, year.end)
    return list(Commune.objects.filter(pk__in=communes.values("parent")).order_by("code"))


@transaction.atomic
def open_months(*, actor: User) -> None:
    """Give every fiscal year the months of the areas it now has; idempotent."""
    for year in FiscalYear.objects.order_by("start"):
        open_fiscal_year(code=year.code, areas=areas_in(year), actor=actor)


@transaction.atomic
def start_year(*, actor: User, code: str, start_month: int = 7) -> FiscalYear:
    """A new fiscal year with its months, by whoever manages the settings. `code` is the year it
    ends in; it may not share a day with another one."""
    check(actor, MANAGE_SETTINGS)
    if not re.fullmatch(r"20[0-9]{2}", code):
        raise refused("code", "invalid_code", _("Give the year it ends in, for example 2026."))
    if not 1 <= start_month <= 12:
        raise refused("start_month", "out_of_range", _("A month is 1 to 12."))
    start = date(int(code) - (1 if start_month > 1 else 0), start_month, 1)
    end = month_end(add_months(start, 11))
    if FiscalYear.objects.filter(code=code).exists():
        raise refused("code", "already_there", _("This fiscal year is there already."))
    other = FiscalYear.objects.filter(start__lte=end, end__gte=start).first()
    if other is not None:
        raise refused(
            "start_month",
            "overlaps",
            _("It would share days with fiscal year %(year)s (%(days)s).")
            % {
                "year": other.code,
                "days": f"{format_date(other.start)} – {format_date(other.end)}",
            },
        )
    if not Commune.objects.in_area().exists():
        raise ValidationError(
            coded("no_communes", _("Choose the communes first: a year's months are made for them."))
        )
    year = open_fiscal_year(code=code, areas=[], start_month=start_month, actor=actor)
    return open_fiscal_year(code=code, areas=areas_in(year), actor=actor)


@transaction.atomic
def remove_year(*, actor: User, row: FiscalYear) -> None:
    """Take away a fiscal year and its months, while no plan, money or class lies in it."""
    check(actor, MANAGE_SETTINGS)
    said = _("Something is recorded in fiscal year %(year)s: it stays.") % {"year": row.code}
    for month in row.periods.all():
        delete_unused(month, actor, said)
    delete_unused(row, actor, said)


def year_of(day: date) -> FiscalYear | None:
    """The fiscal year a day lies in."""
    return FiscalYear.objects.filter(start__lte=day, end__gte=day).first()


def year_after(year: FiscalYear) -> FiscalYear | None:
    """The fiscal year that follows on a year."""
    return once(("year after", year.pk), lambda: year_of(year.end + timedelta(days=1)))


def period_of(
    day: date, commune: Commune, cache: dict[tuple[int, date], Period] | None = None
) -> Period:
    """The month row a unit's money of that day belongs to. Raises `ValidationError` on `date`."""
    area, month = area_of(commune), day.replace(day=1)
    period = cache.get((area.pk, month)) if cache is not None else None
    if period is None:
        periods = Period.objects.select_related("fiscal_year").filter(area=area)
        period = periods.filter(start__lte=day, end__gte=day).first()
    if period is not None and cache is not None:
        cache[area.pk, month] = period
    if period is None:
        raise refused(
            "date",
            "no_fiscal_year",
            _("%(day)s lies in no fiscal year of this area.") % {"day": format_date(day)},
        )
    return period


def unknown_activity(text: str, codes: Iterable[str] | None = None) -> str:
    """The sentence for an activity code that there is not, with the nearest there are."""
    if codes is None:
        codes = Activity.objects.values_list("code", flat=True)
    return not_known(text, _("activity code"), codes)
