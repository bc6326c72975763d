"""The ledger's services: every write to a disbursement, behind every door.

Keyword-only, atomic, taking `actor`. Wrong values raise `ValidationError` by field, what the role
may not do `PermissionDenied`, what came too late `Conflict`.
"""

from collections.abc import Callable, Sequence, Set
from datetime import date as Date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.delegation import authority
from accounts.models import User
from accounts.notices import services as notices
from accounts.notices.models import NoticeKind
from accounts.roles import ENTER_DISBURSEMENT, LOAD_HISTORY, POST_DISBURSEMENT
from accounts.scope import covers, covers_all, grants_of
from communes.models.units import Commune
from communes.own_day import check_place, unit_then
from core.models import MadeByPeople, made_by
from core.services import clock
from core.services.access import check
from core.services.errors import Conflict, StaleVersion, require_reason
from core.services.transition import create_all, save_with_history, transition
from core.values.dates import format_date, in_future, today
from core.values.money import format_vnd
from core.values.said import coded
from disbursements.fields import NAMES
from disbursements.guards import explained
from disbursements.ledger.vouchers import check_none_entered, check_not_entered, content_of
from disbursements.models import (
    UNSPECIFIED_FUND,
    Disbursement,
    NumberCounter,
    Status,
)
from programs.models import FiscalYear, Fund, Period, YearState
from programs.models.programs import Program
from programs.years import go_live
from programs.years.open_days import closed
from programs.years.services import period_of

EDITABLE = Disbursement.sources(Status.SUBMITTED)
COUNT_UP = """
    UPDATE disbursements_numbercounter SET last = last + %s WHERE fiscal_year_id = %s
    RETURNING last"""


def unspecified_fund() -> Fund:
    """The funding source of money whose source nobody stated."""
    return Fund.objects.get_or_create(code=UNSPECIFIED_FUND, defaults={"name": "Chưa ghi nguồn"})[0]


def complete(
    row: Disbursement,
    actor: User,
    *,
    as_of: Date | None = None,
    period_cache: dict[tuple[int, Date], Period] | None = None,
) -> Disbursement:
    """Set what follows from the other fields and hold the row against every rule with context.

    Rules: neither day is after `as_of` (default today); the day lies in a fiscal year; the commune
    existed then; programme and commune are in the actor's scope. Raises `ValidationError`.
    `period_cache` saves the query per row when many rows are completed.
    """
    errors: dict[str, object] = {}
    row.program = row.activity.program
    if row.fund_id is None and getattr(row, "fund", None) is None:
        row.fund = unspecified_fund()
    errors.update(_of_the_future(row, as_of or today()))
    errors.update(scope_errors(actor, row.program, row.commune))
    errors.update(check_place(row.commune, row.date) if "commune" not in errors else {})
    if not errors:
        try:
            row.period = period_of(row.date, row.commune, cache=period_cache)
            row.fiscal_year = row.period.fiscal_year
            row.quarter = row.period.quarter
        except ValidationError as error:
            errors.update(error.message_dict)
    if errors:
        raise ValidationError(errors)
    return row


def _of_the_future(row: Disbursement, last: Date) -> dict[str, str]:
    """Field errors for what lies after the last day; the voucher's same day is not said twice."""
    days = {row.voucher_date: "voucher_date"} | {row.date: "date"}
    return {name: said for day, name in days.items() if (said := in_future(day, last))}


def scope_errors(actor: User, program: Program, commune: Commune) -> dict[str, str]:
    """Field errors when programme × commune lies outside the actor's assignments."""
    if covers(actor, program, commune):
        return {}
    if any(p in (None, program.pk) for p, _c in grants_of(actor)):
        names = {"commune": commune.name, "program": program.code}
        said = _("%(commune)s is outside your assignment for %(program)s.") % names
        return {"commune": coded("outside_assignment", said)}
    said = _("%(program)s is outside your assignment.") % {"program": program.code}
    return {"activity": coded("outside_assignment", said)}


def clean(row: Disbursement) -> None:
    """Hold a completed row against the rules of its own fields, without asking the database: keys
    were read from it, and its CHECKs hold in it."""
    keys = [field.name for field in row._meta.concrete_fields if field.is_relation]
    row.clean_fields(exclude=keys)
    row.clean()


Ask = Callable[[Disbursement], None]


