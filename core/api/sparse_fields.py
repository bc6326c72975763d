"""`fields=code,name`: the fields that a reader asks for, in that order, and no others."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from core.values.said import coded
from core.values.text import nearest

NAME = "fields"
READS = ("list", "retrieve")  # the actions that understand it


def keep_requested_fields(
    request: Request, serializer: BaseSerializer[object], *, never: Collection[str] = ()
) -> None:
    """Keep of a serializer (of one or of many) only the requested fields, those of `fields=`, where
    it was given; those of `never` are passed over.

    Raises `ValidationError` (400) for a field that there is not, with the nearest that there are.
    """
    texts = request.query_params.getlist(NAME)
    if not texts:
        return
    fields = getattr(serializer, "child", serializer).fields
    for name in [name for name, field in fields.items() if field.write_only]:
        del fields[name]
    named = (name.strip() for text in texts for name in text.split(","))
    names = list(dict.fromkeys(name for name in named if name)) or [""]
    names = [name for name in names if name not in never] or [next(iter(fields))]
    unknown = [name for name in names if name not in fields]
    if unknown:
        raise ValidationError(
            {NAME: [coded("unknown_field", _no_field(name, list(fields))) for name in unknown]}
        )
    kept = {name: fields[name] for name in names}
    fields.fields.clear()
    fields.fields.update(kept)


def _no_field(name: str, there_are: list[str]) -> str:
    names = ", ".join(nearest(name, there_are) or there_are)
    return _("There is no field '%(name)s'. There is: %(names)s.") % {
        "name": name[:40],
        "names": names,
    }
