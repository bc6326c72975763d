"""Writes about meetings and visits, and conclusions made into action points."""

from collections.abc import Iterable
from datetime import date as Date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import RECORD_MEETING, RECORD_OUTPUT
from accounts.scope import outside
from communes.lookups import is_part_of
from communes.own_day import PlacedServices, check_place
from core.services.access import check
from core.services.errors import Conflict
from core.services.transition import save_with_history
from core.values.dates import in_future
from core.values.said import coded, refused
from core.values.text import names_in
from monitoring.models import ActionPoint, Attendance, Meeting, StatedFigure, StatedOutcome, Visit
from monitoring.models.visits import VisitState
from monitoring.reviews.services.action_points import raise_point


def in_scope(row: Visit | Meeting, actor: User, many: object = None) -> None:
    """Programme and commune, where named, are the actor's. Raises `ValidationError`."""
    if errors := outside(actor, program=row.program, commune=row.commune):
        raise ValidationError(errors)


def _visit(row: Visit, actor: User, many: dict[str, object]) -> None:
    in_scope(row, actor)
    errors: dict[str, str] = {}
    if row.state == VisitState.PLANNED and row.seen.strip():
        errors["seen"] = coded(
            "still_planned", _("A planned visit has seen nothing yet: say that it was made.")
        )
    if row.state == VisitState.MADE:
        if said := in_future(row.date):
            errors["date"] = said
        if not row.seen.strip():
            errors["seen"] = coded("required", _("This field is required."))
    if row.village and not is_part_of(row.village.commune_id, [row.commune_id]):
        errors["village"] = coded("other_commune", _("This village lies in another commune."))
    stands = row.output.communes.values_list("pk", flat=True) if row.output else ()
    if row.output and not any(is_part_of(unit, [row.commune_id]) for unit in stands):
        errors["output"] = coded("other_commune", _("This stands in another commune."))
    if errors:
        raise ValidationError(errors)


meetings = PlacedServices(
    Meeting,
    permissions=(RECORD_MEETING,),
    fields=names_in(
        "title kind date date_precision place chair secretary fiscal_year program commune "
        "attending reports_given results shortcomings difficulties_said challenges solutions "
        "conclusions note"
    ),
    many=("boards",),
    prepare=in_scope,
)
visits = PlacedServices(
    Visit,
    permissions=(RECORD_OUTPUT,),
    fields=names_in(
        "title date program commune village output from_district from_plan from_commune team "
        "state seen advice"
    ),
    prepare=_visit,
)


@transaction.atomic
def state(
    *,
    actor: User,
    meeting: Meeting,
    figures: Iterable[dict[str, object]] | None = None,
    outcomes: Iterable[dict[str, object]] | None = None,
    attendance: Iterable[dict[str, object]] | None = None,
) -> Meeting:
    """Replace the stated figures, the stated outcomes and the attendance of a meeting (those that
    are given)."""
    check(actor, RECORD_MEETING)
    in_scope(meeting, actor)
    kinds = (
        ("stated_figures", StatedFigure, figures),
        ("stated_outcomes", StatedOutcome, outcomes),
        ("attendance", Attendance, attendance),
    )
    for name, model, given in kinds:
        if given is None:
            continue
        rows: list[Any] = [model(meeting=meeting, **values) for values in given]
        for row in rows:
            try:
                _check_figure(row)
                row.full_clean(exclude=["meeting"])
            except ValidationError as error:
                raise ValidationError({name: [error]}) from error
        getattr(meeting, name).all().delete()
        model._default_manager.bulk_create(rows)
    save_with_history(meeting, actor, _("what was stated there"))
    return meeting


Said = StatedFigure | StatedOutcome | Attendance
S = TypeVar("S", StatedFigure, StatedOutcome, Attendance)


def _check_figure(row: Said) -> None:
    """A commune spoken of is the one of the year, or the day, that the figure speaks of."""
    unit = getattr(row, "commune", None)
    if unit and (errors := check_place(unit, row.own_day)):
        raise ValidationError(errors)


