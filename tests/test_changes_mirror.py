"""Who follows `/api/v1/changes/` while eight people write ends with exactly what the lists show.

A round: eight threads enter, submit, post, return, reverse, move, comment on and delete rows of the
ledger, close and reopen months and change a plan's lines, while four copies follow: of everything,
of two scopes, and of everything in pages of three. MIRROR_ROUNDS (1; `make drill-changes`: 20).
"""

import os
import threading
from collections import Counter
from datetime import date
from random import Random

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection, connections, transaction

from accounts.roles import Role
from core.services.errors import Conflict
from disbursements.drafts import services as drafts
from disbursements.ledger import bulk
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from disbursements.plans import editing as plan_edit
from monitoring.discussion.services import comment
from programs.years import closing
from reports.changes import feed
from reports.models import Change
from tests import factories as make
from tests.mirror import Mirror, shown

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.getenv("MIRROR_ROUNDS", "1"))
WRITERS, DEEDS = 8, 12
TOLD = (Conflict, PermissionDenied, ValidationError)
DAYS = [date(2022, month, 15) for month in (7, 8, 9, 10)]


class Writer:
    """One of eight, with a clerk's, a manager's and a head's hands."""

    def __init__(self, number, seed, plan):
        self.random = Random(f"{seed} {number}")
        self.plan = plan
        self.clerk = make.user(f"ke-toan-{seed}-{number}", Role.COORDINATOR)
        self.manager = make.user(f"quan-ly-{seed}-{number}", Role.MANAGER)
        self.done: Counter[str] = Counter()

    def write(self):
        for _deed in range(DEEDS):
            deed = self.random.choice(DEEDS_OF)
            try:
                with transaction.atomic():
                    deed(self)
                self.done[deed.__name__] += 1
            except (*TOLD, Disbursement.DoesNotExist):
                self.done["refused"] += 1
            except OperationalError as error:  # of two that wait for each other one is taken back
                if "deadlock" not in str(error):
                    raise

    def _new(self):
        values = {
            "date": self.random.choice(DAYS),
            "commune": make.commune(self.random.choice(make.COMMUNES)),
            "activity": make.activity(self.random.choice(("GBV-01", "YEE-01"))),
            "voucher_no": f"PC-{self.random.random()}",
        }
        return {**values, "fund": make.fund(), "amount": self.random.randrange(1, 10**9)}

    def _any(self, *states):
        rows = Disbursement.objects.filter(status__in=states, reverses=None).order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        if not keys:
            raise Conflict("none")
        return rows.get(pk=self.random.choice(keys))

    def enter(self):
        ledger.submit(actor=self.clerk, disbursement=self.draft())

    def draft(self):
        return ledger.create(actor=self.clerk, **self._new())

    def many(self):
        bulk.create_many(actor=self.clerk, rows=[self._new() for _n in range(5)])

    def post(self):
        ledger.post(actor=self.manager, disbursement=self._any("submitted"))

    def give_back(self):
        ledger.return_(actor=self.manager, disbursement=self._any("submitted"), reason="Thiếu")

    def reverse(self):
        ledger.reverse(actor=self.manager, disbursement=self._any("posted"), reason="Nhầm")

    def move(self):
        row = self._any("draft", "returned")
        commune = make.commune(self.random.choice(make.COMMUNES))
        ledger.update(actor=self.clerk, disbursement=row, version=row.version, commune=commune)

    def delete(self):
        row = self._any("draft")
        drafts.disbursement(actor=self.clerk, disbursement=row, version=row.version)

    def talk(self):
        comment(actor=self.clerk, about=self._any("draft", "submitted", "posted"), text="Đã xem")

    def close_or_reopen(self):
        period = make.period(self.random.choice(DAYS))
        if period.is_closed:
            closing.reopen_period(actor=self.manager, period=period, reason="Bổ sung chứng từ")
        else:
            closing.close_period(actor=self.manager, period=period)

    def replan(self):
        line = make.line("GBV-01", self.random.choice(make.COMMUNES), self.random.randrange(9**9))
        plan_edit.set_line(actor=self.clerk, plan=self.plan, line=line)

    def take_back(self):
        self.draft()
        raise Conflict("and nothing was done")


