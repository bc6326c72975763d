"""A chart in a .docx: Word's own, drawn by the reader's Word from literal numbers.

From the same description, colours, dashes and marks as the screen and the PDF (`reports.charts`).
"""

from xml.sax.saxutils import escape, quoteattr

from docx.document import Document as File
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from reports.charts.description import LINES, Chart, Series
from reports.charts.style import STYLES, Style

CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    f'xmlns:a="{MAIN}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
# 1.234.567 whatever the language of the reader's Word
FORMAT = "[>=1000000]#&quot;.&quot;000&quot;.&quot;000;[>=1000]#&quot;.&quot;000;0"
WIDTH, HEIGHT = 160, 65  # mm


def add_chart(file: File, paragraph: Paragraph, chart: Chart) -> None:
    """Put a chart into a paragraph."""
    package = file.part.package
    count = sum(1 for part in package.iter_parts() if part.content_type == CHART) + 1
    name = PackURI(f"/word/charts/chart{count}.xml")
    xml = chart_xml(chart)
    if any("," in label for one in chart.series for label in one.labels):  # an English one
        xml = xml.replace("&quot;.&quot;", "&quot;,&quot;")
    part = Part(name, CHART, xml.encode(), package)
    relation = file.part.relate_to(part, RELATION)
    paragraph.add_run()._r.append(parse_xml(_drawing(relation, count, chart)))


def chart_xml(chart: Chart) -> str:
    """Clustered columns with their values above them, or lines with marks."""
    lines = chart.kind == LINES
    names = list(chart.long_names or chart.names)
    series = "".join(_series(i, one, names, lines=lines) for i, one in enumerate(chart.series))
    if lines:
        plot = f'<c:lineChart><c:grouping val="standard"/>{series}<c:marker val="1"/>'
        close = "</c:lineChart>"
    else:
        plot = f'<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/>{series}'
        close = '<c:gapWidth val="60"/>'
    plot += f'{"" if lines else close}<c:axId val="1"/><c:axId val="2"/>'
    plot += close if lines else "</c:barChart>"
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {NAMESPACES}>'
        '<c:roundedCorners val="0"/><c:chart>'
        f"<c:title><c:tx><c:rich>{_style(1200, bold=True)}<a:r><a:t>{escape(chart.title)}</a:t>"
        '</a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        f'<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>{plot}'
        f"{_axis('catAx', 1, 2, 'b', hidden=False)}{_axis('valAx', 2, 1, 'l', hidden=not lines)}"
        '</c:plotArea><c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>'
        '<c:plotVisOnly val="1"/></c:chart>'
        f"<c:txPr>{_style(1000)}<a:endParaRPr/></a:p></c:txPr></c:chartSpace>"
    )


def _style(size: int, *, bold: bool = False) -> str:
    """Opening of a text body up to the paragraph's runs; size in hundredths of a point."""
    return (
        f'<a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}" b="{int(bold)}">'
        '<a:latin typeface="Times New Roman"/></a:defRPr></a:pPr>'
    )


def _series(index: int, series: Series, names: list[str], *, lines: bool) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{value}</c:v></c:pt>'
        for i, value in enumerate(series.values)
        if value is not None
    )
    look = _line_look(STYLES[series.role]) if lines else _bar_look(STYLES[series.role])
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>'
        f"<c:tx><c:v>{escape(series.name)}</c:v></c:tx>{look}"
        f"{'' if lines else LABELS}"
        f"<c:cat>{_names(names)}</c:cat>"
        f"<c:val><c:numLit><c:formatCode>#,##0</c:formatCode>"
        f'<c:ptCount val="{len(names)}"/>{points}</c:numLit></c:val>'
        f"{SMOOTH if lines else ''}</c:ser>"
    )


SMOOTH = '<c:smooth val="0"/>'
LABELS = (
    f'<c:dLbls><c:numFmt formatCode="{FORMAT}" sourceLinked="0"/><c:spPr/>'
    '<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
    '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/>'
    '<c:showBubbleSize val="0"/></c:dLbls>'
)


def _stroke(style: Style) -> str:
    return (
        f'<a:ln w="{round(style.width * 9525)}">{_fill(style)}'
        f'<a:prstDash val="{style.word_dash}"/></a:ln>'
    )


def _fill(style: Style) -> str:
    return f'<a:solidFill><a:srgbClr val="{style.color[1:].upper()}"/></a:solidFill>'


def _bar_look(style: Style) -> str:
    """What was done is filled, what it is held against is a frame: told apart in grey, too."""
    inside = _fill(style) if style.filled else "<a:noFill/>"
    return f'<c:spPr>{inside}{_stroke(style)}</c:spPr><c:invertIfNegative val="0"/>'


def _line_look(style: Style) -> str:
    marker = f'<c:marker><c:symbol val="{style.marker}"/>'
    if style.marker != "none":
        marker += f'<c:size val="6"/><c:spPr>{_fill(style)}</c:spPr>'
    return f"<c:spPr>{_stroke(style)}</c:spPr>{marker}</c:marker>"


def _names(names: list[str]) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{escape(name)}</c:v></c:pt>' for i, name in enumerate(names)
    )
    return f'<c:strLit><c:ptCount val="{len(names)}"/>{points}</c:strLit>'


def _axis(kind: str, own: int, other: int, side: str, *, hidden: bool) -> str:
    return (
        f'<c:{kind}><c:axId val="{own}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        f'<c:delete val="{int(hidden)}"/><c:axPos val="{side}"/>'
        f'<c:numFmt formatCode="{FORMAT}" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="{other}"/>'
        f"</c:{kind}>"
    )


def _drawing(relation: str, count: int, chart: Chart) -> str:
    wp = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    return (
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'<wp:inline xmlns:wp="{wp}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{Mm(WIDTH)}" cy="{Mm(HEIGHT)}"/>'
        f'<wp:docPr id="{100 + count}" name="Chart {count}" '
        f"descr={quoteattr(chart.in_words())}/>"
        f'<a:graphic xmlns:a="{MAIN}"><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart {NAMESPACES} r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
