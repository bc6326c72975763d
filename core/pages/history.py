"""The trail, read: what changed in a record, from what to what, by whom, when and why.

The rows are django-simple-history's. Nothing here writes; the portal offers no way to.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, trans_real
from simple_history.models import HistoricalChanges as Line

from core.models import Field
from core.values import display
from core.values.dates import format_date
from core.values.money import format_vnd

NOT_SHOWN = frozenset({"id", "version", "created_at", "search_key", "sort_key"})
LONGEST = 200
LINES = 100  # of one record's trail on its page, besides the first
SENTENCES: list[str] = []  # with blanks, that services write into the trail (reports.trail_words)
ENDINGS: list[str] = []  # in whose name, after a comma
LABELS = {  # of keys to other tables that are not called what they point at
    "created_by": _lazy("entered by"),
    "submitted_by": _lazy("submitted by"),
    "posted_by": _lazy("posted by"),
    "approved_by": _lazy("approved by"),
    "added_by": _lazy("added by"),
    "decided_by": _lazy("decided by"),
    "done_by": _lazy("done by"),
    "verified_by": _lazy("verified by"),
    "proposed_by": _lazy("proposed by"),
    "agreed_by": _lazy("agreed by"),
    "based_on": _lazy("based on"),
    "reverses": _lazy("reverses"),
    "user": _lazy("user"),
    "area": _lazy("area"),
}


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One line of the trail; `kind` is created, changed or deleted."""

    when: str
    who: str
    kind: str
    kind_label: str
    what: str
    model: str
    why: str
    changes: Sequence[Change]
    pk: int
    username: str = ""
    left_out: str = ""  # what a long trail does not show between the line above and this one


def trail_of(instance: Model) -> list[Entry]:
    """A record's own trail, newest first. Of a long one the newest lines and the first, which says
    who made the record."""
    rows = _newest_first(instance)
    shown = list(rows[: LINES + 1])
    if len(shown) <= LINES:
        return entries(shown)
    *newest, first = entries([*shown[:-1], rows.last()])
    return [*newest, replace(first, left_out=_left_out(rows.count() - LINES - 1))]


def latest_entry(instance: Model) -> list[Entry]:
    """The latest entry of a record's trail."""
    return entries(_newest_first(instance)[:1])


def _newest_first(instance: Any) -> QuerySet[Model]:
    rows: QuerySet[Model] = instance.history.order_by("-history_date", "-history_id")
    return rows.select_related("history_user")


def _left_out(count: int) -> str:
    if not count:
        return ""
    text = ngettext(
        "%(count)s line in between is not shown.",
        "%(count)s lines in between are not shown.",
        count,
    )
    return text % {"count": display.number(count)}


def entries(rows: Iterable[Line]) -> list[Entry]:
    """Trail lines of historical rows of one model, in a fixed number of queries."""
    rows = list(rows)
    if not rows:
        return []
    before = _previous(rows)
    names = _names(rows + list(before.values()))
    return [_entry(row, before.get(row.history_id), names) for row in rows]


def _previous(rows: Sequence[Line]) -> dict[int, Line]:
    """history id → the historical row before it."""
    model = type(rows[0])
    earlier = (
        model.objects.filter(
            id=OuterRef("id"),
            history_id__lt=OuterRef("history_id"),
        )
        .order_by("-history_id")
        .values("history_id")[:1]
    )
    pairs = dict(
        model.objects.filter(history_id__in=[row.history_id for row in rows])
        .annotate(earlier=Subquery(earlier))
        .order_by()
        .values_list("history_id", "earlier")
    )
    found = model.objects.in_bulk({pk for pk in pairs.values() if pk}, field_name="history_id")
    return {pk: found[earlier] for pk, earlier in pairs.items() if earlier in found}


def visible_fields(model: type[Line]) -> list[Field]:
    """The tracked fields that a person would recognise."""
    return [
        field
        for field in model.tracked_fields
        if field.name not in NOT_SHOWN and not field.name.endswith("_at")
    ]


