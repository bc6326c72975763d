from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from plan_portal.backup import facts, services
from plan_portal.backup.errors import BackupError
from plan_portal.backup.options import key, options


class Command(BaseCommand):
    help = "Prove that database and files are as in an archive, right after `restore`."
    requires_system_checks: list[str] = []  # it says itself what is wrong

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path, nargs="?", help="the newest unless given")
        parser.add_argument(
            "--archive-only", action="store_true", help="only that the archive is whole"
        )

    def handle(self, *, archive: Path | None, archive_only: bool, **_given: object) -> None:
        try:
            path = archive or services.newest(options().folder)
            if archive_only:
                said, (_sums, found) = "The archive is whole", services.contents(path, key())
            else:
                said, found = "Equal", services.verify(path, key())
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{said}: {facts.summary(found)}.")
