"""`make bench-quick` in its shortest form: it measures every request, and says what got worse."""

import pytest

from bench import quick
from imports import background

pytestmark = pytest.mark.any_database

REQUESTS = [
    "summary", "dashboard", "ledger page", "list by API", "posting one", "annual report",
    "import: check", "import: commit",
]  # fmt: skip


def test_every_request_is_measured_on_a_small_ledger(db, settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["localhost"]
    monkeypatch.setattr(quick, "ROUNDS", 1)
    monkeypatch.setattr(background, "LONG", 1)  # the workbook is a long one, as 10,000 rows are
    monkeypatch.setattr(background, "COUNTED_FROM", 0)

    measured = quick.measure(rows=600, imported=5)

    assert [result["what"] for result in measured] == REQUESTS
    assert all(result["queries"] > 0 and result["ms"] > 0 for result in measured)


def test_a_question_asked_again_is_a_repeat_and_a_write_is_none():
    asked = ["SELECT 1", "SELECT 2", "SELECT 1", "UPDATE a", "UPDATE a", "SELECT 1"]

    assert quick.repeats(asked) == 2


def test_more_queries_or_much_more_time_is_worse():
    figures = {"rows": 5000, "what": "summary", "ms": 20.0, "queries": 10, "repeats": 1}

    def worse(**now: float) -> bool:
        return quick.table([figures | now], [figures])[1]

    assert not worse(ms=29.9)
    assert worse(ms=30.1)
    assert worse(queries=11)
    assert worse(repeats=2)
    assert not worse(rows=100_000, queries=99)  # nothing to compare it with
