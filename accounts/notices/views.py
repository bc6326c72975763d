"""The page of notices: newest first, each leads to its record; read one by one or all at once."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.notices import services
from accounts.notices.leads import address_of, visible_ids
from accounts.notices.models import Notice
from accounts.requests import PersonRequest
from core.services.access import SIGNED_IN, posts, requires
from core.values import display

SHOWN = 50


@requires(SIGNED_IN)
def notices(request: PersonRequest) -> HttpResponse:
    """One's own notices; what has left one's scope is told no more."""
    found = Notice.objects.visible_to(request.user).select_related("actor", "content_type")
    page = Paginator(found, SHOWN).get_page(request.GET.get("page"))
    visible = visible_ids(page.object_list, request.user)
    rows = [
        {
            "pk": row.pk,
            "kind": row.get_kind_display(),
            "text": row.text if row.pk in visible else "",
            "who": row.actor.display_name,
            "when": display.moment(row.made_at),
            "unread": row.read_at is None,
        }
        for row in page.object_list
    ]
    unread = services.unread_count(request.user)
    context = {"rows": rows, "page": page, "unread": unread}
    return render(request, "accounts/notices.html", context)


@posts(SIGNED_IN)
def read_all(request: PersonRequest) -> HttpResponse:
    services.mark_all_read(actor=request.user)
    return redirect("notices")


@posts(SIGNED_IN)
def read(request: PersonRequest, pk: int) -> HttpResponse:
    services.mark_read(actor=request.user, notice=_own(request, pk))
    return redirect("notices")


@requires(SIGNED_IN)
def open_record(request: PersonRequest, pk: int) -> HttpResponse:
    """To the record, which is 404 where it has left the person's scope; the notice is read."""
    notice = _own(request, pk)
    services.mark_read(actor=request.user, notice=notice)
    return redirect(address_of(notice) or "notices")


def _own(request: PersonRequest, pk: int) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
