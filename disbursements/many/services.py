"""One thing done with many rows of the ledger: all of them or none, what is wrong said by row.

Each row goes through the service that does it to one row; posting through the list for approval.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.delegation import givers_of, named_by
from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT, POST_DISBURSEMENT
from core.api.bulk import MOST_ACTED, NotThere, RowErrors
from core.services.errors import Conflict, StaleVersion
from core.services.pointed_at import FEW, read_with_related
from core.values.said import coded, refused
from core.values.text import Label
from disbursements.approval import services as approval
from disbursements.drafts import services as discard
from disbursements.ledger import bulk
from disbursements.ledger import services as ledger
from disbursements.ledger.rows import RELATED
from disbursements.models import Disbursement, Status
from programs.years.open_days import closed

MOST = MOST_ACTED
Chosen = Sequence[tuple[int, int | None]]  # rows by id, and the version seen, if that matters
REFUSED = (Conflict, PermissionDenied, ValidationError)


@dataclass(frozen=True)
class Deed:
    """What can be done with many rows. `look(actor, row)` raises what keeps one row from it,
    `do(actor, rows, reason)` does it; `asks`: a person is asked before; `reason`: it needs one."""

    name: str
    label: Label
    done: Label
    permission: str
    look: Callable[[User, Disbursement], None]
    do: Callable[[User, Sequence[Disbursement], str], None]
    asks: bool = True
    reason: Callable[[Sequence[Disbursement]], bool] = lambda rows: False


def check_may(actor: User, deed: Deed) -> None:
    """403 for who may do it with no row at all; the right to post may be delegated."""
    if actor.can(deed.permission):
        return
    is_posting = deed.permission == POST_DISBURSEMENT
    if not is_posting or not (
        named_by(actor, POST_DISBURSEMENT) or givers_of(actor, POST_DISBURSEMENT)
    ):
        raise PermissionDenied


def may_decide(actor: User) -> None:
    """403 for who may neither post nor return any row."""
    check_may(actor, DEEDS["post"])


def deeds_of(actor: User) -> list[Deed]:
    """What a person may do with many rows, if the rows let them."""
    decides = _may(actor, DEEDS["post"])
    return [
        deed
        for deed in DEEDS.values()
        if (decides if deed.permission == POST_DISBURSEMENT else actor.can(deed.permission))
    ]


def _may(actor: User, deed: Deed) -> bool:
    try:
        check_may(actor, deed)
    except PermissionDenied:
        return False
    return True


def read(actor: User, ids: Iterable[int]) -> dict[int, Disbursement]:
    """The rows of these ids in the actor's scope, by id."""
    keys = [*ids]
    rows = Disbursement.objects.visible_to(actor).filter(pk__in=keys).select_related(*RELATED)
    rows = rows.prefetch_related(Prefetch("makers", User.objects.only("pk")))
    return {row.pk: row for row in (read_with_related(rows) if len(keys) > FEW else rows)}


def objection(actor: User, deed: Deed, row: Disbursement) -> Exception | None:
    """What keeps this row from it, as the service of one row would say it; None for nothing."""
    try:
        deed.look(actor, row)
    except REFUSED as error:
        return error
    return None


