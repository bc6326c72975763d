"""What is said once for a sheet, with the rows it is about: one line per kind, not one per row."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .model import Issue, Reading

SHOWN_ROWS = 10

TEXTS = {
    "hidden_rows": gettext_lazy(
        "Rows %(rows)s are hidden or filtered out and were read. Delete them if they do not count."
    ),
    "struck_rows": gettext_lazy(
        "Rows %(rows)s are struck through and were read. Delete them if they do not count."
    ),
    "hidden_values": gettext_lazy(
        "The number format of rows %(rows)s does not show their figures, which were read. Delete "
        "them if they do not count."
    ),
    "shown_in_unit": gettext_lazy(
        "The cells of rows %(rows)s show their amounts divided by their number format, in the "
        "table's unit: they were read as the whole amounts they hold."
    ),
    "dot_in_unit": gettext_lazy(
        "Amounts such as 12.345 in rows %(rows)s were read as 12 345 of the table's unit, not as "
        "12 and a part. Write 12,345 if a part is meant."
    ),
    "days_mixed": gettext_lazy(
        "Some days are dates, others text. In the dates of rows %(rows)s day and month may have "
        "been swapped by a program: check them."
    ),
}


@dataclass
class Remarks:
    """Collects the rows of one sheet by what is to be said of them."""

    sheet: str
    rows: dict[tuple[str, str | None], list[int]] = field(default_factory=dict)

    def add(
        self, code: str, row: int, column: str | None = None, letter: str | None = None
    ) -> None:
        """Note a row; `column` and `letter` as in `Issue`."""
        rows = self.rows.setdefault((code, column), [])
        if not rows or rows[-1] != row:
            rows.append(row)

    def tell(self, reading: Reading) -> None:
        """One warning for each kind."""
        for (code, column), rows in self.rows.items():
            message = str(TEXTS[code]) % {"rows": list_of(rows)}
            reading.warn(Issue(self.sheet, rows[0], column, code, message))


def list_of(rows: Iterable[int]) -> str:
    """'3, 5, 8', and how many more."""
    numbers = list(rows)
    shown = ", ".join(map(str, numbers[:SHOWN_ROWS]))
    more = len(numbers) - SHOWN_ROWS
    return shown if more <= 0 else _("%(rows)s and %(more)d more") % {"rows": shown, "more": more}
