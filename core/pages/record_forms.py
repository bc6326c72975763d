"""Forms of plain records, made from their models: what they refuse, the services refuse too."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from core.models import VersionedModel
from core.pages.forms import DayField, MoneyField, NumberField, WholeField
from core.services.access import Actor
from core.services.choices import choice_label, selectable

M = TypeVar("M", bound=models.Model)
if TYPE_CHECKING:
    ModelChoiceField = forms.ModelChoiceField[models.Model]
    ModelMultipleChoiceField = forms.ModelMultipleChoiceField[models.Model]
    ModelForm = forms.ModelForm[VersionedModel]
else:
    from django.forms import ModelChoiceField, ModelForm, ModelMultipleChoiceField


class NamedChoiceField(ModelChoiceField):
    """A row that people name by a code: what is out of scope is not offered, and when it is sent
    all the same the service says so, as it does at the other doors."""

    def to_python(self, value: object) -> models.Model | None:
        try:
            return super().to_python(value)
        except ValidationError:
            found = _rows_by_key(self.queryset.model, [value])
            if not found:
                raise
            return found[0]


class NamedChoicesField(ModelMultipleChoiceField):
    """Several of them, ticked."""

    widget = forms.CheckboxSelectMultiple

    def _check_values(self, value: Collection[object]) -> Iterable[object]:
        try:
            checked: Iterable[object] = super()._check_values(value)  # type: ignore[misc]
            return checked
        except ValidationError:
            found = _rows_by_key(self.queryset.model, list(value))
            if len(found) < len(set(value)):
                raise
            return found


def _rows_by_key(model: type[models.Model], keys: Iterable[object]) -> list[models.Model]:
    whole = [key for key in map(str, keys) if key.isascii() and key.isdigit() and len(key) < 19]
    return list(model._default_manager.filter(pk__in=whole))


class UnitChoiceField(NamedChoiceField):
    """A unit with its lifetime where it has ended: names are not identities."""

    def label_from_instance(self, unit: object) -> str:
        return choice_label(unit)


class UnitsChoiceField(NamedChoicesField):
    """Several units, ticked."""

    def label_from_instance(self, unit: object) -> str:
        return choice_label(unit)


def form_field(field: Any, **options: Any) -> Any:
    """The form field of a model's field, as people here write days, money and places."""
    plain = {name: options[name] for name in ("label", "required") if name in options}
    if isinstance(field, models.DateField):
        return DayField(label=_capital(field), required=not (field.null or field.blank), **plain)
    if isinstance(field, models.BigIntegerField) and not field.is_relation:
        return MoneyField(label=_capital(field), required=not field.blank)
    if isinstance(field, models.IntegerField):
        return field.formfield(form_class=WholeField, **options)
    if isinstance(field, models.DecimalField):
        return field.formfield(form_class=NumberField, **options)
    if field.is_relation and hasattr(field.related_model, "valid_to"):
        many = isinstance(field, models.ManyToManyField)
        kind: Any = UnitsChoiceField if many else UnitChoiceField
        return field.formfield(form_class=kind, **options)
    if field.is_relation and hasattr(field.related_model, "code"):
        many = isinstance(field, models.ManyToManyField)
        kind = NamedChoicesField if many else NamedChoiceField
        return field.formfield(form_class=kind, **options)
    if isinstance(field, models.ManyToManyField):
        return field.formfield(widget=forms.CheckboxSelectMultiple, **options)
    if isinstance(field, models.TextField):
        return field.formfield(widget=forms.Textarea(attrs={"rows": 3}), **options)
    return field.formfield(**options)


def _capital(field: Any) -> Any:
    return capfirst(field.verbose_name)  # lazy: a form made at import speaks every language


PLACES = ("program", "commune")  # where somebody acts


class RecordForm(ModelForm):
    """A record's fields with the choices that its user may make, and the version seen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    optional: tuple[str, ...] = ()

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:  # a new record has none that could be changed meanwhile
            self.fields["version"].initial = self.instance.version
        for name, field in self.fields.items():
            if name in self.optional:
                field.required = False
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = selectable(field.queryset, user)
                if name in PLACES and self.instance.pk is None and name not in self.initial:
                    self.initial[name] = only_choice(field.queryset)

    @property
    def values(self) -> dict[str, object]:
        """What the service takes: a choice that was not sent stays what it is, or its default."""
        sent = self.cleaned_data.items()
        return {name: value for name, value in sent if name != "version" and not self._unsent(name)}

    def _unsent(self, name: str) -> bool:
        meta = self.instance._meta.get_field(name)
        is_choice = bool(meta.choices) and meta.has_default()
        return name in self.optional and is_choice and not self.cleaned_data[name]


def only_choice(rows: models.QuerySet[M]) -> M | None:
    """The only choice there is, or None; a unit of the past only where none is of today."""
    found = list(rows[:3])  # of one place at most two: it before and after it changed
    today = [row for row in found if getattr(row, "valid_to", None) is None]
    left = today if len(found) == 2 else found
    return left[0] if len(left) == 1 else None


def form_for(
    model: type[models.Model], fields: tuple[str, ...], optional: tuple[str, ...] = ()
) -> type[Any]:
    """The form class of a model; `optional` are fields that the service fills in."""
    base = type("Form", (RecordForm,), {"optional": optional})
    return forms.modelform_factory(model, form=base, fields=fields, formfield_callback=form_field)


class WhyForm(forms.Form):
    """A reason."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
