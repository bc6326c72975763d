"""Where: administrative units with a lifetime, and their villages."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.scope import within
from core.models import ForAllQuerySet, NamedModel, VersionedModel
from core.services.request_cache import once
from core.values.dates import today
from core.values.said import refused

ALWAYS = date(1900, 1, 1)  # `valid_from` of a unit whose beginning no source states


class Level(models.TextChoices):
    COMMUNE = "commune", _("Commune")
    DISTRICT = "district", _("District")
    PROVINCE = "province", _("Province")


class CommuneQuerySet(models.QuerySet["Commune"]):
    def visible_to(self, user: User) -> "CommuneQuerySet":
        """The units the user is assigned to, with those merged into or lying below them."""
        return self.filter(within(user, commune="pk"))

    def valid_in(self, start: date, end: date) -> "CommuneQuerySet":
        """Units that existed on some day from `start` to `end` (both included)."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=start), valid_from__lte=end)

    def in_area(self) -> "CommuneQuerySet":
        """The communes the programme works in."""
        return self.filter(level=Level.COMMUNE, in_programme_area=True)


class Commune(NamedModel, VersionedModel):
    """An administrative unit during its lifetime.

    Neither code nor name identifies a unit: (code, valid_from) does. On 1 July 2025 communes were
    merged and districts abolished (Nghị quyết 1670/NQ-UBTVQH15); a merged unit points at its
    successor. Units of a higher level (district, province) carry area-wide money.
    """

    search_fields = ("code", "name", "full_name", "aliases")

    code = models.CharField(_("code"), max_length=5)
    name = models.CharField(_("name"), max_length=100)
    full_name = models.CharField(_("full name"), max_length=120)
    aliases = models.CharField(
        _("other spellings"), max_length=300, blank=True, help_text=_("Separated by semicolons.")
    )
    level = models.CharField(
        _("level"), max_length=10, choices=Level.choices, default=Level.COMMUNE
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("lies in"),
    )
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("became"),
    )
    valid_from = models.DateField(_("valid from"), default=ALWAYS)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    in_programme_area = models.BooleanField(_("in the programme area"), default=False)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = CommuneQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "valid_from", "id"]
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="commune_code_valid_from"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="commune_lifetime_in_order",
                violation_error_message=_("A unit cannot end before it begins."),
                violation_error_code="wrong_order",
            ),
        ]

    def clean(self) -> None:
        if self.successor_id and self.successor_id == self.pk:
            raise refused("successor", "succeeds_itself", _("A unit cannot succeed itself."))

    @property
    def called_today(self) -> str:
        """As a place where something is done (`called`)."""
        return called(self, today())

    @property
    def valid_from_text(self) -> str:
        """Since when; in words where no source states a beginning."""
        return _now("as long as known") if self.valid_from == ALWAYS else ""

    def alias_list(self) -> list[str]:
        """The other spellings as a list."""
        return [part.strip() for part in self.aliases.split(";") if part.strip()]


class VillageQuerySet(models.QuerySet["Village"]):
    def visible_to(self, user: User) -> "VillageQuerySet":
        return self.filter(within(user, commune="commune"))


class Village(NamedModel, VersionedModel):
    """A village (bản) of a commune."""

    search_fields = ("name",)

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="villages", verbose_name=_("commune")
    )
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=30, default="bản")
    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])

    objects = VillageQuerySet.as_manager()

    class Meta:
        ordering = ["commune__sort_key", "sort_key", "id"]
        verbose_name = _("village")
        verbose_name_plural = _("villages")
        constraints = [
            models.UniqueConstraint(fields=["commune", "name"], name="village_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class AreaLevel(models.TextChoices):
    """What a programme area is called by: a unit's level, or an area of its own."""

    COMMUNE = "xã", _("Commune (xã)")
    DISTRICT = "huyện", _("District (huyện)")
    PROVINCE = "tỉnh", _("Province (tỉnh)")
    AREA = "vùng dự án", _("Project area (vùng dự án)")


class ProgrammeArea(VersionedModel):
    """Whose programme it is, as pages and documents name it: 'Huyện Phong Thổ'. From `since` on;
    a later row takes over, as when the districts were abolished."""

    name = models.CharField(_("name"), max_length=100, help_text=_("For example: Phong Thổ."))
    level = models.CharField(
        _("level"), max_length=20, choices=AreaLevel.choices, default=AreaLevel.DISTRICT
    )
    since = models.DateField(_("since"), unique=True, default=ALWAYS)
    history = HistoricalRecords()

    objects = ForAllQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        verbose_name = _("programme area")
        verbose_name_plural = _("programme areas")

    def __str__(self) -> str:
        return f"{self.level[:1].upper()}{self.level[1:]} {self.name}"


def area_on(day: date) -> ProgrammeArea | None:
    """The programme area as it was called on a day."""
    rows = ProgrammeArea.objects
    return once(("programme area", day), lambda: rows.filter(since__lte=day).first())


def called(unit: Commune, day: date) -> str:
    """What a unit is called on a day where it stands for the whole programme area: since the
    districts ended that is a province, which is more than the area."""
    area = area_on(day) if unit.level == Level.PROVINCE else None
    return str(area) if area else unit.full_name
