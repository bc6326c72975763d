"""Erases the personal data of somebody who has left; what they did stays, under a number."""

from argparse import ArgumentParser

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from core.services.errors import Conflict
from plan_portal.privacy.erase import erase


class Command(BaseCommand):
    help = "Erases the personal data of somebody who has left. It cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--actor", required=True, help="the administrator who does it")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--confirm", required=True, help="the user name again")

    def handle(
        self, *, actor: str, username: str, confirm: str, reason: str, **options: object
    ) -> None:
        try:
            done = erase(
                actor=user_named(actor), person=user_named(username), confirm=confirm, reason=reason
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Conflict as error:
            raise CommandError(str(error.message)) from error
        except PermissionDenied as error:
            raise CommandError(f"{actor} is no administrator.") from error
        self.stdout.write(f"{done.name}\n{done.named}")


def user_named(username: str) -> User:
    """Whom a command line names."""
    found = User.objects.filter(username=username).first()
    if found is None:
        raise CommandError(f"There is no user {username}.")
    return found
