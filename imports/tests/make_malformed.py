"""Files that must be refused: `malformed(kind)` yields (name, bytes, code).

Each is refused as a whole, or by an error of that code at a cell.
"""

import io
import struct
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache

from .make_workbooks import FIELDS, book, dates_of, one, put, table


def malformed(kind: str) -> Iterator[tuple[str, bytes, str]]:
    """Files that must be refused, with the code that says why."""
    good = one(table(kind))
    yield "nothing", b"", "empty_file"
    yield "a letter", "Kính gửi Ban Điều hành.\nXin gửi kế hoạch.".encode(), "not_a_workbook"
    yield "pdf", b"%PDF-1.7\n%...", "not_a_workbook"
    yield "html named xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "not_a_workbook"
    yield "picture", b"\x89PNG\r\n\x1a\n" + bytes(100), "not_a_workbook"
    yield "random bytes", bytes(range(256)) * 20, "not_a_workbook"
    yield (
        "docx",
        zipped({"[Content_Types].xml": "<a/>", "_rels/.rels": "<a/>", "word/document.xml": "<a/>"}),
        "not_a_workbook",
    )
    yield "zip of anything", zipped({"readme.txt": "hello"}), "not_a_workbook"
    yield "xlsb", zipped({"_rels/.rels": "<a/>", "xl/workbook.bin": "x"}), "old_format"
    yield "old xls cut short", ole("Workbook"), "damaged"
    yield "password", ole("EncryptedPackage"), "encrypted"
    yield "Word 97", ole("WordDocument"), "not_a_workbook"
    yield "larger than 20 MB", b"PK\x03\x04" + bytes(20 * 2**20), "too_large"
    yield "cut in half", good[: len(good) // 2], "damaged"
    yield "only a signature", b"PK\x03\x04", "damaged"
    yield "flipped bytes", flipped(good), "damaged"
    for name, bomb in bombs().items():
        yield name, bomb, "zip_bomb"
    yield "lying size", lying_size(good), "damaged"
    yield "overlapping entries", overlapping(good), "damaged"
    yield "same entry twice", twice(good), "damaged"
    yield "locked entries", locked(good), "encrypted"
    yield (
        "external entity",
        with_xml(good, "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"),
        "unsafe_xml",
    )
    yield (
        "billion laughs",
        with_xml(good, "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>"),
        "unsafe_xml",
    )
    dtd = b"<!DOCTYPE x SYSTEM 'http://example.org/x.dtd'><x/>"
    yield "dtd in a part we do not read", replaced(good, "docProps/app.xml", dtd), "unsafe_xml"
    yield "entity in utf-16", utf16_doctype(good), "unsafe_xml"
    yield (
        "broken xml",
        replaced(good, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"),
        "damaged",
    )
    yield "sheet missing", without(good, "xl/worksheets/sheet1.xml"), "damaged"
    yield "relations missing", without(good, "xl/_rels/workbook.xml.rels"), "damaged"
    yield "no sheets", no_sheets(good), "no_sheets"
    yield "a text number that is none", bad_shared_string(good), "damaged"
    yield "empty sheet", book(("Trống", [])), "empty_workbook"
    yield "only hidden", book(("Ẩn", table(kind)), ("Trống", []), hidden=("Ẩn",)), "empty_workbook"
    yield "only notes", one([["Gửi anh Tuấn"], ["Số liệu đã rà soát"]]), "no_table"
    yield "header below row 30", one([[]] * 30 + table(kind)), "no_table"
    yield "header alone", one(table(kind)[:1]), "no_rows"
    yield from _wrong_tables(kind)


@cache
def bombs() -> dict[str, bytes]:
    """Refused before anything is unpacked, so one of each does for every kind."""
    good = one(table("plan"))
    return {
        "bomb by size": replaced(good, "xl/media/a.bin", bytes(210 * 2**20)),
        "bomb by ratio": replaced(good, "xl/media/a.bin", bytes(50 * 2**20)),
        "too many entries": zipped({f"{i}": "" for i in range(2100)}),
    }


def _wrong_tables(kind: str) -> Iterator[tuple[str, bytes, str]]:
    """Well-formed workbooks whose table is not right."""
    plain = table(kind)
    for other in FIELDS:
        if other != kind:
            yield f"a workbook of {other}", one(table(other)), "wrong_kind"
    commune = FIELDS[kind].index("commune")
    yield (
        "no commune column",
        one([[*r[:commune], *r[commune + 1 :]] for r in plain]),
        "missing_column",
    )
    yield "two commune columns", one([[*r, r[commune]] for r in plain]), "double_column"
    yield "empty commune", one(put(plain, 2, commune, None)), "required"
    yield "reference error", one(put(plain, 1, commune, "#REF!")), "error_value"
    yield "formula without value", one(put(plain, 1, commune, "=A1")), "formula_without_value"
    word, fraction = ("not_a_count",) * 2 if kind == "trainings" else ("not_a_number", "fraction")
    last = len(FIELDS[kind]) - (3 if kind == "disbursements" else 1)
    yield "words for a number", one(put(plain, 1, last, "nhiều")), word
    if kind != "disbursements":  # there it may be a reversal, which the ledger says
        yield "negative number", one(put(plain, 1, last, -5)), "negative"
    yield "a fraction", one(put(plain, 1, last, 12.5)), fraction
    yield "absurd number", one(put(plain, 1, last, 10**16)), "too_large"
    yield "yes for a number", one(put(plain, 1, last, True)), word
    yield "formula for a number", one(put(plain, 1, last, "=1+1")), "formula_without_value"
    yield "text without end", one(put(plain, 1, 1, "x" * 5000)), "too_long"
    for column in dates_of(kind):
        yield f"31 June in {column}", one(put(plain, 1, column, "31/06/2023")), "impossible_date"
        yield (
            f"month first in {column}",
            one(put(plain, 1, column, "06/25/2023")),
            "impossible_date",
        )
        yield f"no day in {column}", one(put(plain, 1, column, "tháng 7")), "not_a_date"
        yield f"year 1022 in {column}", one(put(plain, 1, column, "05/07/1022")), "implausible_date"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replaced(data: bytes, name: str, content: bytes) -> bytes:
    return zipped(parts(data) | {name: content})


def without(data: bytes, name: str) -> bytes:
    return zipped({n: c for n, c in parts(data).items() if n != name})


def with_xml(data: bytes, prologue: str) -> bytes:
    sheet = parts(data)["xl/workbook.xml"].decode()
    head, _end, rest = sheet.rpartition("?>")
    return replaced(data, "xl/workbook.xml", (head + _end + prologue + rest).encode())


def utf16_doctype(data: bytes) -> bytes:
    text = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE x [<!ENTITY e 'x'>]><x>&e;</x>"
    return replaced(data, "docProps/core.xml", text.encode("utf-16"))


def no_sheets(data: bytes) -> bytes:
    text = parts(data)["xl/workbook.xml"].decode()
    start, end = text.index("<sheets>"), text.index("</sheets>")
    return replaced(data, "xl/workbook.xml", (text[: start + 8] + text[end:]).encode())


def bad_shared_string(data: bytes) -> bytes:
    cell = '<c r="A1" t="s"><v>99999</v></c>'
    sheet = f"<worksheet><sheetData><row>{cell}</row></sheetData></worksheet>"
    return replaced(data, "xl/worksheets/sheet1.xml", sheet.encode())


def ole(stream: str) -> bytes:
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    return head + stream.encode("utf-16-le") + bytes(512)


def flipped(data: bytes) -> bytes:
    """The compressed bytes of the sheet spoilt; the directory left as it was."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    start = entry.header_offset + 30 + len(entry.filename) + 20
    spoilt = bytes(b ^ 0x5A for b in data[start : start + 40])
    return data[:start] + spoilt + data[start + 40 :]


def _central(data: bytes, name: str) -> int:
    """Where the directory's record of an entry begins."""
    return data.index(name.encode(), data.index(b"PK\x01\x02")) - 46


def lying_size(data: bytes) -> bytes:
    """The sheet says it is 100 bytes long when unpacked."""
    at = _central(data, "xl/worksheets/sheet1.xml") + 24
    return data[:at] + struct.pack("<I", 100) + data[at + 4 :]


def overlapping(data: bytes) -> bytes:
    """Two entries share the same compressed bytes."""
    at = _central(data, "docProps/core.xml") + 42
    other = _central(data, "docProps/app.xml") + 42
    return data[:at] + data[other : other + 4] + data[at + 4 :]


def twice(data: bytes) -> bytes:
    """The list of sheets is there twice."""
    out = io.BytesIO(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def locked(data: bytes) -> bytes:
    at = _central(data, "xl/worksheets/sheet1.xml") + 8
    return data[:at] + struct.pack("<H", 1) + data[at + 2 :]
