"""Comments: written by who sees the record, mentioning people who see it too."""

import re
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Case, Model, QuerySet, When
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notices import services as notices
from accounts.notices.models import NoticeKind
from accounts.roles import COMMENT
from core.services.access import check
from core.services.remarks import remark_on
from core.services.request_cache import once
from core.values.said import refused
from monitoring.models import Comment, Mention
from monitoring.models.difficulties import Difficulty

MENTION = re.compile(r"(?<![\w@])@([\w.+-]+)")


def sees(user: User, record: Any) -> bool:
    """Whether the record is in the user's scope."""
    return user.is_active and type(record).objects.visible_to(user).filter(pk=record.pk).exists()


@transaction.atomic
def comment(*, actor: User, about: Difficulty, text: str) -> Comment:
    """Say something about a record; `@username` mentions somebody.

    Raises `Http404` when the record is out of the author's scope, `ValidationError` on `text` when
    it is empty or mentions somebody who is not there or cannot see the record.
    """
    check(actor, COMMENT)
    if not sees(actor, about):
        raise Http404
    if not text.strip():
        raise refused("text", "required", _("Write something."))
    people = _mentioned(text, about)
    row = Comment(about=about, author=actor, text=text.strip())
    row.full_clean()
    remark_on(row)
    row.save()
    Mention.objects.bulk_create(
        Mention(comment=row, user=person) for person in people if person != actor
    )
    notices.tell(
        kind=NoticeKind.MENTION, about=about, actor=actor, people=people, text=f"{about}: {text}"
    )
    return row


def _mentioned(text: str, about: Model) -> list[User]:
    names = {name.rstrip(".") for name in MENTION.findall(text)}
    people = {person.username: person for person in User.objects.filter(username__in=names)}
    unseeing = sorted(n for n in names if n not in people or not sees(people[n], about))
    if unseeing:
        raise refused(
            "text",
            "cannot_see",
            _("Nobody by this name can see this record: %(names)s.")
            % {"names": ", ".join(f"@{name}" for name in unseeing)},
        )
    return [people[name] for name in sorted(people)]


def comments_on(record: Model) -> QuerySet[Comment]:
    """The comments on a record, oldest first."""
    kind = ContentType.objects.get_for_model(type(record))
    rows = Comment.objects.filter(content_type=kind, object_id=record.pk)
    return rows.select_related("author")


def mentions_of(user: User) -> QuerySet[Mention]:
    """The mentions of a person in comments on records that they (still) see: the unread ones first,
    so that no number of others keeps one from being found, then the newest."""
    rows = Mention.objects.filter(user=user)
    if rows.exists():  # most people have none: then nothing else is asked
        rows = rows.filter(comment__in=Comment.objects.visible_to(user))
    read = Case(When(read_at=None, then=0), default=1)
    return rows.select_related("comment__author").order_by(read, "-comment__written_at", "-pk")


def unread(user: User) -> QuerySet[Mention]:
    """Mentions that wait for this person: those in comments they have not opened yet."""
    rows = Mention.objects.filter(user=user, read_at=None)
    if not once(("mentioned", user.pk), rows.exists):
        return rows.none()
    return mentions_of(user).filter(read_at=None)


def mark_read(user: User, record: Model) -> None:
    """The person has the comments on this record before them."""
    kind = ContentType.objects.get_for_model(type(record))
    rows = Mention.objects.filter(user=user, read_at=None)
    rows = rows.filter(comment__content_type=kind, comment__object_id=record.pk)
    rows.update(read_at=timezone.now())
    notices.mark_about(user, record)


def to_mail(user: User) -> QuerySet[Mention]:
    """Unread mentions that no letter has told of."""
    return unread(user).filter(mailed_at=None)


def mark_mailed(user: User, until: datetime) -> None:
    """A letter told the person of what was written until then: no other one does."""
    rows = Mention.objects.filter(user=user, mailed_at=None, comment__written_at__lte=until)
    rows.update(mailed_at=timezone.now())
