"""A leaver's personal data is erased: an office number stands where name and address stood.

What the person did stays on the trail, under that number: the ledger and who decided on it are
proved as before (`check_ledger`). What stays all the same is said (`Erased.named`): sentences of
the ledger's trail, which nothing may change.
"""

import re
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Assignment, IdempotencyKey, Letter, Notice, User
from accounts.people import services as people
from accounts.roles import MANAGE_PEOPLE
from accounts.services import locked
from accounts.sign_in.own_sessions import sessions_of
from core.services.access import check
from core.services.errors import Conflict
from core.services.transition import save_with_history
from core.values.said import coded
from core.values.text import fold
from disbursements.guards import HISTORY
from imports.models import Upload
from monitoring.discussion.services import MENTION
from monitoring.handover.services import open_of
from monitoring.models import Comment
from plan_portal.retention import NEVER_USED

NUMBER = "can-bo-{pk}"  # the user name, which signs nobody in any more
NAME = "Cán bộ số {pk}"


@dataclass(frozen=True)
class Erased:
    """Under which name the person stands now, and how many sentences name the old one still."""

    name: str
    named: int


@transaction.atomic
def erase(*, actor: User, person: User, confirm: str, reason: str) -> Erased:
    """Erase somebody who has left: deactivated, signed out, without name, address, tokens.

    `confirm` is the user name, typed. Refused for oneself, for the last administrator, and while
    the person has something in hand. It cannot be undone.
    """
    check(actor, MANAGE_PEOPLE)
    _may_be(actor, person, confirm, reason)
    if person.is_active:
        people.set_active(actor=actor, user=person, active=False, reason=reason)
    row = locked(person)
    before = _Before(row.username, row.get_full_name(), row.email)
    _forget_ways_in(row)
    _rename(row, actor, reason)
    _in_comments(row, before)
    return Erased(row.display_name, _in_the_trail(before, row.display_name))


@dataclass(frozen=True)
class _Before:
    username: str
    name: str
    email: str

    @property
    def texts(self) -> list[str]:
        """What names the person for certain: a whole name, an address."""
        return [text for text in (self.name, self.email) if " " in text or "@" in text]


def _may_be(actor: User, person: User, confirm: str, reason: str) -> None:
    if person.pk == actor.pk:
        raise ValidationError(coded("not_oneself", _("Somebody else has to erase you.")))
    if person.erased_at:
        raise Conflict(_("This person is erased already."), "state")
    errors = {}
    if confirm.strip() != person.username:
        errors["confirm"] = coded("not_confirmed", _("Type the user name as it stands above."))
    if not reason.strip():
        errors["reason"] = coded("reason_needed", _("Say why."))
    if errors:
        raise ValidationError(errors)
    if open_of(person).count:
        raise Conflict(_("This person has something in hand: hand it over first."), "in_use")


def _forget_ways_in(row: User) -> None:
    """Tokens, second factor, sessions, keys with their answers, letters, notices, failed sign-ins,
    workbooks that were never used; assignments end, which is on the trail."""
    own: tuple[Any, ...] = (ApiToken, IdempotencyKey, Authenticator, EmailAddress, Letter, Notice)
    for model in own:
        model._default_manager.filter(user=row).delete()
    for counted in (AccessAttempt, AccessFailureLog, AccessLog):
        counted.objects.filter(username=row.username).delete()
    for session in list(sessions_of(row)):
        session.delete()
    for upload in Upload.objects.filter(user=row, state__in=NEVER_USED):
        upload.delete()
        upload.file.delete(save=False)
    for assignment in Assignment.objects.filter(user=row):
        assignment._change_reason = _("no longer assigned")  # type: ignore[attr-defined]
        assignment.delete()


def _rename(row: User, actor: User, reason: str) -> None:
    """An office number in place of name and address, also in the account's own trail."""
    number = {"username": NUMBER.format(pk=row.pk), "last_name": NAME.format(pk=row.pk)}
    nothing: dict[str, object] = {"first_name": "", "email": ""}
    for name, value in {**number, **nothing, "digest": False}.items():
        setattr(row, name, value)
    row.erased_at, row.last_login = timezone.now(), None
    row.session_epoch += 1
    row.set_unusable_password()
    save_with_history(row, actor, _("personal data erased: %(why)s") % {"why": reason.strip()})
    User.history.filter(id=row.pk).update(**number, **nothing)
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(row.pk)
    ).update(object_repr=number["username"])


def _in_comments(row: User, before: _Before) -> None:
    """“@name” in comments becomes the number."""

    def renamed(found: re.Match[str]) -> str:
        return f"@{row.username}" if found[1] == before.username else found[0]

    for comment in Comment.objects.filter(mention_rows__user=row):
        text = MENTION.sub(renamed, comment.text)
        Comment.objects.filter(pk=comment.pk).update(text=text, search_key=fold(text))


def _in_the_trail(before: _Before, now: str) -> int:
    """Put the number into the reasons that the trail keeps; how many of the ledger's still name
    the person, since nothing may change those."""
    named = 0
    for model in apps.get_models():
        if not hasattr(model, "history_change_reason"):
            continue
        for text in before.texts:
            rows = model._default_manager.filter(history_change_reason__contains=text)
            if model._meta.db_table in HISTORY:
                named += rows.count()
            else:
                put = Replace("history_change_reason", Value(text), Value(now))
                rows.update(history_change_reason=put)
    return named
