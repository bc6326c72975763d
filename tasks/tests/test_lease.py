"""A task is done once, by whoever holds it; one whose worker has died is done by another."""

import uuid
from datetime import timedelta
from threading import Thread

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import task
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from core.services import progress
from tasks import lease
from tasks.models import Failure, Job, beside_database
from tests.work_off import work_off

pytestmark = pytest.mark.django_db
done: list[str] = []  # what the tasks of these tests did


@pytest.fixture(autouse=True)
def _nothing_done():
    done.clear()


@task()
def note(text: str) -> None:
    done.append(text)


@task()
def fail(text: str) -> None:
    done.append(text)
    raise ValueError(text)


@task()
def find_the_database_locked() -> None:
    done.append("tried")
    raise OperationalError("database is locked")


@task()
def have_an_effect_and_lose_it(text: str) -> None:
    Job.objects.update(worker="somebody else")
    with transaction.atomic():
        Job.objects.create(pk=uuid.UUID(int=7), stage=text)  # the effect
        lease.finish()


def queued(each, *given):
    """A task in the queue, and its job."""
    return Job.objects.get(pk=each.enqueue(*given).id)


def in_queue(job):
    return DBTaskResult.objects.get(pk=job.pk)


def taken(job, by="a dead one", ago=0):
    """As after a worker took it off the queue, `ago` seconds since it was seen last."""
    in_queue(job).claim(by)
    lease.begin(job.pk, by)
    lease._at_work.pop().leave()  # and then it was killed
    Job.objects.filter(pk=job.pk).update(seen_at=Now() - timedelta(seconds=ago))


def state(job):
    job.refresh_from_db()
    return in_queue(job).status, job.attempts, job.has_ended, job.failed


def test_a_task_is_done_and_its_job_says_so():
    job = queued(note, "done")
    assert state(job) == (TaskResultStatus.READY, 0, False, "")
    work_off()
    assert done == ["done"]
    assert state(job) == (TaskResultStatus.SUCCESSFUL, 1, True, "")


def test_a_task_is_queued_with_the_transaction_that_wants_it_or_not_at_all():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue("never")
        raise ZeroDivisionError
    work_off()
    assert (done, Job.objects.count(), DBTaskResult.objects.count()) == ([], 0, 0)


def test_a_fault_ends_a_task_and_the_next_one_is_done_all_the_same():
    job = queued(fail, "no")
    queued(note, "next")
    work_off()
    assert done == ["no", "next"]
    assert state(job) == (TaskResultStatus.FAILED, 1, True, Failure.FAULT)


def test_who_finds_the_database_locked_tries_again_later_and_three_times_in_all():
    job = queued(find_the_database_locked)
    work_off()
    assert state(job) == (TaskResultStatus.READY, 1, False, "")
    assert in_queue(job).run_after > timezone.now()
    for _attempt in range(5):
        DBTaskResult.objects.update(run_after=timezone.now())
        work_off()
    assert done == ["tried"] * lease.MOST_ATTEMPTS
    assert state(job) == (TaskResultStatus.FAILED, 3, True, Failure.DIED)


def test_what_a_dead_worker_held_goes_back_to_the_queue_once_it_is_missed():
    job = queued(note, "done")
    taken(job, ago=lease.LEASE - 5)
    assert (lease.is_work_waiting(), lease.take_over()) == (False, 0)
    taken(job, ago=lease.LEASE + 5)
    assert (lease.is_work_waiting(), lease.take_over()) == (True, 1)
    assert lease.take_over() == 0
    work_off()
    assert done == ["done"]
    assert state(job) == (TaskResultStatus.SUCCESSFUL, 3, True, "")


def test_who_knows_that_a_worker_has_ended_need_not_wait_to_miss_it():
    job, other = queued(note, "done"), queued(note, "another's")
    taken(job, "ended"), taken(other, "at work")
    assert lease.take_over("ended") == 1
    assert state(job)[0] == TaskResultStatus.READY
    assert state(other)[0] == TaskResultStatus.RUNNING


def test_a_worker_killed_before_it_could_say_a_word_is_missed_too():
    job = queued(note, "done")
    in_queue(job).claim("killed at once")
    assert lease.take_over() == 0
    old = timezone.now() - timedelta(seconds=lease.LEASE + 5)
    DBTaskResult.objects.update(started_at=old)
    assert lease.take_over() == 1
    work_off()
    assert done == ["done"]


