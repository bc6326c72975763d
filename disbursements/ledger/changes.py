"""Many drafts and returned rows changed at once, as a workbook says that was written for it."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT
from core.services.access import check
from core.services.errors import Conflict, StaleVersion
from core.services.transition import save_with_history
from disbursements.ledger.services import EDITABLE, check_scope, clean, complete
from disbursements.ledger.vouchers import check_none_entered
from disbursements.models import Disbursement
from programs.models import Period


@transaction.atomic
def change_rows(
    *, actor: User, rows: Sequence[Disbursement], reason: str, is_undone: bool = False
) -> None:
    """Save rows with their new values, all or none; they are in the version they were read in.

    Raises `Conflict` where one was changed, submitted or deleted since, or where somebody entered
    the same line meanwhile (not asked where a change `is_undone`).
    """
    if not rows:
        return
    check(actor, ENTER_DISBURSEMENT)
    keys = [row.pk for row in rows]
    there = {row.pk: row for row in Disbursement.objects.select_for_update().filter(pk__in=keys)}
    periods: dict[tuple[int, date], Period] = {}
    for row in rows:
        _check_free(actor, there.get(row.pk), row.version)
        complete(row, actor, period_cache=periods)
    if not is_undone:
        check_none_entered(rows)
    for row in rows:
        row.version += 1
        clean(row)
        save_with_history(row, actor, reason, is_clean=True)


def _check_free(actor: User, there: Disbursement | None, version: int) -> None:
    if there is None:
        raise Conflict(_("A row was deleted in the meantime. Check the workbook again."), "gone")
    check_scope(actor, there)
    if there.status not in EDITABLE:
        said = _("Only a draft or a returned row can be changed; this one is: %(state)s.")
        raise Conflict(said % {"state": there.get_status_display()}, "state")
    if there.version != version:
        raise StaleVersion
