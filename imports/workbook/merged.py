"""Cells merged over several rows or columns: whose is an amount, of which rows are the words."""

from bisect import bisect_right
from collections import defaultdict

from openpyxl.utils import get_column_letter

from .fields import COUNTS, MONEY
from .header import Header
from .model import Sheet

MOST_ROWS = 1000  # that a merged cell of words reaches over


def merged_amounts(sheet: Sheet, header: Header) -> dict[int, list[tuple[str, str]]]:
    """row → (field, merged area) where a field of money or people is merged with others."""
    fields = {
        column: name
        for name in header.columns
        if name in MONEY | COUNTS
        for column in header.parts(name)
    }
    rows = sorted(sheet.rows)
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for top, left, bottom, right in sheet.merges:
        name = fields.get(left)
        if name is None or top <= header.last:
            continue
        several = [column for column in fields if left <= column <= right]
        next_row = bisect_right(rows, top)
        is_over_rows = next_row < len(rows) and rows[next_row] <= bottom
        if len(several) > 1 or is_over_rows:
            area = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
            found[top].append((name, area))
    return found


def shared_words(sheet: Sheet, header: Header) -> dict[int, dict[int, object]]:
    """row → (column → value) of the words and days in cells merged downwards: they are those of
    every row that the cell reaches over."""
    columns = {column for name, column in header.columns.items() if name not in MONEY | COUNTS}
    found: dict[int, dict[int, object]] = defaultdict(dict)
    for top, left, bottom, right in sheet.merges:
        value = sheet.rows.get(top, {}).get(left)
        if top <= header.last or left != right or left not in columns or value is None:
            continue
        for number in range(top + 1, min(bottom, top + MOST_ROWS) + 1):
            found[number][left] = value
    return found
