"""Filters of the ledger as its indexes have them. Said otherwise, SQLite, which has no statistics,
reads and sorts the rows of a year, or looks among all rows for the few that are not posted."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from core.lists import filters
from core.services.request_cache import by_key
from disbursements.models import Disbursement, Status
from programs.models import FiscalYear

M = TypeVar("M", bound=Model)


def _are_all_not_posted(statuses: Collection[str] | None) -> bool:
    return statuses is not None and len(statuses) > 0 and Status.POSTED not in statuses


class States(filters.Choices):
    """Rows in one of the named states."""

    def filter(self, qs: QuerySet[filters.M], value: Any) -> QuerySet[filters.M]:
        rows = super().filter(qs, value)
        if rows.model is Disbursement and _are_all_not_posted(value):
            return rows.among_the_few()  # type: ignore[attr-defined, no-any-return]
        return rows


class Years(filters.Codes):
    """Rows of fiscal years. One year is asked for by its days, which it alone has (`check_ledger`):
    the indexes that order by day have them, of a programme and of a unit too."""

    def filter(self, qs: QuerySet[filters.M], value: Any) -> QuerySet[filters.M]:
        keys = getattr(value, "keys", ())
        asked = self.parent.form.cleaned_data if self.parent else {}
        if (
            qs.model is not Disbursement
            or len(keys) != 1
            or _are_all_not_posted(asked.get("status"))
        ):
            return super().filter(qs, value)
        (year,) = by_key(FiscalYear, keys).values()
        return qs.filter(date__gte=year.start, date__lte=year.end)
