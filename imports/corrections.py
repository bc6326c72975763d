"""What an office has said of its layouts: looked up for a workbook, said, shown, taken back."""

import hashlib
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.values.dates import format_date
from core.values.text import fold, fold_key
from imports.models import LayoutCorrection
from imports.outcome import Outcome
from imports.workbook import Correction, Issue, Reading
from imports.workbook.corrections import (
    ACTIVITY,
    COLUMN,
    COMMUNE,
    DOUBT,
    HIDDEN_ROWS,
    IN,
    NOTHING,
    SHEET,
    UNIT,
    YEAR,
)
from imports.workbook.fields import FIELDS
from imports.workbook.units import unit_named
from imports.years import CORRECTED, YearFound
from programs.models import FiscalYear


def office_of(user: User) -> str:
    """By whom corrections are shared: the people of one office; who names none keeps their own."""
    return fold_key(user.office) or f"@{user.pk}"


def in_force(user: User) -> QuerySet[LayoutCorrection]:
    """The corrections of a person's office that hold."""
    rows = LayoutCorrection.objects.filter(office=office_of(user), removed_at=None)
    return rows.select_related("made_by")


def for_workbook(user: User, kind: str = "") -> list[Correction]:
    """What the reader is to be told."""
    rows = in_force(user)
    return [as_correction(row) for row in (rows.filter(kind=kind) if kind else rows)]


def as_correction(row: LayoutCorrection) -> Correction:
    return Correction(row.layout, row.what, row.value, row.subject, row.was)


def remember(actor: User, kind: str, file: str, said: Iterable[Correction]) -> None:
    """Keep what was said; said again of the same thing, the new holds."""
    for one in said:
        about = {"kind": kind, "layout": one.layout, "what": one.what, "subject": one.subject[:300]}
        remove(actor, in_force(actor).filter(**about))
        LayoutCorrection.objects.create(
            **about,
            office=office_of(actor),
            value=one.value[:300],
            was=one.was[:300],
            made_by=actor,
            file=file[-255:],
        )


def remove(actor: User, rows: QuerySet[LayoutCorrection]) -> None:
    """They hold no longer; who said them and who took them back stays."""
    rows.update(removed_by=actor, removed_at=timezone.now())


def lines_above(reading: Reading) -> str:
    """What a workbook says above its tables, in short: a year said of it holds while this stays."""
    words = "|".join(map(fold, reading.titles))
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def year_said(reading: Reading) -> YearFound | None:
    """The fiscal year that somebody said of this layout under these very titles."""
    layouts = {sheet.layout for sheet in reading.sheets}
    for one in reading.given:
        if one.what == YEAR and one.layout in layouts and one.was == lines_above(reading):
            year = FiscalYear.objects.filter(code=one.value).first()
            if year:
                reading.corrections.append(one)
                return YearFound(year, CORRECTED)
    return None


def report_used(outcome: Outcome, reading: Reading, user: User) -> None:
    """Say which corrections were used, by whom and when, and which were not."""
    rows = {as_correction(row): row for row in in_force(user)} if reading.given else {}
    used = [rows[one] for one in dict.fromkeys(reading.corrections) if one in rows]
    outcome.reading["corrections"] = [as_dict(row) for row in used]
    text = _("Read as your office has said of this layout: %(what)s.")
    told = [
        f"{one['text']} ({one['by']}, {one['on']})"
        for one in outcome.reading["corrections"]
        if one["what"] != DOUBT
    ]
    if told:
        message = text % {"what": "; ".join(told)}
        outcome.warnings.append(Issue(None, None, None, "as_corrected", message))
    for one in dict.fromkeys(reading.unused):
        text = _(
            "It was said of this layout that its unit is %(unit)s, but the workbook says something "
            "else now: this was not used."
        )
        message = text % {"unit": unit_named(int(one.value))}
        outcome.warnings.append(Issue(None, None, None, "correction_unused", message))


def by_id(ids: Iterable[int]) -> list[dict[str, object]]:
    """Corrections in the reader's words, whether they still hold or not."""
    rows = LayoutCorrection.objects.filter(pk__in=list(ids)).select_related("made_by")
    return [as_dict(row) for row in rows]


def as_dict(row: LayoutCorrection) -> dict[str, object]:
    return {
        "id": row.pk,
        "what": row.what,
        "subject": row.subject,
        "value": row.value,
        "text": in_words(row),
        "file": row.file,
        "by": row.made_by.username,
        "on": format_date(timezone.localdate(row.made_at)),
    }


def in_words(row: LayoutCorrection) -> str:
    """'the unit is triệu đồng', 'column F is “Amount”'."""
    words = {"subject": row.subject, "value": row.value}
    if row.what == UNIT:
        return _("the unit is %(unit)s") % {"unit": unit_named(int(row.value))}
    if row.what == YEAR:
        return _("the fiscal year is %(value)s") % words
    if row.what == COLUMN and row.value == NOTHING:
        return _("column %(subject)s is not read") % words
    if row.what == COLUMN:
        field = FIELDS[row.kind].get(row.value)
        return _("column %(subject)s is “%(field)s”") % {
            "subject": row.subject,
            "field": field.label if field else row.value,
        }
    is_in = row.value == IN
    if row.what == SHEET:
        text = _("sheet “%(subject)s” is read") if is_in else _("sheet “%(subject)s” is left out")
        return text % words
    if row.what == HIDDEN_ROWS:
        return _("hidden rows are read") if is_in else _("hidden rows are left out")
    if row.what in (ACTIVITY, COMMUNE):
        return _("“%(subject)s” is %(value)s") % words
    return _("amounts remarked as doubtful are right")
