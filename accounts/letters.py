"""Every letter is queued in the transaction that wants it, and sent by the worker (ADR 25).

What waits is who is written to and what about, never the letter: its link, with the secret in it,
is made in the moment of sending and stored nowhere.

Promised: a letter that is queued is sent, tried again, or shown to the administrator as one that
has not gone. It is never sent twice by itself, whatever dies when: that it is about to go is
committed before it goes, and what was interrupted in between, or whose answer from the mail server
was lost, is “unsure”: it may have gone, and only a person tries it again.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from accounts import mail
from accounts.models import Letter, LetterKind, LetterState, User
from accounts.roles import MANAGE_SETTINGS
from core.services.access import check
from core.services.errors import Conflict

AGAIN_AFTER = (60, 600, 3600, 6 * 3600)  # seconds, after each failed try but the last
LONG_AGO = 24 * 3600
STOPPED = (LetterState.FAILED, LetterState.UNSURE)
UNDER_WAY = (LetterState.WAITING, LetterState.SENDING)

Writer = Callable[[Letter], EmailMessage | None]
WRITERS: dict[str, Writer] = {}  # by kind: the letter, or None where there is nothing to say
SENT: dict[str, Callable[[Letter], None]] = {}  # by kind: what follows once it has gone

logger = logging.getLogger(__name__)


class Refused(Exception):
    """The letter did not go for certain; `for_good` where another try would not help."""

    def __init__(self, fault: str, *, for_good: bool = False) -> None:
        super().__init__(fault)
        self.for_good = for_good


@transaction.atomic
def queue(kind: str, user: User | None = None, *, to: str = "", about: str = "") -> Letter | None:
    """Have the worker write and send a letter; None where no letter leaves this portal."""
    if not mail.reaches_people():
        logger.warning("No letter leaves this portal: EMAIL_URL is not set")
        return None
    letter = Letter.objects.create(kind=kind, user=user, to=to, about=about)
    send.enqueue(letter.pk)
    return letter


def tell_old_address(user: User, before: str) -> None:
    """A letter to the address that an account no longer has, if it has changed."""
    if before and before != user.email:
        queue(LetterKind.ADDRESS, user, to=before)


@task()
def send(pk: int) -> None:
    """Send a letter that waits. One that somebody was sending is not sent again."""
    waiting = Letter.objects.filter(pk=pk, state=LetterState.WAITING)
    if not waiting.update(state=LetterState.SENDING, attempts=F("attempts") + 1):
        _end(Letter.objects.filter(pk=pk, state=LetterState.SENDING), LetterState.UNSURE)
        return
    letter = Letter.objects.select_related("user").get(pk=pk)
    mine = Letter.objects.filter(pk=pk)  # also where it was called unsure meanwhile
    try:
        message = _written(letter)
        if message is None:
            _end(mine, LetterState.DROPPED)
            return
        _hand_to_server(message, pk)
    except Refused as refusal:
        _refused(letter, refusal)
    except (SMTPException, OSError) as fault:  # the server may have it: its answer was lost
        _end(mine, LetterState.UNSURE, type(fault).__name__)
    else:
        with transaction.atomic():
            _end(mine, LetterState.SENT)
            SENT.get(letter.kind, lambda _letter: None)(letter)


def _written(letter: Letter) -> EmailMessage | None:
    try:
        return WRITERS[letter.kind](letter)
    except Exception as fault:  # the portal's own; nothing has gone
        _end(Letter.objects.filter(pk=letter.pk), LetterState.FAILED, type(fault).__name__)
        raise


def _hand_to_server(message: EmailMessage, pk: int) -> None:
    """Raises `Refused` where the letter has certainly not gone."""
    message.extra_headers.setdefault("X-Portal-Letter", str(pk))
    message.connection = server = get_connection()
    try:
        server.open()
    except (SMTPException, OSError) as fault:
        raise Refused(_fault_of(fault)) from fault
    try:
        message.send()
    except SMTPRecipientsRefused as fault:
        codes = [code for code, _text in fault.recipients.values()]
        raise Refused(_fault_of(fault), for_good=bool(codes) and min(codes) >= 500) from fault
    except SMTPResponseException as fault:
        raise Refused(_fault_of(fault), for_good=fault.smtp_code >= 500) from fault
    except ValueError as fault:  # an address no letter can name
        raise Refused(_fault_of(fault), for_good=True) from fault
    finally:
        with suppress(SMTPException, OSError):
            server.close()


def _fault_of(fault: Exception) -> str:
    """What is kept of a fault: its kind and the server's number, no address and no text."""
    code = getattr(fault, "smtp_code", None) or getattr(fault, "errno", None)
    return f"{type(fault).__name__} {code}" if code else type(fault).__name__


