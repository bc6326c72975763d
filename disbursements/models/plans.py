"""Plans in versions: lines by activity, commune and fund, with an amount per quarter."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import within
from communes.models import Commune, Placed
from core.models import MadeByPeople, VersionedModel
from core.values.money import MAX_AMOUNT as MAX_AMOUNT
from core.values.said import refused
from programs.models import Activity, FiscalYear, Fund, Program, first_day


class PlanState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    JOINED = "joined", _("Joined into another")
    SET_ASIDE = "set_aside", _("Set aside")


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    def visible_to(self, user: User) -> "PlanVersionQuerySet":
        """Versions with a line in the user's scope, or that speak for a programme in it, and those
        the user drafted."""
        mine = models.OuterRef("pk")
        lines = PlanLine.objects.visible_to(user).filter(plan_version=mine)
        spoken = PlanProgram.objects.filter(within(user, program="program"), plan_version=mine)
        return self.filter(models.Exists(lines) | models.Exists(spoken) | Q(created_by=user))

    def approved(self) -> "PlanVersionQuerySet":
        return self.filter(state=PlanState.APPROVED)

    def with_planned(self, user: User) -> "PlanVersionQuerySet":
        """Each with what it plans within the user's scope (đồng)."""
        scope = within(user, program="line__program", commune="line__commune")
        amounts = PlanAmount.objects.filter(scope, line__plan_version=models.OuterRef("pk"))
        by_version = amounts.order_by().values("line__plan_version")
        total = by_version.annotate(total=models.Sum("amount")).values("total")
        return self.annotate(planned=Coalesce(models.Subquery(total), 0))


