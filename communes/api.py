"""`/api/v1/communes/` and `/api/v1/villages/`, and how bodies name a unit: by its code."""

from copy import copy
from datetime import date
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from communes.lookups import predecessors_of, unknown_unit
from communes.models import Commune, CommuneQuerySet, Level, Placed, Village
from communes.own_day import unit_on, units_of
from core.api.rows import READS, of_related
from core.api.serializers import ResourceSerializer, TextField, cached_in_context
from core.api.viewsets import Resource
from core.lists import filters
from core.values.said import coded
from core.values.text import names_in

MOST_DIGITS = 18  # of an id, as in addresses (core.resources)


@extend_schema_field(OpenApiTypes.STR)
class UnitField(serializers.Field[Any, Any, str, Any]):
    """A unit by its code; `PlacedSerializer` finds the unit the code meant on the row's day."""

    default_error_messages = {"invalid": gettext_lazy("A code is a text.")}

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data

    def to_representation(self, unit: Commune) -> str:
        return unit.code


class UnitsField(serializers.ListField):
    """Several units by their codes."""

    child = UnitField()

    def to_representation(self, units: Any) -> list[str]:
        return [unit.code for unit in units.all()]


class BeginningField(serializers.DateField):
    """Since when the unit of another field has been: with its code it identifies the unit."""

    def __init__(self, unit: UnitField) -> None:
        words = f"First day of the unit in `{unit.field_name or 'commune'}`: the two identify it."
        super().__init__(read_only=True, allow_null=unit.allow_null, help_text=words)
        self.unit = unit

    def get_attribute(self, row: Model) -> date | None:
        unit: Commune | None = self.unit.get_attribute(row)
        return unit.valid_from if unit else None


class BeginningsField(serializers.ListField):
    """Since when each of several units has been, in their order."""

    def __init__(self, units: UnitsField) -> None:
        words = "First day of each of `communes`: with its code it identifies the unit."
        super().__init__(child=serializers.DateField(), read_only=True, help_text=words)
        self.units = units

    def get_attribute(self, row: Model) -> list[date]:
        return [unit.valid_from for unit in self.units.get_attribute(row).all()]


def _beginning(each: BeginningField, model: object) -> Any:
    return of_related("valid_from")(each.unit, model, date.isoformat)


READS[UnitField.to_representation] = of_related("code")
READS[BeginningField.get_attribute] = _beginning


class WithUnits(ResourceSerializer):
    """Beside every code of a unit stands `…_valid_from`: a code alone names units of several
    times."""

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, each in super().get_fields().items():
            fields[name] = each
            if isinstance(each, UnitField):
                fields[f"{name}_valid_from"] = BeginningField(each)
            elif isinstance(each, UnitsField):
                fields[f"{name}_valid_from"] = BeginningsField(each)
        return fields


