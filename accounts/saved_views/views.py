"""Pages of the views that a person keeps: saved from a list, looked through, renamed, deleted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import SavedView
from accounts.requests import PersonRequest
from accounts.saved_views import services
from core.pages.forms import run_service
from core.services.access import SIGNED_IN, posts, requires


@requires(SIGNED_IN)
def saved_views(request: PersonRequest) -> HttpResponse:
    """All views of a person, by list; a POST keeps one more and leads to it."""
    if request.method == "POST":
        return _save(request)
    return _page(request)


def _page(request: PersonRequest, status: int = 200) -> HttpResponse:
    views = SavedView.objects.filter(user=request.user)
    return render(request, "accounts/saved_views.html", {"views": views}, status=status)


def _save(request: PersonRequest) -> HttpResponse:
    sent = {name: request.POST.get(name, "") for name in ("path", "title", "name", "query")}
    view, status = run_service(request, lambda: services.save(actor=request.user, **sent))
    if view is None:
        return _page(request, status)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return redirect(view.href)


def _own(request: PersonRequest, pk: int) -> SavedView:
    return get_object_or_404(SavedView, pk=pk, user=request.user)


@posts(SIGNED_IN)
def rename(request: PersonRequest, pk: int) -> HttpResponse:
    view, name = _own(request, pk), request.POST.get("name", "")
    renamed, status = run_service(
        request, lambda: services.rename(actor=request.user, view=view, name=name)
    )
    if renamed is None:
        return _page(request, status)
    messages.success(request, _("Renamed."))
    return redirect("saved-views")


@posts(SIGNED_IN)
def delete(request: PersonRequest, pk: int) -> HttpResponse:
    services.delete(actor=request.user, view=_own(request, pk))
    messages.success(request, _("Deleted."))
    return redirect("saved-views")
