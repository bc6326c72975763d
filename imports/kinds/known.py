"""Rows of a template that come back: which records they are, and what was changed in their cells.

What a template had in a row's cells is compared with what they say now, and with what the portal
has now: only cells that somebody changed change anything, and nothing that was changed in the
portal meanwhile is overwritten.
"""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.lists.exports import harmless
from core.values import display
from core.values.dates import format_date
from core.values.text import squash
from imports import row_ids
from imports.outcome import of_file
from imports.workbook import Reading, Row
from imports.workbook.fields import IDS, ROW_ID
from imports.workbook.layout import LAYOUTS, Values
from imports.workbook.remarks import list_of
from programs.models import Program

if TYPE_CHECKING:
    from imports.kinds.base import Builder

MOST = 2000  # rows that are listed
NAMED = 5  # rows that are named in a sentence
NEW, CHANGED, SAME, MISSING = "new", "changed", "same", "missing"

Place = tuple[str, int]  # sheet, row


@dataclass
class KnownRow:
    """A row with an id: its record, what the template had in its cells, which say something else;
    in the end what it changes, column → (before, after)."""

    row: Row
    record: Any
    then: Values
    changed: list[str]
    changes: dict[str, tuple[object, object]] = field(default_factory=dict)


def place_of(row: Row) -> Place:
    return row.sheet, row.row


