"""Disbursements as a workbook: one row of the ledger to a row."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT
from core.services.errors import PeriodClosed
from core.values.dates import format_date, month_key
from core.values.money import format_vnd
from disbursements.drafts import services as drafts
from disbursements.fields import DETAILS, Detail
from disbursements.ledger import services as ledger
from disbursements.ledger.vouchers import content_of
from disbursements.models import Disbursement
from imports.kinds.base import AS_LOADED, Builder, Cell, MoneyKind, text_of, with_saved
from imports.outcome import Outcome
from imports.workbook import Row
from imports.workbook.checks import Finding, check_disbursement
from imports.workbook.fields import ACTIVITY_CODE, COMMON, Field, column
from imports.workbook.layout import Values
from programs.models import FiscalYear, Program


def _of_detail(detail: Detail) -> Field:
    return column(detail.name, capfirst(detail.label), detail.headings, detail.weak_headings)


COLUMNS = [
    column(
        "date",
        _("Date"),
        "ngày|ngày tháng|ngày tháng năm|ngày chi|ngày ghi sổ|ngày tháng ghi sổ|ngày hạch toán|"
        "ngày giải ngân|ngày thanh toán|date|payment date|posting date|date of payment|"
        "ngày thực chi|ngày chi tiền",
        "thời gian",
    ),
    *map(_of_detail, (detail for detail in DETAILS if detail.headings)),
    column("activity", _("Activity code"), ACTIVITY_CODE, "mã|mã số|code|id|hoạt động|activity"),
    COMMON["commune"],
    column(
        "amount",
        _("Amount"),
        "số tiền|thành tiền|thực chi|tiền|số tiền chi|số tiền giải ngân|số tiền thanh toán|"
        "số thực chi|số tiền thực chi|đã chi|số đã chi|số giải ngân|giá trị giải ngân|giải ngân|"
        "số tiền đã chi|amount|amount paid|amount disbursed|disbursed|disbursement|quy đổi|"
        "số tiền quy đổi|quy đổi ra đồng|quy đổi vnd|thành tiền quy đổi|tương đương vnd",
        "kinh phí|tổng số|tổng cộng|tổng|tổng tiền|giá trị|total|value",
    ),
    COMMON["fund"],
]


class DisbursementBuilder(Builder):
    """Rows of the ledger; those there already are counted, vouchers with other content refused."""

    def set_up(self) -> None:
        self.periods: dict[Any, Any] = {}
        self.years = list(FiscalYear.objects.all())

    def item(self, row: Row) -> Disbursement | None:
        commune = self.look_up(row, "commune", self.directory.commune)
        activity = self.look_up(row, "activity", self.directory.needed_activity)
        fund = self.fund(row)
        self._check_year(row)
        if commune is None or activity is None or self.is_wrong(row):
            return None
        day = row.values.get("date") or row.values["voucher_date"]
        item = Disbursement(
            date=day,
            activity=activity,
            commune=commune,
            fund=fund,
            amount=row.values["amount"],
            voucher_date=row.values.get("voucher_date") or day,
            created_by=self.actor,
            **{detail.name: text_of(row, detail.name) for detail in DETAILS if detail.is_text},
        )
        self._check(row, item)
        return None if self.is_wrong(row) else item

    def _check_year(self, row: Row) -> None:
        """A day of another year; one of no year at all is refused by the ledger's own rule."""
        year, day = self.year, row.values.get("date")
        if day and day not in year and any(day in other for other in self.years):
            message = _now("%(day)s lies outside fiscal year %(year)s (%(start)s to %(end)s).") % {
                "day": format_date(day),
                "year": year.code,
                "start": format_date(year.start),
                "end": format_date(year.end),
            }
            self.error(row, "date", "outside_fiscal_year", message)

    def _check(self, row: Row, item: Disbursement) -> None:
        try:
            ledger.complete(item, self.actor, as_of=self.as_of, period_cache=self.periods)
            self.hold(item)
        except ValidationError as refusal:
            self.refuse(row, refusal)
            return
        if self.post and item.period.is_closed:
            self.error(row, "date", "period_closed", str(PeriodClosed(item.period).message))

    def sort_out(self, found: list[tuple[Row, Disbursement]]) -> None:
        """Duplicates of the ledger are counted; a voucher with other content there is an error."""
        there = _in_ledger(self.actor, {item.voucher_no for _row, item in found})
        left = {voucher: Counter(map(content_of, rows)) for voucher, rows in there.items()}
        for row, item in found:
            content, voucher = content_of(item), item.voucher_no
            if voucher in left and left[voucher][content] > 0:
                left[voucher][content] -= 1
                self.outcome.duplicates += 1
            elif voucher in left:
                self._voucher_conflict(row, item, there[voucher])
            else:
                self.outcome.items.append(item)
            self.warn_of_twin(row, "voucher_no", content)

    def _voucher_conflict(self, row: Row, item: Disbursement, there: list[Disbursement]) -> None:
        other = min(there, key=lambda r: (r.commune_id != item.commune_id, r.pk))
        text = _now(
            "Voucher %(voucher)s is in the ledger with other content. "
            "Here: %(here)s. There: %(there)s."
        )
        names = {"voucher": item.voucher_no, "here": _in_words(item), "there": _in_words(other)}
        self.error(row, "voucher_no", "voucher_conflict", text % names)


