"""A worker of the queue as in use, a process of its own, but slow at writing and soon missed.

    python -m tests.slow_worker NAME [ROWS]

It writes ROWS at a time with a pause after each, so that there is a middle to be killed in. Whoever
is not seen for a second is held for dead.
"""

import os
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "plan_portal.settings"
django.setup()

from django.core.management import call_command  # noqa: E402

from core.services import progress, transition  # noqa: E402
from tasks import lease  # noqa: E402

PAUSE = 0.15  # seconds


def main(name: str, rows: str = "") -> None:
    lease.LEASE, lease.BEAT = 1, 0.05
    if rows:
        tell, transition.AT_ONCE = progress.report, int(rows)

        def tell_and_pause(stage: str, done: int, total: int = 0) -> None:
            tell(stage, done, total)
            if stage == progress.WRITTEN:
                time.sleep(PAUSE)

        progress.report = tell_and_pause
    call_command("work", worker=name, idle=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
