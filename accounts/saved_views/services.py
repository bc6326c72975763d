"""Views of lists that a person keeps under a name: saved, renamed, deleted, each their own."""

from django.db import transaction
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from accounts.models import SavedView, User
from core.lists.state import view_query
from core.values.said import refused
from core.values.text import clean

MOST = 100  # that one person keeps


@transaction.atomic
def save(*, actor: User, path: str, title: str, name: str, query: str) -> SavedView:
    """Keep what an address asks of a list; under a name that there is already, in its place."""
    _check_path(path)
    kept = view_query(QueryDict(query))
    rows = SavedView.objects.select_for_update().filter(user=actor)
    found = rows.filter(path=path, name=_clean_name(name)).first()
    if found is None and rows.count() >= MOST:
        raise refused(
            "name", "too_many", _("You have %(most)d views: delete one first.") % {"most": MOST}
        )
    view = found or SavedView(user=actor, path=path, name=_clean_name(name))
    view.title, view.query = clean(title)[:200], kept
    view.full_clean()
    view.save()
    return view


@transaction.atomic
def rename(*, actor: User, view: SavedView, name: str) -> SavedView:
    """Give it another name. `ValidationError` where that list has one of it already."""
    view.name = _clean_name(name)
    view.full_clean()
    view.save()
    return view


def delete(*, actor: User, view: SavedView) -> None:
    view.delete()


def _clean_name(name: str) -> str:
    return clean(name).strip()


def _check_path(path: str) -> None:
    """Only a page of the portal: what is kept is a link."""
    try:
        resolve(path)
    except Resolver404:
        raise refused("name", "does_not_exist", _("That is no list of the portal.")) from None
