"""Numbers as people write them, and rounding that adds up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.documents import wording


def row(planned, disbursed, rate=None):
    return {"planned": planned, "disbursed": disbursed, "rate": rate}


@pytest.mark.parametrize(
    ("disbursed", "rate", "text"),
    [
        (8_904_000_000, "120.0", "hơn 8,9 tỷ đồng, đạt 120% kế hoạch"),
        (8_896_000_000, "119.9", "gần 8,9 tỷ đồng, đạt 119,9% kế hoạch"),
        (8_900_000_000, "120.0", "8,9 tỷ đồng, đạt 120% kế hoạch"),
        (2_000_000, None, "2 triệu đồng"),
    ],
)
def test_more_and_nearly_follow_from_rounding(disbursed, rate, text):
    assert wording.spent(row(1, disbursed, rate)) == text


def test_what_remains_is_said_in_words():
    assert wording.against({"balance": -1_484_000_000}).startswith("vượt 1.484.000.000 đồng")
    assert wording.against({"balance": 5_000}).startswith("còn 5.000 đồng")
    assert wording.against({"balance": 0}) == "đúng bằng kế hoạch"


def test_certified_money_is_repeated_in_words():
    assert wording.certified(1015) == ("1.015 đồng (Bằng chữ: Một nghìn không trăm mười lăm đồng)")


MONEY = st.lists(st.tuples(st.integers(0, 10**10), st.integers(0, 10**10)), min_size=1, max_size=12)


@given(MONEY)
def test_million_add_up_down_and_across(pairs):
    rows = [row(planned, disbursed) for planned, disbursed in pairs]
    total = row(sum(p for p, _ in pairs), sum(d for _, d in pairs))
    *cells, last = [
        [int(text.replace(".", "").replace("vượt ", "-").replace("còn ", "")) for text in line[:3]]
        for line in wording.money_cells(rows, total)
    ]

    assert [sum(column) for column in zip(*cells, strict=True)] == last
    assert all(planned - spent == rest for planned, spent, rest in [*cells, last])
    assert abs(last[0] * 10**6 - total["planned"]) <= 500_000
    assert abs(last[1] * 10**6 - total["disbursed"]) <= 500_000


@given(MONEY)
def test_shares_add_up_to_a_hundred(pairs):
    rows = [row(planned, disbursed) for planned, disbursed in pairs]
    texts = wording.shares(rows, "disbursed")

    if any(disbursed for _, disbursed in pairs):
        tenths = sum(int(text.rstrip("%").replace(",", "")) for text in texts)
        assert tenths == 1000
    else:
        assert set(texts) == {"–"}
