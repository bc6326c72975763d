"""Whole đồng: read as offices write them, written as people read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.values.money import (
    MAX_AMOUNT,
    AmountError,
    format_rate,
    format_vnd,
    largest_remainder,
    parse_amount,
    qualified_short,
    rate,
    short_vnd,
)


@pytest.mark.parametrize(
    "written",
    [
        12_500_000,
        12_500_000.0,
        Decimal("12500000"),
        Decimal("1.25E+7"),
        "12500000",
        "12.500.000",
        "12,500,000",
        "12 500 000",
        "12\u00a0500\u00a0000",
        " 12.500.000 đ ",
        "12.500.000đ",
        "12.500.000 đồng",
        "12.500.000 ĐỒNG",
        "12500000 VND",
        "12.500.000 VNĐ",
        "12.500.000 ₫",
        "12.500.000,00",
        "12,500,000.00",
        "12,5 triệu",
        "12.5 triệu đồng",
        "12.500 nghìn",
        "0,0125 tỷ",
    ],
)
def test_twelve_and_a_half_million_in_every_dress(written):
    assert parse_amount(written) == 12_500_000


@pytest.mark.parametrize("written", [None, "", "  ", "-", "–", "—", "- ", "--"])
def test_empty_and_a_dash_mean_none(written):
    assert parse_amount(written) is None


def test_zero_is_zero_and_not_none():
    assert parse_amount(0) == parse_amount("0") == parse_amount("0 đ") == 0


def test_brackets_and_minus_mean_negative():
    assert parse_amount("(1.000)") == parse_amount("-1.000") == parse_amount("−1.000") == -1000


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("12,5", "fraction"),
        ("12.50", "fraction"),
        ("0.500", "fraction"),
        (0.1 + 0.2, "fraction"),
        (12.5, "fraction"),
        ("12.500,50", "fraction"),
        ("1,2345 nghìn", "fraction"),
        ("12,500 triệu", "ambiguous"),
        ("nhiều", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("12.50.000", "not_a_number"),
        ("12.500 000", "not_a_number"),
        ("1,000.000,5", "not_a_number"),
        ("1e5", "not_a_number"),
        ("12³", "not_a_number"),
        ("１２.000", "not_a_number"),
        ("12½", "not_a_number"),
        ("12.500 USD", "not_a_number"),
        ("=1+1", "not_a_number"),
        (True, "not_a_number"),
        (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"),
        (Decimal("NaN"), "not_a_number"),
        ([], "not_a_number"),
        ("1" * 70, "not_a_number"),
        (10**15 + 1, "too_large"),
        ("9" * 30, "too_large"),
        (1e300, "too_large"),
        (Decimal("1E+999999"), "too_large"),
        (Decimal("1E-999999"), "fraction"),
    ],
)
def test_what_is_no_whole_amount_is_refused(written, code):
    with pytest.raises(AmountError) as refusal:
        parse_amount(written)
    assert refusal.value.code == code
    assert len(str(refusal.value)) > 20


def test_a_column_in_millions_allows_decimals_that_come_out_whole():
    assert parse_amount("12,5", 10**6) == parse_amount("12.5", 10**6) == 12_500_000
    assert parse_amount(35.1, 10**6) == 35_100_000
    assert parse_amount("1.484", 10**6) == 1_484_000_000
    with pytest.raises(AmountError):
        parse_amount("12,0000005", 10**6)


def test_a_unit_beside_the_number_wins_over_the_columns():
    assert parse_amount("500.000 đ", 10**6) == 500_000
    assert parse_amount("1,2 tỷ", 1000) == 1_200_000_000


@given(st.integers(-MAX_AMOUNT, MAX_AMOUNT))
def test_what_is_written_reads_back(amount):
    assert parse_amount(format_vnd(amount)) == amount
    assert parse_amount(amount) == amount


@given(st.text(max_size=30) | st.floats() | st.decimals())
def test_anything_gives_an_int_or_none_or_an_amount_error(value):
    try:
        assert isinstance(parse_amount(value), int | None)
    except AmountError as error:
        assert error.code and error.message


def test_format_groups_thousands_with_dots():
    assert format_vnd(1_234_567) == "1.234.567"
    assert format_vnd(-1_234_567) == "-1.234.567"
    assert format_vnd(0) == "0"


@pytest.mark.parametrize(
    ("amount", "short", "qualified"),
    [
        (8_904_000_000, "8,9 tỷ", "hơn 8,9 tỷ đồng"),
        (8_960_000_000, "9 tỷ", "gần 9 tỷ đồng"),
        (8_900_000_000, "8,9 tỷ", "8,9 tỷ đồng"),
        (9_000_000_000, "9 tỷ", "9 tỷ đồng"),
        (7_215_000_000, "7,2 tỷ", "hơn 7,2 tỷ đồng"),
        (8_950_000_000, "9 tỷ", "gần 9 tỷ đồng"),
        (1_484_000_000, "1.484 triệu", "1.484 triệu đồng"),
        (1_200_000_000, "1,2 tỷ", "1,2 tỷ đồng"),
        (999_960_000, "1 tỷ", "gần 1 tỷ đồng"),
        (12_500_000, "12,5 triệu", "12,5 triệu đồng"),
        (950_000, "950 nghìn", "950 nghìn đồng"),
        (999_960, "1 triệu", "gần 1 triệu đồng"),
        (800, "800", "800 đồng"),
        (0, "0", "0 đồng"),
        (-1_484_000_000, "-1.484 triệu", "âm 1.484 triệu đồng"),
    ],
)
def test_short_amounts_and_their_honest_qualifiers(amount, short, qualified):
    assert short_vnd(amount) == short
    assert qualified_short(amount) == qualified


def test_the_rate_rounds_half_up_to_one_decimal():
    assert rate(8_904_000_000, 7_420_000_000) == Decimal("120.0")
    assert rate(9865, 10_000) == Decimal("98.7")
    assert rate(9845, 10_000) == Decimal("98.5")
    assert rate(-9865, 10_000) == Decimal("-98.7")
    assert str(rate(0, 5)) == "0.0"
    assert rate(5, 0) is None and rate(5, None) is None


def test_rates_are_written_without_an_empty_decimal():
    assert [format_rate(Decimal(r)) for r in ("120.0", "98.7", "1234.5")] == [
        "120%",
        "98,7%",
        "1.234,5%",
    ]
    assert format_rate(None) == "–"


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=30), st.integers(-9, 0))
def test_rounded_parts_add_up_to_the_rounded_total(values, digits):
    parts = largest_remainder(values, sum(values), digits)
    unit = 10**-digits
    assert sum(parts) == (sum(values) * 2 + unit) // (2 * unit) * unit
    assert all(abs(part - value) < unit for part, value in zip(parts, values, strict=True))


@pytest.mark.parametrize(
    ("values", "rounded"),
    [([2_500_000], [3]), ([3_500_000], [4]), ([1_000_000, 1_500_000], [1, 2]), ([499_999], [0])],
)
def test_a_half_is_rounded_up(values, rounded):
    parts = largest_remainder(values, sum(values), -6)
    assert parts == [Decimal(part) * 10**6 for part in rounded]
