"""Many disbursements drafted or posted at once, all or none, in a handful of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT
from core.api.bulk import RowErrors
from core.models import made_by
from core.services.access import check
from core.services.errors import Conflict
from core.services.transition import record_history
from core.values.money import format_vnd
from disbursements.guards import explained
from disbursements.ledger import services as ledger
from disbursements.ledger import vouchers
from disbursements.models import Disbursement, Status
from programs.models import Period
from programs.years import go_live

AT_ONCE = 500  # rows in one UPDATE


@transaction.atomic
def create_many(
    *, actor: User, rows: list[dict[str, Any]], places: Sequence[int] | None = None
) -> list[Disbursement]:
    """Draft a disbursement of each row's fields (see `ledger.create`). Raises `RowErrors`.

    `places`: where the rows stand in the request, counted from 0, if others stand between them.
    """
    check(actor, ENTER_DISBURSEMENT)
    months: dict[Any, Period] = {}
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
    return ledger.load(actor=actor, rows=made, post=False)


def _entered_already(
    rows: dict[int, Disbursement], said: Sequence[bool], places: Sequence[int]
) -> dict[int, ValidationError]:
    """Rows whose voucher is entered already, in the ledger or further up; nothing is asked about
    those of one request among themselves."""
    entered = vouchers.VoucherLines(rows.values())
    first: dict[tuple[Any, ...], int] = {}
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


def post_many(
    *, actor: User, rows: Sequence[Disbursement], versions: Mapping[int, int]
) -> list[Disbursement] | None:
    """Post waiting rows as `ledger.post` does, in this order, seen in these versions; what was
    posted. None where one of them cannot be: nothing is done then, and `ledger.post` says why."""
    try:
        with transaction.atomic(), explained():
            behalf = _authorities(actor, rows)
            for period in sorted({row.period_id for row in rows}):
                ledger.check_open(period)
            years = {row.fiscal_year_id: row.fiscal_year for row in rows}
            for year in years.values():
                go_live.first_record(year, actor)
            numbers = ledger.numbers_for(rows)
            for start in range(0, len(rows), AT_ONCE):
                _post(actor, rows[start : start + AT_ONCE], versions, numbers)
            for said in dict.fromkeys(behalf.values()):
                those = [row for row in rows if behalf[row.pk] == said]
                record_history(those, actor, ledger.on_behalf(_("posted"), said))
    except (Conflict, PermissionDenied):
        return None
    posted = Disbursement.objects.select_related("activity", "commune", "fiscal_year")
    there = posted.in_bulk([row.pk for row in rows])
    return [there[row.pk] for row in rows]


def _authorities(actor: User, rows: Sequence[Disbursement]) -> dict[int, str]:
    """What the trail says of the right to post each row, asked once for what is alike."""
    known: dict[Any, str] = {}
    found: dict[int, str] = {}
    for row in rows:
        ledger.check_four_eyes(actor, row)
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
    seen: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        seen[versions[row.pk]].append(row.pk)
    as_seen = Q(*(Q(version=n, pk__in=keys) for n, keys in seen.items()), _connector=Q.OR)
    given = [When(pk=row.pk, then=numbers[row.fiscal_year_id].pop(0)) for row in rows]
    hit = (
        Disbursement.objects.filter(as_seen, ~made_by(Disbursement, actor), status=Status.SUBMITTED)
        .order_by()
        .update(
            status=Status.POSTED,
            version=F("version") + 1,
            number=Case(*given),
            posted_by=actor,
            posted_at=timezone.now(),
        )
    )
    if hit != len(rows):
        raise Conflict(_("Only a row that waits for approval can be posted."), "state")
