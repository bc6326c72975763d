"""Many disbursements drafted, submitted, posted or reversed at once, all or none, in a handful of
queries. Where one of them cannot be, they go row by row, which says which and why."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT
from core.api.bulk import RowErrors
from core.models import made_by
from core.services import clock
from core.services.access import check
from core.services.bulk import ById, insert_all
from core.services.errors import Conflict, StaleVersion
from core.services.transition import record_history
from core.values.money import format_vnd
from disbursements.guards import explained
from disbursements.ledger import services as ledger
from disbursements.ledger import vouchers
from disbursements.models import Disbursement, Status
from programs.models import Period
from programs.years import go_live

AT_ONCE = 500  # rows in one UPDATE


R = TypeVar("R")
K = TypeVar("K", bound=Hashable)


@transaction.atomic
def create_many(
    *,
    actor: User,
    rows: list[dict[str, Any]],
    places: Sequence[int] | None = None,
    ask: Callable[[list[Disbursement]], None] | None = None,
) -> list[Disbursement]:
    """Draft a disbursement of each row's fields (see `ledger.create`). Raises `RowErrors`.

    `places`: where the rows stand in the request, counted from 0, if others stand between them.
    `ask` is given the rows when all rules hold, before they are saved; what it raises keeps them
    from it.
    """
    check(actor, ENTER_DISBURSEMENT)
    months: dict[tuple[int, date], Period] = {}
    unspecified = ledger.unspecified_fund()
    made: list[Disbursement] = []
    errors: dict[int, ValidationError] = {}
    said = [row.pop("same_voucher", False) for row in rows]
    for index, fields in enumerate(rows):
        row = Disbursement(created_by=actor, **{"fund": unspecified, **fields})
        try:
            ledger.complete(row, actor, period_cache=months)
            ledger.clean(row)
        except ValidationError as error:
            errors[index] = error
        made.append(row)
    right = {index: row for index, row in enumerate(made) if index not in errors}
    errors |= _entered_already(right, said, places or range(len(rows)))
    if errors:
        raise RowErrors(errors)
    if ask is not None:
        ask(made)
    return ledger.load(actor=actor, rows=made, post=False, why=_("entered"))


def _entered_already(
    rows: dict[int, Disbursement], said: Sequence[bool], places: Sequence[int]
) -> dict[int, ValidationError]:
    """Rows whose voucher is entered already, in the ledger or further up; nothing is asked about
    those of one request among themselves."""
    entered = vouchers.VoucherLines(rows.values())
    first: dict[tuple[object, ...], int] = {}
    errors: dict[int, ValidationError] = {}
    for index, row in rows.items():
        if not vouchers.fold_number(row.voucher_no):
            continue
        try:
            vouchers.check_line(row, entered, same_voucher=said[index])
            _check_once(
                row, first.setdefault(vouchers.content_of(row), places[index]), places[index]
            )
        except ValidationError as error:
            errors[index] = error
    return errors


def _check_once(row: Disbursement, first: int, place: int) -> None:
    """Refuse the row that stands further up in the request; rows are counted from 1."""
    if first != place:
        text = _("Row %(row)d is the same as row %(first)d: voucher %(voucher)s, %(amount)s đồng.")
        facts = {"voucher": row.voucher_no, "amount": format_vnd(row.amount)}
        said = text % {"row": place + 1, "first": first + 1, **facts}
        raise ValidationError({"voucher_no": ValidationError(said, "twice_in_request")})


def post_many(*, actor: User, rows: Sequence[Disbursement], versions: Mapping[int, int]) -> bool:
    """Post waiting rows as `ledger.post` does, in this order, seen in these versions. False where
    one of them cannot be: nothing is done then, and `ledger.post` says why."""
    try:
        with transaction.atomic(), explained():
            for row in rows:
                ledger.check_four_eyes(actor, row)
            behalf = _authorities(actor, rows)
            ledger.check_open(*{row.period_id for row in rows})
            years = {row.fiscal_year_id: row.fiscal_year for row in rows}
            for year in years.values():
                go_live.first_record(year, actor)
            numbers = ledger.numbers_for(rows)
            for start in range(0, len(rows), AT_ONCE):
                _post(actor, rows[start : start + AT_ONCE], versions, numbers)
            for said, those in _alike(rows, lambda row: behalf[row.pk]):
                record_history(those, actor, ledger.on_behalf(_("posted"), said))
    except (Conflict, PermissionDenied):
        return False
    return True


def _authorities(actor: User, rows: Sequence[Disbursement]) -> dict[int, str]:
    """What the trail says of the right to post each row, asked once for what is alike."""
    known: dict[object, str] = {}
    found: dict[int, str] = {}
    for row in rows:
        key = row.program_id, row.commune_id, frozenset(row.hands)
        if key not in known:
            known[key] = ledger.authority_over(actor, row)
        found[row.pk] = known[key]
    return found


def _post(
    actor: User,
    rows: Sequence[Disbursement],
    versions: Mapping[int, int],
    numbers: dict[int, list[int]],
) -> None:
    """One UPDATE, which hits only rows that still wait, as they were seen, in which the actor has
    no hand. `Conflict` where it does not hit them all."""
    as_seen = seen_as({row.pk: versions[row.pk] for row in rows})
    given = {row.pk: numbers[row.fiscal_year_id].pop(0) for row in rows}
    hit = (
        Disbursement.objects.filter(as_seen, ~made_by(Disbursement, actor), status=Status.SUBMITTED)
        .order_by()
        .update(
            status=Status.POSTED,
            version=F("version") + 1,
            number=ById(given),
            posted_by=actor,
            posted_at=clock.now(),
        )
    )
    if hit != len(rows):
        raise Conflict(_("Only a row that waits for approval can be posted."), "state")


def seen_as(versions: Mapping[int, int]) -> Q:
    """The condition that rows are in the versions in which they were seen, by id."""
    seen: dict[int, list[int]] = defaultdict(list)
    for pk, version in versions.items():
        seen[version].append(pk)
    return Q(*(Q(version=n, pk__in=keys) for n, keys in seen.items()), _connector=Q.OR)


def as_read(rows: Iterable[Disbursement]) -> Q:
    """The condition that nobody changed these rows since they were read."""
    return seen_as({row.pk: row.version for row in rows})


def _alike(rows: Iterable[R], by: Callable[[R], K]) -> list[tuple[K, list[R]]]:
    """The rows by what they have in common, in their order."""
    found: dict[K, list[R]] = defaultdict(list)
    for row in rows:
        found[by(row)].append(row)
    return list(found.items())


@transaction.atomic
def submit_many(*, actor: User, rows: Sequence[Disbursement]) -> None:
    """Submit drafts and returned rows as `ledger.submit` does, as they were read, all or none;
    raises what it says of the first that cannot be."""
    try:
        with transaction.atomic():
            _submit(actor, rows)
    except (Conflict, PermissionDenied):
        for row in rows:
            ledger.submit(actor=actor, disbursement=row)


def _submit(actor: User, rows: Sequence[Disbursement]) -> None:
    check(actor, ENTER_DISBURSEMENT)
    for row in rows:
        ledger.check_scope(actor, row)
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        found = Disbursement.objects.filter(as_read(some), ledger.in_open_month())
        hit = (
            found.filter(status__in=ledger.EDITABLE)
            .order_by()
            .update(
                status=Status.SUBMITTED,
                version=F("version") + 1,
                submitted_by=actor,
                submitted_at=clock.now(),
            )
        )
        _check_all(hit, some)
    record_history(rows, actor, _("submitted"))


def _check_all(hit: int, rows: Sequence[Disbursement]) -> None:
    if hit != len(rows):
        raise StaleVersion


@transaction.atomic
def reverse_many(*, actor: User, rows: Sequence[Disbursement], reason: str) -> None:
    """Reverse what is left of posted rows, each on its own day, as `ledger.reverse` does, all or
    none; raises what it says of the first that cannot be."""
    try:
        with transaction.atomic(), explained():
            for start in range(0, len(rows), AT_ONCE):
                _reverse(actor, rows[start : start + AT_ONCE], reason)
    except (Conflict, PermissionDenied, ValidationError):
        for row in rows:
            ledger.reverse(actor=actor, disbursement=row, reason=reason)


def _reverse(actor: User, rows: Sequence[Disbursement], reason: str) -> None:
    """The reversals in one INSERT, their originals in one UPDATE, which hits only rows that nobody
    changed since."""
    list(Disbursement.objects.select_for_update().filter(pk__in=[row.pk for row in rows]))
    behalf = _authorities(actor, rows)
    of_history = {row.date for row in rows if row.origin == "history"}
    free = {day for day in of_history if not go_live.ended_before(day)}
    months: dict[tuple[int, date], Period] = {}
    made = []
    for row in rows:
        if row.origin != "history" or row.date not in free:
            ledger.check_four_eyes(actor, row)
        ledger.check_reversal(row, None, reason, row.rest, row.date)
        reversal = ledger.reversal_of(row, actor, reason, row.rest, row.date)
        ledger.complete(reversal, actor, period_cache=months)
        ledger.clean(reversal)
        reversal.set_keys()
        made.append(reversal)
    ledger.check_open(*{row.period_id for row in made})
    numbers = ledger.numbers_for(made)
    for row in made:
        row.number = numbers[row.fiscal_year_id].pop(0)
    insert_all(made)
    for said, those in _alike(made, lambda row: behalf[row.reverses.pk]):
        record_history(those, actor, ledger.on_behalf(reason, said), created=True)
    found = Disbursement.objects.filter(as_read(rows), status=Status.POSTED).order_by()
    hit = found.update(reversed_amount=F("amount"), version=F("version") + 1)
    _check_all(hit, rows)
    for amount, those in _alike(rows, lambda row: row.rest):
        record_history(those, actor, ledger.reversed_by(amount))
