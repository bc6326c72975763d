import sys
from collections.abc import Iterable, Iterator

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import Error as DatabaseError
from django.db import connections
from django.db.models.signals import post_migrate


class DisbursementsConfig(AppConfig):
    name = "disbursements"

    def ready(self) -> None:
        post_migrate.connect(install_guards, sender=self)
        register(check_guards)
        from accounts.delegation import UNDECIDED
        from accounts.notices.leads import PAGES
        from core.pages import EXTRAS
        from disbursements.approval.undecided import undecided
        from disbursements.costs.views import cost_section
        from disbursements.models import Disbursement

        EXTRAS.append(cost_section)
        PAGES[Disbursement] = "disbursement"
        UNDECIDED.append(undecided)


def install_guards(using: str = "default", **kwargs: object) -> None:
    """Put the guards back after every migrate (SQLite drops them when it rebuilds a table)."""
    from disbursements import guards

    guards.install(connections[using])


LOOKS = ("check", "runserver")  # of the commands; a backup is made without guards, too


def check_guards(databases: Iterable[str] | None = None, **kwargs: object) -> list[CheckMessage]:
    """Say when a guard is missing: `manage.py check` with and without `--database`, `runserver`."""
    command = "".join(sys.argv[1:2]) if sys.argv[0].endswith("manage.py") else "check"
    if command == "migrate":  # which puts them there, and must not be kept from it
        return []
    if databases is None:
        databases = ["default"] if command in LOOKS else []
    return [message for alias in databases for message in _lacking(alias)]


def _lacking(alias: str) -> Iterator[CheckMessage]:
    from disbursements import guards

    try:
        there = set(connections[alias].introspection.table_names())
        missing = guards.missing(connections[alias]) if set(guards.TABLES) <= there else []
    except DatabaseError:
        hint = "Its guards were not looked at."
        yield Warning("The database does not answer.", hint=hint, id="disbursements.W001")
        return
    for name in missing:
        yield Error(
            f"The database lacks the guard {name}, or has an earlier one.",
            hint="Run `python manage.py migrate`.",
            id="disbursements.E001",
        )
