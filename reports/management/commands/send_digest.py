"""Sends everybody who wants it an email of what waits for them: run it once a day."""

from typing import Any

from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.token_warnings import warn_before_tokens_end
from core.values.dates import today
from core.web.links import link_to
from monitoring.discussion.services import mark_mailed
from reports.waiting import sentence, waiting_for


class Command(BaseCommand):
    help = "Emails what waits for each person; nobody who switched it off, nothing when idle."

    def handle(self, *args: Any, **options: Any) -> None:
        people = User.objects.filter(is_active=True, digest=True).exclude(email="")
        sent = 0
        for user in people.order_by("pk"):
            sent += _sent_to(user)
            User.objects.filter(pk=user.pk).update(digest_on=today())
        warn_before_tokens_end()
        self.stdout.write(f"{sent}")


def _sent_to(user: User) -> bool:
    """Write to one person, in that person's language, if something waits."""
    with translation.override(user.language):
        asked = timezone.now()
        items = waiting_for(user, digest=True)
        if not items:
            return False
        lines = [f"- {item.text}: {link_to(item.href)}" for item in items]
        body = "\n".join([sentence(user), "", *lines, "", _("Switch this off in your profile.")])
        send_mail(sentence(user), body, None, [user.email])
        mark_mailed(user, asked)
    return True
