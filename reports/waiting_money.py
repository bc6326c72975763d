"""The money that waits for a person: lists to post, rows to mend and to submit, plans."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, Exists, Min, OuterRef, Sum, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import delegation
from accounts.models import User
from accounts.roles import (
    APPROVE_PLAN,
    DRAFT_PLAN,
    ENTER_DISBURSEMENT,
    EXPLAIN_VARIANCE,
    POST_DISBURSEMENT,
)
from core.models import made_by
from core.services.errors import NotBegun
from core.services.request_cache import once
from core.values import display
from disbursements.models import (
    Attachment,
    Disbursement,
    PlanState,
    PlanVersion,
    Status,
    VoucherPhoto,
)
from monitoring.variance import services as variance
from monitoring.variance.services import Variance
from programs.years.page_year import latest_year
from reports.waiting_items import ENTRIES, Entry, Item, Whole, day_of, oldest

LISTS = 12  # months with lists that are looked at


def rows_to_post(user: User) -> Item | None:
    """The lists for approval, the oldest month first."""
    if not delegation.may_somewhere(user, POST_DISBURSEMENT):
        return None
    rows = Disbursement.objects.visible_to(user).waiting().exclude(made_by(Disbursement, user))
    bare = ~Exists(Attachment.objects.filter(disbursement=OuterRef("pk")))
    months = rows.order_by().values("period", "period__start").annotate(
        count=Count("pk"),
        total=Sum("amount"),
        since=Min("submitted_at"),
        bare=Count("pk", filter=bare),
    )  # fmt: skip
    found = list(months.order_by("period__start", "period"))
    count = sum(month["count"] for month in found)
    if not found:
        return None
    return Item(
        count,
        ngettext("%(n)d row to post", "%(n)d rows to post", count) % {"n": count},
        reverse("approval-lists"),
        _("Approve"),
        min((day for month in found if (day := day_of(month["since"]))), default=None),
        sum(month["total"] for month in found),
        entries=tuple(map(_list_of, found[:LISTS])),
    )


def _list_of(month: Mapping[str, Any]) -> Entry:
    rows = ngettext("%(n)d row", "%(n)d rows", month["count"]) % {"n": month["count"]}
    bare = ngettext("%(n)d without a file", "%(n)d without a file", month["bare"])
    return Entry(
        _("List %(month)s: %(rows)s") % {"month": f"{month['period__start']:%m/%Y}", "rows": rows},
        reverse("approval-list", args=[month["period"]]),
        _("Approve"),
        day_of(month["since"]),
        month["total"],
        bare % {"n": month["bare"]} if month["bare"] else "",
    )


def returned_rows(user: User) -> Item | None:
    if not user.can(ENTER_DISBURSEMENT):
        return None
    found = _back_with(user, Status.RETURNED)
    count = found.count
    return Item(
        count,
        ngettext("%(n)d returned row to mend", "%(n)d returned rows to mend", count) % {"n": count},
        reverse("disbursements") + "?status=returned",
        _("Mend"),
        day_of(found.rows[0].submitted_at) if found.rows else None,
        found.total,
        entries=tuple(map(_returned, found.rows)),
    )


def _back_with(user: User, status: str) -> Whole:
    """The oldest of a person's returned rows or drafts: both in one question."""
    begun = Case(When(status=Status.DRAFT, then="created_at"), default="submitted_at")
    order = (begun.asc(nulls_last=True), "pk")
    rows: Any = Disbursement.objects.visible_to(user).back_with(user)
    rows = rows.annotate(
        of_all=Window(Count("*"), partition_by="status"),
        sum_of_all=Window(Sum("amount"), partition_by="status"),
        place=Window(RowNumber(), partition_by="status", order_by=order),
    )
    few = rows.filter(place__lte=ENTRIES).select_related("activity", "commune").order_by("place")
    both: list[Any] = once(("back with", user.pk), lambda: list(few))
    found = [row for row in both if row.status == status]
    return Whole(found, found[0].of_all, found[0].sum_of_all) if found else Whole([])


def _returned(row: Disbursement) -> Entry:
    voucher = row.voucher_no or row.payee or display.day(row.date)
    return Entry(
        f"{voucher} · {row.activity.code} · {row.commune.name}",
        reverse("disbursement-edit", args=[row.pk]),
        _("Mend"),
        day_of(row.submitted_at),
        row.amount,
        _("Returned: %(why)s") % {"why": row.reason},
    )


