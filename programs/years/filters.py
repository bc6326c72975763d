"""Filters of lists that are of one fiscal year at a time."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communes.models import Commune
from core.lists import filters
from core.services.errors import NotBegun
from programs.models import FiscalYear


class OfOneYear(filters.Filters):
    """Unless the address says which: of the last year with money in it, else of the latest."""

    fiscal_year = filters.Codes(
        "fiscal_year__code", FiscalYear, one=True, empty=None, label=_("Fiscal year")
    )

    @classmethod
    def usual_year(cls, user: User) -> FiscalYear | None:
        """The year of an address that does not say it."""
        years = FiscalYear.objects.order_by("-start")
        return years.filter(disbursements__isnull=False).first() or years.first()

    @classmethod
    def year_of(cls, user: User, query: Any) -> Any:
        """The year of an address; None where there is no such one. Raises `NotBegun`."""
        if code := query.get("fiscal_year", ""):
            return FiscalYear.objects.filter(code=code).first()
        if (found := cls.usual_year(user)) is None:
            raise NotBegun
        return found

    def __init__(self, data: Any, *args: Any, request: Any = None, **options: Any) -> None:
        self.year = self.year_of(request.user, data)
        super().__init__(data, *args, request=request, **options)

    def defaults(self, data: Any) -> dict[str, str]:
        return {"fiscal_year": self.year.code} if self.year else {}

    def offers(self, name: str) -> filters.Offers:
        """Of communes those that there were in the year."""
        if name != "commune" or self.year is None:
            return super().offers(name)
        units = Commune.objects.visible_to(self.user).in_area()
        return filters.offers_of(units.valid_in(self.year.start, self.year.end))
