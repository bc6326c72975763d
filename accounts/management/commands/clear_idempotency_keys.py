from django.core.management.base import BaseCommand

from accounts.idempotency import clear

BATCH = 1000


class Command(BaseCommand):
    help = "Delete the idempotency keys that are over (IDEMPOTENCY_DAYS), a thousand at a time."

    def handle(self, *args: object, **options: object) -> None:
        count = 0
        while found := clear(BATCH):
            count += found
        self.stdout.write(str(count))
