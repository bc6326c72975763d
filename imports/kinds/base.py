"""What every kind of workbook has: a name, a permission, and how its rows become records.

A kind is one file: its `WorkbookKind` (what it is called, what is saved, taken back and summed up)
and its `Builder` (what a row means).
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from copy import copy
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Max, Model, Q
from django.db.models.base import ModelState
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.roles import LOAD_HISTORY
from communes.models import Commune, Level
from core.models import VersionedModel
from core.services.errors import StaleVersion
from core.services.progress import CHECKED, counted
from core.values import display
from core.values.text import fold_key
from disbursements.models import UNSPECIFIED_FUND, PlanLine
from disbursements.models.ledger import Disbursement
from disbursements.plans.lines import Line
from imports.kinds.known import KnownRow, KnownRows
from imports.outcome import Outcome
from imports.resolve import Directory, Unknown, code_from
from imports.row_ids import RowId
from imports.workbook import Reading, Row
from imports.workbook.corrections import said_of
from imports.workbook.layout import Layout, Values
from imports.workbook.model import NOTHING
from programs.models import FiscalYear, Fund, Program
from trainings.models import Training

if TYPE_CHECKING:
    from imports.models import Upload

Content = tuple[object, ...]  # by which a row is told from others
Cell = tuple[Program, Commune, str | int, int]
Sums = dict[str, Any]  # what rows come to: total, unit, and whatever the kind shows
AS_LOADED = 1  # the version of a record that nobody has changed since

Item = TypeVar("Item")  # what a row means: a record, or a line of a plan
Known = TypeVar(
    "Known", bound=Disbursement | Training | PlanLine
)  # the record of the portal that a template's row is
Saved = TypeVar("Saved", bound=Model)  # what a commit saves
Found = TypeVar("Found")
Before = TypeVar("Before", bound=VersionedModel)


@cache
def _not_entered(model: type[Model]) -> frozenset[str]:
    fields = model._meta.get_fields()
    return frozenset(f.name for f in fields if f.is_relation or not getattr(f, "editable", False))


class Builder(ABC, Generic[Item]):
    """Makes records of a workbook's rows, one after another, and collects what is wrong."""

    def __init__(
        self, outcome: Outcome, directory: Directory, actor: User, *, post: bool, as_of: date
    ) -> None:
        self.outcome, self.directory, self.actor = outcome, directory, actor
        self.year, self.post, self.as_of = directory.year, post, as_of
        self.wrong = {(e.sheet, e.row) for e in outcome.errors if e.row is not None}
        self.in_file: Counter[int] = Counter()  # by hash, of very many the smaller
        self.found: list[tuple[Row, Item]] = []
        self.unknown: dict[tuple[str, str, str], list[int]] = {}  # sheet, field, words → rows
        self.states: dict[Content, ModelState] = {}  # of records, by what they point at
        self.kept: dict[Content, Values] = {}  # of rows that were let go
        self.set_up()

    def set_up(self) -> None:
        """Lay out what is kept from row to row."""

    def build(self, reading: Reading) -> list[Item]:
        """The records of all rows; those not in the portal yet are the outcome's items.

        Rows that could not be read wholly are gone through as well, so that nobody mends one cell,
        sends the workbook again and is told the next.
        """
        self.reading, self.corrections = reading, reading.given
        self.layouts = {sheet.name: sheet.layout for sheet in reading.sheets}
        self.known = KnownRows(self, reading)
        rows = counted(CHECKED, reading.rows)
        found = [(row, item) for row in rows if (item := self.meaning(row)) is not None]
        self.found = found
        for row in reading.wrong:
            self.item(row)
        self.sort_out(found)
        if self.known.is_template and not self.outcome.errors:
            self.outcome.reading["row_changes"] = self.row_changes(found)
        elif reading.is_template and not self.known.is_template:
            self.known.say_lost()
        return [item for _row, item in found]

    def meaning(self, row: Row) -> Item | None:
        """The record that a row means: of a template's row that of the portal, with what the row
        changes in it."""
        known = self.known.get(row)
        if known is None or self.is_wrong(row):
            return self.item(row)
        if not known.changed:
            return self.unchanged(known)
        item = self.item(row)
        return None if item is None else self.change(known, item)

    def unchanged(self, known: KnownRow) -> Item:
        """What a template's row means that says what it said when it went out."""
        record: Item = known.record
        return record

    def change(self, known: KnownRow, item: Item) -> Item | None:
        """A record of the portal with what its row changes, not saved; None after an error."""
        if not self.known.settle(known, item, known.record):
            return None
        if not known.changes:
            return self.unchanged(known)
        if said := self._why_not(known.record):
            self.error(known.row, next(iter(known.changes)), "not_changeable", said)
            return None
        record = copy(self.unchanged(known))
        for name in known.changes:
            setattr(record, name, getattr(item, name))
        self.follow(record, item)
        self.check_rules(known.row, record)
        return None if self.is_wrong(known.row) else record

    def _why_not(self, record: Model) -> str:
        """Why a workbook does not change a record that is in the portal, else ""."""
        kind = self.known.kind
        if self.post and kind.is_posted_as_history:
            return _("What is in the portal already is not changed by loading history.")
        if not self.actor.can(kind.permission):
            return _("You may load such rows, but not change those that are there.")
        return str(kind.refusal(record))

    def follow(self, record: Item, item: Item) -> None:
        """Set what follows from a record's changed fields."""

    def check_rules(self, row: Row, item: Item) -> None:
        """Hold a record against the rules with context; what is wrong is an error of the row."""

    def without_known(self, found: list[tuple[Row, Item]]) -> list[tuple[Row, Item]]:
        """The rows that are new. Of a template's other rows those that change something are the
        outcome's, the rest counts as there."""
        fresh = []
        for pair in found:  # the pair itself: a long workbook has no room for another
            row, item = pair
            known = self.known.get(row)
            if known is None:
                fresh.append(pair)
            elif known.changes:
                self.outcome.changed.append((known.record, item))
            else:
                self.outcome.duplicates += 1
        return fresh

    def row_changes(self, found: list[tuple[Row, Item]]) -> dict[str, object]:
        """What comes of a template's rows; that some are missing is said."""
        new = {id(item) for item in self.outcome.items}
        missing = [self.known.kind.filled(record) for record in self.known.missing()]
        self.known.say_missing(missing)
        return self.known.as_reading([row for row, item in found if id(item) in new], missing)

    @abstractmethod
    def item(self, row: Row) -> Item | None:
        """The record that a row means; None when something is wrong with the row."""

    @abstractmethod
    def sort_out(self, found: list[tuple[Row, Item]]) -> None:
        """Count what is in the portal already; the rest are the outcome's items."""

    def error(self, row: Row, name: str, code: str, message: str) -> None:
        self.outcome.errors.append(row.issue(name, code, message))
        self.wrong.add((row.sheet, row.row))

    def warn(self, row: Row, name: str, code: str, message: str) -> None:
        self.outcome.warnings.append(row.issue(name, code, message))

    def note_content(self, content: Content) -> int:
        """How many rows with this content there are by now."""
        self.in_file[key := hash(content)] += 1
        return self.in_file[key]

    def warn_of_twin(self, row: Row, name: str, content: Content) -> None:
        """Say once that a row with this content stands in the workbook twice."""
        if self.note_content(content) == 2:
            text = _("The same row stands in this workbook twice; both count.")
            self.warn(row, name, "twice_in_file", text)

    def let_go(self, row: Row, *names: str) -> None:
        """Forget what a row says, but for these fields, when its record has it: of a long workbook
        that is a third of the memory. A template's rows are held against their records later.

        Rows that say the same share what is left: it is only read from then on."""
        if self.known.is_template:
            return
        left = {name: row.values[name] for name in names if name in row.values}
        row.values = self.kept.setdefault(tuple(left.items()), left)
        row.raw = NOTHING

    def dense(self, record: Disbursement) -> Disbursement:
        """The same new record in half the memory.

        The dict of its fields grew, and has room for twice as many. What Django keeps beside them
        is one for all records that point at the same objects: until they are saved, nobody
        may make one of them alone point at another (a changed record of the portal is a `copy`,
        which has its own)."""
        points_at = tuple((name, id(one)) for name, one in record._state.fields_cache.items())
        record._state = self.states.setdefault(points_at, record._state)
        record.__dict__ = {name: value for name, value in vars(record).items()}  # noqa: C416
        return record

    def is_wrong(self, row: Row) -> bool:
        return (row.sheet, row.row) in self.wrong

    def look_up(self, row: Row, name: str, find: Callable[[str], Found]) -> Found | None:
        """What the field's word stands for; None (and an error) when it is not known."""
        text = self.meant(row, name)
        if not text:
            return None
        try:
            return find(text)
        except Unknown as unknown:
            self.unknown.setdefault((row.sheet, name, text_of(row, name)), []).append(row.row)
            self.error(row, name, unknown.code, unknown.message)
            return None

    def meant(self, row: Row, name: str) -> str:
        """A field's words, or what somebody said they mean in workbooks of this layout."""
        text = text_of(row, name)
        if not text or not self.corrections:
            return text
        said = said_of(self.corrections, self.layouts.get(row.sheet, ""), name, text)
        if said and said not in self.reading.corrections:
            self.reading.corrections.append(said)
        return said.value if said else text

    def fund(self, row: Row) -> Fund:
        """The funding source; one not seen before is made at commit and named in the warnings."""
        text = text_of(row, "fund")
        if not text:
            found = self.directory.fund(UNSPECIFIED_FUND)
            return found or self._new_fund(Fund(code=UNSPECIFIED_FUND, name="Chưa ghi nguồn"))
        found = self.directory.fund(text)
        if found is None:
            codes = [f.code for f in self.directory.funds.values()]
            found = self._new_fund(Fund(code=code_from(text, codes), name=text[:120]))
            found.set_keys()
            message = _("New funding source: %(name)s. It is added.") % {"name": text}
            self.warn(row, "fund", "new_fund", message)
        return found

    def _new_fund(self, fund: Fund) -> Fund:
        self.directory.funds[fold_key(fund.name)] = fund
        self.directory.fund_codes[fold_key(fund.code)] = fund
        self.outcome.new_funds.append(fund)
        return fund

    def hold(self, item: Training | Disbursement) -> None:
        """The model's own rules for one row (`ValidationError`); its relations were looked up, and
        what nobody enters is not the workbook's."""
        item.clean_fields(exclude=_not_entered(type(item)))
        item.clean()

    def refuse(self, row: Row, refusal: ValidationError, code: str = "invalid") -> None:
        """A service's or model's refusal, at the columns of its fields."""
        for name, messages in refusal.message_dict.items():
            for message in messages:
                self.error(row, name, code, message)


