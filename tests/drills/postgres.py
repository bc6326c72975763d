"""A PostgreSQL of a drill's own, safe as in use (the tests' own is not), with the tests' data."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections

from disbursements.totals import keeping
from scripts.postgres import Cluster, find_server

SAFE = ("fsync=on", "synchronous_commit=on", "dynamic_shared_memory_type=mmap")


@contextmanager
def own_cluster(base: str = "", *options: str) -> Iterator[Cluster]:
    """For as long as it lasts, the tests' connection leads there, too."""
    cluster = Cluster(find_server(), (*SAFE, *options), base)
    at = connection.settings_dict
    before = {name: at[name] for name in ("HOST", "NAME", "USER")}
    try:
        cluster.start()
        _copy(cluster)
        connections.close_all()
        at.update(HOST=str(cluster.folder), NAME="portal", USER="postgres")
        keeping.add_up(connection)  # other triggers: they are the same, but it cannot know
        yield cluster
    finally:
        connections.close_all()
        at.update(before)
        cluster.stop()


def _copy(cluster: Cluster) -> None:
    at = connection.settings_dict
    environment = {**os.environ, "PGUSER": str(at["USER"] or "postgres")}
    dump = [str(cluster.programs / "pg_dump"), "-h", str(at["HOST"]), "-d", str(at["NAME"])]
    load = [str(cluster.programs / "psql"), "-h", str(cluster.folder), "-d", "portal", "-q"]
    load += ["-v", "ON_ERROR_STOP=1"]
    with subprocess.Popen(dump, stdout=subprocess.PIPE, env=environment) as source:
        subprocess.run(
            load,
            stdin=source.stdout,
            stdout=subprocess.DEVNULL,
            env={**environment, "PGUSER": "postgres"},
            check=True,
        )
    assert source.returncode == 0
