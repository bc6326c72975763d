"""What a closed month says: which day near it is open."""

from datetime import date

from core.services.errors import PeriodClosed
from core.values.dates import format_date, today
from programs.models import FiscalYear, Period, YearState


def closed(period: Period) -> PeriodClosed:
    """The refusal of a day in a closed month; names the nearest open day of its area."""
    day = open_day(period)
    return PeriodClosed(period, format_date(day) if day else "")


def open_day(period: Period) -> date | None:
    """The first day of the next open month of the area that has begun, else the last of the one
    before; None where every month is closed."""
    months = Period.objects.filter(area=period.area_id, state=YearState.OPEN)
    after = months.filter(start__gt=period.end, start__lte=today()).order_by("start").first()
    if after is not None:
        return after.start
    before = months.filter(end__lt=period.start).order_by("-start").first()
    return before.end if before else None


def open_year(year: FiscalYear) -> FiscalYear | None:
    """The nearest year after a closed one that takes plans, else the one before it."""
    others = FiscalYear.objects.filter(state=YearState.OPEN)
    after = others.filter(start__gt=year.end).order_by("start").first()
    return after or others.filter(end__lt=year.start).order_by("-start").first()
