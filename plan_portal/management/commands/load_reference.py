from django.core.management.base import BaseCommand
from django.db import transaction

import communes.reference
import programs.reference
import trainings.reference


class Command(BaseCommand):
    help = "Load programmes, communes (old and new units), fiscal years and topics; idempotent."

    @transaction.atomic
    def handle(self, *args: object, **options: object) -> None:
        for source in (communes.reference, programs.reference, trainings.reference):
            for name, count in source.load().items():
                self.stdout.write(f"{name}: {count}")