class PlacedSerializer(WithUnits):
    """A commune's code means the unit that had it on the day of the record."""

    unit_fields: ClassVar[tuple[str, ...]] = ("commune",)

    def validate(self, attrs: dict[str, object]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        day = self.unit_day_of(attrs)
        errors = {}
        kept = {} if day else {unit.code: unit for unit in units_of(self._stored())}
        for name in self.unit_fields:
            value = attrs.get(name)
            codes = value if isinstance(value, list) else [value]
            units = [
                kept.get(code) or self._unit(code, day) if isinstance(code, str) else code
                for code in codes
            ]
            missing = [c for c, u in zip(codes, units, strict=True) if c is not None and u is None]
            if missing:
                errors[name] = [coded("does_not_exist", unknown_unit(missing[0]))]
            elif name in attrs:
                attrs[name] = units if isinstance(value, list) else units[0]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs

    def _stored(self) -> Any:
        """The record as it is, of one that is changed: without a day its codes keep their units."""
        return self.instance if isinstance(self.instance, self.Meta.model) else None

    def unit_day_of(self, attrs: dict[str, object]) -> date | None:
        """The day on which the codes are to be understood, the record's own; None is today."""
        model: Any = self.Meta.model
        row: Placed = copy(self.instance) if isinstance(self.instance, model) else model()
        for field in model._meta.concrete_fields:
            if field.name in attrs and field.name not in (*self.unit_fields, "village"):
                setattr(row, field.name, attrs[field.name])
        return row.own_day

    def _unit(self, code: str, day: date | None) -> Commune | None:
        if not code.isprintable():
            return None
        unit: Commune | None = cached_in_context(
            self, ("unit", code, day), lambda: unit_on(code, day)
        )
        return unit


class VillageField(TextField):
    """A village by its name; `with_village` finds it in the row's commune."""

    def to_representation(self, village: Any) -> str:
        return str(village.name)


READS[VillageField.to_representation] = of_related("name")


def with_village(attrs: dict[str, Any], instance: Any) -> dict[str, object]:
    """Put the village a body names in place of its name, found in the communes of the row."""
    name = attrs.get("village")
    if not isinstance(name, str):
        return attrs
    units = attrs.get("communes") or [attrs.get("commune")]
    if units == [None] and instance is not None:
        many = getattr(instance, "communes", None)
        units = list(many.all()) if many else [instance.commune]
    here = [unit.pk for unit in units if unit]
    villages = Village.objects.filter(name=name[:100])
    found = villages.filter(commune__in=here).first()
    found = found or villages.filter(commune__in=predecessors_of(here)).first()
    if name and found is None:
        there = Village.objects.filter(name=name[:100]).exists()
        elsewhere, nowhere = (
            _("This village lies in another commune."),
            _("There is no '%(code)s'."),
        )
        missing = coded("does_not_exist", nowhere % {"code": name[:40]})
        text = coded("other_commune", elsewhere) if there else missing
        raise serializers.ValidationError({"village": [text]})
    return {**attrs, "village": found}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


class VillagesField(filters.CodesField):
    """Villages by name or id; a name that no village has is refused."""

    def keys_of(self, codes: list[str]) -> list[Any]:
        return super().keys_of([code for code in codes if not _is_id(code)])


class InVillage(filters.Codes):
    """Name of a village, as in records, or its id; may repeat. An unknown name is refused (400)."""

    field_class = VillagesField

    def __init__(self) -> None:
        words = (type(self).__doc__ or "").strip()
        super().__init__("village", Village, slug="name", help_text=words)

    def filter(self, qs: QuerySet[filters.M], value: list[str]) -> QuerySet[filters.M]:
        ids = [int(text) for text in value if _is_id(text)]
        names = [text for text in value if not _is_id(text)]
        return qs.filter(Q(village__in=ids) | Q(village__name__in=names)) if value else qs


class CommuneSerializer(WithUnits):
    parent = UnitField(  # type: ignore[assignment]  # a field's own `parent` is another thing
        read_only=True, allow_null=True, help_text="Code of the unit it lies in."
    )
    successor = UnitField(
        read_only=True, allow_null=True, help_text="Code of the unit it was merged into."
    )
    aliases = serializers.ListField(source="alias_list", child=TextField(), read_only=True)

    class Meta:
        model = Commune
        fields = names_in(
            "id code name full_name aliases level parent successor valid_from valid_to "
            "in_programme_area latitude longitude version"
        )
        read_only_fields = fields


class CommuneFilters(filters.Filters):
    code = filters.Codes("code", Commune)
    level = filters.Choices("level", Level.values)
    parent = filters.Codes("parent__code", Commune)
    successor = filters.Codes("successor__code", Commune)
    in_programme_area = filters.YesNo("in_programme_area")
    valid_on = filters.Day("valid_from", method="existed_on", help_text="Units that existed then.")
    search = filters.Search()

    def existed_on(self, rows: CommuneQuerySet, _name: str, day: date) -> CommuneQuerySet:
        return rows.valid_in(day, day)


class Communes(Resource):
    """Administrative units within the user's scope, with their lifetime and successors."""

    queryset = Commune.objects.select_related("parent", "successor")
    serializer_class = CommuneSerializer
    filterset_class = CommuneFilters
    ordering_fields = ("name", "code", "valid_from")
    ordering_map: ClassVar[dict[str, str]] = {"name": "sort_key"}


class VillageSerializer(WithUnits):
    commune = UnitField(read_only=True)

    class Meta:
        model = Village
        fields = ["id", "commune", "name", "kind", "version"]
        read_only_fields = fields


class VillageFilters(filters.Filters):
    commune = filters.Codes("commune__code", Commune)
    kind = filters.Codes("kind")
    search = filters.Search()


class Villages(Resource):
    """Villages of the communes within the user's scope."""

    queryset = Village.objects.select_related("commune")
    serializer_class = VillageSerializer
    filterset_class = VillageFilters
    ordering_fields = ("name", "commune")
    ordering_map: ClassVar[dict[str, str]] = {"name": "sort_key", "commune": "commune__sort_key"}
