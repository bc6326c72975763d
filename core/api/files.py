"""Files over the API: sent as `multipart/form-data`, fetched as they are kept."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import SuspiciousOperation
from django.db.models import Model
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from core.api.serializers import KeyField, PersonField, ResourceSerializer
from core.values.text import clean, is_digits

if TYPE_CHECKING:
    from core.api.viewsets import Resource

Serves = Callable[..., HttpResponseBase]  # a resource's method: (self, row) → the file
MOST_DIGITS = 18  # of an id, as in addresses


class AsAddressed(BaseContentNegotiation):
    """The address names the format; `Accept` does not matter. Refusals are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: object = None
    ) -> object:
        return renderers[0], renderers[0].media_type


class FileBody(MultiPartParser):
    """A form with a file, each part given once: a plain `{name: text or file}`, its texts clean."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            found: Any = super().parse(stream, media_type, parser_context)
        except SuspiciousOperation:  # more parts than Django reads
            raise ParseError(_("The form has too many parts.")) from None
        parts = [*found.data.lists(), *found.files.lists()]
        if len({name for name, _values in parts}) < sum(len(values) for _name, values in parts):
            raise ParseError(_("Give each part of the form once."))
        return {clean(name): _cleaned(values[0]) for name, values in parts}


def _cleaned(value: object) -> object:
    """A text without what no text has; one with a null character is for its field to refuse."""
    return clean(value) if isinstance(value, str) and "\0" not in value else value


@extend_schema_field(OpenApiTypes.BINARY)
class UploadField(serializers.FileField):
    """A file of a form; that it is empty, too long or of no known kind says the service."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_empty_file": True, "write_only": True, **options})


class FormKeyField(KeyField):
    """An id in a form, where every value is a text."""

    def to_internal_value(self, data: object) -> Model:
        if isinstance(data, str) and is_digits(data) and len(data) <= MOST_DIGITS:
            data = int(data)
        return super().to_internal_value(data)


class KeptFileSerializer(ResourceSerializer):
    """A file of a record: what is known of it; its content is at `content/`."""

    file = UploadField(help_text="The file; what it is, its first bytes say.")
    type = serializers.CharField(source="kind", read_only=True, help_text="application/pdf")
    added_by = PersonField(read_only=True)

    class Meta:
        fields = ["name", "type", "size", "sha256", "added_by", "added_at", "file", "version"]
        read_only_fields = ["name", "size", "sha256", "added_at"]


def file_action(
    name: str, *types: str, refuses: tuple[int, ...] = ()
) -> Callable[[Serves], Serves]:
    """`GET …/{id}/name/`: a kept file, byte for byte, of one of these content types:
    `method(self, row) -> response`. `refuses`: with what a read is not refused as a rule."""

    def decorate(method: Serves) -> Serves:
        def handler(self: "Resource", request: Request, pk: str) -> HttpResponseBase:
            return method(self, self.get_object())

        handler.__name__, handler.__doc__ = method.__name__, method.__doc__
        described = extend_schema(
            responses={
                **{(200, each): OpenApiTypes.BINARY for each in types},
                **dict.fromkeys(refuses),
            },
            filters=False,
        )
        options: dict[str, Any] = {
            "url_path": name,
            "url_name": name,
            "content_negotiation_class": AsAddressed,
        }
        return described(action(detail=True, methods=["get"], **options)(handler))

    return decorate
