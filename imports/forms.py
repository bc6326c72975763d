"""The form that takes a workbook."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import LOAD_HISTORY
from communes.models import Commune
from core.values.said import coded
from imports.kinds import KINDS
from imports.models import Upload
from imports.resolve import Directory, Unknown
from imports.workbook import MAX_BYTES, Correction
from imports.workbook.corrections import (
    COLUMN,
    HIDDEN_ROWS,
    IN,
    MONTHS_OF_A_QUARTER,
    NOTHING,
    OUT,
    SHEET,
    UNIT,
)
from imports.workbook.fields import MONEY, QUARTERS, ROW_ID
from imports.workbook.files import EXTENSIONS
from imports.workbook.understood import SheetReading
from imports.workbook.units import unit_named
from programs.models import Activity, FiscalYear

Sent = Mapping[str, object] | None  # what a form is filled in with
Initial = dict[str, object] | None  # what stands in it
if TYPE_CHECKING:
    Files = MultiValueDict[str, UploadedFile[bytes]] | None

UNITS = (1, 10**3, 10**6, 10**9)  # đồng per unit that somebody can say


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


def kinds_for(user: User) -> list[tuple[str, object]]:
    """The kinds of workbook that a person may load: name and label."""
    return [(k.name, k.label) for k in KINDS.values() if any(map(user.can, k.permissions))]


class WhatForm(forms.Form):
    """What a workbook is, where it was taken for something else."""

    kind = forms.ChoiceField(label=_("What the workbook holds"))
    fiscal_year = forms.ModelChoiceField(
        FiscalYear.objects.all(),
        label=_("Fiscal year"),
        required=False,
        empty_label=_("As the workbook says"),
    )

    def __init__(self, sent: Sent = None, *, user: User, initial: Initial = None) -> None:
        super().__init__(sent, initial=initial)
        self.fields["kind"].choices = kinds_for(user)  # type: ignore[attr-defined]


class SheetForm(forms.Form):
    """How one sheet is to be read. What is left as it is says nothing.

    `sheet`: its part of the upload's reading; `names`: the words on it that nothing is known by.
    """

    unit = forms.ChoiceField(
        label=_("Unit of money"),
        required=False,
        choices=[("", _("As it was read"))] + [(str(n), unit_named(n)) for n in UNITS],
    )
    sheet = forms.ChoiceField(
        label=_("This sheet"), choices=[(IN, _("Read it")), (OUT, _("Leave it out"))]
    )
    hidden_rows = forms.ChoiceField(
        label=_("Hidden rows"), choices=[(IN, _("Read them")), (OUT, _("Leave them out"))]
    )

    def __init__(
        self, sent: Sent, *, upload: Upload, sheet: SheetReading, names: list[dict[str, str]]
    ) -> None:
        super().__init__(sent)
        self.upload, self.as_read, self.names = upload, sheet, names
        kind = upload.kind
        self.fields["sheet"].initial = IN if sheet.is_read else OUT
        hidden_out = any(row["kind"] == "hidden" for row in sheet.rows_left_out)
        self.fields["hidden_rows"].initial = OUT if hidden_out else IN
        if not (hidden_out or sheet.hidden_rows):
            del self.fields["hidden_rows"]
        if not any(field.name in MONEY for field in KINDS[kind].columns):
            del self.fields["unit"]
        for number, name in enumerate(names):
            self.fields[f"name_{number}"] = forms.CharField(
                label=_now("“%(text)s” is") % name,
                help_text=_now("Code or name; left empty, it stays unknown."),
                required=False,
                max_length=100,
            )
        fields = [(field.name, field.label) for field in KINDS[kind].columns]
        for column in sheet.columns:
            if column["field"] == ROW_ID:
                continue  # nobody else's column
            self.fields[f"column_{column['letter']}"] = forms.ChoiceField(
                label=_now("Column %(letter)s “%(heading)s”") % column,
                choices=[(NOTHING, _now("not read")), *fields],
                initial=column["field"] or NOTHING,
            )

    def clean(self) -> dict[str, object]:
        """One column for a field; a word is given for something that is known."""
        values = super().clean() or {}
        self._check_columns(values)
        written = {n: values.get(f"name_{n}") for n in range(len(self.names))}
        if any(written.values()) and self.upload.fiscal_year:
            directory = Directory(self.upload.fiscal_year)
            find: dict[str, Callable[[str], Commune | Activity]]
            find = {"commune": directory.commune, "activity": directory.needed_activity}
            for number, text in written.items():
                if text:
                    self._meant(number, text, find[self.names[number]["field"]])
        return values

    def _check_columns(self, values: dict[str, object]) -> None:
        columns = {name: v for name, v in values.items() if name.startswith("column_")}
        for name, value in columns.items():
            others = [n for n, other in columns.items() if other == value and n != name]
            if value in QUARTERS and len(others) == MONTHS_OF_A_QUARTER - 1:
                continue
            if value != NOTHING and self._is_other(name) and others:
                letters = ", ".join(n.removeprefix("column_") for n in others)
                text = _now("Column %(letters)s is read as this. Say “not read” there.")
                self.add_error(name, text % {"letters": letters})

    def _meant(self, number: int, text: str, find: Callable[[str], Commune | Activity]) -> None:
        try:
            self.cleaned_data[f"name_{number}"] = find(text).code
        except Unknown as unknown:
            self.add_error(f"name_{number}", unknown.message)

    def corrections(self) -> list[Correction]:
        """What was said otherwise than it was read."""
        layout, values = self.as_read.layout, self.cleaned_data
        found = []
        if values.get("unit"):
            found.append(Correction(layout, UNIT, values["unit"], was=self.as_read.unit_said))
        if self._is_other("sheet"):
            found.append(Correction(layout, SHEET, values["sheet"], self.as_read.name))
        if self._is_other("hidden_rows"):
            found.append(Correction(layout, HIDDEN_ROWS, values["hidden_rows"]))
        found += [
            Correction(layout, COLUMN, values[name], name.removeprefix("column_"))
            for name in self.fields
            if name.startswith("column_") and self._is_other(name)
        ]
        found += [
            Correction(layout, name["field"], values[f"name_{number}"], name["text"])
            for number, name in enumerate(self.names)
            if values[f"name_{number}"]
        ]
        return found

    def _is_other(self, name: str) -> bool:
        value = self.cleaned_data.get(name)
        return name in self.fields and value not in (None, self.fields[name].initial)


class OpenSelect(forms.Select):
    """A choice that may be left to the workbook: that stands first, and is no choice."""

    def optgroups(
        self, name: str, value: list[str], attrs: dict[str, object] | None = None
    ) -> list[tuple[str | None, list[dict[str, object]], int | None]]:
        is_open = not any(value)
        empty = self.create_option(name, "", _now("As the workbook says"), is_open, 0, None, attrs)
        return [(None, [empty], 0), *super().optgroups(name, value, attrs)]


class SameVoucherForm(forms.Form):
    """That rows are further lines of vouchers; nothing is ticked beforehand."""

    same_voucher = forms.BooleanField(
        label=_("These rows are other lines of their vouchers, not mended copies")
    )


class WorkbookForm(forms.Form):
    """Kind, fiscal year and file; who may load history may also say that it is history."""

    kind = forms.ChoiceField(
        label=_("What the workbook holds"),
        required=False,
        widget=OpenSelect,
    )
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

    def __init__(self, sent: Sent, files: "Files", *, user: User, initial: Initial) -> None:
        super().__init__(sent, files, initial=initial)
        self.fields["kind"].choices = kinds_for(user)  # type: ignore[attr-defined]
        if not user.can(LOAD_HISTORY):
            del self.fields["as_history"]

    def clean_workbook(self) -> object:
        file = self.cleaned_data["workbook"]
        if file.size > MAX_BYTES:
            text = _now("The file is larger than %(size)d MB. Split it into several.")
            raise ValidationError(coded("too_large", text % {"size": MAX_BYTES // 2**20}))
        return file
