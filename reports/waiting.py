"""What waits for a person: rows to post, returned rows, plans, explanations, months to close."""

from functools import partial
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts import token_warnings
from accounts.models import User
from accounts.notices import services as notices
from accounts.roles import (
    CLOSE_PERIOD,
    CONFIRM_OUTPUT,
    ENTER_DISBURSEMENT,
    RECORD_DIFFICULTY,
    RECORD_MEETING,
    RECORD_OUTPUT,
)
from core.services.request_cache import once
from core.values.dates import today
from disbursements.models import Disbursement
from monitoring.discussion import services as comments
from monitoring.models import ActionPoint, Difficulty
from monitoring.reviews.services import action_points as actions
from programs.agreements import services as contracts
from programs.models import Agreement, Output, Period, YearState
from programs.models.outputs import OutputState
from programs.years import closing
from reports import waiting_money as money
from reports.waiting_items import ENTRIES, Entry, Item, Source, oldest

TO_CONFIRM = (OutputState.UNDER_WAY, OutputState.HANDED_OVER)  # what a commune has a word on


def waiting_for(user: User, *, digest: bool = False) -> list[Item]:
    """What is this person's to do, most pressing first; nothing with a count of 0.

    Action points and mentions wait on the page every day; the digest says only what became
    overdue since the last one, and the mentions no letter has told of.
    """
    sources = (*SOURCES, *DIGEST) if digest else (*SOURCES, *DAILY)
    found = [once(("waits", make, user.pk), partial(make, user)) for make in sources]
    return [item for item in found if item is not None and item.count]


def _months_to_close(user: User) -> Item | None:
    """Months that are over, have money in them and are still open."""
    if not user.can(CLOSE_PERIOD):
        return None
    rows = Period.objects.filter(state=YearState.OPEN, end__lt=today())
    rows = rows.filter(pk__in=Disbursement.objects.order_by().values("period"))
    rows = rows.select_related("fiscal_year")
    months = [row for row in rows.order_by("start") if closing.may_close(user, row)]
    count = len(months)
    year = f"?fiscal_year={months[0].fiscal_year.code}" if months else ""
    return Item(
        count,
        ngettext("%(n)d month to close", "%(n)d months to close", count) % {"n": count},
        reverse("periods") + year,
        pgettext("a month", "Close"),
        months[0].end if months else None,
        entries=tuple(
            Entry(
                _("Month %(month)s") % {"month": f"{row.start:%m/%Y}"},
                reverse("period", args=[row.pk]),
                pgettext("a month", "Close"),
                row.end,
            )
            for row in months[:ENTRIES]
        ),
    )


def _to_confirm() -> str:
    return f"{reverse('outputs')}?{urlencode({'state': TO_CONFIRM}, doseq=True)}"


def _outputs_to_confirm(user: User) -> Item | None:
    """What stands or is being built in a commune, for its board to say so."""
    if not user.can(CONFIRM_OUTPUT) or user.can(RECORD_OUTPUT):
        return None
    rows = Output.objects.visible_to(user).filter(state__in=TO_CONFIRM)
    found = oldest(rows, "handed_over_on")
    count = found.count
    return Item(
        count,
        ngettext("%(n)d works to confirm", "%(n)d works to confirm", count) % {"n": count},
        _to_confirm(),
        _("Confirm"),
        found.rows[0].handed_over_on if found.rows else None,
        entries=tuple(
            Entry(
                row.title,
                reverse("output", args=[row.pk]) + "#act-confirm",
                _("Confirm"),
                row.handed_over_on or row.planned_on,
                note=str(row.get_state_display()),
            )
            for row in found.rows
        ),
    )


def _open_difficulties(user: User) -> Item | None:
    """A commune's difficulties that nobody has solved yet."""
    if not user.can(RECORD_DIFFICULTY) or user.can(RECORD_OUTPUT):
        return None
    rows = Difficulty.objects.visible_to(user).unresolved().exclude(commune=None)
    found = oldest(rows, "raised_on")
    count = found.count
    return Item(
        count,
        ngettext("%(n)d open difficulty", "%(n)d open difficulties", count) % {"n": count},
        reverse("difficulties") + "?state=open&state=in_hand",
        _("See it"),
        found.rows[0].raised_on if found.rows else None,
        entries=tuple(
            Entry(
                row.title,
                reverse("difficulty", args=[row.pk]),
                _("See it"),
                row.raised_on,
                note=str(row.get_state_display()),
            )
            for row in found.rows
        ),
    )


