"""Slow queries of this machine: as they are asked, without the values in them. In a small file, so
that every server process knows of those of the others; its older half goes when it is full."""

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.utils import timezone

logger = logging.getLogger("portal.database")
MOST_BYTES = 256 * 1024
LONGEST = 2000  # letters of a query that are kept


class Line(TypedDict):
    """One time that a query was slow, as the file has it."""

    sql: str
    milliseconds: int
    route: str
    at: str


@dataclass
class SlowQuery:
    """One query in all its times: how often it was slow, its longest (milliseconds), when last and
    on which page."""

    sql: str
    times: int
    longest: int
    last: str
    route: str


def note(sql: str, seconds: float, route: str) -> None:
    """Keep a query that was slow, and say so on standard error."""
    facts = {"sql": sql[:LONGEST], "milliseconds": round(seconds * 1000), "route": route}
    logger.warning("a slow query", extra={"facts": facts})
    line = json.dumps({**facts, "at": timezone.now().isoformat(timespec="seconds")})
    try:
        with open(_file(), "a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        _shorten()
    except OSError:
        logger.warning("the slow query could not be kept", exc_info=True)


def latest() -> list[SlowQuery]:
    """Those that are kept, the longest first."""
    found: dict[str, SlowQuery] = {}
    for line in _lines():
        each = found.setdefault(line["sql"], SlowQuery(line["sql"], 0, 0, "", ""))
        each.times += 1
        each.longest = max(each.longest, line["milliseconds"])
        each.last, each.route = line["at"], line["route"]
    return sorted(found.values(), key=lambda each: -each.longest)


def _lines() -> list[Line]:
    try:
        kept = _file().read_text("utf-8").splitlines()
    except OSError:
        return []
    return [json.loads(line) for line in kept if line.startswith("{") and line.endswith("}")]


def _file() -> Path:
    return Path(settings.SLOW_QUERY_FILE)


def _shorten() -> None:
    """The newer half goes on."""
    if _file().stat().st_size <= MOST_BYTES:
        return
    lines = _file().read_text("utf-8").splitlines(keepends=True)
    new = _file().with_suffix(f".{os.getpid()}")
    new.write_text("".join(lines[len(lines) // 2 :]), "utf-8")
    new.replace(_file())
