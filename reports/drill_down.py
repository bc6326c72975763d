"""What a figure is made of: the plan lines and disbursements behind a cell, with the same sums."""

from operator import attrgetter
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import within
from core.lists import Column, Empty, Listing
from core.lists.listing import Whole
from core.values.sql_text import Alphabetical
from disbursements.against_plan import KEPT, kept_rows, planned_amounts, quarters_in
from disbursements.models import Disbursement, PlanLine
from disbursements.totals.reading import kept_months
from reports.page_query import PageQuery
from trainings.counts import LABELS, counted_rows
from trainings.models import OF_WHICH, Training

ORDER: tuple[Any, ...] = tuple(PlanLine._meta.ordering or ())  # which a query that adds up forgets
NO_ROWS = Empty(title=_("No rows here"))
COMMUNE = Column(
    "commune", _("commune"), lambda row: str(row.commune), "commune__sort_key", short=True
)
FUND = Column("fund", _("funding source"), lambda row: str(row.fund), "fund__sort_key")


QUARTERS = (
    (1, _("Quarter I")),
    (2, _("Quarter II")),
    (3, _("Quarter III")),
    (4, _("Quarter IV")),
)


def _in_quarter(quarter: int, label: Promise) -> Column:
    """What a line plans for one quarter."""

    def amount(row: Any) -> int | None:
        return next((a.amount for a in row.amounts.all() if a.quarter == quarter), 0) or None

    return Column(f"q{quarter}", label, amount, numeric=True)


PLAN_COLUMNS = (
    Column(
        "activity",
        _("activity code"),
        lambda row: row.activity.code,
        "activity__code",
        note=lambda row: row.title,
        note_label=_("activity"),
    ),
    Column("program", _("programme"), lambda row: row.program.code, "program__order", hidden=True),
    COMMUNE,
    FUND,
    Column("unit", _("implementing unit"), lambda row: row.unit, (Alphabetical("unit"),)),
    *(_in_quarter(number, label) for number, label in QUARTERS),
    Column("planned", _("planned (đồng)"), lambda row: row.planned, "planned", sum="planned"),
)

MONEY_COLUMNS = (
    Column(
        "number",
        _("number"),
        lambda row: f"{row.number}/{row.fiscal_year.code}" if row.number else _now("not posted"),
        ("fiscal_year__start", "number"),
        short=True,
    ),
    Column("date", _("date"), lambda row: row.date, ("date", "pk")),
    Column("voucher", _("voucher number"), lambda row: row.voucher_no, "voucher_no", short=True),
    Column(
        "activity",
        _("activity code"),
        lambda row: row.activity.code,
        "activity__code",
        note=lambda row: row.activity.title,
        note_label=_("activity"),
    ),
    COMMUNE,
    Column(
        "payee",
        _("payee"),
        lambda row: row.payee,
        "sort_key",
        note=lambda row: row.description,
        note_label=_("description"),
    ),
    FUND,
    Column("amount", _("amount (đồng)"), lambda row: row.amount, "amount", sum="amount"),
    Column(
        "reversal",
        _("reversal"),
        lambda row: True if row.reverses_id else None,
        hidden=True,
    ),
)


TRAINING_COLUMNS = (
    Column("class", _("class"), lambda row: row.title, "sort_key"),
    Column("date", _("date"), lambda row: row.start, ("start", "pk")),
    Column("topic", _("topic"), lambda row: str(row.topic), "topic__sort_key"),
    Column("program", _("programme"), lambda row: row.program.code, "program__order", short=True),
    COMMUNE,
    *(
        Column(name, LABELS[name], attrgetter(name), name, sum=name)
        for name in ("participants", "female", *OF_WHICH)
    ),
)


def plan_lines(page: PageQuery, *, to_date: bool = False) -> Listing:
    """The plan lines with money in the span; `to_date`: in its quarters that are over."""
    return Listing(
        name="plan-lines",
        title=_("Plan lines"),
        columns=PLAN_COLUMNS,
        rows=lambda user: _planned(page, user, to_date=to_date),
        empty=NO_ROWS,
        remembered=False,
    )


def _planned(page: PageQuery, user: User, *, to_date: bool) -> QuerySet[PlanLine]:
    """Each line with what is planned for the span (đồng)."""
    amounts, _versions = planned_amounts(page, user)
    quarters = quarters_in(page, page.year)
    if to_date:
        quarters = [q for q in quarters if page.year.quarter_end(q) <= page.until]
    amounts = amounts.filter(quarter__in=quarters, amount__gt=0)
    lines = PlanLine.objects.filter(amounts__in=amounts.order_by().values("pk"))
    lines = lines.annotate(planned=Sum("amounts__amount")).order_by(*ORDER)
    rows: QuerySet[PlanLine] = lines.select_related("program", "activity", "commune", "fund")
    return rows.prefetch_related("amounts")


def disbursements(page: PageQuery, *, waiting: bool = False) -> Listing:
    """The posted (or waiting) rows in the span."""

    def rows(user: User) -> QuerySet[Disbursement]:
        visible = Disbursement.objects.visible_to(user)
        kept = kept_rows(page, visible.waiting() if waiting else visible.posted())
        return kept.select_related("program", "activity", "commune", "fund", "fiscal_year")

    return Listing(
        name="waiting" if waiting else "disbursements",
        title=_("Disbursements"),
        columns=MONEY_COLUMNS,
        rows=rows,
        href=lambda row: reverse("disbursement", args=[row.pk]),
        order="date",
        whole=lambda rows, filters, user: None if waiting else _whole(page, user),
        empty=NO_ROWS,
        remembered=False,
    )


def _whole(page: PageQuery, user: User) -> Whole | None:
    """How many posted rows there are and what they add up to, from the totals beside the ledger."""
    months = kept_months(page) if page.span[0] <= page.until else None
    if months is None or months.split:
        return None
    mine = months.rows.filter(within(user, program="program", commune="commune"))
    found = page.keep(mine, *KEPT).order_by().aggregate(count=Sum("rows"), total=Sum("amount"))
    return Whole(found["count"] or 0, {"amount": found["total"] or 0}, ())


def trainings(page: PageQuery) -> Listing:
    """The training classes of the span."""

    def rows(user: User) -> QuerySet[Training]:
        kept = counted_rows(page, user)
        return kept.select_related("topic", "program", "commune")

    return Listing(
        name="classes",
        title=_("Training classes"),
        columns=TRAINING_COLUMNS,
        rows=rows,
        href=lambda row: reverse("training", args=[row.pk]),
        order="date",
        empty=NO_ROWS,
        remembered=False,
    )
