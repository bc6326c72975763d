"""The list of a kind of record: its filters are those of the API."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import reverse

from core.lists import Empty, Listing, list_response
from core.pages.detail import VIEW, has_any_permission
from core.pages.record_admin import RecordAdmin
from core.services.access import ActorRequest, requires


def list_view(admin: RecordAdmin) -> Callable[..., HttpResponseBase]:
    @requires(VIEW)
    def view(request: ActorRequest) -> HttpResponseBase:
        can_write = has_any_permission(request.user, admin.records.permissions)
        new_href = reverse(f"{admin.one}-new") if can_write else ""
        context = {
            "admin": admin,
            "lead": admin.help,
            "new_href": new_href,
            "more": [(label, reverse(name)) for label, name in admin.more],
        }
        return list_response(request, listing_of(admin, new_href), "records/list.html", context)

    return view


def listing_of(admin: RecordAdmin, new_href: str = "") -> Listing:
    """The list; `new_href` is where whoever may enter something begins."""
    return Listing(
        name=admin.name,
        title=admin.title,
        columns=admin.columns,
        rows=lambda user: admin.annotated(admin.rows(user)),
        filters=admin.filterset,
        usual=admin.filters,
        href=lambda row: reverse(admin.one, args=[row.pk]),
        order=admin.order,
        empty=Empty(text=admin.first, href=new_href, action=admin.new),
        figures=admin.figures,
    )
