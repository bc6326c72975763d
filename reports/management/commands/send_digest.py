"""Sends everybody who wants it an email of what waits for them: run it once a day."""

from typing import Any

from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import User
from accounts.notices import services as notices
from accounts.token_warnings import warn_before_tokens_end
from core.values.dates import today
from core.web.links import link_to
from monitoring.discussion.services import mark_mailed
from reports.waiting import sentence, waiting_for


class Command(BaseCommand):
    help = "Emails what waits for each person; nobody who switched it off, nothing when idle."

    def handle(self, *args: Any, **options: Any) -> None:
        if not mail.reaches_people():
            self.stderr.write("Nobody was written to: no letter leaves this portal (EMAIL_URL).")
            self.stdout.write("0")
            return
        people = User.objects.filter(is_active=True, digest=True).exclude(email="")
        sent = sum(self._sent_to(user) for user in people.order_by("pk"))
        warn_before_tokens_end()
        self.stdout.write(f"{sent}")

    def _sent_to(self, user: User) -> bool:
        """Write to one person who has had no letter today, if something waits.

        The day is taken before the letter goes, so that of two runs at once one writes, and given
        back where the letter is refused, so that the next run tries again.
        """
        before = Q(digest_on=None) | Q(digest_on__lt=today())
        if not User.objects.filter(before, pk=user.pk).update(digest_on=today()):
            return False
        asked = timezone.now()
        letter = _letter(user)
        if letter is None:
            return False
        if not mail.send(letter):
            User.objects.filter(pk=user.pk).update(digest_on=user.digest_on)
            self.stderr.write(f"{user.username}: the letter to {user.email} could not be sent.")
            return False
        mark_mailed(user, asked)
        notices.mark_mailed(user, asked)
        return True


def _letter(user: User) -> EmailMessage | None:
    """What waits for one person, in that person's language."""
    with translation.override(user.language):
        items = waiting_for(user, digest=True)
        if not items:
            return None
        lines = [f"- {item.text}: {link_to(item.href)}" for item in items]
        body = "\n".join([sentence(user), "", *lines, "", _("Switch this off in your profile.")])
        return EmailMessage(sentence(user), body, to=[user.email])
