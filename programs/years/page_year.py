"""Which fiscal year a page shows: the one of its address, else the latest with postings."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import within
from core.services.errors import NotBegun
from core.services.request_cache import once
from core.values.dates import today
from programs.models import FiscalYear, Period
from programs.years.services import year_of


def page_year(
    address: Mapping[str, object], user: User, default: FiscalYear | None = None
) -> FiscalYear:
    """The `fiscal_year` of an address; one that there is not is a page that does not exist.

    `default` is for a page about a year that cannot have postings yet.
    """
    found = known_year(address, user, default)
    if found is None:
        code = {"code": str(address["fiscal_year"]).strip()}
        raise Http404(_("There is no fiscal year '%(code)s'.") % code)
    return found


def known_year(
    address: Mapping[str, object], user: User, default: FiscalYear | None = None
) -> FiscalYear | None:
    """The same; None where there is no such year, for a list, which says so itself."""
    code = str(address.get("fiscal_year") or "").strip()
    return FiscalYear.objects.filter(code=code).first() if code else default or latest_year(user)


def latest_year(user: User) -> FiscalYear:
    """The latest year with postings in the user's scope; else the present one; else the latest.

    Raises `NotBegun` where there is none.
    """
    return once(("latest year", user.pk), lambda: _latest_year(user))


def _latest_year(user: User) -> FiscalYear:
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


def year_codes() -> list[tuple[str, str]]:
    """The years to choose from, the latest first."""
    codes = FiscalYear.objects.order_by("-code").values_list("code", flat=True)
    return [(code, code) for code in codes]
