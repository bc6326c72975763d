"""What waits for a person: rows to post, returned rows, plans, explanations, months to close."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import delegation, token_warnings
from accounts.models import User
from accounts.roles import (
    APPROVE_PLAN,
    CLOSE_PERIOD,
    CONFIRM_OUTPUT,
    DRAFT_PLAN,
    ENTER_DISBURSEMENT,
    EXPLAIN_VARIANCE,
    POST_DISBURSEMENT,
    RECORD_MEETING,
)
from core.models import made_by
from core.services.errors import NotBegun
from core.values.dates import today
from disbursements.models import Disbursement, PlanState, PlanVersion, Status
from monitoring.discussion import services as comments
from monitoring.reviews.services import action_points as actions
from monitoring.variance import services as variance
from programs.agreements import services as contracts
from programs.models import Output, Period, YearState
from programs.years import closing
from programs.years.page_year import latest_year


@dataclass(frozen=True)
class Item:
    """One kind of thing to do: how many, in words, and where."""

    count: int
    text: str
    href: str


def waiting_for(user: User, *, digest: bool = False) -> list[Item]:
    """What is this person's to do, most pressing first; nothing with a count of 0.

    Action points and mentions wait on the page every day; the digest says only what became
    overdue since the last one, and the mentions no letter has told of.
    """
    sources = (*SOURCES, *DIGEST) if digest else (*SOURCES, *DAILY)
    found = [make(user) for make in sources]
    return [item for item in found if item is not None and item.count]


def _rows_to_post(user: User) -> Item | None:
    if not delegation.may_somewhere(user, POST_DISBURSEMENT):
        return None
    rows = Disbursement.objects.visible_to(user).waiting().exclude(made_by(Disbursement, user))
    count = rows.count()
    return Item(
        count,
        ngettext("%(n)d row to post", "%(n)d rows to post", count) % {"n": count},
        reverse("approval-lists"),
    )


def _returned_rows(user: User) -> Item | None:
    if not user.can(ENTER_DISBURSEMENT):
        return None
    rows = Disbursement.objects.visible_to(user).filter(status=Status.RETURNED)
    count = rows.filter(Q(submitted_by=user) | Q(created_by=user)).count()
    return Item(
        count,
        ngettext("%(n)d returned row to mend", "%(n)d returned rows to mend", count) % {"n": count},
        reverse("disbursements") + "?status=returned",
    )


def _drafts(user: User) -> Item | None:
    if not user.can(ENTER_DISBURSEMENT):
        return None
    rows = Disbursement.objects.visible_to(user).filter(status=Status.DRAFT, created_by=user)
    count = rows.count()
    return Item(
        count,
        ngettext("%(n)d draft to submit", "%(n)d drafts to submit", count) % {"n": count},
        reverse("disbursements") + "?status=draft",
    )


def _plans_to_approve(user: User) -> Item | None:
    if not delegation.may_somewhere(user, APPROVE_PLAN):
        return None
    rows = PlanVersion.objects.visible_to(user).filter(state=PlanState.SUBMITTED)
    count = rows.exclude(made_by(PlanVersion, user)).count()
    return Item(
        count,
        ngettext("%(n)d plan to approve", "%(n)d plans to approve", count) % {"n": count},
        reverse("plan-versions"),
    )


def _returned_plans(user: User) -> Item | None:
    if not user.can(DRAFT_PLAN):
        return None
    count = PlanVersion.objects.filter(state=PlanState.RETURNED, submitted_by=user).count()
    return Item(
        count,
        ngettext("%(n)d returned plan to mend", "%(n)d returned plans to mend", count)
        % {"n": count},
        reverse("plan-versions"),
    )


def _explanations(user: User) -> Item | None:
    if not user.can(EXPLAIN_VARIANCE):
        return None
    try:
        year = latest_year(user)
    except NotBegun:
        return None
    count = len(variance.unexplained(user, year))
    return Item(
        count,
        ngettext("%(n)d variance to explain", "%(n)d variances to explain", count) % {"n": count},
        reverse("variances") + f"?fiscal_year={year.code}",
    )


def _months_to_close(user: User) -> Item | None:
    """Months that are over, have money in them and are still open."""
    if not user.can(CLOSE_PERIOD):
        return None
    rows = Period.objects.filter(state=YearState.OPEN, end__lt=today())
    rows = rows.filter(pk__in=Disbursement.objects.order_by().values("period"))
    months = [row for row in rows.order_by("start") if closing.may_close(user, row)]
    count = len(months)
    year = f"?fiscal_year={months[0].fiscal_year.code}" if months else ""
    return Item(
        count,
        ngettext("%(n)d month to close", "%(n)d months to close", count) % {"n": count},
        reverse("periods") + year,
    )


def _newly_overdue(user: User) -> Item | None:
    """Action points that became overdue since the last digest: said once, the day after."""
    points = actions.for_digest(user, today())
    count = len(points)
    text = ngettext("%(n)d action point overdue", "%(n)d action points overdue", count)
    titles = "; ".join(point.title for point in points)
    return Item(count, f"{text % {'n': count}}: {titles}", reverse("action-points") + "?state=open")


def _action_points(user: User) -> Item | None:
    count = len(actions.to_do(user))
    return Item(
        count,
        ngettext("%(n)d action point to do", "%(n)d action points to do", count) % {"n": count},
        reverse("action-points") + "?state=open",
    )


def _points_to_verify(user: User) -> Item | None:
    count = len(actions.to_verify(user))
    return Item(
        count,
        ngettext("%(n)d action point to verify", "%(n)d action points to verify", count)
        % {"n": count},
        reverse("action-points") + "?state=reported",
    )


def _agreements_due(user: User) -> Item | None:
    if not user.can(RECORD_MEETING):
        return None
    count = len(contracts.due(user, today()))
    return Item(
        count,
        ngettext("%(n)d agreement to sign", "%(n)d agreements to sign", count) % {"n": count},
        reverse("agreements") + "?signed=false",
    )


def _checks_due(user: User) -> Item | None:
    """Works and equipment that nobody has seen for a year."""
    if not user.can(CONFIRM_OUTPUT):
        return None
    count = Output.objects.visible_to(user).check_due(today()).count()
    text = ngettext("%(n)d of the works to be checked", "%(n)d works to be checked", count)
    return Item(count, text % {"n": count}, reverse("checks-due"))


def _tokens_ending(user: User) -> Item:
    """One's own API tokens in their last month; an administrator's are everybody's. Letters of
    their own tell of them (accounts.token_warnings)."""
    count = token_warnings.ending_for(user).count()
    text = ngettext("%(n)d API token ends soon", "%(n)d API tokens end soon", count)
    return Item(count, text % {"n": count}, reverse("tokens"))


def _mentions(user: User) -> Item:
    return _mentioned(comments.unread(user).count())


def _new_mentions(user: User) -> Item:
    """Mentions of which no letter has told: said once."""
    return _mentioned(comments.to_mail(user).count())


def _mentioned(count: int) -> Item:
    return Item(
        count,
        ngettext("%(n)d mention of you to read", "%(n)d mentions of you to read", count)
        % {"n": count},
        reverse("mentions"),
    )


DAILY = (
    *(_action_points, _points_to_verify, _mentions, _agreements_due),
    *(_checks_due, _tokens_ending),
)
DIGEST = (_newly_overdue, _new_mentions)
SOURCES: tuple[Callable[[Any], Item | None], ...] = (
    _rows_to_post,
    _plans_to_approve,
    _returned_rows,
    _returned_plans,
    _explanations,
    _months_to_close,
    _drafts,
)


def sentence(user: User) -> str:
    """The digest's first line."""
    return _("Waiting for %(name)s") % {"name": user.display_name}
