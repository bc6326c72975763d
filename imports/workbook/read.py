"""A workbook of one kind: guard, sheets, headers, tables."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

from django.utils.translation import gettext as _

from .corrections import (
    COLUMN,
    DOUBT,
    IN,
    OUT,
    SHEET,
    Correction,
    correct_columns,
    layout_of,
    said_of,
)
from .fields import FIELDS, ORIGIN, REQUIRED
from .files import sheets_of
from .guard import Source, load
from .header import Header, describe, find_header, found_labels
from .header_issues import header_issues
from .layout import LAYOUTS
from .mark import has_marks
from .model import ASIDE, HEADER_AREA, Issue, Kind, Reading, Sheet, WorkbookError
from .old_fonts import converted, from_sure_tcvn3, from_tcvn3, letters_of_vni
from .tables import Table
from .understood import SheetReading
from .years_said import years_said

ROWS_TRIED = 500  # for words in an old font below headings that are not


def read_workbook(
    source: Source, kind: Kind, filename: str = "", corrections: Iterable[Correction] = ()
) -> Reading:
    """Everything in the workbook that is of the kind, with all that is wrong with it.

    `source`: a path, bytes or a binary file. `kind` "" is found out. `corrections`: what was said
    of how such tables are to be read. Raises WorkbookError when the whole file cannot be used;
    problems of single sheets and cells are in `errors` and `warnings`. A row with an error is not
    among `rows`.
    """
    if kind and kind not in FIELDS:
        raise ValueError(f"unknown kind of workbook: {kind}")
    data = load(source)
    everything = sheets_of(data)
    sheets = [sheet for sheet in everything if not _is_aside(sheet)]
    origins = _origins(sheets)
    reading = Reading(kind or kind_of(sheets), given=list(corrections), origins=origins)
    reading.has_marks, reading.is_template = has_marks(data), len(sheets) < len(everything)
    try:
        _read_sheets(reading, sheets)
    except WorkbookError as error:
        raise WorkbookError(error.code, error.message, reading.kind, reading.sheets) from error
    return reading


def _origins(sheets: Iterable[Sheet]) -> list[str]:
    """What templates say of themselves, taken out of the cells: it is no title, year or unit."""
    found = []
    for sheet in sheets:
        for cells in [c for n, c in sheet.rows.items() if n <= HEADER_AREA]:
            for column, value in list(cells.items()):
                if isinstance(value, str) and value.startswith(ORIGIN):
                    found.append(value)
                    del cells[column]
    return found


def kind_of(sheets: list[Sheet]) -> Kind:
    """The kind that its tables are of: the one whose columns are all there, by their own words."""
    visible = [_in_unicode(sheet) for sheet in sheets if not sheet.hidden and sheet.rows]
    scores: dict[Kind, tuple[int, int, int]] = {}
    for kind in FIELDS:
        headers = [header for sheet in visible if (header := find_header(sheet, kind))]
        complete = [header for header in headers if not header.missing(kind)]
        sure = [header for header in complete if not _rests_on_weak_word(kind, header)]
        found = max((header.found(kind) / len(REQUIRED[kind]) for header in headers), default=0)
        scores[kind] = (len(sure), len(complete), int(found * 100))
    return max(scores, key=lambda kind: scores[kind])


def _in_unicode(sheet: Sheet) -> Sheet:
    """The first rows of a sheet, converted from TCVN3 where no table shows as it is."""
    top = replace(sheet, rows={n: c for n, c in sheet.rows.items() if n <= HEADER_AREA})
    headers = ((kind, find_header(top, kind)) for kind in FIELDS)
    if any(header and header.looks_like_table(kind) for kind, header in headers):
        return top
    return converted(top, from_tcvn3)[0]


def _read_sheets(reading: Reading, sheets: list[Sheet]) -> None:
    kind = reading.kind
    visible = []
    for sheet in sheets:
        reading.sheets.append(SheetReading(sheet.name))
        if sheet.hidden and not _is_wanted(sheet, reading):
            _say_hidden(sheet, reading, reading.sheets[-1])
        else:
            visible.append(sheet)
    found = [_with_header(sheet, reading) for sheet in visible]
    as_read = {said.name: said for said in reading.sheets}
    for sheet, header in found:
        if header:
            _correct(sheet, header, reading, as_read[sheet.name])
    visible = [sheet for sheet, _header in found]
    tables = [(sheet, h) for sheet, h in found if h and h.looks_like_table(kind)]
    _check_kind(kind, visible, [header for _sheet, header in tables])
    if not tables:
        for said in reading.sheets:
            said.is_read, said.why = False, said.why or "no_table"
        raise _no_table(kind, visible, [header for _sheet, header in found if header])
    _read_tables(reading, visible, tables)


def _correct(sheet: Sheet, header: Header, reading: Reading, said: SheetReading) -> None:
    """Put the columns of what may be a header where somebody said they belong; describe it."""
    said.layout = layout_of(reading.kind, header)
    given = [one for one in reading.given if one.what == COLUMN]
    reading.corrections += correct_columns(header, reading.kind, said.layout, given)
    said.describe(sheet, header, reading.kind)


def _is_wanted(sheet: Sheet, reading: Reading) -> bool:
    """Did somebody say that this hidden sheet is to be read?"""
    header = find_header(sheet, reading.kind) if reading.given and sheet.rows else None
    layout = layout_of(reading.kind, header) if header else ""
    one = said_of(reading.given, layout, SHEET, sheet.name)
    if one and one.value == IN:
        reading.corrections.append(one)
    return one is not None and one.value == IN


def _with_header(sheet: Sheet, reading: Reading) -> tuple[Sheet, Header | None]:
    """A sheet and its header. One whose table shows only once it is converted from TCVN3 comes
    back in Unicode; one in VNI is refused."""
    header = find_header(sheet, reading.kind)
    if header is not None and header.looks_like_table(reading.kind):
        return _with_words(sheet, reading), header
    if texts := _texts_of_table(sheet, reading.kind, from_tcvn3):
        _say_converted(sheet, reading, texts)
        sheet = converted(sheet, from_tcvn3)[0]
        return sheet, find_header(sheet, reading.kind)
    if texts := _texts_of_table(sheet, reading.kind, letters_of_vni):
        text = _(
            "The sheet “%(sheet)s” is in the old font VNI (“%(text)s”). Convert it to Unicode and "
            "try again."
        )
        raise WorkbookError("vni_font", text % {"sheet": sheet.name, "text": texts[0][0][:60]})
    return sheet, header


def _with_words(sheet: Sheet, reading: Reading) -> Sheet:
    """A sheet with its headings in Unicode; of words below that are in TCVN3 they are converted."""
    top = replace(sheet, rows=dict(islice(sheet.rows.items(), ROWS_TRIED)))
    if not converted(top, from_sure_tcvn3)[1]:
        return sheet
    sheet, texts = converted(sheet, from_sure_tcvn3)
    _say_converted(sheet, reading, texts)
    return sheet


def _say_converted(sheet: Sheet, reading: Reading, texts: list[tuple[str, str]]) -> None:
    text = _("The sheet is in the old font TCVN3 (ABC) and was converted: %(texts)s.")
    pairs = ", ".join(f"“{old}” → “{new}”" for old, new in texts[:5])
    reading.warn(Issue(sheet.name, None, None, "old_font", text % {"texts": pairs}))


def _texts_of_table(
    sheet: Sheet, kind: Kind, how: Callable[[str], str]
) -> list[tuple[str, str]] | None:
    """The (old, new) texts of the first rows, if there is a table once they are converted."""
    top = replace(sheet, rows={n: c for n, c in sheet.rows.items() if n <= HEADER_AREA})
    new, texts = converted(top, how)
    header = find_header(new, kind) if texts else None
    return texts if header and header.looks_like_table(kind) else None


def _read_tables(
    reading: Reading, visible: list[Sheet], tables: list[tuple[Sheet, Header]]
) -> None:
    names = {sheet.name for sheet, _header in tables}
    complete = any(not header.missing(reading.kind) for _sheet, header in tables)
    as_read = {said.name: said for said in reading.sheets}
    for sheet in visible:
        if sheet.name not in names:
            _say_no_table(sheet, reading, as_read[sheet.name])
    for sheet, header in tables:
        said = as_read[sheet.name]
        if complete and _is_another_kind(reading.kind, sheet, header):
            _say_no_table(sheet, reading, said)
            continue
        if _is_left_out(sheet, reading, said):
            continue
        if sheet.far_cells:
            text = _("Cells right of column IV were left out. Move the table to the left.")
            reading.warn(Issue(sheet.name, None, None, "far_cells", text))
        reading.titles += _titles(sheet, header)
        years = list(years_said(sheet, header, reading.kind))
        reading.years += years
        said.years = [{"row": year.row, "text": year.text[:120]} for year in years]
        _note_dismissed(reading, said)
        issues = header_issues(sheet, header, reading.kind)
        for issue in issues:
            reading.error(issue)
        if not issues:
            Table(sheet, header, reading, said).read()
    if not reading.rows and not reading.errors:
        text = _("The table has no rows. Fill it in below its header and try again.")
        raise WorkbookError("no_rows", text)


def _is_aside(sheet: Sheet) -> bool:
    """Whether it is a sheet of one of the portal's templates that explains or offers choices."""
    first = sheet.rows.get(1, {}).get(1)
    return isinstance(first, str) and first.startswith(ASIDE)


