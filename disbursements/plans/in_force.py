"""Which plan was in force on a day."""

from datetime import date

from django.utils import timezone

from core.services.request_cache import once
from disbursements.models import PlanVersion
from programs.models import FiscalYear


def approved_versions(year: FiscalYear) -> list[PlanVersion]:
    """The approved versions of a year, the first one first."""

    def read() -> list[PlanVersion]:
        rows = PlanVersion.objects.approved().filter(fiscal_year=year)
        return list(rows.select_related("fiscal_year").order_by("number"))

    return once(("approved versions", year.pk), read)


def version_on(year: FiscalYear, day: date) -> PlanVersion | None:
    """The approved version in force at the end of a day; before the first one, that one."""
    versions = approved_versions(year)
    in_force = [version for version in versions if in_force_since(version) <= day]
    return in_force[-1] if in_force else next(iter(versions), None)


def in_force_since(version: PlanVersion) -> date:
    """The day from which an approved version was in force: that of its decision, else that of its
    approval; one loaded as history without a decision from the year's first day."""
    if version.decision_date or version.origin == "history":
        return version.decision_date or version.fiscal_year.start
    return timezone.localdate(version.approved_at)
