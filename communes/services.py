"""Writes about boards."""

from collections.abc import Iterable
from datetime import date as Date
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import RECORD_MEETING
from accounts.scope import outside
from communes.models import Board, BoardMember
from communes.own_day import PlacedServices, check_place, unit_then
from core.services.access import check
from core.services.errors import Conflict, StaleVersion
from core.services.transition import save_with_history
from core.values.dates import format_date
from core.values.said import refused
from core.values.text import names_in

MEMBER_FIELDS = ("office", "role", "name", "acting")


def _board(row: Board, actor: User, many: dict[str, object]) -> None:
    errors = outside(actor, commune=row.commune)
    if errors:
        raise ValidationError(errors)
    row.level = row.commune.level


boards = PlacedServices(
    Board,
    permissions=(RECORD_MEETING,),
    fields=names_in(
        "name aliases kind commune decision_no decision_date term_start term_end to_consolidate "
        "note"
    ),
    prepare=_board,
)


@transaction.atomic
def seat(*, actor: User, board: Board, members: Iterable[dict[str, object]]) -> Board:
    """Replace the members of a board by these (`MEMBER_FIELDS`), in this order."""
    check(actor, RECORD_MEETING)
    _board(board, actor, {})
    rows = [
        BoardMember(board=board, order=order, **member)
        for order, member in enumerate(members, start=1)
    ]
    for row in rows:
        row.full_clean(exclude=["board"])
    board.members.all().delete()
    BoardMember.objects.bulk_create(rows)
    save_with_history(board, actor, _("members set"))
    return board


@transaction.atomic
def consolidate(
    *,
    actor: User,
    board: Board,
    decision_no: str,
    decision_date: Date,
    members: Iterable[dict[str, object]] | None = None,
    version: int | None = None,
) -> Board:
    """A new decision on a board (kiện toàn): ends the old term the day before; returns the new.

    Without `members` the old ones keep their seats.
    """
    check(actor, RECORD_MEETING)
    old = Board.objects.select_for_update().get(pk=board.pk)
    _board(old, actor, {})
    if version is not None and old.version != version:
        raise StaleVersion
    if Board.objects.filter(follows=old).exists():
        raise Conflict(_("This board has been consolidated already."), "state")
    if not decision_no.strip():
        raise refused("decision_no", "required", _("Give the number of the decision."))
    if old.term_start and decision_date <= old.term_start:
        raise refused(
            "decision_date",
            "wrong_order",
            _("The present term began on %(day)s: the new one comes after.")
            % {"day": format_date(old.term_start)},
        )
    if members is None:
        members = list(old.members.values(*MEMBER_FIELDS))
    old.term_end, old.to_consolidate = decision_date - timedelta(days=1), False
    old.version += 1
    save_with_history(old, actor, _("consolidated by %(no)s") % {"no": decision_no})
    new = Board(
        **{name: getattr(old, name) for name in ("name", "aliases", "kind", "level")},
        commune=unit_then(old.commune, decision_date),
        decision_no=decision_no,
        decision_date=decision_date,
        term_start=decision_date,
        follows=old,
    )
    _board(new, actor, {})
    if errors := check_place(new.commune, new.own_day):
        raise ValidationError({"decision_date": errors["commune"]})
    save_with_history(new, actor, _("consolidated"))
    return seat(actor=actor, board=new, members=members)
