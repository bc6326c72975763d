"""A disk that is really full, under a server as in use: 503 until there is room, nothing lost.

Needs root, to have a small disk of its own; elsewhere it is skipped, and
`tests/test_failures.py` says the same of SQLite's and the system's own errors.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest

from tests import first_state
from tests.test_settings import ROOT

pytestmark = [pytest.mark.any_database, pytest.mark.slow]
MEGABYTE = 1024 * 1024
SIZE = 64  # megabytes
ROOM = MEGABYTE // 2  # what is left when the disk fills
SCENE = """
from accounts.services import create_token, create_user
from tests import factories as make
make.activity("GBV-01")
person = create_user(username="nguoi-nhap", role="coordinator", password="qua-cam-tren-doi-7")
print(create_token(user=person)[1])
"""


@pytest.fixture
def disk(tmp_path):
    """A disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no small disk can be made here (needs root)")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def running(environment):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "plan_portal.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--config", "python:plan_portal.serving", "--threads", "2"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def test_a_full_disk_is_503_until_there_is_room_and_nothing_is_lost(disk, db):
    first_state.write_to(disk / "portal.sqlite3")
    environment = {
        **os.environ,
        "DEBUG": "0",
        "SECRET_KEY": "k" * 50,
        "DATABASE_URL": f"sqlite:///{disk / 'portal.sqlite3'}",
        "MEDIA_ROOT": str(disk / "media"),
        "BACKUP_DIR": str(disk / "backups"),
        "DISK_RESERVE_MB": "2",
    }

    def manage(*command):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    manage("migrate", "--verbosity", "0")
    manage("load_reference")
    token = manage("shell", "--verbosity", "0", "-c", SCENE).split()[-1]
    row = {"date": "2022-09-15", "activity": "GBV-01", "commune": "03577", "payee": "A"}
    numbers = iter(range(1, 10**6))
    with running(environment) as portal, httpx.Client(base_url=portal, timeout=60) as client:
        client.headers = {"Authorization": f"Token {token}", "Accept-Language": "en"}

        def send():
            n = next(numbers)
            body = {**row, "amount": n, "voucher_no": f"PC{n}", "description": "x" * 450}
            return client.post("/api/v1/disbursements/", json=body)

        first = send()
        assert first.status_code == 201, first.text
        assert client.get("/readyz").status_code == 200
        filler = disk / "filler"
        filler.write_bytes(b"\0" * (shutil.disk_usage(disk).free - ROOM))
        answers = [first]
        while len(answers) < 3000 and answers[-1].status_code == 201:
            answers.append(send())
        refused = answers.pop()
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10"), refused.text
        assert "disk is full" in refused.json()["detail"]
        assert client.get("/api/v1/disbursements/").json()["count"] == len(answers)
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["disk"]) == (503, "full")
        filler.unlink()
        answers.append(send())
        assert answers[-1].status_code == 201
        assert client.get("/readyz").status_code == 200
        assert client.get("/api/v1/disbursements/").json()["count"] == len(answers)
    manage("check_ledger")
