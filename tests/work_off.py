"""The queue worked off within a test, by the library's own worker."""

from unittest.mock import patch

from django_tasks_db.management.commands import db_worker


def work_off(worker: str = "of-a-test", most: int | None = None) -> None:
    """Do what waits, up to `most` tasks, in the test's own transaction."""
    with patch.object(db_worker, "close_old_connections"):
        db_worker.Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=most,
            worker_id=worker,
        ).run()
