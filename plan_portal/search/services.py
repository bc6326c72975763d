"""Records, people, places and pages in whose text every word stands: accents do not matter."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Window
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from core.values.sql_text import with_words
from core.values.text import fold
from plan_portal.search.kinds import Kind, kinds
from plan_portal.site.navigation import all_pages

LONGEST = 100  # characters that are searched for
SHORTEST = 2  # fewer find everything
MOST = 5  # rows of a kind; its list has the others
PAGES = "pages"


@dataclass(frozen=True)
class Found:
    """Something that was found: how it is called, a word on it, and its page."""

    text: str
    note: str
    href: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind: how many, the first of them, and where all are listed."""

    kind: str
    label: Any
    count: int
    rows: list[Found]
    href: str = ""


def words_of(text: str) -> str:
    """What is searched for; '' where it is too short to find anything by."""
    words = " ".join(text.split())[:LONGEST]
    return words if len(fold(words).replace(" ", "")) >= SHORTEST else ""


def search(user: User, text: str, *, only: str = "") -> list[Group]:
    """What is found of each kind in the user's scope, one question a kind; nothing of a text that
    is too short. `only` names one kind."""
    words = words_of(text)
    if not words:
        return []
    groups = [_pages(user, words)] if only in ("", PAGES) else []
    for kind in kinds():
        if only in ("", kind.code) and user.can(kind.permission):
            groups.append(_of_kind(user, words, kind))
    return [group for group in groups if group.count]


def _of_kind(user: User, words: str, kind: Kind) -> Group:
    rows = with_words(kind.rows(user), words, *kind.fields)
    found = list(rows.annotate(of_all=Window(Count("*"))).order_by("-pk")[:MOST])
    return Group(
        kind.code,
        kind.label,
        found[0].of_all if found else 0,
        [Found(kind.called(row), kind.note(row), kind.address(row)) for row in found],
        f"{reverse(kind.listed)}?{urlencode({'search': words})}" if kind.listed else "",
    )


def _pages(user: User, words: str) -> Group:
    wanted = fold(words).split()
    found = [
        Found(str(entry["label"]), str(group["title"]), entry["href"])
        for group in all_pages(user.role)
        for entry in group["entries"]
        if all(word in fold(str(entry["label"])) for word in wanted)
    ]
    return Group(PAGES, _("Pages of the portal"), len(found), found[:MOST])
