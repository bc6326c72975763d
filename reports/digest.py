"""The daily letter of what waits for a person: written in the moment it is sent."""

from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import Letter, User
from accounts.notices import services as notices
from core.web.links import link_to
from monitoring.discussion.services import mark_mailed
from reports.waiting import sentence, waiting_for


def letter_of(user: User) -> EmailMessage | None:
    """What waits for one person, in that person's language; None where nothing does."""
    with translation.override(user.language):
        items = waiting_for(user, digest=True)
        if not items:
            return None
        lines = [f"- {item.text}: {link_to(item.href)}" for item in items]
        body = "\n".join([sentence(user), "", *lines, "", _("Switch this off in your profile.")])
        return EmailMessage(sentence(user), body, to=[user.email])


def write(letter: Letter) -> EmailMessage | None:
    user = letter.user
    if user is None or not (user.is_active and user.digest and user.email):
        return None
    user.digest_on = parse_date(letter.about)  # the day of the one before, which told the rest
    letter.written_at = timezone.now()  # type: ignore[attr-defined]  # what there was by then is told
    return letter_of(user)


def sent(letter: Letter) -> None:
    """No later letter tells of the same mentions and notices."""
    if letter.user:
        moment = letter.written_at  # type: ignore[attr-defined]
        mark_mailed(letter.user, moment)
        notices.mark_mailed(letter.user, moment)