def _titles(sheet: Sheet, header: Header) -> list[str]:
    """The sheet's name and the texts above its table."""
    above = [cells for row, cells in sorted(sheet.rows.items()) if row < header.first]
    return [sheet.name, *(v for cells in above for v in cells.values() if isinstance(v, str))]


def _say_hidden(sheet: Sheet, reading: Reading, said: SheetReading) -> None:
    said.is_read, said.why = False, "hidden"
    if sheet.rows:
        header = find_header(sheet, reading.kind)
        if header and header.looks_like_table(reading.kind):
            said.layout = layout_of(reading.kind, header)
        text = _("The sheet is hidden and was not read. Unhide it if it belongs to the data.")
        reading.warn(Issue(sheet.name, None, None, "hidden_sheet", text))


def _say_no_table(sheet: Sheet, reading: Reading, said: SheetReading) -> None:
    said.is_read = False
    said.why = "no_table" if sheet.rows else "empty"
    if sheet.rows:
        text = _("The sheet has no table of this kind and was left out.")
        reading.warn(Issue(sheet.name, None, None, "sheet_left_out", text))


def _is_left_out(sheet: Sheet, reading: Reading, said: SheetReading) -> bool:
    """Did somebody say that this sheet is not to be read?"""
    one = said_of(reading.given, said.layout, SHEET, sheet.name)
    if one is None or one.value != OUT:
        return False
    said.is_read, said.why = False, "left_out"
    reading.corrections.append(one)
    return True


