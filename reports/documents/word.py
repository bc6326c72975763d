"""A document as .docx in the layout of Nghị định 30/2020/NĐ-CP, Phụ lục I."""

import io
from typing import Any

from docx import Document as new_docx
from docx.document import Document as File
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reports.documents.blocks import Block, Document, chart_of
from reports.documents.letterhead import APPENDIX, MOTTO, NATION, RECEIVED_BY
from reports.documents.word_chart import add_chart
from reports.documents.word_table import add_table, cell_margins
from reports.documents.word_tiles import add_map, add_tiles

LOCALES = {"vi": "vi-VN", "en": "en-GB"}
FONT = "Times New Roman"
BODY, SMALL = Pt(14), Pt(13)  # body; letterhead and tables
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 20}  # mm
LIST_MARGINS = {"top": 20, "bottom": 15, "left": 15, "right": 15}  # of an accounting list
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def docx_bytes(document: Document) -> bytes:
    """The file."""
    file = new_docx()
    _page(file, document)
    _styles(file, LOCALES[document.language])
    _properties(file, document)
    (_list_head if document.is_list else _letterhead)(file, document)
    _title(file, document)
    for block in document.blocks:
        BLOCKS[block["kind"]](file, block)
    file.paragraphs[-1].paragraph_format.keep_with_next = True  # with the signature
    (_signed_side_by_side if document.is_list else _signatures)(file, document)
    if document.appendix:
        _appendix(file, document)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _page(file: File, document: Document) -> None:
    """A4 upright (a list: across), margins, and the page number top centre from page 2."""
    section = file.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if document.is_list else WD_ORIENT.PORTRAIT
    sizes = (Mm(297), Mm(210)) if document.is_list else (Mm(210), Mm(297))
    section.page_width, section.page_height = sizes
    for side, size in (LIST_MARGINS if document.is_list else MARGINS).items():
        setattr(section, f"{side}_margin", Mm(size))
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    _field(paragraph.add_run(), "PAGE")


def _field(run: Run, code: str) -> None:
    for kind, text in (("begin", None), (None, code), ("separate", None), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _styles(file: File, locale: str) -> None:
    """Times New Roman 14, justified body; headings are bold body text."""
    normal = file.styles["Normal"]
    _font(normal, BODY, locale)
    shape = normal.paragraph_format
    shape.space_before, shape.space_after = Pt(0), Pt(0)
    shape.line_spacing = 1.0
    for level in (1, 2):
        heading = file.styles[f"Heading {level}"]
        _font(heading, BODY, locale)
        heading.font.bold = True
        heading.font.italic = False
        heading.font.color.rgb = RGBColor(0, 0, 0)
        heading.paragraph_format.space_before = heading.paragraph_format.space_after = Pt(6)
        heading.paragraph_format.keep_with_next = True


def _font(style: Any, size: object, locale: str) -> None:
    style.font.name = FONT
    style.font.size = size
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), locale)
    style.element.rPr.append(language)


def _properties(file: File, document: Document) -> None:
    properties = file.core_properties
    properties.title = document.title
    properties.author = document.issuer
    properties.language = LOCALES[document.language]
    properties.comments = " ".join(document.notes)[:255]  # more the property cannot hold


def _letterhead(file: File, document: Document) -> None:
    """Left who issues and the number, right the nation, its motto, place and date."""
    table = _bare_table(file, (56, 104))
    left, right = table.rows[0].cells
    _line(left, document.superior, size=SMALL, first=True)
    _line(left, document.issuer, size=SMALL, bold=True)
    _rule(left, 56, 24)
    _line(right, NATION[document.language], size=SMALL, bold=True, first=True)
    _line(right, MOTTO[document.language], size=BODY, bold=True)
    _rule(right, 104, 66)
    number, place = table.add_row().cells
    _line(number, document.number, size=SMALL, first=True)
    _line(place, document.place_and_date, size=BODY, italic=True, first=True)


def _list_head(file: File, document: Document) -> None:
    """Whose list it is at the left."""
    for text, bold in ((document.superior, False), (document.issuer, True)):
        run = file.add_paragraph().add_run(text)
        run.font.size, run.bold = SMALL, bold


def _text_width(file: File) -> float:
    """The page less its margins, in mm."""
    page: Any = file.sections[0]  # `_page` has set its sizes
    return float(Length(page.page_width - page.left_margin - page.right_margin).mm)


def _bare_table(file: File, widths: tuple[float, ...]) -> Table:
    """A table without lines that places text side by side; widths in mm."""
    table: Table = file.add_table(rows=1, cols=len(widths))
    table.autofit = False
    cell_margins(table, 0)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return table


def _line(
    cell: _Cell,
    text: str,
    *,
    size: Length,
    bold: bool = False,
    italic: bool = False,
    first: bool = False,
    align: ALIGN = ALIGN.CENTER,
) -> None:
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = size, bold, italic


