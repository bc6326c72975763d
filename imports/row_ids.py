"""Row ids: which record of the portal a row of a template is, as a cell of a hidden column says it.

`plan.1000123.3.9f0c…`: the kind, the record's primary key, the version it was written out in, and
a signature, so that none is made up or mended by hand. A letter begins each: no program takes it
for a number or a day. Above the column stands, signed too, of which year and for whom the template
was made, and of which moment: by that it is known which of its rows are missing.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from accounts.models import User
from imports.workbook.fields import ORIGIN
from programs.models import FiscalYear

SALT = "imports.row_ids"
SIGNED = 16  # hexadecimal digits of a signature
EPOCH, TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class RowId(NamedTuple):
    """A record of a kind, in a version."""

    kind: str
    pk: int
    version: int


class Origin(NamedTuple):
    """What a template was made of: a kind, a fiscal year, the scope of a person, as it was at a
    moment: that of the last change of what stands in it, so that nothing else shows in the file."""

    kind: str
    year: int
    user: int
    moment: datetime


def written(kind: str, pk: int, version: int) -> str:
    """The id of a record's row."""
    return _signed([kind, str(pk), str(version)])


def read(text: str) -> RowId | None:
    """What a row id says; None where the portal did not write it."""
    match _unsigned(text):
        case [kind, pk, version]:
            return RowId(kind, int(pk), int(version))
    return None


def origin(kind: str, year: FiscalYear, user: User, moment: datetime | None) -> str:
    """What stands above the row ids."""
    since = int_to_base36((moment - EPOCH) // TICK if moment else 0)
    return _signed([ORIGIN.rstrip("."), kind, str(year.pk), str(user.pk), since])


def origin_in(texts: Iterable[str]) -> Origin | None:
    """What a template says of itself among these texts; None for no template."""
    for text in texts:
        match _unsigned(text):
            case [_origin, kind, year, user, since]:
                moment = EPOCH + base36_to_int(since) * TICK
                return Origin(kind, int(year), int(user), moment)
    return None


def _signed(parts: list[str]) -> str:
    text = ".".join(parts)
    return f"{text}.{_signature(text, settings.SECRET_KEY)}"


def _unsigned(text: str) -> list[str] | None:
    """The parts of a signed text, None where the signature is not ours."""
    said, _dot, signature = text.strip().rpartition(".")
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_ours = any(constant_time_compare(signature, _signature(said, key)) for key in keys)
    return said.split(".") if is_ours else None


def _signature(text: str, key: str) -> str:
    return salted_hmac(SALT, text, secret=key, algorithm="sha256").hexdigest()[:SIGNED]
