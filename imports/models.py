"""A workbook on its way in: uploaded, checked, then committed or dropped."""

from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from imports.kinds import KINDS, WorkbookKind
from imports.outcome import ANOTHER_LINE, LINES_VANISH, WHOLE_OR_CHANGES
from imports.years import CORRECTED, DATES, SAID
from programs.models import FiscalYear
from tasks.models import Job


class UploadState(models.TextChoices):
    CHECKED = "checked", _("Checked")
    REFUSED = "refused", _("Refused")
    COMMITTED = "committed", _("Committed")
    UNDONE = "undone", _("Taken back")
    CHECKING = "checking", _("Being checked")
    SAVING = "saving", _("Being saved")


class Deed(models.TextChoices):
    """What is done with all that a workbook brought in, in one step."""

    UNDO = "undo", _("Being taken back")
    SUBMIT = "submit", _("Being submitted")
    REVERSE = "reverse", _("Being reversed")


AT_WORK = (UploadState.CHECKING, UploadState.SAVING)  # by a task of the queue (ADR 25)


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User) -> "UploadQuerySet":
        """One's own uploads: a workbook may hold more than another person's scope."""
        return self.filter(user=user)


class Upload(models.Model):
    """A workbook as its sender left it, with what the check found."""

    kind = models.CharField(_("kind"), max_length=20)
    file = models.FileField(_("workbook"), upload_to="uploads/%Y/%m/")
    name = models.CharField(_("file name"), max_length=255)
    digest = models.CharField(max_length=64, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads")
    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=UploadState.choices, default=UploadState.CHECKED
    )
    as_history = models.BooleanField(
        _("post at once, as history"),
        default=False,
        help_text=_("What happened before the portal: posted (a plan: approved) with the commit."),
    )
    scope = models.CharField(
        _("what a plan's workbook is"),
        max_length=7,
        choices=[("whole", _("The whole plan")), ("changes", _("Only lines that change"))],
        blank=True,
        editable=False,
    )
    same_voucher = models.BooleanField(
        _("rows with another amount than the ledger are lines of their own"),
        default=False,
        editable=False,
    )
    length = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("rows of a long file, as counted before reading")
    )
    deed = models.JSONField(
        null=True,
        editable=False,
        help_text=_("what a task does with all rows, or did last, and what came of it"),
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, editable=False, related_name="+")
    rows = models.PositiveIntegerField(default=0)
    valid = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    sums = models.JSONField(default=dict)
    reading = models.JSONField(
        default=dict, editable=False, help_text=_("how it was understood, as the page shows it")
    )
    saved = models.JSONField(
        default=list, editable=False, help_text=_("primary keys of the rows that the commit made")
    )

    overwrote = models.JSONField(
        null=True,
        editable=False,
        help_text=_("the plan lines that the commit changed, as they were"),
    )

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return self.name

    @property
    def holds(self) -> WorkbookKind[Any, Any, Any]:
        """The kind of workbook it is."""
        return KINDS[self.kind]

    @property
    def chosen_year(self) -> FiscalYear | None:
        """The fiscal year that somebody chose; None where the workbook said it."""
        known = self.reading.get("year", {}).get("known")
        return None if known in (SAID, DATES, CORRECTED) else self.fiscal_year

    @property
    def is_long(self) -> bool:
        """Whether a task of the queue reads and saves it."""
        return self.length > 0

    @property
    def is_at_work(self) -> bool:
        """Whether a task is at it, or will be."""
        waits = self.state in AT_WORK or self.deed_is_open
        return waits and self.job is not None and not self.job.has_ended

    @property
    def deed_is_open(self) -> bool:
        """Whether a task was to do something with all that it brought in, and did not say that it
        is done or refused."""
        return bool(self.deed) and not {"count", "refused"} & self.deed.keys()

    @property
    def has_stopped(self) -> bool:
        """Whether a task that was to read or save it has ended without; nothing was saved."""
        return self.state in AT_WORK and not self.is_at_work

    @property
    def state_text(self) -> str:
        """The state as a page says it."""
        if self.deed_is_open and self.is_at_work:
            return str(Deed((self.deed or {})["what"]).label)
        return _now("Stopped") if self.has_stopped else self.get_state_display()

    @property
    def tone(self) -> str:
        if self.deed_is_open and self.is_at_work:
            return "info"
        return "bad" if self.has_stopped else self.state

    @property
    def can_commit(self) -> bool:
        return self.state == UploadState.CHECKED or (
            self.state == UploadState.SAVING and self.has_stopped
        )

    @property
    def asks_scope(self) -> bool:
        """Whether somebody has to say if it is a whole plan or only changes."""
        return self.findings.filter(code=WHOLE_OR_CHANGES).exists()

    @property
    def asks_same_voucher(self) -> bool:
        """Whether somebody may say that rows are further lines of vouchers of the ledger."""
        return self.findings.filter(code=ANOTHER_LINE, is_warning=False).exists()

    @property
    def asks_vanishing(self) -> bool:
        """Whether lines of a plan would vanish: saving it asks for a tick."""
        return self.can_commit and self.findings.filter(code=LINES_VANISH).exists()

    @property
    def changed(self) -> list[int]:
        """The records that were there before and that the commit changed, by primary key."""
        return [int(key) for key in (self.overwrote or {}).get("rows", ())]

    @property
    def saved_keys(self) -> RawSQL:
        """The primary keys of `saved` as the database reads them there: a long workbook has more
        than a query takes."""
        each = {
            "sqlite": "SELECT value FROM imports_upload u, json_each(u.saved) WHERE u.id = %s",
            "postgresql": "SELECT jsonb_array_elements_text(saved)::bigint FROM imports_upload"
            " WHERE id = %s",
        }
        return RawSQL(each[connection.vendor], [self.pk])  # noqa: S611 - no text of anybody's

    @property
    def can_undo(self) -> bool:
        """What was posted or approved as history is not taken back: it is reversed or revised."""
        is_posted = self.as_history and self.holds.is_posted_as_history
        return self.state == UploadState.COMMITTED and bool(self.saved) and not is_posted


class RowError(models.Model):
    """Something wrong (or worth knowing) in an upload: sheet, row, column and a sentence."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="findings")
    is_warning = models.BooleanField(default=False)
    sheet = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    message = models.TextField()

    class Meta:
        ordering = ["upload_id", "is_warning", "id"]

    def __str__(self) -> str:
        return f"{self.sheet} {self.row} {self.column}: {self.message}"


class LayoutCorrection(models.Model):
    """What an office has said of a layout of its workbooks, used for every later one of it.

    `office` is the person's office, folded, or the person where none is given; the rest as in
    `imports.workbook.Correction`. One that is removed or said anew stays, with who and when.
    """

    office = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    layout = models.CharField(max_length=64)
    what = models.CharField(_("what is corrected"), max_length=20)
    subject = models.CharField(max_length=300, blank=True)
    value = models.CharField(max_length=300)
    was = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)
    file = models.CharField(_("file name"), max_length=255)  # the workbook it was said of

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "kind", "layout", "what", "subject"],
                condition=models.Q(removed_at=None),
                name="said_once_of_a_layout",
                violation_error_code="already_there",
            )
        ]
        verbose_name = _("correction of a layout")
        verbose_name_plural = _("corrections of layouts")

    def __str__(self) -> str:
        return f"{self.what} {self.subject}: {self.value}"
