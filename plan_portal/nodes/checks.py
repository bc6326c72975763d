"""What settings of several nodes need of the database (`check --database default`, `migrate`)."""

from collections.abc import Sequence

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connections


@register(Tags.database)
def waits_end(databases: Sequence[str] | None = None, **_options: object) -> list[CheckMessage]:
    """Behind PgBouncer it is the role that says how long anybody waits for a locked row."""
    if not settings.PGBOUNCER or DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout') = '0', current_user")
        for_ever, role = cursor.fetchone()
    if not for_ever:
        return []
    return [
        Warning(
            "With PGBOUNCER=1 whoever meets a locked row waits for ever.",
            hint=f"Once: ALTER ROLE {role} SET lock_timeout = '10s' (docs/scale.md).",
            id="plan_portal.W001",
        )
    ]
