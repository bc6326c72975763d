"""A workbook in: checked, committed by a second decision, taken back.

Checking saves nothing but the file, as it came; committing saves everything or nothing. Every step
checks the file again: what was right an hour ago may be wrong since (a month closed, a voucher
entered).
"""

import hashlib
import uuid
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import LOAD_HISTORY
from core.services import remarks
from core.services.access import check
from core.services.errors import Conflict
from core.values.dates import today
from core.values.text import clean
from imports.kinds import KINDS
from imports.models import RowError, Upload, UploadState
from imports.outcome import Outcome, of_file
from imports.personal_data import personal_data_in
from imports.resolve import Directory
from imports.workbook import Issue, Reading, WorkbookError, mark_errors, read_workbook, review
from imports.years import guess_year
from programs.models import FiscalYear


def check_workbook(
    *,
    actor: User,
    kind: str,
    source: Any,
    filename: str = "",
    fiscal_year: FiscalYear | None = None,
    post: bool = False,
    as_of: date | None = None,
    scope: str = "",
) -> Outcome:
    """Read a workbook (path, bytes or file) and hold every row against the rules; saves nothing.

    Without `fiscal_year` it is taken from the workbook's title or its dates. What is wrong with the
    whole file is one error without sheet, row and column. `scope` (whole, changes) says what a
    plan's workbook is where it does not say so itself. Raises `PermissionDenied` only.
    """
    held = KINDS[kind]
    check(actor, *held.permissions)
    if post and not actor.can(LOAD_HISTORY):
        raise PermissionDenied(_("Loading history needs the right to load history."))
    outcome = Outcome(kind=kind, file=clean(filename), fiscal_year=fiscal_year)
    if scope:
        outcome.reading["scope"] = scope
    try:
        reading = read_workbook(source, kind, filename)
    except WorkbookError as error:
        outcome.errors.append(of_file(error.code, str(error)))
        return outcome
    outcome.rows = len({(r.sheet, r.row) for r in reading.rows} | _wrong_rows(reading))
    outcome.fiscal_year = fiscal_year or guess_year(reading)
    if outcome.fiscal_year is not None:
        review(reading, outcome.fiscal_year)
    outcome.errors.extend(reading.errors)
    outcome.warnings.extend(reading.warnings)
    if outcome.fiscal_year is None:
        text = _("The workbook does not say its fiscal year: choose one.")
        outcome.errors.append(of_file("fiscal_year", text))
        return outcome
    directory = Directory(outcome.fiscal_year)
    builder = held.builder(outcome, directory, actor, post=post, as_of=as_of or today())
    outcome.sums = held.sums(builder.build(reading))
    if outcome.items:  # what is in the portal already was remarked when it came
        outcome.warnings.extend(personal_data_in(reading))
    order = {
        sheet: index for index, sheet in enumerate(dict.fromkeys(r.sheet for r in reading.rows))
    }
    outcome.errors.sort(key=lambda e: (order.get(e.sheet or "", -1), e.row or 0))
    if not outcome.rows and not outcome.errors:
        outcome.errors.append(of_file("empty", _("The workbook holds no rows to load.")))
    return outcome


def _wrong_rows(reading: Reading) -> set[tuple[Any, Any]]:
    return {(e.sheet, e.row) for e in reading.errors if e.sheet is not None and e.row is not None}


@transaction.atomic
def commit(*, actor: User, outcome: Outcome, post: bool = False) -> Outcome:
    """Save what `check_workbook` found to be right; refuses an outcome with any error.

    Disbursements become drafts and a plan a draft version; with `post` (permission `load_history`)
    they are posted and approved as history.
    """
    if outcome.errors:
        raise ValueError("an outcome with errors is not committed")
    for record in [*outcome.new_funds, *outcome.new_others]:
        record.full_clean(exclude=_unsaved_relations(record))
        record.save()
    reason = _("Workbook %(file)s") % {"file": outcome.file or "-"}
    if outcome.items:
        with remarks.unheard():
            made = KINDS[outcome.kind].commit(outcome, actor=actor, post=post, reason=reason)
        outcome.saved = [record.pk for record in made]
    outcome.committed = True
    return outcome


def _unsaved_relations(record: Any) -> list[str]:
    return [
        field.name
        for field in record._meta.fields
        if field.is_relation
        and getattr(record, field.name, None) is not None
        and getattr(record, field.name).pk is None
    ]