class PlanVersion(VersionedModel, MadeByPeople):
    """One version of a fiscal year's plan over all programmes.

    `number` is given at approval. A version that is the first to have lines of the programmes it
    speaks for is their original plan (kế hoạch giao đầu năm); the others are the year's revisions,
    counted from 1. An approved version is read only. The current version is the approved one of
    highest number.
    """

    transitions = {
        PlanState.DRAFT: (
            PlanState.SUBMITTED,
            PlanState.APPROVED,  # from before the portal
            PlanState.JOINED,
            PlanState.SET_ASIDE,
        ),
        PlanState.SUBMITTED: (
            PlanState.DRAFT,
            PlanState.RETURNED,
            PlanState.APPROVED,
            PlanState.JOINED,
        ),
        PlanState.RETURNED: (PlanState.SUBMITTED, PlanState.JOINED, PlanState.SET_ASIDE),
        PlanState.APPROVED: (),
        PlanState.JOINED: (),
        PlanState.SET_ASIDE: (),
    }

    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="plan_versions", verbose_name=_("fiscal year")
    )
    number = models.PositiveSmallIntegerField(_("number"), null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT
    )
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    reason = models.TextField(_("reason"), blank=True)
    decision_no = models.CharField(_("decision number"), max_length=60, blank=True)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)
    return_reason = models.TextField(_("why it was returned"), blank=True)
    origin = models.CharField(_("origin"), max_length=10, default="portal", editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    revision = models.PositiveSmallIntegerField(
        _("revision"),
        null=True,
        editable=False,
        help_text=_("0: the first plan of all programmes it speaks for; else which revision."),
    )
    joined_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="joined",
        editable=False,
        verbose_name=_("joined into"),
    )
    programs = models.ManyToManyField(
        Program,
        through="PlanProgram",
        related_name="plans",
        verbose_name=_("programmes it speaks for"),
    )
    history = HistoricalRecords()

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-fiscal_year__start", F("number").desc(nulls_first=True), "-id"]
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "number"], name="plan_number_once"),
            models.CheckConstraint(
                condition=Q(state="approved", number__isnull=False, approved_at__isnull=False)
                | (~Q(state="approved") & Q(number__isnull=True)),
                name="plan_number_given_at_approval",
                violation_error_code="required",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(origin="history")
                | ~Q(approved_by=F("submitted_by")),
                name="plan_four_eyes",
                violation_error_code="four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year.code} · {self.title}"

    @property
    def title(self) -> str:
        """Original, revision n, or the state of one that is not approved yet."""
        if self.number is None:
            return str(self.get_state_display())
        if not self.revision:
            return _now("Original plan")
        return _now("Plan, revision %(n)d") % {"n": self.revision}

    @property
    def is_read_only(self) -> bool:
        return self.state in (PlanState.APPROVED, PlanState.SUBMITTED)


class PlanProgram(models.Model):
    """A programme that a plan version speaks for: approval replaces its lines, and no others.

    Of the drafts that are open (not approved yet) at most one speaks for a programme in a year.
    """

    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="spoken")
    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="+")
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["plan_version_id", "program__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "program"],
                condition=Q(is_open=True),
                name="plan_draft_speaks_once",
                violation_error_code="already_there",
            ),
            models.UniqueConstraint(fields=["plan_version", "program"], name="plan_program_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_version_id}: {self.program.code}"


class PlanLineQuerySet(models.QuerySet["PlanLine"]):
    def visible_to(self, user: User) -> "PlanLineQuerySet":
        return self.filter(within(user, program="program", commune="commune"))

    def with_total(self) -> "PlanLineQuerySet":
        """Each with the sum of its quarters (đồng), to filter and to order by."""
        amounts = PlanAmount.objects.filter(line=models.OuterRef("pk")).order_by()
        total = amounts.values("line").annotate(total=models.Sum("amount")).values("total")
        return self.alias(total=Coalesce(models.Subquery(total), 0))

    def with_another_fund(self) -> "PlanLineQuerySet":
        """Each with whether it stands beside a line that differs only in its fund."""
        beside = PlanLine.objects.filter(
            plan_version=models.OuterRef("plan_version"),
            activity=models.OuterRef("activity"),
            commune=models.OuterRef("commune"),
        ).exclude(pk=models.OuterRef("pk"))
        return self.annotate(another_fund=models.Exists(beside))


class PlanLine(Placed, models.Model):
    """(version, activity, commune, fund) with an amount per quarter; keeps the activity's title.

    `details` are its plain texts: form, list, API and copies of a version take them from here.
    """

    details = ("unit", "note")

    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="lines")
    program = models.ForeignKey(Program, models.PROTECT, related_name="plan_lines")
    activity = models.ForeignKey(
        Activity, models.PROTECT, related_name="plan_lines", verbose_name=_("activity")
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="plan_lines", verbose_name=_("commune")
    )
    fund = models.ForeignKey(
        Fund, models.PROTECT, related_name="plan_lines", verbose_name=_("funding source")
    )
    title = models.CharField(_("activity"), max_length=500)
    unit = models.CharField(_("implementing unit"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    changes = models.PositiveIntegerField(null=True, editable=False)  # since it was written
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = PlanLineQuerySet.as_manager()

    class Meta:
        ordering = ["program__order", "activity__code", "commune__sort_key", "fund__sort_key", "id"]
        verbose_name = _("plan line")
        verbose_name_plural = _("plan lines")
        constraints = [
            models.UniqueConstraint(
                fields=["plan_version", "activity", "commune", "fund"],
                name="plan_line_once",
                violation_error_message=_(
                    "The plan already has a line for this activity, commune and funding source."
                ),
                violation_error_code="already_there",
            ),
        ]
        indexes = [
            models.Index(fields=["plan_version", "program", "commune"], name="plan_line_scope")
        ]

    def __str__(self) -> str:
        return f"{self.activity.code} · {self.commune} · {self.fund}"

    @property
    def own_day(self) -> date | None:
        return first_day(self.plan_version) if self.plan_version_id else None

    @property
    def version(self) -> int:
        """Counts the line's own changes from 1; each also counts its plan version up."""
        return 1 + (self.changes or 0)

    def clean(self) -> None:
        if self.activity_id and self.program_id and self.activity.program_id != self.program_id:
            raise refused(
                "activity", "other_program", _("This activity belongs to another programme.")
            )


class PlanAmount(models.Model):
    """What a plan line plans for one quarter (đồng)."""

    line = models.ForeignKey(PlanLine, models.CASCADE, related_name="amounts")
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    amount = models.BigIntegerField(_("amount (đồng)"))

    class Meta:
        ordering = ["line_id", "quarter"]
        constraints = [
            models.UniqueConstraint(fields=["line", "quarter"], name="plan_amount_once"),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4),
                name="plan_amount_quarter_1_to_4",
                violation_error_code="out_of_range",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=MAX_AMOUNT),
                name="plan_amount_in_range",
                violation_error_message=_("A planned amount is 0 or more, at most 10^15 đồng."),
                violation_error_code="out_of_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}/{self.quarter}: {self.amount}"
