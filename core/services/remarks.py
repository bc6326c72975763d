"""What is remarked about a record while it is saved: once, beside its answer, and it never locks.

`save_with_history()` looks at the texts of whatever it saves. What stood in the record before has
been remarked and accepted. Who answers the request collects what was said: the API in `warnings`,
a page as a notice.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.values import personal_data
from core.values.dates import today

Remark = dict[str, str]  # field, code, message
# Numbers that are none of a person, and how members of boards are reached.
EXEMPT = frozenset("code voucher_no decision_no phone email contact search_key sort_key".split())
DAYS = ("date", "start", "day")  # the fields that may hold a record's own day
_said: ContextVar[list[Remark] | None] = ContextVar("said", default=None)
place_names: list[Callable[[], set[str]]] = []  # who knows names of places (communes)


@contextmanager
def listening() -> Iterator[list[Remark]]:
    """Collect what is remarked within; where nobody listens, nothing is looked at."""
    found: list[Remark] = []
    token = _said.set(found)
    try:
        yield found
    finally:
        _said.reset(token)


@contextmanager
def silenced() -> Iterator[None]:
    """Remarks are silenced within: a workbook says it once, of the whole file, when it is read."""
    token = _said.set(None)
    try:
        yield
    finally:
        _said.reset(token)


def remarks_so_far() -> list[Remark]:
    """What was remarked in this request so far."""
    return list(_said.get() or ())


def remark_on(record: models.Model, *, is_new: bool = False) -> None:
    """Remark on personal data in the texts of a record that is about to be saved, or just was
    new."""
    if _said.get() is None:
        return
    texts = texts_of(record)
    if not (found := _personal_data_in(record, texts)):
        return
    stored = None if is_new else type(record)._default_manager.filter(pk=record.pk).first()
    known = _personal_data_in(stored, texts_of(stored)) if stored is not None else set()
    for name, code in sorted(found - known):
        add_remark(name, code, remark_text(code, texts[name][0]))


def add_remark(field: str, code: str, message: str) -> None:
    """Add a remark about what is being saved."""
    heard = _said.get()
    remark = {"field": field, "code": code, "message": message}
    if heard is not None and remark not in heard:
        heard.append(remark)


def texts_of(record: models.Model) -> dict[str, tuple[object, str]]:
    """field → (what it is called, its text), of the fields that people write freely."""
    return {
        field.name: (field.verbose_name, text)
        for field in record._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in EXEMPT
        and (text := getattr(record, field.name))
    }


def _personal_data_in(record: object, texts: dict[str, tuple[object, str]]) -> set[tuple[str, str]]:
    day = next((d for name in DAYS if isinstance(d := getattr(record, name, None), date)), today())
    return {(name, code) for name, (_label, text) in texts.items() for code in codes_in(text, day)}


def codes_in(text: str, day: date) -> set[str]:
    """What a text seems to hold of a person's own; names of places are asked for where it does."""
    found = personal_data.found_in(text, day)
    if personal_data.CHILD not in found:
        return found
    places = set().union(*(names() for names in place_names))
    return personal_data.found_in(text, day, places)


def remark_text(code: str, label: object) -> str:
    """The text of a remark, in the reader's language."""
    if code == personal_data.CHILD:
        said = _(
            "%(field)s seems to name a child or to tell its birth. The portal keeps head counts of "
            "children alone: leave it out."
        )
    else:
        said = _(
            "%(field)s seems to hold a person's identity number. Leave it out unless it has to "
            "stand here."
        )
    return said % {"field": capfirst(str(label))}
