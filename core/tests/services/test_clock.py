"""Once a server process has begun, no moment it writes down lies before an earlier one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.services import clock
from tests import factories as make

HOUR = timedelta(hours=1)


@pytest.fixture
def set_to(monkeypatch):
    """Sets the machine's clock, so many hours from what it is; at the end all is as before."""
    monkeypatch.setattr(clock, "_anchor", None)
    monkeypatch.setattr(clock.pre_create_historical_record, "connect", lambda *a, **named: None)
    monkeypatch.setattr(clock.connections, "close_all", lambda: None)
    true = timezone.now
    return lambda by: monkeypatch.setattr(timezone, "now", lambda: true() + by)


@pytest.mark.django_db
def test_moments_go_on_when_the_clock_is_set_back_and_from_the_newest_line_of_the_trail(set_to):
    set_to(2 * HOUR)
    make.draft()
    set_to(0 * HOUR)
    assert clock.now() < timezone.now() + HOUR, "what is no server goes by the clock"
    clock.begin()
    first = clock.now()
    assert first > timezone.now() + HOUR, "the trail was two hours further"
    set_to(-24 * HOUR)
    assert first < clock.now() < first + HOUR
    set_to(3 * HOUR)
    assert clock.now() > first + HOUR / 2, "forwards it goes by the clock"
