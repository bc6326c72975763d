"""The communes in a .docx: a picture of the map, or tiles, a shaded cell for each commune."""

from io import BytesIO
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from reports.charts.picture import png
from reports.charts.style import HEAT, INK
from reports.charts.svg import standalone_tiles
from reports.charts.tiles import Tile, in_words, laid_out
from reports.documents.blocks import Block
from reports.documents.word_table import cell_margins

MAP_WIDTH = 130  # mm
NAME, RATE, SMALL = Pt(11), Pt(14), Pt(10)


def add_tiles(file: Document, block: Block, width: float) -> None:
    """Set a block of tiles `width` mm wide, with its title above and its note below."""
    _title(file, block)
    columns = 1 + max(tile["column"] for tile in block["tiles"])
    rows = 1 + max(tile["row"] for tile in block["tiles"])
    table = file.add_table(rows=rows, cols=columns)
    table.autofit = False
    cell_margins(table, 2)
    for column in table.columns:
        column.width = Mm(width / columns)
        for cell in column.cells:
            cell.width = Mm(width / columns)
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    for tile in block["tiles"]:
        _tile(table.cell(tile["row"], tile["column"]), tile)
    _note(file, block)


def add_map(file: Document, block: Block, width: float) -> None:
    """Set the map of a block as a picture, with its title above and its note below; its sentence
    is for who cannot see it."""
    _title(file, block)
    tiles = [Tile(**tile) for tile in block["tiles"]]
    content = png(standalone_tiles(laid_out(tiles)))
    paragraph = file.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    paragraph.paragraph_format.keep_with_next = True
    wide = Mm(min(width, MAP_WIDTH))
    picture = paragraph.add_run().add_picture(BytesIO(content), width=wide)
    picture._inline.docPr.set("descr", in_words(block["title"], tiles))
    _note(file, block)


def _title(file: Document, block: Block) -> None:
    title = file.add_paragraph()
    title.alignment = ALIGN.CENTER
    title.paragraph_format.space_before = Pt(6)
    title.paragraph_format.keep_with_next = True
    _run(title, block["title"], Pt(13), bold=True)


def _note(file: Document, block: Block) -> None:
    note = file.add_paragraph()
    note.alignment = ALIGN.CENTER
    note.paragraph_format.space_after = Pt(6)
    _run(note, block["note"], Pt(13), italic=True)


def _tile(cell: _Cell, tile: dict[str, Any]) -> None:
    lines = (
        (tile["name"], NAME, True),
        (tile["rate"], RATE, True),
        (tile["classes"], SMALL, False),
    )
    for number, (text, size, bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, text, size, bold=bold)
    shape = cell._tc.get_or_add_tcPr()
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):  # white between tiles, as on the screen
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "36"), ("color", "FFFFFF")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    shape.append(borders)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", HEAT[tile["heat"]][1:])):
        shade.set(qn(f"w:{name}"), value.upper() if name == "fill" else value)
    shape.append(shade)


def _run(
    paragraph: Paragraph, text: str, size: Pt, *, bold: bool = False, italic: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = size, bold, italic
    run.font.color.rgb = RGBColor.from_string(INK[1:].upper())
