"""Writes about difficulties."""

from datetime import date as Date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notices import services as notices
from accounts.notices.models import NoticeKind
from accounts.roles import RECORD_DIFFICULTY
from accounts.scope import outside
from communes.own_day import PlacedServices
from core.services.access import check
from core.services.errors import Conflict, require_reason
from core.services.transition import transition
from core.values.dates import in_future, today
from core.values.said import coded
from core.values.text import names_in
from monitoring.models import Difficulty
from monitoring.models.difficulties import DifficultyState


def _difficulty(row: Difficulty, actor: User, many: object = None) -> None:
    if row.activity is not None and row.program is None:
        row.program = row.activity.program
    errors = outside(actor, program=row.program, commune=row.commune)
    if row.activity is not None and row.activity.program_id != row.program_id:
        errors["activity"] = coded(
            "other_program", _("This activity belongs to another programme.")
        )
    if row.raised_on is None:
        row.raised_on = today()
    if said := in_future(row.raised_on):
        errors["raised_on"] = said
    if row.due_date and row.due_date < row.raised_on:
        errors["due_date"] = coded("wrong_order", _("It cannot be due before it was raised."))
    if errors:
        raise ValidationError(errors)


class DifficultyServices(PlacedServices[Difficulty]):
    """Writes of difficulties; a new one is told to whoever may do something about it there."""

    @transaction.atomic
    def create(self, *, actor: Any, **fields: object) -> Difficulty:
        row: Difficulty = super().create(actor=actor, **fields)
        people = notices.concerned(RECORD_DIFFICULTY, program=row.program, commune=row.commune)
        notices.tell(kind=NoticeKind.DIFFICULTY, about=row, actor=actor, people=people)
        return row


difficulties = DifficultyServices(
    Difficulty,
    permissions=(RECORD_DIFFICULTY,),
    fields=names_in(
        "title program commune activity raised_on affects effect solution owner due_date meeting "
        "visit"
    ),
    prepare=_difficulty,
    editable=lambda row: row.state != DifficultyState.RESOLVED,
)


@transaction.atomic
def take_in_hand(*, actor: User, difficulty: Difficulty, version: int | None = None) -> Difficulty:
    """Open → in hand: somebody is on it."""
    check(actor, RECORD_DIFFICULTY)
    _difficulty(difficulty, actor)
    return transition(
        difficulty,
        actor=actor,
        to=DifficultyState.IN_HAND,
        version=version,
        why=_("in hand"),
    )


@transaction.atomic
def resolve(
    *,
    actor: User,
    difficulty: Difficulty,
    result: str,
    date: Date | None = None,
    version: int | None = None,
) -> Difficulty:
    """Open or in hand → resolved, with what came of it."""
    check(actor, RECORD_DIFFICULTY)
    _difficulty(difficulty, actor)
    date = date or today()
    errors = {}
    if not result.strip():
        errors["result"] = coded("required", _("Say what came of it."))
    if not difficulty.raised_on <= date <= today():
        errors["date"] = coded(
            "out_of_range", _("It was resolved between the day it was raised and today.")
        )
    if errors:
        raise ValidationError(errors)
    return transition(
        difficulty,
        actor=actor,
        to=DifficultyState.RESOLVED,
        version=version,
        refused=Conflict(_("This difficulty is resolved already."), "state"),
        why=result,
        result=result.strip(),
        resolved_on=date,
    )


@transaction.atomic
def reopen(
    *, actor: User, difficulty: Difficulty, reason: str, version: int | None = None
) -> Difficulty:
    """Resolved → open again, with a reason; the result is kept in its history."""
    check(actor, RECORD_DIFFICULTY)
    _difficulty(difficulty, actor)
    require_reason(reason, _("Say why."))
    return transition(
        difficulty,
        actor=actor,
        to=DifficultyState.OPEN,
        version=version,
        why=reason,
        result="",
        resolved_on=None,
    )
