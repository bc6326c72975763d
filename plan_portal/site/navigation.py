"""What the navigation offers: one line per page, shown to whoever has one of its permissions.

The menu beside every page has what a role does daily, so that all of it is seen on a laptop; the
page of all pages (`/pages/`) and the search have the rest. A page of a new area adds its line here:
English label, name of the URL, permissions (any one), the roles that have it in their menu.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.requests import PersonRequest
from accounts.roles import Role, permissions_of
from core.services.access import SIGNED_IN, requires
from core.web.addresses import address
from imports.kinds import MAY_IMPORT
from plan_portal.site.help import help_for

EVERYBODY = tuple(Role)
OFFICE = (Role.BOARD, Role.HEAD, Role.MANAGER, Role.COORDINATOR)
LOOKING = (Role.VIEWER, Role.ADMIN)
FIELD = (Role.BOARD, Role.MANAGER, Role.COORDINATOR, Role.COMMUNE)
NOBODY: tuple[Role, ...] = ()  # on the page of all pages alone


@dataclass(frozen=True)
class Item:
    """One entry: `label` as the screen says it, `url` the name of its view, `menu` the roles that
    have it in their menu."""

    label: object
    url: str
    permissions: tuple[str, ...] = ("view",)
    menu: tuple[Role, ...] = EVERYBODY


NAVIGATION: tuple[tuple[object, tuple[Item, ...]], ...] = (
    (
        _("Overview"),
        (
            Item(_("Dashboard"), "dashboard"),
            Item(_("Waiting for me"), "waiting"),
            Item(_("Presentation"), "present", menu=NOBODY),
            Item(_("Help"), "guide-list", menu=NOBODY),
        ),
    ),
    (
        _("Money"),
        (
            Item(_("Plans"), "plan-versions"),
            Item(_("Disbursements"), "disbursements"),
            Item(_("Lists for approval"), "approval-lists", menu=(Role.HEAD, Role.MANAGER)),
            Item(_("Months"), "periods", menu=(Role.HEAD, Role.MANAGER)),
            Item(_("Variances"), "variances", menu=(*OFFICE, Role.VIEWER)),
        ),
    ),
    (
        _("Activities"),
        (
            Item(_("Activities"), "activities"),
            Item(_("Training classes"), "trainings", menu=(*FIELD, Role.VIEWER)),
            Item(_("Works and equipment"), "outputs", menu=(*FIELD, Role.VIEWER)),
            Item(_("Vocational links"), "referrals", menu=(Role.COORDINATOR,)),
            Item(_("Agreements"), "agreements", menu=(Role.BOARD,)),
            Item(_("Boards"), "boards", menu=(Role.ADMIN,)),
            Item(_("Communes"), "communes", menu=LOOKING),
        ),
    ),
    (
        _("Review"),
        (
            Item(
                _("Meetings"), "meetings", menu=(Role.BOARD, Role.HEAD, Role.COMMUNE, Role.VIEWER)
            ),
            Item(
                _("Monitoring visits"), "visits", menu=(Role.BOARD, Role.COORDINATOR, Role.COMMUNE)
            ),
            Item(_("Difficulties"), "difficulties", menu=(*OFFICE, Role.COMMUNE, Role.VIEWER)),
            Item(_("Action points"), "action-points", menu=(*OFFICE, Role.COMMUNE)),
            Item(_("Proposed activities"), "proposals", menu=(*OFFICE, Role.COMMUNE)),
            Item(_("Results framework"), "results", menu=(*OFFICE, Role.VIEWER)),
            Item(
                _("Reports"), "issued-reports", menu=(Role.BOARD, Role.HEAD, Role.MANAGER, *LOOKING)
            ),
        ),
    ),
    (
        _("Data"),
        (
            Item(_("Import a workbook"), "imports", MAY_IMPORT, (Role.COORDINATOR, Role.COMMUNE)),
            Item(_("Profile"), "profile", menu=NOBODY),
            Item(_("API tokens"), "tokens", menu=(Role.ADMIN,)),
            Item(_("Shared links"), "shared-links", ("manage_settings",), menu=NOBODY),
            Item(_("Trail"), "trail", ("view_trail",), (Role.HEAD, Role.ADMIN)),
            Item(_("People"), "people", ("manage_people",)),
            Item(_("Fiscal years"), "year-settings", ("manage_settings",)),
            Item(_("Go-live day"), "go-live", ("load_history",)),
            Item(_("Set-up"), "setup", ("manage_settings",)),
            Item(_("Health"), "health-page", ("manage_settings",)),
        ),
    ),
)


def navigation(role: str, path: str) -> list[dict[str, object]]:
    """The menu of a role, in groups; the entry of `path` is marked as current."""
    return _groups(role, path, lambda item: role in item.menu)


def menu(role: str, path: str) -> SafeString:
    """The same as every page has it, twice; written once for each role, place and language."""
    here = _here(path)
    known = here if here in _addresses(get_script_prefix()) else ""
    return _menu(role, known, get_language(), get_script_prefix())


@lru_cache(maxsize=1024)
def _menu(role: str, here: str, _language: str | None, _prefix: str) -> SafeString:
    groups = navigation(role, here)
    return render_to_string("components/navigation.html", {"navigation": groups})


@lru_cache
def _addresses(_prefix: str) -> frozenset[str]:
    return frozenset(_address(item.url) or "" for _title, items in NAVIGATION for item in items)


def all_pages(role: str, path: str = "") -> list[dict[str, Any]]:
    """Every page that a role may open, in the same groups, each with its help."""
    return _groups(role, path, lambda item: True)


@requires(SIGNED_IN)
def all_pages_page(request: PersonRequest) -> HttpResponse:
    """What the menu leaves out is found here, each with a line of help."""
    return render(request, "pages.html", {"groups": all_pages(request.user.role, request.path)})


def _groups(role: str, path: str, kept: Callable[[Item], bool]) -> list[dict[str, object]]:
    groups, permissions = [], permissions_of(role)
    here = _here(path)
    for title, items in NAVIGATION:
        entries = [
            {"label": item.label, "href": href, "current": href == here, "help": help_for(item.url)}
            for item in items
            if kept(item)
            and not permissions.isdisjoint(item.permissions)
            and (href := _address(item.url))
        ]
        if entries:
            groups.append({"title": title, "entries": entries})
    return groups


def _address(name: str) -> str | None:
    """The address of a named view; None while the area has no such page."""
    try:
        return address(name)
    except NoReverseMatch:
        return None


def _here(path: str) -> str:
    """The address of the entry that a path belongs to: the longest it begins with."""
    known = _addresses(get_script_prefix())
    within = [href for href in known if href and href != "/" and path.startswith(href)]
    return max(within, key=len, default=path)
