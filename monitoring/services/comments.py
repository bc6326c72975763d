"""Comments: written by who sees the record, mentioning people who see it too."""

import re
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import COMMENT
from core.access import check
from monitoring.models import Comment

MENTION = re.compile(r"(?<![\w@])@([\w.+-]+)")


def sees(user: Any, record: Any) -> bool:
    """Whether the record is in the user's scope."""
    return user.is_active and type(record).objects.visible_to(user).filter(pk=record.pk).exists()


@transaction.atomic
def comment(*, actor: Any, about: Any, text: str) -> Comment:
    """Say something about a record; `@username` mentions somebody.

    Raises `Http404` when the record is out of the author's scope, `ValidationError` on `text` when
    it is empty or mentions somebody who is not there or cannot see the record.
    """
    check(actor, COMMENT)
    if not sees(actor, about):
        raise Http404
    if not text.strip():
        raise ValidationError({"text": _("Write something.")})
    people = _mentioned(text, about)
    row = Comment(about=about, author=actor, text=text.strip())
    row.full_clean()
    row.save()
    row.mentions.set(people)
    return row


def _mentioned(text: str, about: Any) -> list[User]:
    names = {name.rstrip(".") for name in MENTION.findall(text)}
    people = {person.username: person for person in User.objects.filter(username__in=names)}
    unseeing = sorted(n for n in names if n not in people or not sees(people[n], about))
    if unseeing:
        raise ValidationError(
            {
                "text": _("Nobody by this name can see this record: %(names)s.")
                % {"names": ", ".join(f"@{name}" for name in unseeing)}
            }
        )
    return [people[name] for name in sorted(people)]


def comments_on(record: Any) -> Any:
    """The comments on a record, oldest first."""
    kind = ContentType.objects.get_for_model(type(record))
    rows = Comment.objects.filter(content_type=kind, object_id=record.pk)
    return rows.select_related("author")
