"""The sheets of a file, whatever kind of table it is: .xlsx, .xls, .ods or text (.csv)."""

from .cells import MAX_FILLED_ROWS, too_many_rows
from .guard import Source, is_old_excel, load, open_archive, open_safely
from .model import Sheet
from .old_excel import read_old_excel
from .open_document import is_open_document, read_open_document
from .sheets import read_sheets
from .text_file import read_text_file

ZIP = b"PK\x03\x04"
EXTENSIONS = ".xlsx,.xlsm,.xls,.ods,.csv,.txt,.tsv"


def sheets_of(source: Source) -> list[Sheet]:
    """Every sheet of the file in its order, or `WorkbookError` saying what is wrong with it."""
    sheets = _sheets_of(load(source))
    if sum(len(sheet.rows) for sheet in sheets) > MAX_FILLED_ROWS:
        raise too_many_rows()
    return sheets


def _sheets_of(data: bytes) -> list[Sheet]:
    if is_old_excel(data):
        return read_old_excel(data)
    if data.startswith(ZIP):
        with open_archive(data) as archive:
            if is_open_document(archive):
                return read_open_document(data, archive)
    elif (sheets := read_text_file(data)) is not None:
        return sheets
    with open_safely(data) as archive:
        return read_sheets(archive)


def is_xlsx(data: bytes) -> bool:
    """Whether it can be marked: a zip archive that is no spreadsheet of LibreOffice."""
    if not data.startswith(ZIP):
        return False
    with open_archive(data) as archive:
        return not is_open_document(archive)
