import sys
from typing import Any

from django.apps import AppConfig
from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.models.signals import post_migrate


class DisbursementsConfig(AppConfig):
    name = "disbursements"

    def ready(self) -> None:
        post_migrate.connect(install_guards, sender=self)
        register(Tags.database)(check_guards)  # type: ignore[type-var]
        from accounts.delegation import UNDECIDED
        from core.pages import EXTRAS
        from disbursements.approval.undecided import undecided
        from disbursements.costs.views import cost_section

        EXTRAS.append(cost_section)
        UNDECIDED.append(undecided)


def install_guards(using: str = "default", **kwargs: Any) -> None:
    """Put the guards back after every migrate (SQLite drops them when it rebuilds a table)."""
    from disbursements import guards

    guards.install(connections[using])


def check_guards(databases: list[str] | None = None, **kwargs: Any) -> list[Error]:
    """Say when a guard is missing: `manage.py check --database default`, and at start."""
    from disbursements import guards

    if sys.argv[1:2] == ["migrate"]:  # which puts them there, and must not be kept from it
        return []
    return [
        Error(
            f"The database lacks the guard {name}, or has an earlier one.",
            hint="Run `python manage.py migrate`.",
            id="disbursements.E001",
        )
        for alias in databases or []
        if set(guards.TABLES) <= set(connections[alias].introspection.table_names())
        for name in guards.missing(connections[alias])
    ]
