"""Base pieces of the REST API: paging and refusals."""

from collections.abc import Collection, Iterable
from json import JSONDecodeError
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, RequestDataTooBig
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    NotAuthenticated,
    NotFound,
    ParseError,
    PermissionDenied,
    Throttled,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler as drf_exception_handler

from core.api.cursors import CursorPages
from core.api.problems import PROBLEM, as_problem, coded_detail
from core.services.errors import Conflict
from core.values.said import coded
from core.values.text import clean, has_odd_digits
from core.web import failures


class Pages(CursorPages):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500

    def get_paginated_response_schema(self, schema: dict[str, object]) -> dict[str, object]:
        """A page has all of its fields; `next` and `previous` are null at the ends."""
        found = super().get_paginated_response_schema(schema)
        for name, example in {"count": 1, "next": None, "previous": None}.items():
            found["properties"][name]["example"] = example
        return {**found, "required": [*found["properties"]]}

    def get_page_size(self, request: Request) -> int:
        """As asked for, at most 500; what is no number from 1 is refused."""
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        if not (text.isascii() and text.isdigit() and text.strip("0")):
            raise ValidationError(
                {self.page_size_query_param: [coded("out_of_range", _("A whole number from 1."))]}
            )
        return min(int(text[:9]), self.max_page_size)

    def get_page_number(self, request: Request, paginator: "Paginator[object]") -> int | str:
        """As asked for; digits are 0–9."""
        number: int | str = super().get_page_number(request, paginator)
        if isinstance(number, str) and has_odd_digits(number):
            raise NotFound(self.invalid_page_message)
        return number


MARKS = ("delimiter", "decimal")  # whose value may be a comma


def refuse_empty(request: Request, but: Collection[str] = ()) -> None:
    """Refuse (400) a parameter without a value, or with a list of nothing (`,`): a variable that
    was forgotten must not answer with everything."""
    empty = [
        name
        for name, texts in request.query_params.lists()
        if name not in but
        and not all(text if name in MARKS else text.replace(",", "").strip() for text in texts)
    ]
    if empty:
        told = coded_detail(_("Give a value, or leave the parameter out."), "empty")
        raise ValidationError(dict.fromkeys(empty, told))


def refuse_repeated(request: Request, but: Collection[str]) -> None:
    """Refuse (400) a parameter that is given twice and has one value: of two, one would be lost."""
    if repeated := repeated_in(request.query_params, but):
        raise ValidationError(repeated)


def repeated_in(query: QueryDict, but: Collection[str]) -> dict[str, list[str]]:
    """What is wrong with the parameters given more than once, `but` for those that may be."""
    return {
        name: coded_detail(_("Give it once."), "repeated")
        for name, texts in query.lists()
        if len(texts) > 1 and name not in but
    }


def refuse_parameters(
    request: Request, known: Collection[str] = (), several: Collection[str] = ()
) -> None:
    """Refuse (400) what a view does not know, has no value, or is given twice (but `several`)."""
    names = [name for name in request.query_params if name not in {*known, "format"}]
    if names:
        told = coded_detail(_("Unknown parameter."), "unknown_parameter")
        raise ValidationError(dict.fromkeys(names, told))
    refuse_empty(request, but={"search"} & {*known})
    refuse_repeated(request, but=several)


class Negotiation(DefaultContentNegotiation):
    """By `format=` or `Accept`; an empty `format` names no form (404)."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> object:
        if request.query_params.get("format") == "":
            raise Http404
        return super().select_renderer(request, renderers, format_suffix)

    def get_accept_list(self, request: Request) -> list[str]:
        """How a refusal is to be written says nothing of what is wanted."""
        forms = super().get_accept_list(request)
        return [each for each in forms if each.partition(";")[0].strip() != PROBLEM] or ["*/*"]


class JSONBody(JSONParser):
    """JSON; a body that cannot be read, or is nested too deeply to, is a bad request."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return clean_body(super().parse(stream, media_type, parser_context))
        except RecursionError:
            raise ParseError(_("The body is nested too deeply.")) from None
        except ParseError as error:
            raise ParseError(_place_in_body(error.__context__)) from None


EXACT = 2**53  # up to here a float is the number that was written


def clean_body(data: object) -> object:
    """A body with every text in it clean, and every number without a fraction whole, however it is
    written (1e6, 1000000.0). A text with a null character stays, to be refused by its field."""
    if isinstance(data, str):
        return data if "\0" in data else clean(data)
    if isinstance(data, float):
        return int(data) if data.is_integer() and abs(data) <= EXACT else data
    if isinstance(data, dict):
        return {clean(name): clean_body(value) for name, value in data.items()}
    return [clean_body(value) for value in data] if isinstance(data, list) else data


def _place_in_body(error: BaseException | None) -> str:
    """That a body is no JSON, and from which place on."""
    if not isinstance(error, JSONDecodeError):
        return _("The body is not JSON in UTF-8.")
    place = {"line": error.lineno, "column": error.colno}
    return _("The body is not JSON from line %(line)d, column %(column)d on.") % place


class TooLarge(APIException):
    """A body of more bytes than are read into memory."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self) -> None:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        super().__init__(
            _("The body is larger than %(most)d MB: send fewer rows.") % {"most": most}
        )


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, which also knows the portal's own refusals (see `core.services.errors`)."""
    response = _refusal(error, context)
    return None if response is None else as_problem(context.get("request"), response)


def _refusal(error: Exception, context: dict[str, object]) -> Response | None:
    if isinstance(error, DjangoValidationError):
        error = ValidationError(error_detail(error))
    if isinstance(error, (NotAuthenticated, PermissionDenied)):
        error = _counted(error, context)
    if isinstance(error, Conflict):
        return Response(
            {"detail": str(error.message), "code": error.code}, status=status.HTTP_409_CONFLICT
        )
    if failures.is_away(error):
        return _away(error, context)
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    if isinstance(error, MultiPartParserError):
        error = UnsupportedMediaType("multipart/form-data")
    if isinstance(error, Http404):
        error = NotFound()  # Django's names the model, in English
    if isinstance(error, DjangoPermissionDenied) and not error.args:
        error = DjangoPermissionDenied()
    return drf_exception_handler(error, context)


def _away(error: Exception, context: dict[str, object]) -> Response:
    """503 while the database is away or a disk full; its trace goes to standard error."""
    request = context.get("request")
    failures.note(error, getattr(request, "path", ""))
    return Response(
        {"detail": ErrorDetail(failures.sentence(error), "unavailable")},
        status=failures.AWAY,
        headers={"Retry-After": failures.TRY_AGAIN_IN},
    )


def _counted(error: Exception, context: dict[str, Any]) -> Exception:
    """The refusal, or that there were too many: REST framework counts only what it lets in."""
    request = context.get("request")
    if request is not None and not getattr(request, "counted", False):
        try:
            context["view"].check_throttles(request)
        except Throttled as too_many:
            return too_many
    return error


def error_detail(error: DjangoValidationError) -> dict[str, list[str]]:
    """A model's or service's refusal in DRF's shape: `{field: [messages]}`, each with its code."""
    by_field = getattr(error, "error_dict", {NON_FIELD_ERRORS: error})
    return {
        api_settings.NON_FIELD_ERRORS_KEY if field == NON_FIELD_ERRORS else field: [
            ErrorDetail(message, each.code or getattr(each.message, "code", "invalid"))
            for each in DjangoValidationError(errors).error_list
            for message in each.messages
        ]
        for field, errors in by_field.items()
    }
