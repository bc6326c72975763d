"""The go-live day: where loading history ends, and how it is fixed and moved.

Rows dated before it, and plans of fiscal years that began before it, may be loaded as history by
one person; from it on everything needs two. The database's guards hold the same.
"""

from contextlib import suppress
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import LOAD_HISTORY, MANAGE_SETTINGS
from core.services.access import check
from core.services.errors import Conflict, StaleVersion
from core.services.transition import save_with_history
from core.values.dates import format_date, today
from core.values.said import coded, refused
from programs.models import FiscalYear, GoLive

FARTHEST = timedelta(days=366)  # how far ahead one person may fix it


def current() -> GoLive | None:
    """The go-live day, or None while nothing but history is there and nobody fixed it."""
    return GoLive.objects.select_related("proposed_by", "agreed_by").first()


def ended_before(day: date) -> str:
    """Why a record of that day is no history any more; "" where it may still be loaded."""
    fixed = current()
    if fixed is None or day < fixed.day:
        return ""
    return _(
        "Loading history ended with the go-live day, %(day)s: what is dated from it on is entered, "
        "submitted and approved by two people."
    ) % {"day": format_date(fixed.day)}


def hold() -> None:
    """Keep the day from being fixed until this transaction ends. The guards hold it, too; whoever
    loads history asks for it first, before any other lock, so that no two wait for each other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext('portal go-live'))")


def check_history(day: date) -> None:
    """Refuse (`Conflict`, `history_ended`) to load a record of that day as history."""
    hold()
    if said := ended_before(day):
        raise Conflict(said, "history_ended")


def first_record(year: FiscalYear, actor: User) -> None:
    """A record that is not history is posted or approved: the first one fixes the day, the first of
    its fiscal year. Asked for before any other lock, as `hold`."""
    if GoLive.objects.exists():
        return
    why = _("fixed by the first record that is not history")
    with suppress(IntegrityError), transaction.atomic():  # somebody else's came first
        save_with_history(GoLive(day=year.start), actor, why, is_clean=True)


@transaction.atomic
def fix(*, actor: User, day: date) -> GoLive:
    """Fix the day at set-up, by whoever manages the settings; at most a year ahead."""
    check(actor, MANAGE_SETTINGS)
    if GoLive.objects.select_for_update().exists():
        raise Conflict(_("The go-live day is fixed already: propose another one."), "state")
    if day > today() + FARTHEST:
        raise refused("day", "too_far_ahead", _("At most a year ahead."))
    row = GoLive(day=day)
    save_with_history(row, actor, _("fixed at set-up"))
    return row


@transaction.atomic
def move(*, actor: User, day: date, reason: str, version: int | None = None) -> GoLive:
    """Move the day, with a reason: an earlier one holds at once, a later one waits for a second
    person (`agree`)."""
    row = _locked(actor, version)
    errors = {}
    if not reason.strip():
        errors["reason"] = coded("reason_needed", _("Say why."))
    if day == row.day:
        errors["day"] = coded("unchanged", _("This is the go-live day already."))
    if errors:
        raise ValidationError(errors)
    row.reason, row.agreed_by = reason.strip(), None
    if day < row.day:
        row.day, row.proposed_day, row.proposed_by = day, None, None
    else:
        row.proposed_day, row.proposed_by = day, actor
    return _saved(row, actor, row.reason)


@transaction.atomic
def agree(*, actor: User, version: int | None = None) -> GoLive:
    """The second person agrees to the later day that somebody else proposed."""
    row = _proposed(actor, version)
    if row.proposed_by_id == actor.pk:
        raise PermissionDenied(_("Who proposed it does not agree to it: somebody else has to."))
    row.day, row.agreed_by = row.proposed_day, actor  # type: ignore[assignment]
    row.proposed_day, row.proposed_by = None, None
    return _saved(row, actor, _("agreed: %(reason)s") % {"reason": row.reason})


@transaction.atomic
def drop(*, actor: User, version: int | None = None) -> GoLive:
    """Take a proposed day back, or refuse it."""
    row = _proposed(actor, version)
    row.proposed_day, row.proposed_by = None, None
    return _saved(row, actor, _("not moved"))


def _locked(actor: User, version: int | None) -> GoLive:
    check(actor, LOAD_HISTORY, MANAGE_SETTINGS)
    row = GoLive.objects.select_for_update().first()
    if row is None:
        raise Conflict(_("The go-live day is not fixed yet."), "state")
    if version is not None and row.version != version:
        raise StaleVersion
    return row


def _proposed(actor: User, version: int | None) -> GoLive:
    row = _locked(actor, version)
    if row.proposed_day is None:
        raise Conflict(_("Nobody proposes another go-live day."), "state")
    return row


def _saved(row: GoLive, actor: User, why: str) -> GoLive:
    row.version += 1
    save_with_history(row, actor, why)
    return row
