"""A workbook of 100,000 rows is checked in some 300 MB: what is held of each row is bounded."""

import tracemalloc
from datetime import date

import pytest

from imports import apart, services
from imports.tests.test_import_page import right, workbook
from tests import factories

pytestmark = pytest.mark.any_database

FEW, MANY = 1000, 3000
MOST = 2200  # bytes for a row of the ledger at the worst moment


def ledger(count):
    rows = [right(f"PC{number}", 1_000_000 + number) for number in range(count)]
    for number, row in enumerate(rows):
        row[0] = date(2022, 7 + number % 5, 1 + number % 28)
    return workbook(*rows)


@pytest.fixture(autouse=True)
def counts_from_the_rows_on(monkeypatch):
    """What is set aside for an answer before one knows how long it is, is not held."""
    read = apart.read_workbook

    def then_count(*given):
        reading = read(*given)
        tracemalloc.reset_peak()
        return reading

    monkeypatch.setattr(apart, "read_workbook", then_count)


def at_most(actor, content):
    """The most bytes that a check holds at once, and what came of it."""
    tracemalloc.start()
    outcome = services.check_workbook(actor=actor, kind="disbursements", source=content)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert outcome.errors == []
    return most, outcome


@pytest.mark.django_db
def test_a_check_holds_little_of_each_row(cast):
    factories.activity("GBV-01")
    at_most(cast.dieuphoi, ledger(1))  # what is loaded at the first one
    few, _outcome = at_most(cast.dieuphoi, ledger(FEW))
    many, outcome = at_most(cast.dieuphoi, ledger(MANY))
    assert len(outcome.items) == MANY
    assert (many - few) / (MANY - FEW) < MOST


@pytest.mark.django_db
def test_records_that_share_what_they_point_at_are_saved_each_as_it_is(cast):
    factories.activity("GBV-01")
    _most, outcome = at_most(cast.dieuphoi, ledger(12))
    assert len({id(item._state) for item in outcome.items}) == 5  # one for each month
    services.commit(actor=cast.dieuphoi, outcome=outcome)
    for item in outcome.items:
        there = type(item).objects.get(pk=item.pk)
        assert (there.created_by, there.period.start.month) == (cast.dieuphoi, item.date.month)
        assert (item.period, item.commune) == (there.period, there.commune)
