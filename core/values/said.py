"""Sentences for people that also say, for programs, which case they are about."""


class Said(str):
    """A sentence with its `code`: short, of small letters, and kept however the words change."""

    code: str
    __slots__ = ("code",)


def coded(code: str, text: object) -> Said:
    """The sentence as one of this case."""
    said = Said(text)
    said.code = code
    return said