class WorkbookKind(Layout, ABC, Generic[Item, Known, Saved]):
    """A kind of workbook: how it is written, who may load it, what comes of its rows."""

    label: object  # in forms and lists
    permission: str  # who may load it; so may who loads history
    builder: type[Builder[Item]]
    model: type[Any]  # what a commit saves
    list_page: str  # the address by name of their list
    period = "month"  # what its sums are cut by, or quarter
    unit = "VND"  # of its sums: đồng, or people
    state = ""  # its field with the state of a record, where it has one
    reversible: Q | None = None  # which of its posted records can be reversed, where any can
    is_posted_as_history = True  # what is loaded as history is final: no undo
    template: dict[str, int]  # the fields of a template to fill in, and how wide each is
    template_unit: object = _lazy("Unit: đồng")
    row_name: tuple[str, ...]  # the fields by which a person knows a row
    needs_ids = True  # to tell a template's changed rows from new ones
    related: tuple[str, ...] = ()  # what is read with a record
    template_hint: object  # what is to be done with the rows that stand in it

    @property
    def permissions(self) -> tuple[str, str]:
        """Any of these lets somebody load such a workbook."""
        return self.permission, LOAD_HISTORY

    def cells(self, item: Item) -> Iterable[Cell]:
        """What a row adds to the sums shown before the commit: (programme, commune, period,
        amount)."""
        return ()

    def as_saved(self, item: Item) -> dict[str, object]:
        """A row as it would be saved: field → value, for a person to look at."""
        return {}

    def template_records(self, year: FiscalYear, user: User) -> Iterable[Known]:
        """What stands in a template already, within the user's scope."""
        return ()

    def filled(self, record: Known) -> Values:
        """The cells of a record's row in a template, by field."""
        return {}

    def records(self, user: User, keys: Collection[int]) -> dict[int, Known]:
        """The records of template's rows by primary key, as far as the user sees them."""
        found = self.model.objects.visible_to(user).select_related(*self.related)
        return dict(found.in_bulk(keys)) if keys else {}

    def earlier(self, records: dict[int, Known], ids: Iterable[RowId]) -> dict[RowId, Known]:
        """What records that were changed since said in the versions of these row ids."""
        moved = {one for one in ids if one.pk in records and records[one.pk].version != one.version}
        if not moved:
            return {}
        history = self.model.history.filter(id__in={one.pk for one in moved})
        found = history.exclude(history_type="-").order_by("history_id")
        versions = ((RowId(self.name, then.id, then.version), then) for then in found)
        return {one: then for one, then in versions if one in moved}

    def last_change(self, records: Collection[Known]) -> datetime | None:
        """When the latest of some records was changed; None for none."""
        keys = [record.pk for record in records]
        last = self.model.history.filter(id__in=keys).aggregate(last=Max("history_date"))
        return last["last"] if keys else None

    def stood(self, records: Collection[Known], maker: User, moment: datetime) -> set[int]:
        """Which of some records stood in a template that a person took at that moment."""
        keys = {record.pk for record in records}
        seen = self.model.objects.visible_to(maker).filter(pk__in=keys)
        history = self.model.history.filter(id__in=keys, history_date__lte=moment)
        last = {then.id: then for then in history.order_by("history_date", "history_id")}
        mine = set(seen.values_list("pk", flat=True))
        return {pk for pk, then in last.items() if pk in mine and self.was_in_template(then)}

    def was_in_template(self, then: Known) -> bool:
        """Whether a record, as it was, stood in templates."""
        return True

    def year_of(self, record: Any) -> FiscalYear:
        """The fiscal year that a record is of."""
        year: FiscalYear = record.fiscal_year
        return year

    def refusal(self, record: Known) -> str:
        """Why a record is not changed by a workbook, and what is done instead; else ""."""
        return ""

    @abstractmethod
    def sums(self, items: list[Item]) -> Sums:
        """What the rows come to, as it is kept with the upload."""

    @abstractmethod
    def figure(self, sums: Sums) -> dict[str, str]:
        """The sums as the page shows them: label, value, note."""

    @abstractmethod
    def commit(self, outcome: Outcome, *, actor: User, post: bool, reason: str) -> Sequence[Model]:
        """Save the outcome's items; what was made."""

    @abstractmethod
    def take_back(
        self, record: Saved, *, actor: User, reason: str, overwrote: object = None
    ) -> None:
        """Delete what a commit made, or put back what it `overwrote`. Raises `Conflict` when it is
        not as it was loaded."""

    def take_back_all(
        self, records: Sequence[Saved], *, actor: User, reason: str, overwrote: object = None
    ) -> None:
        """Take back some of what a commit made, as `take_back` does."""
        for record in records:
            self.take_back(record, actor=actor, reason=reason, overwrote=overwrote)

    def submit_all(self, records: Sequence[Saved], *, actor: User) -> None:
        """Hand drafts in; of a kind with a state."""
        raise NotImplementedError

    def reverse_all(self, records: Sequence[Saved], *, actor: User, reason: str) -> None:
        """Reverse posted records; of a kind that can."""
        raise NotImplementedError

    def drafts_href(self, upload: "Upload") -> str:
        """Where the drafts of a workbook stand, "" where there are none."""
        return ""


