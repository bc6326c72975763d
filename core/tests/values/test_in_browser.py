"""What static/js/values.js and days.js read and say is what the portal does: one file of facts
holds both (tests/js/values.test.mjs is the browser's side)."""

import json
from pathlib import Path

import pytest

from core.values.amount_words import in_words
from core.values.dates import DateError, parse_typed
from core.values.money import AmountError, parse_amount

FACTS = Path(__file__).parents[3] / "tests" / "js"


def facts(name):
    return json.loads((FACTS / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "amount", "vi", "en"), facts("amounts.json"))
def test_an_amount_is_read_and_said_as_in_the_browser(text, amount, vi, en):
    try:
        read = parse_amount(text)
    except AmountError:
        read = None
    assert (read if read and read > 0 else None) == amount
    if amount:
        assert (in_words(amount, "vi"), in_words(amount, "en")) == (vi, en)


@pytest.mark.parametrize(("text", "day"), facts("days.json"))
def test_a_day_is_read_as_in_the_browser(text, day):
    try:
        read = parse_typed(text)
    except DateError:
        read = None
    assert (read.isoformat() if read else "") == day
