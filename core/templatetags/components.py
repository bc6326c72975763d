"""Components that hold other parts of a page: `{% load components %}`."""

from django import template
from django.template.loader import render_to_string

register = template.Library()


@register.simple_block_tag(takes_context=True)
def page_head(context: template.Context, content: str, title: object, **given: object) -> str:
    """The head of a page: `{% page_head title %}…buttons…{% endpage_head %}`.

    `lead` is a sentence below the title, `crumb` and `crumb_href` the page above, `tone` and
    `badge` a badge beside the title. What stands between the tags are the page's actions.
    """
    values = {**given, "title": title, "actions": content if content.strip() else ""}
    values |= {name: context.get(name) for name in ("request", "user")}
    return render_to_string("components/page_head.html", values)
