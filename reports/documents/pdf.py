"""A document as PDF, set by typst from the same blocks as the Word file."""

from functools import cache
from pathlib import Path

import typst

from reports.charts.style import STYLES
from reports.charts.svg import standalone, standalone_tiles
from reports.charts.tiles import Tile, in_words, laid_out
from reports.documents.blocks import Block, Document, chart_of
from reports.documents.letterhead import APPENDIX, MOTTO, NATION, RECEIVED_BY
from reports.documents.typesetting import as_pdf

REGIONS = {"vi": "VN", "en": "GB"}
TEMPLATE = Path(__file__).with_name("document.typ")
WORD = "Times New Roman"  # what the Word file is set in
# Tinos has the same measures; typst brings Libertinus. Liberation Serif, the usual stand-in, lacks
# ư, ơ and all letters with two marks.
TYPEFACES = (WORD, "Tinos", "Libertinus Serif")


def pdf_bytes(document: Document) -> bytes:
    """The file, in the Word file's typeface where the machine has it."""
    return as_pdf(_template(), _data(document))


@cache
def families() -> frozenset[str]:
    """The typefaces of this machine, and those that typst brings."""
    return frozenset(typst.Fonts().families())


def typeface() -> str:
    """What a PDF is set in on this machine."""
    return next(name for name in TYPEFACES if name in families())


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _data(document: Document) -> dict[str, object]:
    return {
        **document.as_dict(),
        "title": document.title,
        "typeface": typeface(),
        "nation": NATION[document.language],
        "motto": MOTTO[document.language],
        "recipients_title": RECEIVED_BY[document.language],
        "appendix_title": APPENDIX[document.language],
        "region": REGIONS[document.language],
        "blocks": [_block(block) for block in document.blocks],
        "appendix": [_block(block) for block in document.appendix],
    }


def _block(block: Block) -> dict[str, object]:
    """A chart becomes the screen's own drawing, and a sentence for who cannot see it."""
    if block["kind"] == "tiles":
        return _tiles(block)
    chart = chart_of(block)
    if chart is None:
        return block
    return {
        "kind": "chart",
        "title": chart.title,
        "svg": standalone(chart),
        "alt": chart.in_words(),
        "series": [{"name": one.name, **_key(one.role)} for one in chart.series],
    }


def _tiles(block: Block) -> dict[str, object]:
    """The screen's own tiles, and a sentence for who cannot see them."""
    tiles = [Tile(**tile) for tile in block["tiles"]]
    return {
        "kind": "tiles",
        "title": block["title"],
        "note": block["note"],
        "svg": standalone_tiles(laid_out(tiles)),
        "alt": in_words(block["title"], tiles),
    }


def _key(role: str) -> dict[str, object]:
    style = STYLES[role]
    return {"color": style.color, "dashed": bool(style.dash)}
