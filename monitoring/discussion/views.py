"""Comments and files on the pages of records, and the mentions that wait for a person."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import COMMENT, VIEW
from core.pages import Section, admin_of, detail_response
from core.pages.forms import OK, run_service, submit_form
from core.services.access import requires
from core.services.attachments import download_response
from core.values import display
from monitoring.discussion import files
from monitoring.discussion.kinds import KINDS, kind_of, model_of
from monitoring.discussion.services import comment, comments_on, mark_read, mentions_of

MENTIONS_SHOWN = 100


class CommentForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("@username mentions somebody who can see this record."),
    )


def comment_section(request: PersonRequest, row: Model) -> Iterable[Section]:
    """The comments of a record's page, with a field for one more."""
    kind = kind_of(row)
    if kind is None:
        return
    user: User = request.user
    lines = tuple(
        f"{each.author.display_name}, {localtime(each.written_at):%d/%m/%Y %H:%M}: {each.text}"
        for each in comments_on(row)
    )
    if lines:
        mark_read(user, row)
    form = getattr(request, "comment_form", None) or CommentForm(auto_id="id_comment_%s")
    may = user.can(COMMENT)
    if lines or may:
        yield Section(
            _("Comments"),
            texts=lines,
            form=form if may else None,
            action=reverse("comment", args=[kind, row.pk]),
            button=_("Add the comment"),
        )


@requires(VIEW)
def mentions(request: PersonRequest) -> HttpResponse:
    """Where somebody mentioned whoever is signed in; opening the record marks it as read."""
    found = mentions_of(request.user)
    rows = [
        {
            "title": str(each.comment.about),
            "href": reverse(kind_of(each.comment.about) or "", args=[each.comment.object_id]),
            "who": each.comment.author.display_name,
            "when": f"{localtime(each.comment.written_at):%d/%m/%Y %H:%M}",
            "text": each.comment.text,
            "unread": each.read_at is None,
        }
        for each in found.prefetch_related("comment__about")[:MENTIONS_SHOWN]
    ]
    said = _("These are %(shown)s of %(count)s: the unread ones first, then the newest.")
    cut = display.left_out(len(rows), found.count(), said)
    return render(request, "monitoring/mentions.html", {"rows": rows, "cut": cut})


def _record(request: PersonRequest, kind: str, pk: int) -> Any:
    """The record of an address, in the person's scope; else 404."""
    if kind not in KINDS:
        raise Http404
    model = model_of(kind)
    return get_object_or_404(model.objects.visible_to(request.user), pk=pk)


@requires(COMMENT)
@require_POST
def add_comment(request: PersonRequest, kind: str, pk: int) -> HttpResponse:
    """Comment on a record; what was typed comes back when it is refused."""
    row = _record(request, kind, pk)
    form = CommentForm(request.POST, auto_id="id_comment_%s")
    _done, status = submit_form(request, form, comment, about=row)
    if status == OK:
        return redirect(kind, pk=pk)
    request.comment_form = form  # type: ignore[attr-defined]
    return detail_response(admin_of(type(row)), request, row, status=400)


class FileForm(forms.Form):
    files = forms.FileField(  # type: ignore[assignment]  # the field, not the form's files
        label=gettext_lazy("Add a file"),
        help_text=gettext_lazy("PDF, photo of a place or xlsx, 10 MB. Never a photo of a child."),
    )


def file_section(request: PersonRequest, row: Model) -> Iterable[Section]:
    """The files of a record's page, with a field for one more."""
    kind = kind_of(row)
    user: User = request.user
    if kind is None:
        return
    kept = tuple(
        (each, reverse("record-file", args=[kind, row.pk, each.pk])) for each in files.files_of(row)
    )
    may = any(map(user.can, files.MAY_ATTACH))
    if kept or may:
        form = getattr(request, "file_form", None) or FileForm(auto_id="id_file_%s")
        yield Section(
            _("Files"),
            files=kept,
            form=form if may else None,
            action=reverse("record-files", args=[kind, row.pk]),
            button=_("Attach the file"),
            takes_files=True,
        )


@requires(*files.MAY_ATTACH)
@require_POST
def add_file(request: PersonRequest, kind: str, pk: int) -> HttpResponse:
    """Attach a file to a record."""
    row = _record(request, kind, pk)
    if "application/json" in request.headers.get("Accept", ""):
        return _add_told(request, row)
    form = FileForm(request.POST, request.FILES, auto_id="id_file_%s")
    if form.is_valid():
        upload = form.cleaned_data["files"]
        _done, status = run_service(
            request, lambda: files.attach(actor=request.user, about=row, upload=upload), form
        )
        if status == OK:
            return redirect(kind, pk=pk)
    request.file_form = form  # type: ignore[attr-defined]
    return detail_response(admin_of(type(row)), request, row, status=400)


def _add_told(request: PersonRequest, row: Model) -> JsonResponse:
    """For a script that sends one at a time: 201 with the names, or 400 with what is wrong."""
    try:
        added = [
            files.attach(actor=request.user, about=row, upload=upload).name
            for upload in request.FILES.getlist("files")
        ]
    except ValidationError as error:
        return JsonResponse({"errors": error.messages}, status=400)
    return JsonResponse({"files": added}, status=201)


@requires(VIEW)
def record_file(request: PersonRequest, kind: str, pk: int, file: int) -> FileResponse:
    """A file of a record, as a download."""
    row = _record(request, kind, pk)
    return download_response(get_object_or_404(files.files_of(row), pk=file))