class MoneyKind(WorkbookKind[Item, Known, Saved]):
    """A kind whose rows come to đồng, by programme."""

    @abstractmethod
    def amount(self, item: Item) -> tuple[Program, int]:
        """A row's programme and its đồng."""

    def sums(self, items: list[Item]) -> Sums:
        by_program: Counter[str] = Counter()
        for program, amount in map(self.amount, items):
            by_program[program.code] += amount
        return {"total": by_program.total(), "by_program": dict(by_program), "unit": "VND"}

    def figure(self, sums: Sums) -> dict[str, str]:
        amount = _("%(amount)s đồng") % {"amount": display.number(sums["total"])}
        return {"label": _("Sum"), "value": display.short(sums["total"]), "note": amount}


def text_of(row: Row, name: str, limit: int | None = None) -> str:
    """A field's words, or '' where there are none; cut to `limit` characters."""
    return str(row.values.get(name) or "")[:limit]


def places(record: Disbursement | Line) -> Values:
    """Activity, commune and fund of a record, as a template has them."""
    fund = record.fund.name if record.fund.code != UNSPECIFIED_FUND else None
    commune = word_of(record.commune)
    return {"activity": record.activity.code, "commune": commune, "fund": fund}


def word_of(unit: Commune) -> str:
    """A commune's name; of a district or town the whole one, which no commune shares."""
    return unit.name if unit.level == Level.COMMUNE else unit.full_name


