"""Filters of lists that are of one fiscal year at a time."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from communes.own_day import other_time
from core.lists import filters
from programs.models import FiscalYear
from programs.years.page_year import known_year


class OfOneYear(filters.Filters):
    """Unless the address says which, of the latest year with postings."""

    fiscal_year = filters.Codes(
        "fiscal_year__code", FiscalYear, one=True, empty=None, label=_("Fiscal year")
    )

    def __init__(self, data: Any, *args: Any, request: Any = None, **options: Any) -> None:
        self.year: Any = known_year(data, request.user)
        self._asked_of_units = False
        super().__init__(data, *args, request=request, **options)

    def defaults(self, data: object) -> dict[str, str]:
        return {"fiscal_year": self.year.code} if self.year else {}

    @property
    def form(self) -> Any:
        """A unit that did not exist in the year is refused, and its successor named."""
        form = super().form
        if self.year and not self._asked_of_units and not form.errors.get("commune"):
            self._asked_of_units = True
            for said in self._of_other_times(
                getattr(form, "cleaned_data", {}).get("commune") or []
            ):
                form.add_error("commune", said)
        return form

    def _of_other_times(self, codes: list[str]) -> Iterator[str]:
        first, last = self.year.start, self.year.end
        units = Commune.objects.filter(code__in=codes).order_by("code", "valid_from")
        there = set(units.valid_in(first, last).values_list("code", flat=True)) if codes else set()
        for unit in units.select_related("successor") if set(codes) - there else ():
            if unit.code not in there:
                yield other_time(unit, first, last)

    def offers(self, name: str) -> filters.Offers:
        """Of communes those that there were in the year."""
        if name != "commune" or self.year is None:
            return super().offers(name)
        units = Commune.objects.visible_to(self.user).in_area()
        return filters.code_choices(units.valid_in(self.year.start, self.year.end))
