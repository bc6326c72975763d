"""Refusals that every door understands: page, API, Excel, admin, shell.

A wrong value is Django's `ValidationError({field: message})`; "not allowed" is `PermissionDenied`;
something out of scope is `Http404`. What is left is a conflict with what somebody else did.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.values.said import coded


def require_reason(reason: str, sentence: str, field: str = "reason") -> None:
    """A decision says why; where it does not, `ValidationError` with the sentence."""
    if not reason.strip():
        raise ValidationError({field: coded("reason_needed", sentence)})


class Conflict(Exception):
    """The record is not in the state (or version) this change was made for: 409 in the API.

    `message` is a sentence for a person; `code` names the case for a program.
    """

    def __init__(self, message: object, code: str = "conflict") -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code


class StaleVersion(Conflict):
    """Somebody else changed the record in the meantime."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else changed this record in the meantime. Load it again and repeat."),
            "stale",
        )


class PeriodClosed(Conflict):
    """The month (or year) of the date is closed; `open_day`, as written, is the nearest one."""

    def __init__(self, period: object, open_day: str = "") -> None:
        said = _(
            "%(period)s is closed. Give a date in an open month, or ask for it to be reopened."
        )
        near = _(
            "%(period)s is closed. The nearest open day is %(day)s: date it then, or ask for the "
            "month to be reopened."
        )
        message = (near if open_day else said) % {"period": period, "day": open_day}
        super().__init__(message, "period_closed")


class NotBegun(Exception):
    """There is no fiscal year at all: the portal waits for its set-up (see `SetUpFirst`)."""
