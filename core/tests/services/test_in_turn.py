"""Writers on SQLite queue: first come, first served; nobody waits for who is gone."""

import subprocess
import sys
import threading
import time

import pytest
from django.db import connection, transaction

from core.services import in_turn

HOLDS = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.lockf(file, fcntl.LOCK_EX)
print("has it", flush=True)
sys.stdin.read()
"""


def test_threads_have_their_turns_in_the_order_in_which_they_came():
    queue, came = in_turn.Queue("memory"), []

    def write(number):
        with queue.turn():
            came.append(number)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    with queue.turn():
        for number, thread in enumerate(threads):
            thread.start()
            while len(queue._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert came == [*range(8)]
    assert not queue._is_taken


def test_a_writer_that_fails_lets_the_next_one_in():
    queue = in_turn.Queue("memory")
    with pytest.raises(ValueError, match="locked"), queue.turn():
        raise ValueError("locked")
    with queue.turn():
        assert queue._is_taken


@pytest.mark.skipif(in_turn.fcntl is None, reason="no locks on files")
def test_another_process_has_its_turn_until_it_ends_however_it_does(tmp_path, monkeypatch):
    monkeypatch.setattr(in_turn, "SECONDS", 30)
    queue = in_turn.Queue(str(tmp_path / "portal.sqlite3"))
    command = [sys.executable, "-c", HOLDS, str(tmp_path / "portal.sqlite3-queue")]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    assert not queue._take(in_turn.FIRST, time.monotonic() + 0.05)
    threading.Timer(0.1, other.kill).start()
    with queue.turn():
        assert other.wait(5) == -9


def test_who_waits_too_long_goes_ahead(monkeypatch):
    monkeypatch.setattr(in_turn, "SECONDS", 0.01)
    queue, came = in_turn.Queue("memory"), []

    def write():
        with queue.turn():
            came.append("second")

    with queue.turn():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert came == ["second"]
    assert not queue._is_taken
    assert not queue._waiting


@pytest.mark.django_db(transaction=True)
def test_only_the_beginning_of_a_write_takes_a_turn(monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's writers wait for rows, in their order")
    turns, turn = [], in_turn.Queue.turn
    monkeypatch.setattr(in_turn.Queue, "turn", lambda queue: turns.append(1) or turn(queue))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert not any(queue._is_taken for queue in in_turn._queues.values())
    assert turns == [1]
