"""Who was at a meeting and what was stated there, entered on its page, with their source."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import RECORD_MEETING
from core.pages import Section, admin_of, detail_response
from core.pages.forms import OK, submit_form
from core.pages.record_forms import ModelForm, form_field
from core.services.access import requires
from core.services.choices import selectable
from core.values.money import AmountError, parse_amount
from core.values.text import names_in
from monitoring.models import Attendance, Meeting, StatedFigure, StatedOutcome
from monitoring.reviews.services import meetings

PLAIN = re.compile(r"[0-9]{1,6}([.,][0-9]{1,2})?")


class StatedValue(forms.Field):
    """A number as it was said: 120, 98,7, 8,9 tỷ or 8.900.000.000."""

    def to_python(self, value: object) -> Decimal | None:
        text = str(value or "")[:60].strip().removesuffix("%").strip()
        if not text:
            return None
        if PLAIN.fullmatch(text):
            return Decimal(text.replace(",", "."))
        try:
            amount = parse_amount(text)
        except AmountError as error:
            raise ValidationError(error.message, error.code) from error
        return None if amount is None else Decimal(amount)


class StatedForm(ModelForm):
    """The fields of what was stated, with the choices in the person's scope."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = selectable(field.queryset, user)

    def _post_clean(self) -> None:
        """The service holds it against the rules."""


class FigureForm(StatedForm):
    value = StatedValue(
        label=gettext_lazy("Value"),
        help_text=gettext_lazy("120, 98,7, or an amount: 8,9 tỷ."),
    )

    class Meta:
        model = StatedFigure
        fields = names_in(
            "label text measure qualifier value unit as_of as_of_stated fiscal_year program "
            "commune source"
        )
        formfield_callback = form_field


class OutcomeForm(StatedForm):
    class Meta:
        model = StatedOutcome
        fields = ("text", "program", "source")
        formfield_callback = form_field


class AttendanceForm(StatedForm):
    class Meta:
        model = Attendance
        fields = names_in("body office other_office name people gave_overview reported spoke")
        formfield_callback = form_field


class WithdrawForm(forms.Form):
    """One of the meeting's stated figures and outcomes, or of those attending, to be taken out."""

    stated = forms.ChoiceField(label=gettext_lazy("Entered by mistake"))

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stated"].choices = [  # type: ignore[attr-defined]
            (f"{name}-{row.pk}", str(row)[:120])
            for name, rows in KEPT.items()
            for row in getattr(meeting, rows).all()
        ]


# What a meeting's page takes in and gives back, and where it is kept.
KEPT = {"attendance": "attendance", "figure": "stated_figures", "outcome": "stated_outcomes"}


def stated_section(request: PersonRequest, row: Model) -> Iterable[Section]:
    """The fields to enter what was stated, on the page of a meeting."""
    user: User = request.user
    if not isinstance(row, Meeting) or not user.can(RECORD_MEETING):
        return
    tried = getattr(request, "stated_form", None)
    figure = tried if isinstance(tried, FigureForm) else FigureForm(user=user, **FIGURE)
    outcome = tried if isinstance(tried, OutcomeForm) else OutcomeForm(user=user, **OUTCOME)
    came = tried if isinstance(tried, AttendanceForm) else AttendanceForm(user=user, **ATTENDANCE)
    yield _section(row, _("Enter who attended"), came, "meeting-attendance", _("Add to the list"))
    yield _section(row, _("Enter a stated figure"), figure, "stated-figure", _("Add the figure"))
    yield _section(
        row, _("Enter a stated outcome"), outcome, "stated-outcome", _("Add the outcome")
    )
    if any(getattr(row, rows).exists() for rows in KEPT.values()):
        form = tried if isinstance(tried, WithdrawForm) else WithdrawForm(meeting=row, **WITHDRAW)
        yield _section(row, _("Take out what is not so"), form, "stated-withdraw", _("Take it out"))


ATTENDANCE, FIGURE, OUTCOME, WITHDRAW = (
    {"auto_id": f"id_{name}_%s"} for name in (*KEPT, "withdraw")
)


def _section(row: Meeting, title: str, form: forms.BaseForm, address: str, button: str) -> Section:
    at = reverse(address, args=[row.pk])
    return Section(title, form=form, action=at, button=button, folded=not form.is_bound)


@requires(RECORD_MEETING)
@require_POST
def add_figure(request: PersonRequest, pk: int) -> HttpResponse:
    """A figure stated at the meeting."""
    form = FigureForm(request.POST, user=request.user, **FIGURE)
    return _add(request, pk, form, meetings.add_figure)


@requires(RECORD_MEETING)
@require_POST
def add_outcome(request: PersonRequest, pk: int) -> HttpResponse:
    """An outcome stated at the meeting, in words."""
    form = OutcomeForm(request.POST, user=request.user, **OUTCOME)
    return _add(request, pk, form, meetings.add_outcome)


@requires(RECORD_MEETING)
@require_POST
def add_attendance(request: PersonRequest, pk: int) -> HttpResponse:
    """A body, or somebody of it, that was at the meeting."""
    form = AttendanceForm(request.POST, user=request.user, **ATTENDANCE)
    return _add(request, pk, form, meetings.add_attendance)


@requires(RECORD_MEETING)
@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take out a row that was entered by mistake; the trail keeps it."""
    meeting = _meeting(request, pk)
    form = WithdrawForm(request.POST, meeting=meeting, **WITHDRAW)

    def take_out(*, actor: User, meeting: Meeting, stated: str) -> None:
        name, _dash, key = stated.partition("-")
        row = get_object_or_404(getattr(meeting, KEPT[name]), pk=key)
        meetings.withdraw(actor=actor, meeting=meeting, stated=row)

    return _add(request, pk, form, take_out)


def _meeting(request: PersonRequest, pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)


def _add(
    request: PersonRequest, pk: int, form: forms.BaseForm, service: Callable[..., object]
) -> HttpResponse:
    meeting = _meeting(request, pk)
    _done, status = submit_form(request, form, service, meeting=meeting)
    if status == OK:
        return redirect("meeting", pk=pk)
    request.stated_form = form  # type: ignore[attr-defined]
    return detail_response(admin_of(Meeting), request, meeting, status=400)
