"""What the portal holds of one person, as plain data: for that person to read and to keep.

Every table that points at people is asked, so that a new one is never forgotten: of plain records
the ids; of what is about the person alone the contents.
"""

from collections.abc import Iterator
from datetime import datetime

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts.models import ApiToken, Delegation, Letter, Notice, User
from accounts.people import directory
from accounts.sign_in.own_sessions import sessions_of
from core.pages.history import Entry
from imports.models import Upload
from monitoring.models import Comment

IN_FULL = (
    "accounts",
    "mfa",
    "knox",
    "axes",
    "sessions",
    "account",
)  # apps whose rows are told here


def own_data(person: User) -> dict[str, object]:
    """All of it, as JSON takes it."""
    return {
        "made_at": timezone.now().isoformat(),
        "account": _account(person),
        "assignments": [directory.assignment_label(each) for each in person.assignments.all()],
        "delegations": [_delegation(each) for each in _delegations(person)],
        "api_tokens": [_token(each) for each in ApiToken.objects.filter(user=person)],
        "sign_in": _sign_in(person),
        "trail_of_the_account": [_entry(each) for each in directory.trail(person)],
        "letters": [_letter(each) for each in Letter.objects.filter(user=person)],
        "notices": [_notice(each) for each in Notice.objects.filter(user=person)],
        "comments": [_comment(each) for each in Comment.objects.filter(author=person)],
        "workbooks": [_upload(each) for each in Upload.objects.filter(user=person).order_by("pk")],
        "records": {name: list(keys) for name, keys in _records(person) if keys},
        "changes_in_the_trail": dict(_changes(person)),
        "kept_days": {
            "failed_sign_ins": settings.FAILED_SIGN_IN_DAYS,
            "unused_workbooks": settings.UNUSED_WORKBOOK_DAYS,
            "idempotency_keys": settings.IDEMPOTENCY_DAYS,
            "notices": settings.NOTICE_DAYS,
            "letters": settings.LETTER_DAYS,
            "tasks": settings.TASK_DAYS,
        },
    }


def _account(person: User) -> dict[str, object]:
    names = ("username", "last_name", "first_name", "email", "office", "role", "language")
    said = {name: getattr(person, name) for name in names}
    said |= {"digest": person.digest, "is_active": person.is_active}
    return said | {
        "joined": _moment(person.date_joined),
        "last_sign_in": _moment(person.last_login),
    }


def _delegations(person: User) -> QuerySet[Delegation]:
    rows = Delegation.objects.filter(Q(giver=person) | Q(receiver=person))
    return rows.select_related("giver", "receiver")


def _delegation(row: Delegation) -> dict[str, object]:
    return {
        "giver": row.giver.username,
        "receiver": row.receiver.username,
        "start": row.start.isoformat(),
        "end": row.end.isoformat(),
        "reason": row.reason,
    }


def _token(row: ApiToken) -> dict[str, object]:
    """Its name and days; of the token itself only a digest is stored, which tells nothing."""
    said = {"name": row.label, "read_only": row.read_only, "created": _moment(row.created)}
    return said | {"ends": _moment(row.expiry), "last_used": _moment(row.last_used)}


def _letter(row: Letter) -> dict[str, object]:
    said = {"kind": row.kind, "state": row.state}
    return said | {"queued": _moment(row.made_at), "ended": _moment(row.ended_at)}


def _notice(row: Notice) -> dict[str, object]:
    return {"told": _moment(row.made_at), "read": _moment(row.read_at), "text": row.text}


def _sign_in(person: User) -> dict[str, object]:
    failed = AccessAttempt.objects.filter(username=person.username).order_by("pk")
    return {
        "second_factors": list(
            Authenticator.objects.filter(user=person).order_by("pk").values_list("type", flat=True)
        ),
        "sessions_end": [_moment(row.expire_date) for row in sessions_of(person)],
        "failed": [
            {
                "address": row.ip_address,
                "browser": row.user_agent,
                "last": _moment(row.attempt_time),
            }
            for row in failed
        ],
    }


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "when": str(entry.when),
        "who": str(entry.who),
        "why": str(entry.why),
        "changes": [f"{c.label}: {c.before} → {c.after}" for c in entry.changes],
    }


def _comment(row: Comment) -> dict[str, object]:
    about = f"{row.content_type.model}/{row.object_id}"
    return {"about": about, "written": _moment(row.written_at), "text": row.text}


def _upload(row: Upload) -> dict[str, object]:
    return {"name": row.name, "state": row.state, "sent": _moment(row.created_at)}


def pointing_at_people() -> Iterator[tuple[type[Model], list[str]]]:
    """Every table of records that points at people, and by which fields."""
    for model in apps.get_models():
        if model._meta.app_label in IN_FULL or "Historical" in model.__name__:
            continue
        names = [
            field.name
            for field in (*model._meta.fields, *model._meta.many_to_many)
            if field.related_model is User
        ]
        if names:
            yield model, names


def _records(person: User) -> Iterator[tuple[str, list[int]]]:
    for model, names in pointing_at_people():
        for name in names:
            rows = model._default_manager.filter(**{name: person}).order_by("pk")
            yield f"{model._meta.label_lower}.{name}", list(rows.values_list("pk", flat=True))


def _changes(person: User) -> Iterator[tuple[str, int]]:
    """How many lines of the trail of each kind of record name the person as who did it."""
    for model in apps.get_models():
        if hasattr(model, "history_user") and (
            count := model._default_manager.filter(history_user=person).count()
        ):
            yield model._meta.label_lower, count


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
