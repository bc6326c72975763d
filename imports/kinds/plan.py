"""A year's plan as a workbook: lines with an amount for each quarter."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN
from core.services.errors import Conflict, StaleVersion
from core.values.money import format_vnd
from core.values.text import fold
from disbursements.drafts import services as drafts
from disbursements.models import PlanLine, PlanVersion
from disbursements.plans import assembly, put_back
from disbursements.plans import services as plans
from disbursements.plans.lines import Key, changes_between, line_names, line_of, lines_of
from disbursements.plans.many import funds_as_there, second_funds
from disbursements.plans.services import Line
from imports.kinds.base import AS_LOADED, Builder, Cell, Content, MoneyKind, places, text_of
from imports.kinds.known import KnownRow
from imports.kinds.plan_changes import changes
from imports.kinds.plan_template import Merged, known_line, merged, say_kept
from imports.outcome import LINES_VANISH, WHOLE_OR_CHANGES, Outcome, of_file
from imports.resolve import Unknown
from imports.row_ids import RowId
from imports.workbook import Reading, Row
from imports.workbook.checks import Finding, settle_plan
from imports.workbook.codes import doubts, prefix_of
from imports.workbook.fields import COMMON, COMMUNE, column
from imports.workbook.layout import Values
from programs.models import CODE, Activity, FiscalYear, Program
from programs.years import go_live

if TYPE_CHECKING:
    from imports.models import Upload

CHANGES_BY_TITLE = re.compile(r"\b(phu luc|dieu chinh|bo sung)\b")  # of a folded title
CLEARLY_FEWER = 3  # so many times fewer lines than the plan has: only what changes
QUARTERS = {1: "q1", 2: "q2", 3: "q3", 4: "q4"}

COLUMNS = [
    COMMON["activity"],
    column(
        "title",
        _("Activity"),
        "tên hoạt động|hoạt động|nội dung hoạt động|tên hđ|hoạt động chính|hoạt động cụ thể|"
        "tên công việc|hoạt động tên|activity|activity name|activity title|activities|"
        "danh mục hoạt động|nội dung các hoạt động|các hoạt động",
        "nội dung|nội dung công việc|tên|khoản mục|title|name|description|diễn giải",
    ),
    column("commune", _("Commune"), COMMUNE, "mã xã|commune code|địa điểm|nơi thực hiện"),
    COMMON["program"],
    column(
        "unit",
        _("Implementing unit"),
        "đơn vị thực hiện|đơn vị triển khai|cơ quan thực hiện|đơn vị phụ trách|đơn vị chủ trì|"
        "đối tác thực hiện|đvth|implementing unit|implementing partner|implementer|partner",
        "đơn vị|unit",
    ),
    COMMON["fund"],
    COMMON["note"],
    column("q1", _("Quarter I"), ""),
    column("q2", _("Quarter II"), ""),
    column("q3", _("Quarter III"), ""),
    column("q4", _("Quarter IV"), ""),
    column(
        "year",
        _("Full year"),
        "cả năm|tổng cả năm|tổng năm|tổng cộng cả năm|cộng cả năm|full year|year total|annual|"
        "annual total|whole year|total for the year|cả năm tài chính|năm",
        "tổng|tổng số|tổng cộng|cộng|total|kế hoạch|dự toán|kinh phí|ngân sách|budget|"
        "tổng kinh phí|tổng ngân sách|tổng dự toán|tổng kế hoạch|year|plan|tổng tiền|thành tiền|"
        "số tiền|điều chỉnh|kế hoạch điều chỉnh|kh điều chỉnh|kế hoạch sau điều chỉnh|"
        "kh sau điều chỉnh|dự toán điều chỉnh|dự toán sau điều chỉnh|ngân sách điều chỉnh|"
        "ngân sách sau điều chỉnh|kinh phí điều chỉnh|kinh phí sau điều chỉnh|revised plan|"
        "revised budget|kế hoạch năm",
    ),
]


class PlanBuilder(Builder[Line]):
    """Plan lines, and the activities that they name first."""

    def set_up(self) -> None:
        self.first_rows: dict[tuple[str, int, str], Row] = {}

    def item(self, row: Row) -> Line | None:
        first_day = self.year.start
        commune = self.look_up(row, "commune", lambda text: self.directory.commune(text, first_day))
        activity = self._activity(row)
        fund = self.fund(row)
        if commune is None or activity is None or self.is_wrong(row):
            return None
        line = Line(
            activity=activity,
            commune=commune,
            fund=fund,
            amounts=self._amounts(row),
            title=text_of(row, "title", 500),
            unit=text_of(row, "unit", 200),
            note=text_of(row, "note", 500),
            where=row,
        )
        self._check_once(row, line)
        try:
            plans.check_line(line, self.year, self.actor)
        except ValidationError as refusal:
            self.refuse(row, refusal, "out_of_scope_or_range")
        return None if self.is_wrong(row) else line

    def build(self, reading: Reading) -> list[Line]:
        self.titles = fold(" · ".join([*reading.titles, self.outcome.file]))
        return super().build(reading)

    def sort_out(self, found: list[tuple[Row, Line]]) -> None:
        """Every line is saved with the version; those that stand there just so are counted. Of a
        template only what was changed in it."""
        self.moved: set[Key] = set()
        self.outcome.items = lines = [line for _row, line in found]
        if self.outcome.errors:
            return
        try:
            draft, current = plans.ground(self.year, lines, post=self.post)
        except Conflict as refusal:
            self.outcome.errors.append(of_file(refusal.code, str(refusal.message)))
            return
        if said := "" if self.post else plans.closed_year(self.year):
            self.outcome.warnings.append(of_file("year_closed", said))
        before = plans.lines_of(current) if current else []
        replaced = plans.would_replace(self.actor, before, lines)
        self.there = {line.key: line for line in before}
        if self.known.is_template:
            self.outcome.seen = (current.pk, current.version) if current else None
            lines = self._merge_template(found, before, replaced)
            if self.outcome.errors:
                return
        else:
            funds_as_there(lines, before)
        _words_as_there([line for _row, line in found], before)
        there = {_content(line) for line in before}
        self.outcome.duplicates = sum(_content(line) in there for _row, line in found)
        self._whole_or_changes(replaced, lines)
        changes = self.post and self.outcome.duplicates < len(lines)
        if changes and (said := go_live.ended_before(self.year.start)):
            self.outcome.errors.append(of_file("history_ended", said))
        self._say_second_funds(before, lines)
        if draft:
            self._say_overwritten(draft, replaced, lines)
        elif self.post:
            self._say_open_drafts(lines)

    def _merge_template(
        self, found: list[tuple[Row, Line]], before: list[Line], there: list[Line]
    ) -> list[Line]:
        """The lines that a template comes to, with those that stay beside its rows: of `there`,
        what it stands for, it is the whole plan."""
        self.template = result = merged(self, found, before, there)
        found[:] = result.pairs
        self.moved = result.moved
        lines = [line for _row, line in found]
        if self._what_it_is(there, lines, result) == "changes":
            keys = {line.key for line in lines} | result.moved
            result.kept = [line for line in there if line.key not in keys]
            self.outcome.reading["scope"] = "whole"  # with all that stays
        say_kept(self, result, {line.key for line in there})
        self.outcome.items = [*lines, *result.kept]
        return self.outcome.items

    def _what_it_is(self, there: list[Line], lines: list[Line], result: Merged) -> str | None:
        """Whole or changes, as somebody said. A template is whole; of rows that somebody copied
        out of one it is found out, or asked."""
        stated = {line.key for line in [*lines, *result.kept]} | result.moved
        gone = [line for line in there if line.key not in stated]
        said = "whole" if self.known.origin else _scope_of(self.titles, there, lines, gone)
        scope: str | None = self.outcome.reading.get("scope") or said
        self.outcome.reading["scope"] = scope
        return scope

    def _whole_or_changes(self, there: list[Line], lines: list[Line]) -> None:
        """Say whether the workbook is the whole plan of its programmes or only what changes in it,
        and what vanishes if it is the whole; where that is in doubt somebody has to say."""
        stated = {line.key for line in lines}
        gone = [line for line in there if line.key not in stated | self.moved]
        scope = self.outcome.reading.get("scope") or _scope_of(self.titles, there, lines, gone)
        self.outcome.reading["scope"] = scope
        self.outcome.reading["changes"] = changes(there, lines, scope, self.year, self.actor)
        facts = {
            "count": len(gone),
            "sum": format_vnd(sum(line.total for line in gone)),
        }
        if scope is None:
            text = _now(
                "Is this the whole plan of its programmes, or only the lines that change? As the "
                "whole, %(count)s lines of %(sum)s đồng in all would go."
            )
            self.outcome.errors.append(of_file(WHOLE_OR_CHANGES, text % facts))
        elif scope == "whole" and gone:
            text = _now("%(count)s lines of the plan, %(sum)s đồng in all, are not here and go.")
            self.outcome.warnings.append(of_file(LINES_VANISH, text % facts))

    def unchanged(self, known: KnownRow) -> Line:
        line = replace(known_line(known), where=known.row)
        self._check_once(known.row, line)
        return line

    def change(self, known: KnownRow, item: Line) -> Line:
        return item  # what it changes is told against the plan as it stands now

    def row_changes(self, found: list[tuple[Row, Line]]) -> dict[str, object]:
        kind = self.known.kind
        new = []
        for row, line in found:
            if self.known.get(row) is None:
                there = self.there.get(line.key)
                if there is None:
                    new.append(row)
                else:
                    self.known.compare(row, kind.filled(there), kind.filled(line))
        missing = [kind.filled(line) for line in self.template.gone]
        return self.known.as_reading(new, missing)

    def _say_second_funds(self, before: list[Line], lines: list[Line]) -> None:
        """Say which rows stand beside a line that differs only in its funding source."""
        if self.outcome.reading.get("scope") == "changes":
            for line in second_funds(lines, before):
                text = _now("%(line)s has a line of another funding source; this is one beside it.")
                self.warn(line.where, "fund", "another_fund", text % {"line": line.name})

    def _say_overwritten(self, draft: PlanVersion, there: list[Line], lines: list[Line]) -> None:
        """Name the changes of colleagues, in the draft that is open, that the workbook overwrites
        or takes out."""
        stated = {line.key: line for line in lines}
        whole = self.outcome.reading.get("scope") == "whole"
        lost = [
            line
            for line in there
            if (line.key in stated and stated[line.key].content != line.content)
            or (line.key not in stated and whole)
        ]
        by_person: dict[str, list[Line]] = {}
        for line, person in assembly.changed_by_others(draft, lost, self.actor):
            by_person.setdefault(person.display_name, []).append(line)
        for name, theirs in by_person.items():
            text = _now("This overwrites what %(who)s changed in draft no. %(id)s: %(lines)s.")
            facts = {"who": name, "id": draft.pk, "lines": line_names(theirs)}
            self.outcome.warnings.append(of_file("overwrites", text % facts))

    def _say_open_drafts(self, lines: list[Line]) -> None:
        """Name the open drafts of these programmes: they have to be brought up to date then."""
        programs = {line.activity.program for line in lines}
        for draft in assembly.open_drafts(self.year, {program.pk for program in programs}):
            text = _now("Draft no. %(id)s of %(who)s then has to be brought up to date.")
            facts = {"id": draft.pk, "who": draft.created_by.display_name}
            self.outcome.warnings.append(of_file("draft_outdated", text % facts))

    def _activity(self, row: Row) -> Activity | None:
        code = self.meant(row, "activity")
        program = self.look_up(
            row, "program", lambda text: self.directory.program_for(text, "", code)
        )
        if not code or (row.values.get("program") and program is None):
            return None
        known = self.directory.activity(code)
        if program is None and known is None:
            program = self._program_by_place(row, code)
        self._say_doubts(row, code, known)
        if known is None:
            return self._new_activity(row, code, program) if program else None
        if program is not None and known.program.pk != program.pk:
            message = _now("%(code)s belongs to %(program)s, not to %(other)s.") % {
                "code": code,
                "program": known.program.code,
                "other": program.code,
            }
            self.error(row, "activity", "activity_of_other_program", message)
        return known

    def _say_doubts(self, row: Row, code: str, known: Activity | None) -> None:
        """What is doubtful about the row's code, title and place among the headings."""
        for doubt in doubts(code, text_of(row, "title"), known, self.directory.activities):
            self.warn(row, *doubt)
        above = self.directory.program_of_heading(row.heading) if row.heading else None
        program = known.program if known else self.directory.program(prefix_of(code))
        if above and program and above.pk != program.pk:
            text = _now("%(code)s is of %(program)s but stands under the heading of %(heading)s.")
            names = {"code": code, "program": program.code, "heading": above.code}
            self.warn(row, "activity", "other_heading", text % names)

    def _program_by_place(self, row: Row, code: str) -> Program | None:
        try:
            return self.directory.program_for("", row.heading or "", code)
        except Unknown as unknown:
            self.error(row, "activity", unknown.code, unknown.message)
            return None

    def _new_activity(self, row: Row, code: str, program: Program) -> Activity | None:
        code = code.upper().replace(" ", "-")
        try:
            CODE(code)
        except ValidationError:
            text = _now("'%(code)s' cannot be an activity code: use letters, digits and '-'.")
            self.error(row, "activity", "bad_code", text % {"code": code})
            return None
        activity = Activity(
            code=code,
            title=text_of(row, "title", 500) or code,
            program=program,
            unit=text_of(row, "unit", 200),
        )
        self.directory.add_activity(activity)
        self.outcome.new_others.append(activity)
        return activity

    def _amounts(self, row: Row) -> dict[int, int]:
        amounts = {q: row.values.get(name) for q, name in QUARTERS.items()}
        if any(amount is not None for amount in amounts.values()):
            return {q: amount or 0 for q, amount in amounts.items()}
        year = row.values.get("year") or 0
        if year:
            text = _now("Only the whole year is given: %(amount)s đồng are planned for quarter IV.")
            self.warn(row, "year", "whole_year_only", text % {"amount": format_vnd(year)})
        return {1: 0, 2: 0, 3: 0, 4: year}

    def _check_once(self, row: Row, line: Line) -> None:
        first = self.first_rows.setdefault(line.key, row)
        if first is not row:
            text = _now(
                "The same activity, commune and funding source stand in row %(row)d already."
            )
            self.error(row, "activity", "line_twice", text % {"row": first.row})


