"""Adding the totals up anew, by a task of the portal's queue (ADR 25)."""

import logging
from contextlib import suppress

from django.db import DatabaseError, connection, transaction
from django_tasks import task
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from disbursements.totals import keeping
from tasks import lease

AT_IT = (TaskResultStatus.READY, TaskResultStatus.RUNNING)

logger = logging.getLogger(__name__)


def add_up_soon() -> None:
    """Have the totals added up, unless that waits already; who only reads may not be able to."""
    with suppress(DatabaseError), transaction.atomic():
        waiting = DBTaskResult.objects.filter(task_path=add_up.module_path, status__in=AT_IT)
        if not waiting.exists():
            logger.warning("The totals beside the ledger are added up anew.")
            add_up.enqueue()


@task()
def add_up() -> None:
    """Add the totals up from the ledger, if nobody else has meanwhile."""
    with transaction.atomic():
        if not keeping.whole(connection):
            keeping.add_up(connection)
        lease.finish()
