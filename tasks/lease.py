"""Who works at a task: a worker that gives signs of life, and never two at once.

The worker that took a task off the queue holds it as long as it is seen: a thread of its own says
so every second, and how far the work is. Not seen for LEASE seconds, it has died, and the task goes
back to the queue, for any node; after so many attempts it has ended. All times are the database's,
so that clocks of nodes may differ.

A worker that was only held up may still wake. So work ends within the transaction of its effect
(`finish()`), which fails for everybody but the holder: what is done is done once.
"""

import json
import logging
import os
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Min, Q, QuerySet
from django.db.models.functions import Now
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from core.services import progress
from tasks.models import Failure, Job, beside_database

LEASE = 30  # seconds without a sign of life
BEAT = 1.0  # seconds between two
MOST_ATTEMPTS = 3
AGAIN_AFTER = 10  # seconds, where the database was away or another writer held it

logger = logging.getLogger(__name__)


class LostLease(Exception):
    """Somebody else works at the task by now; what this one did must not stay."""


@dataclass
class Holder:
    """A worker at one task, with what it says of itself."""

    id: UUID
    worker: str
    attempt: int = 0
    stage: str = ""
    done: int = 0
    total: int = 0

    def hear(self, stage: str, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total

    @property
    def row(self) -> QuerySet[Job]:
        """Its job, while it holds it."""
        return Job.objects.filter(pk=self.id, worker=self.worker, ended_at=None)


@dataclass
class AtWork:
    """A task in hand: who says how far it is, and how that is ended."""

    holder: Holder
    over: Event
    signs: Thread
    hearing: AbstractContextManager[None]

    def leave(self) -> QuerySet[Job]:
        """Say no more of it; its job, while it is held."""
        self.over.set()
        self.signs.join(timeout=5)
        self.hearing.__exit__(None, None, None)
        return self.holder.row


_at_work: list[AtWork] = []  # a worker has one task at a time


def begin(id: UUID, worker: str) -> None:
    """Hold a task that was taken off the queue, and give signs of life from now on."""
    holder = Holder(id, worker)
    Job.objects.filter(pk=id, ended_at=None).update(
        worker=worker, seen_at=Now(), attempts=F("attempts") + 1, stage="", done=0, total=0
    )
    holder.attempt = Job.objects.values_list("attempts", flat=True).get(pk=id)
    over, hearing = Event(), progress.reporting_to(holder.hear)
    hearing.__enter__()
    signs = Thread(target=_beat, args=(holder, over), daemon=True)
    signs.start()
    _at_work.append(AtWork(holder, over, signs, hearing))


def end(failed: str = "") -> None:
    """No longer hold the task in hand; one that says no more has ended well."""
    _at_work.pop().leave().update(ended_at=Now(), failed=failed)


def let_go() -> None:
    """No longer hold the task in hand: it is done later, unless this was its last attempt."""
    later = ExpressionWrapper(Now() + timedelta(seconds=AGAIN_AFTER), DateTimeField())
    _give_back(_at_work.pop().leave(), run_after=later)


def finish() -> None:
    """End the task in hand within the transaction of its effect; `LostLease` for who lost it.
    Outside a task nothing happens."""
    if _at_work and not _at_work[-1].holder.row.update(ended_at=Now()):
        raise LostLease


def is_in_hand() -> bool:
    return bool(_at_work)


def _beat(holder: Holder, over: Event) -> None:
    """Say every second that the worker lives and how far it is, over a connection of its own."""
    while not over.wait(BEAT):
        try:
            if connection.vendor == "sqlite":
                _tell_beside(holder)
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA busy_timeout = 0")  # locked: told at the next beat
            held = holder.row.update(
                seen_at=Now(), stage=holder.stage, done=holder.done, total=holder.total
            )
        except DatabaseError:
            if connection.vendor != "sqlite":
                connection.close()
        else:
            if not held:
                break
    connection.close()


def _tell_beside(holder: Holder) -> None:
    said = {"id": str(holder.id), "attempt": holder.attempt, "stage": holder.stage}
    path = beside_database()
    new = path.with_name(f"{path.name}-{os.getpid()}")
    with suppress(OSError):
        new.write_text(json.dumps({**said, "done": holder.done, "total": holder.total}))
        new.replace(path)


def is_work_waiting() -> bool:
    """Whether there is something to do: a task in the queue, or one whose worker has died."""
    return DBTaskResult.objects.ready().exists() or _unseen().exists()


def waits_since() -> datetime | None:
    """When the oldest of the tasks that nobody has begun was given."""
    since: datetime | None = DBTaskResult.objects.ready().aggregate(at=Min("enqueued_at"))["at"]
    return since


def take_over(worker: str = "") -> int:
    """Put back into the queue what nobody works at any more, how many: tasks whose worker was not
    seen, or those of a `worker` that is known to have ended."""
    lost = Job.objects.filter(worker=worker, ended_at=None) if worker else _unseen()
    return sum(_give_back(lost.filter(pk=job.pk)) for job in list(lost))


def _unseen() -> QuerySet[Job]:
    """Jobs that somebody held, or was about to, and that no sign of life has come of since; also
    those that the queue calls failed since one who had lost them failed."""
    old = ExpressionWrapper(Now() - timedelta(seconds=LEASE), DateTimeField())
    taken = DBTaskResult.objects.filter(started_at__lt=old).exclude(status=TaskResultStatus.READY)
    was_held = ~Q(worker="") & Q(seen_at__lt=old)
    return Job.objects.filter(was_held | Q(worker="", pk__in=taken.values("pk")), ended_at=None)


@transaction.atomic
def _give_back(held: QuerySet[Job], run_after: object = None) -> bool:
    """Put one job back into the queue; one that has been tried often enough has ended."""
    pk = held.values_list("pk", flat=True).first()
    if pk is None:
        return False
    held.filter(worker="").update(attempts=F("attempts") + 1)  # one that never began
    if held.filter(attempts__lt=MOST_ATTEMPTS).update(worker="", stage="", done=0, total=0):
        now: dict[str, object] = {"status": TaskResultStatus.READY, "finished_at": None}
        now |= {"run_after": run_after} if run_after else {}
    elif held.update(ended_at=Now(), failed=Failure.DIED):
        now = {"status": TaskResultStatus.FAILED, "finished_at": Now()}
    else:
        return False
    DBTaskResult.objects.filter(pk=pk).exclude(status=TaskResultStatus.SUCCESSFUL).update(**now)
    return True


def tidy_up() -> None:
    """What the queue says of tasks whose end it did not hear of; old jobs go."""
    ended = Job.objects.filter(ended_at__lt=Now() - timedelta(seconds=LEASE))
    DBTaskResult.objects.running().filter(pk__in=ended.values("pk")).update(
        status=TaskResultStatus.SUCCESSFUL, finished_at=Now()
    )
    ended.filter(ended_at__lt=Now() - timedelta(days=settings.TASK_DAYS)).delete()
