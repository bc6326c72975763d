"""The form of a record, and what is done to one at a button."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Model
from django.forms import BoundField
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.pages.detail import detail_response
from core.pages.forms import OK, run_service, seen_version
from core.pages.record_admin import RecordAction, RecordAdmin
from core.pages.record_forms import RecordForm, form_for
from core.services.access import Actor, ActorRequest, requires

# What keeps the files of a new record: (user, model) → a function (actor, about, upload), or None.
Keeper = Callable[..., object]  # (actor, about, upload)
KEEPERS: list[Callable[..., Keeper | None]] = []


def new_view(admin: RecordAdmin) -> Callable[..., HttpResponseBase]:
    @requires(*admin.records.permissions)
    def view(request: ActorRequest) -> HttpResponse:
        return _entry(admin, request, None)

    return view


def edit_view(admin: RecordAdmin) -> Callable[..., HttpResponseBase]:
    @requires(*admin.records.permissions)
    def view(request: ActorRequest, pk: int) -> HttpResponse:
        return _entry(admin, request, get_object_or_404(admin.rows(request.user), pk=pk))

    return view


def _entry(admin: RecordAdmin, request: ActorRequest, row: Model | None) -> HttpResponse:
    kind = form_for(admin.model, admin.fields, admin.optional)
    given = {} if row else admin.initial(request)
    form = kind(request.POST or None, instance=row, user=request.user, initial=given)
    status = OK
    if request.method == "POST" and form.is_valid():
        saved, status = run_service(request, lambda: _write(admin, request.user, row, form), form)
        if saved is not None:
            messages.success(request, _("Saved."))
            _keep_files(admin, request, saved)
            return redirect(admin.one, pk=saved.pk)
    elif request.method == "POST":
        status = 400
    back = reverse(admin.one, args=[row.pk]) if row else reverse(admin.name)
    first, folded = _parts(admin, form, row)
    context = {
        "admin": admin,
        "form": form,
        "row": row,
        "back": back,
        "first": first,
        "folded": folded,
        "folded_open": any(field.errors for field in folded),
        "takes_files": row is None and _keeper(admin, request) is not None,
        "files_lost": [file.name for file in request.FILES.getlist("files")],
    }
    return render(request, "records/form.html", context, status=status)


def _parts(
    admin: RecordAdmin, form: RecordForm, row: object
) -> tuple[list[BoundField], list[BoundField]]:
    """The fields that are shown at once, and those that are folded away: of a new record that
    declares some (`first_fields`), and whatever else is needed and not filled in."""
    fields = form.visible_fields()
    if row is not None or not admin.first_fields:
        return fields, []
    named = {field.name: field for field in fields}
    first = [named[name] for name in admin.first_fields]
    needed = [field for field in fields if field.field.required and field not in first]
    shown = [*first, *needed]
    return shown, [field for field in fields if field not in shown]


def _keep_files(admin: RecordAdmin, request: ActorRequest, row: object) -> None:
    """What came with the form of a new record; the record stands whatever becomes of its files."""
    keep = _keeper(admin, request)
    for upload in request.FILES.getlist("files") if keep else ():
        run_service(
            request,
            lambda upload=upload: keep(actor=request.user, about=row, upload=upload),  # type: ignore[misc]
            level=messages.WARNING,
        )


def _keeper(admin: RecordAdmin, request: ActorRequest) -> Keeper | None:
    found = (keeper(request.user, admin.model) for keeper in KEEPERS)
    return next((keep for keep in found if keep is not None), None)


def _write(admin: RecordAdmin, actor: Actor, row: Model | None, form: RecordForm) -> object:
    if row is None:
        return admin.records.create(actor=actor, **form.values)
    version = form.cleaned_data["version"] or 0
    return admin.records.change(actor=actor, record=row, version=version, **form.values)


def action_view(admin: RecordAdmin, action: RecordAction) -> Callable[..., HttpResponseBase]:
    @requires(*action.permissions)
    @require_POST
    def view(request: ActorRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(admin.rows(request.user), pk=pk)
        form = action.blank(request.POST)
        if form is not None and not form.is_valid():
            return detail_response(admin, request, row, (action, form), 400)
        fields = dict(form.cleaned_data) if form is not None else {}
        fields |= {"version": seen_version(request), admin.called: row}
        done, status = run_service(request, lambda: action.call(actor=request.user, **fields), form)
        if status == OK:
            messages.success(request, _("Recorded: %(what)s.") % {"what": action.label})
            return redirect(action.answer(done) if action.answer else reverse(admin.one, args=[pk]))
        fresh = get_object_or_404(admin.rows(request.user), pk=pk)
        return detail_response(admin, request, fresh, (action, form), status)

    return view
