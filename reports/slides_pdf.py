"""The presentation as a PDF, one slide to a page, set by typst from the same parts as the page."""

from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from reports.charts.style import HEAT, STYLES
from reports.charts.svg import standalone, standalone_tiles
from reports.documents.typesetting import as_pdf
from reports.slide_pages import GAP, Part, Slide, widths

TEMPLATE = Path(__file__).with_name("slides.typ")
FONTS = ("Noto Sans", "DejaVu Sans", "Libertinus Serif")


def slides_pdf(slides: list[Slide], subject: str, note: str) -> bytes:
    """The file; `note` stands on every page (illustrative figures), or is empty."""
    data = {
        "subject": subject,
        "note": note,
        "lang": (get_language() or "vi")[:2],
        "fonts": FONTS,
        "slides": [_slide(slide) for slide in slides],
    }
    return as_pdf(_template(), data)


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _slide(slide: Slide) -> dict[str, object]:
    return {
        "title": slide.title,
        "message": slide.message or slide.title,
        "parts": [PARTS[part["kind"]](part) for part in slide.parts],
    }


def _figures(part: Part) -> dict[str, object]:
    return {
        "kind": "figures",
        "figures": [
            {
                "label": figure["label"],
                "value": str(figure["value"]),
                "note": figure.get("note", ""),
                "said": figure["stated"]["text"] if figure.get("stated") else "",
            }
            for figure in part["figures"]
        ],
    }


def _chart(part: Part) -> dict[str, object]:
    chart = part["chart"]
    return {
        "kind": "picture",
        "svg": standalone(chart, fonts=_fonts(), large=True),
        "alt": chart.in_words(),
        "note": "",
        "key": [
            {
                "name": one.name,
                "color": STYLES[one.role].color,
                "dashed": bool(STYLES[one.role].dash),
            }
            for one in chart.series
        ],
    }


def _tiles(part: Part) -> dict[str, object]:
    tiles = part["tiles"]
    said = "; ".join(f"{t['name']}: {t['rate']}, {t['classes']}" for t in tiles["tiles"])
    return {
        "kind": "picture",
        "svg": standalone_tiles(tiles, fonts=_fonts(), large=True),
        "alt": said,
        "note": part["note"],
        "key": [],
    }


def _table(part: Part) -> dict[str, object]:
    return {
        "kind": "table",
        "widths": [width + GAP for width in widths(part)],
        "columns": part["columns"],
        "rows": [
            [
                {"text": str(cell["text"]), "fill": HEAT[cell["heat"]] if cell["heat"] else ""}
                for _head, cell in row
            ]
            for row in part["rows"]
        ],
    }


def _fonts() -> str:
    return ", ".join(f'"{name}"' for name in FONTS)


PARTS = {"figures": _figures, "chart": _chart, "tiles": _tiles, "table": _table}
