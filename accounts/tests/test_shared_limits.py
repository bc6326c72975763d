"""Limits of several nodes: counted together, and not asked of the shared cache each time."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache

from accounts import throttling

LIMIT = 1000


class Shared(LocMemCache):
    """A cache that nodes share, as far as one process can have it."""

    asked = 0

    def incr(self, *args, **kwargs):
        type(self).asked += 1
        return super().incr(*args, **kwargs)


class Slow(Shared):
    """One that others ask meanwhile."""

    def incr(self, *args, **kwargs):
        sleep(0.005)
        return super().incr(*args, **kwargs)


class Away(Shared):
    def add(self, *args, **kwargs):
        raise ConnectionError("nobody is there")


@pytest.fixture(autouse=True)
def a_minute_that_does_not_end(monkeypatch):
    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: 1_000_010.0))
    Shared.asked = 0


def counted_by(settings, backend, location):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.{backend}", "LOCATION": location}}
    caches["default"].clear()


def let_in(monkeypatch, nodes, requests):
    """How many of the requests, which come to each of the nodes in turn, are let in."""
    each, counts = [throttling.Counted() for _n in range(nodes)], 0
    for number in range(requests):
        monkeypatch.setattr(throttling, "_here", each[number % nodes])
        counts += throttling.hit("read", "token", LIMIT) <= LIMIT
    return counts


def test_four_processes_let_in_a_few_hundredths_too_many_at_most(settings, monkeypatch):
    counted_by(settings, "Shared", "four")
    assert LIMIT <= let_in(monkeypatch, 4, 2 * LIMIT) <= LIMIT * 1.04
    assert Shared.asked < 2 * LIMIT / 9


def test_threads_of_one_process_count_no_request_twice(settings, monkeypatch):
    counted_by(settings, "Slow", "threads")
    monkeypatch.setattr(throttling, "_here", throttling.Counted())
    with ThreadPoolExecutor(8) as pool:
        counts = [*pool.map(lambda _n: throttling.hit("shared", "address", 60), range(100))]
    assert sum(count <= 60 for count in counts) == 60


def test_who_stays_far_below_the_limit_asks_nothing_of_the_cache(settings, monkeypatch):
    counted_by(settings, "Shared", "few")
    assert let_in(monkeypatch, 1, LIMIT // 100 - 1) == LIMIT // 100 - 1
    assert Shared.asked == 0


def test_without_the_cache_each_process_counts_for_itself(settings, monkeypatch):
    counted_by(settings, "Away", "away")
    assert let_in(monkeypatch, 2, 4 * LIMIT) == 2 * LIMIT
