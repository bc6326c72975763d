"""What the navigation offers: one line per page, shown to whoever has one of its permissions.

A page of a new area adds its line here: English label, name of the URL, permissions (any one).
"""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from imports.kinds import MAY_IMPORT


@dataclass(frozen=True)
class Item:
    """One entry: `label` as the screen says it, `url` the name of its view."""

    label: Any
    url: str
    permissions: tuple[str, ...] = ("view",)


NAVIGATION: tuple[tuple[Any, tuple[Item, ...]], ...] = (
    (
        _("Overview"),
        (
            Item(_("Dashboard"), "dashboard"),
            Item(_("Waiting for me"), "waiting"),
            Item(_("Presentation"), "present"),
        ),
    ),
    (
        _("Money"),
        (
            Item(_("Plans"), "plan-versions"),
            Item(_("Disbursements"), "disbursements"),
            Item(_("Months"), "periods"),
            Item(_("Variances"), "variances"),
        ),
    ),
    (
        _("Activities"),
        (
            Item(_("Activities"), "activities"),
            Item(_("Training classes"), "trainings"),
            Item(_("Works and equipment"), "outputs"),
            Item(_("Vocational links"), "referrals"),
            Item(_("Agreements"), "agreements"),
            Item(_("Boards"), "boards"),
            Item(_("Communes"), "communes"),
        ),
    ),
    (
        _("Review"),
        (
            Item(_("Meetings"), "meetings"),
            Item(_("Monitoring visits"), "visits"),
            Item(_("Difficulties"), "difficulties"),
            Item(_("Action points"), "action-points"),
            Item(_("Proposed activities"), "proposals"),
            Item(_("Results framework"), "results"),
            Item(_("Reports"), "issued-reports"),
        ),
    ),
    (
        _("Data"),
        (
            Item(_("Import a workbook"), "imports", MAY_IMPORT),
            Item(_("Profile"), "profile"),
            Item(_("API tokens"), "tokens"),
            Item(_("Shared links"), "shared-links", ("manage_settings",)),
            Item(_("Trail"), "trail", ("view_trail",)),
            Item(_("People"), "people", ("manage_people",)),
            Item(_("Fiscal years"), "year-settings", ("manage_settings",)),
            Item(_("Go-live day"), "go-live", ("load_history",)),
            Item(_("Set-up"), "setup", ("manage_settings",)),
            Item(_("Health"), "health-page", ("manage_settings",)),
        ),
    ),
)


def navigation(permissions: frozenset[str], path: str) -> list[dict[str, Any]]:
    """The groups and entries for these permissions; the entry of `path` is marked as current."""
    groups = []
    for title, items in NAVIGATION:
        entries = [
            {"label": item.label, "href": href, "current": _is_current(href, path)}
            for item in items
            if not permissions.isdisjoint(item.permissions) and (href := _address(item.url))
        ]
        if entries:
            groups.append({"title": title, "entries": entries})
    return groups


def _address(name: str) -> str | None:
    """The address of a named view; None while the area has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _is_current(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(href))