def _note_dismissed(reading: Reading, said: SheetReading) -> None:
    """The doubts that somebody has said are none, for sheets of this layout."""
    for one in reading.given:
        if (one.layout, one.what) == (said.layout, DOUBT):
            reading.dismissed.add((said.name, one.subject))
            reading.corrections.append(one)


def _check_kind(kind: Kind, sheets: list[Sheet], headers: list[Header]) -> None:
    """Refuse a workbook that is plainly of another kind."""
    if any(
        not header.missing(kind) and not _rests_on_weak_word(kind, header) for header in headers
    ):
        return
    for other in FIELDS:
        if other != kind and any(_is_complete(other, sheet) for sheet in sheets):
            text = _("This workbook looks like %(other)s, not %(kind)s. Choose the right kind.")
            names = {"other": LAYOUTS[other].called, "kind": LAYOUTS[kind].called}
            raise WorkbookError("wrong_kind", text % names)


def _rests_on_weak_word(kind: str, header: Header) -> bool:
    """Does a needed column rest on a weak word only?"""
    needed = {name for group in REQUIRED[kind] for name in group} | {"year"}
    return bool(needed & header.weak & set(header.columns))


def _is_complete(kind: str, sheet: Sheet) -> bool:
    header = find_header(sheet, kind)
    return header is not None and not header.missing(kind) and not _rests_on_weak_word(kind, header)


def _is_another_kind(kind: str, sheet: Sheet, header: Header) -> bool:
    if not header.missing(kind):
        return False
    return any(_is_complete(other, sheet) for other in FIELDS if other != kind)


def _no_table(kind: Kind, sheets: list[Sheet], headers: list[Header]) -> WorkbookError:
    """One sentence naming what was looked for and what was found."""
    if not any(sheet.rows for sheet in sheets):
        text = _("The workbook is empty: none of its visible sheets has a filled cell.")
        return WorkbookError("empty_workbook", text)
    groups = [*REQUIRED[kind]] + ([("q1", "year")] if kind == "plan" else [])
    wanted = ", ".join(describe(kind, group) for group in groups)
    best = max(headers, key=lambda header: header.found(kind), default=None)
    found = (found_labels(best, 8) if best else "") or _("nothing like a header")
    text = _("No table in the first 30 rows. Looked for columns %(wanted)s; found %(found)s.")
    return WorkbookError("no_table", text % {"wanted": wanted, "found": found})
