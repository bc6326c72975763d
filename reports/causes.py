"""Why the figures of an issued document have moved: the entries posted since, each once.

One entry moves a programme, a commune, a quarter, totals, rates, what remains: dozens of figures.
Where what was posted since adds up to what a figure moved by, the entry is what has changed.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from core.values.dates import month_key
from disbursements.models import Disbursement
from reports.diff import Change, changes_since
from reports.documents import money
from reports.documents.kinds import OUTLINES
from reports.models import IssuedReport

FOLLOW = {"disbursed", "balance", "rate", "rate_to_date"}  # what money that is posted moves
SPANS = {  # days of tables that are not about the span: keys of what is frozen
    "year_to_date": ("year_from", "to"),
    "year_plan": ("year_from", "as_of"),
}
Place = tuple[str, tuple[tuple[str, object], ...]]  # a row: its table, and its key


@dataclass(frozen=True)
class Cause:
    """An entry posted since, and how many figures it has moved."""

    entry: Disbursement
    figures: int


def by_cause(report: IssuedReport, user: User) -> tuple[list[Cause], list[Change], list[Change]]:
    """The entries that moved figures, the figures they moved, and what else is otherwise today."""
    changes = changes_since(report, user)
    entries = _posted_since(report, user) if any(c.field in FOLLOW for c in changes) else []
    counts: Counter[int] = Counter()
    moved, others = [], []
    for place, group in _by_row(changes).items():
        hits = [entry for entry in entries if _is_in(entry, place, report.figures)]
        explained = _explained(group, hits, report)
        moved += explained
        others += [change for change in group if change not in explained]
        counts.update({entry.pk: len(explained) for entry in hits})
    return [Cause(e, counts[e.pk]) for e in entries if counts[e.pk]], moved, others


def _posted_since(report: IssuedReport, user: User) -> list[Disbursement]:
    """Entries dated within what was reported, posted after it was: the earliest first."""
    if "as_of" not in report.figures:  # of a meeting: no money
        return []
    last = report.figures["as_of"]
    rows = (
        Disbursement.objects.visible_to(user)
        .posted()
        .filter(fiscal_year=report.fiscal_year, posted_at__gt=report.known_at, date__lte=last)
    )
    return list(
        rows.select_related("program", "commune", "reverses", "fiscal_year").order_by(
            "posted_at", "pk"
        )
    )


def _by_row(changes: Iterable[Change]) -> dict[Place, list[Change]]:
    rows: dict[Place, list[Change]] = {}
    for change in changes:
        rows.setdefault((change.table, change.key), []).append(change)
    return rows


def _explained(
    changes: list[Change], entries: list[Disbursement], report: IssuedReport
) -> list[Change]:
    """Of the changes of a row those that the entries make: the money it moved by is theirs, and the
    plan beside it stands."""
    by_field = {change.field: change for change in changes}
    if not entries or "planned" in by_field:
        return []
    if "row" in by_field:  # the row of a table of money that came with the first entry
        fields = OUTLINES[report.kind].tables[changes[0].table].fields
        return changes if fields is money.FIELDS else []
    spent, waited = by_field.get("disbursed"), by_field.get("pending")
    if spent is None or spent.difference != sum(entry.amount for entry in entries):
        return []
    found = [change for change in changes if change.field in FOLLOW]
    waiting = [e for e in entries if e.submitted_at and e.submitted_at <= report.known_at]
    if waited and waited.difference == -sum(entry.amount for entry in waiting):
        found.append(waited)
    return found


def _is_in(entry: Disbursement, place: Place, figures: dict[str, Any]) -> bool:
    """Whether a row of a table counts an entry."""
    table, key = place
    if table == "next_plan":
        return False
    first, last = (date.fromisoformat(figures[n]) for n in SPANS.get(table, ("from", "to")))
    own = {
        "program": entry.program.code,
        "commune": entry.commune.code,
        "quarter": entry.quarter,
        "month": month_key(entry.date),
    }
    return first <= entry.date <= last and all(own.get(cut, value) == value for cut, value in key)
