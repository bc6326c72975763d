"""How long the API takes for 1,000 rows at once and for whole lists, and how much memory.

    python -m bench.exports [ROWS]        100,000 disbursements unless told otherwise

Works on a database of its own (the demo and ROWS drafts more) and removes it. Each form of the list
is asked for in a process of its own; what counts is how far its memory grows over that of a process
that has answered one page. Exits 1 when that is more than 60 MB (a workbook: 120 MB).
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MOST_MB = {"csv": 60, "jsonl": 60, "xlsx": 120}
LIST = "/api/v1/disbursements/"


def start() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "plan_portal.settings"
    import django

    django.setup()


def build(rows: int) -> None:
    """The demo and that many drafts more, entered by the coordinator."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0, password="mot-mat-khau-de-do")  # noqa: S106
    from accounts.models import User
    from disbursements.ledger import services as ledger
    from disbursements.models import Disbursement

    actor = User.objects.get(username="dieuphoi")
    like = list(Disbursement.objects.filter(reverses=None)[:400])
    same = ("date", "activity", "commune", "fund", "program", "fiscal_year", "period", "quarter")
    chance = random.Random(1)  # noqa: S311 - made-up amounts
    new = []
    for number in range(rows):
        pattern = chance.choice(like)
        values = {name: getattr(pattern, name) for name in (*same, "payee", "description")}
        amount = chance.randint(1, 10**7)
        new.append(Disbursement(**values, amount=amount, voucher_no=f"X{number}", created_by=actor))
    ledger.load(actor=actor, rows=new, post=False)


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def client() -> Any:
    from rest_framework.test import APIClient

    from accounts.models import User
    from accounts.services import create_token

    _token, text = create_token(user=User.objects.get(username="dieuphoi"))
    found = APIClient(SERVER_NAME="localhost")
    found.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return found


def measure(form: str) -> None:
    """Ask for the whole list in one form; prints rows or bytes, seconds and megabytes."""
    ask = client()
    ask.get(LIST, {"page_size": 500})
    before, begun = megabytes(), time.monotonic()
    answer = ask.get(LIST, {"format": form})
    size = sum(len(part) for part in answer.streaming_content)
    grown = megabytes() - before
    print(f"{form:5} {size / 2**20:7.1f} MB sent {time.monotonic() - begun:6.1f} s", end=" ")
    print(f"memory grew by {grown:.0f} MB (at most {MOST_MB[form]})", flush=True)
    sys.exit(grown > MOST_MB[form])


def many() -> None:
    """1,000 disbursements and 1,000 classes in one request each."""
    ask = client()
    body = {"date": "2023-05-15", "activity": "GBV-01", "commune": "03577", "amount": 1000}
    held = {"start": "2023-05-15", "topic": "GBV-CLB", "commune": "03577", "female": 9, "male": 8}
    for name, rows in (
        ("disbursements", [{**body, "voucher_no": f"M{n}"} for n in range(1000)]),
        ("trainings", [{**held, "title": f"Lớp {n}"} for n in range(1000)]),
    ):
        begun = time.monotonic()
        answer = ask.post(f"/api/v1/{name}/bulk/", {"rows": rows}, format="json")
        print(f"{name}: 1,000 rows at once, {answer.status_code}, {time.monotonic() - begun:.1f} s")


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "DEBUG": "1"}
        code = 0
        for task in (f"build {rows}", *MOST_MB, "many"):
            command = [sys.executable, "-m", "bench.exports", "--task", *task.split()]
            code |= subprocess.run(command, cwd=ROOT).returncode
        return code


if __name__ == "__main__":
    if sys.argv[1:2] != ["--task"]:
        sys.exit(main())
    start()
    if sys.argv[2] == "build":
        build(int(sys.argv[3]))
    elif sys.argv[2] == "many":
        many()
    else:
        measure(sys.argv[2])