def _rule(where: _Cell | File, width: float, length: float) -> None:
    """A line of `length` mm, centred in `width` mm."""
    paragraph = where.add_paragraph()
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm((width - length) / 2)
    shape.space_before = Pt(2)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(6)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "auto")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().append(borders)


def _title(file: File, document: Document) -> None:
    for text, space in ((document.kind_name, Pt(18)), (document.about, Pt(0))):
        paragraph = file.add_paragraph()
        paragraph.alignment = ALIGN.CENTER
        paragraph.paragraph_format.space_before = space
        paragraph.add_run(text).bold = True
    _rule(file, _text_width(file), 55)
    for note in document.notes:
        paragraph = file.add_paragraph()
        paragraph.alignment = ALIGN.CENTER
        run = paragraph.add_run(note)
        run.italic, run.font.size = True, SMALL


def _heading(file: File, block: Block) -> None:
    paragraph = file.add_paragraph(block["text"], style=f"Heading {block['level']}")
    paragraph.paragraph_format.first_line_indent = Mm(10)


def _paragraph(file: File, block: Block) -> None:
    _body(file.add_paragraph(block["text"]))


def _list(file: File, block: Block) -> None:
    for item in block["items"]:
        _body(file.add_paragraph(f"- {item}"))


def _body(paragraph: Paragraph) -> None:
    paragraph.alignment = ALIGN.JUSTIFY
    shape = paragraph.paragraph_format
    shape.first_line_indent = Mm(10)
    shape.space_before, shape.space_after = Pt(0), Pt(6)
    shape.line_spacing = 1.15


def _chart(file: File, block: Block) -> None:
    chart = chart_of(block)
    assert chart is not None
    paragraph = file.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    add_chart(file, paragraph, chart)


def _signatures(file: File, document: Document) -> None:
    """Nơi nhận at the left, who signs at the right; or two who sign."""
    file.add_paragraph().paragraph_format.keep_with_next = True
    table = _bare_table(file, (74, 86))
    _keep_together(table.rows[0])
    left, right = table.rows[0].cells
    _signature(right, document.signatures[-1])
    if len(document.signatures) == 2:
        _signature(left, document.signatures[0])
        left = table.add_row().cells[0]
    _line(
        left,
        RECEIVED_BY[document.language],
        size=Pt(12),
        bold=True,
        italic=True,
        first=True,
        align=ALIGN.LEFT,
    )
    for text in document.recipients:
        _line(left, f"- {text}", size=Pt(11), align=ALIGN.LEFT)


def _signed_side_by_side(file: File, document: Document) -> None:
    """Place and date at the right, below them everybody who signs, from left to right."""
    day = file.add_paragraph()
    day.alignment = ALIGN.RIGHT
    day.paragraph_format.space_before = day.paragraph_format.space_after = Pt(6)
    day.paragraph_format.keep_with_next = True
    run = day.add_run(document.place_and_date)
    run.italic, run.font.size = True, SMALL
    count = len(document.signatures)
    table = _bare_table(file, (_text_width(file) / count,) * count)
    _keep_together(table.rows[0])
    for cell, signature in zip(table.rows[0].cells, document.signatures, strict=True):
        _line(cell, signature["authority"], size=SMALL, bold=True, first=True)
        _line(cell, signature["post"], size=SMALL, italic=True)
        for _space in range(4):
            cell.add_paragraph()


def _signature(cell: _Cell, signature: dict[str, str]) -> None:
    lines = [text for text in (signature["authority"], signature["post"]) if text]
    for index, text in enumerate(lines):
        _line(cell, text, size=BODY, bold=True, first=index == 0)
    for _space in range(4):
        cell.add_paragraph()
    _line(cell, signature["signer"], size=BODY, bold=True)


def _keep_together(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _appendix(file: File, document: Document) -> None:
    heading = file.add_paragraph(style="Heading 1")
    heading.alignment = ALIGN.CENTER
    heading.paragraph_format.page_break_before = True
    heading.add_run(APPENDIX[document.language])
    for block in document.appendix:
        BLOCKS[block["kind"]](file, block)


def _table(file: File, block: Block) -> None:
    add_table(file, block, _text_width(file), SMALL)


def _tiles(file: File, block: Block) -> None:
    """The communes: a picture of the map where outlines are known, else a table of tiles."""
    is_map = any(tile.get("outline") for tile in block["tiles"])
    add = add_map if is_map else add_tiles
    add(file, block, _text_width(file))


BLOCKS = {
    "heading": _heading,
    "paragraph": _paragraph,
    "list": _list,
    "table": _table,
    "bars": _chart,
    "chart": _chart,
    "tiles": _tiles,
}
