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

    def handle(
        self, *, username: str, name: str, read_only: bool, days: int, **options: object
    ) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user named {username}.")
        try:
            _token, text = create_token(user=user, name=name, read_only=read_only, days=days)
        except ValidationError as error:
            raise CommandError(f"--days: {' '.join(error.messages)}") from error
        self.stdout.write(text)
