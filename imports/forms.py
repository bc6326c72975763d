"""The form that takes a workbook."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import LOAD_HISTORY
from imports.kinds import KINDS
from imports.workbook import MAX_BYTES
from imports.workbook.files import EXTENSIONS
from programs.models import FiscalYear


class ScopeForm(forms.Form):
    """What a plan's workbook is; nothing is chosen beforehand."""

    scope = forms.ChoiceField(
        label=_("What the workbook holds"),
        choices=[
            ("whole", _("The whole plan of its programmes: lines that are not in it go")),
            ("changes", _("Only lines that change: no other line is touched")),
        ],
        widget=forms.RadioSelect,
    )


class SameVoucherForm(forms.Form):
    """That rows are further lines of vouchers; nothing is ticked beforehand."""

    same_voucher = forms.BooleanField(
        label=_("These rows are other lines of their vouchers, not mended copies")
    )


class WorkbookForm(forms.Form):
    """Kind, fiscal year and file; who may load history may also say that it is history."""

    kind = forms.ChoiceField(label=_("What the workbook holds"))
    fiscal_year = forms.ModelChoiceField(
        FiscalYear.objects.all(),
        label=_("Fiscal year"),
        required=False,
        empty_label=_("As the workbook says"),
    )
    workbook = forms.FileField(
        label=_("File (Excel, .csv, .ods)"),
        help_text=_("As your office writes it: headings and column order do not matter."),
        widget=forms.FileInput(attrs={"accept": EXTENSIONS}),
        allow_empty_file=True,
    )
    as_history = forms.BooleanField(
        label=_("It happened before the portal: post it at once, as history"), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [k for k in KINDS.values() if any(map(user.can, k.permissions))]
        choices = [(kind.name, kind.label) for kind in kinds]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        if not user.can(LOAD_HISTORY):
            del self.fields["as_history"]

    def clean_workbook(self) -> Any:
        file = self.cleaned_data["workbook"]
        if file.size > MAX_BYTES:
            text = _now("The file is larger than %(size)d MB. Split it into several.")
            raise ValidationError(text % {"size": MAX_BYTES // 2**20})
        return file
