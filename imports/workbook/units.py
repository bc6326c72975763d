"""The unit of money of a table: where a unit can stand, and what stands there.

In brackets; after ĐVT, Đơn vị (tính), Unit, Currency, Tiền tệ; after a comma or dash of a title; in
a row or cell of its own. Never the last word of a heading. What stands in such a place is
understood or is an error that quotes it.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from core.values.text import fold, squash

from .header import NUMBERED, Header
from .model import Sheet
from .unit_words import UNIT_WORD, Unit, is_unit, lower, names_money, plain_signs, unit_of
from .values import is_empty, stored

LAST_ROWS = 30
_BRACKET = re.compile(r"[(\[]((?:[^()\[\]]|\([^()]*\))*)[)\]](?!\s*[:=]?\s*[0-9])")
_NOTE = re.compile(r"^(?:\(?\*+\)?|ghi chu|chu thich|luu y|notes?)[\s:.]*")
_OTHER = re.compile(r"[;,(]|\. |\bt[ỷiy] ?gi[aá]\b", re.IGNORECASE)
_TAIL = re.compile(r"(?:[,;:\n]| [-–—] ?|[–—])([^,;\n–—]*)$")
_UNIT_AT_END = re.compile(
    r"\b(?:triệu|nghìn|ngàn|tỷ)(?: đồng| vnđ| vnd| đ)?$|\b(?:trieu|nghin|ngan) (?:dong|vnd)$"
)
_NO_UNIT = re.compile(r"=|\bty gia\b|exchange rate|quyet dinh|\bso \d")
_FEW_WORDS = 5


class UnknownUnit(ValueError):
    """Amounts in a unit that is not đồng; its text is the unit as it is written."""


def scale_of(sheet: Sheet, header: Header, column: int) -> int | None:
    """đồng per unit of the amounts in a column by its headings; None if they name no unit."""
    for text in reversed(header.paths.get(column, [])):
        found = _one_scale(units_in(text))
        if found is None and _UNIT_AT_END.search(lower(plain_signs(text)).rstrip(" .:*)]")):
            raise UnknownUnit(squash(text))
        if found:
            return found
    return None


def scale_around(sheet: Sheet, header: Header) -> int | None:
    """đồng per unit by the nearest line above the table that says one, else by those below it, else
    by the sheet's name; None if none says. Raises `UnknownUnit` where lines differ, too."""
    above = sorted((number for number in sheet.rows if number < header.first), reverse=True)
    scales = (scale_of_line(sheet.rows[number]) for number in above)
    found = next((scale for scale in scales if scale), None)
    units = list(_units_below(sheet, header))
    beneath = _one_scale(iter(units))
    if found and beneath and found != beneath:
        raise UnknownUnit(" / ".join(words for _unit, words in units))
    scale = found or beneath or _one_scale(_units_of_name(sheet.name))
    for number in _remarks(sheet, header, among=True):
        if (other := scale_of_line(sheet.rows[number])) and other != (scale or 1):
            raise UnknownUnit(" / ".join(w for _u, w in _units_of_line(sheet.rows[number])))
    return scale


def _units_below(sheet: Sheet, header: Header) -> Iterator[tuple[Unit, str]]:
    """The units right under the header, and in the remarks below the last row with an amount."""
    for number in [*_unit_rows(sheet, header), *_remarks(sheet, header)]:
        yield from _units_of_line(sheet.rows[number])


def _unit_rows(sheet: Sheet, header: Header) -> Iterator[int]:
    """The rows of units right under the header, or under the numbers of its columns."""
    for number in range(header.last + 1, header.last + 3):
        texts = [squash(stored(value)) for value in sheet.rows.get(number, {}).values()]
        if is_unit_row(sheet.rows.get(number, {})):
            yield number
        elif not all(NUMBERED.match(text) for text in texts):
            return


