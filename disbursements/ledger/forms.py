"""Forms of the ledger's pages. What they refuse, the services refuse too."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.pages.forms import DayField, MoneyField, ReasonForm
from core.pages.record_forms import form_field
from core.values.amount_words import in_words
from core.values.dates import today
from disbursements.fields import DETAILS, NAMES
from disbursements.ledger.choices import ActivityField, PlaceField, UnitSelect, units_for
from disbursements.ledger.remarks import Doubtful, Remark, questions_on
from disbursements.models import Disbursement
from programs.models import Fund

# What the next voucher has in common with the last.
STAYS = ("date", "activity", "commune", "fund", *(d.name for d in DETAILS if d.repeated))


class DisbursementForm(forms.Form):
    """One voucher line: its money here, its details from `disbursements.fields`."""

    field_order: Sequence[str] = (
        *("date", "activity", "commune", "amount", "confirm_amount"),
        *("payee", "voucher_no", "same_voucher", "voucher_date", "fund"),
    )  # then the other details

    date = DayField(label=_("Date"))
    activity = ActivityField(
        label=_("Activity"), max_length=500, help_text=_("Its code, or words of its title.")
    )
    commune = PlaceField(label=_("Commune"), queryset=None, widget=UnitSelect)
    amount = MoneyField(label=_("Amount (đồng)"), help_text=_("12.500.000 or 12,5 triệu"))
    fund: object = forms.ModelChoiceField(
        label=_("Funding source"), queryset=None, required=False, empty_label=_("Not stated")
    )
    same_voucher = forms.BooleanField(
        label=_("Yes, it is another line of this voucher"),
        required=False,
        widget=forms.HiddenInput,
    )
    confirm_amount = forms.BooleanField(required=False, widget=forms.HiddenInput)
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)  # as seen in words
    looked_at = forms.CharField(required=False, widget=forms.HiddenInput)  # the remarks
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    EDITED_ALONE = NAMES

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for detail in DETAILS:
            self.fields[detail.name] = form_field(detail.field)
            self.fields[detail.name].wide = detail.wide  # type: ignore[attr-defined]
        for name in STAYS:
            self.fields[name].widget.attrs["data-stays"] = ""
        self.order_fields(self.field_order)
        self.user = user
        self.fields["activity"].user = user  # type: ignore[attr-defined]
        self.fields["commune"].queryset = units_for(user)  # type: ignore[attr-defined]
        self.fields["fund"].queryset = Fund.objects.all()  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("confirm_amount", "confirmed", "looked_at", "version")
        }

    @property
    def place(self) -> dict[str, object] | None:
        """Day, activity and commune, as far as the form knows all three."""
        known = getattr(self, "cleaned_data", {}) if self.is_bound else self.initial
        found = {name: known.get(name) for name in ("date", "activity", "commune")}
        return found if all(found.values()) else None

    @property
    def amount_in_words(self) -> str:
        """The amount as it was read, for the person to confirm; empty while it is wrong."""
        amount = getattr(self, "cleaned_data", {}).get("amount")
        return in_words(amount) if amount else ""

    @property
    def is_certain(self) -> bool:
        """Whether the amount was typed in plain figures, or its reading was seen in words."""
        amount = str(self.cleaned_data["amount"])
        typed = str(self.data.get(self.add_prefix("amount"), "")).strip().replace(".", "")
        return amount in (self.cleaned_data["confirmed"], typed)

    def ask(self, row: Disbursement) -> None:
        """Before a row is saved: raise `Doubtful` where something in it deserves a second look and
        had none. The form then holds what the person looks at, so that sending it again saves."""
        self.judge(row, questions_on(self.user, row))

    def judge(self, row: Disbursement, remarks: Sequence[Remark]) -> None:
        """The same, where it is known what is remarked in the row."""
        asked = Doubtful(remarks)
        looked_at = " ".join(asked.remarks)
        was_seen = looked_at in ("", self.cleaned_data["looked_at"])
        has_words = self.cleaned_data["confirm_amount"] or not asked.wants_words
        if self.is_certain and was_seen and has_words:
            return
        shown = {"confirmed": str(row.amount), "looked_at": looked_at, "confirm_amount": ""}
        self.data = dict(self.data.items()) | {
            self.add_prefix(name): value for name, value in shown.items()
        }
        raise asked

    def show_ticks(self, *, wants_words: bool = False) -> None:
        """Before it is shown again: show the ticks that answer what was asked."""
        if wants_words or self.data.get(self.add_prefix("confirm_amount")):
            label = _("Yes, it is %(words)s") % {"words": self.amount_in_words}
            self["confirm_amount"].label = label
            self.fields["confirm_amount"].widget = forms.CheckboxInput()
        if "same_voucher" in self.errors or self.data.get(self.add_prefix("same_voucher")):
            self.fields["same_voucher"].widget = forms.CheckboxInput()


def initial_of(row: Disbursement) -> dict[str, object]:
    """A row as form values."""
    return {"version": row.version, **{name: getattr(row, name) for name in NAMES}}


def next_like(row: Disbursement) -> dict[str, object]:
    """The values with which the next row like this one begins: its amount and its voucher are its
    own."""
    return {name: getattr(row, name) for name in STAYS}


def same_again(row: Disbursement) -> dict[str, object]:
    """The same payment once more, today."""
    return {**next_like(row), "date": today(), "amount": row.amount}


class ReverseForm(ReasonForm):
    """A reversal: the whole rest on the original's day, unless told otherwise."""

    amount = MoneyField(label=_("Amount (đồng)"), required=False)
    date = DayField(label=_("Date"), required=False)
