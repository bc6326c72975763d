"""Vietnamese text: clean, compare, search, sort. Pure functions, no tables."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from django.utils.functional import Promise

Label = str | Promise  # a text, or one that is said in its reader's language

# Control characters between words or lines, which become a space.
_BETWEEN = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
# What is no text and breaks files: other control characters, marks that turn the direction of
# writing, lone surrogates, marks of byte order, code points that are no characters.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    + "".join(
        chr(plane | last)
        for plane in range(0x10000, 0x110000, 0x10000)
        for last in (0xFFFE, 0xFFFF)
    )
    + "]"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060-\u2064]")
_SPACE = re.compile(r"\s+")
_MARKS = re.compile(
    "[\u0300-\u034e\u0350-\u036f]+"
)  # the accents of Vietnamese and of its neighbours
_NOT_WORD = re.compile(r"[^a-z0-9]+")

# đ, and what looks like it: the Icelandic ð and the African ɖ (Ð and Ɖ look just like Đ).
_LIKE_D = str.maketrans("đðɖ", "ddd")

# Order of the letters in Vietnamese dictionaries; the mark that makes ă of a belongs to the
# letter, the tone does not.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_LETTER_MARKS = {
    ("a", "\u0306"): "a1",
    ("a", "\u0302"): "a2",
    ("e", "\u0302"): "e1",
    ("o", "\u0302"): "o1",
    ("o", "\u031b"): "o2",
    ("u", "\u031b"): "u1",
}


def nfc(text: str) -> str:
    """The text with every accented letter as one composed character."""
    return unicodedata.normalize("NFC", text)


def clean(text: str) -> str:
    """Text as the portal keeps it and writes it out: composed, line ends as one character, without
    control characters (but tab and line end), lone surrogates and bidirectional marks.

    The one normaliser of every door (DESIGN section 3): what any file can hold, and no more.
    """
    if text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return text
    return nfc(_NOT_TEXT.sub("", _BETWEEN.sub(" ", text.replace("\r\n", "\n"))))


def clean_all(data: object) -> object:
    """The data of a JSON body or column with every text in it clean, names too."""
    if isinstance(data, str):
        return clean(data)
    if isinstance(data, dict):
        return {clean_all(name): clean_all(value) for name, value in data.items()}
    return [clean_all(value) for value in data] if isinstance(data, list | tuple) else data


def squash(text: object) -> str:
    """Clean text on one line: invisible characters dropped, runs of white space one space, trimmed.

    None gives the empty string, so that a missing cell and an empty one are the same.
    """
    if text is None:
        return ""
    text = str(text)
    if text.isprintable() and unicodedata.is_normalized("NFC", text):  # its only space is the plain
        squashed = " ".join(text.split())
        return text if text == squashed else squashed  # itself, so that it is kept once
    visible = _INVISIBLE.sub("", clean(text))
    return nfc(_SPACE.sub(" ", visible)).strip()


def abridged(value: object, most: int = 40) -> str:
    """What somebody typed, to be quoted: on one line and at most `most` letters."""
    text = squash(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def fold(text: object) -> str:
    """The text for searching: lower case, without accents, đ (and ð like it) as d, squashed."""
    apart = unicodedata.normalize("NFKD", squash(text).casefold())
    bare = _MARKS.sub("", apart).translate(_LIKE_D)
    if not bare.isascii():
        bare = "".join(c for c in bare if not unicodedata.combining(c))
    return squash(bare)


def has_odd_digits(text: str) -> bool:
    """Is there a digit other than 0–9: ³, ½, ①, those of another script? Folding would make
    '12³' a plain 123."""
    return any(char.isnumeric() and not char.isascii() for char in text)


def is_digits(text: str) -> bool:
    """Whether it is digits 0–9 alone, at least one."""
    return text.isascii() and text.isdigit()


def is_row_id(text: str) -> bool:
    """Whether it can be the id of a row: digits that the database can hold as a number."""
    return is_digits(text) and len(text) < 19


def fold_key(text: object) -> str:
    """Only the letters a-z and digits of the folded text: 'Quý I/2022' gives 'quyi2022'."""
    return _NOT_WORD.sub("", fold(text))


def sort_key(text: object) -> str:
    """A key of lower-case ASCII letters and digits that sorts as Vietnamese does.

    Letters first (a ă â b c d đ e ê …), then tones (ngang huyền hỏi ngã sắc nặng). It sorts the
    same bytewise and under any database collation. At most 3 × length + 2 characters for
    Vietnamese text; keep it in a text column.
    """
    letters: list[str] = []
    tones: list[str] = []
    for char in squash(text).lower():
        letter, tone = _letter_and_tone(char)
        letters.append(letter)
        tones.append(str(tone))
    return "".join(letters) + "00" + "".join(tones)


def nearest(word: str, candidates: Iterable[str], n: int = 3) -> list[str]:
    """Up to n of the candidates that look most like the word, best first; maybe none."""
    by_fold: dict[str, str] = {}
    for candidate in candidates:
        by_fold.setdefault(fold(candidate), candidate)
    close = difflib.get_close_matches(fold(word), list(by_fold), n=n, cutoff=0.5)
    return [by_fold[key] for key in close]


@lru_cache(maxsize=2000)
def _letter_and_tone(char: str) -> tuple[str, int]:
    """A two-character code for one character's letter, and its tone from 0 to 5."""
    base, *marks = list(unicodedata.normalize("NFD", char))
    tone = max((_TONES.get(mark, 0) for mark in marks), default=0)
    if base in "đðɖ":
        return "d1", tone
    for mark in marks:
        if (base, mark) in _LETTER_MARKS:
            return _LETTER_MARKS[base, mark], tone
    if "a" <= base <= "z":
        return base + "0", tone
    if "0" <= base <= "9":
        return "1" + base, tone
    return ("01" if base == " " else "02" if base.isascii() else "z9"), tone


def names_in(text: str) -> tuple[str, ...]:
    """A long tuple of plain names, written as one text: 'id code name' → ('id', 'code', 'name')."""
    return tuple(text.split())