def test_what_three_workers_died_of_is_not_tried_a_fourth_time():
    job = queued(note, "deadly")
    for attempt in range(lease.MOST_ATTEMPTS):
        taken(job, f"dead {attempt}", ago=lease.LEASE + 5)
        lease.take_over()
    work_off()
    assert done == []
    assert state(job) == (TaskResultStatus.FAILED, 3, True, Failure.DIED)


def test_who_lost_a_task_meanwhile_leaves_no_effect():
    job = queued(have_an_effect_and_lose_it, "twice")
    work_off()
    assert not Job.objects.filter(stage="twice").exists()
    job.refresh_from_db()
    assert (job.worker, job.has_ended) == ("somebody else", False)


def test_a_task_that_failed_for_who_had_lost_it_is_not_lost():
    job = queued(note, "done")
    in_queue(job).claim("held up")  # was missed, and it was put back; then it woke and failed
    in_queue(job).set_failed(lease.LostLease())
    DBTaskResult.objects.update(started_at=timezone.now() - timedelta(seconds=lease.LEASE + 5))
    work_off()
    assert (done, state(job)[0]) == ([], TaskResultStatus.FAILED)
    assert (lease.is_work_waiting(), lease.take_over()) == (True, 1)
    work_off()
    assert (done, state(job)) == (["done"], (TaskResultStatus.SUCCESSFUL, 2, True, ""))


def test_a_task_that_no_version_knows_any_more_ends():
    job = queued(note, "done")
    ago = timezone.now() - timedelta(seconds=lease.LEASE + 5)
    DBTaskResult.objects.update(task_path="tasks.tests.test_lease.long_gone")
    for _attempt in range(lease.MOST_ATTEMPTS + 1):
        work_off()
        DBTaskResult.objects.update(started_at=ago)
        lease.take_over()
    assert state(job)[2:] == (True, Failure.DIED)
    assert not lease.is_work_waiting()


def test_a_task_whose_worker_died_right_after_the_effect_is_not_done_again():
    job = queued(note, "again")
    taken(job, ago=lease.LEASE + 5)
    Job.objects.filter(pk=job.pk).update(ended_at=Now() - timedelta(seconds=lease.LEASE + 5))
    assert lease.take_over() == 0
    work_off()
    lease.tidy_up()
    assert done == []
    assert in_queue(job).status == TaskResultStatus.SUCCESSFUL


def test_old_jobs_are_forgotten_and_open_ones_are_not():
    old, open_one, new = queued(note, "old"), queued(note, "open"), queued(note, "new")
    ago = Now() - timedelta(days=settings.TASK_DAYS + 1)
    Job.objects.filter(pk=old.pk).update(ended_at=ago)
    Job.objects.filter(pk=open_one.pk).update(made_at=ago)
    Job.objects.filter(pk=new.pk).update(ended_at=Now() - timedelta(days=1))
    lease.tidy_up()
    assert {job.pk for job in Job.objects.all()} == {open_one.pk, new.pk}


def test_nobody_hears_of_progress_outside_a_task():
    progress.report(progress.READ, 5)
    assert list(progress.counted(progress.CHECKED, "ab")) == ["a", "b"]
    lease.finish()


def test_on_sqlite_progress_is_read_beside_a_database_that_is_being_written(tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("another connection writes it into the database")
    job = queued(note, "long")
    job.worker = "at work"
    holder = lease.Holder(job.pk, "at work", job.attempts, progress.WRITTEN, 500, 800)
    lease._tell_beside(holder)
    try:
        assert job.progress == ("written", 500, 800)
        job.worker = ""  # it has died
        assert job.progress == ("", 0, 0)
        job.worker, job.attempts = "another", 1  # somebody else tries by now
        assert job.progress == ("", 0, 0)
    finally:
        beside_database().unlink()
    assert job.progress == ("", 0, 0)


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_nodes_take_over_a_dead_workers_task_once():
    job = queued(note, "once")
    taken(job, ago=lease.LEASE + 5)
    found: list[int] = []

    def node() -> None:
        found.append(lease.take_over())
        connection.close()

    threads = [Thread(target=node) for _n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(found) == [0] * 7 + [1]
