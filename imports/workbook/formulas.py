"""Is the 0 stored beside a formula a result, or a placeholder that nobody has worked out?

Programs that write workbooks without calculating store 0 beside every formula. Simple formulas
(numbers, + - * /, cells, SUM) are worked out from the sheet itself; nothing else is evaluated.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from .cells import column_number
from .model import Formula, Sheet

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?%?)|(?P<range>\$?[A-Z]{1,3}\$?[0-9]{1,7}"
    r":\$?[A-Z]{1,3}\$?[0-9]{1,7})|(?P<cell>\$?[A-Z]{1,3}\$?[0-9]{1,7})(?![(A-Za-z0-9_])|"
    r"(?P<sum>SUM)\(|(?P<sign>[-+*/(),;]))"
)
_MAX_LENGTH = 200
_MAX_CELLS = 10_000
_MAX_DEPTH = 5


class NotSimple(ValueError):
    """A formula that is not worked out here."""


def is_placeholder(sheet: Sheet, cell: object) -> bool:
    """A formula stored as 0 whose own parts say otherwise, or that nothing shows was worked out."""
    if not isinstance(cell, Formula) or cell.value != 0 or isinstance(cell.value, bool):
        return False
    try:
        return _Formula(sheet, cell.text).result() != 0
    except NotSimple:
        return not sheet.is_calculated


class _Formula:
    """One formula, read from the left; `depth` counts formulas that lead to formulas."""

    def __init__(self, sheet: Sheet, text: str, depth: int = 0) -> None:
        if len(text) > _MAX_LENGTH or depth > _MAX_DEPTH:
            raise NotSimple
        self.sheet, self.depth = sheet, depth
        self.tokens = list(_tokens(text.removeprefix("=")))
        self.at = 0

    def result(self) -> Decimal:
        try:
            value = self._sum()
        except (InvalidOperation, ZeroDivisionError) as error:
            raise NotSimple from error
        if self.at != len(self.tokens):
            raise NotSimple
        return value

    def _next(self, *signs: str) -> str | None:
        if self.at < len(self.tokens) and self.tokens[self.at] in [("sign", s) for s in signs]:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def _sum(self) -> Decimal:
        value = self._product()
        while sign := self._next("+", "-"):
            value = value + self._product() if sign == "+" else value - self._product()
        return value

    def _product(self) -> Decimal:
        value = self._factor()
        while sign := self._next("*", "/"):
            value = value * self._factor() if sign == "*" else value / self._factor()
        return value

    def _factor(self) -> Decimal:
        if sign := self._next("+", "-"):
            return self._factor() if sign == "+" else -self._factor()
        if self.at >= len(self.tokens):
            raise NotSimple
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return Decimal(text.rstrip("%")) / (100 if text.endswith("%") else 1)
        if kind == "cell":
            return self._cell(*_place(text))
        if kind == "sum":
            return self._sum_of_cells()
        if text != "(":
            raise NotSimple
        value = self._sum()
        if not self._next(")"):
            raise NotSimple
        return value

    def _sum_of_cells(self) -> Decimal:
        value = Decimal(0)
        while True:
            if self.at < len(self.tokens) and self.tokens[self.at][0] == "range":
                value += self._range(self.tokens[self.at][1])
                self.at += 1
            else:
                value += self._sum()
            if self._next(")"):
                return value
            if not self._next(",", ";"):
                raise NotSimple

    def _range(self, text: str) -> Decimal:
        (left, top), (right, bottom) = (_place(corner) for corner in text.split(":"))
        if (right - left + 1) * (bottom - top + 1) > _MAX_CELLS:
            raise NotSimple
        places = [(c, r) for r in range(top, bottom + 1) for c in range(left, right + 1)]
        return sum((self._cell(*place, in_range=True) for place in places), Decimal(0))

    def _cell(self, column: int, row: int, *, in_range: bool = False) -> Decimal:
        self.sheet.cells_to_work_out -= 1
        if self.sheet.cells_to_work_out < 0:
            raise NotSimple
        value = self.sheet.rows.get(row, {}).get(column)
        if isinstance(value, Formula):
            if value.value != 0:
                value = value.value
            else:
                return _Formula(self.sheet, value.text, self.depth + 1).result()
        if value is None or (in_range and isinstance(value, str)):
            return Decimal(0)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise NotSimple
        return Decimal(value)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, text = 0, text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise NotSimple
        kind = str(found.lastgroup)
        yield kind, found[kind]
        at = found.end()


def _place(text: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]+)([0-9]+)", text.replace("$", "")).groups()  # type: ignore[union-attr]
    return column_number(letters), int(digits)
