"""Fields and serializers of the REST API: strict about types, codes instead of ids.

JSON has types, so a number in quotes is not a number here and `true` is not 1: what a client got
wrong it hears at once. Unknown fields are refused, and those that the portal sets itself, so that
nothing is lost in silence; a change may send those back as they were read (`readonly_echo`).
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Required, TypedDict, TypeVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.relations import MANY_RELATION_KWARGS
from rest_framework.settings import api_settings

from core.api.examples import with_examples
from core.api.moments import MOMENTS, MomentField, has_trail
from core.api.problems import coded_detail
from core.values.dates import DateError, parse_date
from core.values.money import MAX_AMOUNT, AmountError, negative, parse_amount, zero
from core.values.text import has_odd_digits

T = TypeVar("T")
LookUp = Callable[[list[int]], Mapping[int, object]]  # of many rows at once, by their keys
MAX_VERSION = 2**31 - 1  # what the database holds
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class WholeNumberField(serializers.IntegerField):
    """A JSON number without a fraction (1e6 and 1.0 are read as whole by `JSONBody`); no string, no
    boolean."""

    def to_internal_value(self, data: object) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": MAX_AMOUNT})
class MoneyField(WholeNumberField):
    """Whole đồng as a JSON integer from 1; refused in the words of every door (`values.money`)."""

    def to_internal_value(self, data: object) -> int:
        if isinstance(data, int | float | str) and not isinstance(data, bool):
            try:
                parse_amount(data)
                if isinstance(data, int) and data <= 0:
                    raise negative(data) if data else zero()
            except AmountError as error:
                raise serializers.ValidationError(error.message, error.code) from error
        return super().to_internal_value(data)


class DayField(serializers.DateField):
    """A day as YYYY-MM-DD, that there is, in a year the portal knows."""

    def to_internal_value(self, value: object) -> Any:
        if isinstance(value, str) and ISO_DAY.fullmatch(value):
            try:
                return parse_date(value)
            except DateError as error:
                raise serializers.ValidationError(error.message, error.code) from error
        self.fail("invalid", format="YYYY-MM-DD")


class TextField(serializers.CharField):
    """A JSON string: no number. Too long, it says so in the words of the forms."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = MaxLengthValidator.message

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, int | float):
            self.fail("invalid")
        return super().run_validation(data)


