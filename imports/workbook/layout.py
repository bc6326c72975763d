"""What the reader is told of a kind of workbook: its columns, and what it cannot do without.

The kinds themselves stand in `imports/kinds/` and are registered from there: the reader asks which
of them a workbook looks like.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from .checks import Finding
from .fields import FIELDS, IDS, REQUIRED, Field

Values = dict[str, Any]  # of a row, by field
Group = tuple[str, ...]  # fields of which one is enough


class Layout:
    """How a kind of workbook is written."""

    name: str  # in commands and addresses
    called: object  # in a sentence: "a plan"
    columns: Sequence[Field]
    required: Sequence[Group]  # one of each must have a column
    needed: Sequence[Group]  # one of each must be filled in every row

    def settle(self, values: Values, is_formula: bool) -> Iterable[Finding]:
        """Fill in what follows from a row's numbers; what to warn of.

        `is_formula`: the total was one, so that what is stored beside it may be stale.
        """
        return ()

    def check(self, values: Values, columns: set[str]) -> Iterable[Finding]:
        """What is wrong with a row in itself; `columns` are those that the table has."""
        return ()


LAYOUTS: dict[str, Layout] = {}


def register(kinds: Iterable[Layout]) -> None:
    """Make kinds of workbook known to the reader."""
    for kind in kinds:
        LAYOUTS[kind.name] = kind
        FIELDS[kind.name] = {field.name: field for field in (*kind.columns, IDS)}
        REQUIRED[kind.name] = list(kind.required)
