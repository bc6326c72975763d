"""A workbook in: checked, committed by a second decision, taken back.

Checking saves nothing but the file, as it came; committing saves everything or nothing. Every step
checks the file again: what was right an hour ago may be wrong since (a month closed, a voucher
entered).
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import LOAD_HISTORY
from core.lists.workbooks import Book
from core.services import remarks
from core.services.access import check
from core.services.errors import Conflict
from core.values.dates import today
from core.values.said import refused
from core.values.text import clean
from imports import after_commit, apart, background, corrections
from imports.apart import mark_errors, no_look_for_garbage
from imports.kinds import KINDS, MAY_IMPORT
from imports.models import AT_WORK, LayoutCorrection, RowError, Upload, UploadState
from imports.outcome import LINES_VANISH, Outcome, of_file
from imports.personal_data import personal_data_in
from imports.reading import of_rows, of_workbook, unknown_names
from imports.resolve import Directory
from imports.workbook import Correction, Issue, Reading, WorkbookError, review
from imports.workbook.corrections import YEAR
from imports.workbook.guard import Source
from imports.workbook.mark import MAX_ROWS as MAX_MARKED
from imports.years import CHOSEN, SAID, YearFound, guess_year
from programs.models import FiscalYear
from tasks import lease


@no_look_for_garbage()
def check_workbook(
    *,
    actor: User,
    kind: str,
    source: Source,
    filename: str = "",
    fiscal_year: FiscalYear | None = None,
    post: bool = False,
    as_of: date | None = None,
    scope: str = "",
    same_voucher: bool = False,
    budget: apart.Budget | None = None,
) -> Outcome:
    """Read a workbook (path, bytes or file) and hold every row against the rules; saves nothing.

    `kind` "" is found out. Without `fiscal_year` it is taken from what was said of the layout, the
    workbook's title or its dates. What is wrong with the whole file is one error without sheet, row
    and column. `scope` (whole, changes) says what a plan's workbook is where it does not say so
    itself, `same_voucher` that rows which are in the ledger with another amount are further lines
    of their vouchers. Raises `PermissionDenied` only.
    """
    _check_may(actor, kind, post)
    outcome = Outcome(kind=kind, file=clean(filename), fiscal_year=fiscal_year)
    if scope:
        outcome.reading["scope"] = scope
    if same_voucher:
        outcome.reading["same_voucher"] = True
    given = corrections.for_workbook(actor, kind)
    try:
        reading = apart.read_workbook(source, kind, filename, given, budget)
    except WorkbookError as error:
        outcome.kind = kind or error.kind or _first_kind(actor)
        outcome.reading |= {"kind": outcome.kind, "sheets": [s.as_dict() for s in error.sheets]}
        outcome.errors.append(of_file(error.code, str(error)))
        return outcome
    outcome.kind, held = reading.kind, KINDS[reading.kind]
    if not any(map(actor.can, held.permissions)):
        text = _("This is %(called)s, which you may not load.") % {"called": held.called}
        outcome.errors.append(of_file("not_allowed", text))
        return outcome
    _note_reading(outcome, reading, fiscal_year)
    if outcome.fiscal_year is None:
        text = _("The workbook does not say its fiscal year: choose one.")
        outcome.errors.append(of_file("fiscal_year", text))
        corrections.report_used(outcome, reading, actor)
        return outcome
    directory = Directory(outcome.fiscal_year)
    personal = list(personal_data_in(reading))  # before the rows are let go
    builder = held.builder(outcome, directory, actor, post=post, as_of=as_of or today())
    outcome.sums = held.sums(builder.build(reading))
    outcome.reading["unknown_names"] = unknown_names(builder)
    corrections.report_used(outcome, reading, actor)
    if outcome.items or outcome.changed:  # what is there already was remarked when it came
        outcome.warnings.extend(personal)
    order = {
        sheet: index for index, sheet in enumerate(dict.fromkeys(r.sheet for r in reading.rows))
    }
    outcome.errors.sort(key=lambda e: (order.get(e.sheet or "", -1), e.row or 0))
    if not outcome.rows and not outcome.errors:
        outcome.errors.append(of_file("empty", _("The workbook holds no rows to load.")))
    outcome.sums = {} if outcome.errors else outcome.sums
    outcome.reading |= of_rows(outcome, builder, held)
    return outcome


def _check_may(actor: User, kind: str, post: bool) -> None:
    check(actor, *(KINDS[kind].permissions if kind else MAY_IMPORT))
    if post and not actor.can(LOAD_HISTORY):
        raise PermissionDenied(_("Loading history needs the right to load history."))


def _note_reading(outcome: Outcome, reading: Reading, chosen: FiscalYear | None) -> None:
    """What the reader found: rows, errors, how it understood them, and of which year they are."""
    outcome.rows = len({(r.sheet, r.row) for r in reading.rows} | _wrong_rows(reading))
    found = YearFound(chosen, CHOSEN) if chosen else None
    found = found or corrections.year_said(reading) or guess_year(reading)
    outcome.fiscal_year = found.year
    outcome.reading |= of_workbook(reading, found)
    if found.year is not None:
        review(reading, found.year)
    outcome.errors.extend(reading.errors)
    outcome.warnings.extend(reading.warnings)


def _first_kind(actor: User) -> str:
    """What a file that nobody can read is called: the first kind that the person may load."""
    return next(kind.name for kind in KINDS.values() if any(map(actor.can, kind.permissions)))


def _wrong_rows(reading: Reading) -> set[tuple[object, object]]:
    return {(e.sheet, e.row) for e in reading.errors if e.sheet is not None and e.row is not None}


@no_look_for_garbage()
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
    if outcome.items or outcome.changed:
        with remarks.silenced():
            made = KINDS[outcome.kind].commit(outcome, actor=actor, post=post, reason=reason)
        outcome.saved = [record.pk for record in made]
    outcome.committed = True
    return outcome


def _unsaved_relations(record: Model) -> list[str]:
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
    content: bytes,
    filename: str,
    kind: str = "",
    fiscal_year: FiscalYear | None = None,
    as_history: bool = False,
) -> Upload:
    """Check a workbook and keep it with what was found; a long one is checked by a task. Raises
    `PermissionDenied` only."""
    length = background.length_of(content)
    if length:
        _check_may(actor, kind, as_history)
        upload = Upload(kind=kind, fiscal_year=fiscal_year, length=length)
        upload.reading = {"year": {"known": CHOSEN if fiscal_year else SAID}}
        upload.name, upload.user, upload.as_history = filename[-255:], actor, as_history
        _store_file(upload, content)
        background.check_later(actor, upload)
        return upload
    outcome = check_workbook(
        actor=actor,
        kind=kind,
        source=content,
        filename=filename,
        fiscal_year=fiscal_year,
        post=as_history,
    )
    upload = Upload(kind=outcome.kind, name=filename[-255:], user=actor, as_history=as_history)
    _store_file(upload, content)
    with transaction.atomic():
        write_down(upload, outcome)
    return upload


def _store_file(upload: Upload, content: bytes) -> None:
    upload.digest = hashlib.sha256(content).hexdigest()
    upload.file.save(f"{uuid.uuid4().hex}.xlsx", ContentFile(content), save=False)


def check_again(upload: Upload, actor: User, budget: apart.Budget | None = None) -> Outcome:
    """The outcome of checking the kept file now."""
    with upload.file.open("rb") as file:
        content = file.read()
    return check_workbook(
        actor=actor,
        kind=upload.kind,
        source=content,
        filename=upload.name,
        fiscal_year=upload.chosen_year,
        post=upload.as_history,
        scope=upload.scope,
        same_voucher=upload.same_voucher,
        budget=budget,
    )


def check_anew(*, actor: User, upload: Upload) -> Upload:
    """Check a workbook once more, after a task that did so has stopped."""
    return _recheck(_open_upload(actor, upload), actor)


def say(*, actor: User, upload: Upload, **said: object) -> Upload:
    """What a workbook asks: whether it is the whole plan of its programmes or changes (`scope`),
    that rows which the ledger has with another amount are lines of their own (`same_voucher`);
    checked again."""
    row = _open_upload(actor, upload)
    for name, value in said.items():
        setattr(row, name, value)
    return _recheck(row, actor)


def say_what_it_is(
    *, actor: User, upload: Upload, kind: str, fiscal_year: FiscalYear | None
) -> Upload:
    """The kind of a workbook, and its year, which is remembered for its layout; checked again.

    Without `fiscal_year` the workbook's own holds.
    """
    row = _open_upload(actor, upload)
    row.kind, row.fiscal_year = kind, fiscal_year
    row.reading = {"year": {"known": CHOSEN if fiscal_year else ""}}
    return _recheck(row, actor, remember_year=True)


def note_year(actor: User, upload: Upload) -> None:
    """That workbooks of these layouts are of the year that was chosen for this one."""
    layouts = {sheet["layout"] for sheet in upload.reading.get("sheets", ()) if sheet["layout"]}
    said = upload.reading.get("lines_above", "")
    if year := upload.chosen_year:
        about = [Correction(layout, YEAR, year.code, was=said) for layout in sorted(layouts)]
        _remember(actor, upload, about)


def correct(*, actor: User, upload: Upload, said: list[Correction]) -> Upload:
    """Read the workbook as somebody says; remembered for every workbook of these layouts."""
    row = _open_upload(actor, upload)
    layouts = {sheet["layout"] for sheet in row.reading.get("sheets", ())} - {""}
    if any(one.layout not in layouts for one in said):
        raise _read_otherwise()
    _remember(actor, row, said)
    return _recheck(row, actor)


def _remember(actor: User, upload: Upload, said: list[Correction]) -> None:
    try:
        with transaction.atomic():
            corrections.remember(actor, upload.kind, upload.name, said)
    except IntegrityError as twice:  # somebody of the office says it at the same moment
        raise _read_otherwise() from twice


def _read_otherwise() -> Conflict:
    return Conflict(_("The workbook is read otherwise by now. Look at it again."), "state")


def forget(
    *, actor: User, correction: LayoutCorrection, upload: Upload | None = None
) -> Upload | None:
    """Take back a correction of one's office; the workbook is checked again without it."""
    row = _open_upload(actor, upload) if upload else None
    corrections.remove(actor, corrections.in_force(actor).filter(pk=correction.pk))
    if row is None:
        return None
    if correction.what == YEAR:
        row.fiscal_year = None
    return _recheck(row, actor)


