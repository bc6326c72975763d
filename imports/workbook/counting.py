"""How many elements a part of a workbook holds: counted in its bytes, before any parser sees it.

A parser spends memory and time per element, and a small file can hold millions of them. Counting
names in the bytes takes some 0.2 µs for each, and stops at the first one too many.
"""

import codecs
import re
from collections import Counter

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.values import display

from .model import WorkbookError

# By local name, in the whole workbook. Where Excel itself has a limit it stands behind: (rows of a
# sheet 1,048,576; cell formats 65,490; hyperlinks of a sheet 65,530).
MOST = {
    "row": 2_200_000,
    "c": 8_000_000,  # of which 4,000,000 are filled; the rest is empty, or style alone
    "v": 4_500_000,
    "is": 4_500_000,
    "t": 6_000_000,
    "si": 2_000_000,
    "r": 1_000_000,  # a run of text in a format of its own
    "rPh": 1_000_000,
    "xf": 131_000,  # 65,490, twice: named and not
    "font": 65_490,
    "fill": 65_490,
    "border": 65_490,
    "numFmt": 65_490,
    "cellStyle": 65_490,
    "dxf": 65_490,
    "mergeCell": 200_000,
    "col": 200_000,
    "sheet": 250,
    "definedName": 100_000,
    "comment": 100_000,
    "threadedComment": 100_000,
    "cfRule": 100_000,
    "conditionalFormatting": 100_000,
    "dataValidation": 100_000,
    "hyperlink": 131_000,
    "Relationship": 70_000,
    "tableColumn": 100_000,
}
MOST_OF_ANY = 3_000_000  # elements of any other name
MOST_TOGETHER = 20_000_000
MOST_NAMES = 2_000  # different ones
MOST_DEPTH = 200
MOST_BYTES_IN_A_TAG = 2 * 2**20

CALLED = {
    "row": _("table rows"),
    "c": _("table cells"),
    "si": _("shared texts"),
    "r": _("pieces of formatted text"),
    "xf": _("cell formats"),
    "mergeCell": _("merged areas"),
    "sheet": _("worksheets"),
    "definedName": _("named ranges"),
    "comment": _("cell comments"),
    "cfRule": _("conditional formats"),
    "conditionalFormatting": _("conditional formats"),
    "dataValidation": _("data validations"),
    "hyperlink": _("hyperlinks"),
}

_NAME = re.compile(rb"<([^\s/>!?<]{1,64})")
_ENDED = re.compile(rb"[\s/>!?]")


class Elements:
    """Elements by local name, counted over all parts of a workbook; `WorkbookError` at the first
    that is too many."""

    def __init__(self) -> None:
        self.by_name: Counter[bytes] = Counter()

    def count(self, names: list[bytes]) -> None:
        """Add the names of elements, with their prefixes."""
        self.by_name.update(names)
        together = self.by_name.total()
        if together > MOST_TOGETHER or len(self.by_name) > MOST_NAMES:
            raise too_many("", MOST_TOGETHER)
        local: Counter[str] = Counter()
        for name, count in self.by_name.items():
            local[name.rpartition(b":")[2].decode("utf-8", "replace")] += count
        for element, count in local.items():
            if count > MOST.get(element, MOST_OF_ANY):
                raise too_many(element, MOST.get(element, MOST_OF_ANY))


class PartCounter:
    """Counts the elements of one part, piece by piece."""

    def __init__(self, elements: Elements) -> None:
        self.elements = elements
        self.decoder: codecs.IncrementalDecoder | None = None
        self.begun, self.rest = False, b""
        self.depth = self.in_tag = 0

    def feed(self, piece: bytes) -> None:
        """The next bytes of the part."""
        if not self.begun:
            self.begun, self.decoder = True, _decoder(piece)
        if self.decoder:
            piece = self.decoder.decode(piece).encode("utf-8", "replace")
        piece, self.rest = _whole(self.rest + piece)
        self.elements.count(_NAME.findall(piece))
        self._follow(piece)
        if self.depth > MOST_DEPTH or self.in_tag > MOST_BYTES_IN_A_TAG:
            raise too_many("", MOST_TOGETHER)

    def _follow(self, piece: bytes) -> None:
        """How deep the elements stand at the piece's end, and how long its last tag has become."""
        tags = piece.count(b"<") - piece.count(b"<!") - piece.count(b"<?")
        self.depth += tags - 2 * piece.count(b"</") - piece.count(b"/>")
        begins, ends = piece.rfind(b"<"), piece.rfind(b">")
        if begins > ends:
            self.in_tag = len(piece) - begins
        elif ends >= 0:
            self.in_tag = 0
        elif self.in_tag:
            self.in_tag += len(piece)


def too_many(element: str, most: int) -> WorkbookError:
    """The refusal of a workbook with more than `most` elements of a name."""
    text = _now(
        "The workbook holds more than %(most)s %(elements)s. Copy its table to a new workbook."
    )
    called = CALLED.get(element, _("pieces of formatting and text"))
    said = text % {"most": display.number(most), "elements": called}
    return WorkbookError("too_many_elements", said)


def _whole(piece: bytes) -> tuple[bytes, bytes]:
    """The piece up to what may go on in the next, a name or a tag's end; and that beginning."""
    start = piece.rfind(b"<", -66)
    if start >= 0 and not _ENDED.search(piece, start + 1):
        return piece[:start], piece[start:]
    return (piece[:-1], b"/") if piece.endswith(b"/") else (piece, b"")


def _decoder(start: bytes) -> codecs.IncrementalDecoder | None:
    """For UTF-16, in which a name's letters do not stand side by side."""
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return codecs.getincrementaldecoder("utf-16")("replace")
    if start[:2] == b"\x00<":
        return codecs.getincrementaldecoder("utf-16-be")("replace")
    if start[:2] == b"<\x00":
        return codecs.getincrementaldecoder("utf-16-le")("replace")
    return None
