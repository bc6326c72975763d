from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services import create_token


class Command(BaseCommand):
    help = "Create an API token for a user; the token stands alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--read-only", action="store_true")
        parser.add_argument("--name", default="")
        parser.add_argument("--days", type=int, default=365, help="days until it expires")

    def handle(self, *args: object, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user named {options['username']}.")
        try:
            _token, text = create_token(
                user=user,
                name=options["name"],
                read_only=options["read_only"],
                days=options["days"],
            )
        except ValidationError as error:
            raise CommandError(f"--days: {' '.join(error.messages)}") from error
        self.stdout.write(text)
