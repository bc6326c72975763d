"""What has changed since a document was issued: its frozen figures against today's."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
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
    """One figure (or text) that differs. Field `row`: a whole row came or went, ✓ where it is."""

    table: str
    row: str
    field: str
    then: Any
    now: Any

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


def _table_changes(name: str, then: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    before, after = _rows(then), _rows(now)
    found: list[Change] = []
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key, {}), after.get(key, {})
        label = _label(new or old)
        if not (old and new):
            found.append(
                Change(name, label, "row", PRESENT if old else None, PRESENT if new else None)
            )
            continue
        for field in {**old, **new}:
            if f"{field}_name" in new:  # said in words beside it
                continue
            if field not in IGNORED and old.get(field) != new.get(field):
                found.append(Change(name, label, field, old.get(field), new.get(field)))
    return found


def _rows(table: dict[str, Any]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows by their keys; the total under the empty one."""
    rows = {_key(row): row for row in table.get("rows", [])}
    if table.get("total"):
        rows[()] = table["total"]
    return rows


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    """What tells a row from the others of its table; a result is of an indicator in a commune."""
    place = row.get("commune_name") if "code" in row else None
    return (*(row.get(key) for key in KEYS), place)


def _label(row: dict[str, Any]) -> str:
    return " · ".join(str(row[name]) for name in NAMES if row.get(name) is not None)
