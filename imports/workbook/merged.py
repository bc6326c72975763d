"""Amounts in cells merged over several rows or columns."""

from bisect import bisect_right
from collections import defaultdict

from openpyxl.utils import get_column_letter

from .fields import COUNTS, MONEY
from .header import Header
from .model import Sheet


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
