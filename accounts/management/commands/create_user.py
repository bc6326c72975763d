import sys
from getpass import getpass

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.roles import Role
from accounts.services import create_user


class Command(BaseCommand):
    help = "Create a user with a role, everywhere or in the named programmes and communes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, help=", ".join(Role.values))
        parser.add_argument("--program", action="append", default=[], metavar="CODE")
        parser.add_argument("--commune", action="append", default=[], metavar="CODE")
        parser.add_argument(
            "--password",
            help="seen by whoever looks over the shoulder: without it the command asks",
        )
        parser.add_argument("--email", default="")

    def handle(
        self,
        *,
        username: str,
        role: str,
        email: str,
        password: str | None,
        program: list[str],
        commune: list[str],
        **options: object,
    ) -> None:
        try:
            user = create_user(
                username=username,
                role=role,
                password=password or ask_password(),
                email=email,
                programs=[_program(code) for code in program],
                communes=[_commune(code) for code in commune],
                # A machine of one's own may have the short passwords of a demo.
                check_password=not (settings.DEBUG and password),
            )
        except ValidationError as error:
            raise CommandError("; ".join(_sentences(error))) from error
        self.stdout.write(f"{user.username}: {user.get_role_display()}")


def ask_password() -> str:
    """A password typed twice, unseen."""
    if not sys.stdin.isatty():
        raise CommandError("Give --password, or run the command where it can ask for one.")
    first, second = (getpass(text) for text in ("Password: ", "Password (again): "))
    if first != second:
        raise CommandError("The two passwords are not the same. Nothing was saved.")
    return first


def _program(code: str) -> object:
    program = apps.get_model("programs", "Program").objects.filter(code=code).first()
    if program is None:
        raise CommandError(f"There is no programme with the code {code}.")
    return program


def _commune(code: str) -> object:
    """The unit of a code as it stood in FY2023; `CODE@YYYY-MM-DD` names another lifetime."""
    code, _at, day = code.partition("@")
    units = apps.get_model("communes", "Commune").objects.filter(code=code)
    units = units.filter(valid_from=day) if day else units
    unit = units.order_by("valid_from").first()
    if unit is None:
        raise CommandError(f"There is no commune with the code {code}.")
    return unit


def _sentences(error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [f"{field}: {' '.join(msgs)}" for field, msgs in error.message_dict.items()]
