"""Writes about training classes, behind every door."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import LOAD_HISTORY, RECORD_TRAINING
from accounts.scope import covers
from communes.own_day import PlacedServices, check_place
from core.api.bulk import RowErrors
from core.services.access import check
from core.services.errors import StaleVersion
from core.services.transition import create_all, save_with_history
from core.values.dates import fiscal_quarter, format_date, in_future
from core.values.said import coded, refused
from programs.models import FiscalYear
from programs.years.services import year_of
from trainings.models import COUNTS, Training

FIELDS = (
    "title",
    "topic",
    "program",
    "activity",
    "commune",
    "village",
    "venue",
    "start",
    "end",
    "sessions",
    "trainer",
    *COUNTS,
    "distinct_people",
    "note",
)
RELATIONS = {"topic", "program", "activity", "commune", "village", "fiscal_year"}


def complete(
    row: Training, actor: User, *, as_of: date | None = None, year: FiscalYear | None = None
) -> Training:
    """Set fiscal year and quarter, and hold the class against every rule with context.

    Rules: the first day is not after `as_of` (default today) and lies in a fiscal year; the commune
    existed then; programme and commune are in the actor's scope. Raises `ValidationError`.
    """
    errors: dict[str, str] = {}
    found = year or year_of(row.start)
    if said := in_future(row.start, as_of):
        errors["start"] = said
    if found is None:
        errors["start"] = coded(
            "no_fiscal_year", _("%(day)s lies in no fiscal year.") % {"day": format_date(row.start)}
        )
    if not covers(actor, row.program, row.commune):
        errors["commune"] = coded(
            "outside_assignment",
            _("%(commune)s is outside your assignment for %(program)s.")
            % {"commune": row.commune.name, "program": row.program.code},
        )
    elif row.pk is None:  # `PlacedServices` holds what is changed against its place
        errors.update(check_place(row.commune, row.own_day))
    if errors or found is None:
        raise ValidationError(errors)
    row.fiscal_year = found
    row.quarter = fiscal_quarter(row.start, found.start)
    return row


@transaction.atomic
def load(*, actor: User, rows: Sequence[Training], reason: str = "") -> list[Training]:
    """Save classes of a workbook that have been through `complete()` and `clean()`."""
    check(actor, RECORD_TRAINING, LOAD_HISTORY)
    for row in rows:
        row.set_keys()
    return create_all(rows, actor, reason)


@transaction.atomic
def change_rows(*, actor: User, rows: Sequence[Training], reason: str) -> None:
    """Save classes with their new values, all or none; they are in the version they were read in.

    Raises `Conflict` where one was changed or deleted since.
    """
    if not rows:
        return
    check(actor, RECORD_TRAINING)
    keys = [row.pk for row in rows]
    there = {row.pk: row for row in Training.objects.select_for_update().filter(pk__in=keys)}
    for row in rows:
        stored = there.get(row.pk)
        if stored is None or stored.version != row.version:
            raise StaleVersion
        if not covers(actor, stored.program, stored.commune):
            raise PermissionDenied
        complete(row, actor)  # it must be theirs afterwards, too
        row.version += 1
        save_with_history(row, actor, reason)


def check_not_entered(row: Training) -> None:
    """Refuse a class whose title, commune, first day and head counts are all there."""
    if same_classes(row).exclude(pk=row.pk).exists():
        raise already_entered(row)


def already_entered(row: Training) -> ValidationError:
    """The refusal of a class that is there already."""
    said = _("This class of %(day)s in %(commune)s is already entered.")
    return refused(
        "title", "already_entered", said % {"day": format_date(row.start), "commune": row.commune}
    )


def same_classes(row: Training) -> QuerySet[Training]:
    """Classes with the same title, commune, first day and head counts."""
    same = ("title", "commune_id", "start", *COUNTS)
    return Training.objects.filter(**{name: getattr(row, name) for name in same})


def _prepare(row: Training, actor: User, many: object) -> None:
    """Programme by default the topic's, last day the first; then every rule with context."""
    if row.program_id is None:
        if row.topic.program_id is None:
            raise refused("program", "required", _("Name the programme: the topic has none."))
        row.program = row.topic.program
    row.end = row.end or row.start
    if row.participants is None and None not in (row.female, row.male):
        row.participants = row.female + row.male
    complete(row, actor)
    check_not_entered(row)


classes = PlacedServices(Training, permissions=(RECORD_TRAINING,), fields=FIELDS, prepare=_prepare)


@transaction.atomic
def create_many(*, actor: User, rows: Sequence[dict[str, object]]) -> list[Training]:
    """Enter a class of each row's fields, all or none. Raises `RowErrors`."""
    check(actor, RECORD_TRAINING)
    made: list[Training] = []
    errors: dict[int, ValidationError] = {}
    for index, fields in enumerate(rows):
        row = Training(**fields)
        try:
            _prepare(row, actor, None)
            row.clean_fields(exclude=RELATIONS)
            row.clean()
        except ValidationError as error:
            errors[index] = error
        made.append(row)
    if errors:
        raise RowErrors(errors)
    return load(actor=actor, rows=made, reason=_("entered"))


@transaction.atomic
def copy(*, actor: User, training: Training, starts: Iterable[date]) -> list[Training]:
    """The same class on other first days, as long and with the same head counts; then each is
    changed where it differed. All or none."""
    check(actor, RECORD_TRAINING)
    starts = list(starts)
    if not starts:
        raise refused("starts", "required", _("Give at least one day."))
    length = training.end - training.start
    made = []
    for start in starts:
        row = Training(**{name: getattr(training, name) for name in FIELDS})
        row.start, row.end = start, start + length
        try:
            _prepare(row, actor, None)
        except ValidationError as error:
            raise ValidationError({"starts": [error]}) from error
        save_with_history(row, actor, _("copied from %(day)s") % {"day": training.start})
        made.append(row)
    return made


@transaction.atomic
def delete(*, actor: User, training: Training, version: int) -> None:
    """Take back a class entered by mistake; its history keeps what it was."""
    check(actor, RECORD_TRAINING, LOAD_HISTORY)
    row = Training.objects.select_for_update().get(pk=training.pk)
    complete(row, actor)
    if row.version != version:
        raise StaleVersion
    row._history_user = actor  # type: ignore[attr-defined]
    row.delete()
