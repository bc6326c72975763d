"""Writes about agreements, and what of them is due."""

from datetime import date as Date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import RECORD_MEETING
from accounts.scope import outside
from communes.own_day import PlacedServices
from core.services.access import check
from core.services.transition import save_with_history
from core.values.dates import in_future
from core.values.said import refused
from programs.models import Agreement, Amendment

PLACES = ("programs", "communes")


def _in_scope(row: Agreement, actor: User, many: dict[str, list[Any]]) -> None:
    """Every programme × commune named is the actor's; not signed in the future."""
    there = {name: list(getattr(row, name).all()) if row.pk else [] for name in PLACES} | many
    errors: dict[str, str] = {}
    for program in there["programs"] or [None]:
        for commune in there["communes"] or [None]:
            for name, sentence in outside(actor, program=program, commune=commune).items():
                errors[f"{name}s"] = sentence
    if said := in_future(row.signed_date):
        errors["signed_date"] = said
    if errors:
        raise ValidationError(errors)


agreements = PlacedServices(
    Agreement,
    permissions=(RECORD_MEETING,),
    fields=("kind", "title", "parties", "due_date", "due_precision", "signed_date", "note"),
    many=("programs", "communes", "fiscal_years"),
    prepare=_in_scope,
)


@transaction.atomic
def amend(*, actor: User, agreement: Agreement, signed_date: Date, summary: str) -> Amendment:
    """Add a signed amendment under the next number; only to a signed agreement."""
    check(actor, RECORD_MEETING)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    _in_scope(agreement, actor, {})
    if agreement.signed_date is None or signed_date < agreement.signed_date:
        raise refused(
            "signed_date",
            "wrong_order",
            _("An amendment is signed after its agreement, not before."),
        )
    if said := in_future(signed_date):
        raise ValidationError({"signed_date": said})
    last = agreement.amendments.aggregate(n=Max("number"))["n"] or 0
    row = Amendment(agreement=agreement, number=last + 1, signed_date=signed_date, summary=summary)
    row.full_clean()
    row.save()
    save_with_history(agreement, actor, _("amended"))
    return row


def due(user: User, as_of: Date, within_days: int = 31) -> list[Agreement]:
    """What the user sees of agreements that are late, or due within some days; earliest first."""
    last = Date.fromordinal(as_of.toordinal() + within_days)
    return list(Agreement.objects.visible_to(user).unsigned().filter(due_date__lte=last))
