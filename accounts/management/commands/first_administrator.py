from django.core.management.base import BaseCommand, CommandParser
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.roles import Role
from accounts.services import create_user


class Command(BaseCommand):
    help = "Create an administrator with a drawn password and print it, if there is nobody yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", default="quantri")

    def handle(self, *, username: str, **options: object) -> None:
        if User.objects.exists():
            return
        password = get_random_string(14)
        create_user(username=username, role=Role.ADMIN, password=password)
        self.stdout.write(f"Sign in as {username} with the password {password}")