class YesNoField(serializers.BooleanField):
    """A JSON true or false."""

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class OneOfField(serializers.ChoiceField):
    """One of the choices, as a JSON string."""

    def to_internal_value(self, data: object) -> Any:
        if not isinstance(data, str) or (data == "" and not self.allow_blank):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class DecimalTextField(serializers.DecimalField):
    """A decimal as a JSON string in digits 0–9, or a JSON number; not a boolean."""

    def to_internal_value(self, data: float | str | Decimal) -> Decimal:
        if isinstance(data, bool) or (isinstance(data, str) and has_odd_digits(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class ListOfRelated(serializers.ManyRelatedField):
    """Several related rows, as a JSON list: an object is none."""

    def to_internal_value(self, data: Sequence[object]) -> Iterable[object]:
        if isinstance(data, Mapping):
            self.fail("not_a_list", input_type=type(data).__name__)
        return super().to_internal_value(data)


class Related:
    """Mixed into the fields of related rows: `many=True` takes a list and nothing else."""

    @classmethod
    def many_init(cls, *args: Any, **options: Any) -> Any:
        of_list = {name: options[name] for name in options if name in MANY_RELATION_KWARGS}
        child: Any = cls(*args, **options)
        return ListOfRelated(child_relation=child, **of_list)


class CodeField(Related, serializers.SlugRelatedField[Any]):
    """A related row, named by its code (or another unique text: `slug_field`)."""

    default_error_messages: ClassVar = {
        "does_not_exist": _("There is no '{value}'."),
        "invalid": _("A code is a text."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"slug_field": "code", **options})

    def to_internal_value(self, data: object) -> Model:
        if not isinstance(data, str):
            self.fail("invalid")
        if not data or "\0" in data or not data.isprintable():
            self.fail("does_not_exist", value=data[:40])
        return cached_in_context(self, ("code", self.field_name, data), lambda: self._find(data))

    def _find(self, code: str) -> Model:
        found: Model | None = self.get_queryset().filter(**{self.slug_field: code}).first()
        if found is None:
            self.fail("does_not_exist", value=code[:40])
        return found


class CodesOfMany(CodeField):
    """Named by code in a list."""


class PersonField(CodeField):
    """A user, named by user name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"slug_field": "username", **options})


class KeyField(Related, serializers.PrimaryKeyRelatedField[Model]):
    """A related row that has no code, named by its id, a JSON integer; within the user's scope."""

    def get_queryset(self) -> QuerySet[Model] | None:
        rows = super().get_queryset()
        request = self.context.get("request")
        if rows is not None and request is not None and hasattr(rows, "visible_to"):
            rows = rows.visible_to(request.user)
        return rows

    def to_internal_value(self, data: Any) -> Model:
        is_whole = isinstance(data, int) and not isinstance(data, bool)
        if not is_whole:
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 < data < 2**63:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


def cached_in_context(field: Any, key: Hashable, find: Callable[[], T]) -> T:
    """`find()`, cached in the serializer's context: many rows of one body ask the same."""
    cache = field.context.get("cache")
    if cache is None:
        return find()
    if key not in cache:
        cache[key] = find()
    found: T = cache[key]
    return found


class StrictSerializer(serializers.Serializer[Any]):
    # Refuses fields that it does not know or that are read only. (What is said in a docstring here
    # and below, the schema says of every resource.)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is None and self.parent is None:  # a body that is `null`
            told = self.error_messages["invalid"].format(datatype="null")
            raise serializers.ValidationError(
                {api_settings.NON_FIELD_ERRORS_KEY: coded_detail(told, "invalid")}
            )
        return super().run_validation(data)

    def to_internal_value(self, data: object) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            errors = {
                name: coded_detail(_now("Unknown field."), "unknown_field") for name in unknown
            }
            for name, field in self.fields.items():
                if field.read_only and name in data:
                    told = _now("The portal sets this itself: leave it out.")
                    errors[name] = coded_detail(told, "read_only")
            if errors:
                raise serializers.ValidationError(errors)
        return super().to_internal_value(data)


class ResourceSerializer(StrictSerializer, serializers.ModelSerializer[Model]):
    # A model's rows as a resource: `id`, the fields of `Meta.fields`, `version`. Rules are the
    # services': it checks types and lengths and nothing else. `beside` names fields that stand
    # beside the record and change without it (what others did meanwhile): they make no version
    # stale and may come back in any change; a list has those that `fields=` names, a file has
    # none. `fixed` names what stays as it is once made. `of_page` has the
    # fields that a list looks up for all its rows at once: a function of their keys, and what is
    # where it finds nothing.

    beside: ClassVar[tuple[str, ...]] = ()
    of_page: ClassVar[dict[str, tuple[LookUp, object]]] = {}
    fixed: ClassVar[tuple[str, ...]] = ()

    serializer_field_mapping: ClassVar = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.BigIntegerField: WholeNumberField,
        models.IntegerField: WholeNumberField,
        models.PositiveIntegerField: WholeNumberField,
        models.PositiveSmallIntegerField: WholeNumberField,
        models.SmallIntegerField: WholeNumberField,
        models.CharField: TextField,
        models.TextField: TextField,
        models.BooleanField: YesNoField,
        models.DecimalField: DecimalTextField,
        models.DateField: DayField,
    }
    serializer_choice_field = OneOfField
    serializer_related_field = KeyField

    version = serializers.SerializerMethodField(help_text="Counts the changes; send it back.")

    def get_version(self, row: Model) -> int:
        """1 for reference data, which do not change through the API."""
        return getattr(row, "version", 1)

    def get_fields(self) -> dict[str, Any]:
        """What is read is null where the model's column may be: the schema says so."""
        fields = super().get_fields()
        model: Any = self.Meta.model
        columns = {column.name: column for column in model._meta.concrete_fields}
        for name, each in fields.items():
            column = columns.get(each.source or name)
            if each.read_only and column is not None and column.null:
                each.allow_null = True
        moments = {name: MomentField(name) for name in MOMENTS} if has_trail(model) else {}
        return {**fields, **moments}

    def get_validators(self) -> list[Any]:
        return []  # unique together and the like: the service's full_clean() says it


class WithVersion(TypedDict, total=False):
    """What the body of an action says when it is read."""

    version: int | None


class WithReason(WithVersion):
    reason: Required[str]


@with_examples({"version": 1})
class VersionSerializer(StrictSerializer):
    """The body of an action: the version it was decided on, if the client wants that checked."""

    version = WholeNumberField(
        required=False,
        min_value=1,
        max_value=MAX_VERSION,
        help_text="The version this was decided on, unless `If-Match` names it; stale: 409.",
    )


@with_examples({"reason": "Nhập nhầm số tiền"})
class ReasonSerializer(VersionSerializer):
    """The body of an action that has to be explained."""

    reason = TextField(max_length=2000)
