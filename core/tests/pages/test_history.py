"""A long trail still says who made the record, and how much it leaves out."""

import pytest
from django.template.loader import render_to_string

from core.pages import history
from core.services.transition import save_with_history
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.fixture
def activity(cast):
    """An activity with six lines on its trail."""
    row = make.activity("GBV-09")
    row.history.all().delete()
    for number in range(6):
        row.title = f"Tập huấn {number}"
        save_with_history(row, cast.bdh if number == 0 else cast.dieuphoi, f"lần {number}")
    return row


def trail(row):
    return [(entry.why, entry.who, entry.left_out) for entry in history.trail_of(row)]


@pytest.mark.parametrize("limit", [5, 6, 9])
def test_a_short_trail_is_shown_whole(activity, monkeypatch, limit):
    monkeypatch.setattr(history, "LINES", limit)
    whys = [f"lần {number}" for number in reversed(range(6))]
    assert [(why, left_out) for why, _who, left_out in trail(activity)] == [(w, "") for w in whys]


def test_a_long_trail_ends_with_who_made_it_and_counts_what_lies_between(
    activity, cast, monkeypatch
):
    monkeypatch.setattr(history, "LINES", 2)
    (newest, next_one, first) = trail(activity)
    assert [newest[0], next_one[0]] == ["lần 5", "lần 4"]
    assert first[:2] == ("lần 0", cast.bdh.display_name)
    assert "3" in first[2]
    assert first[2] in render_to_string(
        "components/trail.html", {"trail": history.trail_of(activity)}
    )
