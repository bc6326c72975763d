"""The list for approval (bảng kê): a month's waiting rows, approved at once, exceptions taken out.

Nothing is stored of the list itself: posting each row is on the row's own trail.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.delegation import givers_of, named_by
from accounts.models import User
from accounts.roles import POST_DISBURSEMENT
from accounts.scope import NOTHING, within
from core.models import made_by
from core.services.errors import Conflict
from core.values import display
from core.values.said import coded
from disbursements.ledger import bulk
from disbursements.ledger import services as ledger
from disbursements.ledger.beside_plan import Beside
from disbursements.ledger.remarks import NOTED, look_at
from disbursements.ledger.rows import RELATED
from disbursements.models import Attachment, Disbursement
from programs.models import Period

MAX_ROWS = 500  # on one page, each with a box to tick; files have all of them


def waiting_rows(user: User, period: Period) -> QuerySet[Disbursement]:
    """A month's waiting rows within the user's scope, oldest first; all of them."""
    rows = Disbursement.objects.visible_to(user).waiting().filter(period=period)
    return rows.select_related(*RELATED).prefetch_related("makers").order_by("date", "pk")


def count_and_total(rows: QuerySet[Disbursement]) -> tuple[int, int]:
    """How many rows there are, and their sum (đồng)."""
    found = rows.order_by().aggregate(count=Count("pk"), total=Sum("amount"))
    return found["count"], found["total"] or 0


def on_page(user: User, rows: QuerySet[Disbursement]) -> list[Disbursement]:
    """As many rows as a page takes, oldest first. Those that are not the user's to post come in
    only where there is room: what stays on the page would keep the others off it for ever."""
    theirs = _to_post(user)
    found = list(rows.filter(theirs)[:MAX_ROWS])
    found += rows.exclude(theirs)[: MAX_ROWS - len(found)]
    return sorted(found, key=lambda row: (row.date, row.pk))


def _to_post(user: User) -> Q:
    """Which waiting rows `ledger.post` would take from the user: by the role, or for a giver."""
    others = ~made_by(Disbursement, user)
    if user.can(POST_DISBURSEMENT) or named_by(user, POST_DISBURSEMENT):
        return others
    for_givers = (
        within(giver, program="program", commune="commune") & ~made_by(Disbursement, giver)
        for giver in givers_of(user, POST_DISBURSEMENT)
    )
    return others & reduce(or_, for_givers, NOTHING)


@dataclass(frozen=True)
class Look:
    """What stands beside a waiting row: what deserves a second look, what is only noted, what is
    left of the plan, and its files."""

    remarks: list[str]
    notes: list[str]
    beside: Beside | None
    files: list[Attachment] = field(default_factory=list)


def looks(user: User, rows: Sequence[Disbursement]) -> dict[int, Look]:
    """What stands beside each row of a month's whole list: a page, or a stretch of a file, does not
    see the twins in the rest."""
    found = {}
    files = files_of(rows)
    for row, each, said in zip(rows, *look_at(user, rows), strict=True):
        remarks = [remark.text for remark in said if remark.code not in NOTED]
        notes = [remark.text for remark in said if remark.code in NOTED]
        found[row.pk] = Look(remarks, notes, each, files.get(row.pk, []))
    return found


def files_of(rows: Sequence[Disbursement]) -> dict[int, list[Attachment]]:
    """The files of some rows, by row, in the order they came; rows without any are left out."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    of_rows = Attachment.objects.filter(disbursement__in=[row.pk for row in rows])
    for file in of_rows.order_by("disbursement", "pk"):
        found[file.disbursement_id].append(file)
    return dict(found)


def remarks(user: User, period: Period) -> dict[int, list[str]]:
    """What deserves a second look in a month's list, by row."""
    found = looks(user, list(waiting_rows(user, period)))
    return {pk: look.remarks for pk, look in found.items() if look.remarks}


def over_plan(rows: Sequence[Disbursement], found: dict[int, Look]) -> str:
    """The one line about all waiting rows that are over the plan; empty where none is."""
    over = [row for row in rows if (beside := found[row.pk].beside) and beside.is_over]
    if not over:
        return ""
    said = ngettext(
        "%(rows)d row of %(activities)d activity is over the plan.",
        "%(rows)d rows of %(activities)d activities are over the plan.",
        len(over),
    )
    return said % {"rows": len(over), "activities": len({row.activity_id for row in over})}


@transaction.atomic
def approve(*, actor: User, period: Period, chosen: dict[int, int]) -> list[Disbursement]:
    """Post the chosen rows of a month, all or none; `chosen` is row → the version that was seen.

    Raises `Conflict` when one of them has changed since, naming it, and then posts none.
    """
    if not chosen:
        raise ValidationError(coded("required", _("Choose at least one row.")))
    rows = Disbursement.objects.visible_to(actor).filter(pk__in=chosen, period=period)
    rows = rows.select_related(*RELATED).prefetch_related("makers")
    found = list(rows.order_by("date", "pk"))
    if len(found) != len(chosen):
        raise Conflict(_("Some of these rows are no longer in this month's list."), "stale")
    if not bulk.post_many(actor=actor, rows=found, versions=chosen):
        return _one_by_one(actor, found, chosen)
    posted = Disbursement.objects.select_related("activity", "commune", "fiscal_year")
    there = posted.in_bulk(chosen.keys())
    return [there[row.pk] for row in found]


def _one_by_one(
    actor: User, rows: Sequence[Disbursement], versions: dict[int, int]
) -> list[Disbursement]:
    """Post them, or say which cannot be and why."""
    posted = []
    for row in rows:
        try:
            posted.append(ledger.post(actor=actor, disbursement=row, version=versions[row.pk]))
        except Conflict as error:
            raise Conflict(
                _("%(row)s of %(day)s: %(why)s Nothing was posted.")
                % {
                    "row": row.voucher_no or row.activity.code,
                    "day": display.day(row.date),
                    "why": error.message,
                },
                error.code,
            ) from error
    return posted
