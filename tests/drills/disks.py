"""Small disks that can really be full (needs root; elsewhere the drill is skipped)."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOM = 512 * 1024  # what is left when a disk is filled


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="portal-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(place)]
    try:
        if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("no small disk can be made here (needs root)")
        place.chmod(0o755)  # PostgreSQL runs as another user
        try:
            yield place
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=True)
    finally:
        place.rmdir()


def fill(disk: Path, room: int = ROOM) -> Path:
    """A file that takes what is left but `room`; without it there is room again."""
    filler = disk / "filler"
    left = shutil.disk_usage(disk).free - room
    with filler.open("wb") as file:
        for _megabyte in range(left // 2**20):
            file.write(b"\0" * 2**20)
        file.write(b"\0" * (left % 2**20))
    return filler
