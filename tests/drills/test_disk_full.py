"""A disk that is really full, under a server as in use: 503 until there is room, nothing lost.

That of the database (SQLite's and PostgreSQL's) and that of the files alone. Needs root, to have a
small disk of its own; elsewhere it is skipped, and `tests/test_failures.py` says the same of
SQLite's and the system's own errors.
"""

import os
import subprocess
import sys

import httpx
import pytest

from disbursements.models import Attachment, Disbursement
from tests import factories as make
from tests import first_state
from tests.drills import in_full_only, whole
from tests.drills.disks import fill, small_disk
from tests.drills.people import Crew, Deed
from tests.drills.postgres import own_cluster
from tests.drills.server import Server
from tests.test_settings import ROOT

pytestmark = pytest.mark.slow
SIZE, OF_POSTGRES = 64, 192  # megabytes
SCENE = """
from accounts.services import create_token, create_user
from tests import factories as make
make.activity("GBV-01")
person = create_user(username="nguoi-nhap", role="coordinator", password="qua-cam-tren-doi-7")
print(create_token(user=person)[1])
"""


@pytest.fixture
def disk():
    """A disk of its own."""
    with small_disk(SIZE) as place:
        yield place


@pytest.mark.any_database
def test_a_full_disk_is_503_until_there_is_room_and_nothing_is_lost(
    disk, db, tmp_path, record_property
):
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

    token = manage("shell", "--verbosity", "0", "-c", SCENE).split()[-1]
    row = {"date": "2022-09-15", "activity": "GBV-01", "commune": "03577", "payee": "A"}
    numbers = iter(range(1, 10**6))
    with (
        Server(tmp_path, **environment) as server,
        httpx.Client(base_url=server.address, timeout=60) as client,
    ):
        client.headers = {"Authorization": f"Token {token}", "Accept-Language": "en"}

        def send():
            n = next(numbers)
            body = {**row, "amount": n, "voucher_no": f"PC{n}", "description": "x" * 450}
            return client.post("/api/v1/disbursements/", json=body)

        first = send()
        assert first.status_code == 201, first.text
        assert client.get("/readyz").status_code == 200
        filler = fill(disk)
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
    record_property("drill", f"disk of SQLite full: 503, back by itself, {len(answers)} rows there")


def until_full(crew, most=3000):
    """(what was entered, the first that was not)."""
    done = []
    for n in range(most):
        body = {"date": "2022-09-16", "activity": "GBV-01", "commune": make.BAN_LANG}
        body |= {"amount": n + 1, "voucher_no": f"PC-day-{n}", "description": "x" * 450}
        deed = Deed("/api/v1/disbursements/", body, is_clerks=True)
        crew.send(deed)
        if not deed.is_acknowledged:
            return done, deed
        done.append(deed)
    raise AssertionError("there was always room")


@in_full_only
@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_postgresql_without_room_is_503_until_there_is_room(tmp_path, record_property):
    make.activity()
    with (
        small_disk(OF_POSTGRES) as disk,
        own_cluster(str(disk), "max_wal_size=32MB", "min_wal_size=32MB"),
        Server(tmp_path) as server,
    ):
        crew = Crew(server, 1)
        filler = fill(disk)
        done, refused = until_full(crew)
        whole.answered([refused])
        assert "disk is full" in refused.answer.json()["detail"]
        filler.unlink()
        server.answers_again("/readyz")
        crew.send_again([refused])
        whole.entered_once([*done, refused])
        assert Disbursement.objects.count() == len(done) + 1
        whole.ledger_is_whole()
    record_property(
        "drill", f"disk of PostgreSQL full: 503, back by itself, {len(done)} rows there"
    )


@in_full_only
@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_no_room_for_files_is_503_and_neither_file_nor_row_of_it_is_left(
    disk, tmp_path, settings, record_property
):
    settings.MEDIA_ROOT = str(disk)
    row = make.draft()
    with Server(tmp_path) as server:
        clerk = Crew(server, 1).clerks[0]

        def attach():
            file = {"file": ("phieu.pdf", b"%PDF-1.4 " + os.urandom(2**21))}
            return clerk.post(
                "/api/v1/disbursement-files/", data={"disbursement": row.pk}, files=file
            )

        assert attach().status_code == 201
        filler = fill(disk)
        kept = {*disk.rglob("*")}
        refused = attach()
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10"), refused.text
        assert {each for each in disk.rglob("*") if each.is_file()} <= kept
        filler.unlink()
        assert attach().status_code == 201
    assert Attachment.objects.count() == 2
    whole.ledger_is_whole()
    record_property("drill", "disk of the files full: 503, back by itself, 2 files there")
