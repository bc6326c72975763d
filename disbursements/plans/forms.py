"""Forms of the plan's pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.pages.forms import DayField, MoneyField
from core.pages.record_forms import UnitChoiceField, form_field
from core.values.dates import QUARTERS, ROMAN
from disbursements.ledger.choices import ActivityField, units_for
from disbursements.ledger.services import unspecified_fund
from disbursements.models import PlanLine, PlanVersion
from disbursements.plans.services import Line
from programs.models import FiscalYear, Fund

OF_QUARTERS = [*zip(QUARTERS, ROMAN, strict=True)]


class DraftForm(forms.Form):
    """A new version: of which year, from what, why."""

    fiscal_year = forms.ModelChoiceField(
        label=_("Fiscal year"), queryset=FiscalYear.objects.order_by("-code"), to_field_name="code"
    )
    source = forms.ChoiceField(
        label=_("Begin with"),
        choices=[("current", _("a copy of the current plan")), ("empty", _("an empty plan"))],
    )
    reason = forms.CharField(
        label=_("Why the plan changes"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LineForm(forms.Form):
    """One line; the same activity, commune and fund again replaces its amounts."""

    activity = ActivityField(label=_("Activity"), max_length=500)
    commune = UnitChoiceField(label=_("Commune"), queryset=None)
    fund = forms.ModelChoiceField(
        label=_("Funding source"),
        queryset=Fund.objects.all(),
        required=False,
        empty_label=_("Not stated"),
    )
    q1 = MoneyField(label=_("Quarter I (đồng)"), required=False)
    q2 = MoneyField(label=_("Quarter II (đồng)"), required=False)
    q3 = MoneyField(label=_("Quarter III (đồng)"), required=False)
    q4 = MoneyField(label=_("Quarter IV (đồng)"), required=False)
    another_fund = forms.BooleanField(
        label=_("It is another line beside one of another funding source"), required=False
    )
    line_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PlanLine.details:
            self.fields[name] = form_field(PlanLine._meta.get_field(name))
        self.fields["activity"].user = user  # type: ignore[attr-defined]
        self.fields["commune"].queryset = units_for(user)  # type: ignore[attr-defined]

    def line(self) -> Line:
        data = self.cleaned_data
        return Line(
            activity=data["activity"],
            commune=data["commune"],
            fund=data["fund"] or unspecified_fund(),
            amounts={q: data[f"q{q}"] for q in QUARTERS if data[f"q{q}"]},
            **{name: data[name] for name in PlanLine.details},
        )


class NewLineForm(LineForm):
    """A new line among many."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, empty_permitted=True, use_required_attribute=False, **kwargs)
        for name in ("line_id", "version"):
            del self.fields[name]


class AmountsForm(forms.Form):
    """The amounts of a line that is there, edited in its row; `version` is the line's."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for quarter, roman in OF_QUARTERS:
            label = _("Quarter %(quarter)s (đồng)") % {"quarter": roman}
            field = MoneyField(label=label, required=False)
            field.widget.attrs["aria-label"] = label
            self.fields[f"q{quarter}"] = field

    def amounts(self) -> dict[int, int]:
        """Đồng by quarter."""
        return {q: self.cleaned_data[f"q{q}"] or 0 for q in QUARTERS}


class JoinForm(forms.Form):
    """Another open draft, taken into this one."""

    draft: object = forms.ModelChoiceField(label=_("Draft"), queryset=None)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, drafts: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["draft"]
        field.queryset = drafts
        field.label_from_instance = draft_name


def draft_name(plan: PlanVersion) -> str:
    """A draft as it stands among others: its number, programmes and who made it."""
    codes = ", ".join(program.code for program in plan.programs.all())
    return f"{plan.pk} · {codes} · {plan.created_by.display_name}"


class TransferForm(forms.Form):
    """Money moved between two lines of a draft: the total stays."""

    source = forms.ModelChoiceField(label=_("From"), queryset=PlanLine.objects.none())
    quarter = forms.TypedChoiceField(label=_("of quarter"), choices=OF_QUARTERS, coerce=int)
    target: object = forms.ModelChoiceField(label=_("To"), queryset=PlanLine.objects.none())
    to_quarter = forms.TypedChoiceField(label=_("to quarter"), choices=OF_QUARTERS, coerce=int)
    amount = MoneyField(label=_("Amount (đồng)"))
    reason = forms.CharField(label=_("Reason"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: QuerySet[PlanLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            self.fields[name].queryset = lines  # type: ignore[attr-defined]


class ApproveForm(forms.Form):
    """The decision that approves a plan."""

    decision_no = forms.CharField(label=_("Decision number"), max_length=60, required=False)
    decision_date = DayField(label=_("Decision date"), required=False)
    together: object = forms.ModelMultipleChoiceField(
        label=_("Approve together with, as one version"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    confirm_vanishing = forms.BooleanField(
        label=_("All lines with money that vanish may go"), required=False
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, waiting: object, vanishing: object = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["together"]
        field.queryset, field.label_from_instance = waiting, draft_name
        if not waiting:
            del self.fields["together"]
        self.fields["confirm_vanishing"].help_text = str(vanishing) if vanishing else ""
        if not vanishing and not waiting:
            del self.fields["confirm_vanishing"]
