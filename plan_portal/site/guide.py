"""Whose guide is whose, its pages, and the part of it that belongs to a page of the portal."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.roles import Role
from core.services.access import public
from core.web.guide import Guide, Part, names, read

GUIDES: dict[str, str] = {
    Role.HEAD: "truong-ban",
    Role.MANAGER: "quan-ly",
    Role.COORDINATOR: "dieu-phoi",
    Role.COMMUNE: "ban-du-an-xa",
    Role.BOARD: "ban-dieu-hanh",
    Role.VIEWER: "nguoi-xem",
    Role.ADMIN: "quan-tri",
}
EVERYBODY = "bat-dau"  # signing in, searching, working without a connection


@public
def guides(request: HttpRequest) -> HttpResponse:
    """All guides; the reader's own one first."""
    own = GUIDES.get(getattr(request.user, "role", ""))
    first = [EVERYBODY, own] if own else [EVERYBODY]
    rest = [name for name in GUIDES.values() if name not in first]
    return render(
        request, "guide_list.html", {"guides": [read(name) for name in [*first, *rest]], "own": own}
    )


@public
def guide(request: HttpRequest, name: str) -> HttpResponse:
    if name not in names():
        raise Http404
    return render(request, "guide.html", {"guide": read(name)})


def part_for(role: str, path: str) -> tuple[Guide, Part | None]:
    """The part of a role's guide, else of everybody's, that leads to a page or to what it lies in;
    without one, the guide as a whole."""
    own = read(GUIDES.get(role, EVERYBODY))
    found = [
        (len(page), guide, part)
        for guide in (own, read(EVERYBODY))
        for part in guide.parts
        for page in part.leads_to
        if path == page or (page != "/" and path.startswith(page))
    ]
    if not found:
        return own, None
    _length, guide, part = max(found, key=lambda each: each[0])
    return guide, part


def help_in_guide(role: str, path: str) -> dict[str, str]:
    """Where the help of a page leads: the address and the title of that part."""
    guide, part = part_for(role, path)
    if part is None:
        return {"href": guide.address, "title": guide.title}
    return {"href": f"{guide.address}#{part.anchor}", "title": part.title}
