"""Filters of lists that are of one fiscal year at a time."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from communes.models import Commune
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
        super().__init__(data, *args, request=request, **options)

    def defaults(self, data: Any) -> dict[str, str]:
        return {"fiscal_year": self.year.code} if self.year else {}

    def offers(self, name: str) -> filters.Offers:
        """Of communes those that there were in the year."""
        if name != "commune" or self.year is None:
            return super().offers(name)
        units = Commune.objects.visible_to(self.user).in_area()
        return filters.offers_of(units.valid_in(self.year.start, self.year.end))
