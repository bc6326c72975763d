"""Sentences for people that also say, for programs, which case they are about."""

from django.core.exceptions import ValidationError


class Said(str):
    """A sentence with its `code`: short, of small letters, and kept however the words change."""

    code: str
    __slots__ = ("code",)


def coded(code: str, text: object) -> Said:
    """The sentence as one of this case."""
    said = Said(text)
    said.code = code
    return said


def refused(field: str, code: str, text: object) -> ValidationError:
    """The refusal of one field's value, in a sentence of this case."""
    return ValidationError({field: coded(code, text)})
