from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class PlanPortalConfig(AppConfig):
    """The project itself: commands that reach over several apps."""

    name = "plan_portal"

    def ready(self) -> None:
        from reports.changes import stamp

        stamp.followed = followed
        post_migrate.connect(follow_changes, sender=apps.get_app_config("reports"))


def follow_changes(using: str = "default", **kwargs: Any) -> None:
    """Have the database note what the API's resources are changed by, after every migrate."""
    from reports.changes import triggers

    triggers.install(using, followed())


def followed() -> list[Any]:
    """The tables whose writes are noted."""
    from plan_portal.api import resources
    from reports.changes import sources

    return sources.sources(resources())