@transaction.atomic
def create(
    *,
    actor: User,
    as_of: Date | None = None,
    ask: Ask | None = None,
    same_voucher: bool = False,
    **fields: Any,
) -> Disbursement:
    """Draft a disbursement; `fields` are those of `NAMES`, amount in whole đồng.

    `ask` is given the row when all rules hold, before it is saved; what it raises keeps it from it.
    `same_voucher`: it is another line of a voucher that has one just like it, but for the amount.
    """
    check(actor, ENTER_DISBURSEMENT)
    row = Disbursement(created_by=actor, **_known(fields))
    complete(row, actor, as_of=as_of)
    check_not_entered(row, same_voucher=same_voucher)
    _save(row, actor, _("entered"), ask)
    return row


def _save(row: Disbursement, actor: User, why: str, ask: Ask | None) -> None:
    clean(row)
    if ask is not None:
        ask(row)
    save_with_history(row, actor, why, is_clean=True)


@transaction.atomic
def update(
    *,
    actor: User,
    disbursement: Disbursement,
    version: int,
    as_of: Date | None = None,
    ask: Ask | None = None,
    same_voucher: bool = False,
    **fields: Any,
) -> Disbursement:
    """Change a draft or a returned row that is still in `version`; `ask` and `same_voucher` as in
    `create`. What was asked about a row stays answered while nothing of that changes."""
    check(actor, ENTER_DISBURSEMENT)
    row = Disbursement.objects.select_for_update().get(pk=disbursement.pk)
    check_scope(actor, row)
    if row.status not in EDITABLE:
        raise Conflict(
            _("Only a draft or a returned row can be changed; this one is: %(state)s.")
            % {"state": row.get_status_display()},
            "state",
        )
    if row.version != version:
        raise StaleVersion
    before = content_of(row)
    for name, value in _known(fields).items():
        setattr(row, name, value)
    complete(row, actor, as_of=as_of)
    if content_of(row) != before:
        check_not_entered(row, same_voucher=same_voucher)
    row.version += 1
    _save(row, actor, _("changed"), ask)
    return row


def _known(fields: dict[str, object]) -> dict[str, object]:
    unknown = set(fields) - set(NAMES)
    if unknown:
        raise TypeError(f"not fields of a disbursement: {sorted(unknown)}")
    return fields


def in_open_month() -> Q:
    """The condition that a row's month takes rows."""
    return Q(period__in=Period.objects.filter(state=YearState.OPEN))


def submit(*, actor: User, disbursement: Disbursement, version: int | None = None) -> Disbursement:
    """Draft or returned → submitted; `PeriodClosed` where its month is closed."""
    check(actor, ENTER_DISBURSEMENT)
    check_scope(actor, disbursement)
    try:
        return transition(
            disbursement,
            actor=actor,
            to=Status.SUBMITTED,
            guard=in_open_month(),
            version=version,
            why=_("submitted"),
            submitted_by=actor,
            submitted_at=clock.now(),
        )
    except Conflict:
        if disbursement.status in EDITABLE:
            check_open(disbursement.period_id)
        raise


def withdraw(
    *, actor: User, disbursement: Disbursement, version: int | None = None
) -> Disbursement:
    """Submitted → draft, while nobody has decided: by who submitted it, or where that person has
    left by whoever enters rows there."""
    check(actor, ENTER_DISBURSEMENT)
    check_scope(actor, disbursement)
    submitter = disbursement.submitted_by
    if submitter is not None and not may_withdraw(actor, disbursement):
        raise PermissionDenied(
            _("Only %(name)s, who submitted it, can withdraw it.")
            % {"name": submitter.display_name}
        )
    return transition(
        disbursement,
        actor=actor,
        to=Status.DRAFT,
        version=version,
        refused=Conflict(_("Only a row that waits for approval can be withdrawn."), "state"),
        why=_("withdrawn"),
    )


def may_withdraw(actor: User, row: Disbursement) -> bool:
    """Whether the actor submitted it, or enters rows where somebody who left submitted it."""
    submitter = row.submitted_by
    return (
        actor.can(ENTER_DISBURSEMENT)
        and submitter is not None
        and (submitter.pk == actor.pk or not submitter.is_active)
    )


def check_scope(actor: User, row: Disbursement) -> None:
    """Nobody touches a row outside their assignments (pages and API do not even find it)."""
    if not covers_all(actor) and not covers(actor, row.program, row.commune):
        raise PermissionDenied


