"""Vietnamese text: cleaned, folded, sorted, compared."""

import unicodedata

import pytest

from core.values.text import fold, fold_key, nearest, nfc, sort_key, squash


def test_squash_leaves_one_space_between_words_and_nothing_invisible():
    assert squash("  Bản\u00a0 Lang\n\u200b\ufeff ") == "Bản Lang"
    assert squash(None) == ""
    assert squash(12) == "12"


def test_squash_joins_what_a_zero_width_space_would_split():
    assert squash("Dào\u200b San") == "Dào San"


def test_decomposed_text_becomes_the_same_as_composed():
    apart = unicodedata.normalize("NFD", "Nậm Xe, Đường")
    assert apart != "Nậm Xe, Đường"
    assert nfc(apart) == squash(apart) == "Nậm Xe, Đường"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đào  San", "dao san"),
        ("ĐIỆN BIÊN", "dien bien"),
        ("Ðào San, hoạt ðộng", "dao san, hoat dong"),
        ("Khổng Lào", "khong lao"),
        ("Người lập biểu: ", "nguoi lap bieu:"),
        ("", ""),
    ],
)
def test_fold_drops_case_and_accents(text, folded):
    assert fold(text) == folded


def test_fold_key_keeps_only_letters_and_digits():
    assert fold_key("Quý I/2022 (đồng)") == "quyi2022dong"


def test_names_sort_by_the_vietnamese_alphabet_with_tones_second():
    names = ["An", "Ăn", "Ân", "Ban", "Bàn", "Bản", "Bãn", "Bán", "Bạn", "Bản Lang", "Dào San"]
    names += ["Đào San", "Em", "Ếch", "Hoang Thèn", "Khổng Lào", "Nậm Xe", "Ong", "Ô", "Ơ", "Xã 2"]
    shuffled = names[::-1]
    assert sorted(shuffled, key=lambda name: sort_key(name).encode()) == names


def test_a_sort_key_is_plain_ascii_that_no_collation_reorders():
    key = sort_key("Đào San – 12 ₫")
    assert key.isascii() and key.isalnum() and key == key.lower()


def test_nearest_offers_names_that_look_alike_and_nothing_when_none_does():
    communes = ["Bản Lang", "Hoang Thèn", "Khổng Lào", "Nậm Xe", "Dào San"]
    assert nearest("Đào San", communes)[0] == "Dào San"
    assert nearest("ban lan", communes)[0] == "Bản Lang"
    assert nearest("Zürich", communes) == []
