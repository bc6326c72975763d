"""The form of a record, and what is done to one at a button."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.pages.detail import show
from core.pages.forms import OK, attempt, seen_version
from core.pages.record_forms import form_for
from core.services.access import requires

if TYPE_CHECKING:
    from core.pages.record_admin import Act, Area


def new_view(area: "Area") -> Any:
    @requires(*area.records.permissions)
    def view(request: HttpRequest) -> HttpResponse:
        return _entry(area, request, None)

    return view


def edit_view(area: "Area") -> Any:
    @requires(*area.records.permissions)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        return _entry(area, request, get_object_or_404(area.rows(request.user), pk=pk))

    return view


def _entry(area: "Area", request: HttpRequest, row: Any) -> HttpResponse:
    kind = form_for(area.model, area.fields, area.optional)
    given = {} if row else area.initial(request)
    form = kind(request.POST or None, instance=row, user=request.user, initial=given)
    status = OK
    if request.method == "POST" and form.is_valid():
        saved, status = attempt(request, lambda: _write(area, request.user, row, form), form)
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect(area.one, pk=saved.pk)
    elif request.method == "POST":
        status = 400
    back = reverse(area.one, args=[row.pk]) if row else reverse(area.name)
    context = {"area": area, "form": form, "row": row, "back": back}
    return render(request, "records/form.html", context, status=status)


def _write(area: "Area", actor: Any, row: Any, form: Any) -> Any:
    if row is None:
        return area.records.create(actor=actor, **form.values)
    version = form.cleaned_data["version"] or 0
    return area.records.change(actor=actor, record=row, version=version, **form.values)


def act_view(area: "Area", act: "Act") -> Any:
    @requires(*act.permissions)
    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(area.rows(request.user), pk=pk)
        form = act.blank(request.POST)
        if form is not None and not form.is_valid():
            return show(area, request, row, (act, form), 400)
        fields = dict(form.cleaned_data) if form is not None else {}
        fields["version"] = seen_version(request)
        done, status = attempt(
            request, lambda: act.call(actor=request.user, row=row, **fields), form
        )
        if status == OK:
            messages.success(request, _("Done."))
            return redirect(act.answer(done) if act.answer else reverse(area.one, args=[pk]))
        fresh = get_object_or_404(area.rows(request.user), pk=pk)
        return show(area, request, fresh, (act, form), status)

    return view
