"""The machine's clock is set back while the server runs, and again before it starts: numbers,
months, trail and feed stay in order. In the suite `core/tests/services/test_clock.py` says the
same of one process."""

from datetime import date as Date
from itertools import pairwise
from pathlib import Path

import pytest

from disbursements.models import Disbursement
from tests import factories as make
from tests.drills import in_full_only, whole
from tests.drills.people import Crew, Deed
from tests.drills.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, in_full_only]
OTHER_CLOCK = Path(__file__).parent / "other_clock"
HOUR = 3600
CLOSES = Date(2022, 10, 15)


def test_a_clock_set_back_keeps_everything_in_order(tmp_path, record_property):
    clock = tmp_path / "clock"
    environment = {"PYTHONPATH": str(OTHER_CLOCK), "DRILL_CLOCK": str(clock)}
    clock.write_text(str(2 * HOUR))
    make.activity()
    by = make.somebody()
    rows = iter([make.submitted(n + 1, by=by, date=CLOSES) for n in range(9)])
    before = Disbursement.history.count()
    done = []
    month = f"/api/v1/months/{make.period(CLOSES).pk}"

    with Server(tmp_path, **environment) as server:
        crew = Crew(server, 1)

        def do(path, **body):
            deed = Deed(path, body)
            crew.send(deed)
            assert deed.is_acknowledged, (deed, deed.answer and deed.answer.text, server.said())

        def post():
            row = next(rows)
            do(f"/api/v1/disbursements/{row.pk}/post/")
            done.append(row.pk)

        feed = crew.clerks[0].get("/api/v1/changes/").json()["next"]
        post()
        do(f"{month}/close/", leave_waiting=True)
        clock.write_text(str(3 * HOUR))
        do(f"{month}/reopen/", reason="Bổ sung chứng từ")
        post()
        clock.write_text(str(2.5 * HOUR))  # set back, into the time in which the month was closed
        for _row in range(3):
            post()
        do(f"/api/v1/disbursements/{done[-1]}/reverse/", reason="Nhầm", date="2022-10-16")
        server.kill(server.workers())
        server.answers_again()
        post()  # by a process that has begun since
        clock.write_text(str(-24 * HOUR))
        for _row in range(3):
            post()
        told = [
            each["record"]["id"]
            for each in crew.clerks[0].get(feed).json()["changes"]
            if each["resource"] == "disbursements" and each["record"]["amount"] > 0
        ]

    posted = Disbursement.objects.posted().order_by("number")
    numbers = [row.number for row in posted]
    assert numbers == list(range(1, len(done) + 2))
    assert [row.pk for row in posted if row.reverses_id is None] == done
    assert all(one.posted_at <= two.posted_at for one, two in pairwise(posted))
    lines = Disbursement.history.order_by("history_id")[before:]
    assert all(one.history_date <= two.history_date for one, two in pairwise(lines))
    assert sorted(told) == sorted(done)
    whole.ledger_is_whole()
    record_property(
        "drill",
        f"clock set back, also before a process began: {len(done)} postings in order",
    )
