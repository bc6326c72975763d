"""Figures on pages: a number as a link to what it is made of."""

from django import template
from django.utils.html import format_html

from reports.numbers import Num

register = template.Library()


@register.filter
def linked(value: object) -> object:
    """A `Num` with an address as a link; anything else as it is."""
    if isinstance(value, Num) and value.href:
        return format_html('<a class="num" href="{}">{}</a>', value.href, str(value))
    return value