def _open_upload(actor: User, upload: Upload) -> Upload:
    """One's own workbook that nothing has come of yet. `Conflict` for any other."""
    row: Upload = Upload.objects.visible_to(actor).get(pk=upload.pk)
    if row.is_at_work:
        raise Conflict(_("The portal is at this workbook. Wait until it is done."), "state")
    if row.state not in (*AT_WORK, UploadState.CHECKED, UploadState.REFUSED):
        raise Conflict(_("This workbook has been committed already."), "state")
    return row


def _recheck(upload: Upload, actor: User, *, remember_year: bool = False) -> Upload:
    if upload.is_long:
        background.check_later(actor, upload, remember_year=remember_year)
        return upload
    outcome = check_again(upload, actor)
    with transaction.atomic():
        write_down(upload, outcome)
    if remember_year:
        note_year(actor, upload)
    return upload


def write_down(upload: Upload, outcome: Outcome) -> None:
    """Write what a check found into the upload and its findings."""
    upload.kind, upload.fiscal_year = outcome.kind, outcome.fiscal_year
    upload.rows, upload.valid = outcome.rows, outcome.valid
    upload.duplicates = outcome.duplicates
    upload.sums, upload.reading = outcome.sums, outcome.reading
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


def confirm(*, actor: User, upload: Upload, confirm_vanishing: bool = True) -> Upload:
    """Save what the workbook holds, once; an upload that is wrong by now is refused again. A long
    one is saved by a task.

    Without `confirm_vanishing` it asks (`ValidationError`) where lines of a plan would vanish."""
    if not upload.is_long:
        return save(actor=actor, upload=upload, confirm_vanishing=confirm_vanishing)
    gone = upload.findings.filter(code=LINES_VANISH).first()  # type: ignore[attr-defined]
    if gone and not confirm_vanishing:
        raise _asks_vanishing(gone.message)
    background.save_later(actor, upload)
    return upload


