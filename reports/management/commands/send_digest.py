"""Queues an email of what waits for everybody who wants it: run it once a day."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q

from accounts import letters, mail
from accounts.models import LetterKind, User
from accounts.token_warnings import warn_before_tokens_end
from core.values.dates import today
from reports.digest import letter_of


class Command(BaseCommand):
    help = "Queues a letter of what waits for each person; none when idle or switched off."

    def handle(self, *args: object, **options: object) -> None:
        if not mail.reaches_people():
            self.stderr.write("Nobody was written to: no letter leaves this portal (EMAIL_URL).")
            self.stdout.write("0")
            return
        people = User.objects.filter(is_active=True, digest=True).exclude(email="")
        queued = sum(_queue_letter(user) for user in people.order_by("pk"))
        warn_before_tokens_end()
        self.stdout.write(f"{queued}")


@transaction.atomic
def _queue_letter(user: User) -> bool:
    """Queue the letter of one person who has had none today, if something waits. The day is taken
    with it, so that of two runs at once one writes."""
    before = Q(digest_on=None) | Q(digest_on__lt=today())
    if not User.objects.filter(before, pk=user.pk).update(digest_on=today()):
        return False
    if letter_of(user) is None:
        return False
    letters.queue(LetterKind.DIGEST, user, about=str(user.digest_on or ""))
    return True
