"""On SQLite, people who write at the same moment wait for each other: nobody is told that the
database is locked (transactions begin IMMEDIATE, a write waits up to 30 s)."""

import threading

import pytest
from django.db import OperationalError, connection, connections

from accounts.roles import Role
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from tests import factories as make

WRITERS, ROWS = 8, 5


@pytest.mark.django_db(transaction=True)
def test_eight_people_enter_submit_and_post_at_once():
    if connection.vendor != "sqlite":
        pytest.skip("means something on SQLite alone")
    make.activity()
    clerk, manager = make.somebody(), make.somebody(Role.MANAGER)
    start, failed = threading.Barrier(WRITERS), []

    def write():
        try:
            start.wait(30)
            for _row in range(ROWS):
                row = ledger.submit(actor=clerk, disbursement=make.draft(by=clerk))
                ledger.post(actor=manager, disbursement=row)
        except OperationalError as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []
    numbers = Disbursement.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, WRITERS * ROWS + 1))
