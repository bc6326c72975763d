"""What the portal's usual requests cost with 5,000 and with 100,000 disbursements.

    python -m bench.quick                     on SQLite; about three minutes
    python -m bench.quick --postgres          on a throw-away PostgreSQL
    python -m bench.quick --json before.json
    python -m bench.quick --against before.json

Each size has a database of its own, filled as for `make bench` (`ledger.py`). Of each request: the
processor's milliseconds (this process and its PostgreSQL backend, where the system tells; median
of several rounds, requests interleaved), the number of queries, and how many of them were asked
before, word for word. A file is imported in the smallest ledger alone. With `--against` it exits 1
when something asks more queries, or takes a quarter (and 5 ms) longer than it did.

A new measure: an entry in `requests()`.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO, StringIO
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIZES, ROUNDS, IMPORTED = (5_000, 100_000), 7, 10_000
OPEN = {"period__state": "open"}
Result = dict[str, Any]


# The ledger


def build(rows: int) -> None:
    """The demo, and a ledger of that many rows: some wait, a few are drafts."""
    from django.core.management import call_command
    from django.test import override_settings

    from bench import ledger

    with override_settings(DEBUG=True):  # the demo is for a machine of one's own
        call_command("load_demo", password="mot-mat-khau-de-do", stdout=StringIO())  # noqa: S106
    ledger.build(rows, min(ledger.WAITING, rows // 5), min(ledger.DRAFTS, rows // 50))


def workbook(rows: int) -> bytes:
    """Disbursements as an office lists them, in a month that is open."""
    from openpyxl import Workbook

    from disbursements.models import Disbursement

    like = Disbursement.objects.filter(origin="history", **OPEN).select_related(
        "activity", "commune"
    )
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền", "Đơn vị nhận"])
    for n in range(rows):
        row = like[n % len(like)]
        values = [row.date, f"Y{n}", row.activity.code, row.commune.name, 1 + n, row.payee]
        sheet.append(values)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


# The requests


def requests(imported: int) -> dict[str, Callable[[], Any]]:
    """What is measured: a name, and a function that sends the request and returns the answer.

    An import is asked a single time, after all others.
    """
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse
    from rest_framework.test import APIClient

    from accounts.models import User
    from accounts.services import create_token
    from disbursements.models import Disbursement
    from imports import background
    from imports.models import Upload

    background.LONG = 2 * imported  # read and saved by the request: a task is another process

    def person(name: str, *, with_token: bool = False) -> APIClient:
        client, user = APIClient(SERVER_NAME="localhost"), User.objects.get(username=name)
        if with_token:
            client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=user)[1]}")
        else:
            client.force_login(user)
        return client

    coordinator, board = person("dieuphoi"), person("bdh")
    reader, manager = person("dieuphoi", with_token=True), person("quanly", with_token=True)
    waiting = Disbursement.objects.filter(status="submitted", **OPEN).order_by("pk")
    to_post = iter(list(waiting.values_list("pk", flat=True)[: ROUNDS + 2]))
    content = workbook(imported) if imported else b""

    def check() -> Any:
        file = SimpleUploadedFile("chi.xlsx", content)
        body = {"kind": "disbursements", "workbook": file}
        return coordinator.post("/imports/", body, format="multipart")

    found: dict[str, Callable[[], Any]] = {
        "summary": lambda: reader.get("/api/v1/summary/?fiscal_year=2023&by=program,commune"),
        "dashboard": lambda: coordinator.get("/?fiscal_year=2023"),
        "ledger page": lambda: coordinator.get("/disbursements/"),
        "list by API": lambda: reader.get("/api/v1/disbursements/?page_size=100"),
        "posting one": lambda: manager.post(f"/api/v1/disbursements/{next(to_post)}/post/"),
        "annual report": lambda: board.get("/api/v1/reports/annual.docx?fiscal_year=2023"),
    }
    if imported:
        found["import: check"] = check
        found["import: commit"] = lambda: coordinator.post(
            reverse("upload-commit", args=[Upload.objects.latest("pk").pk])
        )
    return found


def processor() -> float:
    """Seconds that this process has used, and the backend of its PostgreSQL."""
    from django.db import connection

    backend = 0
    if connection.vendor == "postgresql":
        pid = connection.connection.info.backend_pid
        with suppress(OSError):  # another system, or a server elsewhere
            backend = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return time.process_time() + backend / 1e9


def measure(rows: int, imported: int) -> list[Result]:
    """A ledger of that many rows, and the figures of each request."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from disbursements.models import Disbursement

    build(rows)
    asked, wanted = requests(imported), Disbursement.objects.count() + imported
    often = [name for name in asked if not name.startswith("import")]
    times: dict[str, list[float]] = {name: [] for name in asked}
    queries: dict[str, list[str]] = {}

    def ask(name: str) -> None:
        gc.collect()
        begun = processor()
        answer = asked[name]()
        times[name].append(1000 * (processor() - begun))
        assert answer.status_code in (200, 302), (name, answer.status_code, answer.content[:500])

    def count(name: str) -> None:
        with CaptureQueriesContext(connection) as seen:
            ask(name)
        queries[name] = [query["sql"] for query in seen.captured_queries]

    for name in often:
        ask(name)  # what is read once and kept is not counted
        count(name)
        times[name].clear()
    for name in often * ROUNDS:
        ask(name)
    for name in [name for name in asked if name not in often]:
        count(name)
    assert Disbursement.objects.count() == wanted, "the import saved nothing"
    return [
        {
            "rows": rows,
            "what": name,
            "ms": round(median(times[name]), 1),
            "queries": len(queries[name]),
            "repeats": repeats(queries[name]),
        }
        for name in asked
    ]