def may_post(actor: User, row: Disbursement) -> bool:
    """Whether the actor may return this row; to post or reverse it, four eyes are asked, too."""
    try:
        authority_over(actor, row)
    except PermissionDenied:
        return False
    return True


def authority_over(actor: User, row: Disbursement, hands: Set[int] | None = None) -> str:
    """What the trail says of the right to post: "" for one's own, or for whom. 403 for none.

    `hands` are the row's, where they were read already.
    """
    check_scope(actor, row)
    if actor.can(POST_DISBURSEMENT):
        return ""
    return authority(
        actor,
        POST_DISBURSEMENT,
        places=[(row.program, row.commune)],
        hands=row.hands if hands is None else hands,
    )


def check_four_eyes(actor: User, record: MadeByPeople, hands: Set[int] | None = None) -> None:
    """Who made, changed or submitted something does not post, approve or reverse it. 403."""
    if actor.pk in (record.hands if hands is None else hands):
        raise PermissionDenied(
            _(
                "Who made, changed or submitted it does not post, approve or reverse it: "
                "somebody else has to."
            )
        )


def is_history_still(original: Disbursement, day: Date) -> bool:
    """Whether a reversal of that day belongs to the loading of history: who loaded a wrong workbook
    takes it back alone, until the go-live day."""
    return original.origin == "history" and not go_live.ended_before(day)


def on_behalf(what: str, behalf: str) -> str:
    """What the trail says was done, and for whom (`authority_over`)."""
    return f"{what}, {behalf}" if behalf else what


@transaction.atomic
def post(*, actor: User, disbursement: Disbursement, version: int | None = None) -> Disbursement:
    """Submitted → posted, by somebody who had no hand in it; gives the number."""
    hands = disbursement.hands
    behalf = authority_over(actor, disbursement, hands)
    check_four_eyes(actor, disbursement, hands)
    with explained():
        go_live.first_record(disbursement.fiscal_year, actor)
        try:
            return transition(
                disbursement,
                actor=actor,
                to=Status.POSTED,
                version=version,
                guard=~made_by(Disbursement, actor) & in_open_month(),
                refused=Conflict(_("Only a row that waits for approval can be posted."), "state"),
                why=on_behalf(_("posted"), behalf),
                number=next_numbers(disbursement.fiscal_year, 1)[0],
                posted_by=actor,
                posted_at=clock.now(),
            )
        except Conflict:
            check_open(disbursement.period_id)
            raise


def return_(
    *, actor: User, disbursement: Disbursement, reason: str, version: int | None = None
) -> Disbursement:
    """Submitted → returned, with a reason."""
    behalf = authority_over(actor, disbursement)
    require_reason(reason, _("Say why it is returned."))
    row: Disbursement = transition(
        disbursement,
        actor=actor,
        to=Status.RETURNED,
        version=version,
        why=on_behalf(reason, behalf),
        reason=reason,
    )
    called = row.voucher_no or row.payee or format_date(row.date)
    hands = [pk for pk in (row.created_by_id, row.submitted_by_id) if pk is not None]
    notices.tell(
        kind=NoticeKind.RETURNED,
        about=row,
        actor=actor,
        people=User.objects.filter(pk__in=hands),
        text=f"{called} · {format_vnd(row.amount)} đồng: {reason}",
    )
    return row


def next_numbers(year: FiscalYear, count: int) -> list[int]:
    """The next `count` numbers of a fiscal year, without gaps: the counter's row stays locked
    until the transaction that uses them ends."""
    last = _count_up(year, count)
    if last is None:
        NumberCounter.objects.get_or_create(fiscal_year=year)
        last = _count_up(year, count) or 0
    return list(range(last - count + 1, last + 1))


