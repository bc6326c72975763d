"""Writes about action points: raised, done with a note, verified by somebody else."""

from datetime import date as Date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import RECORD_DIFFICULTY, RECORD_MEETING, RECORD_OUTPUT
from accounts.scope import outside
from communes.own_day import PlacedServices
from core.services.access import check
from core.services.errors import Conflict, require_reason
from core.services.request_cache import once
from core.services.transition import transition
from core.values.dates import in_future, today
from core.values.said import coded, refused
from monitoring.models import ActionPoint
from monitoring.models.action_points import SOURCES, ActionState

MAY_RAISE = (RECORD_MEETING, RECORD_DIFFICULTY, RECORD_OUTPUT)
FIELDS = (
    "title",
    "kind",
    "due_date",
    "assignee_user",
    "assignee_body",
    "board",
    "program",
    "commune",
    *SOURCES,
)


def _point(row: ActionPoint, actor: User, many: object = None) -> None:
    """In the actor's scope; raised by something the actor sees; the person can see it too."""
    errors = outside(actor, program=row.program, commune=row.commune)
    for name in SOURCES:
        source = getattr(row, name)
        if source and not type(source).objects.visible_to(actor).filter(pk=source.pk).exists():
            errors[name] = coded("does_not_exist", _("There is no such record in your assignment."))
    person = row.assignee_user
    if person and not person.is_active:
        errors["assignee_user"] = coded("inactive", _("This person no longer works here."))
    if errors:
        raise ValidationError(errors)


points = PlacedServices(
    ActionPoint,
    permissions=MAY_RAISE,
    fields=FIELDS,
    prepare=_point,
    editable=lambda row: row.state == ActionState.OPEN,
)


def raise_point(*, actor: User, **fields: object) -> ActionPoint:
    """Raise an action point (`FIELDS`)."""
    return points.create(actor=actor, **fields)


def may_finish(user: User, point: ActionPoint) -> bool:
    """The person it was given to, its author, or who records such things in its scope."""
    if user.pk in (point.assignee_user_id, point.created_by_id):
        return True
    covered = not outside(user, program=point.program, commune=point.commune)
    return covered and any(map(user.can, MAY_RAISE))


@transaction.atomic
def finish(
    *,
    actor: User,
    point: ActionPoint,
    note: str,
    date: Date | None = None,
    version: int | None = None,
) -> ActionPoint:
    """Say it is done, and what was done. The word of who was given it, or of its author, waits for
    somebody else's."""
    if not may_finish(actor, point):
        raise PermissionDenied
    date = date or today()
    if not note.strip():
        raise refused("note", "required", _("Say what was done."))
    if said := in_future(date):
        raise ValidationError({"date": said})
    own = actor.pk == point.created_by_id or _was_given_to(actor, point)
    return transition(
        point,
        actor=actor,
        to=ActionState.REPORTED if own else ActionState.DONE,
        allowed_from=[ActionState.OPEN],
        version=version,
        refused=Conflict(_("This action point is no longer open."), "state"),
        why=note.strip(),
        done_note=note.strip(),
        done_on=date,
        done_by=actor,
    )


def _was_given_to(actor: User, point: ActionPoint) -> bool:
    """Whether it is, or once was, the actor's to do."""
    return bool(point.history.filter(assignee_user=actor).exists())


@transaction.atomic
def verify(*, actor: User, point: ActionPoint, version: int | None = None) -> ActionPoint:
    """Confirm what was reported done; never by the same person."""
    if not may_finish(actor, point) or actor.pk == point.done_by_id:
        raise PermissionDenied(_("Somebody else verifies what you reported done."))
    return transition(
        point,
        actor=actor,
        to=ActionState.DONE,
        allowed_from=[ActionState.REPORTED],
        version=version,
        guard=~Q(done_by=actor),
        refused=Conflict(_("There is nothing to verify here."), "state"),
        why=_("verified"),
        verified_by=actor,
    )


@transaction.atomic
def reopen(
    *, actor: User, point: ActionPoint, reason: str, version: int | None = None
) -> ActionPoint:
    """Put back what is not done after all, or was cancelled, with a reason."""
    return _decide(actor, point, reason, version, ActionState.OPEN)


@transaction.atomic
def cancel(
    *, actor: User, point: ActionPoint, reason: str, version: int | None = None
) -> ActionPoint:
    """No longer to be done, with a reason; what another one assigned, not by who was to do it."""
    if actor.pk != point.created_by_id and _was_given_to(actor, point):
        raise PermissionDenied(_("Somebody else assigned it: you do not cancel it yourself."))
    return _decide(actor, point, reason, version, ActionState.CANCELLED)


def _decide(
    actor: User, point: ActionPoint, reason: str, version: int | None, to: str
) -> ActionPoint:
    check(actor, *MAY_RAISE)
    _point(point, actor)
    require_reason(reason, _("Say why."))
    changed: dict[str, Any] = {"dropped_why": reason.strip()}
    if to == ActionState.OPEN:
        changed = {"done_note": "", "done_on": None, "done_by": None, "verified_by": None}
        changed["dropped_why"] = ""
    return transition(
        point,
        actor=actor,
        to=to,
        version=version,
        why=reason,
        **changed,
    )


def due(user: User, as_of: Date, within_days: int = 31) -> list[ActionPoint]:
    """What the user sees of open points that are overdue or due within some days."""
    last = Date.fromordinal(as_of.toordinal() + within_days)
    return [
        point
        for point in _unfinished(user)
        if point.seen and point.state == ActionState.OPEN and point.due_date
        if point.due_date <= last
    ]


def _unfinished(user: User) -> list[Any]:
    """Open and reported points that the user sees (`seen`), was given or raised, as lists have
    them: one question for a page that asks of them several ways."""

    def read() -> list[Any]:
        seen = Exists(ActionPoint.objects.visible_to(user).filter(pk=OuterRef("pk")))
        mine = Q(assignee_user=user) | Q(created_by=user)
        rows = ActionPoint.objects.filter(state__in=(ActionState.OPEN, ActionState.REPORTED))
        rows = rows.annotate(seen=seen).filter(Q(seen=True) | mine)
        return list(rows.select_related("assignee_user", "program", "commune"))

    return once(("unfinished points", user.pk), read)


def for_digest(user: User, as_of: Date) -> list[ActionPoint]:
    """Points of this person (or written by them) that became overdue since their last digest and
    are still open: said once, the day after, or as soon as there is a digest again."""
    rows = ActionPoint.objects.overdue_since(user.digest_on, as_of)
    return list(rows.filter(Q(assignee_user=user) | Q(created_by=user)))


def to_do(user: User) -> list[ActionPoint]:
    """Open points that this person was given; of those given to a body, what they raised."""
    return [
        point
        for point in _unfinished(user)
        if point.state == ActionState.OPEN
        if point.assignee_user_id == user.pk
        or (point.assignee_user_id is None and point.created_by_id == user.pk)
    ]


def to_verify(user: User) -> list[ActionPoint]:
    """Points whose author reported them done, for somebody else to verify."""
    return [
        point
        for point in _unfinished(user)
        if point.state == ActionState.REPORTED and point.seen and point.done_by_id != user.pk
        if may_finish(user, point)
    ]
