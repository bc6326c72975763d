"""One thing that waits for a person: how many, how long, how much money, and the button to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date as Date
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Window
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.values import display
from core.values.dates import today

ENTRIES = 6  # the oldest records of a kind that are named; its list has the others
LINES = 6  # lines on the first screen


class Waits:
    """What is said of something that waits: `since` is the day from which it does (or was due),
    `amount` đồng."""

    since: Date | None
    amount: int | None

    @property
    def age(self) -> str:
        """'12 days', 'today'."""
        if self.since is None:
            return ""
        days = (today() - self.since).days
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days > 0 else _("today")

    @property
    def money(self) -> str:
        return _("%(amount)s đồng") % {"amount": display.short(self.amount)} if self.amount else ""


@dataclass(frozen=True)
class Entry(Waits):
    """One thing to do, with its button; `more` is how to come to the rest of its kind."""

    text: str
    href: str
    button: str = ""
    since: Date | None = None
    amount: int | None = None
    note: str = ""
    more: str = ""
    more_href: str = ""


@dataclass(frozen=True)
class Item(Waits):
    """One kind of thing to do: how many, in words, and where; the oldest of them by themselves."""

    count: int
    text: str
    href: str
    button: str = ""
    since: Date | None = None
    amount: int | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def rest(self) -> str:
        """How to come to all of them."""
        return _("All %(n)s") % {"n": display.number(self.count)}

    @property
    def as_line(self) -> Entry:
        """The whole kind in a line."""
        return Entry(self.text, self.href, self.button or _("See it"), self.since, self.amount)


@dataclass(frozen=True)
class Whole:
    """The oldest of some rows, with how many there are and what they add up to."""

    rows: list[Any]
    count: int = 0
    total: int | None = None


def oldest(rows: QuerySet[Any], by: str, amount: str = "", most: int = ENTRIES) -> Whole:
    """The oldest of some rows by a field, with what is said of all of them, in one question."""
    whole: dict[str, Window] = {"of_all": Window(Count("*"))}
    if amount:
        whole["sum_of_all"] = Window(Sum(amount))
    order = (F(by).asc(nulls_last=True), "pk")
    found = list(rows.annotate(**whole).order_by(*order)[:most])
    if not found:
        return Whole([])
    return Whole(found, found[0].of_all, getattr(found[0], "sum_of_all", None))


def day_of(moment: datetime | None) -> Date | None:
    """The day of a moment here."""
    return None if moment is None else timezone.localdate(moment)


def first_lines(items: Iterable[Item], most: int = LINES) -> list[Entry]:
    """What the first screen shows: of few kinds the records themselves, of many a line for each."""
    items = list(items)
    each = max(1, most // max(1, len(items)))
    found: list[Entry] = []
    for item in items:
        found += lines_of(item, each)
    return found[:most]


def lines_of(item: Item, most: int) -> list[Entry]:
    """An item as at most so many lines; the last one leads to what is left out."""
    named = item.entries[:most]
    if not named or (most == 1 and len(item.entries) > 1):
        return [item.as_line]
    if len(named) < item.count:
        last = named[-1]
        named = (*named[:-1], replace(last, more=item.rest, more_href=item.href))
    return list(named)


Source = Callable[[User], Item | None]
