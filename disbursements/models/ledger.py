"""Disbursements as a ledger, and the counter that numbers them. Whole đồng, never a float."""

from datetime import date as Date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import within
from communes.models import Commune, Placed
from core.models import MadeByPeople, NamedModel, VersionedModel, state_column
from core.values.money import MAX_AMOUNT as MAX_AMOUNT
from core.values.money import negative, too_large, zero
from core.values.said import coded
from disbursements.models.numbers import Folded, IsOdd
from programs.models import Activity, FiscalYear, Fund, Period, Program

UNSPECIFIED_FUND = "UNSPECIFIED"  # the funding source of rows that name none
ORIGINS = ("portal", "history")  # entered here, or loaded from before the portal


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    RETURNED = "returned", _("Returned")
    POSTED = "posted", _("Posted")


class Trail(HistoricalRecords):
    """The trail, with an index of what went back to an editor: who asks what waited at a moment
    looks there for what no longer does and was not posted."""

    def get_meta_options(self, model: type[models.Model]) -> dict[str, object]:
        went_back = models.Index(
            fields=["fiscal_year", "history_date", "id"],
            condition=Q(history_type="~", status__in=("draft", "returned")),
            name="disbursement_went_back",
        )
        options: dict[str, object] = super().get_meta_options(model)
        return options | {"indexes": [went_back]}


class DisbursementQuerySet(models.QuerySet["Disbursement"]):
    def visible_to(self, user: User) -> "DisbursementQuerySet":
        return self.filter(within(user, program="program", commune="commune"))

    def posted(self) -> "DisbursementQuerySet":
        return self.filter(status=Status.POSTED)

    def waiting(self) -> "DisbursementQuerySet":
        return self.filter(status=Status.SUBMITTED)

    def among_the_few(self) -> "DisbursementQuerySet":
        """Those that are not posted, looked for among these alone, whatever else is asked."""
        few = Disbursement.objects.filter(~Q(status=Status.POSTED)).order_by()
        return self.filter(pk__in=few.values("pk"))

    def back_with(self, user: User) -> "DisbursementQuerySet":
        """A person's drafts, and the returned rows that they made or sent: looked for among the few
        rows that are not posted, not among all that the person has ever made (`+ 0`: no index on
        people is of use)."""
        few = self.filter(~Q(status=Status.POSTED), status__in=(Status.DRAFT, Status.RETURNED))
        rows = few.alias(maker=F("created_by_id") + 0, sender=F("submitted_by_id") + 0)
        return rows.filter(Q(maker=user.pk) | Q(sender=user.pk, status=Status.RETURNED))


