"""Amounts in words: Vietnamese as on vouchers, English for who reads the portal in English."""

import pytest
from django.utils import translation

from core.values.amount_words import in_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "không đồng"),
        (10, "mười đồng"),
        (14, "mười bốn đồng"),
        (15, "mười lăm đồng"),
        (21, "hai mươi mốt đồng"),
        (24, "hai mươi tư đồng"),
        (25, "hai mươi lăm đồng"),
        (101, "một trăm lẻ một đồng"),
        (104, "một trăm lẻ bốn đồng"),
        (110, "một trăm mười đồng"),
        (111, "một trăm mười một đồng"),
        (1015, "một nghìn không trăm mười lăm đồng"),
        (1_000_005, "một triệu không trăm lẻ năm đồng"),
        (8_904_000_000, "tám tỷ chín trăm lẻ bốn triệu đồng"),
        (10**12, "một nghìn tỷ đồng"),
        (1_015 * 10**9, "một nghìn không trăm mười lăm tỷ đồng"),
        (10**15, "một triệu tỷ đồng"),
        (10**15 + 1, "một triệu tỷ không trăm lẻ một đồng"),
        (-24, "âm hai mươi tư đồng"),
    ],
)
def test_amounts_in_words(amount, words):
    assert in_words(amount, "vi") == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "zero đồng"),
        (15, "fifteen đồng"),
        (21, "twenty-one đồng"),
        (90, "ninety đồng"),
        (100, "one hundred đồng"),
        (101, "one hundred and one đồng"),
        (1000, "one thousand đồng"),
        (1015, "one thousand and fifteen đồng"),
        (1_000_005, "one million and five đồng"),
        (12_500_000, "twelve million five hundred thousand đồng"),
        (8_904_000_000, "eight billion nine hundred and four million đồng"),
        (10**15 + 1, "one million billion and one đồng"),
        (-24, "minus twenty-four đồng"),
    ],
)
def test_amounts_in_english_words(amount, words):
    assert in_words(amount, "en") == words


def test_a_screen_says_them_in_its_readers_language():
    with translation.override("en"):
        assert in_words(15) == "fifteen đồng"
    with translation.override("vi"):
        assert in_words(15) == "mười lăm đồng"
