"""Where a sheet's header is and which column holds what, found by the words alone."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from openpyxl.utils import get_column_letter

from core.values.text import fold, fold_key, nfc, squash

from .fields import FIELDS, OF_WHICH, QUARTERS, REQUIRED, match
from .model import Sheet

SEARCHED_ROWS = 30
DEEPEST = 3

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SIGNS = (("≤", " den "), ("<=", " den "), ("<", " duoi "), ("≥", " tu "), (">=", " tu "))
_UNITS = re.compile(r"(?:dvt|donvitinh|donvi)?(?:trieudong|nghindong|ngandong|dong|vnd|nguoi)$")
_TOTAL_WORDS = {"tong", "tongso", "cong", "tongcong", "total", "so", "songuoi"}


@dataclass
class Header:
    """The header of one table. Rows are counted from 1, columns too."""

    first: int
    last: int
    columns: dict[str, int] = field(default_factory=dict)  # field → column
    texts: dict[int, str] = field(default_factory=dict)  # column → its header as found
    paths: dict[int, list[str]] = field(default_factory=dict)  # column → headings above, and it
    doubled: dict[str, list[int]] = field(default_factory=dict)  # field → columns claiming it
    weak: set[str] = field(default_factory=set)  # fields not named outright

    def letter(self, name: str) -> str:
        return get_column_letter(self.columns[name])

    def missing(self, kind: str) -> list[tuple[str, ...]]:
        """Groups of fields of which one is needed and none is there."""
        have = set(self.columns) | set(self.doubled)
        missing = [group for group in REQUIRED[kind] if not have.intersection(group)]
        if kind == "plan":
            lacking = [q for q in QUARTERS if q not in have]
            if len(lacking) == 4:
                missing += [] if "year" in have else [("q1", "year")]
            else:
                missing += [(quarter,) for quarter in lacking]
        return missing

    def found(self, kind: str) -> int:
        """How many of the needed groups of columns are there."""
        have = set(self.columns) | set(self.doubled)
        money = have.intersection((*QUARTERS, "year")) if kind == "plan" else ()
        return sum(bool(have.intersection(g)) for g in REQUIRED[kind]) + bool(money)

    def looks_like_table(self, kind: str) -> bool:
        needed = len(REQUIRED[kind]) + (kind == "plan")
        return self.found(kind) * 2 >= needed


def find_header(sheet: Sheet, kind: str) -> Header | None:
    """The header in the first rows that names most columns of the kind; None if it names none."""
    best: tuple[tuple[int, int, int], Header] | None = None
    rows = [number for number in sheet.rows if number <= SEARCHED_ROWS]
    for first in sorted(rows):
        for depth in range(1, DEEPEST + 1):
            header = read_header(sheet, kind, first, first + depth - 1)
            named = len(header.columns) + len(header.doubled)
            score = (header.found(kind), named, -depth)
            if named and (best is None or score > best[0]):
                best = (score, header)
    return best[1] if best else None


def read_header(sheet: Sheet, kind: str, first: int, last: int) -> Header:
    """What the rows first..last name, taken as a header."""
    header = Header(first, last)
    claims: dict[str, list[tuple[bool, int]]] = {}
    for column, path in _paths(sheet, first, last).items():
        header.paths[column], header.texts[column] = path, path[-1]
        claim = claimed(kind, path)
        if claim:
            claims.setdefault(claim[0], []).append((claim[1], column))
    for name, found in claims.items():
        strong = any(is_strong for is_strong, _column in found)
        columns = [column for is_strong, column in found if is_strong == strong]
        if not strong:
            header.weak.add(name)
        if len(columns) == 1:
            header.columns[name] = columns[0]
        else:
            header.doubled[name] = columns
    _settle_voucher_date(header)
    return header


def _settle_voucher_date(header: Header) -> None:
    """The voucher's day is the day of the disbursement where no other is given."""
    columns = header.columns
    if "date" in header.weak and "voucher_date" in columns:
        columns.pop("date", None)
    if "voucher_date" in columns and "date" not in columns and "date" not in header.doubled:
        columns["date"] = columns.pop("voucher_date")


