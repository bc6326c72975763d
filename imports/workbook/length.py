"""How long a file is, before it is read: whether a page waits for it, or a task reads it."""

import io
import re
import zipfile

from .guard import CHUNK, MAX_UNPACKED, Source, is_old_excel, load

_ROW = re.compile(rb"<(?:\w+:)?(?:row|table-row)[\s/>]")
_LONGEST = 40  # bytes that a row's element may begin with
_IN_OLD_EXCEL = 60  # bytes a row at the least


def rows_in(source: Source) -> int:
    """The rows of a file, empty ones too; of an .xls no more than it can have, 0 of a file that
    is damaged."""
    data = load(source)
    if is_old_excel(data):
        return len(data) // _IN_OLD_EXCEL
    if not data.startswith(b"PK"):
        return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tables = [name for name in archive.namelist() if _is_table(name.lower())]
            return sum(_rows_of(archive, name) for name in tables)
    except Exception:  # zipfile, zlib and struct each have their own; reading it says what is wrong
        return 0


def _is_table(name: str) -> bool:
    return name.endswith(".xml") and ("sheet" in name or name == "content.xml")


def _rows_of(archive: zipfile.ZipFile, name: str) -> int:
    rows, left, rest = 0, MAX_UNPACKED, b""
    with archive.open(name) as stream:
        while left > 0 and (piece := stream.read(CHUNK)):
            left -= len(piece)
            found = list(_ROW.finditer(rest + piece))
            rows += len(found)
            whole = rest + piece
            rest = whole[max(len(whole) - _LONGEST, found[-1].end() if found else 0) :]
    return rows
