"""Which language a text is in, told by the portal's own catalogues.

English left on a Vietnamese screen: a text that is a source string with another translation, or a
word of the source strings that no translation uses. Vietnamese left on an English screen: a text
that is a translation. Data are Vietnamese in either language.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
# Words of ours that Vietnamese screens show on purpose: names, codes, field names of the API.
CODE_WORDS = frozenset(
    """access_token api csv docx excel gbv eccd yee spon mou pdf xlsx json email word plan portal
    program commune quarter activity fiscal_year by as_of english champions of change authorization
    token http https""".split()
)
_WORD = re.compile(r"[A-Za-z]{3,}")
_HOLE = re.compile(r"%\(\w+\)[a-z]|%[sd]|%%|\{\w*\}")
_NOT_TEXT = re.compile(
    r"https?:\S+|[\w.+-]+@[\w.-]+|/\w[\w/.?=&-]*|\b\w+[_.]\w+\b|\bmot-\w+|“[^”]*”"
)


@cache
def pairs() -> tuple[tuple[str, str], ...]:
    """(source, Vietnamese) of every text, each form of the plural on its own."""
    found = []
    for path in ROOT.glob("**/locale/vi/LC_MESSAGES/django.po"):
        if ".venv" in path.parts:
            continue
        for entry in polib.pofile(str(path)):
            sources = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
            texts = [*entry.msgstr_plural.values()] or [entry.msgstr]
            found += [(source, texts[0]) for source in sources]
    return tuple(found)


@cache
def english_words() -> frozenset[str]:
    """The words that source strings use and translations never do."""
    source, vietnamese = set(), set()
    for english, text in pairs():
        source |= {word.lower() for word in _WORD.findall(_HOLE.sub(" ", english))}
        vietnamese |= {word.lower() for word in _WORD.findall(_HOLE.sub(" ", text))}
    return frozenset(source - vietnamese - CODE_WORDS)


def _patterns(texts: Iterable[str]) -> tuple[frozenset[str], re.Pattern]:
    """Texts without holes as a set; those with holes as one pattern that matches whole texts."""
    plain, holed = set(), []
    for text in texts:
        text = " ".join(text.split())
        if not _HOLE.search(text):
            plain.add(text.lower())
            continue
        parts = [re.escape(part) for part in _HOLE.split(text)]
        if len(re.sub(r"\W", "", "".join(_HOLE.split(text)))) > 5:
            holed.append(".{0,80}?".join(parts))
    return frozenset(plain), re.compile("|".join(holed) or r"(?!)", re.IGNORECASE)


@cache
def _english() -> tuple[frozenset[str], re.Pattern]:
    return _patterns(source for source, text in pairs() if source != text)


@cache
def _vietnamese() -> tuple[frozenset[str], re.Pattern]:
    accented = re.compile(r"[^\x00-\x7f–—“”…·×→✓]")
    return _patterns(text for source, text in pairs() if source != text and accented.search(text))


def is_english(text: str) -> bool:
    """Whether a text of a Vietnamese screen is English, whole or in part."""
    text = " ".join(_NOT_TEXT.sub(" ", text).split())
    plain, _holed = _english()
    if text.lower() in plain and text.lower() not in CODE_WORDS and _WORD.search(text):
        return text.lower() not in {vietnamese.lower() for _source, vietnamese in pairs()}
    words = _WORD.findall(text)
    return any(word.lower() in english_words() for word in words)


def is_vietnamese_of_ours(text: str) -> bool:
    """Whether a text of an English screen is one of the portal's own in Vietnamese."""
    text = " ".join(text.split()).strip(" :")
    plain, holed = _vietnamese()
    return text.lower() in plain or bool(holed.fullmatch(text))
