"""The same records in every dress read the same; what is no workbook is refused with a reason."""

import pytest

from imports.workbook import WorkbookError, read_workbook

from .make_malformed import malformed
from .make_workbooks import FIELDS, records, variants

HARMLESS = {"sheet_left_out", "hidden_sheet"}

DRESSES = [pytest.param(k, data, id=f"{k}: {name}") for k in FIELDS for name, data in variants(k)]
BROKEN = [
    pytest.param(k, data, code, id=f"{k}: {name}")
    for k in FIELDS
    for name, data, code in malformed(k)
]


@pytest.mark.parametrize(("kind", "data"), DRESSES)
def test_every_dress_gives_the_same_records(kind, data):
    reading = read_workbook(data, kind)
    assert [{f: row.values[f] for f in FIELDS[kind]} for row in reading.rows] == records(kind)
    assert reading.errors == []
    assert {issue.code for issue in reading.warnings} <= HARMLESS


@pytest.mark.parametrize(("kind", "data", "code"), BROKEN)
def test_every_broken_file_is_refused_with_its_reason(kind, data, code):
    try:
        issues = read_workbook(data, kind).errors
    except WorkbookError as error:
        assert error.code == code
        assert error.message.rstrip()[-1] in ".!" and "\n" not in error.message
    else:
        assert code in {issue.code for issue in issues}
        assert all(issue.message and issue.sheet for issue in issues)


def test_there_are_enough_broken_files_to_mean_something():
    assert all(len(list(malformed(kind))) >= 30 for kind in FIELDS)
