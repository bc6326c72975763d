"""What is done: programmes, their activities, and the funds that pay."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import Row, Scoped, within
from core.models import ForAllQuerySet, NamedModel, VersionedModel

CODE = RegexValidator(
    r"^[A-Z0-9][A-Z0-9._/-]*$", _("Use capital letters, digits, '-', '.', '_' and '/'.")
)


class ProgramQuerySet(models.QuerySet["Program"]):
    def visible_to(self, user: User) -> "ProgramQuerySet":
        """Programmes the user is assigned to, in whichever commune."""
        return self.filter(within(user, program="pk"))


class Program(NamedModel, VersionedModel):
    search_fields = ("code", "name", "name_en")

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """The name in the language of the screen."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Fund(NamedModel, VersionedModel):
    """A funding source, such as a Plan national office or the sponsorship fund."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120, unique=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = ForAllQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "code"]
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")


class OfProgram(Scoped[Row]):
    """Rows of the programmes the user is assigned to, in whichever commune."""

    lies_in: ClassVar[dict[str, str]] = {"program": "program"}


class Activity(NamedModel, VersionedModel):
    """Something a programme does, under a code that is unique over all years and programmes."""

    search_fields = ("code", "title", "unit")
    name_field = "code"

    code = models.CharField(
        _("activity code"),
        max_length=40,
        unique=True,
        validators=[CODE],
        error_messages={"unique": _("This activity code is taken.")},
    )
    title = models.CharField(_("activity"), max_length=500)
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="activities", verbose_name=_("programme")
    )
    unit = models.CharField(_("implementing unit"), max_length=200, blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = OfProgram.as_manager()

    class Meta:
        ordering = ["program__order", "code"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
