"""Ledger rows from a workbook's rows."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import PeriodClosed
from core.values.dates import format_date
from core.values.money import format_vnd
from disbursements.ledger.services import complete
from disbursements.ledger.vouchers import content_of
from disbursements.models import Disbursement
from imports.outcome import Outcome
from imports.resolve import Directory
from imports.rows import Builder
from imports.workbook import Reading, Row
from programs.models import FiscalYear


def build(
    outcome: Outcome,
    reading: Reading,
    directory: Directory,
    *,
    actor: User,
    post: bool,
    as_of: date,
) -> None:
    """Fill the outcome with ledger rows, count duplicates, and say what is wrong."""
    builder = DisbursementBuilder(outcome, directory, actor, post=post, as_of=as_of)
    pairs = [(row, item) for row in reading.rows if (item := builder.item(row)) is not None]
    builder.look_over(reading.wrong)
    builder.sort_out(pairs)
    outcome.sums = _sums([item for _row, item in pairs])


class DisbursementBuilder(Builder):
    def __init__(
        self, outcome: Outcome, directory: Directory, actor: User, *, post: bool, as_of: date
    ) -> None:
        super().__init__(outcome, directory, actor)
        self.post, self.as_of = post, as_of
        self.periods: dict[Any, Any] = {}
        self.years = list(FiscalYear.objects.all())

    def item(self, row: Row) -> Disbursement | None:
        commune = self.look_up(row, "commune", self.directory.commune)
        activity = self.look_up(row, "activity", self.directory.needed_activity)
        fund = self.fund(row)
        self._check_year(row)
        if commune is None or activity is None or self.is_wrong(row):
            return None
        values = row.values
        day = values.get("date") or values["voucher_date"]
        item = Disbursement(
            date=day,
            activity=activity,
            commune=commune,
            fund=fund,
            amount=values["amount"],
            voucher_no=str(values.get("voucher_no") or ""),
            voucher_date=values.get("voucher_date") or day,
            payee=str(values.get("payee") or ""),
            description=str(values.get("description") or ""),
            note=str(values.get("note") or ""),
            created_by=self.actor,
        )
        self._check(row, item)
        return None if self.is_wrong(row) else item

    def _check_year(self, row: Row) -> None:
        """A day of another year; one of no year at all is refused by the ledger's own rule."""
        year, day = self.outcome.fiscal_year, row.values.get("date")
        assert year is not None
        if day and day not in year and any(day in other for other in self.years):
            self.error(
                row,
                "date",
                "outside_fiscal_year",
                _("%(day)s lies outside fiscal year %(year)s (%(start)s to %(end)s).")
                % {
                    "day": format_date(day),
                    "year": year.code,
                    "start": format_date(year.start),
                    "end": format_date(year.end),
                },
            )

    def _check(self, row: Row, item: Disbursement) -> None:
        try:
            complete(item, self.actor, as_of=self.as_of, period_cache=self.periods)
            self.hold(item)
        except ValidationError as refusal:
            self.refuse(row, refusal)
            return
        if self.post and item.period.is_closed:
            self.error(row, "date", "period_closed", str(PeriodClosed(item.period).message))

    def sort_out(self, pairs: list[tuple[Row, Disbursement]]) -> None:
        """Duplicates of the ledger are counted; a voucher with other content there is an error."""
        ledger = _ledger(self.actor, {item.voucher_no for _row, item in pairs})
        left = {voucher: Counter(map(content_of, rows)) for voucher, rows in ledger.items()}
        in_file: Counter[tuple[Any, ...]] = Counter()
        for row, item in pairs:
            key = content_of(item)
            voucher = item.voucher_no
            if voucher in left and left[voucher][key] > 0:
                left[voucher][key] -= 1
                self.outcome.duplicates += 1
            elif voucher in left:
                self._voucher_conflict(row, item, ledger[voucher])
            else:
                self.outcome.items.append(item)
            in_file[key] += 1
            if in_file[key] == 2:
                self.warn(
                    row,
                    "voucher_no",
                    "twice_in_file",
                    _("The same row stands in this workbook twice; both count."),
                )

    def _voucher_conflict(self, row: Row, item: Disbursement, there: list[Disbursement]) -> None:
        other = min(there, key=lambda r: (r.commune_id != item.commune_id, r.pk))
        self.error(
            row,
            "voucher_no",
            "voucher_conflict",
            _(
                "Voucher %(voucher)s is in the ledger with other content. "
                "Here: %(here)s. There: %(there)s."
            )
            % {"voucher": item.voucher_no, "here": _shown(item), "there": _shown(other)},
        )


def _ledger(actor: User, vouchers: set[str]) -> dict[str, list[Disbursement]]:
    """Originals in the actor's scope under these voucher numbers, not wholly reversed."""
    rows = (
        Disbursement.objects.visible_to(actor)
        .filter(voucher_no__in=vouchers - {""}, reverses=None, reversed_amount__lt=F("amount"))
        .select_related("activity", "commune", "fund")
        .order_by("pk")
    )
    found: dict[str, list[Disbursement]] = defaultdict(list)
    for row in rows:
        found[row.voucher_no].append(row)
    return dict(found)


def _shown(item: Disbursement) -> str:
    return (
        f"{format_date(item.date)}, {item.activity.code}, {item.commune.name}, "
        f"{item.fund.name}, {format_vnd(item.amount)} đồng"
    )


def _sums(items: list[Disbursement]) -> dict[str, Any]:
    by_program: dict[str, int] = {}
    for item in items:
        code = item.program.code
        by_program[code] = by_program.get(code, 0) + item.amount
    return {"total": sum(by_program.values()), "by_program": by_program, "unit": "VND"}