def repeats(queries: list[str]) -> int:
    """How many questions to the database were asked before, word for word."""
    selects = [sql for sql in queries if sql.startswith("SELECT")]
    return len(selects) - len(set(selects))


# The command


def table(results: list[Result], before: list[Result]) -> tuple[str, bool]:
    """The figures as text, beside earlier ones, and whether one is worse."""
    earlier = {(result["rows"], result["what"]): result for result in before}
    lines, worse = [f"{'rows':>7}  {'what':15}{'ms':>10}{'queries':>9}{'repeats':>9}"], False
    for new in results:
        line = f"{new['rows']:7}  {new['what']:15}{new['ms']:10.1f}{new['queries']:9}"
        line += f"{new['repeats']:9}"
        if old := earlier.get((new["rows"], new["what"])):
            line += f"   before: {old['ms']:.1f} ms, {old['queries']}, {old['repeats']}"
            slower = new["ms"] > 1.25 * old["ms"] + 5
            if slower or new["queries"] > old["queries"] or new["repeats"] > old["repeats"]:
                line, worse = f"{line}  WORSE", True
        lines.append(line)
    return "\n".join(lines), worse


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--postgres", action="store_true", help="on a throw-away PostgreSQL")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="rows of the ledger")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--against", type=Path, help="compare with figures written earlier")
    parser.add_argument("--task", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        return task(int(options.task[0]), int(options.task[1]), options.json)
    results: list[Result] = []
    for size in options.sizes:
        imported = IMPORTED if size == min(options.sizes) else 0
        results += in_a_process(size, imported, options.postgres)
    before = json.loads(options.against.read_text()) if options.against else []
    text, worse = table(results, before)
    print(text)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    return int(worse)


def in_a_process(rows: int, imported: int, postgres: bool) -> list[Result]:
    """The figures of one size: a process and a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "MEDIA_ROOT": folder,
            "DJANGO_SETTINGS_MODULE": "tests.settings",  # DEBUG off, as in use
        }
        command = [sys.executable, str(ROOT / "scripts/postgres.py")] if postgres else []
        command += [sys.executable, "-m", "bench.quick", "--task", str(rows), str(imported)]
        subprocess.run([*command, "--json", str(file)], env=environment, cwd=ROOT, check=True)
        found: list[Result] = json.loads(file.read_text())
        return found


def task(rows: int, imported: int, file: Path) -> int:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    file.write_text(json.dumps(measure(rows, imported)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
