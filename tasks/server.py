"""Who serves the portal sees to its queue: nothing has to be started by hand.

Each server process has a thread that looks whether something waits, at once when the process itself
has put it there, else every few seconds. Where something does, it starts one process that works
(`manage.py work`), one for all server processes of a machine. That one ends when nothing has waited
for a minute, or with the server; where it was killed, its task is taken up again.
"""

import fcntl
import hashlib
import logging
import os
import platform
import subprocess
import sys
from pathlib import Path
from threading import Event, Lock, Thread
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connection

from tasks import lease

LOOK = 5  # seconds between two looks
IDLE = 60  # seconds that a worker stays without work

logger = logging.getLogger(__name__)
_woken, _once = Event(), Lock()


def wake() -> None:
    """Something was put into the queue by this process."""
    _woken.set()


def keep_working() -> None:
    """Begin to see to the queue, once in a process."""
    if settings.WORK_TASKS and _once.acquire(blocking=False):
        Thread(target=_keep_working, name="queue", daemon=True).start()


def _keep_working() -> None:
    while True:
        try:
            if lease.is_work_waiting():
                _work()
        except DatabaseError:  # away, or not brought up to date yet
            connection.close()
        except Exception:
            logger.exception("The queue is not worked off.")
        _woken.wait(LOOK)
        _woken.clear()


def _work() -> None:
    """Have one process work until nothing waits, unless another server process has one."""
    with _lock_file().open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        connection.close()
        worker = f"{platform.node()[:30]}:{uuid4().hex[:12]}"
        manage = [sys.executable, "manage.py", "work", "--with-parent"]
        with subprocess.Popen(  # noqa: S603 - ourselves
            [*manage, "--worker", worker, "--idle", str(IDLE)],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
            stdin=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            process.wait()
        lease.take_over(worker)


def _lock_file() -> Path:
    """One for each database that is served from here."""
    at = connection.settings_dict
    named = hashlib.sha256(f"{at['HOST']}:{at['PORT']}/{at['NAME']}".encode()).hexdigest()
    return Path(settings.VAR_DIR) / f"queue-{named[:12]}.lock"
