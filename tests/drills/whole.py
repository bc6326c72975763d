"""What must hold after every fault."""

from collections import Counter
from collections.abc import Iterable

from django.db import connections

from disbursements.models import Disbursement
from disbursements.proof import prove
from tests.drills.people import Deed


def ledger_is_whole() -> None:
    """`check_ledger` finds nothing broken."""
    broken = {name: found for name, found in prove().items() if found}
    assert not broken, broken


def posted_once(deeds: Iterable[Deed]) -> None:
    """Each posting that was acknowledged is in the ledger, with the number it was told, once; of a
    refused one there is nothing."""
    trail = Disbursement.history.filter(status="posted").values_list("id", flat=True)
    times = Counter(trail)
    for deed in deeds:
        pk = int(deed.path.split("/")[-3])
        row = Disbursement.objects.get(pk=pk)
        if deed.is_acknowledged:
            numbers = {a.json()["number"] for a in deed.answers if a is not None and a.is_success}
            assert ({row.number}, row.status) == (numbers, "posted")
            assert times[pk] == 1
        else:
            assert (row.number, row.status, times[pk]) == (None, "submitted", 0)


def entered_once(deeds: Iterable[Deed]) -> None:
    """Each entry has exactly one row, the one it was told."""
    for deed in deeds:
        rows = Disbursement.objects.filter(voucher_no=deed.body["voucher_no"])
        assert deed.is_acknowledged, deed
        ids = {a.json()["id"] for a in deed.answers if a is not None and a.is_success}
        assert {row.pk for row in rows} == ids
        assert len(ids) == 1


def answered(deeds: Iterable[Deed]) -> None:
    """Everybody got an answer; what could not be said at once may be asked again soon."""
    for deed in deeds:
        assert deed.answer is not None, deed
        if deed.answer.status_code >= 500:
            assert deed.answer.status_code == 503, deed.answer.text
            assert deed.answer.headers["Retry-After"], deed


def reconnect() -> None:
    """The test's own connection went with the database."""
    connections.close_all()
