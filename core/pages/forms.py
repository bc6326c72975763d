"""Base pieces of the forms: days and money as people write them, and a service's refusals."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.lists.controls import DayInput
from core.services.errors import Conflict, StaleVersion
from core.values.dates import DateError, parse_date, parse_typed
from core.values.money import AmountError, format_vnd, parse_amount
from core.values.text import has_odd_digits

OK, BAD_REQUEST, CONFLICT = 200, 400, 409
STALE = _(
    "This record was changed in the meantime. What you typed is still here: "
    "look at what it is now, then save it again."
)


class DayField(forms.Field):
    """A day, written day first (05/07/2023, 5-7-23, 05072023)."""

    widget = DayInput

    def to_python(self, value: object) -> date | None:
        try:
            return parse_typed(value) if isinstance(value, str) else parse_date(value)
        except DateError as error:
            raise ValidationError(error.message, error.code) from error


class MoneyField(forms.Field):
    """Whole đồng: `12.500.000`, `12,5 triệu`, `500 nghìn`."""

    widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})

    def to_python(self, value: object) -> int | None:
        try:
            return parse_amount(value)
        except AmountError as error:
            raise ValidationError(error.message, error.code) from error

    def prepare_value(self, value: object) -> object:
        return format_vnd(value) if isinstance(value, int) else value

    def has_changed(self, initial: object, data: object) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


class WholeField(forms.IntegerField):
    """A number of people or things: `25`, `1.000`; never the 1 that Django reads in `1.000`."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: object) -> int | None:
        try:
            return parse_amount(value)
        except AmountError as error:
            text = _("“%(value)s” is not a whole number. Write one such as 25 or 1.000.")
            raise ValidationError(text, "invalid", {"value": str(value)[:40]}) from error


class NumberField(forms.DecimalField):
    """A number with decimals, in digits 0–9."""

    def to_python(self, value: object) -> Any:
        if has_odd_digits(str(value or "")):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return super().to_python(value)


class ReasonForm(forms.Form):
    """A reason, and the version of the record that the person saw."""

    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def seen_version(request: HttpRequest) -> int | None:
    """The version of the record that the person saw, sent by a button; None where it sent none."""
    version = request.POST.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None


def run_service(
    request: HttpRequest,
    call: Callable[[], object],
    form: forms.BaseForm | None = None,
    level: int = messages.ERROR,
) -> tuple[Any, int]:
    """Run a service; (its result, 200), or (None, status) with its refusal shown to the person.

    What is wrong with a value stands beside its field; a conflict at the head of the form, or as
    a message where there is none, so that nothing typed is lost. "Not allowed" stays a 403.
    `level` of that message: an error says that nothing was done (accounts.form_keys), a warning
    that only this part of it was not.
    """
    try:
        return call(), OK
    except PermissionDenied:
        raise
    except ValidationError as error:
        show_errors(request, error, form, level)
        return None, BAD_REQUEST
    except Conflict as error:
        if form is None:
            messages.add_message(request, level, str(error.message))
        else:
            form.add_error(None, _objection(form, error))
        return None, CONFLICT


def submit_form(
    request: HttpRequest, form: forms.BaseForm, service: Callable[..., object], **given: object
) -> tuple[Any, int]:
    """Run a service with what a form says, for whoever sent it, as `run_service` does; (None, 400)
    while the form itself is wrong."""
    if not form.is_valid():
        return None, BAD_REQUEST
    said = {**given, **form.cleaned_data}
    return run_service(request, lambda: service(actor=request.user, **said), form)


def _objection(form: forms.BaseForm, error: Conflict) -> str:
    """What is said at the head of a form. A stale one keeps what was typed and gets the version
    that its page shows now (its initial one), so that the person can look and save it again."""
    if not isinstance(error, StaleVersion):
        return str(error.message)
    if "version" in form.fields:
        now = form.get_initial_for_field(form.fields["version"], "version")
        data: Any = form.data
        form.data = data = data.copy()
        data[form.add_prefix("version")] = "" if now is None else str(now)
    return str(STALE)


def show_errors(
    request: HttpRequest,
    error: ValidationError,
    form: forms.BaseForm | None,
    level: int = messages.ERROR,
) -> None:
    """Put a service's field errors beside the fields; those without one at the head."""
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, texts in found.items():
        for text in texts:
            if form is None:
                messages.add_message(request, level, text)
            else:
                form.add_error(field if field in form.fields else None, text)
