"""Every task of the queue has its job: what becomes of one is written in the other."""

from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.dispatch import receiver
from django.utils.module_loading import import_string
from django_tasks_db.compat import TaskResultStatus, task_enqueued, task_finished, task_started

from tasks import lease, server
from tasks.models import Failure, Job


@receiver(task_enqueued)
def _queued(task_result: Any, **_kwargs: object) -> None:
    Job.objects.create(pk=UUID(task_result.id))
    transaction.on_commit(server.wake)


@receiver(task_started)
def _begun(task_result: Any, **_kwargs: object) -> None:
    lease.begin(UUID(task_result.id), task_result.worker_ids[-1])


@receiver(task_finished)
def _ended(task_result: Any, **_kwargs: object) -> None:
    if not lease.is_in_hand():  # it was not even found
        return
    if task_result.status != TaskResultStatus.FAILED:
        lease.end()
    elif _may_pass(task_result):
        lease.let_go()
    else:
        lease.end(Failure.FAULT)


def _may_pass(task_result: Any) -> bool:
    """Whether it failed for a reason that goes by: the database was away, or held by another."""
    try:
        fault = import_string(task_result.errors[0].exception_class_path)
    except ImportError:
        return False
    cut_off = (DatabaseError, InterfaceError)  # these themselves: PostgreSQL ended in the middle
    return fault in cut_off or issubclass(fault, OperationalError | lease.LostLease)
