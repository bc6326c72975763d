"""What the search in the head looks through, each kind in the reader's scope.

Kinds of plain records are searched as they are declared (`core.pages`): a new area is found without
a line here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import MANAGE_PEOPLE
from communes.models import Board, BoardMember, Commune, Village
from core.models import NamedModel
from core.pages import ADMINS
from core.pages.record_admin import RecordAdmin
from core.values import display
from disbursements.models import Disbursement
from reports.models import IssuedReport

PLACES = (Commune, Village)


@dataclass(frozen=True)
class Kind:
    """One kind: its rows in somebody's scope, the texts that are searched (`core.values.sql_text`),
    how a row is called, where it leads, and where all that were found are listed ('' for none)."""

    code: str
    label: object
    rows: Callable[[User], QuerySet[Model]]
    page: str
    fields: tuple[str, ...] = ("search_key",)
    note: Callable[[Any], str] = lambda row: ""
    key: Callable[[Any], object] = lambda row: row.pk
    called: Callable[[Any], str] = str
    listed: str = ""
    permission: str = "view"

    def address(self, row: Model) -> str:
        return reverse(self.page, args=[self.key(row)])


def kinds() -> list[Kind]:
    """All of them: money, plain records, places, people."""
    plain = [_of(admin) for model, admin in ADMINS.items() if issubclass(model, NamedModel)]
    names = {model._meta.model_name for model in PLACES}
    records = [kind for kind in plain if kind.page not in names]
    return [MONEY, *records, REPORTS, *(kind for kind in plain if kind.page in names), *PEOPLE]


def _of(admin: RecordAdmin) -> Kind:
    return Kind(
        code=admin.name,
        label=admin.title,
        rows=lambda user: admin.model._default_manager.visible_to(user),
        page=admin.one,
        listed=admin.name if "search" in admin.filters else "",
    )


def _voucher(row: Disbursement) -> str:
    return " · ".join(filter(None, [row.voucher_no, row.payee])) or str(row)


MONEY = Kind(
    code="disbursements",
    label=_("Disbursements"),
    rows=lambda user: Disbursement.objects.visible_to(user).select_related("fiscal_year"),
    page="disbursement",
    called=_voucher,
    note=lambda row: f"{display.day(row.date)} · {display.number(row.amount)} đồng",
    listed="disbursements",
)
REPORTS = Kind(
    code="issued-reports",
    label=_("Reports"),
    rows=lambda user: IssuedReport.objects.visible_to(user),
    page="issued-report",
    fields=("title", "symbol"),
    called=lambda row: row.title,
    note=lambda row: f"{row.reference} · {display.day(row.date)}",
)
PEOPLE = (
    Kind(
        code="members",
        label=_("Members of boards"),
        rows=lambda user: BoardMember.objects.filter(
            board__in=Board.objects.visible_to(user)
        ).select_related("board"),
        page="board",
        fields=("name", "office", "role"),
        called=lambda row: row.name or str(row),
        key=lambda row: row.board_id,
        note=lambda row: str(row.board),
    ),
    Kind(
        code="people",
        label=_("People"),
        rows=lambda user: User.objects.all(),
        page="person",
        fields=("username", "first_name", "last_name", "office"),
        called=lambda row: row.display_name,
        note=lambda row: f"{row.username} · {row.get_role_display()}",
        listed="people",
        permission=MANAGE_PEOPLE,
    ),
)
