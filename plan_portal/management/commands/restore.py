from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from plan_portal.backup import facts, services
from plan_portal.backup.errors import BackupError
from plan_portal.backup.options import key


class Command(BaseCommand):
    help = "Put an archive of `backup` into an empty database and an empty MEDIA_ROOT."
    requires_system_checks: list[str] = []  # the place is empty

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)

    def handle(self, *, archive: Path, **options: object) -> None:
        try:
            found = services.restore(archive, key())
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored and proved: {facts.summary(found)}.")
        if facts.pending(connection):
            self.stdout.write(f"It is of Plan Portal {found['version']}: now run migrate.")