def _scope_of(titles: str, there: list[Line], lines: list[Line], gone: list[Line]) -> str | None:
    """`whole` or `changes` as a workbook says it, by its title or by clearly fewer lines than the
    plan has; None where that leaves it open."""
    if not gone:
        return "whole"
    if CHANGES_BY_TITLE.search(titles) or len(lines) * CLEARLY_FEWER <= len(there):
        return "changes"
    return None


def _words_as_there(lines: list[Line], there: list[Line]) -> None:
    """Lines of a table without a column for a plain text keep that of the line there."""
    known = {line.key: line for line in there}
    for line in lines:
        for name in ("unit", "note"):
            if line.key in known and name not in line.where.columns:
                setattr(line, name, getattr(known[line.key], name))


def _check_seen(ground: PlanVersion | None, outcome: Outcome) -> None:
    """`StaleVersion` where a template's lines would go onto another state of the plan than they
    were held against."""
    if ground is None or outcome.seen is None:
        return
    now = PlanVersion.objects.select_for_update().get(pk=ground.pk)
    if (now.pk, now.version) != outcome.seen:
        raise StaleVersion


def _content(line: Line) -> Content:
    amounts = tuple(sorted((q, a) for q, a in line.amounts.items() if a))
    return (line.activity.code, line.commune.pk, line.fund.code, amounts, line.title, line.unit)


