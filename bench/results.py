"""The figures as they come: `bench/results.json`, one record for each case, size and database."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
FILE = FOLDER / "results.json"


@dataclass
class Result:
    """What one case gave. `said`: what could not be measured, in sentences."""

    database: str
    size: int
    case: str
    figures: dict[str, float]
    said: list[str] = field(default_factory=list)
    revision: str = ""
    measured: str = ""
    load: float = 0.0

    @property
    def key(self) -> tuple[str, int, str]:
        return self.database, self.size, self.case


def stamped(result: Result) -> Result:
    """With when it was measured, of which revision, and how busy the machine was."""
    result.measured = datetime.now(UTC).isoformat(timespec="minutes")
    result.load, result.revision = round(os.getloadavg()[0], 1), revision()
    return result


@cache
def revision() -> str:
    """The commit that this process runs, with a `+` where code or settings differ from it."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(FOLDER.parent), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    changed = git(
        "status", "--porcelain", "--", ".", ":!bench/results*", ":!bench/growth.svg", ":!docs"
    )
    return git("rev-parse", "--short=10", "HEAD") + ("+" if changed else "")


def read(file: Path = FILE) -> list[Result]:
    return [Result(**each) for each in json.loads(file.read_text())] if file.exists() else []


def add(new: Result, file: Path = FILE) -> None:
    """Keep a result at once, in place of an earlier one of the same case; two runs may."""
    with file.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        write([each for each in read(file) if each.key != new.key] + [new], file)


def write(results: Iterable[Result], file: Path = FILE) -> None:
    found = [asdict(each) for each in sorted(results, key=lambda each: each.key)]
    written = file.with_suffix(".part")
    written.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    written.replace(file)


def machine() -> dict[str, Any]:
    name = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {"processor": name, "cores": os.cpu_count(), "python": platform.python_version()}
