"""Is this file a workbook, and safe to open? Everything here runs before any cell is read."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from .counting import Elements, PartCounter
from .model import WorkbookError

MAX_BYTES = 20 * 2**20
MAX_UNPACKED = 400 * 2**20
MAX_ENTRIES = 2000
MAX_RATIO = 300  # beyond this an entry above RATIO_FROM bytes is a bomb
RATIO_FROM = 5 * 2**20
CHUNK = 2**18
ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1252", "utf-16"}

Source = str | Path | bytes | BinaryIO

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def open_safely(source: Source) -> zipfile.ZipFile:
    """The workbook as a checked zip archive, or WorkbookError saying what is wrong."""
    archive = open_archive(load(source))
    _check_is_xlsx(set(archive.namelist()))
    return archive


def open_archive(data: bytes) -> zipfile.ZipFile:
    """A checked zip archive, whatever it holds."""
    _check_signature(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        _check_directory(archive)
        _count_parts(archive)
        _check_parts(archive)
    except (WorkbookError, MemoryError):
        raise
    except Exception as error:  # zipfile, zlib and struct each have their own
        raise damaged() from error
    return archive


def load(source: Source) -> bytes:
    """The bytes of a path, a file object or bytes, never more than MAX_BYTES."""
    if isinstance(source, str | Path):
        data = _load_path(Path(source))
    elif isinstance(source, bytes | bytearray):
        data = bytes(source)
    else:
        if source.seekable():
            source.seek(0)
        data = source.read(MAX_BYTES + 1)
    if not data:
        raise WorkbookError("empty_file", _("The file is empty. Choose the workbook again."))
    if len(data) > MAX_BYTES:
        raise _too_large()
    return data


def _load_path(path: Path) -> bytes:
    try:
        if path.is_dir():
            text = _("This is a folder, not a file. Choose an Excel workbook (.xlsx).")
            raise WorkbookError("not_a_file", text)
        if not path.is_file():
            text = _("The file was not found. Check its name and where it is.")
            raise WorkbookError("file_not_found", text)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        text = _("The file could not be opened. Check that you may read it.")
        raise WorkbookError("file_unreadable", text) from error


def _check_signature(data: bytes) -> None:
    """Tell from the first bytes what was sent instead of a workbook."""
    if data.startswith(b"PK\x03\x04"):
        return
    if data.startswith(_OLE):
        raise _ole_error(data)
    if data.startswith(b"%PDF"):
        text = _("This is a PDF file. Choose the Excel workbook (.xlsx) it was printed from.")
        raise WorkbookError("not_a_workbook", text)
    raise not_a_workbook()


def not_a_workbook() -> WorkbookError:
    text = _("This file holds no table that can be read. Open it in Excel and save it as .xlsx.")
    return WorkbookError("not_a_workbook", text)


def is_old_excel(data: bytes) -> bool:
    """A workbook of Excel 97 to 2003 without a password."""
    names = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
    locked = "EncryptedPackage".encode("utf-16-le") in data
    return data.startswith(_OLE) and not locked and any(name in data for name in names)


def _ole_error(data: bytes) -> WorkbookError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        text = _("The workbook is protected by a password. Save it without one and try again.")
        return WorkbookError("encrypted", text)
    return not_a_workbook()


def _check_directory(archive: zipfile.ZipFile) -> None:
    """What the archive says of itself: names, sizes, methods, places."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or sum(e.file_size for e in entries) > MAX_UNPACKED:
        raise _bomb()
    if len(set(names)) != len(names):
        raise damaged()
    for entry in entries:
        if entry.flag_bits & 1:
            text = _("The workbook is protected by a password. Save it without one and try again.")
            raise WorkbookError("encrypted", text)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged()
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
            raise _bomb()
    _check_overlap(entries)


def _check_overlap(entries: list[zipfile.ZipInfo]) -> None:
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise damaged()
        end = entry.header_offset + 30 + len(entry.filename) + entry.compress_size


def _check_is_xlsx(names: set[str]) -> None:
    if "_rels/.rels" in names and any(name.endswith("workbook.xml") for name in names):
        return
    if any(name.endswith("workbook.bin") for name in names):
        text = _("This is a binary .xlsb workbook. Open it in Excel and save it as .xlsx.")
        raise WorkbookError("old_format", text)
    raise not_a_workbook()


def _count_parts(archive: zipfile.ZipFile) -> None:
    """Unpack every part, counting its bytes and elements, before a parser sees it."""
    left, elements = MAX_UNPACKED, Elements()
    for entry in archive.infolist():
        counter = PartCounter(elements)
        for chunk, is_xml in _chunks(archive, entry):
            left -= len(chunk)
            if left < 0:
                raise _bomb()
            if is_xml:
                counter.feed(chunk)


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Unpack every part, and refuse DTDs, entities and broken XML."""
    for entry in archive.infolist():
        parser = None
        for chunk, is_xml in _chunks(archive, entry):
            if is_xml:
                parser = parser or _strict_parser()
                _feed(parser, chunk, entry.filename)
        if parser:
            _feed(parser, b"", entry.filename)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[tuple[bytes, bool]]:
    """The bytes of a part, piece by piece, and whether it is XML."""
    with archive.open(entry) as stream:
        chunk = stream.read(CHUNK)
        is_xml = _looks_like_xml(chunk, entry.filename.lower())
        while chunk:
            yield chunk, is_xml
            chunk = stream.read(CHUNK)


def _looks_like_xml(chunk: bytes, name: str) -> bool:
    start = chunk[:64].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return name.endswith((".xml", ".rels", ".vml")) or start.startswith(b"<")


def _strict_parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()

    def refuse(*_args: object) -> None:
        raise unsafe()

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.XmlDeclHandler = _check_encoding
    return parser


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    """Elements are counted in bytes: no program writes a workbook in another encoding."""
    if (encoding or "utf-8").lower() not in ENCODINGS:
        raise damaged()


def _feed(parser: expat.XMLParserType, chunk: bytes, name: str) -> None:
    try:
        parser.Parse(chunk, not chunk)
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from error
        if not name.lower().endswith(
            ".vml"
        ):  # Excel itself writes these loosely; they are never read
            raise damaged() from error


def damaged() -> WorkbookError:
    text = _("The workbook is damaged. Open it in Excel, save it again as .xlsx and retry.")
    return WorkbookError("damaged", text)


def unsafe() -> WorkbookError:
    text = _("The workbook holds a document type declaration. Save it again in Excel and retry.")
    return WorkbookError("unsafe_xml", text)


def _too_large() -> WorkbookError:
    text = _("The file is larger than %(size)d MB. Remove pictures or split it into several.")
    return WorkbookError("too_large", text % {"size": MAX_BYTES // 2**20})


def _bomb() -> WorkbookError:
    text = _("The workbook unpacks to far more than it should. Copy its table to a new workbook.")
    return WorkbookError("zip_bomb", text)
