"""The same voucher is entered once, by whichever door: form, API, bulk, workbook.

A voucher is its number, whatever its case, spaces and dashes, on a day (issue "Rules", E). It
often has many lines. Two rows of it are alike when activity, commune and fund are the same, and the
payee, where both name one. Alike and of one amount they are the same row; alike with another amount
somebody has to say that it is another line. A row that was reversed wholly does not count.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date as Date
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from core.values.dates import format_date
from core.values.money import format_vnd
from core.values.text import fold, fold_key, squash
from disbursements.models import Disbursement
from disbursements.models.numbers import Folded, IsOdd
from programs.models import Period

MET_WITHIN = timedelta(days=60)  # a number that comes back later than this has begun anew
MOST_ASKED = 1000  # numbers that one question names; for more all lines of their days are read
DASHES = frozenset("\u2212\u2043\u02d7\u207b\u208b\u2500")  # beside what Unicode calls a dash
Voucher = tuple[str, Date]


def fold_number(number: str) -> str:
    """A voucher's number without case, spaces and dashes: `zz 01`, `ZZ-01` and `ZZ01` are one.
    Zeros stay. "" for none, and for a dash alone."""
    text = squash(number).casefold()
    if text.isascii():
        return text.replace(" ", "").replace("-", "")
    return "".join(char for char in text if not _is_gap(char))


def _is_gap(char: str) -> bool:
    return char.isspace() or char in DASHES or unicodedata.category(char) == "Pd"


def voucher_of(row: Disbursement) -> Voucher:
    """The voucher that a row is a line of: the folded number, and the day."""
    return fold_number(row.voucher_no), row.date


def content_of(row: Disbursement) -> tuple[object, ...]:
    """What makes two rows the same: voucher, activity, commune, fund, payee and amount."""
    keys = (row.activity_id, row.commune_id, row.fund_id)
    return (*voucher_of(row), *keys, fold(row.payee), row.amount)


def are_alike(one: Disbursement, other: Disbursement, *, any_fund: bool = False) -> bool:
    """Whether two lines of a voucher differ in no more than their amount. A payee that one of them
    does not name makes no difference; with `any_fund` nor does the fund."""
    names = ("activity_id", "commune_id", *(() if any_fund else ("fund_id",)))
    payees = {fold(one.payee), fold(other.payee)} - {""}
    return len(payees) < 2 and all(getattr(one, name) == getattr(other, name) for name in names)


def standing() -> QuerySet[Disbursement]:
    """The lines of all vouchers: originals with a number that were not reversed wholly. A reversal
    is none, of less than nothing; that it reverses is not asked, SQLite would look there first."""
    return Disbursement.objects.filter(reversed_amount__lt=F("amount")).exclude(voucher_no="")


class VoucherLines:
    """The lines that there are of some rows' vouchers, the rows themselves apart."""

    def __init__(self, rows: Iterable[Disbursement]) -> None:
        rows = [row for row in rows if fold_number(row.voucher_no)]
        asked = {hash(voucher_of(row)) for row in rows}  # smaller; one too many does no harm
        own = {row.pk for row in rows} - {None}
        days = standing().filter(date__in={row.date for row in rows})
        keys = {
            line.pk
            for line in _brief(days, {fold_number(row.voucher_no) for row in rows})
            if hash(voucher_of(line)) in asked
        }
        there = Disbursement.objects.filter(pk__in=keys - own).order_by("pk")
        self.lines: dict[Voucher, list[Disbursement]] = defaultdict(list)
        for line in there.select_related("activity", "commune", "fund", "fiscal_year"):
            self.lines[voucher_of(line)].append(line)

    def add(self, line: Disbursement) -> None:
        """Count a line as there although it was reversed wholly."""
        if all(line.pk != each.pk for each in self.lines[voucher_of(line)]):
            self.lines[voucher_of(line)].append(line)

    def alike(self, row: Disbursement, *, any_fund: bool = False) -> list[Disbursement]:
        """Lines of the row's voucher that differ in no more than their amount, and with `any_fund`
        in their fund."""
        lines = self.lines.get(voucher_of(row), ())
        return [line for line in lines if are_alike(row, line, any_fund=any_fund)]