def _in_ledger(actor: User, vouchers: set[str]) -> dict[str, list[Disbursement]]:
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


def _in_words(item: Disbursement) -> str:
    return (
        f"{format_date(item.date)}, {item.activity.code}, {item.commune.name}, "
        f"{item.fund.name}, {format_vnd(item.amount)} đồng"
    )


class Disbursements(MoneyKind):
    name = "disbursements"
    label = _("Disbursements")
    called = _("a list of disbursements")
    columns = COLUMNS
    needed = (("date",), ("voucher_no",), ("activity",), ("commune",), ("amount",))
    required = (("date", "voucher_date"), *needed[1:])
    permission = ENTER_DISBURSEMENT
    builder = DisbursementBuilder
    model = Disbursement
    period, state = "month", "status"
    reversible = Q(reverses=None, reversed_amount__lt=F("amount"))

    def check(self, values: Values, columns: set[str]) -> Iterable[Finding]:
        return check_disbursement(values)

    def amount(self, item: Disbursement) -> tuple[Program, int]:
        return item.program, item.amount

    def cells(self, item: Disbursement) -> Iterable[Cell]:
        yield item.program, item.commune, month_key(item.date), item.amount

    def as_saved(self, item: Disbursement) -> dict[str, Any]:
        return {
            "date": item.date.isoformat(),
            "amount": item.amount,
            "activity": item.activity.code,
            "program": item.program.code,
            "commune": item.commune.code,
            "commune_name": item.commune.name,
            "fund": item.fund.code,
            **{detail.name: getattr(item, detail.name) for detail in DETAILS if detail.is_text},
        }

    def commit(
        self, outcome: Outcome, *, actor: User, post: bool, reason: str
    ) -> list[Disbursement]:
        return ledger.load(actor=actor, rows=with_saved(outcome.items, "fund"), post=post)

    def take_back(self, record: Disbursement, *, actor: User, reason: str) -> None:
        drafts.disbursement(actor=actor, disbursement=record, version=AS_LOADED, why=reason)

    def submit(self, record: Disbursement, *, actor: User) -> None:
        ledger.submit(actor=actor, disbursement=record)

    def reverse(self, record: Disbursement, *, actor: User, reason: str) -> None:
        ledger.reverse(actor=actor, disbursement=record, reason=reason)

    def drafts_href(self, upload: Any) -> str:
        year = upload.fiscal_year.code
        return f"{reverse('disbursements')}?{urlencode({'status': 'draft', 'fiscal_year': year})}"
