"""Links for readers without an account: made, opened, ended."""

import hashlib
import secrets
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from accounts.scope import grants_of
from core.services.access import check
from core.services.errors import Conflict
from core.services.transition import record_history, save_with_history
from core.values.dates import today
from core.values.said import Said, coded
from programs.models import FiscalYear
from reports.filters import one_of
from reports.models import IssuedReport, ReportKind, SharedLink, SharedWhat

LONGEST = timedelta(days=366)
# How a summary may be cut. Head counts have no cut by programme: topics add up to programmes, which
# would be one more sum to find a small cell by.
CUTS: dict[str, tuple[str, ...]] = {
    SharedWhat.MONEY: ("program", "commune", "program,commune", "quarter", "month", "fund"),
    SharedWhat.PEOPLE: ("topic", "commune", "quarter"),
    SharedWhat.REPORT: ("",),
}
WITH_FIGURES = (ReportKind.ANNUAL, ReportKind.QUARTERLY)


def shareable(actor: User) -> QuerySet[IssuedReport]:
    """The reports whose figures may be shown outside: those that were issued for it."""
    rows = IssuedReport.objects.visible_to(actor).filter(outside=True, kind__in=WITH_FIGURES)
    return rows.defer("texts", "figures", "document")


@transaction.atomic
def make(
    *,
    actor: User,
    name: str,
    what: str,
    until: date,
    fiscal_year: FiscalYear | None = None,
    by: str = "",
    report: IssuedReport | None = None,
) -> tuple[SharedLink, str]:
    """A link and its key, which is not kept. Raises `ValidationError` by field."""
    check(actor, MANAGE_SETTINGS)
    if (None, None) not in grants_of(actor):
        raise PermissionDenied(_("Only who sees everything makes a link for outside."))
    if errors := _wrong(actor, what, until, fiscal_year, by, report):
        raise ValidationError(errors)
    key = secrets.token_urlsafe(32)
    link = SharedLink(
        name=name,
        what=what,
        until=until,
        fiscal_year=fiscal_year,
        by=by,
        report=report,
        made_by=actor,
        digest=digest_of(key),
    )
    save_with_history(link, actor, _("link made"))
    return link, key


def _wrong(
    actor: User,
    what: str,
    until: date,
    fiscal_year: FiscalYear | None,
    by: str,
    report: IssuedReport | None,
) -> dict[str, Said]:
    errors: dict[str, Said] = {}
    if not today() <= until <= today() + LONGEST:
        errors["until"] = coded("out_of_range", _("From today to a year ahead."))
    is_report = what == SharedWhat.REPORT
    if by not in CUTS.get(what, ()):
        errors["by"] = one_of(by, [each or "–" for each in CUTS.get(what, ("",))])
    if is_report != (fiscal_year is None):
        told = _("A summary is of a fiscal year, a report has its own.")
        errors["fiscal_year"] = coded("one_of_two", told)
    if is_report != (report is not None):
        errors["report"] = coded("one_of_two", _("Name the report, and only where it is one."))
    elif report is not None and not shareable(actor).filter(pk=report.pk).exists():
        told = _("Only an annual or quarterly report issued for outside is shown.")
        errors["report"] = coded("cannot_see", told)
    return errors


def digest_of(key: str) -> str:
    """What is kept of a key: 256 random bits need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def end(*, actor: User, link: SharedLink) -> SharedLink:
    """Nobody opens it any more, from now on."""
    check(actor, MANAGE_SETTINGS)
    hit = SharedLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=timezone.now())
    if not hit:
        raise Conflict(_("This link is ended already."), "state")
    link.refresh_from_db()
    record_history([link], actor, _("link ended"))
    return link


def link_of_key(key: str) -> SharedLink | None:
    """The link of a key, ended or not; None where there is none."""
    links = SharedLink.objects.select_related("made_by", "fiscal_year", "report__fiscal_year")
    return links.filter(digest=digest_of(key)).first()


def count(link: SharedLink) -> None:
    """It was opened once more."""
    SharedLink.objects.filter(pk=link.pk).update(
        times_opened=F("times_opened") + 1, last_opened=timezone.now()
    )