def _count_up(year: FiscalYear, count: int) -> int | None:
    """The counter's new value, in one statement; None where the year has none yet."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UP, [count, year.pk])
        found = cursor.fetchone()
        return found[0] if found else None


def check_open(*period_ids: int) -> None:
    """Refuse (`PeriodClosed`) to post into a closed month."""
    for period in Period.objects.filter(pk__in=period_ids).order_by("pk"):
        if period.is_closed:
            raise closed(period)


@transaction.atomic
def reverse(
    *,
    actor: User,
    disbursement: Disbursement,
    reason: str,
    amount: int | None = None,
    date: Date | None = None,
    version: int | None = None,
    as_of: Date | None = None,
) -> Disbursement:
    """Reverse a posted row, wholly or in part (hoàn ứng, giảm chi); returns the reversal.

    `amount` in đồng, default the whole rest; `date` default the original's. The reversal is posted
    at once under a number of its own, with the sign turned. Dated after the end of its commune, it
    is booked under the unit that the commune became.
    """
    behalf = authority_over(actor, disbursement)
    original = Disbursement.objects.select_for_update().get(pk=disbursement.pk)
    if original.reverses_id is None and not is_history_still(original, date or original.date):
        check_four_eyes(actor, original)
    amount = original.rest if amount is None else amount
    date = date or original.date
    check_reversal(original, version, reason, amount, date)
    reversal = reversal_of(original, actor, reason, amount, date)
    complete(reversal, actor, as_of=as_of)
    check_open(reversal.period_id)
    reversal.number = next_numbers(reversal.fiscal_year, 1)[0]
    with explained():
        save_with_history(reversal, actor, on_behalf(reason, behalf))
        transition(
            original,
            actor=actor,
            to=Status.POSTED,
            allowed_from=[Status.POSTED],
            guard=Q(amount__gte=F("reversed_amount") + amount),
            why=reversed_by(amount),
            reversed_amount=F("reversed_amount") + amount,
        )
    return reversal


def reversed_by(amount: int) -> str:
    """What an original's trail says of its reversal."""
    return _("reversed by %(amount)s đồng") % {"amount": format_vnd(amount)}


def reversal_of(
    original: Disbursement, actor: User, reason: str, amount: int, date: Date
) -> Disbursement:
    """The reversal by `amount` đồng on that day, posted, not completed and without its number."""
    reversal = Disbursement(
        **{name: getattr(original, name) for name in NAMES},
        reverses=original,
        created_by=actor,
        reason=reason,
        status=Status.POSTED,
        posted_by=actor,
        posted_at=clock.now(),
    )
    reversal.date, reversal.amount = date, -amount
    reversal.commune = unit_then(original.commune, date)
    return reversal


def check_reversal(
    original: Disbursement, version: int | None, reason: str, amount: int, date: Date
) -> None:
    if original.status != Status.POSTED or original.reverses_id is not None:
        raise Conflict(_("Only a posted disbursement can be reversed."), "state")
    if version is not None and original.version != version:
        raise StaleVersion
    if original.rest == 0:
        raise Conflict(_("This disbursement has been reversed already."), "state")
    errors = {}
    if not reason.strip():
        errors["reason"] = coded("reason_needed", _("Say why it is reversed."))
    if not 0 < amount <= original.rest:
        errors["amount"] = coded(
            "out_of_range",
            _("A reversal is from 1 to %(rest)s đồng, what is left of it.")
            % {"rest": format_vnd(original.rest)},
        )
    if date < original.date:
        errors["date"] = coded(
            "wrong_order",
            _("A reversal cannot be dated before its original (%(day)s).")
            % {"day": format_date(original.date)},
        )
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def load(
    *, actor: User, rows: Sequence[Disbursement], post: bool, why: str = ""
) -> list[Disbursement]:
    """Save rows that have been through `complete()` and `clean()`: of a workbook, where `why` does
    not say another thing.

    Drafts, or with `post` (permission `load_history`) submitted and posted as history in one go:
    only what is dated before the go-live day.
    """
    check(actor, LOAD_HISTORY, *(() if post else (ENTER_DISBURSEMENT,)))
    if post and rows:
        go_live.check_history(max(row.date for row in rows))
    now = clock.now()
    numbers = numbers_for(rows) if post else {}
    check_none_entered(rows)
    for row in rows:
        row.created_by = actor
        row.set_keys()
        if post:
            row.origin, row.status = "history", Status.POSTED
            row.submitted_by = row.posted_by = actor
            row.submitted_at = row.posted_at = now
            row.number = numbers[row.fiscal_year_id].pop(0)
    with explained():
        return create_all(rows, actor, why or _("loaded from a workbook"))


def numbers_for(rows: Sequence[Disbursement]) -> dict[int, list[int]]:
    """By fiscal year the next numbers, one for each of these rows."""
    years = {row.fiscal_year_id: row.fiscal_year for row in rows}
    counts = {pk: sum(row.fiscal_year_id == pk for row in rows) for pk in sorted(years)}
    return {pk: next_numbers(years[pk], count) for pk, count in counts.items()}
