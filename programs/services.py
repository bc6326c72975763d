"""Writes about years and months."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communes.models import Commune, Level
from core.dates import format_date
from core.lookups import not_known
from programs.models import Activity, FiscalYear, Period, add_months


def area_of(commune: Commune) -> Commune:
    """The programme area whose months a unit's money falls into: its parent unit, or itself."""
    if commune.level == Level.COMMUNE and commune.parent is not None:
        return commune.parent
    return commune


@transaction.atomic
def open_fiscal_year(*, code: str, areas: list[Commune], start_month: int = 7) -> FiscalYear:
    """Make the fiscal year `code` (the year it ends in) with a month row per area; idempotent."""
    start = date(int(code) - (1 if start_month > 1 else 0), start_month, 1)
    end = _last_day(add_months(start, 11))
    year, _created = FiscalYear.objects.get_or_create(
        code=code, defaults={"start": start, "end": end}
    )
    for area in areas:
        for index in range(12):
            first = add_months(year.start, index)
            Period.objects.get_or_create(
                area=area,
                start=first,
                defaults={
                    "fiscal_year": year,
                    "end": _last_day(first),
                    "quarter": index // 3 + 1,
                },
            )
    return year


def _last_day(first: date) -> date:
    return date.fromordinal(add_months(first, 1).toordinal() - 1)


def year_of(day: date) -> FiscalYear | None:
    """The fiscal year a day lies in."""
    return FiscalYear.objects.filter(start__lte=day, end__gte=day).first()


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
        raise ValidationError(
            {"date": _("%(day)s lies in no fiscal year of this area.") % {"day": format_date(day)}}
        )
    return period


def unknown_activity(text: str, codes: Iterable[str] | None = None) -> str:
    """The sentence for an activity code that there is not, with the nearest there are."""
    if codes is None:
        codes = Activity.objects.values_list("code", flat=True)
    return not_known(text, _("activity code"), codes)


def check_lifetime(commune: Commune, day: date) -> dict[str, str]:
    """Field errors when the unit did not exist on that day."""
    if commune.valid_from <= day and (commune.valid_to is None or day <= commune.valid_to):
        return {}
    names: dict[str, Any] = {"commune": commune.name, "day": format_date(day)}
    if commune.successor_id and day > (commune.valid_to or day):
        return {
            "commune": _("%(commune)s no longer existed on %(day)s: it became %(new)s.")
            % {**names, "new": commune.successor.full_name}
        }
    return {"commune": _("%(commune)s did not exist on %(day)s.") % names}
