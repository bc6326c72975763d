"""Forms of the ledger's pages. What they refuse, the services refuse too."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.pages.forms import DayField, MoneyField, ReasonForm
from core.values.amount_words import in_words
from core.values.dates import today
from disbursements.ledger.choices import ActivityField, PlaceField, units_for
from disbursements.models import Disbursement
from programs.models import Fund


class DisbursementForm(forms.Form):
    """One voucher line. Saved only once the amount has been shown in words."""

    date = DayField(label=_("Date"))
    activity = ActivityField(
        label=_("Activity"), max_length=500, help_text=_("Its code, or words of its title.")
    )
    commune = PlaceField(label=_("Commune"), queryset=None)
    amount = MoneyField(label=_("Amount (đồng)"), help_text=_("12.500.000 or 12,5 triệu"))
    payee = forms.CharField(label=_("Payee"), max_length=200, required=False)
    voucher_no = forms.CharField(label=_("Voucher number"), max_length=60, required=False)
    voucher_date = DayField(label=_("Voucher date"), required=False)
    fund: Any = forms.ModelChoiceField(
        label=_("Funding source"), queryset=None, required=False, empty_label=_("Not stated")
    )
    description = forms.CharField(label=_("Description"), max_length=500, required=False)
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].user = user  # type: ignore[attr-defined]
        self.fields["commune"].queryset = units_for(user)  # type: ignore[attr-defined]
        self.fields["fund"].queryset = Fund.objects.all()  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("confirmed", "version")
        }

    @property
    def amount_in_words(self) -> str:
        """The amount as it was read, for the person to confirm; empty while it is wrong."""
        amount = getattr(self, "cleaned_data", {}).get("amount")
        return in_words(amount) if amount else ""

    @property
    def is_confirmed(self) -> bool:
        return self.cleaned_data.get("confirmed") == str(self.cleaned_data.get("amount"))


def initial_of(row: Disbursement, *, again: bool = False) -> dict[str, Any]:
    """A row as form values; `again` for entering the next one like it, today."""
    names = ["activity", "commune", "fund", "amount", "payee", "description"]
    values = {name: getattr(row, name) for name in names}
    if again:
        return {**values, "date": today()}
    return {
        **values,
        "date": row.date,
        "voucher_no": row.voucher_no,
        "voucher_date": row.voucher_date,
        "version": row.version,
    }


class ReverseForm(ReasonForm):
    """A reversal: the whole rest on the original's day, unless told otherwise."""

    amount = MoneyField(label=_("Amount (đồng)"), required=False)
    date = DayField(label=_("Date"), required=False)
