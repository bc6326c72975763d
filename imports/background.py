"""Long workbooks: read, checked, saved, and done with as a whole, by tasks of the portal's queue
(ADR 25).

What a page shows of it is the upload's state and its job. Each task ends in the transaction of its
effect, so that after a break in between the upload is either as it was or done.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.models import User
from core.services.errors import Conflict
from imports import apart
from imports.models import Deed, Upload, UploadState
from imports.outcome import Outcome, of_file
from tasks import lease

LONG = 3_000  # rows, from which on a task reads and saves
COUNTED_FROM = 50_000  # bytes: fewer hold no long table that takes long


def length_of(content: bytes) -> int:
    """The rows of a long workbook; 0 of one that is not."""
    if len(content) < COUNTED_FROM:
        return 0
    rows = apart.rows_in(content)
    return rows if rows > LONG else 0


def takes_long(upload: Upload) -> bool:
    """Whether a task does what is done with all that a workbook brought in."""
    return upload.is_long or len(upload.saved) > LONG


@transaction.atomic
def check_later(actor: User, upload: Upload, *, remember_year: bool = False) -> None:
    """Have a task read and check an upload."""
    upload.state = UploadState.CHECKING
    upload.save()
    job = check.enqueue(upload.pk, actor.pk, get_language(), remember_year)
    upload.job_id = job.id
    upload.save(update_fields=["job"])


@transaction.atomic
def save_later(actor: User, upload: Upload) -> None:
    """Have a task save an upload, once. `Conflict` where it is at work or done already."""
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    if not row.can_commit:
        raise Conflict(_("This workbook has been committed already."), "state")
    job = save.enqueue(upload.pk, actor.pk, get_language())
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.SAVING, job_id=job.id)
    upload.refresh_from_db()


@transaction.atomic
def do_later(actor: User, upload: Upload, what: Deed, reason: str) -> None:
    """Have a task do something with all that a workbook brought in."""
    job = do.enqueue(upload.pk, actor.pk, get_language(), str(what), reason)
    deed = {"what": str(what)}
    Upload.objects.filter(pk=upload.pk).update(deed=deed, job_id=job.id)


@task()
def check(upload_id: int, actor_id: int, language: str, remember_year: bool) -> None:
    """Read and check an upload that waits for it."""
    from imports import services

    upload, actor = Upload.objects.get(pk=upload_id), User.objects.get(pk=actor_id)
    if upload.state != UploadState.CHECKING:
        return
    with override(language):
        try:
            _check_active(actor)
            outcome = services.check_again(upload, actor, apart.OF_A_TASK)
        except PermissionDenied as refusal:  # taken away since it was sent
            outcome = Outcome(upload.kind, upload.name, upload.chosen_year)
            outcome.errors.append(of_file("not_allowed", str(refusal) or _("You may not do this.")))
        with transaction.atomic():
            services.write_down(upload, outcome)
            if remember_year:
                services.note_year(actor, upload)
            lease.finish()


@task()
def save(upload_id: int, actor_id: int, language: str) -> None:
    """Save an upload that waits for it: all of it or nothing."""
    from imports import services

    upload, actor = Upload.objects.get(pk=upload_id), User.objects.get(pk=actor_id)
    if upload.state != UploadState.SAVING:
        return
    with override(language):
        try:
            _check_active(actor)
            services.save(actor=actor, upload=upload, budget=apart.OF_A_TASK)
        except (Conflict, PermissionDenied, ValidationError) as refusal:
            _not_saved(upload, refusal)


@task()
def do(upload_id: int, actor_id: int, language: str, what: str, reason: str) -> None:
    """Do something with all that a workbook brought in, or with nothing; once."""
    from imports import after_commit

    actor = User.objects.get(pk=actor_id)
    with override(language):
        try:
            with transaction.atomic():
                upload = Upload.objects.select_for_update().get(pk=upload_id)
                if not upload.deed_is_open:
                    return
                _check_active(actor)
                count = after_commit.DEEDS[what](actor=actor, upload=upload, reason=reason)
                _done(upload, count=count)
        except (Conflict, PermissionDenied, ValidationError) as refusal:
            _done(upload, refused=why_not(refusal))


@transaction.atomic
def _done(upload: Upload, **said: object) -> None:
    """Write down what came of a deed, and end its task."""
    Upload.objects.filter(pk=upload.pk).update(deed=(upload.deed or {}) | said)
    lease.finish()


def why_not(refusal: Exception) -> str:
    """What a refusal to do something with all rows says to a person."""
    if isinstance(refusal, ValidationError):
        return " ".join(refusal.messages)
    return str(refusal) or _("You may not do this with all of its rows.")


def _check_active(actor: User) -> None:
    if not actor.is_active:
        raise PermissionDenied(_("This account is closed."))


@transaction.atomic
def _not_saved(upload: Upload, refusal: Exception) -> None:
    """Nothing was saved, and the page says why; it may be saved later."""
    why = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
    said = _("Nothing was saved. %(why)s") % {"why": why}
    upload.findings.create(is_warning=True, code="not_saved", message=said.strip())  # type: ignore[attr-defined]
    Upload.objects.filter(pk=upload.pk, state=UploadState.SAVING).update(state=UploadState.CHECKED)
    lease.finish()
