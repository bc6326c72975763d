"""Which fiscal year a page shows: the one of its address, else the latest with postings."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import within
from core.services.errors import NotBegun
from core.values.dates import today
from programs.models import FiscalYear, Period
from programs.years.services import year_of


def page_year(
    address: Mapping[str, Any], user: User, default: FiscalYear | None = None
) -> FiscalYear:
    """The `fiscal_year` of an address; one that there is not is a page that does not exist.

    `default` is for a page about a year that cannot have postings yet.
    """
    code = str(address.get("fiscal_year") or "").strip()
    if not code:
        return default or latest_year(user)
    found = FiscalYear.objects.filter(code=code).first()
    if found is None:
        raise Http404(_("There is no fiscal year '%(code)s'.") % {"code": code})
    return found


def latest_year(user: User) -> FiscalYear:
    """The latest year with postings in the user's scope; else the present one; else the latest.

    Raises `NotBegun` where there is none.
    """
    posted = Period.objects.filter(
        within(user, program="disbursements__program", commune="disbursements__commune"),
        fiscal_year=OuterRef("pk"),
        disbursements__status="posted",
    )
    years = FiscalYear.objects.all()
    year = years.filter(Exists(posted)).first() or year_of(today()) or years.first()
    if year is None:
        raise NotBegun
    return year


class YearForm(forms.Form):
    """Filters of a list that is always of one year; the form has a field `fiscal_year`."""

    def __init__(self, data: QueryDict, user: User) -> None:
        self.user, self.year = user, page_year(data, user)
        data = data.copy()
        data["fiscal_year"] = self.year.code
        super().__init__(data)
        self.offer("fiscal_year", year_codes())

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """What can be chosen in a field."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def year_codes() -> list[tuple[str, str]]:
    """The years to choose from, the latest first."""
    codes = FiscalYear.objects.order_by("-code").values_list("code", flat=True)
    return [(code, code) for code in codes]


def codes_of(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Records to choose from by their codes, or all of them."""
    return [("", _("All")), *((row.code, str(row)) for row in rows)]