class Disbursement(Placed, NamedModel, VersionedModel, MadeByPeople):
    """A row of the ledger. Posted rows are never edited or deleted: they are reversed.

    `program`, `fiscal_year`, `period` and `quarter` follow from activity, commune and date; the
    service sets them. A reversal is a row with the sign turned that points at its original; the
    original carries `reversed_amount`. `origin` is `history` for what was loaded from before the
    portal, where the four eyes were on paper.
    """

    search_fields = ("voucher_no", "payee", "description")
    name_field = "payee"
    # Lines of its voucher, alike but for the amount, that it was entered beside; not kept.
    beside: frozenset[int] = frozenset()

    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    fiscal_year = models.ForeignKey(
        FiscalYear,
        models.PROTECT,
        related_name="disbursements",
        editable=False,
        verbose_name=_("fiscal year"),
    )
    period = models.ForeignKey(Period, models.PROTECT, related_name="disbursements", editable=False)
    quarter = models.PositiveSmallIntegerField(_("quarter"), editable=False)
    program = models.ForeignKey(
        Program,
        models.PROTECT,
        related_name="disbursements",
        editable=False,
        verbose_name=_("programme"),
    )
    date = models.DateField(_("date"))
    activity = models.ForeignKey(
        Activity, models.PROTECT, related_name="disbursements", verbose_name=_("activity")
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="disbursements", verbose_name=_("commune")
    )
    fund = models.ForeignKey(
        Fund, models.PROTECT, related_name="disbursements", verbose_name=_("funding source")
    )
    amount = models.BigIntegerField(_("amount (đồng)"))
    payee = models.CharField(_("payee"), max_length=200, blank=True)
    voucher_no = models.CharField(_("voucher number"), max_length=60, blank=True)
    voucher_date = models.DateField(_("voucher date"), null=True, blank=True)
    description = models.CharField(_("description"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    state_field = "status"
    transitions = {
        Status.DRAFT: (Status.SUBMITTED,),
        Status.SUBMITTED: (Status.DRAFT, Status.RETURNED, Status.POSTED),
        Status.RETURNED: (Status.SUBMITTED,),
        Status.POSTED: (),
    }
    status = state_column(Status, Status.DRAFT)
    origin = models.CharField(_("origin"), max_length=10, default="portal", editable=False)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", editable=False
    )
    reversed_amount = models.BigIntegerField(_("reversed (đồng)"), default=0, editable=False)
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("Of a return or a reversal."), editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    posted_at = models.DateTimeField(null=True, editable=False)
    history = Trail(excluded_fields=["search_key", "sort_key"])

    objects = DisbursementQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-id"]
        verbose_name = _("disbursement")
        verbose_name_plural = _("disbursements")
        indexes = [
            models.Index(
                # All that a sum asks for, as key columns: SQLite knows no INCLUDE, and looks at
                # the state again although the condition says it.
                fields=[
                    *("fiscal_year", "program", "commune", "quarter", "activity", "fund"),
                    *("period", "date", "amount", "status"),
                ],
                condition=Q(status="posted"),
                name="disbursement_posted",
            ),
            models.Index(  # with the day: SQLite would rather look through a programme's span
                fields=["fiscal_year", "program", "date", "commune"],
                condition=Q(status="submitted"),
                name="disbursement_waiting",
            ),
            models.Index(
                fields=["period", "status"],
                condition=~Q(status="posted"),
                name="disbursement_not_posted",
            ),
            models.Index(  # the same of what was posted by a moment, or since, and which rows
                fields=[
                    *("fiscal_year", "posted_at", "created_at", "program", "commune", "quarter"),
                    *("activity", "fund", "period", "date", "amount", "status", "id"),
                ],
                condition=Q(status="posted"),
                name="disbursement_posted_at",
            ),
            models.Index(fields=["voucher_no"], name="disbursement_voucher"),
            models.Index(Folded("voucher_no"), F("date"), name="disbursement_number_of_day"),
            models.Index(
                fields=["date"], condition=Q(IsOdd("voucher_no")), name="disbursement_odd_number"
            ),
            models.Index(  # what was entered for an activity in a commune before a row
                fields=[
                    *("fiscal_year", "activity", "commune", "id", "amount", "reversed_amount"),
                    "reverses",  # SQLite looks at it again
                ],
                condition=Q(reverses__isnull=True),
                name="disbursement_entered",
            ),
            models.Index(fields=["date", "id"], name="disbursement_date"),
            models.Index(fields=["amount", "id"], name="disbursement_amount"),
            # A list of one programme, and of one unit, of a year too: its days are asked for. Not
            # with the year in them: what waits would be looked for there, too, and without
            # statistics SQLite took that instead of the rows that wait.
            models.Index(fields=["program", "date", "id"], name="disbursement_program"),
            models.Index(fields=["commune", "date", "id"], name="disbursement_commune"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "number"], name="disbursement_number_once"
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0, amount__lte=MAX_AMOUNT)
                | Q(reverses__isnull=False, amount__lt=0, amount__gte=-MAX_AMOUNT),
                name="disbursement_amount_in_range",
                violation_error_message=_("The amount must be from 1 to 10^15 đồng."),
                violation_error_code="out_of_range",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=False, reversed_amount=0)
                | Q(
                    reverses__isnull=True,
                    reversed_amount__gte=0,
                    reversed_amount__lte=F("amount"),
                ),
                name="disbursement_reversed_within_amount",
                violation_error_message=_("Reversals cannot add up to more than the original."),
                violation_error_code="out_of_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="posted",
                    number__isnull=False,
                    posted_by__isnull=False,
                    posted_at__isnull=False,
                )
                | (~Q(status="posted") & Q(number__isnull=True, posted_at__isnull=True)),
                name="disbursement_posted_has_number",
                violation_error_code="required",
            ),
            models.CheckConstraint(
                condition=~Q(status="submitted") | Q(submitted_by__isnull=False),
                name="disbursement_submitted_by_somebody",
                violation_error_code="required",
            ),
            models.CheckConstraint(
                condition=Q(origin="history") | ~Q(posted_by=F("submitted_by")),
                name="disbursement_four_eyes",
                violation_error_message=_("Who submits may not post."),
                violation_error_code="four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4),
                name="disbursement_quarter_1_to_4",
                violation_error_code="out_of_range",
            ),
        ]

    @property
    def own_day(self) -> Date | None:
        return self.date

    def __str__(self) -> str:
        if self.number:
            return _now("Disbursement %(number)d/%(year)s") % {
                "number": self.number,
                "year": self.fiscal_year.code,
            }
        return _now("Disbursement, %(state)s") % {"state": str(self.get_status_display()).lower()}

    def clean(self) -> None:
        errors: dict[str, str] = {}
        if self.amount is not None and self.reverses_id is None:
            if self.amount < 0:
                errors["amount"] = coded("negative", negative(self.amount).message)
            elif self.amount == 0:
                errors["amount"] = coded("zero", zero().message)
            elif self.amount > MAX_AMOUNT:
                errors["amount"] = coded("too_large", too_large(self.amount).message)
        if self.activity_id and self.program_id and self.activity.program_id != self.program_id:
            errors["activity"] = coded(
                "other_program", _now("This activity belongs to another programme.")
            )
        if errors:
            raise ValidationError(errors)

    @property
    def rest(self) -> int:
        """What is left to reverse (đồng)."""
        return self.amount - self.reversed_amount if self.reverses_id is None else 0


class NumberCounter(models.Model):
    """The last disbursement number given in a fiscal year; locked while one is given."""

    fiscal_year = models.OneToOneField(
        FiscalYear, models.CASCADE, related_name="disbursement_counter"
    )
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.fiscal_year_id}: {self.last}"
