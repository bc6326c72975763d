"""A primary, its replica, PgBouncer in front of both, and nodes of the portal: real processes, each
ended by whoever started it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg2
from django.conf import settings

from scripts import postgres

PATIENCE = 120  # seconds, on a machine that does much else
PGBOUNCER = Path("/usr/sbin/pgbouncer")
KEY = "only-for-drills-0123456789-abcdefghijklmnopqrstuvwxyz"


def until(is_so: Callable[[], Any], patience: float = PATIENCE) -> None:
    over = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < over, "waited too long"
        time.sleep(0.05)


class Server(postgres.Cluster):
    """A PostgreSQL whose commits are safe when it is killed, on a socket of its own."""

    def ask(self, question: str, *values: Any, database: str = "portal") -> Any:
        link = psycopg2.connect(host=str(self.folder), user="postgres", dbname=database)
        try:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute(question, values)
                return cursor.fetchone()[0] if cursor.description else None
        finally:
            link.close()

    def is_up(self) -> bool:
        with suppress(psycopg2.OperationalError):
            return bool(self.ask("SELECT true"))
        return False

    def run(self) -> None:
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder)]
        for option in ("listen_addresses=", "fsync=off", "dynamic_shared_memory_type=mmap"):
            command += ["-c", option]
        self.server = self.begin(command, self.log)

    def begin(self, command: list[str], log: Path) -> subprocess.Popen[Any]:
        with log.open("ab") as into:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=into,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=postgres.die_with_parent,
                **self._as_user(),
            )

    def kill(self) -> None:
        """As when a machine loses its power: the server and all of its processes."""
        assert self.server is not None
        family = _children(self.server.pid)
        for pid in (self.server.pid, *family):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.wait(30)


class Primary(Server):
    def start(self) -> None:
        self._own(self.folder)
        self._reachable()
        self._initdb()
        self.run()
        self._create_database()
        # What start-up options say elsewhere: behind PgBouncer it is the role's (docs/scale.md).
        self.ask("ALTER ROLE postgres SET lock_timeout = '10s'")

    def waits_for_the_replica(self, does: bool) -> None:
        """Whether a commit is acknowledged only once the replica has it, too."""
        self.ask("ALTER SYSTEM SET synchronous_standby_names = %s", "*" if does else "")
        self.ask("SELECT pg_reload_conf()")
        if does:
            state = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
            until(lambda: self.ask(state))


class Replica(Server):
    def follow(self, primary: Primary) -> None:
        self._own(self.folder)
        self._reachable()
        copy = [str(self.programs / "pg_basebackup"), "-h", str(primary.folder), "-U", "postgres"]
        copy += ["-D", str(self.data), "-R", "-X", "stream", "--checkpoint=fast", "--no-sync"]
        subprocess.run(copy, cwd=self.folder, check=True, **self._as_user())
        self.data.chmod(0o700)
        self.run()
        until(self.is_up)


class Bouncer:
    """PgBouncer in transaction mode; `portal` and `replica` are what it leads to."""

    def __init__(self, primary: Server, replica: Server) -> None:
        self.host, self.primary, self.replica = primary, primary, replica
        self.folder = primary.folder / "bouncer"
        self.folder.mkdir()
        primary._own(self.folder)
        self.lead_to(primary)
        command = [str(PGBOUNCER), str(self.folder / "pgbouncer.ini")]
        self.process = primary.begin(command, self.folder / "log")
        until(lambda: (self.folder / ".s.PGSQL.5432").exists())

    def lead_to(self, primary: Server) -> None:
        (self.folder / "pgbouncer.ini").write_text(
            f"""[databases]
portal = host={primary.folder} dbname=portal user=postgres
replica = host={self.replica.folder} dbname=portal user=postgres
[pgbouncer]
listen_addr =
listen_port = 5432
unix_socket_dir = {self.folder}
auth_type = any
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
server_login_retry = 1
query_wait_timeout = 20
"""
        )

    def read_again(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def url(self, name: str) -> str:
        return f"postgres://postgres@/{self.folder}/{name}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


class Node:
    """The portal as scripts/serve.sh starts it: gunicorn with two processes."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address, self.log = f"http://127.0.0.1:{self.port}", folder / f"{self.port}.log"
        self.environment = {
            **environment,
            "PREPARED": "1",
            "PORT": str(self.port),
            "STATIC_ROOT": str(folder / "static"),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / f"measured-{self.port}"),
        }

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["bash", "scripts/serve.sh"],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=postgres.die_with_parent,
            )
        until(self.answers)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.said()
        with suppress(httpx.TransportError):
            answer = httpx.get(f"{self.address}/readyz", timeout=30, verify=False)  # noqa: S501
            return answer.status_code == 200
        return False

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-5000:]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)  # at once: nobody has anything under way
        try:
            self.process.wait(45)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _children(pid: int) -> list[int]:
    try:
        return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    except OSError:
        return []


def manage(environment: dict[str, str], *command: str) -> subprocess.Popen[str]:
    """A command of the portal, begun."""
    return subprocess.Popen(
        [".venv/bin/python", "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=postgres.die_with_parent,
    )
