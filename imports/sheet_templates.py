"""Templates: a workbook to fill in, per person, year and kind, that the import reads again.

What can be chosen is offered in the cells (activities, communes, funding sources, topics in the
person's scope); headings are locked; the plan in force, the rows not submitted yet, or the classes
stand in it, each with its id in a hidden column: what is changed in them comes back as changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from accounts.models import User
from communes.models import Commune
from core.lists.workbooks import FORMATS, Book, Sheet
from core.values import display
from imports import row_ids
from imports.kinds import WorkbookKind
from imports.kinds.base import Item, Known, Saved, word_of
from imports.workbook.fields import COUNTS, DATES, IDS, MONEY
from imports.workbook.model import ASIDE
from programs.models import Activity, FiscalYear, Fund
from trainings.models import Topic

ABOVE = 2  # rows over the heading: title and unit
ROWS = 5_000  # how far down the cells offer their choices
ID_WIDTH = 44
LAST_COLUMN = 16_383  # of a sheet in Excel, from 0
FREE = ("activity", "fund", "topic")  # what is new may be written, too


@dataclass(frozen=True)
class Choices:
    """What a column offers, in the words that the import knows."""

    name: str
    words: Sequence[str]


def template(kind: WorkbookKind[Item, Known, Saved], year: FiscalYear, user: User) -> Book:
    """The workbook of a kind for a year, within the user's scope."""
    book, columns = Book(), kind.template
    fields = {field.name: field for field in kind.columns}
    sheet = book.sheet(str(kind.label), [*columns.values(), ID_WIDTH], above=ABOVE)
    title = _("%(kind)s, fiscal year %(year)s") % {"kind": kind.label, "year": year.code}
    records = list(islice(kind.template_records(year, user), ROWS))
    made = row_ids.origin(kind.name, year, user, kind.last_change(records))
    beside: list[str | None] = [None] * (len(columns) - 1)
    sheet.row([title, *beside, made], bold=True, font_size=14)
    sheet.row([kind.template_unit], italic=True)
    sheet.head([*(str(fields[name].label) for name in columns), str(IDS.label)])
    offered = choices(year, user)
    _offer(book, sheet, list(columns), offered)
    for record in records:
        row_id = row_ids.written(kind.name, record.pk, record.version)
        sheet.cells([*_filled(kind.filled(record), columns), (row_id, {"locked": False})])
    _lists(book, offered)
    _explain(book, str(kind.template_hint), year)
    return book


def choices(year: FiscalYear, user: User) -> dict[str, Choices]:
    """By field: the codes and names that the person may write in that year."""
    units = Commune.objects.visible_to(user).in_area().valid_in(year.start, year.end)
    activities = Activity.objects.visible_to(user)
    topics = Topic.objects.all()
    return {
        "activity": Choices(_("Activity code"), list(activities.values_list("code", flat=True))),
        "commune": Choices(_("Commune"), [word_of(unit) for unit in units]),
        "fund": Choices(_("Funding source"), list(Fund.objects.values_list("name", flat=True))),
        "topic": Choices(_("Topic"), list(topics.values_list("name", flat=True))),
    }


def _offer(book: Book, sheet: Sheet, columns: list[str], offered: dict[str, Choices]) -> None:
    """Formats and drop-downs of the cells to fill in; everything else is locked."""
    first = ABOVE + 1
    for index, name in enumerate(columns):
        width = sheet.widths[index]
        sheet.page.set_column(index, index, width, book.style(locked=False, **_look(name)))
        if name in offered and offered[name].words:
            letter = xl_col_to_name(list(offered).index(name))
            last = len(offered[name].words) + 2
            rule = {
                "validate": "list",
                "source": f"='{_lists_name()}'!${letter}$3:${letter}${last}",
                "error_type": "warning" if name in FREE else "stop",
                "error_message": _("Choose one from the list."),
            }
            sheet.page.data_validation(first, index, first + ROWS, index, rule)
    free, ids = book.style(locked=False), len(columns)
    sheet.page.set_column(ids, ids, ID_WIDTH, free, {"hidden": True})
    sheet.page.set_column(ids + 1, LAST_COLUMN, None, free)  # else no row could be deleted
    allowed = ("format_columns", "format_rows", "insert_rows", "delete_rows")
    sheet.page.protect("", dict.fromkeys(allowed, True))


def _look(name: str) -> dict[str, object]:
    if name in MONEY or name in COUNTS:
        return FORMATS["number"]
    return FORMATS["day"] if name in DATES else FORMATS["text"]


def _filled(
    row: dict[str, object], columns: Iterable[str]
) -> Iterable[tuple[object, dict[str, object]]]:
    return [(row.get(name), {"locked": False, **_look(name)}) for name in columns]


def _lists_name() -> str:
    return _("Choices")


def _lists(book: Book, offered: dict[str, Choices]) -> None:
    """The sheet that the drop-downs take their words from."""
    sheet = book.sheet(_lists_name(), [34] * len(offered))
    sheet.row([ASIDE + _("what the cells offer")], italic=True)
    sheet.head([each.name for each in offered.values()])
    most = max(len(each.words) for each in offered.values())
    for n in range(most):
        words = (each.words for each in offered.values())
        sheet.row([listed[n] if n < len(listed) else None for listed in words])


def _explain(book: Book, hint: str, year: FiscalYear) -> None:
    sheet = book.sheet(_("How to fill it in"), [110])
    days = f"{display.day(year.start)} – {display.day(year.end)}"
    for line in (
        ASIDE + _("how to fill it in"),
        _("Write one row after another below the headings; leave the headings as they are."),
        _("Days lie in fiscal year %(year)s (%(days)s); write them as day/month/year.")
        % {"year": year.code, "days": days},
        _("Amounts are whole đồng, as the line above the table says; change it for thousands."),
        _("Choose activities, communes and funding sources from the lists of the cells."),
        hint,
        _(
            "The hidden column “%(name)s” says which row of the portal each row is: leave it as it "
            "is. A row copied to be a new one may keep it."
        )
        % {"name": IDS.label},
        _("Save the file and bring it in under “Import a workbook”: nothing is saved unchecked."),
    ):
        sheet.row([line], text_wrap=True)
