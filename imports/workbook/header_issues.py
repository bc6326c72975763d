"""What is wrong with a sheet's header: columns missing, columns that each may be meant."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from core.values.text import fold

from .fields import FIELDS, QUARTERS
from .header import Header, describe, found_labels
from .model import Issue, Sheet
from .values import is_empty

_PERIOD = re.compile(r"^(?:quy|thang|quarter|month)(?: (?:thuc hien|trien khai))?[ .:]*$")


def header_issues(sheet: Sheet, header: Header, kind: str) -> list[Issue]:
    """One issue for each thing wrong."""
    issues = []
    if header.unclear:
        issues.append(Issue(sheet.name, header.last, None, "quarters_unclear", header.unclear))
    if kind == "plan" and (column := _column_of_periods(sheet, header)):
        text = _("Column %(letter)s “%(heading)s” says the quarter or month row by row.")
        text += " " + _("Write one column for each quarter: “Quý I (7–9/2022)”.")
        letter, label = get_column_letter(column), header.texts[column]
        message = text % {"letter": letter, "heading": label}
        issues.append(Issue(sheet.name, header.last, label, "quarter_rows", message, letter))
    if missing := header.missing(kind):
        text = _("No column for %(missing)s. Found: %(found)s. Add it or rename its header.")
        names = ", ".join(describe(kind, group) for group in missing)
        message = text % {"missing": names, "found": found_labels(header)}
        issues.append(Issue(sheet.name, header.first, None, "missing_column", message))
    if header.doubled:
        text = _("More than one column can be meant: %(columns)s. Keep one of each, or rename.")
        message = text % {"columns": "; ".join(_doubled(header, kind))}
        first = next(iter(header.doubled.values()))
        letter = get_column_letter(first[1])
        label = header.texts[first[0]]
        issues.append(Issue(sheet.name, header.last, label, "double_column", message, letter))
    return issues


def _column_of_periods(sheet: Sheet, header: Header) -> int:
    """The column of a plan without quarters that names each row's quarter or month; 0 for none."""
    if any(name in header.columns for name in QUARTERS):
        return 0
    for column, text in header.texts.items():
        if _PERIOD.match(fold(text)) and column not in header.columns.values():
            rows = (cells for number, cells in sheet.rows.items() if number > header.last)
            if any(not is_empty(cells.get(column)) for cells in rows):
                return column
    return 0


def _doubled(header: Header, kind: str) -> Iterator[str]:
    """'Quý I: D, E (“Plan”, “Đối ứng”)' for each field claimed by several columns."""
    for name, columns in header.doubled.items():
        field = FIELDS[kind].get(name)
        label = field.label if field else _("Month %(number)s") % {"number": name[1:]}
        letters = ", ".join(get_column_letter(column) for column in columns)
        texts = ", ".join(f"“{header.path(column)}”" for column in columns)
        yield f"{label}: {letters} ({texts})"
