"""A server process that finds this folder on its PYTHONPATH goes by another clock: so many seconds
before or after the machine's as the file DRILL_CLOCK says at that moment."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

_file, _real = Path(os.environ["DRILL_CLOCK"]), time.time


def _time() -> float:
    return _real() + float(_file.read_text() or 0)


def _now() -> datetime:
    return datetime.fromtimestamp(_time(), UTC)


time.time = _time
timezone.now = _now
