"""What has changed since a document was issued: its frozen figures against today's."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.values.dates import ROMAN
from reports.documents import figures, kinds
from reports.models import IssuedReport

KEYS = ("program", "commune", "quarter", "month", "topic", "id", "code")
NAMES = (
    *("program_name", "commune_name", "topic_name", "quarter", "month", "title", "label"),
    *("code", "name"),
)
IGNORED = {*NAMES, *KEYS, "commune_valid_from"}


PRESENT = "✓"


@dataclass(frozen=True)
class Change:
    """One figure (or text) that differs. Field `row`: a whole row came or went, ✓ where it is.
    `key` is what tells the row apart: by the names of its cuts, as the API has them."""

    table: str
    row: str
    field: str
    then: object
    now: object
    key: tuple[tuple[str, object], ...] = ()

    @property
    def difference(self) -> int | None:
        if isinstance(self.then, int) and isinstance(self.now, int):
            return self.now - self.then
        return None


def changes_since(report: IssuedReport, user: User) -> list[Change]:
    """Every figure of the document that comes out differently today, as the user may see it."""
    now = figures_now(report, user)["tables"]
    found: list[Change] = []
    for name, then in report.figures["tables"].items():
        if name in now:  # a section that a document no longer has says nothing
            found += _table_changes(name, then or {}, now[name] or {})
    return found


def figures_now(report: IssuedReport, user: User) -> dict[str, Any]:
    """The same questions, asked today: up to the same day, with what is known now."""
    if report.meeting is not None:
        return kinds.gather_meeting(report.kind, report.meeting, user)
    as_of = date.fromisoformat(report.figures["as_of"])
    query = figures.query_of(report.fiscal_year, report.quarter or None, as_of)
    return kinds.gather(report.kind, query, user)


def _table_changes(name: str, then: dict[str, object], now: dict[str, object]) -> list[Change]:
    before, after = _rows(then), _rows(now)
    found: list[Change] = []
    for key in [*before, *(key for key in after if key not in before)]:
        found += _row_changes(name, before.get(key, {}), after.get(key, {}))
    return found


def _row_changes(name: str, old: dict[str, object], new: dict[str, object]) -> list[Change]:
    label, row = _label(new or old), new or old
    key = tuple((cut, row[cut]) for cut in KEYS if cut in row)
    if not (old and new):
        there = (PRESENT if old else None, PRESENT if new else None)
        return [Change(name, label, "row", *there, key)]
    return [
        Change(name, label, field, old.get(field), new.get(field), key)
        for field in {**old, **new}
        if f"{field}_name" not in new  # else said in words beside it
        and field not in IGNORED
        and old.get(field) != new.get(field)
    ]


def _rows(table: dict[str, Any]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows by their keys; the total under the empty one."""
    rows = {_key(row): row for row in table.get("rows", [])}
    if table.get("total"):
        rows[()] = table["total"]
    return rows


def _key(row: dict[str, object]) -> tuple[object, ...]:
    """What tells a row from the others of its table; a result is of an indicator in a commune."""
    place = row.get("commune_name") if "code" in row else None
    if row.get("id", 0) is None:  # a line of a text, which is no record
        place = row.get("title")
    return (*(row.get(key) for key in KEYS), place)


def _label(row: dict[str, object]) -> str:
    """'ECCD · Bản Lang', 'Quarter II', '01/2023': the names of a row, in words."""
    return " · ".join(_name_text(name, row[name]) for name in NAMES if row.get(name) is not None)


def _name_text(name: str, value: Any) -> str:
    if name == "quarter":
        return _("Quarter %(number)s") % {"number": ROMAN[value - 1]}
    if name == "month":
        return "/".join(reversed(value.split("-")))
    return str(value)
