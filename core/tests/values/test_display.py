"""Figures in the language of the screen."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from core.values import display


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("vi", ["1.234.567", "8,9 tỷ", "hơn 8,9 tỷ đồng", "98,7%", "Quý I (7–9/2022)"]),
        (
            "en",
            ["1,234,567", "8.9 billion", "over 8.9 billion đồng", "98.7%", "Quarter I (7–9/2022)"],
        ),
    ],
)
def test_numbers_follow_the_screen(language, expected):
    with translation.override(language):
        assert [
            display.number(1_234_567),
            display.short(8_900_000_000),
            display.qualified(8_904_000_000),
            display.percent(Decimal("98.7")),
            display.quarter(1, date(2022, 7, 1)),
        ] == expected


def test_what_remains_is_said_in_words():
    with translation.override("vi"):
        assert display.remaining(-1_484_000_000) == "vượt 1.484 triệu đồng"
        assert display.remaining(950_000) == "còn 950 nghìn đồng"
        assert display.remaining(None) == "–"
    with translation.override("en"):
        assert display.remaining(-1_484_000_000) == "over by 1,484 million đồng"


def test_over_and_under_have_their_words_and_no_sign():
    with translation.override("vi"):
        assert [display.left(value) for value in (-1_484_000, 950, 0, None)] == [
            "vượt 1.484.000",
            "còn 950",
            "còn 0",
            "–",
        ]
    with translation.override("en"):
        assert [display.left(-1_484), display.remaining(950_000)] == [
            "over by 1,484",
            "950 thousand đồng left",
        ]