def _paths(sheet: Sheet, first: int, last: int) -> dict[int, list[str]]:
    """column → the texts from the top heading down to the column's own, repeats dropped."""
    rows = {number: _texts(sheet.rows.get(number, {})) for number in range(first, last + 1)}
    own = {column for texts in rows.values() for column in texts}
    filled = {number: _spread(sheet, rows, number, last) for number in rows}
    paths = {}
    for column in sorted(own):
        path: list[str] = []
        for number in rows:
            text = filled[number].get(column, "")
            if text and (not path or path[-1] != text):
                path.append(text)
        paths[column] = path
    return paths


def _texts(cells: dict[int, Any]) -> dict[int, str]:
    """column → text of the cells that can be words of a header."""
    texts = {c: squash(v) for c, v in cells.items() if isinstance(v, str | int)}
    return {c: text for c, text in texts.items() if text and not only_unit(text)}


def only_unit(text: str) -> bool:
    """Is the text nothing but a unit, such as '(đồng)'?"""
    return bool(_UNITS.fullmatch(fold_key(text)))


def _spread(
    sheet: Sheet, rows: dict[int, dict[int, str]], number: int, last: int
) -> dict[int, str]:
    """The texts of one row with group headings repeated over the columns they span."""
    texts = dict(rows[number])
    merged = [m for m in sheet.merges if m[0] <= number <= m[2] and rows.get(m[0], {}).get(m[1])]
    for top, left, _bottom, right in merged:
        for column in range(left, right + 1):
            texts.setdefault(column, rows[top][left])
    if number < last:
        _spread_unmerged(texts, rows, number, {c for m in merged for c in range(m[1], m[3] + 1)})
    return texts


def _spread_unmerged(
    texts: dict[int, str], rows: dict[int, dict[int, str]], number: int, merged: set[int]
) -> None:
    """A heading without a merge reaches right while only the row below has words."""
    below = rows.get(number + 1, {})
    for column in sorted(below):
        left = texts.get(column - 1)
        if column not in texts and left and column - 1 in below and column - 1 not in merged:
            texts[column] = left


def claimed(kind: str, path: list[str]) -> tuple[str, bool] | None:
    """(field, named outright) of a column with these headings, its own last."""
    if not path or (squash(nfc(path[-1])).casefold() == "năm" and kind == "trainings"):
        return None
    *groups, own = [label_keys(text) for text in path]
    context = "".join(keys[0] for keys in groups if keys)
    for keys in reversed(groups):
        for key in own:
            for group in keys:
                if found := match(kind, group + key, context) or match(kind, key + group, context):
                    return found
    for key in own:
        if found := match(kind, key, context):
            return _within(kind, found, key, groups)
    return None


def _within(
    kind: str, found: tuple[str, bool], key: str, groups: list[tuple[str, ...]]
) -> tuple[str, bool] | None:
    """Under 'DTTS', 'Tổng' means DTTS, and 'Nữ' is none of our columns."""
    for keys in groups:
        for group in keys:
            above = match(kind, group)
            if above and above[0] in (*OF_WHICH, "male", "female"):
                return above if key in _TOTAL_WORDS else None
    return found


@lru_cache(maxsize=4096)
def label_keys(text: str) -> tuple[str, ...]:
    """The folded forms a header may be known by: whole, without brackets, without its unit."""
    for sign, word in _SIGNS:
        text = text.replace(sign, word)
    text = re.sub(r"(?<![-=])>", " tren ", text)
    text = re.sub(r"([0-9])\s*\+", r"tren \1", text)
    whole, bare = fold_key(text), fold_key(_BRACKETS.sub(" ", text))
    keys = [whole, bare, _UNITS.sub("", bare), _UNITS.sub("", whole)]
    return tuple(dict.fromkeys(key for key in keys if key and len(key) <= 60))


def describe(kind: str, group: tuple[str, ...]) -> str:
    """What a missing column is called, for a message."""
    return " / ".join(f"“{FIELDS[kind][name].label}”" for name in group)


def found_labels(header: Header, limit: int = 15) -> str:
    """The headers as found, for a message."""
    texts = [text for text in header.texts.values() if len(fold(text)) <= 60]
    shown = ", ".join(f"“{text}”" for text in texts[:limit])
    return shown + (" …" if len(texts) > limit else "")