def sentence(error: Exception) -> str:
    """What a refusal says to a person."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error) or _now("You may not do this with this row.")


@transaction.atomic
def do_many(*, actor: User, deed: Deed, chosen: Chosen, reason: str = "") -> list[Disbursement]:
    """Do it with every row that was chosen (id, and the version seen, if that matters), or none.

    Raises `RowErrors`: by place in `chosen`, counted from 0, what is wrong with that row.
    """
    check_may(actor, deed)
    if not chosen:
        raise ValidationError(coded("required", _now("Choose at least one row.")))
    found = read(actor, [pk for pk, _version in chosen])
    errors = _wrong(actor, deed, chosen, found)
    if errors:
        raise RowErrors(errors)
    rows = [found[pk] for pk, _version in chosen]
    if deed.reason(rows) and not reason.strip():
        raise refused("reason", "reason_needed", _now("Say why: the reason stands with each row."))
    deed.do(actor, rows, reason.strip())
    return rows


def _wrong(
    actor: User,
    deed: Deed,
    chosen: Chosen,
    found: dict[int, Disbursement],
) -> dict[int, Exception]:
    errors: dict[int, Exception] = {}
    for index, (pk, version) in enumerate(chosen):
        row = found.get(pk)
        if row is None:
            said = _now("There is no disbursement %(id)s in your assignment.")
            errors[index] = NotThere(said % {"id": pk})
        elif version is not None and row.version != version:
            errors[index] = StaleVersion()
        elif error := objection(actor, deed, row):
            errors[index] = error
    return errors


def _is_in(states: Sequence[str], refused: object) -> Callable[[User, Disbursement], None]:
    def look(actor: User, row: Disbursement) -> None:
        ledger.check_scope(actor, row)
        if row.status not in states:
            said = _now("%(why)s This one is: %(state)s.")
            raise Conflict(said % {"why": refused, "state": row.get_status_display()}, "state")

    return look


EDITABLE = _is_in(ledger.EDITABLE, _("Only a draft or a returned row can be submitted."))
WAITING = _is_in((Status.SUBMITTED,), _("Only a row that waits for approval can be withdrawn."))
TO_POST = _is_in((Status.SUBMITTED,), _("Only a row that waits for approval can be posted."))
TO_RETURN = _is_in((Status.SUBMITTED,), _("Only a row that waits for approval can be returned."))
TO_DROP = _is_in(ledger.EDITABLE, _("Only a draft or a returned row can be deleted."))


def _look_open(row: Disbursement) -> None:
    if row.period.is_closed:
        raise closed(row.period)


def _look_submit(actor: User, row: Disbursement) -> None:
    EDITABLE(actor, row)
    _look_open(row)


def _look_withdraw(actor: User, row: Disbursement) -> None:
    WAITING(actor, row)
    if row.submitted_by is not None and not ledger.may_withdraw(actor, row):
        said = _now("Only %(name)s, who submitted it, can withdraw it.")
        raise PermissionDenied(said % {"name": row.submitted_by.display_name})


def _look_post(actor: User, row: Disbursement) -> None:
    ledger.authority_over(actor, row)
    TO_POST(actor, row)
    ledger.check_four_eyes(actor, row)
    _look_open(row)


def _look_return(actor: User, row: Disbursement) -> None:
    ledger.authority_over(actor, row)
    TO_RETURN(actor, row)


def _submit(actor: User, rows: Sequence[Disbursement], _reason: str) -> None:
    bulk.submit_many(actor=actor, rows=rows)


def _withdraw(actor: User, rows: Sequence[Disbursement], _reason: str) -> None:
    for row in rows:
        ledger.withdraw(actor=actor, disbursement=row)


def _post(actor: User, rows: Sequence[Disbursement], _reason: str) -> None:
    """At once, or where one cannot be, month by month as its list for approval does it and says
    why: numbers follow the months, and the days in each."""
    in_order = sorted(rows, key=lambda row: (row.period.start, row.period_id, row.date, row.pk))
    versions = {row.pk: row.version for row in rows}
    if bulk.post_many(actor=actor, rows=in_order, versions=versions):
        return
    for _key, month in groupby(in_order, key=lambda row: row.period_id):
        of_month = list(month)
        chosen = {row.pk: row.version for row in of_month}
        approval.approve(actor=actor, period=of_month[0].period, chosen=chosen)


def _return(actor: User, rows: Sequence[Disbursement], reason: str) -> None:
    for row in rows:
        ledger.return_(actor=actor, disbursement=row, reason=reason)


def _delete(actor: User, rows: Sequence[Disbursement], reason: str) -> None:
    discard.disbursements(actor=actor, rows=rows, why=reason)


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "submit",
            _("Submit for approval"),
            _("Submitted for approval: %(count)s rows, %(sum)s đồng."),
            ENTER_DISBURSEMENT,
            _look_submit,
            _submit,
            asks=False,
        ),
        Deed(
            "withdraw",
            _("Withdraw"),
            _("Withdrawn: %(count)s rows, %(sum)s đồng. They are drafts again."),
            ENTER_DISBURSEMENT,
            _look_withdraw,
            _withdraw,
            asks=False,
        ),
        Deed(
            "post",
            _("Post"),
            _("Posted: %(count)s rows, %(sum)s đồng."),
            POST_DISBURSEMENT,
            _look_post,
            _post,
        ),
        Deed(
            "return",
            _("Return"),
            _("Returned: %(count)s rows, %(sum)s đồng."),
            POST_DISBURSEMENT,
            _look_return,
            _return,
            reason=lambda rows: True,
        ),
        Deed(
            "delete",
            _("Delete"),
            _("Deleted: %(count)s rows, %(sum)s đồng."),
            ENTER_DISBURSEMENT,
            TO_DROP,
            _delete,
            reason=lambda rows: any(discard.needs_reason(row) for row in rows),
        ),
    )
}
UNDOES = {"submit": "withdraw", "withdraw": "submit"}