@transaction.atomic
def _refused(letter: Letter, refusal: Refused) -> None:
    """Try again later; after the last try, or where that would not help, it has failed."""
    rows, fault = Letter.objects.filter(pk=letter.pk), str(refusal)
    if refusal.for_good or letter.attempts > len(AGAIN_AFTER):
        _end(rows, LetterState.FAILED, fault)
        return
    later = timezone.now() + timedelta(seconds=AGAIN_AFTER[letter.attempts - 1])
    rows.update(state=LetterState.WAITING, fault=fault, next_at=later)
    send.using(run_after=later).enqueue(letter.pk)


def _end(rows: QuerySet[Letter], state: str, fault: str = "") -> None:
    """An address of its own is kept only as long as the letter may still go there."""
    ended: dict[str, object] = {"state": state, "fault": fault, "ended_at": timezone.now()}
    if state not in STOPPED:
        ended["to"] = ""
    rows.update(**ended, next_at=None)


@transaction.atomic
def try_again(*, actor: User, letter: Letter) -> Letter:
    """Send a letter that failed, or of which nobody knows whether it went."""
    check(actor, MANAGE_SETTINGS)
    again = {"state": LetterState.WAITING, "attempts": 0, "fault": "", "ended_at": None}
    if not stopped().filter(pk=letter.pk).update(**again):
        raise Conflict(_("This letter has gone, or is on its way."), "state")
    send.enqueue(letter.pk)
    letter.refresh_from_db()
    return letter


def stopped() -> QuerySet[Letter]:
    """The letters that somebody has to look at: those that did not go, and those that have been on
    their way for longer than all tries take."""
    lost = Q(state__in=UNDER_WAY, made_at__lt=timezone.now() - timedelta(seconds=LONG_AGO))
    return Letter.objects.filter(Q(state__in=STOPPED) | lost)


def has_failed(kind: str, user: User) -> bool:
    """Whether the last letter of a kind to a person did not go."""
    last = Letter.objects.filter(kind=kind, user=user).order_by("-pk").first()
    return last is not None and last.state in STOPPED


def _invitation(letter: Letter) -> EmailMessage | None:
    inviter = User.objects.filter(pk=int(letter.about or 0)).first()
    may = letter.user and letter.user.is_active and not letter.user.has_usable_password()
    return mail.invitation(letter.user, inviter) if may and letter.user and inviter else None


def _reset_asked(letter: Letter) -> None:
    """Somebody typed an address: a letter of its own to each account that has it, if any."""
    from accounts.sign_in.passwords import AskForm

    for user in AskForm().get_users(letter.to):
        queue(LetterKind.RESET, user)


def _reset(letter: Letter) -> EmailMessage | None:
    return mail.reset(letter.user) if letter.user and letter.user.is_active else None


def _address(letter: Letter) -> EmailMessage | None:
    return mail.old_address(letter.user, letter.to) if letter.user and letter.to else None


def _token_ends(letter: Letter) -> EmailMessage | None:
    token = mail.token_of(letter.about)
    return mail.token_ends(letter.user, token) if letter.user and token else None


WRITERS |= {
    LetterKind.INVITATION: _invitation,
    LetterKind.RESET_ASKED: _reset_asked,
    LetterKind.RESET: _reset,
    LetterKind.ADDRESS: _address,
    LetterKind.TOKEN: _token_ends,
}
