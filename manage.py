#!/usr/bin/env python
"""Django's command line, for this project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        _ = settings.DATABASES  # read the settings now: a wrong one is a sentence, not a traceback
    except ImproperlyConfigured as error:
        sys.exit(f"Plan Portal does not start: {error}")
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        from core.web.failures import is_away

        if not is_away(error):
            raise
        sys.exit(f"Plan Portal does not reach its database: {str(error).splitlines()[0]}")


if __name__ == "__main__":
    main()
