"""Documents being written and documents issued. An issued one never changes."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from accounts.scope import grants_of
from communes.models import Board, Commune
from core.models import VersionedModel
from core.services.errors import Conflict
from core.values.dates import today
from monitoring.models import Meeting
from programs.models import FiscalYear, Program


class ReportKind(models.TextChoices):
    ANNUAL = "annual", _("Annual report")
    QUARTERLY = "quarterly", _("Quarterly report")
    MINUTES = "minutes", _("Minutes")
    CONCLUSIONS = "conclusions", _("Notice of conclusions")


WHOLE_YEAR = 0  # the quarter of what is about a whole year


class ReportDraft(VersionedModel):
    """The text blocks of a report before it is issued: `{block: text}`; `suggested` is what the
    figures said when the text was written."""

    kind = models.CharField(_("kind"), max_length=12, choices=ReportKind.choices)
    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="report_drafts")
    quarter = models.PositiveSmallIntegerField(_("quarter"), default=WHOLE_YEAR)
    texts = models.JSONField(_("text blocks"), default=dict, blank=True)
    suggested = models.JSONField(default=dict, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-fiscal_year__start", "kind", "quarter"]
        verbose_name = _("report draft")
        verbose_name_plural = _("report drafts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "fiscal_year", "quarter"], name="report_draft_once"
            ),
            models.CheckConstraint(
                condition=Q(quarter__lte=4),
                name="report_draft_quarter_to_4",
                violation_error_code="out_of_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.fiscal_year} {self.quarter or ''}".strip()


class NumberSeries(models.Model):
    """The last document number a board has given in a calendar year; locked while one is given.

    A board that was consolidated goes on with the numbers of the one it follows: `board` is the
    first of the line.
    """

    board = models.ForeignKey(Board, models.PROTECT, related_name="number_series")
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        ordering = ["-year", "board_id"]
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [models.UniqueConstraint(fields=["board", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.board} {self.year}: {self.last}"


class IssuedReportQuerySet(models.QuerySet["IssuedReport"]):
    def visible_to(self, user: User) -> "IssuedReportQuerySet":
        """A document holds what its issuer may see: seen by who sees everything, and by them."""
        grants = grants_of(user)
        if (None, None) in grants:
            return self
        return self.filter(issued_by=user) if grants else self.none()

    def update(self, **values: object) -> int:
        raise Conflict(_("An issued document does not change."), "issued")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Conflict(_("An issued document does not change."), "issued")


class IssuedReport(models.Model):
    """A document as it was issued: text, figures, the addresses that made them, both files.

    `figures` holds each table with its `query`; `document` is what the files were set from.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=ReportKind.choices)
    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="issued_reports")
    quarter = models.PositiveSmallIntegerField(_("quarter"), default=WHOLE_YEAR)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="issued_reports"
    )
    board = models.ForeignKey(Board, models.PROTECT, related_name="issued_reports")
    series = models.ForeignKey(NumberSeries, models.PROTECT, related_name="reports")
    number = models.PositiveIntegerField(_("number"))
    symbol = models.CharField(_("symbol"), max_length=40)
    date = models.DateField(_("date"))
    title = models.CharField(_("title"), max_length=400)
    outside = models.BooleanField(_("for outside"), default=False)
    texts = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    document = models.JSONField(default=dict)
    known_at = models.DateTimeField(_("figures as known at"))
    docx = models.FileField(upload_to="issued/%Y/")
    docx_digest = models.CharField(max_length=64)
    pdf = models.FileField(upload_to="issued/%Y/")
    pdf_digest = models.CharField(max_length=64)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="issued_reports"
    )
    issued_at = models.DateTimeField(_("issued at"), auto_now_add=True)

    objects = IssuedReportQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-id"]
        verbose_name = _("issued report")
        verbose_name_plural = _("issued reports")
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="issued_report_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="issued_report_number_from_1",
                violation_error_code="out_of_range",
            ),
            models.CheckConstraint(
                condition=Q(quarter__lte=4),
                name="issued_report_quarter_to_4",
                violation_error_code="out_of_range",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Conflict(_("An issued document does not change."), "issued")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise Conflict(_("An issued document does not change."), "issued")

    @property
    def reference(self) -> str:
        """'05/BC-BĐH'."""
        return f"{self.number:02}/{self.symbol}"


class SharedWhat(models.TextChoices):
    MONEY = "money", _("Plan against disbursement")
    PEOPLE = "people", _("Training classes, head counts")
    REPORT = "report", _("Figures of an issued report")


class SharedLinkQuerySet(models.QuerySet["SharedLink"]):
    def visible_to(self, user: User) -> "SharedLinkQuerySet":
        """Of who makes them: the administrators."""
        return self if user.can(MANAGE_SETTINGS) else self.none()


class SharedLink(models.Model):
    """One summary or report for a reader without an account, by a key of which the digest is kept.

    It shows what `made_by` may see, to nobody any more once it is ended or its last day is over.
    """

    name = models.CharField(_("for whom"), max_length=100)
    what = models.CharField(_("what it shows"), max_length=10, choices=SharedWhat.choices)
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by = models.CharField(_("by"), max_length=20, blank=True)
    report = models.ForeignKey(
        IssuedReport, models.PROTECT, null=True, blank=True, related_name="shared_links"
    )
    until = models.DateField(_("last day"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    times_opened = models.PositiveIntegerField(_("times opened"), default=0, editable=False)
    last_opened = models.DateTimeField(_("last opened"), null=True, editable=False)
    history = HistoricalRecords(excluded_fields=["digest", "times_opened", "last_opened"])

    objects = SharedLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("shared link")
        verbose_name_plural = _("shared links")
        constraints = [
            models.CheckConstraint(
                condition=Q(what="report", report__isnull=False, fiscal_year__isnull=True)
                | (~Q(what="report") & Q(report__isnull=True, fiscal_year__isnull=False)),
                name="shared_link_of_one_thing",
                violation_error_code="one_of_two",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """open, ended, or over (its last day)."""
        if self.ended_at is not None or not self.made_by.is_active:
            return "ended"
        return "over" if self.until < today() else "open"


class Change(models.Model):
    """That a record was written, in the order of what the API tells (`reports.changes`, ADR 37).

    Triggers write it. `xid` is the transaction on PostgreSQL, where rows are final once every
    earlier one has ended; 0 on SQLite. `program` and `commune` are the record's before the change,
    to tell whose it was when it has gone.
    """

    CREATED, CHANGED, DELETED, PART = "C", "U", "D", "P"

    xid = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    resource = models.CharField(max_length=40)
    record = models.BigIntegerField()
    change = models.CharField(max_length=1)
    program = models.ForeignKey(
        Program, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    commune = models.ForeignKey(
        Commune, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        ordering = ["xid", "id"]
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["xid", "id"], name="change_order")]

    def __str__(self) -> str:
        return f"{self.resource} {self.record} {self.change}"
