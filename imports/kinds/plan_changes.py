"""What a plan's workbook changes, line by line: against the plan there, and what is spent."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from accounts.models import User
from disbursements.against_plan import against_plan
from disbursements.plans.services import Line
from programs.models import Activity, FiscalYear
from programs.summary_query import SummaryQuery

NEW, CHANGED, REMOVED, SAME = "new", "changed", "removed", "same"
MOST = 2000  # lines that are listed, those first that fall under what is spent or vanish
_ORDER = (REMOVED, CHANGED, SAME, NEW)

Pair = tuple[str, int]  # an activity's code, a commune


def changes(
    there: Iterable[Line], lines: Iterable[Line], scope: str | None, year: FiscalYear, actor: User
) -> dict[str, object]:
    """Lines that are new, changed or vanish, and those whose money falls under what is spent.

    `there`: the lines that the workbook stands for; `scope` "changes" lets none of them vanish.
    Amounts in đồng; `spent` is what is posted for the line's activity and commune in the year.
    """
    before, after = {one.key: one for one in there}, {one.key: one for one in lines}
    stays = before.keys() - after.keys() if scope == "changes" else set()
    planned: dict[Pair, int] = defaultdict(int)
    for one in [*after.values(), *(before[key] for key in stays)]:
        planned[_pair(one)] += one.total
    spent = _spent(year, actor)
    found, counts = [], dict.fromkeys((NEW, CHANGED, REMOVED, SAME), 0)
    for key in dict.fromkeys([*after, *before]):
        if key in stays:
            continue
        line = _compared(before.get(key), after.get(key))
        pair = _pair(after.get(key) or before[key])
        line["spent"] = spent.get(pair, 0)
        line["is_under_spent"] = planned[pair] < line["spent"]
        counts[line["change"]] += 1
        if line["change"] != SAME or line["is_under_spent"]:
            found.append(line)
    under = sum(line["is_under_spent"] for line in found)
    found.sort(key=lambda line: (not line["is_under_spent"], _ORDER.index(line["change"])))
    return {"counts": {**counts, "under_spent": under}, "lines": found[:MOST]}


def _compared(old: Line | None, new: Line | None) -> dict[str, Any]:
    line = new or old
    assert line is not None
    before, after = _amounts(old), _amounts(new)
    change = NEW if old is None else REMOVED if new is None else CHANGED
    return {
        "change": SAME if before == after and old and new else change,
        "activity": line.activity.code,
        "title": line.title or line.activity.title,
        "commune": line.commune.code,
        "commune_name": line.commune.name,
        "fund": line.fund.code,
        "before": before,
        "after": after,
    }


def _amounts(line: Line | None) -> dict[str, int]:
    """đồng by quarter ("1" to "4") and the "total"."""
    amounts = {str(q): (line.amounts.get(q) or 0) if line else 0 for q in range(1, 5)}
    return {**amounts, "total": sum(amounts.values())}


def _pair(line: Line) -> Pair:
    return line.activity.code, line.commune.pk


def _spent(year: FiscalYear, actor: User) -> dict[Pair, int]:
    query = SummaryQuery.of_year(year, year.end, by=("activity", "commune"))
    rows = [row for row in against_plan(query, actor).rows if row.disbursed]
    codes = dict(Activity.objects.values_list("pk", "code"))
    return {(codes[row.key["activity"]], row.key["commune"]): row.disbursed for row in rows}
