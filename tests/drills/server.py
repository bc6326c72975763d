"""The portal as `make serve` runs it: scripts/serve.sh, gunicorn with the settings of deploy/."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from scripts.postgres import die_with_parent
from tests.browser.served import database_url

PATIENCE = 120  # seconds, on a machine that does much else
WORKERS, THREADS = 2, 4  # what scripts/serve.sh has unless told otherwise


def until(is_so: Callable[[], Any], patience: float = PATIENCE) -> None:
    over = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < over, "waited too long"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    try:
        return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    except OSError:
        return []


def descendants(pid: int) -> list[int]:
    return [each for child in children(pid) for each in (child, *descendants(child))]


class Server:
    """One server, from entering to leaving; at leaving nothing of it is left."""

    def __init__(self, folder: Path, code: Path | None = None, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.code = code or Path(settings.BASE_DIR)
        self.log = folder / f"server-{self.port}.log"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "plan_portal.settings",
            "SECRET_KEY": settings.SECRET_KEY,
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "STATIC_ROOT": str(folder / "static"),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / f"measured-{self.port}"),
            "PREPARED": "1",
            "PORT": str(self.port),
            **environment,
        }

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Server":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["bash", "scripts/serve.sh"],
                cwd=self.code,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        try:
            self.answers_again()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        family = descendants(self.process.pid)
        self.process.terminate()
        try:
            self.process.wait(45)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        until(lambda: not any(map(is_running, family)), 30)

    def answers(self, path: str = "/healthz") -> bool:
        assert self.process.poll() is None, self.said()
        try:
            # Plain HTTP: reading certificates at each try would take longer than starting.
            answer = httpx.get(self.address + path, timeout=30, verify=False)  # noqa: S501
            return answer.status_code == 200
        except httpx.TransportError:
            return False

    def answers_again(self, path: str = "/healthz") -> float:
        """Waits until it answers; how many seconds that took."""
        began = time.monotonic()
        until(lambda: self.answers(path))
        return time.monotonic() - began

    def workers(self) -> list[int]:
        return children(self.process.pid)

    def kill(self, pids: list[int]) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-5000:]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
