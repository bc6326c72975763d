"""The moment of what is written down, which never runs back.

A machine's clock may be set back (by hand, by an empty battery at the next start). What a server
then wrote would stand before what it follows: a posting in hours in which its month was closed. So
a server process goes by the clock while that runs forwards, and else by how much time has passed;
at its start it begins no earlier than the newest line of any trail.
"""

import logging
import time
from datetime import datetime, timedelta
from threading import Lock

from django.apps import apps
from django.db import DatabaseError, connections
from django.db.models import Max
from django.utils import timezone
from simple_history.models import HistoricalChanges
from simple_history.signals import pre_create_historical_record

logger = logging.getLogger(__name__)

BEHIND = timedelta(minutes=1)  # from which on it is worth a word
_lock = Lock()
_anchor: tuple[datetime, float] | None = None  # a moment, and what the steady clock said then


def now() -> datetime:
    """In a server process never before an earlier answer; elsewhere what the clock says."""
    global _anchor
    wall = timezone.now()
    if _anchor is None:
        return wall
    with _lock:
        moment, then = _anchor
        steady = time.monotonic()
        wall = max(wall, moment + timedelta(seconds=steady - then))
        _anchor = wall, steady
    return wall


def begin() -> None:
    """Called once by a server process, when there are apps."""
    global _anchor
    wall, newest = timezone.now(), _newest()
    if newest - wall > BEHIND:
        logger.error("The clock is behind the ledger by %s: set it right.", newest - wall)
    _anchor = max(wall, newest), time.monotonic()
    pre_create_historical_record.connect(_date, dispatch_uid="the clock never runs back")


def _newest() -> datetime:
    found = [timezone.now() - BEHIND]
    for model in apps.get_models():
        if not hasattr(model, "history"):
            continue
        try:
            trail = model.history.model._default_manager  # type: ignore[attr-defined]
            found.append(trail.aggregate(newest=Max("history_date"))["newest"] or found[0])
        except DatabaseError:  # away, or not made yet
            break
    connections.close_all()
    return max(found)


def _date(sender: object, history_instance: HistoricalChanges, **_signal: object) -> None:
    history_instance.history_date = now()
