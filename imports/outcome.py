"""What came of checking a workbook."""

from dataclasses import dataclass, field
from typing import Any

from imports.workbook import Issue
from programs.models import Activity, FiscalYear, Fund
from trainings.models import Topic

LINES_VANISH = "lines_vanish"  # the warning that asks for a tick before a plan is saved
WHOLE_OR_CHANGES = "whole_or_changes"  # the error that asks what a plan's workbook is
ANOTHER_LINE = "voucher_conflict"  # the one that asks if a row is another line of a voucher
OF_ROWS = ("too_many", WHOLE_OR_CHANGES)  # of no row, and yet the rows were read


def of_file(code: str, message: str) -> Issue:
    """What is to be said of a workbook as a whole."""
    return Issue(None, None, None, code, message)


@dataclass
class Outcome:
    """Rows ready to save, and everything to say about the workbook.

    `rows` counts the data rows found, `valid` those without an error, `duplicates` those that are
    in the portal already. `changed` are records that a template's rows change: (as it is, as it
    would be). `new_funds` and `new_others` (topics, activities) are saved first.
    `reading` is how the workbook was understood (`imports.reading`; a plan's `scope`: whole or
    changes; of disbursements `same_voucher`: rows alike with others of the ledger are lines of
    their own).
    `sums` is what the page shows before the commit: labels with đồng or people.
    """

    kind: str
    file: str
    fiscal_year: FiscalYear | None = None
    rows: int = 0
    items: list[Any] = field(default_factory=list)
    changed: list[tuple[Any, Any]] = field(default_factory=list)
    new_funds: list[Fund] = field(default_factory=list)
    new_others: list[Activity | Topic] = field(default_factory=list)
    errors: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)
    duplicates: int = 0
    committed: bool = False
    saved: list[int] = field(default_factory=list)  # primary keys of what the commit made
    sums: dict[str, object] = field(default_factory=dict)
    reading: dict[str, Any] = field(default_factory=dict)
    seen: tuple[int, int] | None = (
        None  # the state of the plan that a template's lines were held against
    )
    overwrote: object = None  # what a commit changed, as it was

    @property
    def valid(self) -> int:
        """Data rows without an error."""
        wrong = {(e.sheet, e.row) for e in self.errors if e.row is not None}
        return 0 if self.failed_whole else max(self.rows - len(wrong), 0)

    @property
    def failed_whole(self) -> bool:
        return any(e.sheet is None and e.row is None and e.code not in OF_ROWS for e in self.errors)

    def as_json(self) -> dict[str, object]:
        """The object that `import_workbook` prints (contract, DESIGN section 4)."""
        return {
            "kind": self.kind,
            "file": self.file,
            "fiscal_year": self.fiscal_year.code if self.fiscal_year else None,
            "rows": self.rows,
            "valid": self.valid,
            "errors": [issue.as_dict() for issue in self.errors],
            "warnings": [issue.as_dict() for issue in self.warnings],
            "committed": self.committed,
            "duplicates": self.duplicates,
            "reading": self.reading,
        }
