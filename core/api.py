"""Base pieces of the REST API: paging and refusals."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler as drf_exception_handler

from core.errors import Conflict


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, which also knows the portal's own refusals (see `core.errors`)."""
    if isinstance(error, DjangoValidationError):
        error = ValidationError(error_detail(error))
    if isinstance(error, Conflict):
        return Response(
            {"detail": str(error.message), "code": error.code}, status=status.HTTP_409_CONFLICT
        )
    if isinstance(error, DjangoPermissionDenied) and not error.args:
        error = DjangoPermissionDenied()
    return drf_exception_handler(error, context)


def error_detail(error: DjangoValidationError) -> dict[str, list[str]]:
    """A model's or service's refusal in DRF's shape: `{field: [messages]}`."""
    if not hasattr(error, "error_dict"):
        return {api_settings.NON_FIELD_ERRORS_KEY: list(error.messages)}
    return {
        api_settings.NON_FIELD_ERRORS_KEY if field == NON_FIELD_ERRORS else field: list(messages)
        for field, messages in error.message_dict.items()
    }
