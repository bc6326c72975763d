"""Tables of figures in a .docx: caption, unit, a repeated header, rows, a total, a note."""

from collections.abc import Sequence

from docx.document import Document as File
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from reports.documents.blocks import Block

CAPTION, NOTE = Pt(13), Pt(13)
WHOLE = 12  # a table of up to so many rows is not broken over pages
SHADE = "E7EDF3"


def add_table(file: File, block: Block, width: float, size: Pt) -> None:
    """Set a table block `width` mm wide in type of `size`."""
    if block["caption"]:
        caption = file.add_paragraph()
        caption.alignment = ALIGN.CENTER
        caption.paragraph_format.space_before = Pt(6)
        caption.paragraph_format.keep_with_next = True
        _run(caption, block["caption"], CAPTION, bold=True)
    if block["unit"]:
        unit = file.add_paragraph()
        unit.alignment = ALIGN.RIGHT
        unit.paragraph_format.keep_with_next = True
        _run(unit, block["unit"], NOTE, italic=True)
    _grid(file, block, width, size)
    note = file.add_paragraph()
    note.alignment = ALIGN.JUSTIFY
    if block["note"]:
        note.paragraph_format.space_after = Pt(6)
        _run(note, block["note"], NOTE, italic=True)
    else:  # Word wants a paragraph after a table
        _run(note, "", Pt(1))
        note.paragraph_format.line_spacing = Pt(6)


def _grid(file: File, block: Block, width: float, size: Length) -> None:
    columns = block["columns"]
    whole = sum(column["width"] for column in columns)
    widths = [Mm(width * column["width"] / whole) for column in columns]
    lines = [[column["title"] for column in columns], *block["rows"]]
    if block["total"]:
        lines.append(block["total"])
    table = file.add_table(rows=len(lines), cols=len(columns))
    table.style = "Table Grid"
    table.autofit = False
    cell_margins(table, 1.2)
    for column, column_width in zip(table.columns, widths, strict=True):
        column.width = column_width
    bold = {0, *(row + 1 for row in block["group_rows"])}
    if block["total"]:
        bold.add(len(lines) - 1)
    for index, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        _row(row, texts, columns, widths, size, head=index == 0, bold=index in bold)
        if len(lines) <= WHOLE and index < len(lines) - 1:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True


def cell_margins(table: Table, millimetres: float) -> None:
    """White space left and right in every cell."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), str(int(Mm(millimetres).twips)))
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    table._tbl.tblPr.append(margins)


def _row(
    row: _Row,
    texts: list[str],
    columns: list[dict[str, object]],
    widths: Sequence[Length],
    size: Length,
    *,
    head: bool,
    bold: bool,
) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, text, column, width in zip(row.cells, texts, columns, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        numbers = ALIGN.RIGHT if column["number"] else ALIGN.LEFT
        paragraph.alignment = ALIGN.CENTER if head else numbers
        _run(paragraph, text, size, bold=bold)
        if head:
            _shade(cell)


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _run(
    paragraph: Paragraph, text: str, size: Length, *, bold: bool = False, italic: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.font.size = size
    if bold:  # what is neither needs no saying: it takes a third of a table's time
        run.bold = True
    if italic:
        run.italic = True
