"""`manage.py list_misplaced`: records in a unit that was not there, or not theirs, on their day."""

from typing import Any

from django.core.management.base import BaseCommand

from communes.misplaced import misplaced


class Command(BaseCommand):
    help = "List the records whose commune was not there on their own day: for a person to mend."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for row, said in misplaced():
            count += 1
            self.stdout.write(f"{row._meta.label} {row.pk}: {row}. {said}")
        self.stdout.write(f"{count} to mend." if count else "Every record is in its place.")
