import json

from django.core.management.base import BaseCommand

from plan_portal.retention import clear_expired


class Command(BaseCommand):
    help = "Delete what is not kept for ever: run it once a night (docs/running.md)."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(json.dumps(clear_expired()))
