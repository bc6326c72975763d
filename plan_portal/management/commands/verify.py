from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from plan_portal.backup import facts, services
from plan_portal.backup.errors import BackupError
from plan_portal.backup.options import key
from plan_portal.backup.options import options as read_options


class Command(BaseCommand):
    help = "Prove that database and files are as in an archive, right after `restore`."
    requires_system_checks: list[str] = []  # it says itself what is wrong

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path, nargs="?", help="the newest unless given")
        parser.add_argument(
            "--archive-only", action="store_true", help="only that the archive is whole"
        )

    def handle(self, *args: object, **options: Any) -> None:
        try:
            path = options["archive"] or services.newest(read_options().folder)
            prove = services.contents if options["archive_only"] else services.verify
            found = prove(path, key())
        except BackupError as error:
            raise CommandError(str(error)) from error
        whole = found[1] if isinstance(found, tuple) else found
        said = "The archive is whole" if options["archive_only"] else "Equal"
        self.stdout.write(f"{said}: {facts.summary(whole)}.")