def nearly_entered(rows: Sequence[Disbursement]) -> list[tuple[Disbursement, str]]:
    """The new rows that stand in the ledger with another voucher of the day whose number differs
    in signs and zeros alone, with that number: `ZZ.01`, `ZZ/01` and `ZZ1`."""
    names = ("voucher_no", "date", "activity_id", "commune_id", "amount")
    lines = standing().filter(date__in={row.date for row in rows}).values_list(*names)
    there = {(_near_number(number), *rest): number for number, *rest in lines.iterator()}
    found = []
    for row in rows:
        number, *rest = (getattr(row, name) for name in names)
        twin = there.get((_near_number(number), *rest)) if fold_number(number) else None
        if twin is not None and fold_number(twin) != fold_number(number):
            found.append((row, twin))
    return found


def _near_number(number: str) -> str:
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", fold_key(number))


def lock_months(rows: Iterable[Disbursement]) -> None:
    """Let one writer at a time enter into these months: the same voucher has the same day, so two
    who enter it at the same moment would not see each other's row. The last lock that is taken."""
    months = sorted({row.period_id for row in rows})
    list(Period.objects.select_for_update(no_key=True).filter(pk__in=months).order_by("pk"))


def check_not_entered(row: Disbursement, *, same_voucher: bool = False) -> None:
    """Refuse a row that is there already, and one that is alike with another amount unless
    somebody says that it is another line of the same voucher."""
    if not fold_number(row.voucher_no):
        return
    lock_months([row])
    check_line(row, VoucherLines([row]), same_voucher=same_voucher)


def check_line(row: Disbursement, entered: VoucherLines, *, same_voucher: bool) -> None:
    """Hold one row against the lines that there are; it then knows those it stands beside."""
    alike = entered.alike(row)
    twin = next((line for line in alike if line.amount == row.amount), None)
    if twin is not None:
        raise already_entered(row, twin)
    if alike and not same_voucher:
        raise another_amount(row, alike[0])
    row.beside = frozenset(line.pk for line in alike)


def already_entered(row: Disbursement, twin: Disbursement) -> ValidationError:
    """The refusal of a row that is there already, as `twin`."""
    said = _("Voucher %(voucher)s of %(day)s over %(amount)s đồng is already entered (%(row)s).")
    facts = {"amount": format_vnd(row.amount), "row": twin, **_number_and_day(row, twin)}
    return ValidationError({"voucher_no": ValidationError(said % facts, "already_entered")})


def another_amount(row: Disbursement, other: Disbursement) -> ValidationError:
    """The question about a row that is there with another amount, as `other`: it shows both."""
    said = _(
        "Voucher %(voucher)s of %(day)s has this line already, over %(there)s đồng (%(row)s); "
        "here it is %(here)s đồng: another line of this voucher, or the same one mended?"
    )
    facts = {"here": format_vnd(row.amount), "there": format_vnd(other.amount), "row": other}
    return ValidationError(
        {
            "voucher_no": ValidationError(
                said % {**facts, **_number_and_day(row, other)}, "same_voucher"
            ),
            "same_voucher": ValidationError(
                _("Say so if it is another line of this voucher."), "required"
            ),
        }
    )


def _number_and_day(row: Disbursement, other: Disbursement) -> dict[str, object]:
    """A voucher's number as it was written, and as it is there where that differs; and its day."""
    numbers = dict.fromkeys([row.voucher_no, other.voucher_no])
    return {"voucher": " = ".join(numbers), "day": format_date(row.date)}


def check_none_entered(rows: Sequence[Disbursement]) -> None:
    """Refuse rows that somebody else entered since they were looked at, or that came to be alike
    with others than were looked at; those among them stand together."""
    lock_months(rows)
    entered = VoucherLines(rows)
    for row in rows:
        for line in entered.alike(row):
            if line.pk not in row.beside:
                refused = already_entered if line.amount == row.amount else another_amount
                [said, *_more] = refused(row, line).message_dict["voucher_no"]
                raise Conflict(said, "entered_meanwhile")


