"""A workbook in: check it, show what it would do, commit it. Command, page and API call these.

Checking saves nothing. Committing saves everything or nothing.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN, ENTER_DISBURSEMENT, LOAD_HISTORY, RECORD_TRAINING
from core.services.access import check
from core.values.dates import today
from disbursements.ledger import services as ledger
from disbursements.plans import services as plans
from imports import disbursement_rows, plan_rows, training_rows
from imports.outcome import Outcome
from imports.resolve import Directory
from imports.workbook import Issue, Kind, Reading, WorkbookError, read_workbook
from imports.years import guess_year
from programs.models import FiscalYear
from trainings import services as trainings

NEEDED = {
    "plan": (DRAFT_PLAN, LOAD_HISTORY),
    "disbursements": (ENTER_DISBURSEMENT, LOAD_HISTORY),
    "trainings": (RECORD_TRAINING, LOAD_HISTORY),
}
BUILDERS: dict[str, Callable[..., None]] = {
    "plan": plan_rows.build,
    "disbursements": disbursement_rows.build,
    "trainings": training_rows.build,
}


def check_workbook(
    *,
    actor: User,
    kind: str,
    source: Any,
    filename: str = "",
    fiscal_year: FiscalYear | None = None,
    post: bool = False,
    as_of: date | None = None,
) -> Outcome:
    """Read a workbook (path, bytes or file) and hold every row against the rules; saves nothing.

    Without `fiscal_year` it is taken from the workbook's title or its dates. What is wrong with the
    whole file is one error without sheet, row and column. Raises `PermissionDenied` only.
    """
    check(actor, *(NEEDED[kind]))
    if post and not actor.can(LOAD_HISTORY):
        raise PermissionDenied(_("Loading history needs the right to load history."))
    outcome = Outcome(kind=kind, file=filename, fiscal_year=fiscal_year)
    try:
        reading = read_workbook(source, cast(Kind, kind), filename)
    except WorkbookError as error:
        outcome.errors.append(Issue(None, None, None, error.code, str(error)))
        return outcome
    outcome.rows = len({(r.sheet, r.row) for r in reading.rows} | _wrong_rows(reading))
    outcome.errors.extend(reading.errors)
    outcome.warnings.extend(reading.warnings)
    outcome.fiscal_year = fiscal_year or guess_year(reading)
    if outcome.fiscal_year is None:
        outcome.errors.append(_no_year())
        return outcome
    directory = Directory(outcome.fiscal_year)
    BUILDERS[kind](outcome, reading, directory, actor=actor, post=post, as_of=as_of or today())
    order = {
        sheet: index for index, sheet in enumerate(dict.fromkeys(r.sheet for r in reading.rows))
    }
    outcome.errors.sort(key=lambda e: (order.get(e.sheet or "", -1), e.row or 0))
    if not outcome.rows and not outcome.errors:
        outcome.errors.append(
            Issue(None, None, None, "empty", _("The workbook holds no rows to load."))
        )
    return outcome


def _wrong_rows(reading: Reading) -> set[tuple[Any, Any]]:
    return {(e.sheet, e.row) for e in reading.errors if e.sheet is not None and e.row is not None}


def _no_year() -> Issue:
    return Issue(
        None,
        None,
        None,
        "fiscal_year",
        _("The workbook does not say its fiscal year: choose one."),
    )


@transaction.atomic
def commit(*, actor: User, outcome: Outcome, post: bool = False) -> Outcome:
    """Save what `check_workbook` found to be right; refuses an outcome with any error.

    Disbursements become drafts and a plan a draft version; with `post` (permission `load_history`)
    they are posted and approved as history.
    """
    if outcome.errors:
        raise ValueError("an outcome with errors is not committed")
    assert outcome.fiscal_year is not None
    for record in [*outcome.new_funds, *outcome.new_others]:
        record.full_clean(exclude=_unsaved_relations(record))
        record.save()
    reason = _("Workbook %(file)s") % {"file": outcome.file or "-"}
    if outcome.kind == "plan":
        version = plans.load(
            actor=actor,
            fiscal_year=outcome.fiscal_year,
            lines=outcome.items,
            post=post,
            reason=reason,
        )
        outcome.saved = [version.pk] if version else []
    elif outcome.kind == "disbursements" and outcome.items:
        rows = ledger.load(actor=actor, rows=_linked(outcome.items), post=post)
        outcome.saved = [row.pk for row in rows]
    elif outcome.kind == "trainings" and outcome.items:
        classes = trainings.load(actor=actor, rows=_linked(outcome.items), reason=reason)
        outcome.saved = [row.pk for row in classes]
    outcome.committed = True
    return outcome


def _linked(rows: list[Any]) -> list[Any]:
    """Rows whose related records have been saved since: take over their primary keys."""
    for row in rows:
        for name in ("fund", "topic"):
            related = getattr(row, name, None)
            if related is not None:
                setattr(row, name, related)
    return rows


def _unsaved_relations(record: Any) -> list[str]:
    return [
        field.name
        for field in record._meta.fields
        if field.is_relation
        and getattr(record, field.name, None) is not None
        and getattr(record, field.name).pk is None
    ]
