"""Filters of the API's lists: codes, ranges, folded search, strict ordering."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError as ApiValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

from core.lists.ordering import may_be_null
from core.values.text import fold, nfc

BIGGEST = 2**63 - 1
SAYS_SOMETHING = r"[^\s,\x1c-\x1f\x85]"  # see core.api.refuse_empty
TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1, "pattern": SAYS_SOMETHING}}


class CodesField(forms.Field):
    """The values of a parameter that may repeat or be separated by commas, each known."""

    def __init__(self, *, model: Any = None, slug: str = "code", **options: Any) -> None:
        super().__init__(**options)
        self.model, self.slug = model, slug
        self.widget = forms.MultipleHiddenInput()

    def clean(self, value: Any) -> list[str]:
        parts = [part.strip() for text in value or [] for part in nfc(str(text)).split(",")]
        codes = list(dict.fromkeys(part for part in parts if part))
        if any("\0" in code for code in codes):
            raise ValidationError(_("Null characters are not allowed."))
        if self.model is not None and codes:
            self.refuse_unknown(codes)
        return codes

    def refuse_unknown(self, codes: list[str]) -> None:
        """Raises `ValidationError` for the first that there is not."""
        known = self.model.objects.filter(**{f"{self.slug}__in": codes})
        found = set(known.order_by().values_list(self.slug, flat=True))
        missing = [code for code in codes if code not in found]
        if missing:
            raise ValidationError(_("There is no '%(code)s'."), params={"code": missing[0][:40]})


class Codes(django_filters.Filter):
    """One of these; may repeat, or be separated by commas.

    Compared with `field_name`. `model` names where the codes are known: an unknown one is refused
    (400); one that exists but is out of scope finds nothing.
    """

    field_class = CodesField
    schema: dict[str, Any] = TEXTS

    def __init__(self, field_name: str, model: Any = None, **options: Any) -> None:
        super().__init__(field_name, **{"model": model, **options})

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        if not value:
            return qs
        found = qs.filter(**{f"{self.field_name}__in": value})
        return found.distinct() if self.distinct else found


class Choices(Codes):
    """Rows in one of the named states; may repeat. An unknown one is refused."""

    class field_class(CodesField):
        def __init__(self, *, names: list[str], **options: Any) -> None:
            super().__init__(**options)
            self.names = names

        def clean(self, value: Any) -> list[str]:
            found = super().clean(value)
            for name in found:
                if name not in self.names:
                    raise ValidationError(
                        _("'%(text)s' is not one of %(choices)s."),
                        params={"text": name[:40], "choices": ", ".join(self.names)},
                    )
            return found

    def __init__(self, field_name: str, choices: Any, **options: Any) -> None:
        names = [str(name) for name in choices]
        super().__init__(field_name, **{"names": names, **options})
        self.schema = {"type": "array", "items": {"type": "string", "enum": names}}


class Whole(django_filters.Filter):
    """This whole number."""

    field_class = forms.IntegerField
    schema = {"type": "integer", "minimum": -BIGGEST, "maximum": BIGGEST}

    def __init__(self, field_name: str, lookup_expr: str = "exact", **options: Any) -> None:
        limits = {"min_value": -BIGGEST, "max_value": BIGGEST}
        super().__init__(field_name, lookup_expr, **{**limits, **options})


class Day(django_filters.Filter):
    """This day, like 2023-06-30."""

    schema = {"type": "string", "format": "date"}

    class field_class(forms.DateField):
        def __init__(self, **options: Any) -> None:
            super().__init__(**{"input_formats": ["%Y-%m-%d"], **options})

    def __init__(self, field_name: str, lookup_expr: str = "exact", **options: Any) -> None:
        super().__init__(field_name, lookup_expr, **options)


class YesNo(django_filters.Filter):
    """`true` or `false`."""

    schema = {"type": "boolean"}

    class field_class(forms.CharField):
        def clean(self, value: Any) -> Any:
            text = super().clean(value)
            if text not in ("", "true", "false"):
                raise ValidationError(
                    _("'%(text)s' is not one of %(choices)s."),
                    params={"text": text[:40], "choices": "true, false"},
                )
            return {"true": True, "false": False}.get(text, "")

    def __init__(self, field_name: str, lookup_expr: str = "exact", **options: Any) -> None:
        super().__init__(field_name, lookup_expr, **{"required": False, **options})


class Search(django_filters.CharFilter):
    """Records in whose text every word is found: without accents, case or đ."""

    # Looked for in the folded `search_key`, or in the fields named.

    schema = {"type": "string", "maxLength": 200}

    def __init__(self, *fields: str, **options: Any) -> None:
        self.keys = fields or ("search_key",)
        super().__init__(**{"max_length": 200, **options})

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        for word in fold(value).split():
            found = Q()
            for key in self.keys:
                found |= Q(**{f"{key}__contains": word})
            qs = qs.filter(found)
        return qs


class SearchOfFew(Search):
    """Rows whose texts hold every word: without accents, case or đ."""

    # For a table of a few hundred rows at most, whose texts change by `transition()` and so have no
    # folded column: they are read and folded here.

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        words = fold(value).split()
        if not words:
            return qs
        texts = qs.order_by().values_list("pk", *self.keys)
        folded = ((pk, fold(" ".join(map(str, parts)))) for pk, *parts in texts)
        return qs.filter(pk__in=[pk for pk, text in folded if all(w in text for w in words)])


class Words(SearchOfFew):
    """Rows whose field holds every word: without accents, case or đ."""

    # Of a field of free text: an empty `search` finds all, an empty one of these is refused.

    schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": SAYS_SOMETHING}


class Backend(DjangoFilterBackend):
    """django-filter's backend; `core.api.schema` describes its parameters."""


class Filters(django_filters.FilterSet):
    """Base of the filter sets; declare each parameter as an attribute."""


def _nulls_last(model: Any, lookup: str) -> Any:
    """What has no value comes last, as on pages: databases differ in where they put it."""
    path = lookup.removeprefix("-")
    if not may_be_null(model, path):
        return lookup  # as an index has it
    field = F(path)
    return field.desc(nulls_last=True) if lookup != path else field.asc(nulls_last=True)


class Ordering(OrderingFilter):
    """`ordering=-date,amount`: only the view's `ordering_fields`; anything else is refused.

    What has no value comes last, in either direction. The primary key ends every order, so that
    pages never overlap.
    """

    def get_ordering(self, request: Request, queryset: QuerySet, view: Any) -> Any:
        texts = request.query_params.getlist(self.ordering_param)
        names = [name.strip() for text in texts for name in text.split(",")]
        allowed = getattr(view, "ordering_fields", None) or ()
        for name in names:
            if name.removeprefix("-") not in allowed:
                raise ApiValidationError(
                    {
                        self.ordering_param: [
                            _("'%(text)s' is not one of %(choices)s.")
                            % {"text": name[:40], "choices": ", ".join(allowed)}
                        ]
                    }
                )
        if not names:
            return None  # the model's own order, which ends with its key
        lookups = [view.ordering_lookup(name) for name in names]
        return [*(_nulls_last(queryset.model, lookup) for lookup in lookups), "pk"]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        allowed = getattr(view, "ordering_fields", None) or ()
        values = [sign + name for name in allowed for sign in ("", "-")]
        return [
            {
                "name": self.ordering_param,
                "required": False,
                "in": "query",
                "description": "Fields to order by, `-` before one for descending order.",
                "schema": {
                    "type": "array",
                    "items": {"type": "string", "enum": values},
                    "minItems": 1,
                },
                "explode": False,
            }
        ]
