"""An upgrade of a large ledger while people write: the version before serves on, the next one
brings the database up to date beside it, both serve for a while, and the first one goes (ADR 32).

A million rows (DRILL_ROWS). The next version is this code with a migration more that
adds a column and an index to the ledger, as an upgrade may (one that may be empty: for any other
SQLite writes the table anew, which no migration of a guarded table does).
"""

import os
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings

from accounts.models import User
from bench import ledger
from disbursements.models import Disbursement, Status
from plan_portal import demo
from tests.browser.served import database_url
from tests.drills import in_full_only, whole
from tests.drills.people import Crew, Deed
from tests.drills.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, in_full_only]
ROWS = int(os.getenv("DRILL_ROWS", "1000000"))
HANDS = 4
COPIED = ("disbursements", "plan_portal", "manage.py")  # links lead Python to where they point
MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("disbursements", "{last}")]
    operations = [
        migrations.AddField("disbursement", "drill", models.IntegerField(null=True)),
        migrations.AddIndex("disbursement", models.Index("drill", "date", name="drill_of_date")),
    ]
"""


def next_version(folder: Path) -> Path:
    """This code, all of it the same files but those of the app with one migration more."""
    here = Path(settings.BASE_DIR)
    for each in here.iterdir():
        if each.name not in (*COPIED, "var", ".git"):
            (folder / each.name).symlink_to(each)
    for name in COPIED:
        subprocess.run(["cp", "-r", str(here / name), str(folder)], check=True)
    migrations = folder / "disbursements" / "migrations"
    last = sorted(migrations.glob("0*.py"))[-1].stem
    (migrations / "0999_drill.py").write_text(MIGRATION.format(last=last))
    return folder


def voucher() -> dict[str, Any]:
    """What is entered again and again: as a waiting row of the ledger, in an open month."""
    like = Disbursement.objects.filter(status=Status.SUBMITTED).order_by("-date", "-pk")[0]
    names = {"activity": like.activity.code, "fund": like.fund.code}
    return {**names, "date": like.date.isoformat(), "commune": like.commune.code}


class Writing:
    """Four who enter vouchers without end, at whichever server is told."""

    def __init__(self, crews: list[Crew]) -> None:
        self.crews, self.is_over = crews, False
        self.deeds: list[Deed] = []
        self.numbers = count(1)
        self.threads = [threading.Thread(target=self._write, args=[n]) for n in range(HANDS)]
        for thread in self.threads:
            thread.start()

    def _write(self, hand: int) -> None:
        body = voucher()
        while not self.is_over:
            number = next(self.numbers)
            more = {"amount": number, "voucher_no": f"UP-{number}"}
            deed = Deed("/api/v1/disbursements/", body | more, who=hand, is_clerks=True)
            self.crews[hand % len(self.crews)].send(deed)
            self.deeds.append(deed)
            time.sleep(0.2)

    def until(self, more: int) -> None:
        """So many entries more."""
        there = len(self.deeds)
        while len(self.deeds) < there + more:
            time.sleep(0.1)

    def end(self) -> list[Deed]:
        self.is_over = True
        for thread in self.threads:
            thread.join(120)
        return self.deeds


def test_the_old_version_serves_while_the_new_one_migrates(tmp_path, record_property):
    demo.load()
    ledger.build(ROWS)
    clerk = User.objects.get(username="dieuphoi")
    whole.ledger_is_whole()
    code = tmp_path / "next"
    code.mkdir()
    next_version(code)
    with Server(tmp_path) as old:
        crews = [Crew(old, HANDS, clerk)]
        writing = Writing(crews)
        try:
            writing.until(HANDS)
            took = migrate(code, old.environment)
            writing.until(HANDS)
            with Server(tmp_path, code) as new:
                ready = httpx.get(new.address + "/readyz", timeout=60)
                assert ready.status_code == 200, ready.text
                crews.append(Crew(new, HANDS, clerk))
                writing.until(2 * HANDS)  # both
                del crews[0]
                writing.until(HANDS)
                deeds = writing.end()
        finally:
            writing.end()
    whole.answered(deeds)
    assert all(deed.is_acknowledged and len(deed.answers) == 1 for deed in deeds), "refused"
    whole.entered_once(deeds)
    whole.ledger_is_whole()
    longest = max(deed.took for deed in deeds)
    record_property(
        "drill",
        f"upgrade with {ROWS:,} rows: migrated in {took:.1f} s, {len(deeds)} entries meanwhile,"
        f" none refused, the longest waited {longest:.1f} s; sealed before and after",
    )


def migrate(code: Path, environment: dict[str, str]) -> float:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=code,
        env={**environment, "DEBUG": "0", "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began
