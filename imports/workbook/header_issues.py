"""What is wrong with a sheet's header: columns missing, columns that each may be meant."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from .fields import FIELDS
from .header import Header, describe, found_labels
from .model import Issue, Sheet


def header_issues(sheet: Sheet, header: Header, kind: str) -> list[Issue]:
    """One issue for each thing wrong."""
    issues = []
    if header.unclear:
        issues.append(Issue(sheet.name, header.last, None, "quarters_unclear", header.unclear))
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


def _doubled(header: Header, kind: str) -> Iterator[str]:
    """'Quý I: D, E (“Plan”, “Đối ứng”)' for each field claimed by several columns."""
    for name, columns in header.doubled.items():
        field = FIELDS[kind].get(name)
        label = field.label if field else _("Month %(number)s") % {"number": name[1:]}
        letters = ", ".join(get_column_letter(column) for column in columns)
        texts = ", ".join(f"“{header.path(column)}”" for column in columns)
        yield f"{label}: {letters} ({texts})"