def overwritten(
    changed: Iterable[tuple[VersionedModel, VersionedModel]], names: Iterable[str]
) -> dict[str, object] | None:
    """What records were before a workbook changed them, for its undo: by primary key, the fields
    that it changed and the version that it made. None where it changed none."""
    found = {
        str(before.pk): {
            "version": before.version + 1,
            "fields": {
                name: _plain(value)
                for name in names
                if (value := _value(before, name)) != _value(after, name)
            },
        }
        for before, after in changed
    }
    return {"rows": found} if found else None


def as_before(record: Before, overwrote: object) -> Before | None:
    """The record as it was before a workbook changed it, not saved; None for one that it made.
    Raises `StaleVersion` where somebody changed it since."""
    rows = overwrote.get("rows") if isinstance(overwrote, dict) else None
    was = (rows or {}).get(str(record.pk))
    if was is None:
        return None
    if record.version != was["version"]:
        raise StaleVersion
    for name, value in was["fields"].items():
        field = record._meta.get_field(name)
        setattr(record, field.attname, field.to_python(value))
    return record


def _value(record: Model, name: str) -> object:
    return getattr(record, record._meta.get_field(name).attname)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def with_saved(rows: list[Found], relation: str) -> list[Found]:
    """The rows, their related records having been saved since: each takes over its primary key."""
    for row in rows:
        setattr(row, relation, getattr(row, relation))
    return rows