def lines_of(user: User, rows: Sequence[Disbursement]) -> dict[Voucher, dict[str, Any]]:
    """By voucher of some saved rows, which the user sees: the lines in the user's scope (`lines`,
    in order of entry), their sum in đồng, and whether there are more outside it (`elsewhere`)."""
    asked = {voucher_of(row) for row in rows if fold_number(row.voucher_no)}
    of_the_days = standing().filter(date__in={day for _number, day in asked})
    numbers = {number for number, _day in asked}
    lines = (line for line in _brief(of_the_days, numbers) if voucher_of(line) in asked)
    there = sorted(lines, key=lambda line: line.pk)
    found: dict[Voucher, dict[str, Any]] = {
        voucher: {"lines": [], "sum": 0, "elsewhere": False} for voucher in asked
    }
    own = {row.pk for row in rows}
    seen = own | _visible_ids(user, [line for line in there if line.pk not in own])
    for line in there:
        voucher = found[voucher_of(line)]
        if line.pk in seen:
            voucher["lines"].append(line.pk)
            voucher["sum"] += line.amount - line.reversed_amount
        else:
            voucher["elsewhere"] = True
    return found


def _brief(lines: QuerySet[Disbursement], numbers: Iterable[str]) -> Iterable[Any]:
    """Of some lines those of these folded numbers, and a few beside. No more than is asked here:
    whole records take ten times as long."""
    names = ("pk", "date", "fiscal_year_id", "voucher_no", "amount", "reversed_amount")
    lines, asked = lines.order_by().values_list(*names, named=True), {*numbers}
    if len(asked) <= MOST_ASKED:
        found = lines.alias(folded=Folded("voucher_no")).filter(folded__in=asked)
        lines = found.union(lines.filter(IsOdd("voucher_no")))
    return lines.iterator()


def _visible_ids(user: User, rows: Sequence[Any]) -> set[int]:
    """Those of some rows that lie in the user's scope."""
    keys = [row.pk for row in rows]
    return set(
        Disbursement.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)
    )


def entered_twice() -> set[int]:
    """Ids of the rows that are the same row of the same voucher as another: from before numbers
    were folded, or twice in one workbook. For a person to look at; nothing is dropped."""
    names = ("pk", "date", "voucher_no", "activity_id", "commune_id", "fund_id", "payee", "amount")
    there: dict[tuple[object, ...], list[Any]] = defaultdict(list)
    for row in standing().order_by("pk").values_list(*names, named=True).iterator():
        there[(*voucher_of(row), row.activity_id, row.commune_id, row.fund_id, row.amount)].append(
            row
        )
    return {
        row.pk
        for (number, *_content), rows in there.items()
        if number and len(rows) > 1
        for row in rows
        if any(other is not row and are_alike(row, other) for other in rows)
    }


def met_before(user: User, rows: Sequence[Disbursement]) -> list[Date | None]:
    """For each row the nearest other day, within 60 days and the fiscal year, on which its number
    was entered before; None where there is none. `Date.min` stands for one outside the scope."""
    numbered = [row for row in rows if fold_number(row.voucher_no)]
    if not numbered:
        return [None for _row in rows]
    first, last = min(row.date for row in numbered), max(row.date for row in numbered)
    days = standing().filter(date__range=(first - MET_WITHIN, last + MET_WITHIN))
    there: dict[str, list[Any]] = defaultdict(list)
    for line in _brief(days, {fold_number(row.voucher_no) for row in numbered}):
        there[fold_number(line.voucher_no)].append(line)
    there.pop("", None)
    met = [
        [line for line in there.get(fold_number(row.voucher_no), ()) if _is_met(row, line)]
        for row in rows
    ]
    seen = _visible_ids(user, [line for lines in met for line in lines])
    return [_nearest(row, lines, seen) for row, lines in zip(rows, met, strict=True)]


def _is_met(row: Disbursement, line: Disbursement) -> bool:
    return (
        line.date != row.date
        and abs(line.date - row.date) <= MET_WITHIN
        and line.fiscal_year_id == row.fiscal_year_id
        and (row.pk is None or line.pk < row.pk)
    )


def _nearest(row: Disbursement, lines: Sequence[Any], seen: set[int]) -> Date | None:
    days = [line.date for line in lines if line.pk in seen]
    nearest = min(days, key=lambda day: (abs(day - row.date), row.date - day), default=Date.min)
    return nearest if lines else None
