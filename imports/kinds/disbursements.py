"""Disbursements as a workbook: one row of the ledger to a row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import F, Q, prefetch_related_objects
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT
from core.services.errors import StaleVersion
from core.values.dates import format_date, month_key
from core.values.money import negative
from disbursements.drafts import services as drafts
from disbursements.fields import DETAILS, Detail
from disbursements.ledger import bulk, changes
from disbursements.ledger import services as ledger
from disbursements.ledger.beside_plan import beside_plan, most_planned
from disbursements.ledger.remarks import too_much
from disbursements.ledger.vouchers import (
    VoucherLines,
    already_entered,
    another_amount,
    content_of,
    met_before,
    nearly_entered,
    voucher_of,
)
from disbursements.models import Disbursement, Status
from imports.kinds.base import (
    AS_LOADED,
    Builder,
    Cell,
    MoneyKind,
    as_before,
    overwritten,
    places,
    text_of,
    with_saved,
)
from imports.kinds.known import KnownRow
from imports.outcome import ANOTHER_LINE, Outcome
from imports.workbook import Row
from imports.workbook.checks import Finding, check_disbursement
from imports.workbook.fields import ACTIVITY_CODE, COMMON, Field, column
from imports.workbook.layout import Values
from imports.workbook.remarks import list_of
from programs.models import FiscalYear, Period, Program
from programs.years import go_live
from programs.years.open_days import closed

if TYPE_CHECKING:
    from imports.models import Upload


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


class DisbursementBuilder(Builder[Disbursement]):
    """Rows of the ledger; those there already are counted, vouchers with other content refused."""

    def set_up(self) -> None:
        self.periods: dict[tuple[int, date], Period] = {}
        self.years = list(FiscalYear.objects.all())

    def item(self, row: Row) -> Disbursement | None:
        own_day = row.values.get("date") or row.values.get("voucher_date")
        commune = self.look_up(row, "commune", lambda text: self.directory.commune(text, own_day))
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
            **{detail.name: text_of(row, detail.name) for detail in DETAILS if detail.is_text},
        )
        if item.amount < 0:  # a reversal that the ledger has, or nothing (`_known_reversals`)
            item.program = activity.program
        else:
            self.check_rules(row, item)
            self.let_go(row, "fund")
        return None if self.is_wrong(row) else self.dense(item)

    def change(self, known: KnownRow, item: Disbursement) -> Disbursement | None:
        if item.amount > 0:
            return super().change(known, item)
        refusal = negative(known.row.raw.get("amount", item.amount))
        self.error(known.row, "amount", refusal.code, refusal.message)
        return None

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

    def check_rules(self, row: Row, item: Disbursement) -> None:
        try:
            ledger.complete(item, self.actor, as_of=self.as_of, period_cache=self.periods)
            self.hold(item)
        except ValidationError as refusal:
            self.refuse(row, refusal)
            return
        if item.period.is_closed and self.post:
            self.error(row, "date", "period_closed", str(closed(item.period).message))

    def sort_out(self, found: list[tuple[Row, Disbursement]]) -> None:
        """Duplicates of the ledger are counted, each row of it once; a row that states no fund may
        be of any. A line that is there with another amount is an error, unless somebody said that
        such rows are lines of their own; rows of one workbook are never asked about among
        themselves."""
        fresh = self.without_known(found)
        changed = [item for _record, item in self.outcome.changed]
        there = VoucherLines([*changed, *(item for _row, item in fresh)])
        taken = self._hold_known(found, there)
        self._known_reversals([pair for pair in fresh if pair[1].amount < 0], there)
        for row, item in [pair for pair in fresh if pair[1].amount > 0]:
            alike = there.alike(item, any_fund=not text_of(row, "fund"))
            twins = [line for line in alike if line.amount == item.amount]
            twin = next((line for line in twins if line.pk not in taken), None)
            if twin is not None:
                taken.add(twin.pk)
                self.outcome.duplicates += 1
                self.note_content(content_of(item))
                self._say_spelling(row, item, twin)
                continue
            if twins or not alike or self.outcome.reading.get("same_voucher"):
                if beside := [*alike, *changed]:
                    item.beside = frozenset(line.pk for line in beside)
                self.outcome.items.append(item)
            else:
                self._voucher_conflict(row, item, alike[0])
            self.warn_of_twin(row, "voucher_no", content_of(item))
        self._say_near_vouchers(found)
        new = {id(item) for item in [*self.outcome.items, *changed]}
        added = [pair for pair in found if id(pair[1]) in new]
        self._remark(added)
        if self.post:
            self._hold_history(added)

    def _hold_known(self, found: list[tuple[Row, Disbursement]], there: VoucherLines) -> set[int]:
        """Hold what a template's rows change against the vouchers that there are, as entering it
        would; the primary keys of its rows."""
        before = {record.pk: content_of(record) for record, _item in self.outcome.changed}
        known = [(row, item) for row, item in found if item.pk is not None]
        for row, item in known:
            self.note_content(content_of(item))
            if item.pk not in before:
                continue
            alike = there.alike(item)
            item.beside = frozenset(line.pk for line in alike)
            if content_of(item) == before[item.pk] or not alike:
                continue
            twin = next((line for line in alike if line.amount == item.amount), None)
            if twin is not None:
                self.refuse(row, already_entered(item, twin), "already_entered")
            elif not self.outcome.reading.get("same_voucher"):
                self._voucher_conflict(row, item, alike[0])
        return {item.pk for _row, item in known}

    def _known_reversals(self, found: list[tuple[Row, Disbursement]], there: VoucherLines) -> None:
        """Negative rows are reversals that the ledger has: they add nothing, and what they reverse
        counts as being there. Others are refused: a row is reversed on its page."""
        days = {item.date for _row, item in found}
        seen = Disbursement.objects.visible_to(self.actor).select_related("reverses")
        left = list(seen.filter(date__in=days).exclude(reverses=None).order_by("pk"))
        for row, item in found:
            known = next((each for each in left if _is_reversal(each, item)), None)
            if known is None or known.reverses is None:
                refusal = negative(row.raw.get("amount", item.amount))
                self.error(row, "amount", refusal.code, refusal.message)
                continue
            left.remove(known)
            there.add(known.reverses)
            self.outcome.duplicates += 1

    def _hold_history(self, added: list[tuple[Row, Disbursement]]) -> None:
        """What would be added as history is dated before the go-live day."""
        ended = cache(go_live.ended_before)
        for row, item in added:
            if said := ended(item.date):
                self.error(row, "date", "history_ended", said)

    def _say_spelling(self, row: Row, item: Disbursement, twin: Disbursement) -> None:
        if item.voucher_no != twin.voucher_no:
            text = _now("This row is in the ledger already, with voucher number %(there)s.")
            self.warn(row, "voucher_no", "voucher_spelling", text % {"there": twin.voucher_no})

    def _say_near_vouchers(self, found: list[tuple[Row, Disbursement]]) -> None:
        """New rows that the ledger has but for the signs and zeros in the voucher's number: these
        make another voucher, and yet it may be the same."""
        near = nearly_entered(self.outcome.items)
        rows = {id(item): row for row, item in found} if near else {}
        text = _now(
            "The ledger has this row with voucher number %(there)s. If it is the same one, write "
            "its number just so."
        )
        for item, number in near:
            self.warn(rows[id(item)], "voucher_no", "voucher_near", text % {"there": number})

    def _voucher_conflict(self, row: Row, item: Disbursement, other: Disbursement) -> None:
        asked = " ".join(another_amount(item, other).messages)
        self.error(row, "voucher_no", ANOTHER_LINE, asked)

    def _remark(self, new: list[tuple[Row, Disbursement]]) -> None:
        """What deserves a second look in the new rows: amounts above a whole year's plan each, the
        rest in one line of each kind. History is over the plan or not."""
        rows, items = [row for row, _item in new], [item for _row, item in new]
        self._warn_of_closed_months(new)
        for row, item, most in zip(rows, items, most_planned(self.actor, items), strict=True):
            if remark := too_much(item, most):
                self.warn(row, "amount", remark.code, remark.sentence)
        met = zip(rows, met_before(self.actor, items), strict=True)
        text = _now(
            "Voucher numbers of rows %(rows)s were entered for another day of the last 60, too."
        )
        self._warn_at([row for row, day in met if day], "voucher_again", text)
        beside = [] if self.post else zip(rows, beside_plan(self.actor, items), strict=True)
        text = _now("With rows %(rows)s their activities are over the plan of their commune.")
        over = [row for row, each in beside if each and each.crosses]
        self._warn_at(over, "over_plan", text)

    def _warn_of_closed_months(self, new: list[tuple[Row, Disbursement]]) -> None:
        """One warning for each closed month: its drafts cannot be submitted."""
        months: dict[Period, list[Row]] = defaultdict(list)
        for row, item in new:
            if item.period.is_closed:
                months[item.period].append(row)
        for month, rows in months.items():
            why = str(closed(month).message)
            text = _now("Rows %(rows)s: %(why)s") if len(rows) > 1 else "%(why)s"
            facts = {"rows": list_of(row.row for row in rows), "why": why}
            self.warn(rows[0], "date", "period_closed", text % facts)

    def _warn_at(self, rows: list[Row], code: str, text: str) -> None:
        """One warning about several rows, at the first of them; none where there are none."""
        name = "voucher_no" if code == "voucher_again" else "amount"
        if rows:
            self.warn(rows[0], name, code, text % {"rows": list_of(row.row for row in rows)})


def _is_reversal(there: Disbursement, item: Disbursement) -> bool:
    names = ("date", "activity_id", "commune_id", "amount")
    same = all(getattr(there, name) == getattr(item, name) for name in names)
    return same and voucher_of(there) == voucher_of(item)


class Disbursements(MoneyKind[Disbursement, Disbursement, Disbursement]):
    name = "disbursements"
    label = _("Disbursements")
    called = _("a list of disbursements")
    columns = COLUMNS
    needed = (("date",), ("voucher_no",), ("activity",), ("commune",), ("amount",))
    required = (("date", "voucher_date"), *needed[1:])
    permission = ENTER_DISBURSEMENT
    builder = DisbursementBuilder
    model = Disbursement
    list_page = "disbursements"
    template = {"date": 12, "voucher_no": 14, "voucher_date": 12, "activity": 14, "commune": 20} | {
        **{"fund": 22, "amount": 16, "payee": 28, "description": 40, "note": 26},
    }
    row_name = ("voucher_no", "activity", "commune")
    related = ("activity__program", "program", "commune", "fund", "fiscal_year", "period")
    template_hint = _("The rows are those that are not submitted yet; add new ones below.")
    period, state = "month", "status"
    reversible = Q(reverses=None, reversed_amount__lt=F("amount"))

    def check(self, values: Values, columns: set[str]) -> Iterable[Finding]:
        return check_disbursement(values)

    def template_records(self, year: FiscalYear, user: User) -> Iterable[Disbursement]:
        """Drafts and returned rows."""
        rows = Disbursement.objects.visible_to(user).filter(
            fiscal_year=year, status__in=ledger.EDITABLE
        )
        return rows.select_related("activity", "commune", "fund").order_by("date", "pk")

    def filled(self, record: Disbursement) -> Values:
        names = ("date", "amount", *(detail.name for detail in DETAILS))
        return {**places(record), **{name: getattr(record, name) for name in names}}

    def was_in_template(self, then: Disbursement) -> bool:
        return then.status in ledger.EDITABLE

    def refusal(self, record: Disbursement) -> str:
        if record.status == Status.POSTED:
            text = _now(
                "%(row)s is posted and is never changed. Reverse it on its page, and enter what is "
                "right as a new row."
            )
            return text % {"row": record}
        if record.status == Status.SUBMITTED:
            return _now(
                "This row waits for approval and is not changed: who submitted it withdraws it, or "
                "whoever approves returns it, then it can be."
            )
        return ""

    def amount(self, item: Disbursement) -> tuple[Program, int]:
        return item.program, item.amount

    def cells(self, item: Disbursement) -> Iterable[Cell]:
        yield item.program, item.commune, month_key(item.date), item.amount

    def as_saved(self, item: Disbursement) -> dict[str, object]:
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
        changed = with_saved([after for _before, after in outcome.changed], "fund")
        outcome.overwrote = overwritten(outcome.changed, ledger.NAMES)
        changes.change_rows(actor=actor, rows=changed, reason=reason)
        rows = with_saved(outcome.items, "fund")
        made = ledger.load(actor=actor, rows=rows, post=post) if rows else []
        return [*made, *changed]

    def take_back(
        self, record: Disbursement, *, actor: User, reason: str, overwrote: object = None
    ) -> None:
        self.take_back_all([record], actor=actor, reason=reason, overwrote=overwrote)

    def take_back_all(
        self, records: Sequence[Disbursement], *, actor: User, reason: str, overwrote: object = None
    ) -> None:
        before = [was for each in records if (was := as_before(each, overwrote)) is not None]
        changes.change_rows(actor=actor, rows=before, reason=reason, is_undone=True)
        changed = {record.pk for record in before}
        made = [record for record in records if record.pk not in changed]
        if any(record.version != AS_LOADED for record in made):
            raise StaleVersion
        drafts.disbursements(actor=actor, rows=made, why=reason)

    def submit_all(self, records: Sequence[Disbursement], *, actor: User) -> None:
        bulk.submit_many(actor=actor, rows=records)

    def reverse_all(self, records: Sequence[Disbursement], *, actor: User, reason: str) -> None:
        prefetch_related_objects(records, "makers")
        bulk.reverse_many(actor=actor, rows=records, reason=reason)

    def drafts_href(self, upload: "Upload") -> str:
        year = upload.fiscal_year.code
        return f"{reverse('disbursements')}?{urlencode({'status': 'draft', 'fiscal_year': year})}"
