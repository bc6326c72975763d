"""Figures on pages: a number as a link to what it is made of."""

from typing import Any

from django import template
from django.utils.html import format_html

from reports.charts.svg import drawing
from reports.charts.tiles import Tile, laid_out
from reports.documents.blocks import chart_of
from reports.linked_number import Num

register = template.Library()


@register.filter
def linked(value: object) -> object:
    """A `Num` with an address as a link; anything else as it is."""
    if isinstance(value, Num) and value.href:
        return format_html('<a class="num" href="{}">{}</a>', value.href, str(value))
    return value


@register.filter
def tiled(block: dict[str, Any]) -> dict[str, object]:
    """The tiles of a document's block, laid out for the screen."""
    return laid_out([Tile(**tile) for tile in block["tiles"]])


@register.filter
def drawn(block: dict[str, object]) -> dict[str, object] | None:
    """The chart of a document's block, laid out for the screen."""
    chart = chart_of(block)
    return drawing(chart) if chart else None
