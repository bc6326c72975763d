"""The portal's one queue of long work (ADR 25).

    from django_tasks import task

    @task()
    def write_letters(day: str) -> None: ...

    write_letters.enqueue("2026-11-30")   # waits in the database, in the caller's transaction

Whoever serves the portal (`plan_portal/wsgi.py`) also sees to a process that works the queue off.
"""
