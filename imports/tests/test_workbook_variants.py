"""The same records in every dress read the same; what is no workbook is refused with a reason."""

import pytest

from imports.workbook import WorkbookError, read_workbook

from .make_malformed import malformed
from .make_workbooks import FIELDS, records, variants

HARMLESS = {"sheet_left_out", "hidden_sheet"}


@pytest.mark.parametrize("kind", FIELDS)
def test_every_dress_gives_the_same_records(kind):
    """All dresses of a kind in one test: to make them takes longer than to read them."""
    wrong = {}
    for name, data in variants(kind):
        reading = read_workbook(data, kind)
        rows = [{f: row.values[f] for f in FIELDS[kind]} for row in reading.rows]
        warned = {issue.code for issue in reading.warnings} - HARMLESS
        if rows != records(kind) or reading.errors or warned:
            wrong[name] = rows, reading.errors, warned
    assert wrong == {}


@pytest.mark.parametrize("kind", FIELDS)
def test_every_broken_file_is_refused_with_its_reason(kind):
    said = {name: (code, codes_of(data, kind)) for name, data, code in malformed(kind)}
    assert {name: each for name, each in said.items() if each[0] not in each[1]} == {}
    assert len(said) >= 30


def codes_of(data, kind):
    """The codes that a file is refused with, each of which comes with a sentence and a place."""
    try:
        issues = read_workbook(data, kind).errors
    except WorkbookError as error:
        assert error.message.rstrip()[-1] in ".!" and "\n" not in error.message
        return {error.code}
    assert all(issue.message and issue.sheet for issue in issues)
    return {issue.code for issue in issues}
