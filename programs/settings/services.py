"""Writes of the settings: programmes and funding sources."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from core.services.access import check
from core.services.records import RecordServices
from core.services.transition import delete_unused
from core.values.said import refused
from programs.models import Fund, Program


def _program(row: Program, actor: User, many: dict[str, object]) -> None:
    keep_code(row)
    if not row.order:
        row.order = (Program.objects.aggregate(last=Max("order"))["last"] or 0) + 1


def _fund(row: Fund, actor: User, many: dict[str, object]) -> None:
    keep_code(row)


def keep_code(row: Any) -> None:
    """A code is in workbooks, addresses and other offices' systems: it stays as it was given."""
    row.code = row.code.strip().upper()
    before = type(row).objects.filter(pk=row.pk).values_list("code", flat=True).first()
    if before not in (None, row.code):
        raise refused(
            "code",
            "fixed",
            _("The code is in workbooks and addresses: it stays %(code)s.") % {"code": before},
        )


@transaction.atomic
def remove_program(*, actor: User, row: Program) -> None:
    """Take a programme away that nothing names yet: no activity, no assignment, no topic."""
    check(actor, MANAGE_SETTINGS)
    delete_unused(row, actor, _("%(name)s is in use and stays.") % {"name": row.code})


programs = RecordServices(
    Program,
    permissions=(MANAGE_SETTINGS,),
    fields=("code", "name", "name_en", "order"),
    prepare=_program,
)
funds = RecordServices(Fund, permissions=(MANAGE_SETTINGS,), fields=("code", "name"), prepare=_fund)
