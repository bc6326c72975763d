"""The portal as gunicorn serves it (two workers), beside Datasette on the same file; many at once.

Requests a second are by the clock: what else the machine does is in them, and as the two are asked
in turns it is in both. Beside them the processor's milliseconds that the server used for a request.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, product
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from django.db import connection

from bench import client, environments
from bench.cases import Figures, case
from bench.cases.reading import BY, LIST, SCAN, SUMMARY, YEAR
from bench.ledger import YEARS
from bench.scene import Scene
from disbursements import proof
from disbursements.models import Disbursement

TURNS, SECONDS, WORKERS = 5, 2.0, 2
CROWD_SECONDS = float(os.environ.get("BENCH_CROWD_SECONDS", "60"))
READERS, WRITERS = 64, 8
AT_ONCE, VOUCHERS = 32, 10
TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(scene: Scene) -> Iterator[tuple[int, int]]:
    """gunicorn as in use: its port and its process."""
    settings = connection.settings_dict
    url = f"sqlite:///{settings['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://postgres@/{settings['HOST']}/{settings['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "MEDIA_ROOT": str(scene.folder),
        "STATIC_ROOT": str(scene.folder / "static"),
    }
    port = _free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "plan_portal.wsgi"),
        *("--config", "python:plan_portal.serving", "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--threads", "4"),
    ]
    with _running(command, port, environment) as process:
        yield port, process.pid


@contextmanager
def _running(
    command: list[str], port: int, environment: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    out = subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=environment, cwd=environments.ROOT, stdout=out, stderr=out
    )
    try:
        _wait_for(port, process)
        yield process
    finally:
        process.send_signal(signal.SIGINT)  # at once: nobody waits for an answer any more
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the server did not start: {process.args!r}")


def _processor(parent: int) -> float:
    """Seconds of the processor that a server and its workers have used."""
    used = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(folder.name) == parent or int(fields[1]) == parent:
            used += (int(fields[11]) + int(fields[12])) / TICK
    return used


def questions() -> list[str]:
    """Addresses of summaries, each of which asks something else: 7,500 of them."""
    cuts = ("program,commune", "commune,program", "program,commune,quarter")
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 11) for day in range(1, 26)]
    found = product(cuts, YEARS, ("", "&plan=current"), days)
    return [f"{SUMMARY}?by={by}&fiscal_year={y}{plan}&as_of={day}" for by, y, plan, day in found]


def _in_turns(asks: dict[str, tuple[int, int, client.Ask]]) -> Figures:
    """`{name: (port, process, ask)}`, a turn of two seconds each, several times."""
    count = dict.fromkeys(asks, 0)
    used = dict.fromkeys(asks, 0.0)
    for turn in range(TURNS + 1):
        for name, (port, process, ask) in asks.items():
            before = _processor(process)
            answers = client.asked_for(port, ask, SECONDS, first=10_000 * turn)
            if turn:  # the first warms up
                count[name] += len(answers)
                used[name] += _processor(process) - before
    found: Figures = {}
    for name in asks:
        found[f"{name} /s"] = round(count[name] / (TURNS * SECONDS), 1)
        found[f"{name} ms each"] = round(1000 * used[name] / max(count[name], 1), 2)
    return found


@case("server", most=200_000)
def server(scene: Scene) -> Figures:
    token = {"Authorization": f"Token {scene.token('dieuphoi')}"}
    new = questions()
    with serving(scene) as (port, process):
        asks: dict[str, tuple[int, int, client.Ask]] = {
            "summaries": (port, process, lambda n: client.get(new[n % len(new)], **token)),
            "summaries again": (
                port,
                process,
                lambda n: client.get(f"{SUMMARY}?by={BY}&fiscal_year={YEAR}", **token),
            ),
            "lists of 100": (
                port,
                process,
                lambda n: client.get(f"{LIST}?page_size=100", **token),
            ),
        }
        program = environments.datasette() if scene.database == "sqlite" else None
        if program is None:
            if scene.database == "sqlite":
                scene.said.append("Datasette could not be had: there is nothing beside")
            return _in_turns(asks)
        with _datasette(program) as (other, its):
            table = f"/{_name()}/disbursements_disbursement.json?_size=100&_sort_desc=date"
            sql = urlencode({"sql": SCAN.replace("%s", ":year"), "year": YEAR, "_shape": "array"})
            asks["Datasette summaries"] = (
                *(other, its),
                lambda n: client.get(f"/{_name()}.json?{sql}"),
            )
            asks["Datasette lists of 100"] = (other, its, lambda n: client.get(table))
            return _in_turns(asks)


def _name() -> str:
    return Path(str(connection.settings_dict["NAME"])).stem


@contextmanager
def _datasette(program: Path) -> Iterator[tuple[int, int]]:
    port = _free_port()
    file = str(connection.settings_dict["NAME"])
    command = [str(program), "serve", file, "--port", str(port)]
    for name, value in (("sql_time_limit_ms", "20000"), ("max_returned_rows", "5000")):
        command += ["--setting", name, value]
    with _running(command, port, dict(os.environ)) as process:
        yield port, process.pid


@case("crowd", once=True)
def crowd(scene: Scene) -> Figures:
    """64 who read and 8 who post, for a minute; then the ledger is proved."""
    reader = {"Authorization": f"Token {scene.token('dieuphoi')}"}
    writer = {"Authorization": f"Token {scene.token('quanly')}"}
    new, waiting, lock = cycle(questions()), scene.waiting, threading.Lock()
    errors: list[str] = []
    took: list[float] = []
    wrote: list[float] = []

    def read(link: client.Connection, number: int) -> bytes:
        with lock:
            address = next(new) if number % 2 else f"{LIST}?page_size=50"
        return client.get(address, **reader)

    def write(link: client.Connection, number: int) -> bytes:
        with lock:
            pk = next(waiting)
        return client.post(f"{LIST}{pk}/post/", json.dumps({}).encode(), **writer)

    def run(port: int, make: Callable[[client.Connection, int], bytes], times: list[float]) -> None:
        link, number = client.Connection(port), 0
        while time.monotonic() < until:
            try:
                request = make(link, number)
            except StopIteration:
                return
            begun = time.monotonic()
            status, body = link.ask(request)
            times.append(time.monotonic() - begun)
            number += 1
            if status != 200:
                errors.append(f"{status} {body[:200]!r}")
            if times is wrote:
                time.sleep(1)

    with serving(scene) as (port, _process):
        until = time.monotonic() + CROWD_SECONDS
        people = [threading.Thread(target=run, args=(port, read, took)) for _ in range(READERS)]
        people += [threading.Thread(target=run, args=(port, write, wrote)) for _ in range(WRITERS)]
        for each in people:
            each.start()
        for each in people:
            each.join()
    scene.said += errors[:5]
    broken = [*proof.totals(), *proof.numbers()]
    scene.said += broken[:5]
    cuts, written = quantiles(took, n=100), quantiles(wrote, n=100)
    return {
        "answers /s": round(len(took) / CROWD_SECONDS, 1),
        "writes /s": round(len(wrote) / CROWD_SECONDS, 1),
        "p50 s": round(cuts[49], 3),
        "p99 s": round(cuts[98], 3),
        "p99 by p50": round(cuts[98] / cuts[49], 2),
        "writes p99 s": round(written[98], 3),
        "errors": len(errors),
        "totals or numbers broken": len(broken),
    }


@case("writers", once=True)
def writers(scene: Scene) -> Figures:
    """32 who enter vouchers, one behind the other, all at once: the seconds each waited."""
    if scene.database != "sqlite":
        return {}
    token = {"Authorization": f"Token {scene.token('dieuphoi')}"}
    like = Disbursement.objects.filter(status="submitted").select_related("activity", "commune")[0]
    same = {"activity": like.activity.code, "commune": like.commune.code}
    waits: list[float] = []

    def enter(port: int, person: int) -> None:
        link = client.Connection(port)
        for number in range(VOUCHERS):
            row = {"date": like.date.isoformat(), "amount": 1000 + number, **same}
            body = json.dumps(row | {"voucher_no": f"W{person}-{number}"}).encode()
            begun = time.monotonic()
            status, said = link.ask(client.post(LIST, body, **token))
            waits.append(time.monotonic() - begun)
            if status != 201:
                errors.append(f"{status} {said[:200]!r}")

    errors: list[str] = []
    with serving(scene) as (port, _process):
        people = [threading.Thread(target=enter, args=(port, n)) for n in range(AT_ONCE)]
        begun = time.monotonic()
        for each in people:
            each.start()
        for each in people:
            each.join()
        took = time.monotonic() - begun
    scene.said += errors[:5]
    cuts = quantiles(waits, n=100)
    return {
        "writes /s": round(len(waits) / took, 1),
        "p50 s": round(cuts[49], 3),
        "p99 s": round(cuts[98], 3),
        "errors": len(errors),
    }
