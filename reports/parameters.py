"""Parameters that several addresses of reports take, as the API's schema describes them."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from core.api.base import refuse_empty
from reports.filters import Reader
from reports.models import ReportKind


def parameter(name: str, description: str, **options: Any) -> OpenApiParameter:
    """One of the query; a text unless its `type` is another."""
    return OpenApiParameter(name, options.pop("type", str), description=description, **options)


def in_path(name: str, description: str, **options: Any) -> OpenApiParameter:
    """A part of the address itself."""
    return parameter(name, description, location=OpenApiParameter.PATH, **options)


def extension(forms: Iterable[str], *, exclude: bool = False) -> OpenApiParameter:
    """The forms a document comes in."""
    return in_path("extension", "The kind of file.", enum=[*forms], exclude=exclude)


PROGRAM = parameter("program", "Programme code; may repeat.", many=True)
COMMUNE = parameter("commune", "Commune code; may repeat.", many=True)
ACTIVITY = parameter("activity", "Activity code; may repeat.", many=True)
PLAN = parameter(
    "plan",
    "`current`, `original`, or the number of an approved plan.",
    pattern=r"^(current|original|[1-9][0-9]{0,2})$",
)
KIND = in_path("kind", "Which document.", enum=ReportKind.values)
YEAR = parameter("fiscal_year", "Its code, e.g. 2023.", required=True)
QUARTER = parameter("quarter", "Of a quarterly one.", type=int, enum=[1, 2, 3, 4])
MEETING = parameter(
    "meeting",
    "Of minutes and conclusions: its id.",
    type={"type": "integer", "minimum": 1, "maximum": 999_999_999},
)


def refuse_others(request: Request, allowed: Iterable[str] = ()) -> None:
    """Refuses (400) parameters that there are not, are given twice, or say nothing."""
    reader = Reader(request.query_params, frozenset(allowed))
    reader.refuse_others(repeatable=())
    reader.finish()
    refuse_empty(request)
