"""The months with rows that wait for approval, and one month's rows as a file."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import within
from core.lists import Column, Empty, Listing, filters
from disbursements.approval import services as approval
from disbursements.ledger.lists import COLUMNS
from disbursements.models import Status
from programs.columns import YEAR
from programs.models import FiscalYear, Period


class MonthFilters(filters.Filters):
    fiscal_year = filters.Codes("fiscal_year__code", FiscalYear, label=_("Fiscal year"))


def months_waiting(user: User) -> QuerySet[Period]:
    """The months with rows that wait for approval, with their number and sum (đồng), in scope."""
    seen = within(user, program="disbursements__program", commune="disbursements__commune")
    months = Period.objects.filter(seen, disbursements__status=Status.SUBMITTED)
    return months.select_related("fiscal_year", "area").annotate(
        count=Count("disbursements"), total=Sum("disbursements__amount")
    )


months = Listing(
    name="approval-lists",
    title=_("Lists for approval"),
    columns=(
        Column("month", _("month"), str, "start"),
        YEAR,
        Column("area", _("area"), lambda row: row.area_name, "area__sort_key"),
        Column("rows", _("rows"), lambda row: row.count, "count", sum="count"),
        Column("total", _("sum (đồng)"), lambda row: row.total, "total", sum="total"),
    ),
    rows=months_waiting,
    filters=MonthFilters,
    href=lambda row: reverse("approval-list", args=[row.pk]),
    order="month",
    empty=Empty(title=_("Nothing waits for approval.")),
)


class Looked(Protocol):
    """A row with what stands beside it."""

    pk: int
    look: approval.Look


def as_file(period: Period) -> Listing:
    """A month's rows for Excel and CSV, with what deserves a second look. On the screen they are a
    form: what is ticked there must not be lost to a filter."""

    @cache  # asked for the whole month once, however many stretches the file is read in
    def of_month(user: User) -> dict[int, approval.Look]:
        return approval.looks(user, list(approval.waiting_rows(user, period)))

    def prepare(rows: Sequence[Looked], user: User) -> Sequence[Looked]:
        for row in rows:
            row.look = of_month(user)[row.pk]
        return rows

    return Listing(
        name=f"approval-list-{period.key}",
        title=_("List for approval"),
        columns=(*COLUMNS[1:2], *(c for c in COLUMNS if c.name not in NOT_YET), *BESIDE),
        rows=lambda user: approval.waiting_rows(user, period),
        prepare=prepare,
        remembered=False,
    )


def _remarks(row: Looked) -> str:
    return "; ".join([*row.look.remarks, *row.look.notes])


def _left(row: Looked, of: str) -> int | None:
    beside = row.look.beside
    left: int | None = None if beside is None else getattr(beside, of).balance
    return left


def _is_over(row: Looked) -> str:
    beside = row.look.beside
    return _now("over") if beside is not None and beside.is_over else ""


BESIDE = (
    Column(
        "left",
        _("left of the plan: activity in commune (đồng)"),
        lambda row: _left(row, "place"),
        numeric=True,
    ),
    Column(
        "left_program",
        _("left of the plan: programme (đồng)"),
        lambda row: _left(row, "program"),
        numeric=True,
    ),
    Column("over", _("over the plan"), _is_over),
    Column("remarks", _("remarks"), _remarks),
    Column("files", _("files"), lambda row: len(row.look.files), numeric=True),
)
NOT_YET = ("number", "date", "reversed", "status", "quarter")  # what waits has none, or comes first