def _remarks(sheet: Sheet, header: Header, *, among: bool = False) -> list[int]:
    """The rows below the last amount that speak of a unit; or those `among` the rows, near their
    end, which must not speak of another one."""
    found: dict[bool, list[int]] = {True: [], False: []}
    columns, is_among = header.money_columns, False
    for number in reversed(sorted(sheet.rows)[-LAST_ROWS:]):
        cells = sheet.rows[number]
        if number <= header.last:
            break
        is_among = is_among or any(_is_amount(cells.get(column)) for column in columns)
        if is_remark(cells):
            found[is_among].insert(0, number)
    return found[among]


def _is_amount(cell: object) -> bool:
    value = stored(cell)
    return isinstance(value, int | Decimal) or (
        isinstance(value, str) and value.strip()[:1].isdigit() and not is_unit(value)
    )


def _units_of_name(name: str) -> Iterator[tuple[Unit, str]]:
    """The unit in a sheet's name: 'KH (triệu đồng)'; 'T8' and '1000' are none."""
    for unit, words in units_in(name, is_alone=False):
        if not unit.bare:
            yield unit, words


def is_unit_row(cells: dict[int, object]) -> bool:
    """A row of nothing but units, and maybe letters and numbers of the columns beside them."""
    texts = [squash(stored(value)) for value in cells.values() if not is_empty(value)]
    others = [text for text in texts if not is_unit(text)]
    units = [text for text in texts if is_unit(text) and not NUMBERED.match(text)]
    return bool(units) and all(NUMBERED.match(text) for text in others)


def unit_named(scale: int) -> str:
    """'triệu đồng' for 1,000,000; for a scale without a name its number."""
    names = {1: "đồng", 10**3: "nghìn đồng", 10**6: "triệu đồng", 10**9: "tỷ đồng"}
    return names.get(scale) or f"{scale:,} đồng".replace(",", ".")


def where_said(sheet: Sheet, header: Header, column: int, scale: int) -> tuple[str, str] | None:
    """(cell, text) that says the unit of a column's amounts; None where nothing says it."""
    own = {squash(text) for text in header.paths.get(column, [])}
    for number in range(header.last, header.first - 1, -1):
        cells = sheet.rows.get(number, {})
        left = max((c for c in cells if c <= column), default=column)  # its heading's cell
        text = cells.get(left)
        if isinstance(text, str) and squash(text) in own and _names_scale(text, scale):
            return f"{get_column_letter(left)}{number}", squash(text)
    above = sorted((number for number in sheet.rows if number < header.first), reverse=True)
    for number in [*above, *_unit_rows(sheet, header), *_remarks(sheet, header)]:
        if found := _in_line(sheet.rows[number], number, scale):
            return found
    return None


def _in_line(cells: dict[int, object], number: int, scale: int) -> tuple[str, str] | None:
    try:
        if scale_of_line(cells) != scale:
            return None
    except UnknownUnit:
        return None
    texts = {c: text for c, text in sorted(cells.items()) if isinstance(text, str)}
    column = next((c for c, text in texts.items() if _names_scale(text, scale)), min(texts))
    return f"{get_column_letter(column)}{number}", squash(texts[column])


def _names_scale(text: str, scale: int) -> bool:
    try:
        return _one_scale(units_in(text)) == scale
    except UnknownUnit:
        return False


def scale_of_line(cells: dict[int, object]) -> int | None:
    """đồng per unit by one line. Raises `UnknownUnit`."""
    return _one_scale(_units_of_line(cells))


def is_remark(cells: dict[int, object]) -> bool:
    """A row of words alone, one of which speaks of a unit or is nothing else."""
    texts = [value for value in cells.values() if isinstance(value, str)]
    if not len(texts) == len(cells) <= 3:
        return False
    if len(texts) == 1 and is_unit(_without_note(texts[0])):
        return True
    return any(UNIT_WORD.search(fold(text)) for text in texts)


def _without_note(text: str) -> str:
    """'(*) Triệu đồng' and 'Ghi chú: Triệu đồng' without what makes them a note."""
    plain = squash(text)
    found = _NOTE.match(fold(plain))
    return plain[found.end() :] if found and len(fold(plain)) == len(plain) else text