def add_figure(*, actor: User, meeting: Meeting, **fields: object) -> StatedFigure:
    """Add a figure that was stated at a meeting. Raises `ValidationError` by field."""
    return _stated(actor, meeting, StatedFigure(meeting=meeting, **fields))


def add_outcome(*, actor: User, meeting: Meeting, **fields: object) -> StatedOutcome:
    """Add an outcome that was stated at a meeting, in words."""
    return _stated(actor, meeting, StatedOutcome(meeting=meeting, **fields))


def add_attendance(*, actor: User, meeting: Meeting, **fields: object) -> Attendance:
    """Add a body, or somebody of it, that was at a meeting, with what they did there."""
    return _stated(actor, meeting, Attendance(meeting=meeting, **fields))


def last_attended(meeting: Meeting, actor: User) -> Meeting | None:
    """The last meeting of this kind before it that says who attended; None where this one has
    attendance of its own."""
    if meeting.attendance.exists():  # type: ignore[attr-defined]
        return None
    before = Meeting.objects.visible_to(actor).filter(
        kind=meeting.kind, date__lte=meeting.date, attendance__isnull=False
    )
    return before.exclude(pk=meeting.pk).order_by("-date", "-pk").first()


@transaction.atomic
def attendance_from_last(*, actor: User, meeting: Meeting) -> Meeting:
    """Begin the attendance with the bodies and offices of the last meeting's. Who was there, how
    many, and what they did is for this meeting to say."""
    check(actor, RECORD_MEETING)
    in_scope(meeting, actor)
    if meeting.attendance.exists():  # type: ignore[attr-defined]
        raise Conflict(_("This meeting already says who attended."), "state")
    last = last_attended(meeting, actor)
    if last is None:
        raise ValidationError(
            coded("does_not_exist", _("No meeting of this kind before it says who attended."))
        )
    kept = last.attendance.values("body", "office", "other_office")  # type: ignore[attr-defined]
    Attendance.objects.bulk_create(Attendance(meeting=meeting, **each) for each in kept)
    save_with_history(meeting, actor, _("attendance begun from %(meeting)s") % {"meeting": last})
    return meeting


def doubts(meeting: Meeting) -> dict[str, str]:
    """What the minutes of a meeting still lack, by field; it locks nothing."""
    lacks = {
        "attendance": ""
        if meeting.attendance.exists() or meeting.attending.strip()  # type: ignore[attr-defined]
        else _("Nobody is entered as attending yet: the minutes say so, by body."),
        "chair": "" if meeting.chair else _("The minutes will say that no chair was stated."),
        "secretary": "" if meeting.secretary else _("The minutes will name no secretary."),
    }
    return {field: said for field, said in lacks.items() if said}


@transaction.atomic
def _stated(actor: User, meeting: Meeting, row: S) -> S:
    check(actor, RECORD_MEETING)
    in_scope(meeting, actor)
    _check_figure(row)
    row.full_clean()
    row.save()
    why = _("attending: %(what)s") if isinstance(row, Attendance) else _("stated there: %(what)s")
    save_with_history(meeting, actor, why % {"what": row})
    return row


@transaction.atomic
def withdraw(*, actor: User, meeting: Meeting, stated: Said) -> None:
    """Take out what was entered by mistake; the meeting's trail keeps its words."""
    check(actor, RECORD_MEETING)
    in_scope(meeting, actor)
    save_with_history(meeting, actor, _("taken out: %(what)s") % {"what": stated})
    stated.delete()


@transaction.atomic
def conclude(
    *,
    actor: User,
    meeting: Meeting,
    conclusion: str,
    due_date: Date | None = None,
    **assignee: object,
) -> ActionPoint:
    """Make a conclusion of a meeting an action point; it is one of the meeting's own lines."""
    check(actor, RECORD_MEETING)
    said = [line.strip() for line in meeting.conclusions.splitlines()]
    if conclusion.strip() not in said:
        raise refused("conclusion", "does_not_exist", _("The meeting has no such conclusion."))
    return raise_point(
        actor=actor,
        title=conclusion.strip(),
        due_date=due_date,
        meeting=meeting,
        program=meeting.program,
        commune=meeting.commune,
        **assignee,
    )