def drafts(user: User) -> Item | None:
    if not user.can(ENTER_DISBURSEMENT):
        return None
    found = _back_with(user, Status.DRAFT)
    count = found.count
    return Item(
        count,
        ngettext("%(n)d draft to submit", "%(n)d drafts to submit", count) % {"n": count},
        reverse("disbursements") + "?status=draft",
        _("Submit"),
        day_of(found.rows[0].created_at) if found.rows else None,
        found.total,
    )


def photos(user: User) -> Item | None:
    """Vouchers that are a photo alone so far."""
    if not user.can(ENTER_DISBURSEMENT):
        return None
    found = oldest(VoucherPhoto.objects.visible_to(user), "added_at")
    text = ngettext(
        "%(n)d voucher photo to complete", "%(n)d voucher photos to complete", found.count
    )
    return Item(
        found.count,
        text % {"n": found.count},
        reverse("voucher-photos"),
        _("Complete"),
        day_of(found.rows[0].added_at) if found.rows else None,
        entries=tuple(map(_photo, found.rows)),
    )


def _photo(row: VoucherPhoto) -> Entry:
    return Entry(
        _("Photo %(name)s") % {"name": row.name},
        reverse("disbursement-new") + f"?photo={row.pk}",
        _("Complete"),
        day_of(row.added_at),
        note=_("Missing: day, activity, commune, amount"),
    )


def plans_to_approve(user: User) -> Item | None:
    if not delegation.may_somewhere(user, APPROVE_PLAN):
        return None
    rows = PlanVersion.objects.visible_to(user).filter(state=PlanState.SUBMITTED)
    rows = rows.exclude(made_by(PlanVersion, user)).with_planned(user)
    found = oldest(rows.select_related("fiscal_year"), "submitted_at")
    count = found.count
    return Item(
        count,
        ngettext("%(n)d plan to approve", "%(n)d plans to approve", count) % {"n": count},
        reverse("plan-versions"),
        _("Look and approve"),
        day_of(found.rows[0].submitted_at) if found.rows else None,
        entries=tuple(_plan(row, _("Look and approve")) for row in found.rows),
    )


def returned_plans(user: User) -> Item | None:
    if not user.can(DRAFT_PLAN):
        return None
    rows = PlanVersion.objects.filter(state=PlanState.RETURNED, submitted_by=user)
    found = oldest(rows.with_planned(user).select_related("fiscal_year"), "submitted_at")
    count = found.count
    return Item(
        count,
        ngettext("%(n)d returned plan to mend", "%(n)d returned plans to mend", count)
        % {"n": count},
        reverse("plan-versions"),
        _("Mend"),
        day_of(found.rows[0].submitted_at) if found.rows else None,
        entries=tuple(_plan(row, _("Mend")) for row in found.rows),
    )


def _plan(row: Any, button: str) -> Entry:
    return Entry(
        _("Plan %(year)s") % {"year": row.fiscal_year.code},
        reverse("plan-version", args=[row.pk]),
        button,
        day_of(row.submitted_at),
        row.planned,
        row.return_reason if row.state == PlanState.RETURNED else row.reason,
    )


def explanations(user: User) -> Item | None:
    """The cells outside the limits, the furthest from the plan first."""
    if not user.can(EXPLAIN_VARIANCE):
        return None
    try:
        year = latest_year(user)
    except NotBegun:
        return None
    found = variance.unexplained(user, year)
    found = sorted(found, key=lambda item: -abs(item.planned - item.disbursed))
    count = len(found)
    since = year.quarter_end(found[0].quarter) if found else None
    return Item(
        count,
        ngettext("%(n)d variance to explain", "%(n)d variances to explain", count) % {"n": count},
        reverse("variances") + f"?fiscal_year={year.code}",
        _("Explain"),
        since,
        entries=tuple(_cell(item) for item in found[:LISTS]),
    )


def _cell(item: Variance) -> Entry:
    kind, pk = item.subject
    place = item.commune or item.activity
    rate = _("%(rate)s of the plan to date") % {"rate": display.percent(item.rate)}
    return Entry(
        f"{item.program.code} · {place}: {rate}" if item.commune else f"{place}: {rate}",
        reverse("variance", args=[item.year.code, item.quarter, item.program.code, kind, pk]),
        _("Explain"),
        item.year.quarter_end(item.quarter),
        abs(item.planned - item.disbursed),
    )
