"""The administrator's pages of outlines: a file is read, looked at, used, taken back."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.requests import PersonRequest
from accounts.roles import MANAGE_SETTINGS
from communes.models import Commune, OutlineFile
from communes.models.outlines import USED
from communes.outlines import services
from communes.outlines.geojson_file import LARGEST
from communes.outlines.matching import called
from communes.outlines.sentences import say
from core.pages.forms import BAD_REQUEST, OK, DayField, run_service, seen_version
from core.services.access import posts, requires

FILES_SHOWN = 20


class OutlineForm(forms.Form):
    file = forms.FileField(
        label=_("GeoJSON file"),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json"}),
        help_text=_("Outlines as Polygon or MultiPolygon, in WGS 84; at most 10 MB."),
    )
    day = DayField(
        label=_("The units are those of"),
        required=False,
        help_text=_(
            "A day on which the communes of the file existed: 30/06/2025 for those of before the "
            "merger. Leave it empty where each feature has its own day."
        ),
    )


@requires(MANAGE_SETTINGS)
def outlines(request: PersonRequest) -> HttpResponse:
    """Which communes have an outline, the files they are from, and a form for another file."""
    form, status = OutlineForm(request.POST or None, request.FILES or None), OK
    if request.method == "POST":
        status = BAD_REQUEST
        if form.is_valid():
            row, status = run_service(request, lambda: _read(request, form), form)
            if row is not None:
                return redirect("outline-file", row.pk)
    units = list(Commune.objects.in_area())
    files = OutlineFile.objects.annotate(many=Count("outlines"))
    known = services.outlines_of(units)
    context = {
        "form": form,
        "files": [_file(row, row.many) for row in files[:FILES_SHOWN]],
        "with_outline": len(known),
        "without": [called(unit) for unit in units if unit.pk not in known],
    }
    return render(request, "communes/outlines.html", context, status=status)


def _read(request: PersonRequest, form: OutlineForm) -> OutlineFile:
    given = form.cleaned_data["file"]
    content = given.read(LARGEST + 1)
    day = form.cleaned_data["day"]
    return services.read_file(actor=request.user, content=content, name=given.name, day=day)


def _file(row: OutlineFile, count: int) -> dict[str, object]:
    return {"row": row, "count": count, "is_used": row.state == USED}


@requires(MANAGE_SETTINGS)
def outline_file(request: PersonRequest, pk: int) -> HttpResponse:
    """What matched in a file, and what did not."""
    row = get_object_or_404(OutlineFile, pk=pk)
    found = list(row.outlines.select_related("commune"))
    context = {
        **_file(row, len(found)),
        "units": [called(each.commune) for each in found],
        "said": [say(kept) for kept in row.said],
    }
    return render(request, "communes/outline_file.html", context)


@posts(MANAGE_SETTINGS)
def use(request: PersonRequest, pk: int) -> HttpResponse:
    """Use a file's outlines."""
    return _decided(request, pk, services.use, _now("Maps draw these outlines now."))


@posts(MANAGE_SETTINGS)
def take_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a file's outlines back."""
    return _decided(request, pk, services.take_back, _now("Taken back."))


def _decided(
    request: PersonRequest, pk: int, call: Callable[..., object], said: str
) -> HttpResponse:
    row = get_object_or_404(OutlineFile, pk=pk)
    seen = seen_version(request)
    done, _status = run_service(request, lambda: call(actor=request.user, row=row, version=seen))
    if done is not None:
        messages.success(request, said)
    return redirect("outline-file", pk)