def receive(
    *,
    actor: User,
    kind: str,
    content: bytes,
    filename: str,
    fiscal_year: FiscalYear | None = None,
    as_history: bool = False,
) -> Upload:
    """Check a workbook and keep it with what was found. Raises `PermissionDenied` only."""
    outcome = check_workbook(
        actor=actor,
        kind=kind,
        source=content,
        filename=filename,
        fiscal_year=fiscal_year,
        post=as_history,
    )
    upload = Upload(kind=kind, name=filename[-255:], user=actor, as_history=as_history)
    upload.digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        upload.file.save(f"{uuid.uuid4().hex}.xlsx", ContentFile(content), save=False)
        _write_down(upload, outcome)
    return upload


def check_again(upload: Upload, actor: User) -> Outcome:
    """The outcome of checking the kept file now."""
    with upload.file.open("rb") as file:
        content = file.read()
    return check_workbook(
        actor=actor,
        kind=upload.kind,
        source=content,
        filename=upload.name,
        fiscal_year=upload.fiscal_year,
        post=upload.as_history,
        scope=upload.scope,
    )


def say_scope(*, actor: User, upload: Upload, scope: str) -> Upload:
    """Whether a plan's workbook is the whole plan of its programmes or changes; checked again."""
    row = Upload.objects.visible_to(actor).get(pk=upload.pk)
    if row.state not in (UploadState.CHECKED, UploadState.REFUSED):
        raise Conflict(_("This workbook has been committed already."), "state")
    row.scope = scope
    outcome = check_again(row, actor)
    with transaction.atomic():
        _write_down(row, outcome)
    return row


def _write_down(upload: Upload, outcome: Outcome) -> None:
    """Write what a check found into the upload and its findings."""
    upload.fiscal_year = outcome.fiscal_year
    upload.rows, upload.valid = outcome.rows, outcome.valid
    upload.duplicates, upload.sums = outcome.duplicates, outcome.sums
    if upload.state != UploadState.COMMITTED:
        upload.state = UploadState.REFUSED if outcome.errors else UploadState.CHECKED
    upload.save()
    upload.findings.all().delete()
    RowError.objects.bulk_create(
        [_finding(upload, issue, is_warning=False) for issue in outcome.errors]
        + [_finding(upload, issue, is_warning=True) for issue in outcome.warnings],
        batch_size=500,
    )


def _finding(upload: Upload, issue: Issue, *, is_warning: bool) -> RowError:
    return RowError(
        upload=upload,
        is_warning=is_warning,
        sheet=(issue.sheet or "")[:200],
        row=issue.row,
        column=(issue.column or "")[:200],
        code=issue.code[:40],
        message=issue.message,
    )


def confirm(*, actor: User, upload: Upload) -> Upload:
    """Save what the workbook holds, once; an upload that is wrong by now is refused again."""
    outcome = check_again(upload, actor)
    if outcome.errors:
        with transaction.atomic():
            _write_down(upload, outcome)
        return upload
    with transaction.atomic():
        hit = Upload.objects.filter(pk=upload.pk, state=UploadState.CHECKED).update(
            state=UploadState.COMMITTED, committed_at=timezone.now()
        )
        if hit != 1:
            raise Conflict(_("This workbook has been committed already."), "state")
        commit(actor=actor, outcome=outcome, post=upload.as_history)
        Upload.objects.filter(pk=upload.pk).update(saved=outcome.saved)
    upload.refresh_from_db()
    return upload


@transaction.atomic
def undo(*, actor: User, upload: Upload) -> Upload:
    """Take back all that a commit saved, or nothing: drafts, a draft plan, training classes.

    Funding sources, topics and activities that the workbook brought stay. Raises `Conflict` when
    it was not committed, was taken back already, loaded history, or when a row of it has been
    changed, submitted or deleted since.
    """
    row = Upload.objects.visible_to(actor).select_for_update().get(pk=upload.pk)
    if not row.can_undo:
        raise Conflict(_("This workbook has nothing that could be taken back."), "state")
    there = row.holds.model.objects.visible_to(actor).in_bulk(row.saved)
    reason = _("Workbook %(file)s taken back") % {"file": row.name}
    try:
        for pk in row.saved:
            row.holds.take_back(there[pk], actor=actor, reason=reason)
    except (KeyError, Conflict) as moved:
        raise Conflict(
            _(
                "Some of what this workbook brought in has been changed, submitted or deleted "
                "since. Nothing was taken back; go through its rows one by one."
            ),
            "moved_on",
        ) from moved
    row.state = UploadState.UNDONE
    row.save(update_fields=["state"])
    return row


def marked(upload: Upload, actor: User) -> bytes:
    """The user's own workbook with the wrong cells red. Raises `WorkbookError` if it cannot be."""
    outcome = check_again(upload, actor)
    with upload.file.open("rb") as file:
        return mark_errors(file.read(), [*outcome.errors, *outcome.warnings])