def save(
    *,
    actor: User,
    upload: Upload,
    confirm_vanishing: bool = True,
    budget: apart.Budget | None = None,
) -> Upload:
    """Check the workbook once more and save what it holds, as `confirm()` says."""
    outcome = check_again(upload, actor, budget)
    gone = [issue.message for issue in outcome.warnings if issue.code == LINES_VANISH]
    if gone and not confirm_vanishing and not outcome.errors:
        raise _asks_vanishing(gone[0])
    is_other = _fingerprint(outcome.reading, outcome.sums) != _fingerprint(
        upload.reading, upload.sums
    )
    if outcome.errors or is_other:
        if upload.is_long and is_other:
            outcome.warnings.insert(0, of_file("read_otherwise", str(_read_otherwise().message)))
        with transaction.atomic():
            write_down(upload, outcome)
            lease.finish()
        if is_other and not outcome.errors and not upload.is_long:
            raise _read_otherwise()
        return upload
    ready = UploadState.SAVING if upload.is_long else UploadState.CHECKED
    with transaction.atomic():
        hit = Upload.objects.filter(pk=upload.pk, state=ready).update(
            state=UploadState.COMMITTED, committed_at=timezone.now()
        )
        if hit != 1:
            raise Conflict(_("This workbook has been committed already."), "state")
        commit(actor=actor, outcome=outcome, post=upload.as_history)
        Upload.objects.filter(pk=upload.pk).update(saved=outcome.saved, overwrote=outcome.overwrote)
        lease.finish()
    upload.refresh_from_db()
    return upload


