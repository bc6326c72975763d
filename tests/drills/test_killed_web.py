"""Web workers are killed (kill -9) while people post and enter, commit a workbook, close a month.

DRILL_ROUNDS moments, chosen by chance (50 with `make drills`): one of the two workers or both, in
turn, while eight people write. Whoever was told nothing sends the same request again, as a client
does.
"""

import time
from dataclasses import dataclass
from datetime import date as Date
from functools import partial
from random import Random

import pytest

from disbursements.models import Disbursement
from imports import services
from imports.models import Upload, UploadState
from programs.models import Period
from programs.years import closing
from tests import factories as make
from tests.drills import rounds, whole
from tests.drills.people import Crew, Deed, all_done, at_once
from tests.drills.test_killed_tasks import workbook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MOMENTS = rounds(50)
ROWS, EACH = 60, 3
SPAN = 1.5  # seconds within which it happens
STAYS, CLOSES = Date(2022, 9, 15), Date(2022, 10, 15)


@dataclass
class Moment:
    """What is asked of the portal around one kill."""

    crew: Crew
    number: int

    def __post_init__(self) -> None:
        by = self.crew.clerk_user
        days = [CLOSES if n % 4 == 3 else STAYS for n in range(4 * EACH)]
        rows = [make.submitted(n + 1, by=by, date=day) for n, day in enumerate(days)]
        paths = [f"/api/v1/disbursements/{row.pk}/post/" for row in rows]
        self.posts = [Deed(path, who=n // EACH) for n, path in enumerate(paths)]
        self.entries = [self._entry(n) for n in range(2 * EACH)]
        book = workbook(self.number, ROWS)
        self.upload = services.receive(actor=by, content=book, filename="gn.xlsx")
        assert self.upload.state == UploadState.CHECKED
        self.commit = Deed(f"/api/v1/uploads/{self.upload.pk}/commit/", who=6, is_clerks=True)
        self.month = make.period(CLOSES)
        path = f"/api/v1/months/{self.month.pk}/close/"
        self.close = Deed(path, {"leave_waiting": True}, who=7)

    def _entry(self, n: int) -> Deed:
        body = {"date": "2022-09-16", "amount": n + 1, "activity": "GBV-01"}
        body |= {"commune": make.BAN_LANG, "voucher_no": f"PT-{self.number}-{n}"}
        return Deed("/api/v1/disbursements/", body, who=n // EACH, is_clerks=True)

    @property
    def deeds(self) -> list[Deed]:
        return [*self.posts, *self.entries, self.commit, self.close]

    def begin(self, random: Random) -> list:
        hands: dict[tuple[bool, int], list[Deed]] = {}
        for deed in self.deeds:
            hands.setdefault((deed.is_clerks, deed.who), []).append(deed)

        def write(deeds: list[Deed], pause: float) -> None:
            time.sleep(pause)
            for deed in deeds:
                self.crew.send(deed)

        late = [deeds[0] is self.close for deeds in hands.values()]
        pauses = [random.uniform(0, SPAN) if each else 0 for each in late]
        return at_once(map(partial, [write] * len(hands), hands.values(), pauses))

    def is_whole_before_anything_is_sent_again(self) -> None:
        """Nothing half-done, whatever was told to whom."""
        whole.ledger_is_whole()
        whole.posted_once(deed for deed in self.posts if not deed.is_open)
        saved = Disbursement.objects.filter(voucher_no__startswith=f"PC-{self.number}-").count()
        upload = Upload.objects.get(pk=self.upload.pk)
        is_saved = upload.state == UploadState.COMMITTED
        assert (saved, len(upload.saved)) == ((ROWS, ROWS) if is_saved else (0, 0))
        assert is_saved or not self.commit.is_acknowledged
        assert Period.objects.get(pk=self.month.pk).is_closed or not self.close.is_acknowledged

    def is_done(self) -> None:
        """Once everybody knows: all of it exactly once."""
        whole.posted_once(self.posts)
        whole.entered_once(self.entries)
        refused = [deed for deed in self.posts if not deed.is_acknowledged]
        assert {deed.answer.status_code for deed in refused if deed.answer} <= {409}
        assert len(refused) <= EACH  # those of the month that was closed meanwhile
        assert self.commit.is_acknowledged and self.close.is_acknowledged
        rows = Disbursement.history.filter(voucher_no__startswith=f"PC-{self.number}-")
        assert rows.count() == ROWS
        assert Period.objects.get(pk=self.month.pk).is_closed


def test_workers_killed_while_people_post_enter_import_and_close(server, crew, record_property):
    make.activity()
    random, broken, told = Random("killed"), 0, 0
    for number in range(MOMENTS):
        moment = Moment(crew, number)
        writing = moment.begin(random)
        time.sleep(random.uniform(0.05, SPAN))
        workers = server.workers()
        server.kill(workers if number % 2 == 0 else [random.choice(workers)])
        all_done(writing)
        server.answers_again()
        moment.is_whole_before_anything_is_sent_again()
        broken += sum(deed.answer is None for deed in moment.deeds)
        told += sum(deed.answer is not None and not deed.is_open for deed in moment.deeds)
        crew.send_again(moment.deeds)
        moment.is_done()
        month = Period.objects.get(pk=moment.month.pk)
        closing.reopen_period(actor=crew.manager_user, period=month, reason="Vòng sau")
    whole.ledger_is_whole()
    assert broken, "nobody was interrupted"
    record_property(
        "drill",
        f"web workers killed: {MOMENTS} moments, {told} writes acknowledged, {broken} cut off "
        "and sent again; each there once",
    )
