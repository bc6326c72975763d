"""What is filtered as a file: Excel up to a limit, CSV of any length, in the list's columns."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from core.lists.columns import Column, file_value
from core.lists.exports import BOM, csv_cell, harmless
from core.lists.listing import Listing, Rows
from core.lists.workbooks import Book, workbook_response
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
    rows: Rows, listing: Listing, columns: Iterable[Column], user: Actor
) -> Iterator[list[object]]:
    """The rows as a file has them, read a stretch at a time."""
    columns = tuple(columns)
    stream = iter(rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows)
    while stretch := list(islice(stream, CHUNK)):
        for row in listing.prepare(stretch, user):
            line: list[object] = []
            for column in columns:
                line.append(file_value(column.value(row)))
                if column.note:
                    line.append(file_value(column.note(row)))
            yield line


def as_csv(
    request: ActorRequest, rows: Rows, listing: Listing, columns: tuple[Column, ...]
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
    request: ActorRequest, rows: Rows, listing: Listing, columns: tuple[Column, ...]
) -> FileResponse:
    """A sheet with a frozen heading; numbers are numbers and days are days."""
    book, titles = Book(), headings(columns)
    widths = [min(40, max(14, len(title) + 4)) for title in titles]
    sheet = book.sheet(str(listing.title), widths)
    sheet.head(titles)
    for line in lines(rows, listing, columns, request.user):
        sheet.row(line)
    if notes := [*listing.notes(rows)]:  # on a sheet of their own: the first one stays a table
        aside = book.sheet(_("Notes"), [100])
        for note in notes:
            aside.row([note])
    return workbook_response(book, f"{listing.name}.xlsx")
