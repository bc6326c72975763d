from django.core.management.base import BaseCommand, CommandError, CommandParser

from plan_portal.backup import moving
from plan_portal.backup.errors import BackupError


class Command(BaseCommand):
    help = "Everything of the database in use into an empty one of the other kind, proved equal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", help="the address of an empty database, as in DATABASE_URL")

    def handle(self, *, target: str, **options: object) -> None:
        try:
            sums = moving.move(target)
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(count for count, _sum in sums.values())
        self.stdout.write(f"Moved and proved equal: {rows} rows in {len(sums)} tables.")
        self.stdout.write("Now set DATABASE_URL to the target; MEDIA_ROOT stays.")