DEEDS_OF = [
    *(Writer.enter, Writer.enter, Writer.post, Writer.post, Writer.reverse, Writer.move),
    *(Writer.draft, Writer.many, Writer.give_back, Writer.delete, Writer.talk, Writer.replan),
    *(Writer.close_or_reopen, Writer.take_back),
]


def one_round(seed, plan):
    writers = [Writer(n, seed, plan) for n in range(WRITERS)]
    mirrors = [
        Mirror(make.api(make.somebody(Role.VIEWER))),
        Mirror(make.api(make.somebody(Role.VIEWER)), size=3),
        Mirror(make.api(make.user(communes=[make.BAN_LANG], role=Role.COMMUNE))),
        Mirror(make.api(make.user_of_pairs(("YEE", make.NAM_XE), ("GBV", make.DAO_SAN)))),
    ]
    run_all([writer.write for writer in writers], mirrors)
    done = sum((writer.done for writer in writers), Counter())
    for mirror in mirrors:
        mirror.follow()
        assert mirror.records == shown(mirror.client), seed
    return done


def run_all(writes, mirrors):
    """The writers at once, while the copies follow until all are done."""
    failed = []
    busy = threading.Event()

    def guarded(act):
        def run():
            try:
                act()
            except BaseException as error:
                failed.append(error)
            finally:
                connections.close_all()

        return threading.Thread(target=run)

    def follow():
        while not busy.is_set():
            for mirror in mirrors:
                mirror.follow()

    following = guarded(follow)
    threads = [guarded(write) for write in writes]
    following.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    busy.set()
    following.join(300)
    assert failed == []


def test_a_copy_that_follows_while_eight_write_is_what_the_lists_show():
    for code in ("GBV-01", "YEE-01"):
        make.activity(code)
    plan = make.draft_plan(make.line(commune_code=make.BAN_LANG))  # a programme has one at a time
    done = Counter()
    for seed in range(ROUNDS):
        done += one_round(seed, plan)
    assert sum(done.values()) >= ROUNDS * WRITERS * DEEDS * 0.9
    assert done["post"] and done["move"]


@pytest.mark.postgres_only
def test_a_row_committed_after_later_ones_is_not_passed_over():
    """Its number is given first, and the one behind it is committed first."""
    client = make.api(make.somebody())
    address = client.get("/api/v1/changes/").json()["next"]
    written, may_end = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            make.draft(1)
            written.set()
            may_end.wait(30)
        connections.close_all()

    make.activity()
    make.somebody()
    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(30)
    make.draft(2)
    early = client.get(address).json()
    told = [each["record"]["amount"] for each in early["changes"] if "amount" in each["record"]]
    may_end.set()
    thread.join(30)
    late = client.get(early["next"]).json()
    told += [each["record"]["amount"] for each in late["changes"] if "amount" in each["record"]]
    assert sorted(told) == [1, 2]


@pytest.mark.postgres_only
@pytest.mark.parametrize(("database", "told"), [("postgres", [1]), (None, [])])
def test_only_a_transaction_of_this_database_is_waited_for(database, told):
    """One that writes nothing of the portal's, and so gets a number all the same, stays open."""
    client = make.api(make.somebody())
    make.activity()
    make.somebody()
    address = client.get("/api/v1/changes/?resource=disbursements").json()["next"]
    own = connection.get_connection_params()
    other = connection.get_new_connection({**own, "dbname": database or own["dbname"]})
    try:
        other.cursor().execute("SELECT pg_current_xact_id()")  # begins a transaction
        make.draft(1)
        found = client.get(address).json()
        assert [each["record"]["amount"] for each in found["changes"]] == told
    finally:
        other.close()
    left = client.get(found["next"]).json()["changes"]
    assert told + [each["record"]["amount"] for each in left] == [1]


@pytest.mark.postgres_only
def test_control_who_goes_by_the_number_alone_passes_it_over():
    rows = Change.objects.order_by("pk")
    written, may_end = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            make.draft(1)
            written.set()
            may_end.wait(30)
        connections.close_all()

    make.activity()
    make.somebody()
    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(30)
    make.draft(2)
    last = rows.last().pk
    before = rows.filter(pk__lte=last).count()
    may_end.set()
    thread.join(30)
    assert rows.filter(pk__lte=last).count() > before  # these it will never see
    assert connection.vendor == "postgresql" and feed.start().pk >= last
