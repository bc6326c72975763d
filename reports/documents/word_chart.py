"""A chart in a .docx: Word's own bars, drawn by the reader's Word from literal numbers."""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm

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
COLORS = ("9DB4C8", "1F5A8A")  # planned light, disbursed dark: told apart in grey, too
WIDTH, HEIGHT = 160, 65  # mm


def add_bars(file: Any, paragraph: Any, block: dict[str, Any]) -> None:
    """Put the chart of a bars block into a paragraph."""
    package = file.part.package
    count = sum(1 for part in package.iter_parts() if part.content_type == CHART) + 1
    name = PackURI(f"/word/charts/chart{count}.xml")
    part = Part(name, CHART, chart_xml(block).encode(), package)
    relation = file.part.relate_to(part, RELATION)
    paragraph.add_run()._r.append(parse_xml(_drawing(relation, count, block)))


def chart_xml(block: dict[str, Any]) -> str:
    """Clustered columns with their values above them."""
    series = "".join(_series(i, one, block["names"]) for i, one in enumerate(block["series"]))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {NAMESPACES}>'
        '<c:roundedCorners val="0"/><c:chart>'
        f"<c:title><c:tx><c:rich>{_style(1200, bold=True)}<a:r><a:t>{escape(block['title'])}</a:t>"
        '</a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        '<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:barChart>'
        '<c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f"{series}"
        '<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        f"{_axis('catAx', 1, 2, 'b')}{_axis('valAx', 2, 1, 'l')}</c:plotArea>"
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>'
        '<c:plotVisOnly val="1"/></c:chart>'
        f"<c:txPr>{_style(1000)}<a:endParaRPr/></a:p></c:txPr></c:chartSpace>"
    )


def _style(size: int, *, bold: bool = False) -> str:
    """Opening of a text body up to the paragraph's runs; size in hundredths of a point."""
    return (
        f'<a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}" b="{int(bold)}">'
        '<a:latin typeface="Times New Roman"/></a:defRPr></a:pPr>'
    )


def _series(index: int, series: dict[str, Any], names: list[str]) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{value}</c:v></c:pt>' for i, value in enumerate(series["values"])
    )
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>'
        f"<c:tx><c:v>{escape(series['name'])}</c:v></c:tx>"
        f'<c:spPr><a:solidFill><a:srgbClr val="{COLORS[index]}"/></a:solidFill></c:spPr>'
        '<c:invertIfNegative val="0"/>'
        f'<c:dLbls><c:numFmt formatCode="{FORMAT}" sourceLinked="0"/><c:spPr/>'
        '<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/>'
        '<c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat>{_names(names)}</c:cat>"
        f"<c:val><c:numLit><c:formatCode>#,##0</c:formatCode>"
        f'<c:ptCount val="{len(names)}"/>{points}</c:numLit></c:val></c:ser>'
    )


def _names(names: list[str]) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{escape(name)}</c:v></c:pt>' for i, name in enumerate(names)
    )
    return f'<c:strLit><c:ptCount val="{len(names)}"/>{points}</c:strLit>'


def _axis(kind: str, own: int, other: int, side: str) -> str:
    return (
        f'<c:{kind}><c:axId val="{own}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        f'<c:delete val="{int(kind == "valAx")}"/><c:axPos val="{side}"/>'
        '<c:numFmt formatCode="#,##0" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="{other}"/>'
        f"</c:{kind}>"
    )


def _drawing(relation: str, count: int, block: dict[str, Any]) -> str:
    wp = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    said = "; ".join(
        f"{name}: " + ", ".join(f"{one['name']} {one['values'][i]}" for one in block["series"])
        for i, name in enumerate(block["names"])
    )
    return (
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'<wp:inline xmlns:wp="{wp}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{Mm(WIDTH)}" cy="{Mm(HEIGHT)}"/>'
        f'<wp:docPr id="{100 + count}" name="Chart {count}" '
        f"descr={quoteattr(block['title'] + '. ' + said)}/>"
        f'<a:graphic xmlns:a="{MAIN}"><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart {NAMESPACES} r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
