"""Examples of the API's schema, beside the serializers that they are of."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer

S = TypeVar("S", bound=Callable[..., object])


def with_examples(
    sent: Mapping[str, object] | None = None, answer: Mapping[str, object] | None = None
) -> Callable[[S], S]:
    """Decorates a serializer with its examples: a body as it can be sent, and an answer."""
    examples = []
    if sent is not None:
        examples.append(OpenApiExample("body", value=sent, request_only=True))
    if answer is not None:
        examples.append(OpenApiExample("answer", value=answer, response_only=True))
    return extend_schema_serializer(examples=examples)