def _newly_overdue(user: User) -> Item | None:
    """Action points that became overdue since the last digest: said once, the day after."""
    points = actions.for_digest(user, today())
    count = len(points)
    text = ngettext("%(n)d action point overdue", "%(n)d action points overdue", count)
    titles = "; ".join(point.title for point in points)
    said = f"{text % {'n': count}}: {titles}"
    return Item(count, said, reverse("action-points") + "?state=open")


def _action_points(user: User) -> Item | None:
    points = actions.to_do(user)
    count = len(points)
    return Item(
        count,
        ngettext("%(n)d action point to do", "%(n)d action points to do", count) % {"n": count},
        reverse("action-points") + "?state=open",
        _("Report"),
        points[0].due_date if points else None,
        entries=_points(points, _("Report")),
    )


def _points_to_verify(user: User) -> Item | None:
    points = actions.to_verify(user)
    count = len(points)
    return Item(
        count,
        ngettext("%(n)d action point to verify", "%(n)d action points to verify", count)
        % {"n": count},
        reverse("action-points") + "?state=reported",
        _("Verify"),
        points[0].done_on if points else None,
        entries=_points(points, _("Verify")),
    )


def _points(points: list[ActionPoint], button: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            point.title,
            reverse("action-point", args=[point.pk]),
            button,
            point.due_date,
            note=_("overdue") if point.is_overdue(today()) else "",
        )
        for point in points[:ENTRIES]
    )


def _agreements_due(user: User) -> Item | None:
    if not user.can(RECORD_MEETING):
        return None
    found = contracts.due(user, today())
    count = len(found)
    return Item(
        count,
        ngettext("%(n)d agreement to sign", "%(n)d agreements to sign", count) % {"n": count},
        reverse("agreements") + "?signed=false",
        _("See it"),
        found[0].due_date if found else None,
        entries=tuple(map(_agreement, found[:ENTRIES])),
    )


def _agreement(row: Agreement) -> Entry:
    return Entry(str(row), reverse("agreement", args=[row.pk]), _("See it"), row.due_date)


def _checks_due(user: User) -> Item | None:
    """Works and equipment that nobody has seen for a year."""
    if not user.can(CONFIRM_OUTPUT):
        return None
    count = Output.objects.visible_to(user).check_due(today()).count()
    text = ngettext("%(n)d of the works to be checked", "%(n)d works to be checked", count)
    return Item(count, text % {"n": count}, reverse("checks-due"), _("See it"))


def _tokens_ending(user: User) -> Item:
    """One's own API tokens in their last month; an administrator's are everybody's. Letters of
    their own tell of them (accounts.token_warnings)."""
    count = token_warnings.count_for(user)
    text = ngettext("%(n)d API token ends soon", "%(n)d API tokens end soon", count)
    return Item(count, text % {"n": count}, reverse("tokens"), _("See it"))


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
        _("Read"),
    )


def _new_notices(user: User) -> Item:
    """What happened since the last letter that concerns the person: said once."""
    rows = notices.to_mail(user)
    found = oldest(rows, "made_at", most=ENTRIES)
    text = ngettext("%(n)d new notice", "%(n)d new notices", found.count) % {"n": found.count}
    named = "; ".join(f"{row.get_kind_display()}: {row.text}" for row in found.rows)
    return Item(found.count, f"{text}: {named}", reverse("notices"))


DAILY: tuple[Source, ...] = (
    _action_points,
    _points_to_verify,
    _mentions,
    _agreements_due,
    _checks_due,
    _tokens_ending,
)
DIGEST: tuple[Source, ...] = (_newly_overdue, _new_mentions, _new_notices)
SOURCES: tuple[Source, ...] = (
    money.rows_to_post,
    money.plans_to_approve,
    money.returned_rows,
    money.returned_plans,
    _months_to_close,
    _outputs_to_confirm,
    _open_difficulties,
    money.explanations,
    money.photos,
    money.drafts,
)


def quick_for(user: User) -> list[tuple[str, str]]:
    """What a person does most, as buttons on the first screen: (words, address)."""
    found = []
    if user.can(ENTER_DISBURSEMENT):
        found.append((_("Enter a disbursement"), reverse("disbursement-new")))
    elif user.can(CONFIRM_OUTPUT):
        found.append((_("Confirm"), _to_confirm()))
    if found and user.can(RECORD_DIFFICULTY):
        found.append((_("Report a difficulty"), reverse("difficulty-new")))
    return found


def sentence(user: User) -> str:
    """The digest's first line."""
    return _("Waiting for %(name)s") % {"name": user.display_name}