def _asks_vanishing(said: str) -> ValidationError:
    text = _("%(said)s Confirm it for all of them with one tick.")
    return refused("confirm_vanishing", "confirm_vanishing", text % {"said": said})


def _fingerprint(reading: dict[str, Any], sums: dict[str, object]) -> tuple[object, object]:
    """What must be as it was shown when the rows are saved: what was said of it, and its sums."""
    said = [(c["what"], c["subject"], c["value"]) for c in reading.get("corrections", ())]
    return sorted(said), sums


def undo(*, actor: User, upload: Upload) -> Upload:
    """Take back all that a commit saved, or nothing, at once: see `after_commit.undo`."""
    after_commit.undo(actor=actor, upload=upload)
    return Upload.objects.get(pk=upload.pk)


def marked(upload: Upload, actor: User) -> bytes:
    """The user's own workbook with the wrong cells red; a list of what is wrong, also a workbook,
    where theirs is too long or too heavy to be marked. Raises `WorkbookError` where nothing was
    read."""
    if upload.length > MAX_MARKED:
        found = upload.findings.all()  # type: ignore[attr-defined]
        return _list_of(list(found), _("The workbook is too long to be marked."))
    outcome = check_again(upload, actor)
    issues = [*outcome.errors, *outcome.warnings]
    with upload.file.open("rb") as file:
        try:
            return mark_errors(file.read(), issues)
        except WorkbookError as refusal:
            if outcome.failed_whole:
                raise
            return _list_of(issues, refusal.message)


def _list_of(issues: Sequence[Issue | RowError], why: str) -> bytes:
    book = Book()
    sheet = book.sheet(_("Errors and warnings"), [20, 8, 20, 100], above=1)
    sheet.row([why])
    sheet.head([_("Sheet"), _("Row"), _("Column"), _("What is wrong")])
    for issue in issues:
        sheet.row([issue.sheet, issue.row, issue.column, issue.message])
    with book.save() as file:
        return file.read()
