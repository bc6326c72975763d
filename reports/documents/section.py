"""What a section of a document is: what it is called, what it gathers, what it writes.

A document is a list of sections (`Outline`). Each has a file in `sections/`. It asks the database
only where it gathers: what is gathered is frozen as plain JSON, and what is written is written from
that alone, so that an issued document prints its figures again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise

from accounts.models import User
from disbursements.against_plan import Figures as Money
from disbursements.against_plan import against_plan
from monitoring.models import Meeting
from programs.models import Activity, Fund
from programs.summary_query import Answer, SummaryQuery
from reports.documents.blocks import Document, Writer
from reports.documents.letterhead import Letterhead
from reports.documents.suppression import People
from reports.summary import records_by_key
from trainings.counts import Counts, count_trainings

Figures = dict[str, Any]
Row = dict[str, Any]
Texts = dict[str, str]
Label = str | Promise


@dataclass
class Sources:
    """What a report gathers from: what is asked and who asks; money and classes are read once."""

    query: SummaryQuery
    user: User

    @cached_property
    def money(self) -> Answer[Money]:
        return against_plan(self.query.cut("program", "commune", "quarter"), self.user)

    @cached_property
    def classes(self) -> Answer[Counts]:
        return count_trainings(self.query.cut("topic", "commune"), self.user)


@dataclass
class FundSources(Sources):
    """What a statement gathers from: the fund's money; the classes of the activities it pays."""

    @property
    def fund(self) -> Fund:
        return self.query.funds[0]

    @cached_property
    def by_activity(self) -> Answer[Money]:
        return against_plan(self.query.cut("program", "activity"), self.user)

    @cached_property
    def activities(self) -> dict[int, Activity]:
        """The activities with a plan or money of the fund in the quarter."""
        return records_by_key("activity", self.by_activity.rows)

    @cached_property
    def classes(self) -> Answer[Counts]:
        activities = tuple(self.activities.values())
        query = self.query.narrowed(funds=(), activities=activities, by=("topic", "commune"))
        return count_trainings(query, self.user) if activities else Answer(query, Counts(), [])


@dataclass
class MeetingSources:
    """What the documents of a meeting gather from."""

    meeting: Meeting
    user: User


@dataclass(frozen=True)
class Table:
    """Figures or records that are frozen: `{"query", "rows"}`, with the address that gives them
    again. `called` and `fields` name them where a page says what has changed since."""

    called: Label
    find: Callable[[Any], Figures | None]
    fields: Mapping[str, Label] = field(default_factory=dict)


@dataclass
class Report:
    """What sections write from."""

    figures: Figures
    texts: Texts
    letterhead: Letterhead
    outside: bool = False

    @property
    def of_quarter(self) -> bool:
        return self.figures.get("quarter") is not None

    @cached_property
    def people(self) -> People:
        return People(self.figures["tables"], outside=self.outside)

    def table(self, name: str) -> Figures:
        """A table of figures; empty where a document issued earlier has none."""
        return self.figures["tables"].get(name) or {}

    def rows(self, name: str) -> list[Row]:
        rows: list[Row] = self.table(name).get("rows", [])
        return rows

    def text(self, name: str) -> str:
        """What people have written for it."""
        return self.texts.get(name, "")


@dataclass(frozen=True)
class Section:
    """A section. `texts` are the blocks that people write for it, `suggest` what they may begin
    with, said from the figures; `more` is what else is frozen, beside the tables; `inside`: it
    never goes outside."""

    write: Callable[[Writer, Report], None]
    tables: Mapping[str, Table] = field(default_factory=dict)
    texts: Callable[[], Mapping[str, str]] = dict
    suggest: Callable[[Report], Mapping[str, str]] = lambda _report: {}
    more: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    inside: bool = False


@dataclass(frozen=True)
class Outline:
    """A kind of document: the document without its body, and its sections in their order."""

    frame: Callable[[Report], Document]
    body: tuple[Section, ...]
    appendix: tuple[Section, ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        return (*self.body, *self.appendix)

    @property
    def tables(self) -> dict[str, Table]:
        return _tables(self.sections)

    def texts(self) -> dict[str, str]:
        """Name and label of each text block, in the order of the document."""
        return {name: label for one in self.sections for name, label in one.texts().items()}

    def suggest(self, report: Report) -> dict[str, str]:
        """By text block, what the figures can say, for people to begin with."""
        return {n: text for one in self.body for n, text in one.suggest(report).items() if text}

    def build(self, report: Report) -> Document:
        """The document, from frozen figures and what was written."""
        document = self.frame(report)
        to = Writer()
        _write(to, self.body, report)
        to.end()
        document.blocks = to.blocks
        after = Writer()
        after.tables = to.tables
        _write(after, self.appendix, report)
        document.appendix = after.blocks
        return document


def gather(sections: Sequence[Section], sources: object) -> Figures:
    """Everything that sections print, in plain JSON; what is nothing is left out beside tables."""
    more = {name: find(sources) for one in sections for name, find in one.more.items()}
    found = {name: table.find(sources) for name, table in _tables(sections).items()}
    return {**{name: value for name, value in more.items() if value is not None}, "tables": found}


def _tables(sections: Sequence[Section]) -> dict[str, Table]:
    return {name: table for one in sections for name, table in one.tables.items()}


def _write(to: Writer, sections: Sequence[Section], report: Report) -> None:
    for section in sections:
        if not (section.inside and report.outside):
            section.write(to, report)
