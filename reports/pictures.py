"""Charts and the map saved as a picture: `/pictures/<name>.svg` and `.png`, of any filter."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import PersonRequest
from accounts.roles import VIEW
from core.services.access import requires
from core.services.request_cache import read_once
from reports import presentation
from reports.charts.description import BARS, Series
from reports.charts.picture import FONTS, headed, png
from reports.charts.style import STYLES
from reports.charts.svg import drawing, standalone, standalone_tiles
from reports.dashboard import page as dashboard
from reports.filters import from_query
from reports.page_query import PageQuery

KINDS = {"svg": "image/svg+xml", "png": "image/png"}


@requires(VIEW)
@read_once()
def picture_file(request: PersonRequest, name: str, extension: str) -> HttpResponse:
    """One drawing of the dashboard as a file, with what it is of above it."""
    page = from_query(request.GET, request.user)
    parts = presentation.drawn_parts(dashboard.build(page, request.user), name)
    if not parts:
        raise Http404
    svg = _svg(parts[0], presentation.subject_of(page))
    content = png(svg) if extension == "png" else svg.encode()
    response = HttpResponse(content, content_type=KINDS[extension])
    file = f"{_('picture')}-{name}-{page.year.code}.{extension}"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _svg(part: dict[str, Any], subject: str) -> str:
    if part["kind"] == "tiles":
        drawn, title = part["tiles"], _("The communes")
        svg = standalone_tiles(part["tiles"], fonts=FONTS)
    else:
        drawn, title = drawing(part["chart"]), part["chart"].title
        svg = standalone(part["chart"], fonts=FONTS)
        if part["chart"].kind == BARS:
            subject += " · " + "  ".join(map(_key, part["chart"].series))
    return headed(svg, (float(drawn["width"]), float(drawn["height"])), title, subject)


def _key(series: Series) -> str:
    return f"{'■' if STYLES[series.role].filled else '□'} {series.name}"


def picture_links(page: PageQuery, name: str) -> list[dict[str, str]]:
    """Where a drawing can be saved from, by kind of file."""
    return [
        {
            "label": kind.upper(),
            "href": f"{reverse('chart-picture', args=[name, kind])}?{page.to_query()}",
        }
        for kind in KINDS
    ]
