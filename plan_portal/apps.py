from typing import TYPE_CHECKING

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate
from django_tasks.signals import task_finished

from plan_portal.nodes import checks as checks
from plan_portal.nodes import replica
from plan_portal.nodes.cache import SharedCache

if TYPE_CHECKING:
    from reports.changes.sources import Source


class PlanPortalConfig(AppConfig):
    """The project itself: commands that reach over several apps."""

    name = "plan_portal"

    def ready(self) -> None:
        from reports.changes import stamp

        stamp.followed = followed
        post_migrate.connect(follow_changes, sender=apps.get_app_config("reports"))
        post_migrate.connect(make_cache, sender=apps.get_app_config("reports"))
        if "replica" in settings.DATABASES:
            task_finished.connect(replica.mark_for_everybody)


def make_cache(using: str = "default", **kwargs: object) -> None:
    """The table of a cache in the database, where it is kept there and not made yet."""
    if using == DEFAULT_DB_ALIAS and any(isinstance(caches[name], SharedCache) for name in caches):
        call_command("createcachetable", database=using, verbosity=0)


def follow_changes(using: str = "default", **kwargs: object) -> None:
    """Have the database note what the API's resources are changed by, after every migrate."""
    from reports.changes import triggers

    triggers.install(using, followed())


def followed() -> "list[Source]":
    """The tables whose writes are noted."""
    from plan_portal.api import resources
    from reports.changes import sources

    return sources.sources(resources())
