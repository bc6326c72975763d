"""Addresses of record pages: list, entry, record, change, and one for each action."""

from django.urls import URLPattern, path

from core.pages.detail import detail_view
from core.pages.entry import action_view, edit_view, new_view
from core.pages.lists import list_view
from core.pages.record_admin import ADMINS, RecordAdmin


def record_urls(*admins: RecordAdmin) -> list[URLPattern]:
    """The addresses of some kinds of record; their pages are known from then on."""
    return [url for admin in admins for url in _urls(admin)]


def _urls(admin: RecordAdmin) -> list[URLPattern]:
    ADMINS[admin.model] = admin
    at = f"{admin.name}/"
    found = [
        path(at, list_view(admin), name=admin.name),
        path(f"{at}<int:pk>/", detail_view(admin), name=admin.one),
    ]
    if admin.records.permissions:
        found += [
            path(f"{at}new/", new_view(admin), name=f"{admin.one}-new"),
            path(f"{at}<int:pk>/edit/", edit_view(admin), name=f"{admin.one}-edit"),
        ]
    for action in admin.actions:
        name = f"{admin.one}-{action.name}"
        view = action_view(admin, action)
        found.append(path(f"{at}<int:pk>/{action.name}/", view, name=name))
    return found
