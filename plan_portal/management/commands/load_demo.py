from io import StringIO
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.services.errors import Conflict
from plan_portal import demo


class Command(BaseCommand):
    help = "Load the demo: two years of illustrative figures and people to sign in as; idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", help="the same for all; of people already there, too")

    def handle(self, *args: object, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "The demo makes users whose password is known to all: it is loaded with DEBUG=1 "
                "only, on a machine of your own."
            )
        call_command("load_reference", stdout=StringIO())
        try:
            loaded = demo.load(options["password"])
        except (PermissionDenied, ValidationError, Conflict) as error:
            raise CommandError(
                "The demo does not fit what is in this database already; nothing was loaded. "
                f"Load it into an empty one. ({error or type(error).__name__})"
            ) from error
        for sentence in loaded.made or ["The demo is there already: nothing was changed."]:
            self.stdout.write(sentence)
        self.stdout.write("")
        self.stdout.write("Sign in as (illustrative figures, made-up people):")
        for person in loaded.people:
            user = person.user
            password = person.password or "(changed since; --password sets it again)"
            self.stdout.write(f"  {user.username:<14}{password:<20}{user.role}")