def _names(rows: Iterable[Line]) -> dict[tuple[object, object], str]:
    """(model, key) → the name of what a foreign key points at, one query per model."""
    wanted: dict[type[Model], set[object]] = defaultdict(set)
    for row in rows:
        for field in visible_fields(type(row)):
            if isinstance(field, models.ForeignKey) and getattr(row, field.attname):
                wanted[field.remote_field.model].add(getattr(row, field.attname))
    names: dict[tuple[object, object], str] = {}
    for model, keys in wanted.items():
        related = [f.name for f in model._meta.fields if f.name == "fiscal_year"]
        rows_of = model._base_manager.select_related(*related) if related else model._base_manager
        for pk, found in rows_of.in_bulk(keys).items():
            names[model, pk] = str(found)
    return names


def _entry(row: Line, before: Line | None, names: dict[tuple[object, object], str]) -> Entry:
    changes = []
    for field in visible_fields(type(row)):
        new = getattr(row, field.attname)
        old = getattr(before, field.attname) if before is not None else None
        if row.history_type == "-" or new == old or (before is None and new in (None, "")):
            continue
        changes.append(
            Change(
                label=_label(field),
                before="" if before is None else _value_text(field, old, names),
                after=_value_text(field, new, names),
            )
        )
    kinds = {"+": ("created", _("created")), "-": ("deleted", _("deleted"))}
    kind, kind_label = kinds.get(row.history_type, ("changed", _("changed")))
    user = row.history_user
    return Entry(
        when=localtime(row.history_date).strftime("%d/%m/%Y %H:%M"),
        who=user.display_name if user else "–",
        kind=kind,
        kind_label=kind_label,
        what=_what(row),
        model=str(type(row).instance_type._meta.verbose_name),
        why=in_this_language(row.history_change_reason or ""),
        changes=changes,
        pk=row.id,
        username=user.get_username() if user else "",
    )


def in_this_language(reason: str) -> str:
    """A reason that the portal itself wrote ("entered"), in the language of whoever reads it, not
    of whoever caused it. What a person wrote stays."""
    source = _written_by_the_portal().get(reason, reason)
    if source != reason or not reason:
        return str(_(source)) if source else ""
    if (said := _filled_in(reason, SENTENCES)) is not None:
        return said
    what, comma, ending = reason.rpartition(", ")
    if comma and (said := _filled_in(ending, ENDINGS)) is not None:
        return f"{in_this_language(what)}, {said}"
    return str(_(reason))


def _filled_in(text: str, sentences: Iterable[str]) -> str | None:
    """A sentence whose blanks were filled in, said in this language; None where it is none."""
    for source in sentences:
        for pattern in _patterns(source):
            if found := pattern.fullmatch(text):
                return str(_(source)) % found.groupdict()
    return None


@lru_cache(maxsize=256)
def _patterns(source: str) -> list[re.Pattern[str]]:
    """How a sentence with blanks looks, in its source's language and in Vietnamese."""
    texts = {source, trans_real.translation("vi").gettext(source)}
    return [_pattern(text) for text in texts]


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)[sd]", text)
    blanks = [f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
    return re.compile("".join(blanks), re.DOTALL)


@lru_cache(maxsize=1)
def _written_by_the_portal() -> dict[str, str]:
    """Vietnamese text → its source text. Django offers no public way to look that way round."""
    catalog = trans_real.translation("vi")._catalog  # type: ignore[attr-defined]
    return {text: source for source, text in catalog.items() if isinstance(source, str) and source}


def _label(field: Field) -> str:
    """What a field is called: a key that has no name of its own, as what it points at."""
    if field.name in LABELS:
        return str(LABELS[field.name])
    if field.remote_field and field.verbose_name == field.name.replace("_", " "):
        return str(field.remote_field.model._meta.verbose_name)
    return str(field.verbose_name)


def _what(row: Line) -> str:
    """How the trail names the record: by what it calls itself."""
    for name in ("username", "title", "label", "name"):
        if text := getattr(row, name, ""):
            return str(text)
    number = getattr(row, "number", None)
    return f"#{number}" if number else f"id {row.id}"


def _value_text(field: Field, value: object, names: dict[tuple[object, object], str]) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(field, models.ForeignKey):
        return names.get((field.remote_field.model, value), f"#{value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return localtime(value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return format_date(value)
    if isinstance(field, models.BigIntegerField) and isinstance(value, int):
        return format_vnd(value)
    if isinstance(value, Decimal):
        return display.decimal(value)
    return str(value)[:LONGEST]
