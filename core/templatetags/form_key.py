"""`{% form_key %}`: the hidden key of a form that writes (core/web/form_key.py). A form with one
is kept in the browser until it has been taken, and has its effect once."""

from django import template
from django.utils.html import format_html

from core.web import form_key as keys

register = template.Library()


@register.simple_tag(takes_context=True)
def form_key(context: template.Context) -> str:
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return ""
    return format_html('<input type="hidden" name="{}" value="{}">', keys.FIELD, keys.new(user))
