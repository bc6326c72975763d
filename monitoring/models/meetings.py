"""Conferences and meetings: what was reported, said and concluded there.

What was stated in public is kept as it was stated, beside what the ledger adds up to.
"""

from datetime import date as Date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from communes.models import Board, Commune, Placed
from core.models import NamedModel, VersionedModel
from core.values.dates import format_date
from monitoring.models.common import AboutQuerySet
from programs.models import FiscalYear, Program, first_day


class MeetingKind(models.TextChoices):
    ANNUAL_REVIEW = "annual_review", _("Annual review conference")
    QUARTERLY = "quarterly", _("Quarterly meeting")
    BOARD = "board", _("Board meeting")
    OTHER = "other", _("Other meeting")


class Meeting(Placed, NamedModel, VersionedModel):
    """A meeting; programme and commune are empty where it is about all of them.

    A chair whom no source names stays empty and is shown as "không nêu".
    """

    search_fields = ("title", "place", "chair")
    name_field = "title"

    title = models.CharField(_("meeting"), max_length=300)
    kind = models.CharField(_("kind"), max_length=15, choices=MeetingKind.choices)
    date = models.DateField(_("date"))
    date_precision = models.CharField(
        _("date to the"),
        max_length=5,
        choices=[("day", _("Day")), ("month", _("Month"))],
        default="day",
    )
    place = models.CharField(_("place"), max_length=200, blank=True)
    chair = models.CharField(
        _("chair"), max_length=200, blank=True, help_text=_("Empty where it was not stated.")
    )
    secretary = models.CharField(
        _("secretary"), max_length=200, blank=True, help_text=_("Empty where it was not stated.")
    )
    fiscal_year = models.ForeignKey(
        FiscalYear,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("fiscal year under review"),
    )
    program = models.ForeignKey(
        Program,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("programme"),
    )
    commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("commune"),
    )
    boards = models.ManyToManyField(
        Board, blank=True, related_name="meetings", verbose_name=_("boards attending")
    )
    attending = models.TextField(
        _("attending"), blank=True, help_text=_("Offices and bodies, one to a line.")
    )
    reports_given = models.TextField(_("reports given"), blank=True)
    results = models.TextField(_("results"), blank=True)
    shortcomings = models.TextField(_("shortcomings"), blank=True)
    difficulties_said = models.TextField(_("difficulties"), blank=True)
    challenges = models.TextField(_("challenges"), blank=True)
    solutions = models.TextField(_("proposed solutions"), blank=True)
    conclusions = models.TextField(
        _("conclusions"), blank=True, help_text=_("One to a line: each can become an action point.")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = AboutQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-id"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    @property
    def own_day(self) -> Date | None:
        return self.date

    @property
    def has_minutes(self) -> bool:
        """Whether anything is written down of what was said there."""
        said = (self.reports_given, self.results, self.shortcomings, self.difficulties_said)
        return any((*said, self.challenges, self.solutions, self.conclusions))

    @property
    def chair_text(self) -> str:
        return self.chair or _now("not stated")

    @property
    def secretary_text(self) -> str:
        return self.secretary or _now("not stated")

    @property
    def date_text(self) -> str:
        """'31/07/2023', or '07/2023' where only the month is known."""
        text = format_date(self.date)
        return text if self.date_precision == "day" else text[3:]


class Attendance(models.Model):
    """Somebody at a meeting, by body and office: an office of one person may stand beside another.

    `people` is how many came from the body; None where it was not stated. A name is what minutes
    in use write; the offices say who it was where no name is to be kept.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    body = models.CharField(_("body"), max_length=200)
    office = models.CharField(
        _("office"), max_length=200, blank=True, help_text=_("For example: vice chair.")
    )
    other_office = models.CharField(
        _("other office of the same person"), max_length=200, blank=True
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    gave_overview = models.BooleanField(_("gave the overview"), default=False)
    reported = models.BooleanField(_("reported"), default=False)
    spoke = models.BooleanField(_("spoke"), default=False)

    class Meta:
        ordering = ["meeting_id", "id"]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.name, self.offices, self.body]))

    @property
    def offices(self) -> str:
        """'Vice chair; head of the steering board': the offices of one person."""
        return "; ".join(filter(None, [self.office, self.other_office]))

    @property
    def parts(self) -> list[str]:
        """What they did beside being there, in words."""
        names = ("gave_overview", "reported", "spoke")
        return [
            str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            for name in names
            if getattr(self, name)
        ]


class Measure(models.TextChoices):
    DISBURSED = "disbursed", _("Disbursed")
    PLANNED = "planned", _("Planned")
    RATE = "rate", _("Rate against plan")
    TRAININGS = "trainings", _("Training classes")
    PARTICIPANTS = "participants", _("Participants")
    OTHER = "other", _("Something the portal does not count")


class Qualifier(models.TextChoices):
    MORE = "hơn", _("more than (hơn)")
    NEARLY = "gần", _("nearly (gần)")
    EXACT = "đúng", _("exactly (đúng)")
    ABOUT = "khoảng", _("about (khoảng)")
    TENS = "hàng", _("in the tens, hundreds, thousands (hàng)")


class StatedFigure(Placed, models.Model):
    """A figure somebody stated in public: qualifier, value, unit, as of when, said where.

    `value` is in đồng, percent, classes or people: 8900000000 for "hơn 8,9 tỷ đồng".
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="stated_figures")
    label = models.CharField(_("what"), max_length=200)
    measure = models.CharField(_("measure"), max_length=15, choices=Measure.choices)
    qualifier = models.CharField(
        _("qualifier"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT
    )
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=20)
    text = models.CharField(_("in the source's words"), max_length=300)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    as_of_stated = models.CharField(
        _("as of, in the source's words"),
        max_length=200,
        blank=True,
        help_text=_(
            "“As of the meeting”, for example. The ledger is compared up to the day beside it."
        ),
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    fiscal_year = models.ForeignKey(
        FiscalYear,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stated_figures",
        verbose_name=_("fiscal year"),
    )
    program = models.ForeignKey(
        Program, models.PROTECT, null=True, blank=True, verbose_name=_("programme")
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, verbose_name=_("commune")
    )

    class Meta:
        ordering = ["meeting_id", "id"]
        verbose_name = _("stated figure")
        verbose_name_plural = _("stated figures")
        constraints = [
            models.CheckConstraint(
                condition=Q(measure="other") | Q(fiscal_year__isnull=False),
                name="stated_figure_has_a_year",
                violation_error_message=_("Name the fiscal year to compare with."),
                violation_error_code="required",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.text}"

    @property
    def own_day(self) -> Date | None:
        meeting = getattr(self, "meeting", None)
        return first_day(self) or self.as_of or (meeting and meeting.date)

    @property
    def as_of_said(self) -> str:
        """As of when, in the source's words, and the day that the ledger is compared up to."""
        day = format_date(self.as_of) if self.as_of else ""
        if self.as_of_stated and day:
            return _now("%(said)s (compared up to %(day)s)") % {
                "said": self.as_of_stated,
                "day": day,
            }
        return self.as_of_stated or day or "–"


class StatedOutcome(models.Model):
    """A result stated in words, by programme, with who said it where."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="stated_outcomes")
    program = models.ForeignKey(
        Program, models.PROTECT, null=True, blank=True, verbose_name=_("programme")
    )
    text = models.TextField(_("in the source's words"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["meeting_id", "id"]
        verbose_name = _("stated outcome")
        verbose_name_plural = _("stated outcomes")

    def __str__(self) -> str:
        return self.text[:80]
