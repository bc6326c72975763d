"""The list of an area: its filters are those of the API, its columns the area's."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from core.lists import Empty, Listing, answer
from core.pages.detail import VIEW, may
from core.pages.record_forms import filter_form
from core.services.access import requires

if TYPE_CHECKING:
    from core.pages.record_admin import Area


def list_view(area: "Area") -> Any:
    @requires(VIEW)
    def view(request: HttpRequest) -> HttpResponseBase:
        can_write = may(request.user, area.records.permissions)
        new_href = reverse(f"{area.one}-new") if can_write else ""
        context = {
            "area": area,
            "lead": area.help,
            "new_href": new_href,
            "more": [(label, reverse(name)) for label, name in area.more],
        }
        return answer(request, listing_of(area, new_href), "records/list.html", context)

    return view


def listing_of(area: "Area", new_href: str = "") -> Listing:
    """The area's list; `new_href` is where whoever may enter something begins."""
    return Listing(
        name=area.name,
        title=area.title,
        columns=area.columns,
        rows=lambda user: area.annotated(area.rows(user)),
        form=lambda user, data: filter_form(area, user, data),
        narrowed=lambda rows, form: narrowed(area, rows, form),
        href=lambda row: reverse(area.one, args=[row.pk]),
        order=area.order,
        empty=Empty(text=area.first, href=new_href, action=area.new),
        figures=area.figures,
    )


def narrowed(area: "Area", rows: Any, form: Any) -> Any:
    """What the filters that can be read leave of the rows."""
    query = form.data.copy()
    for name in [*query]:
        if name not in area.filters or name in form.errors:
            del query[name]
    found = area.filterset(query, queryset=rows)
    return found.qs if found.is_valid() else rows
