"""What deserves a second look in a row: far above the usual, perhaps paid twice, over the plan.

Remarks never lock. They are said when the row is entered, by page, API and workbook, and stand
beside it in the list for approval and on its page. The page asks before it saves what is in
`ASKED`; an amount above the whole year's plan (`CONFIRMED`) in words.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Sequence
from datetime import date as Date
from statistics import median
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from core.values import display
from core.values.amount_words import in_words
from disbursements.ledger.beside_plan import (
    NEW,
    Beside,
    Entered,
    beside_plan,
    most_planned,
)
from disbursements.ledger.vouchers import are_alike, fold_number, met_before, voucher_of
from disbursements.models import Disbursement, Status

OUTLIER_TIMES = 5  # so many times the median of its activity is worth a second look
OUTLIER_ROWS = 5  # fewer rows entered before have no meaningful median
TWIN = ("activity_id", "commune_id", "amount", "date")  # alike in all of these: perhaps paid twice
CONFIRMED = "more_than_plan"
ASKED = ("far_above", "twin", CONFIRMED)
NOTED = ("voucher_again",)  # too frequent to hold a row back in the list for approval


class Remark(NamedTuple):
    """One thing to look at: its `code`, the `field` it is about, and a sentence without its full
    stop."""

    code: str
    field: str
    text: str

    @property
    def sentence(self) -> str:
        return f"{capfirst(self.text)}."


class Doubtful(Exception):
    """A row that is not saved until somebody has looked at its remarks."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        super().__init__("; ".join(remark.text for remark in remarks))
        self.remarks = [remark.text for remark in remarks]
        self.wants_words = any(remark.code == CONFIRMED for remark in remarks)


def look_at(
    user: User, rows: Sequence[Disbursement]
) -> tuple[list[Beside | None], list[list[Remark]]]:
    """What stands beside each of some rows, saved or not, of which `ledger.complete` has set all,
    and what deserves a second look in it."""
    entered = Entered(rows)
    if any(map(_is_asked, rows)):
        entered.numbers  # noqa: B018 - read now, all that stands beside comes from them, too
    beside = beside_plan(user, rows, entered)
    met = met_before(user, rows)
    most = [0 if each is None else each.most for each in beside]
    found = []
    for n, asked in enumerate(_questions(rows, entered, most)):
        said = [*asked, _crossed(rows[n], beside[n]), _met_again(rows[n], met[n])]
        found.append([] if rows[n].reverses_id else [remark for remark in said if remark])
    return beside, found


def questions_on(user: User, row: Disbursement) -> list[Remark]:
    """The remarks on a row that is about to be saved which somebody has to look at first. A row
    that was saved before and is still alike in all that is looked at has been looked at."""
    if row.pk and Disbursement.objects.filter(pk=row.pk, **key_of(row)).exists():
        return []
    return questions_on_new(user, [row])[0]


def questions_on_new(user: User, rows: Sequence[Disbursement]) -> list[list[Remark]]:
    """The same for each of some rows that are entered now, against what is entered already."""
    return _questions(rows, Entered(rows), most_planned(user, rows))


def _questions(
    rows: Sequence[Disbursement], entered: Entered, most: Sequence[int]
) -> list[list[Remark]]:
    """The remarks of `ASKED` on each row. Of what is posted there is nothing to ask any more."""
    found: list[list[Remark]] = [[] for _row in rows]
    if not any(map(_is_asked, rows)):
        return found
    usual, twins = _usual(rows, entered), _twins(rows, entered)
    for n, row in enumerate(rows):
        said = [_far_above(row.amount, usual[n]), _twice(twins[n]), too_much(row, most[n])]
        if _is_asked(row):
            found[n] = [remark for remark in said if remark]
    return found


def _is_asked(row: Disbursement) -> bool:
    return row.status != Status.POSTED and row.reverses_id is None


def key_of(row: Disbursement) -> dict[str, object]:
    """By what a twin is known."""
    return {name: getattr(row, name) for name in TWIN}


