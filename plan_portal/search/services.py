"""Records, people, places and pages in whose text every word stands: accents do not matter."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.deep_pages import read_by_keys
from core.values import display
from core.values.sql_text import with_words
from core.values.text import fold
from plan_portal.search.kinds import Kind, kinds
from plan_portal.site.navigation import all_pages

LONGEST = 100  # characters that are searched for
SHORTEST = 2  # fewer find everything
MOST = 5  # rows of a kind; its list has the others
COUNTED = 1_000  # rows of a kind that are counted: a word that many have reads no whole ledger
PAGES = "pages"


@dataclass(frozen=True)
class Found:
    """Something that was found: how it is called, a word on it, and its page."""

    text: str
    note: str
    href: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind: how many (of more than `COUNTED` that number, and `more`), the
    first of them, and where all are listed."""

    kind: str
    label: object
    count: int
    rows: list[Found]
    href: str = ""
    more: bool = False

    @property
    def counted(self) -> str:
        """The number as a page says it."""
        number = display.number(self.count)
        return _("more than %(number)s") % {"number": number} if self.more else number


def words_of(text: str) -> str:
    """What is searched for; '' where it is too short to find anything by."""
    words = " ".join(text.split())[:LONGEST]
    return words if len(fold(words).replace(" ", "")) >= SHORTEST else ""


def search(user: User, text: str, *, only: str = "") -> list[Group]:
    """What is found of each kind in the user's scope; nothing of a text that is too short. `only`
    names one kind."""
    words = words_of(text)
    if not words:
        return []
    groups = [_pages(user, words)] if only in ("", PAGES) else []
    for kind in kinds():
        if only in ("", kind.code) and user.can(kind.permission):
            groups.append(_of_kind(user, words, kind))
    return [group for group in groups if group.count]


def _of_kind(user: User, words: str, kind: Kind) -> Group:
    rows = with_words(kind.rows(user), words, *kind.fields).order_by("-pk")
    keys = list(rows.values_list("pk", flat=True)[: COUNTED + 1])
    found = read_by_keys(rows, keys[:MOST], list) if keys else []
    return Group(
        kind.code,
        kind.label,
        min(len(keys), COUNTED),
        [Found(kind.called(row), kind.note(row), kind.address(row)) for row in found],
        f"{reverse(kind.listed)}?{urlencode({'search': words})}" if kind.listed else "",
        more=len(keys) > COUNTED,
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
