"""`manage.py`, but an empty database is migrated in seconds: its tables come from the models.

Migrating takes a minute of processor, and is what tests/test_upgrade.py is about. What a command
starts in a process of its own with `manage.py migrate` comes here, too.
"""

import os
import subprocess
import sys
from typing import Any
from unittest.mock import patch

MIGRATE = [sys.executable, "manage.py", "migrate"]
real = subprocess.run


def run(command: list[str], **options: Any) -> Any:
    if command[:3] == MIGRATE:
        command = [sys.executable, "-m", "tests.quick_manage", *command[2:]]
    return real(command, **options)


def main() -> None:
    import django
    from django.core.management import call_command, execute_from_command_line

    django.setup()
    if sys.argv[1] != "migrate":
        with patch.object(subprocess, "run", run):
            execute_from_command_line(sys.argv)
        return
    from tests import from_models

    from_models.begin()
    call_command(*sys.argv[1:], run_syncdb=True)
    from_models.record_migrations()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "plan_portal.settings"
    main()
