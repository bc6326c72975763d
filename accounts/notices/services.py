"""Notices are written in the transaction of what they tell of, by its service, and read by whom
they were told to. Nobody reads or marks another one's."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts.models import Assignment, User
from accounts.notices.models import Notice, NoticeKind
from accounts.roles import roles_with
from accounts.scope import Unit
from core.values.text import squash

MOST_PEOPLE = 500  # told of one thing
MOST_UNREAD = 99  # counted in the head of a page


def tell(*, kind: str, about: Model, actor: User, people: Iterable[User], text: str = "") -> int:
    """Tell people of a record, but never who did it, nor twice before they have read it.
    How many were told."""
    concerned = {person.pk for person in people if person.is_active} - {actor.pk}
    keys = sorted(concerned)[:MOST_PEOPLE]
    if not keys:
        return 0
    of = {"kind": kind, "content_type": type_of(about), "object_id": about.pk}
    told = set(Notice.objects.unread().filter(user__in=keys, **of).values_list("user", flat=True))
    said = squash(text or str(about))[:300]
    rows = [Notice(user_id=key, actor=actor, text=said, **of) for key in keys if key not in told]
    Notice.objects.bulk_create(rows)
    return len(rows)


def concerned(
    permission: str, *, program: object = None, commune: "Unit | None" = None
) -> list[User]:
    """Who has a permission by the role and an assignment that covers programme × commune; None is
    a record's that names none, which everybody with an assignment sees."""
    rows = Assignment.objects.filter(user__is_active=True, user__role__in=roles_with(permission))
    if program is not None:
        rows = rows.filter(Q(program=None) | Q(program=program))
    if commune is not None:
        units = {commune.pk, commune.parent_id, commune.successor_id} - {None}
        rows = rows.filter(Q(commune=None) | Q(commune__in=units))
    keys = rows.order_by().values("user")
    return list(User.objects.filter(pk__in=keys).order_by("pk")[:MOST_PEOPLE])


def everywhere(permission: str) -> list[User]:
    """Who has a permission and sees every programme in every commune."""
    rows = Assignment.objects.filter(program=None, commune=None).order_by().values("user")
    people = User.objects.filter(is_active=True, role__in=roles_with(permission), pk__in=rows)
    return list(people.order_by("pk")[:MOST_PEOPLE])


def unread_count(user: User) -> int:
    """How many wait to be read, at most 99."""
    return Notice.objects.visible_to(user).unread().order_by()[:MOST_UNREAD].count()


def mark_read(*, actor: User, notice: Notice) -> Notice:
    """The person has seen it; the first time counts."""
    now = timezone.now()
    Notice.objects.visible_to(actor).unread().filter(pk=notice.pk).update(read_at=now)
    notice.refresh_from_db()
    return notice


def mark_all_read(*, actor: User, until: datetime | None = None) -> int:
    """Everything told to the person (until then) is read; how much that was."""
    now = timezone.now()
    rows = Notice.objects.visible_to(actor).unread().filter(made_at__lte=until or now)
    return rows.update(read_at=now)


def mark_about(user: User, record: Model) -> None:
    """The person has the record before them: what told of it is read."""
    rows = Notice.objects.visible_to(user).unread()
    rows.filter(content_type=type_of(record), object_id=record.pk).update(read_at=timezone.now())


def to_mail(user: User) -> QuerySet[Notice]:
    """Unread ones that no letter has told of, the newest first; mentions have a line of their
    own there."""
    return Notice.objects.visible_to(user).unread().filter(mailed_at=None).exclude(
        kind=NoticeKind.MENTION
    )  # fmt: skip


def mark_mailed(user: User, until: datetime) -> None:
    """A letter told the person of what there was by then: no other one does."""
    rows = Notice.objects.visible_to(user).filter(mailed_at=None, made_at__lte=until)
    rows.update(mailed_at=timezone.now())


def clear_before(day: datetime, batch: int) -> int:
    """Delete at most so many of those told before a moment; how many there were."""
    old = Notice.objects.filter(made_at__lt=day).order_by("pk").values_list("pk", flat=True)
    with transaction.atomic():
        return Notice.objects.filter(pk__in=list(old[:batch])).delete()[0]


def type_of(record: Model) -> ContentType:
    return ContentType.objects.get_for_model(type(record))