def _far_above(amount: int, usual: float | None) -> Remark | None:
    """An amount far above the usual one of its activity."""
    if not usual or amount < OUTLIER_TIMES * usual:
        return None
    said = _("%(times)s times the usual amount of this activity (%(usual)s đồng)")
    facts = {"times": int(amount // usual), "usual": display.number(int(usual))}
    return Remark("far_above", "amount", said % facts)


def _twice(is_there: bool) -> Remark | None:
    """A row that has a twin."""
    said = _("same activity, commune, day and amount as another row")
    return Remark("twin", "amount", said) if is_there else None


def too_much(row: Disbursement, most: int) -> Remark | None:
    """An amount above all that is planned for it in the whole year."""
    if not most or row.amount <= most:
        return None
    said = _("%(amount)s đồng (%(words)s) is more than the whole year's plan for it, %(most)s đồng")
    facts = {
        "amount": display.number(row.amount),
        "words": in_words(row.amount),
        "most": display.number(most),
    }
    return Remark(CONFIRMED, "amount", said % facts)


def _crossed(row: Disbursement, beside: Beside | None) -> Remark | None:
    """The row with which more is entered than planned."""
    if beside is None or not beside.crosses:
        return None
    planned = beside.place.planned or 0
    facts = {
        "activity": row.activity.code,
        "commune": row.commune.name,
        "planned": display.number(planned),
        "over": display.number(beside.entered - planned),
    }
    said = _(
        "with this row %(activity)s in %(commune)s is over its plan of %(planned)s đồng, "
        "by %(over)s đồng"
    )
    if not planned:
        said = _("over the plan: nothing is planned for %(activity)s in %(commune)s this year")
    return Remark("over_plan", "amount", said % facts)


def _met_again(row: Disbursement, day: Date | None) -> Remark | None:
    """A voucher number that was entered for another day not long ago."""
    if day is None:
        return None
    facts = {"voucher": row.voucher_no, "day": display.day(day)}
    said = _("voucher number %(voucher)s was entered for %(day)s, too")
    if day == Date.min:
        said = _("voucher number %(voucher)s was entered for another day, outside your assignment")
    return Remark("voucher_again", "voucher_no", said % facts)


def _twins(rows: Sequence[Disbursement], entered: Entered) -> list[bool]:
    """For each row whether one that was entered before, or is posted, is alike: by a key of `TWIN`,
    lines of one voucher for several payees or funds apart. What was reversed is none."""
    there: dict[tuple[object, ...], list[Any]] = defaultdict(list)
    for other in entered.alike(rows):
        if not other.reversed_amount:
            there[tuple(key_of(other).values())].append(other)
    return [any(_is_twin(row, o) for o in there[tuple(key_of(row).values())]) for row in rows]


def _is_twin(row: Disbursement, other: Disbursement) -> bool:
    if other.pk == row.pk:
        return False
    is_one_voucher = fold_number(row.voucher_no) and voucher_of(row) == voucher_of(other)
    if is_one_voucher and not are_alike(row, other):
        return False
    return row.pk is None or bool(other.pk < row.pk) or other.status == Status.POSTED


def _usual(rows: Sequence[Disbursement], entered: Entered) -> list[float | None]:
    """For each row the median of what was entered before it for its activity in its year; None
    where that is too little."""
    amounts: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for pk, year, activity, _commune, amount, _reversed in entered.numbers:
        amounts[year, activity].append((pk, amount))
    found: dict[int, float | None] = {}
    for kind, before in amounts.items():
        found |= _medians(before, [row for row in rows if _kind(row) == kind])
    return [found.get(id(row)) for row in rows]


def _kind(row: Disbursement) -> tuple[int, int]:
    return row.fiscal_year_id, row.activity_id


def _medians(
    amounts: Sequence[tuple[int, int]], rows: Sequence[Disbursement]
) -> dict[int, float | None]:
    """By row, by its identity: the median of the amounts whose id comes before the row's."""
    found: dict[int, float | None] = {}
    ordered: list[int] = []
    taken = 0
    for row in sorted(rows, key=lambda row: row.pk or NEW):
        while taken < len(amounts) and amounts[taken][0] < (row.pk or NEW):
            insort(ordered, amounts[taken][1])
            taken += 1
        found[id(row)] = median(ordered) if len(ordered) >= OUTLIER_ROWS else None
    return found
