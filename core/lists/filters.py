"""Filters of lists: one set for each kind of record, asked by its page and by the API alike.

What a parameter names is named by its code. By their ids are asked only records without a code:
meetings, visits, difficulties, works, boards, plan versions and lines, disbursements; a village by
its name or its id.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.lists.controls import CodesSelect, DayInput, MonthInput, SearchInput
from core.lists.ordering import fields_of
from core.services.access import Actor
from core.services.choices import record_label, selectable
from core.values.dates import read_month, read_typed
from core.values.said import coded
from core.values.sql_text import with_words
from core.values.text import has_odd_digits, nfc

M = TypeVar("M", bound=Model)
BIGGEST = 2**63 - 1
# A character that stays when a text is cleaned (core.values.text) and trimmed.
NOT_BLANK = (
    r"[^\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
SAYS_SOMETHING = NOT_BLANK.replace(r"\s", r"\s,", 1)  # and no comma: see core.api.base.refuse_empty
TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1, "pattern": SAYS_SOMETHING}}
ALL = gettext_lazy("All")
Offers = list[tuple[str, str]]  # codes, each with what it is called
ENDS = {"gte": gettext_lazy("%(field)s from"), "lte": gettext_lazy("%(field)s up to")}


class KnownCodes(list[str]):
    """Codes that there are, with the keys of their records; a list like any other to a query."""

    def __init__(self, codes: Iterable[str] = (), keys: Sequence[object] = ()) -> None:
        super().__init__(codes)
        self.keys = keys


class CodesField(forms.Field):
    """The values of a parameter that may repeat or be separated by commas, each known."""

    widget = CodesSelect

    def __init__(
        self,
        *,
        model: type[Model] | None = None,
        slug: str = "code",
        one: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.model, self.slug, self.one = model, slug, one

    def clean(self, value: Iterable[object] | None) -> KnownCodes | list[str]:
        texts = [nfc(str(text)) for text in value or []]
        parts = texts if self.one else [part for text in texts for part in text.split(",")]
        codes = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if any("\0" in code for code in codes):
            raise ValidationError(coded("null_characters", _("Null characters are not allowed.")))
        if self.one and len(codes) > 1:
            raise ValidationError(coded("repeated", _("Give it once.")))
        if not codes and any(text.strip() for text in texts):  # a list of nothing
            raise ValidationError(coded("empty", _("Give a value, or leave the parameter out.")))
        if self.model is not None and codes:
            return KnownCodes(codes, self.keys_of(codes))
        return codes

    def keys_of(self, codes: list[str]) -> list[object]:
        """The keys of the records with these codes. Raises `ValidationError` for the first that
        there is not."""
        known = self.model._default_manager.filter(**{f"{self.slug}__in": codes})
        found = list(known.order_by().values_list(self.slug, "pk"))
        there = {code for code, _pk in found}
        missing = [code for code in codes if code not in there]
        if missing:
            said = coded("does_not_exist", _("There is no '%(code)s'.") % {"code": missing[0][:40]})
            raise ValidationError(said)
        return [pk for _code, pk in found]


class Codes(django_filters.Filter):
    """One of these; may repeat, or be separated by commas."""

    # Compared with `field_name`. `model` names where the codes are known: an unknown one is refused
    # (400); one that exists but is out of scope finds nothing. `one`: it may not repeat. `empty` is
    # what a page calls the choice of nothing; None: there is none.

    field_class = CodesField
    schema: Mapping[str, object] = TEXTS

    def __init__(
        self, field_name: str, model: object = None, *, empty: object = ALL, **options: Any
    ) -> None:
        super().__init__(field_name, **{"model": model, **options})
        self.empty = empty

    def filter(self, qs: QuerySet[M], value: Any) -> QuerySet[M]:
        if not value:
            return qs
        found = qs.filter(**self._kept(qs.model, value))
        return found.distinct() if self.distinct else found

    def _kept(self, model: type[Model], codes: list[str]) -> dict[str, object]:
        """Of a record's own key the rows with these codes, not joined: an index has the keys (and
        their order by day, where SQLite is told the very key)."""
        key, _, slug = self.field_name.rpartition("__")
        field = model._meta.get_field(key) if key and "__" not in key else None
        if field is None or not field.many_to_one:
            return {f"{self.field_name}__in": codes}
        if (
            isinstance(codes, KnownCodes)
            and codes.keys
            and self.extra["model"] is field.related_model
        ):
            return {f"{key}__in": codes.keys}
        coded_so = field.related_model._base_manager.filter(**{f"{slug}__in": codes})
        return {f"{key}__in": coded_so.values("pk")}

    def offers(self, user: Actor) -> Offers:
        """What a person may choose."""
        has_codes = self.extra["model"] is not None and "slug" not in self.extra
        return (
            code_choices(selectable(self.extra["model"].objects.all(), user)) if has_codes else []
        )

    def control(self, offers: Offers) -> forms.Widget:
        """What stands for it in a form."""
        first = [] if self.empty is None else [("", self.empty)]
        return CodesSelect(choices=[*first, *offers])


def code_choices(rows: Iterable[Any]) -> Offers:
    """Records as choices by their codes. Units of one code are one of them; beside a name that
    another has, too, stands the code."""
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row.code, []).append(record_label(row))
    labels = {code: ", ".join(dict.fromkeys(each)) for code, each in names.items()}
    times = Counter(labels.values())
    return [(c, text if times[text] == 1 else f"{text} ({c})") for c, text in labels.items()]


def may_repeat(each: django_filters.Filter) -> bool:
    """Whether a parameter may have several values."""
    return isinstance(each, Codes) and not each.extra.get("one")


class Choices(Codes):
    """Rows in one of the named states; may repeat. An unknown one is refused."""

    class field_class(CodesField):
        def __init__(self, *, names: list[str], **options: Any) -> None:
            super().__init__(**options)
            self.names = names

        def clean(self, value: Iterable[object] | None) -> KnownCodes | list[str]:
            found, known = super().clean(value), ", ".join(self.names)
            for name in found:
                if name not in self.names:
                    one_of, none = (
                        _("'%(text)s' is not one of %(choices)s."),
                        _("There is no '%(code)s'."),
                    )
                    words = {"text": name[:40], "code": name[:40], "choices": known}
                    raise ValidationError(one_of if self.names else none, "invalid_choice", words)
            return found

    def __init__(self, field_name: str, choices: Iterable[object], **options: Any) -> None:
        """`choices` are values, or (value, name): names that the field itself has not."""
        super().__init__(field_name, **options)
        self.choose_from(choices)

    def choose_from(self, choices: Iterable[object]) -> None:
        pairs = [each if isinstance(each, tuple) else (each, None) for each in choices]
        self.labels = {str(value): label for value, label in pairs}
        self.extra["names"] = [*self.labels]
        self.schema = {"type": "array", "items": {"type": "string", "enum": [*self.labels]}}

    def offers(self, user: Actor) -> Offers:
        field = field_of(self)
        names = {str(value): label for value, label in getattr(field, "choices", None) or ()}
        return [
            (name, capfirst(str(label or names.get(name, name))))
            for name, label in self.labels.items()
        ]


class YesNo(Choices):
    """`true` or `false`."""

    schema = {"type": "boolean"}

    class field_class(Choices.field_class):
        def clean(self, value: Iterable[object] | None) -> Any:
            found = super().clean(value)
            return found[0] == "true" if found else ""

    def __init__(self, field_name: str, **options: Any) -> None:
        yes_no = (("true", gettext_lazy("yes")), ("false", gettext_lazy("no")))
        super().__init__(field_name, yes_no, one=True, **options)
        self.schema = {"type": "boolean"}

    def filter(self, qs: QuerySet[M], value: Any) -> QuerySet[M]:
        return qs if value == "" else qs.filter(**{self.field_name: value})


class WholeNumber(forms.IntegerField):
    """A whole number in digits 0–9."""

    def to_python(self, value: object) -> int | None:
        if has_odd_digits(str(value or "")):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return super().to_python(value)


class Whole(django_filters.Filter):
    """A whole number; of a range (`_min`, `_max`) the first or last of it."""

    field_class: object = WholeNumber
    schema = {"type": "integer", "minimum": -BIGGEST, "maximum": BIGGEST}

    def __init__(self, field_name: str, lookup_expr: str = "exact", **options: Any) -> None:
        limits = {"min_value": -BIGGEST, "max_value": BIGGEST}
        super().__init__(field_name, lookup_expr, **{**limits, **options})

    def control(self, offers: Offers) -> forms.Widget:
        return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class Day(django_filters.Filter):
    """A day, like 2023-06-30; of a range (`_from`, `_to`) the first or last of it."""

    schema = {"type": "string", "format": "date"}

    class field_class(forms.DateField):
        def __init__(self, **options: Any) -> None:
            super().__init__(**{"input_formats": ["%Y-%m-%d"], **options})

        def to_python(self, value: Any) -> date | None:
            if has_odd_digits(str(value or "")):
                raise ValidationError(self.error_messages["invalid"], "invalid")
            return super().to_python(value)

    def __init__(self, field_name: str, lookup_expr: str = "exact", **options: Any) -> None:
        super().__init__(field_name, lookup_expr, **options)

    def control(self, offers: Offers) -> forms.Widget:
        return DayInput()

    def as_asked(self, text: str) -> str:
        """What a person typed, as the parameter is written."""
        day = read_typed(text)
        return day.isoformat() if day else text


class Month(django_filters.Filter):
    """This month, like 2023-06."""

    schema = {"type": "string", "pattern": "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"}

    class field_class(forms.CharField):
        def clean(self, value: object) -> date | None:
            text = super().clean(value)
            if text and not re.fullmatch(Month.schema["pattern"], text):
                said = _("'%(text)s' is not a month like 2023-06.")
                raise ValidationError(said, "invalid_month", {"text": text[:40]})
            return date.fromisoformat(f"{text}-01") if text else None

    def filter(self, qs: QuerySet[M], value: Any) -> QuerySet[M]:
        if value is None:
            return qs
        following = (value + timedelta(days=31)).replace(day=1)
        span = {f"{self.field_name}__gte": value, f"{self.field_name}__lt": following}
        return qs.filter(**span)

    def control(self, offers: Offers) -> forms.Widget:
        return MonthInput()

    def as_asked(self, text: str) -> str:
        """What a person typed, as the parameter is written."""
        return read_month(text)


class Search(django_filters.CharFilter):
    """Records in whose text every word is found: without accents, case or đ."""

    # Looked for in the folded `search_key`, or in the fields named; `hint` says of a page which.

    schema = {"type": "string", "maxLength": 200}
    called: Promise | None = gettext_lazy("Search")

    def __init__(
        self,
        *fields: str,
        hint: str | Promise = "",
        looked_up: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        self.keys, self.hint, self.looked_up = fields or ("search_key",), hint, looked_up
        super().__init__(**{"max_length": 200, "label": self.called, **options})

    def filter(self, qs: QuerySet[M], value: Any) -> QuerySet[M]:
        return with_words(qs, value, *self.keys, looked_up=self.looked_up)

    def control(self, offers: Offers) -> forms.Widget:
        return SearchInput({"placeholder": self.hint} if self.hint else None)


class Words(Search):
    """Rows whose field holds every word: without accents, case or đ."""

    # Of a field of free text: an empty `search` finds all, an empty one of these is refused.

    schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": SAYS_SOMETHING}
    called = None  # as the field is

    def control(self, offers: Offers) -> forms.Widget:
        return forms.TextInput()


class RangesForm(forms.Form):
    """The form of a filter set: a range that ends before it begins is refused at its end."""

    def clean(self) -> dict[str, object]:
        asked = super().clean() or self.cleaned_data
        for name, last in list(asked.items()):
            first = asked.get(beginning_of(name))
            if first is not None and last is not None and last < first:
                said = _("%(end)s lies before %(beginning)s.")
                names = {"end": name, "beginning": beginning_of(name)}
                self.add_error(name, ValidationError(said, "wrong_order", names))
        return asked


def beginning_of(name: str) -> str:
    """The parameter that begins the range that this one ends: date_from of date_to; '' of none."""
    for first, last in (("_from", "_to"), ("_min", "_max")):
        if name.endswith(last):
            return name.removesuffix(last) + first
    return "first" if name == "last" else ""


class Filters(django_filters.FilterSet):
    """Base of the filter sets; declare each parameter as an attribute.

    Without a query it is the form of a list that is computed: read what is asked in `asked`.
    """

    class Meta:
        form = RangesForm

    def __init__(
        self, data: object, queryset: Any = None, *, request: Any = None, **options: Any
    ) -> None:
        self.user: Any = getattr(request, "user", None)
        rows = get_user_model()._default_manager.none() if queryset is None else queryset
        super().__init__(self._completed(data), rows, request=request, **options)

    def defaults(self, data: object) -> dict[str, str]:
        """What an address means that does not say it."""
        return {}

    def _completed(self, data: Any) -> object:
        missing = {
            n: text for n, text in self.defaults(data).items() if not data.get(n, "").strip()
        }
        if missing:
            data = data.copy()
            data.update(missing)
        return data

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked, by parameter; only of a form that is right."""
        self.form.is_valid()
        return dict(self.form.cleaned_data)

    def offers(self, name: str) -> Offers:
        """The choices of a filter: those in the person's scope, unless a list has its own."""
        each = self.filters[name]
        return each.offers(self.user) if isinstance(each, Codes) else []

    def fields(self, usual: Iterable[str], more: Iterable[str] = ()) -> list[forms.BoundField]:
        """The fields of a page's form: the usual ones, and what else its address asks for."""
        names = dict.fromkeys((*usual, *(name for name in more if name in self.filters)))
        self.form.auto_id = "filter_%s"  # other forms of the page have fields of these names
        for name in names:
            field = self.form.fields[name]
            field.widget = self.filters[name].control(self.offers(name))
            field.label, field.help_text = self.caption(name), ""
        return [self.form[name] for name in names]

    def caption(self, name: str) -> str:
        """What a page calls a filter: as it is labelled, else as the field it looks at."""
        each = self.base_filters[name]
        if said := each.__dict__["_label"]:
            return capfirst(str(said))
        field = field_of(self.filters[name])
        if field is None or each.method:
            return name
        text = capfirst(str(field.verbose_name))
        end = ENDS.get(each.lookup_expr.removeprefix("date__"))
        return str(end) % {"field": text} if end else text


def field_of(each: django_filters.Filter) -> Any:
    """The field of the model that a filter looks at: the relation where it compares a code."""
    fields = fields_of(each.model, each.field_name)
    if len(fields) > 1 and fields[-1].name == each.extra.get("slug", "code"):
        fields.pop()
    return fields[-1] if fields else None