class KnownRows:
    """The rows of a workbook that are records of the portal, by where they stand."""

    def __init__(self, builder: "Builder[Any]", reading: Reading) -> None:
        self.builder = builder
        self.kind: Any = LAYOUTS[reading.kind]
        self.rows: dict[Place, KnownRow] = {}
        self.present: set[int] = set()  # primary keys
        origin = row_ids.origin_in(reading.origins)
        is_of_it = origin and (origin.kind, origin.year) == (reading.kind, builder.year.pk)
        self.origin = origin if is_of_it else None
        with_ids = [row for row in (*reading.rows, *reading.wrong) if row.values.get(ROW_ID)]
        if with_ids:
            self._find(with_ids)

    @property
    def is_template(self) -> bool:
        """Whether the workbook is a template of the portal's, with its ids."""
        return bool(self.rows or self.origin)

    def get(self, row: Row) -> KnownRow | None:
        """What is known of a row; None for a new one, or one whose id is wrong."""
        return self.rows.get(place_of(row))

    def error(self, row: Row, code: str, message: str) -> None:
        """At the column by which a person knows the row: that of the ids is hidden."""
        self.builder.error(row, self.kind.row_name[0], code, message)

    # --- which records ---------------------------------------------------------------------

    def _find(self, rows: list[Row]) -> None:
        ids: dict[Place, row_ids.RowId] = {}
        for row in rows:
            found = row_ids.read(row.values[ROW_ID])
            if found and found.kind == self.kind.name:
                ids[place_of(row)] = found
            else:
                text = _(
                    "The %(column)s of this row is none that the portal wrote for such a "
                    "workbook. Clear it if the row is new, or take a new template."
                )
                self.error(row, "row_id_damaged", text % {"column": IDS.label})
        records = self.kind.records(self.builder.actor, {one.pk for one in ids.values()})
        earlier = self.kind.earlier(records, ids.values())
        by_record: dict[int, list[KnownRow]] = defaultdict(list)
        for row in rows:
            if (one := ids.get(place_of(row))) and self._is_usable(row, one, records, earlier):
                then = self.kind.filled(earlier.get(one, records[one.pk]))
                known = KnownRow(row, records[one.pk], then, _differing(row, then))
                by_record[one.pk].append(known)
        self.present = set(by_record)
        for copies in by_record.values():
            self._choose_original(copies)
        self._refuse_shifted()

    def _is_usable(
        self, row: Row, one: row_ids.RowId, records: dict[int, Any], earlier: Container[object]
    ) -> bool:
        record = records.get(one.pk)
        if record is None or (one.version != record.version and one not in earlier):
            text = _(
                "The portal has no such row any more that you see: it was deleted, or lies outside "
                "your assignment. Clear its %(column)s if it is to be a new row."
            )
            self.error(row, "row_id_unknown", text % {"column": IDS.label})
            return False
        if (year := self.kind.year_of(record)).pk != self.builder.year.pk:
            text = _(
                "This row is one of fiscal year %(there)s, the workbook is loaded for %(year)s."
            )
            names = {"there": year.code, "year": self.builder.year.code}
            self.error(row, "row_id_other_year", text % names)
            return False
        return True

    def _choose_original(self, copies: list[KnownRow]) -> None:
        """One row for a record. Copies of a row that is there as it was are new rows."""
        same = [known for known in copies if not known.changed]
        if len(copies) == 1 or len(same) == 1:
            original = (same or copies)[0]
            self.rows[place_of(original.row)] = original
            for copy in copies:
                if copy is not original:
                    text = _("This row is a copy of row %(row)d: it comes in as a new one.")
                    message = text % {"row": original.row.row}
                    self.builder.warn(copy.row, self.kind.row_name[0], "copied", message)
            return
        text = _(
            "Rows %(rows)s are copies of one row with the same %(column)s: which is the one that "
            "the portal has? Clear it in the hidden column of the new ones, or delete them."
        )
        facts = {"rows": list_of(known.row.row for known in copies), "column": IDS.label}
        self.builder.wrong.add(place_of(copies[0].row))
        for known in copies[1:]:
            self.error(known.row, "row_id_twice", text % facts)

    def _refuse_shifted(self) -> None:
        """Rows that say what others of them said: somebody sorted them without their ids."""
        moved = [known for known in self.rows.values() if known.changed]
        whose = {_content(known.then): known for known in moved}
        shifted = []
        for known in moved:
            says = _content({name: known.row.values.get(name) for name in known.then})
            other = whose.get(says)
            if other is not None and other is not known and len(known.changed) > 1:
                shifted.append(known.row)
        if len(shifted) > 1:
            text = _(
                "Rows %(rows)s say what other rows of the template said: they were sorted or moved "
                "without the hidden column “%(column)s”. Sort whole rows, or take a new template."
            )
            facts = {"rows": list_of(row.row for row in shifted), "column": IDS.label}
            self.error(shifted[0], "rows_shifted", text % facts)

    # --- what is changed -------------------------------------------------------------------

    def settle(self, known: KnownRow, item: object, now: object) -> bool:
        """Find out what a row changes in a record as it is `now` (None: it is gone), `item` being
        what the row means. False, and an error, where it may not change it."""
        said = self.kind.filled(item)
        mine = {name for name in known.changed if not _same(said[name], known.then[name])}
        if not mine:
            return True
        if item_program(item).pk != known.record.program_id:
            text = _(
                "This row is one of %(there)s, its activity is of %(here)s: delete it, and write "
                "a new row."
            )
            names = {"there": known.record.program.code, "here": item_program(item).code}
            self.error(known.row, "row_id_other_program", text % names)
            return False
        if now is None:
            text = _("This line was taken out in the portal since the template was made.")
            self.error(known.row, "changed_meanwhile", text)
            return False
        there = self.kind.filled(now)
        wanted = {name: said[name] if name in mine else then for name, then in known.then.items()}
        moved = [
            name
            for name, then in known.then.items()
            if not _same(there[name], then) and not _same(there[name], wanted[name])
        ]
        known.changes = {
            name: (there[name], said[name])
            for name in known.then
            if name in mine and not _same(there[name], said[name])
        }
        if moved and known.changes:
            self._conflict(known, moved, there, wanted)
            return False
        return True

    def compare(self, row: Row, before: Values, after: Values) -> None:
        """Note what a row changes that has no id but means a record that is there."""
        known = KnownRow(row, None, before, [])
        known.changes = {
            name: (before[name], after[name])
            for name in before
            if not _same(before[name], after[name])
        }
        self.rows[place_of(row)] = known

    def _conflict(self, known: KnownRow, moved: list[str], there: Values, wanted: Values) -> None:
        names = dict.fromkeys([*moved, *known.changes])
        each = _("%(column)s: here %(here)s, in the portal %(there)s")
        said = "; ".join(
            each
            % {
                "column": self._label(known.row, name),
                "here": value_text(wanted[name]),
                "there": value_text(there[name]),
            }
            for name in names
        )
        text = _(
            "This row was changed in the portal since the template was made (%(said)s). Write what "
            "the portal has, or take a new template."
        )
        first = next(iter(known.changes))
        self.builder.error(known.row, first, "changed_meanwhile", text % {"said": said})

    def _label(self, row: Row, name: str) -> str:
        fields = {field.name: field for field in self.kind.columns}
        return row.columns.get(name) or str(fields[name].label)

    # --- what is told ----------------------------------------------------------------------

    def missing(self) -> list[Any]:
        """The records that stood in the template and have no row any more."""
        if self.origin is None:
            return []
        maker = User.objects.filter(pk=self.origin.user).first()
        records = [
            record
            for record in self.kind.template_records(self.builder.year, self.builder.actor)
            if record.pk not in self.present
        ]
        stood = self.kind.stood(records, maker, self.origin.moment) if records and maker else set()
        return [record for record in records if record.pk in stood]

    def as_reading(self, new: Iterable[Row], missing: list[Values]) -> dict[str, object]:
        """The rows that are new, changed (column: before → after), unchanged, missing, for the
        outcome's reading; rows are counted from 1."""
        changed = [known for known in self.rows.values() if known.changes]
        same = [known.row for known in self.rows.values() if not known.changes]
        fresh = list(new)
        counts = {
            NEW: len(fresh),
            CHANGED: len(changed),
            SAME: len(same),
            MISSING: len(missing),
        }
        rows = [
            {
                "change": CHANGED,
                **self._place(known.row),
                "name": self.name_of(known.then),
                "fields": [
                    {"field": name, "before": plain(before), "after": plain(after)}
                    for name, (before, after) in known.changes.items()
                ],
            }
            for known in changed
        ]
        rows += [
            {"change": NEW, **self._place(row), "name": self.name_of(row.values), "fields": []}
            for row in fresh
        ]
        rows += [
            {"change": MISSING, "sheet": "", "row": None, "name": self.name_of(each), "fields": []}
            for each in missing
        ]
        unchanged = [self._place(row) for row in same[:MOST]]
        return {"counts": counts, "rows": rows[:MOST], "unchanged": unchanged}

    def _place(self, row: Row) -> dict[str, object]:
        return {"sheet": row.sheet, "row": row.row}

    def name_of(self, values: Values) -> str:
        """By what a person knows a row: its voucher, activity and commune, say."""
        return " · ".join(str(values[name]) for name in self.kind.row_name if values.get(name))

    def say_lost(self) -> None:
        """That a program has dropped the ids: what was changed would come in beside what it was."""
        if self.kind.needs_ids and self.builder.outcome.items:
            text = _(
                "The hidden column “%(column)s” of this template is gone: rows that were changed "
                "in it come in as new ones. Take a new template, or leave only new rows in it."
            )
            said = text % {"column": IDS.label}
            self.builder.outcome.warnings.append(of_file("ids_lost", said))

    def say_missing(self, missing: list[Values]) -> None:
        """That rows of the template are not in the workbook: nothing is deleted for that."""
        if missing:
            names = ", ".join(map(self.name_of, missing[:NAMED]))
            text = _(
                "%(count)s rows of the template are not in the workbook and stay as they are: "
                "%(names)s. Delete them in the portal if they are to go."
            )
            names += " …" if len(missing) > NAMED else ""
            said = text % {"count": len(missing), "names": names}
            self.builder.outcome.warnings.append(of_file("rows_missing", said))


def item_program(item: Any) -> Program:
    """The programme of a record, or of a plan line."""
    program: Program = getattr(item, "program", None) or item.activity.program
    return program


def value_text(value: object) -> str:
    """A cell's value in a sentence."""
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, int):
        return display.number(value)
    return f"“{squash(value)}”" if squash(value) else display.NOTHING


def plain(value: object) -> object:
    """A cell's value as JSON."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else squash(value)


def _differing(row: Row, then: Values) -> list[str]:
    """The columns whose cells say something else than the template had there."""
    return [n for n in then if n in row.columns and not _same(row.values.get(n), then[n])]


def _same(one: object, other: object) -> bool:
    return _normal(one) == _normal(other)


def _normal(value: object) -> object:
    """A text as it comes back: on one line, harmless; nothing is nothing."""
    if isinstance(value, str):
        return squash(harmless(value)) or None
    return value


def _content(values: Values) -> tuple[object, ...]:
    return tuple(_normal(value) for value in values.values())
