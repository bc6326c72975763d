from django.core.management.base import BaseCommand, CommandError, CommandParser

from plan_portal.backup import facts, services
from plan_portal.backup.errors import BackupError
from plan_portal.backup.options import options


class Command(BaseCommand):
    help = "One archive of database, files and settings, while people work; see docs/backup.md."
    requires_system_checks: list[str] = []  # a backup is made of a portal in any state

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", default="", help="the folder; BACKUP_DIR unless given")
        parser.add_argument(
            "--keep",
            default="",
            help="days,weeks,months that stay, or all; BACKUP_KEEP unless given",
        )

    def handle(self, *, to: str, keep: str, **_given: object) -> None:
        try:
            made = services.backup(options(to=to, keep=keep))
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(made.path))
        self.stdout.write(f"{facts.summary(made.facts)}; {made.files} files")
        if made.second:
            self.stdout.write(f"copied to {made.second}")
        for path in made.deleted:
            self.stdout.write(f"deleted by the schedule: {path}")
