"""What is filtered as a file: Excel up to a limit, CSV of any length, in the list's columns."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.lists.columns import Column, kept
from core.lists.exports import BOM, XLSX, csv_cell, harmless
from core.lists.listing import Listing
from core.services.access import Actor, ActorRequest

CHUNK = 500  # rows read and written at a time
SHEET_ROWS = 100_000  # what a workbook takes within a request's time


def headings(columns: Iterable[Column]) -> list[str]:
    found = []
    for column in columns:
        found.append(column.heading)
        if column.note:
            found.append(str(column.note_label or column.label))
    return [harmless(text[:1].upper() + text[1:]) for text in found]


def lines(
    rows: Any, listing: Listing, columns: Iterable[Column], user: Actor
) -> Iterator[list[Any]]:
    """The rows as a file has them, read a stretch at a time."""
    columns = tuple(columns)
    stream = iter(rows.iterator(chunk_size=CHUNK) if hasattr(rows, "iterator") else rows)
    while stretch := list(islice(stream, CHUNK)):
        for row in listing.prepare(stretch, user):
            line: list[Any] = []
            for column in columns:
                line.append(kept(column.value(row)))
                if column.note:
                    line.append(kept(column.note(row)))
            yield line


def as_csv(
    request: ActorRequest, rows: Any, listing: Listing, columns: tuple[Column, ...]
) -> StreamingHttpResponse:
    """UTF-8 with a mark that Excel knows it by; days as 2023-06-30, which every program reads."""
    writer = csv.writer(_Line())
    language = translation.get_language() or "vi"

    def sent() -> Iterator[str]:
        yield BOM + str(writer.writerow(headings(columns)))
        found = lines(rows, listing, columns, request.user)
        while True:  # an answer is sent when the request's language is forgotten
            with translation.override(language):
                stretch = [
                    str(writer.writerow(map(csv_cell, line))) for line in islice(found, CHUNK)
                ]
            if not stretch:
                return
            yield "".join(stretch)

    return StreamingHttpResponse(
        sent(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{listing.name}.csv"'},
    )


class _Line:
    """What csv.writer writes to: hands the line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def as_workbook(
    request: ActorRequest, rows: Any, listing: Listing, columns: tuple[Column, ...]
) -> FileResponse:
    """A sheet with a frozen heading; numbers are numbers and days are days."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(listing.title)[:31].replace("/", "-"))
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    titles = headings(columns)
    for index, title in enumerate(titles, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = min(40, max(14, len(title) + 4))
    sheet.append([_head(sheet, title) for title in titles])
    for line in lines(rows, listing, columns, request.user):
        sheet.append([_cell(sheet, value) for value in line])
    _notes(book, [*listing.notes(rows)])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the answer is sent
    book.save(file)
    file.seek(0)
    name = f"{listing.name}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _notes(book: Workbook, notes: list[str]) -> None:
    """What has to be known of the figures, on a sheet of its own: the first one stays a table."""
    if notes:
        sheet = book.create_sheet(_("Notes"))
        sheet.column_dimensions["A"].width = 100
        for note in notes:
            sheet.append([harmless(note)])


def _head(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDE7F0")
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, int):
        cell.number_format = "#,##0"
    elif hasattr(value, "hour"):
        cell.number_format = "DD/MM/YYYY HH:MM"
    elif hasattr(value, "year"):
        cell.number_format = "DD/MM/YYYY"
    return cell
