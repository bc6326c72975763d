"""A server as in use, over the database of the test: gunicorn, hashed and compressed files."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
from django.conf import settings
from django.db import connection

UNUSED = ("redoc", "rest_framework", "drf_spectacular_sidecar", "admin")  # minutes to compress


def database_url() -> str:
    """DATABASE_URL of the test's own database."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    name, host = quote(str(at["USER"])), str(at["HOST"])
    if host.startswith("/"):  # a socket
        return f"postgres://{name}@/{host}/{at['NAME']}"
    return f"postgres://{name}@{host}:{at['PORT'] or 5432}/{at['NAME']}"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Its address, while it runs; static files go to `folder`, where they are not there yet."""
    environment = {
        **os.environ,
        "DEBUG": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        "STATIC_ROOT": str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "plan_portal.settings",
    }
    if not (folder / "static").exists():
        ignored = [part for name in UNUSED for part in ("--ignore", name)]
        manage = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run([*manage, *ignored], cwd=settings.BASE_DIR, env=environment, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gunicorn = [sys.executable, "-m", "gunicorn", "plan_portal.wsgi", "--no-control-socket"]
    options = ["--bind", f"127.0.0.1:{port}", "--threads", "4", "--log-level", "warning"]
    running = subprocess.Popen([*gunicorn, *options], cwd=settings.BASE_DIR, env=environment)
    try:
        yield _ready(f"http://127.0.0.1:{port}")
    finally:
        running.terminate()
        running.wait(20)


def _ready(address: str) -> str:
    for _ in range(300):
        try:
            httpx.get(f"{address}/sw.js", verify=False)  # noqa: S501 - plain HTTP
            return address
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")
