"""What reading a workbook gives: rows, errors, warnings. Plain data, no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from .corrections import Correction
    from .understood import SheetReading
    from .years_said import YearSaid

Kind = str  # the name of one of imports/kinds

MAX_ISSUES = 1000
HEADER_AREA = 60  # the rows a header can be in
ASIDE = "Plan Portal: "  # begins the sheets of a template that hold no table
MAX_HEADER_MERGES = 5000
NOTHING: dict[str, str] = {}  # is never written into


class WorkbookError(Exception):
    """The whole file cannot be used. `code` for programs, one sentence for the person.

    `kind` is what it was taken for and `sheets` how they were understood, as far as it came.
    """

    def __init__(
        self, code: str, message: str, kind: Kind = "", sheets: Iterable["SheetReading"] = ()
    ) -> None:
        super().__init__(code, message, kind, sheets)
        self.code, self.message, self.kind, self.sheets = code, message, kind, sheets

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Issue:
    """One thing wrong. Sheet, row and column are None when it is about the whole file.

    `column` is the header as found, or the Excel letter; `letter` always the Excel letter, for
    marking the cell.
    """

    sheet: str | None
    row: int | None
    column: str | None
    code: str
    message: str
    letter: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The shape that the command prints and the page lists."""
        names = ("sheet", "row", "column", "code", "message")
        return {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class Row:
    """One data row. `values` holds every field of the kind: money and counts int or None, dates
    date or None, the rest clean text ('' when empty). `raw` is what the cells of money showed,
    where that is not the number itself; rows without such share `NOTHING`. Of a template's rows
    `values` has the id, too."""

    sheet: str
    row: int
    values: dict[str, Any]
    raw: dict[str, str]
    columns: dict[str, str]
    letters: dict[str, str]
    heading: str | None = None

    def issue(self, name: str | None, code: str, message: str) -> Issue:
        """An issue at this row, in the column of the field `name` if the sheet has one."""
        column = self.columns.get(name) if name else None
        letter = self.letters.get(name) if name else None
        return Issue(self.sheet, self.row, column, code, message, letter)


@dataclass
class Reading:
    """All that was found in a workbook. Usable only when there are no errors.

    `rows` are the readable ones, `wrong` those with an error: their values hold what could be
    read, so that whatever else is wrong with them is said in the same breath.
    """

    kind: Kind
    rows: list[Row] = field(default_factory=list)
    wrong: list[Row] = field(default_factory=list)
    errors: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)  # sheet names and the texts above the tables
    is_template: bool = False  # is one of the portal's sheets in it that explain or offer?
    origins: list[str] = field(default_factory=list)  # what templates say of themselves
    years: list["YearSaid"] = field(default_factory=list)  # the years it names
    vouched: set[str] = field(default_factory=set)  # sheets whose unit is said and total agrees
    has_marks: bool = False  # are our marks of an earlier time in it?
    sheets: list["SheetReading"] = field(default_factory=list)  # how each was understood
    given: list["Correction"] = field(default_factory=list)  # what was said of its layouts
    corrections: list["Correction"] = field(default_factory=list)  # those that were used
    unused: list["Correction"] = field(
        default_factory=list
    )  # those of another unit than it says now
    dismissed: set[tuple[str, str]] = field(default_factory=set)  # (sheet, doubt) that is none

    def error(self, issue: Issue) -> None:
        _add(self.errors, issue)

    def warn(self, issue: Issue) -> None:
        _add(self.warnings, issue)


def _add(issues: list[Issue], issue: Issue) -> None:
    """Add, up to MAX_ISSUES and then one note that there are more."""
    if len(issues) < MAX_ISSUES:
        issues.append(issue)
    elif len(issues) == MAX_ISSUES:
        text = _("There are more than %(count)d. Mend these first, then try the file again.")
        issues.append(Issue(None, None, None, "too_many", text % {"count": MAX_ISSUES}))


class Formula(NamedTuple):
    """A formula cell: its text and the value stored beside it, None if there is none."""

    text: str
    value: object


class ErrorValue(NamedTuple):
    """A cell holding an Excel error such as #N/A."""

    text: str


class Look(NamedTuple):
    """A number format that changes what a number means."""

    divisor: int = 1  # shown in thousands or millions
    percent: bool = False
    unit: str = ""  # words or signs of money shown beside the number
    things: str = ""  # words shown beside it that are of no people: hộ, lớp
    hidden: bool = False  # the number is not shown at all


@dataclass
class Sheet:
    """The non-empty cells of a sheet: rows[number][column] → value, both counted from 1."""

    name: str
    hidden: bool = False
    rows: dict[int, dict[int, object]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    merged_area: int = 0
    stored_cells: int = 0
    far_cells: int = 0
    days_off: int = 0  # what a day's number lacks to be one of the calendar from 1900
    looks: dict[tuple[int, int], Look] = field(default_factory=dict)
    unseen: set[int] = field(default_factory=set)  # rows that are hidden or have no height
    struck: dict[int, set[int]] = field(default_factory=dict)  # row → columns struck through
    unseen_columns: list[tuple[int, int]] = field(default_factory=list)
    cells_to_work_out: int = 500_000  # how many more cells formulas may look at

    @cached_property
    def is_calculated(self) -> bool:
        """Has a program worked the formulas out: is a result beside any that is not 0?"""
        cells = (cell for row in self.rows.values() for cell in row.values())
        return any(isinstance(cell, Formula) and cell.value not in (None, 0, "") for cell in cells)

    @cached_property
    def header_merges(self) -> list[tuple[int, int, int, int]]:
        """The merged ranges that a header can be made of."""
        return [merge for merge in self.merges if merge[0] <= HEADER_AREA][:MAX_HEADER_MERGES]
