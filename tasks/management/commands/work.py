import os
import sys
import time
from threading import Thread
from uuid import uuid4

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection
from django_tasks_db.management.commands.db_worker import Worker

from core.services import clock
from tasks import lease

LOOK = 0.5  # seconds between two looks


class Command(BaseCommand):
    help = "Work off the queue. A server does this by itself (docs/running.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--worker", default="", help="its name, of up to 64 letters")
        parser.add_argument(
            "--idle", type=float, help="end after so many seconds without work; else never"
        )
        parser.add_argument(
            "--with-parent", action="store_true", help="end when standard input is closed"
        )

    def handle(
        self, *, with_parent: bool, idle: float | None, worker: str, **options: object
    ) -> None:
        if with_parent:
            Thread(target=_end_with_parent, daemon=True).start()
            clock.begin()
        queue = Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=LOOK,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker or f"by-hand:{uuid4().hex[:12]}",
        )
        queue.configure_signals()
        call_command("prune_db_task_results", verbosity=0)
        lease.tidy_up()
        idle_since = time.monotonic()
        while queue.running:
            if _is_work_waiting():
                _work_off(queue)
                idle_since = time.monotonic()
            elif idle is not None and time.monotonic() - idle_since > idle:
                break
            time.sleep(LOOK)


def _work_off(worker: Worker) -> None:
    try:
        lease.take_over()
        worker.run()
    except OperationalError:  # held by another writer, or away
        if lease.is_in_hand():  # how it ended could not even be written down: another takes it up
            raise
        connection.close()


def _is_work_waiting() -> bool:
    try:
        return lease.is_work_waiting()
    except OperationalError:  # away for a while
        connection.close()
        return False


def _end_with_parent() -> None:
    """Whoever started this has ended: what is not done is done by the next worker."""
    sys.stdin.buffer.read()
    os._exit(0)