def _units_of_line(cells: dict[int, object]) -> Iterator[tuple[Unit, str]]:
    texts = {c: text for c, text in cells.items() if isinstance(text, str) and len(text) < 300}
    texts = {c: text for c, text in texts.items() if not NUMBERED.match(squash(text))}
    if any(isinstance(stored(cell), int | Decimal) for cell in cells.values()):
        # 'Ngân sách (triệu đồng)' beside 7420 is the unit of that figure alone
        texts = {c: text for c, text in texts.items() if UNIT_WORD.match(fold(text))}
    for column in sorted(texts):
        text = texts.get(column, "")
        if UNIT_WORD.fullmatch(fold(text)) and column + 1 in texts:
            text = f"{text} {texts.pop(column + 1)}"
        yield from units_in(text, is_alone=len(cells) == 1)


def units_in(text: str, *, is_alone: bool = True) -> Iterator[tuple[Unit, str]]:
    """The units that a heading or line names, each with its words. Raises `UnknownUnit`."""
    text = plain_signs(_without_note(text) if is_alone else text)
    plain = squash(text)
    if after := _after_unit_word(plain):
        for is_sure, words in after:
            yield from _units_of_place(words, is_sure)
        return
    whole = unit_of(plain)
    if whole and not whole.counted and (is_alone or plain[0] == "(" or not plain[0].isdigit()):
        yield whole, plain
        return
    for words in _BRACKET.findall(plain):
        yield from _units_of_place(words.strip("()[]"), False)
    lines = _BRACKET.sub(" ", "\n".join(squash(line) for line in text.splitlines())).strip()
    if (tail := _TAIL.search(lines)) and (unit := unit_of(tail[1])) and not unit.counted:
        yield unit, tail[1].strip()


def _after_unit_word(text: str) -> list[tuple[bool, str]]:
    """(surely a unit, words) after each ĐVT, Đơn vị tính … of the text."""
    folded = fold(text)
    found = list(UNIT_WORD.finditer(folded))
    if len(folded) != len(text):  # letters that fold to two: the words are quoted folded
        text = folded
    if not found:
        return []
    ends = [match.start() for match in found[1:]] + [len(text)]
    return [
        (bool(match["sure"]), text[match.end() : end].strip(" .:=)(-–—"))
        for match, end in zip(found, ends, strict=True)
        if text[match.end() : end].strip(" .:=)(-–—")
    ]


def _units_of_place(words: str, is_sure: bool) -> Iterator[tuple[Unit, str]]:
    """The unit in a place for one; its words must be understood if they speak of money."""
    plain = fold(words)
    if _NO_UNIT.search(plain) and not UNIT_WORD.search(plain):
        first = _OTHER.split(words)[0].strip(" .:–-")
        if not first or _NO_UNIT.search(fold(first)):
            if is_sure and first:
                raise UnknownUnit(words)
            return
        words = first
    unit = unit_of(words)
    if unit and not (unit.bare and unit.scale < 1000):
        yield unit, words
    elif is_sure or (names_money(words) and len(words.split()) <= _FEW_WORDS):
        raise UnknownUnit(words)


def _one_scale(units: Iterator[tuple[Unit, str]]) -> int | None:
    """The one scale that all name. Raises `UnknownUnit`, quoting those that are not đồng."""
    found = list(units)
    for unit, words in found:
        if unit.foreign:
            raise UnknownUnit(words)
    money = {unit.scale: words for unit, words in found if not unit.counted}
    counted = [words for unit, words in found if unit.counted]
    if not money and counted:
        raise UnknownUnit(counted[0])
    if len(money) > 1:
        raise UnknownUnit(" / ".join(money.values()))
    return next(iter(money), None)


def unknown_unit_message(unit: str) -> str:
    text = _("The amounts are in “%(unit)s”. Write them in đồng, nghìn đồng or triệu đồng.")
    return text % {"unit": unit}
