"""Several vouchers typed or pasted at once: a row of the grid is a voucher's form without what a
list of vouchers seldom has. All rows go to `create_many`, or those that are right."""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from communes.models import Commune
from core.api.bulk import RowErrors
from core.pages.forms import DayField, show_errors
from disbursements.fields import DETAILS
from disbursements.ledger.bulk import create_many
from disbursements.ledger.choices import Words
from disbursements.ledger.forms import DisbursementForm
from disbursements.ledger.remarks import Doubtful, questions_on_new
from disbursements.models import Disbursement

COLUMNS = ("date", "voucher_no", "activity", "commune", "amount", "description", "payee")
WORDS = {  # of the headings of pasted rows; details know theirs
    "date": "ngày|ngày tháng|ngày chứng từ|ngày ct|date",
    "activity": "mã hoạt động|mã hđ|hoạt động|activity|activity code",
    "commune": "xã|địa bàn|commune",
    "amount": "số tiền|thành tiền|thực chi|amount",
} | {detail.name: detail.headings for detail in DETAILS}
ASIDE = ("confirm_amount", "same_voucher", "confirmed", "looked_at")
FEW, SPARE, MOST = 10, 2, 100  # rows offered, left blank below what is typed, taken at once
NAME = re.compile(r"r([0-9]{1,2})-([a-z_]+)")  # of a field: its row, its column


class NotYet(Exception):
    """Nothing is saved: some rows (by their place) have to be looked at, or others are wrong."""

    def __init__(self, doubts: Mapping[int, Doubtful]) -> None:
        super().__init__(f"{len(doubts)} rows")
        self.doubts = doubts


class GridRow(DisbursementForm):
    """One row; blank, it is passed over."""

    field_order: Sequence[str] = (*COLUMNS, *ASIDE)
    use_required_attribute = False

    date = DayField(
        label=gettext_lazy("Date"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    commune = forms.CharField(  # type: ignore[assignment]  # its name or code, of its day
        label=gettext_lazy("Commune"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "communes", "autocomplete": "off"}),
    )

    def __init__(
        self, data: Mapping[str, object] | None, *, number: int, user: User, words: Words
    ) -> None:
        super().__init__(data, user=user, prefix=f"r{number - 1}", empty_permitted=True)
        for name in set(self.fields) - set(self.field_order):
            del self.fields[name]
        for name in COLUMNS:
            field = self.fields[name]
            field.help_text = ""
            label = _("%(column)s, row %(row)d") % {"column": field.label, "row": number}
            field.widget.attrs["aria-label"] = label
            field.widget.attrs.pop("data-stays", None)
        self.number, self.words = number, words
        self.fields["activity"].find = words.activity  # type: ignore[attr-defined]
        self.doubts: list[str] = []

    def clean_commune(self) -> Commune | None:
        return self.words.unit(self.cleaned_data["commune"], self.cleaned_data.get("date"))

    @property
    def cells(self) -> list[forms.BoundField]:
        return [self[name] for name in COLUMNS]

    @property
    def aside(self) -> list[object]:
        """What is asked about the row: hidden, but for the ticks that answer."""
        return [self[name] for name in ASIDE]

    @property
    def asked(self) -> list[str]:
        """What is asked or wrong and has no cell of its own."""
        no_cell = {name: said for name, said in self.errors.items() if name not in COLUMNS}
        return [*self.doubts, *(str(text) for said in no_cell.values() for text in said)]

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.doubts)

    def doubt(self, asked: Doubtful) -> None:
        self.doubts = [*asked.remarks, self.amount_in_words]
        self.show_ticks(wants_words=asked.wants_words)


class Grid:
    """The rows of the page: those typed, and a few blank ones."""

    def __init__(self, user: User, data: Mapping[str, object] | None) -> None:
        self.user, words = user, Words()
        last = max((number for number, _name in _typed(data)), default=-1)
        count = min(max(FEW, last + 1 + SPARE), MOST)
        self.rows = [
            GridRow(data, number=number, user=user, words=words) for number in range(1, count + 1)
        ]

    @property
    def filled(self) -> list[GridRow]:
        return [row for row in self.rows if row.is_bound and row.has_changed()]

    @property
    def wrong(self) -> list[GridRow]:
        """What keeps rows from being saved, once they were looked at."""
        return [row for row in self.filled if row.is_wrong]

    def save(
        self, request: HttpRequest, *, right_only: bool = False, look_only: bool = False
    ) -> list[Disbursement]:
        """Save all rows, or none where one of them is wrong or doubtful; with `right_only` those
        that are neither, with `look_only` none. What is wrong with the others stands in them."""
        right = [row for row in self.filled if row.is_valid()]
        for row in self.filled:
            row.show_ticks()
        while right:
            whole = len(right) == len(self.filled)
            try:
                return self._save(right, may_save=(whole or right_only) and not look_only)
            except RowErrors as found:
                for index, error in found.errors.items():
                    show_errors(request, error, right[index])
                    right[index].show_ticks()
                wrong = set(found.errors)
            except NotYet as found:
                for index, asked in found.doubts.items():
                    right[index].doubt(asked)
                wrong = set(found.doubts)
            if not wrong:
                break
            right = [row for index, row in enumerate(right) if index not in wrong]
        return []

    def _save(self, rows: Sequence[GridRow], *, may_save: bool) -> list[Disbursement]:
        return create_many(
            actor=self.user,
            rows=[dict(row.values) for row in rows],
            places=[row.number - 1 for row in rows],
            ask=partial(self._ask, rows, may_save),
        )

    def _ask(self, rows: Sequence[GridRow], may_save: bool, made: list[Disbursement]) -> None:
        """Before they are saved: raise `NotYet` where some of them deserve a second look."""
        doubts = {}
        remarks = questions_on_new(self.user, made)
        for index, (row, record) in enumerate(zip(rows, made, strict=True)):
            try:
                row.judge(record, remarks[index])
            except Doubtful as asked:
                doubts[index] = asked
        if doubts or not may_save:
            raise NotYet(doubts)

    def left(self) -> dict[str, str]:
        """What was typed in the rows that were not saved, from the first row on."""
        return {
            f"r{place}-{name}": str(row.data.get(row.add_prefix(name), ""))
            for place, row in enumerate(self.wrong)
            for name in COLUMNS
        }


def _typed(data: Mapping[str, object] | None) -> list[tuple[int, str]]:
    """The row and the column of each field that has something."""
    found = [NAME.fullmatch(name) for name, value in (data or {}).items() if str(value).strip()]
    return [(int(each[1]), each[2]) for each in found if each and each[2] in COLUMNS]
