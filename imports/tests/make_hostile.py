"""Small files that would cost a reader much: millions of elements of one kind, made in no time.

`HOSTILE` makes each by name. Numbers that differ keep them under the ratio of a zip bomb.
"""

import io
import zipfile
from collections.abc import Callable

from .make_malformed import parts
from .make_workbooks import one, table

SHEET, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"
MEGABYTES = 40  # of XML: more than any limit takes


RELATION = '<Relationship Id="x%d" Type="a/b" Target="c"/>'


def many(element: str, megabytes: int = MEGABYTES) -> bytes:
    """The element to so many megabytes, every eighth time with a number of its own."""
    numbers = (7 if n % 8 else n * 7919 % 99_991 for n in range(20_000))
    block = "".join(element % number for number in numbers).encode()
    return block * (megabytes * 2**20 // len(block) + 1)


def with_part(name: str, content: bytes) -> bytes:
    """A good plan with another part; packed as loosely as it goes fast."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, text in (parts(one(table("plan"))) | {name: content}).items():
            archive.writestr(part, text)
    return out.getvalue()


def inside(
    name: str, before_tag: str, element: str, attributes: str = "", before: str = "", **size: int
) -> bytes:
    """A good plan with the element many times before a tag of one of its parts."""
    part = parts(one(table("plan")))[name].replace(
        b"<definedNames/>", b"<definedNames></definedNames>"
    )
    tag = before_tag.encode()
    if attributes:
        part = part.replace(b"<worksheet ", b"<worksheet " + attributes.encode())
    head, _tag, rest = part.partition(tag)
    assert _tag, before_tag
    return with_part(name, head + before.encode() + many(element, **size) + tag + rest)


def after_rows(element: str) -> bytes:
    return inside(SHEET, "</worksheet>", element)


def added(name: str, element: str) -> bytes:
    return with_part(name, b"<x>" + many(element) + b"</x>")


def with_strings(before: str, element: str, after: str) -> bytes:
    return with_part(
        STRINGS, b"<sst>" + before.encode() + many(element) + after.encode() + b"</sst>"
    )


def in_utf16(element: str) -> bytes:
    text = '<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData>'
    rows = many(element, 30).decode()
    return with_part(SHEET, (text + rows + "</sheetData></worksheet>").encode("utf-16"))


HOSTILE: dict[str, Callable[[], bytes]] = {  # what counting refuses
    "one text of millions of runs": lambda: with_strings("<si>", "<r><t>%d</t></r>", "</si>"),
    "millions of texts": lambda: with_strings("", "<si><t>%d</t></si>", ""),
    "millions of hints": lambda: with_strings("<si>", '<rPh sb="%d"/>', "</si>"),
    "millions of styles": lambda: inside(STYLES, "</cellXfs>", '<xf numFmtId="14" fontId="%d"/>'),
    "millions of fonts": lambda: inside(STYLES, "</fonts>", '<font><sz val="%d"/></font>'),
    "millions of number formats": lambda: inside(
        STYLES, "</styleSheet>", '<numFmt numFmtId="%d"/>'
    ),
    "empty rows": lambda: inside(SHEET, "</sheetData>", '<row r="%d"/>'),
    "empty cells": lambda: inside(SHEET, "</sheetData>", '<c s="%d"/>'),
    "empty cells by a prefix": lambda: inside(
        SHEET, "</sheetData>", '<x:c s="%d"/>', "xmlns:x='x' "
    ),
    "values": lambda: inside(SHEET, "</sheetData>", "<v>%d</v>"),
    "unknown elements": lambda: inside(SHEET, "</sheetData>", '<z a="%d"/>'),
    "a name for each": lambda: inside(SHEET, "</sheetData>", "<z%d/>"),
    "merged areas": lambda: after_rows('<mergeCell ref="A%d:B9"/>'),
    "conditional formats": lambda: after_rows('<conditionalFormatting sqref="A%d"/>'),
    "data validations": lambda: after_rows('<dataValidation sqref="A%d"/>'),
    "links": lambda: after_rows('<hyperlink ref="A%d"/>'),
    "columns": lambda: inside(SHEET, "<sheetData>", '<col min="%d"/>'),
    "sheets": lambda: inside(BOOK, "</sheets>", '<sheet name="%d" sheetId="2"/>', megabytes=1),
    "names": lambda: inside(BOOK, "</definedNames>", '<definedName name="n%d">A1</definedName>'),
    "comments": lambda: added("xl/comments1.xml", '<comment ref="A%d"/>'),
    "relations": lambda: inside("xl/_rels/workbook.xml.rels", "</Relationships>", RELATION),
    "deep": lambda: inside(SHEET, "</sheetData>", '<a b="%d">'),
    "one long tag": lambda: inside(SHEET, "</sheetData>", 'a%d="1" ', before="<z "),
    "in UTF-16": lambda: in_utf16('<row r="%d"/>'),
}
