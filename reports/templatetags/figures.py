"""Figures on pages: a number as a link to what it is made of."""

from html import escape

from django import template
from django.utils.safestring import SafeString

from reports.charts.svg import drawing
from reports.charts.tiles import LaidOut, Tile, laid_out
from reports.documents.blocks import Block, chart_of
from reports.linked_number import Num

register = template.Library()


@register.filter
def linked(value: object) -> object:
    """A `Num` with an address as a link; anything else as it is."""
    if isinstance(value, Num) and value.href:
        # some hundred on a page: what `format_html` does, without its detours
        href, text = escape(value.href), escape(str(value))
        return SafeString(f'<a class="num" href="{href}">{text}</a>')
    return value


@register.filter
def tiled(block: Block) -> LaidOut:
    """The tiles of a document's block, laid out for the screen."""
    return laid_out([Tile(**tile) for tile in block["tiles"]])


@register.filter
def drawn(block: Block) -> dict[str, object] | None:
    """The chart of a document's block, laid out for the screen."""
    chart = chart_of(block)
    return drawing(chart) if chart else None