class Plan(MoneyKind[Line, PlanLine, PlanVersion]):
    name = "plan"
    label = _("Plan")
    called = _("a plan")
    columns = COLUMNS
    required = needed = (("activity",), ("title",), ("commune",))  # the reader asks for quarters
    permission = DRAFT_PLAN
    builder = PlanBuilder
    model = PlanVersion
    list_page = "plan-versions"
    template = {"activity": 14, "title": 44, "commune": 20, "fund": 22, "unit": 26} | {
        **dict.fromkeys(QUARTERS.values(), 16),
        "note": 26,
    }
    row_name = ("activity", "commune", "fund")
    needs_ids = False  # a line is known by its activity, commune and fund as well
    quarters = {name: quarter for quarter, name in QUARTERS.items()}
    template_hint = _("The lines are those of the plan in force: change, add or delete them.")
    period, state = "quarter", "state"

    def settle(self, values: Values, is_formula: bool) -> Iterable[Finding]:
        return settle_plan(values, values["year"], is_formula)

    def cells(self, item: Line) -> Iterable[Cell]:
        for quarter, amount in sorted(item.amounts.items()):
            yield item.activity.program, item.commune, quarter, amount or 0

    def as_saved(self, item: Line) -> dict[str, object]:
        return {
            "activity": item.activity.code,
            "title": item.title or item.activity.title,
            "program": item.activity.program.code,
            "commune": item.commune.code,
            "commune_name": item.commune.name,
            "fund": item.fund.code,
            **{QUARTERS[q]: amount or 0 for q, amount in sorted(item.amounts.items())},
        }

    def template_records(self, year: FiscalYear, user: User) -> Iterable[PlanLine]:
        """The lines of the plan in force."""
        lines = self._lines(user).filter(plan_version=plans.approved_version(year))
        return lines.order_by("activity__code", "commune__sort_key", "fund__code", "pk")

    def _lines(self, user: User) -> QuerySet[PlanLine]:
        related = ("activity__program", "commune", "fund", "changed_by", "program")
        lines = PlanLine.objects.visible_to(user).select_related(*related)
        return lines.prefetch_related("amounts")

    def filled(self, record: PlanLine | Line) -> Values:
        line = line_of(record) if isinstance(record, PlanLine) else record
        amounts = {name: line.amounts.get(quarter) or 0 for quarter, name in QUARTERS.items()}
        words = {"title": line.title or line.activity.title, "unit": line.unit, "note": line.note}
        return {**places(line), **words, **amounts}

    def records(self, user: User, keys: Collection[int]) -> dict[int, PlanLine]:
        lines = self._lines(user).select_related("plan_version__fiscal_year")
        return dict(lines.in_bulk(keys))

    def earlier(self, records: object, ids: object) -> dict[RowId, PlanLine]:
        return {}  # a version in force never changes

    def last_change(self, records: Collection[object]) -> None:
        return None  # its rows say their version

    def year_of(self, record: PlanLine) -> FiscalYear:
        return record.plan_version.fiscal_year

    def amount(self, item: Line) -> tuple[Program, int]:
        return item.activity.program, item.total

    def commit(
        self, outcome: Outcome, *, actor: User, post: bool, reason: str
    ) -> list[PlanVersion]:
        assert outcome.fiscal_year is not None
        draft, ground = plans.ground(outcome.fiscal_year, outcome.items, post=post)
        _check_seen(ground, outcome)
        before = lines_of(ground) if ground else []
        spoken = assembly.spoken_by(draft) if draft else set()
        version = plans.load(
            actor=actor,
            fiscal_year=outcome.fiscal_year,
            lines=outcome.items,
            post=post,
            reason=reason,
            scope=outcome.reading.get("scope") or "whole",
        )
        if version and not post:
            outcome.overwrote = put_back.written_down(
                changes_between(before, lines_of(version)), assembly.spoken_by(version) - spoken
            )
        return [version] if version else []

    def take_back(
        self, record: PlanVersion, *, actor: User, reason: str, overwrote: object = None
    ) -> None:
        """A draft that the workbook made and nobody touched goes; in any other draft what was there
        is put back."""
        if record.version == AS_LOADED or not isinstance(overwrote, dict):
            drafts.plan(actor=actor, plan=record, version=AS_LOADED, why=reason)
        else:
            put_back.put_back(actor=actor, plan=record, overwrote=overwrote, why=reason)

    def submit_all(self, records: Sequence[PlanVersion], *, actor: User) -> None:
        for record in records:
            plans.submit(actor=actor, plan=record)

    def drafts_href(self, upload: "Upload") -> str:
        return reverse("plan-version", args=upload.saved[:1])
