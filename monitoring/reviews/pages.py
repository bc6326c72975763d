"""Pages of meetings, visits, difficulties and action points."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import RECORD_DIFFICULTY, RECORD_MEETING, VIEW
from core.pages import Column, RecordAction, RecordAdmin, Section, screen_text
from core.pages.forms import DayField
from core.pages.record_forms import WhyForm
from core.values import display
from core.values.dates import today
from core.values.text import is_digits
from monitoring.models import ActionPoint, Difficulty, Meeting, Visit
from monitoring.models.action_points import ActionKind, ActionState
from monitoring.models.difficulties import DifficultyState
from monitoring.models.visits import VisitState
from monitoring.reviews.api import ActionPointFilters, DifficultyFilters, VisitFilters
from monitoring.reviews.meetings_api import MeetingFilters
from monitoring.reviews.services import action_points as actions
from monitoring.reviews.services import difficulties, meetings
from monitoring.reviews.services.stated import Ledger


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class ConcludeForm(forms.Form):
    conclusion = forms.CharField(label=_("Conclusion, as the meeting has it"), max_length=500)
    assignee_body = forms.CharField(label=_("Body that has to do it"), max_length=200)
    due_date = DayField(label=_("Due"), required=False)


class FinishForm(forms.Form):
    note = _text(_("What was done"))
    date = DayField(label=_("Date"), required=False, help_text=_("Empty: today."))


class ResolveForm(forms.Form):
    result = _text(_("What came of it"))
    date = DayField(label=_("Date"), required=False, help_text=_("Empty: today."))


def _whatever_version(service: Callable[..., object]) -> Callable[..., object]:
    return lambda *, version, **fields: service(**fields)


def figure_rows(row: Meeting, user: User) -> list[tuple[object, ...]]:
    """What was stated at a meeting, beside what the ledger adds up to for this user."""
    ledger = Ledger(user)
    verdicts = {True: _now("agrees"), False: _now("differs"), None: display.NOTHING}
    rows: list[tuple[object, ...]] = []
    for figure in row.stated_figures.select_related("fiscal_year", "program", "commune"):
        compared = ledger.compare(figure)
        as_of = figure.as_of_said
        counted = screen_text(compared.ledger_value)
        rows.append((figure.label, figure.text, as_of, counted, verdicts[compared.agrees]))
    return rows


def attendance_rows(row: Meeting) -> list[tuple[str, ...]]:
    """Who was at a meeting: body, offices, name, how many, what they did."""
    return [
        (each.body, each.offices, each.name, screen_text(each.people), ", ".join(each.parts))
        for each in row.attendance.all()  # type: ignore[attr-defined]
    ]


def _stated_sections(row: Meeting, user: User) -> Iterable[Section]:
    head = (_("body"), _("office"), _("name"), _("people"), _("did there"))
    doubts = meetings.doubts(row).values() if user.can(RECORD_MEETING) else ()
    if (came := attendance_rows(row)) or doubts:
        yield Section(_("Attendance"), head, came, texts=tuple(doubts))
    if figures := figure_rows(row, user):
        head = (_("what"), _("stated"), _("as of"), _("in the ledger"), _("agreement"))
        yield Section(_("Stated and counted"), head, figures)
    outcomes = [
        (o.program.code if o.program else _now("all"), o.text, o.source)
        for o in row.stated_outcomes.select_related("program")
    ]
    if outcomes:
        columns = (_("programme"), _("stated outcome"), _("source"))
        yield Section(_("Stated outcomes"), columns, outcomes)
    yield from met_with(row, user)
    yield from raised(row, user)


KINDS = (
    (ActionKind.REQUEST, _("Requests"), _("Enter a request")),
    (ActionKind.TASK, _("Action points"), _("Raise an action point")),
)


def raised(row: Meeting | Visit, user: User) -> Iterable[Section]:
    """The requests and action points of a meeting, visit or difficulty, each with its page, and a
    link to raise one."""
    points = row.action_points.visible_to(user).select_related("assignee_user")
    for kind, title, new in KINDS:
        rows = [
            (
                point.title,
                point.assignee,
                display.day(point.due_date),
                point.get_state_display(),
            )
            for point in points
            if point.kind == kind
        ]
        links = [_link_to_new("action-point", new, row, kind=kind)]
        if not any(map(user.can, actions.MAY_RAISE)):
            links = []
        if rows or links:
            head = (_("what is to be done"), _("who"), _("due"), _("state"))
            yield Section(title, head, rows, links=links)


def met_with(row: Meeting | Visit, user: User) -> Iterable[Section]:
    """The difficulties found at a meeting or on a visit, and a link to report one."""
    found = row.difficulties.visible_to(user)
    links = [(each.title, reverse("difficulty", args=[each.pk])) for each in found]
    if user.can(RECORD_DIFFICULTY):
        links.append(_link_to_new("difficulty", _("Report a difficulty"), row))
    if links:
        yield Section(_("Difficulties"), links=links)


def _link_to_new(one: str, label: object, source: Any, **more: object) -> tuple[str, str]:
    """A link to the form of a new record that this one gives rise to."""
    given = {source._meta.model_name: source.pk, "program": source.program_id, **more}
    given["commune"] = source.commune_id
    query = urlencode({name: value for name, value in given.items() if value})
    return str(label), f"{reverse(f'{one}-new')}?{query}"


def _initial_values(request: HttpRequest) -> dict[str, object]:
    """What such a link fills in."""
    wanted = ("meeting", "visit", "difficulty", "program", "commune", "activity")
    sent = request.GET
    given: dict[str, object]
    given = {name: sent[name] for name in wanted if is_digits(sent.get(name, ""))}
    kind = request.GET.get("kind")
    return {**given, "kind": kind} if kind in ActionKind.values else given


def _visit_sections(row: Visit, user: User) -> Iterable[Section]:
    yield from met_with(row, user)
    yield from raised(row, user)


def _program(row: Meeting | Visit | Difficulty | ActionPoint) -> str:
    return row.program.code if row.program else _now("all")


def _commune(row: Meeting | Visit | Difficulty | ActionPoint) -> str:
    return row.commune.name if row.commune else _now("all")


def _difficulty_tone(row: Difficulty) -> str:
    tones = {DifficultyState.OPEN: "warn", DifficultyState.RESOLVED: "good"}
    return tones.get(DifficultyState(row.state), "info")


def _bodies(row: Meeting) -> str:
    """The bodies that attended, each once."""
    return "; ".join(dict.fromkeys(each.body for each in row.attendance.all()))  # type: ignore[attr-defined]


def _visit_tone(row: Visit) -> str:
    """Planned, and overdue once its day has passed."""
    if row.state == VisitState.MADE:
        return "good"
    return "bad" if row.date < today() else "info"


def _action_tone(row: ActionPoint) -> str:
    if row.is_overdue(today()):
        return "bad"
    return {ActionState.OPEN: "warn", ActionState.REPORTED: "info"}.get(
        ActionState(row.state), "plain"
    )


PROGRAM = Column("program", _("programme"), _program, "program__order")
COMMUNE = Column("commune", _("commune"), _commune, "commune__sort_key", short=True)

meeting_area = RecordAdmin(
    name="meetings",
    one="meeting",
    called="meeting",
    records=meetings.meetings,
    title=_("Meetings"),
    new=_("Enter a meeting"),
    filterset=MeetingFilters,
    filters=("kind", "fiscal_year", "program", "commune", "search"),
    related=("fiscal_year", "program", "commune"),
    prefetch=("attendance",),
    columns=(
        Column("title", _("meeting"), lambda row: row.title, "sort_key"),
        Column.choice("kind", _("kind")),
        Column("date", _("date"), lambda row: row.date_text, "date"),
        Column.text("place", _("place")),
        Column("chair", _("chair"), lambda row: row.chair_text),
        Column("secretary", _("secretary"), lambda row: row.secretary_text, hidden=True),
        Column("attendance", _("attendance"), _bodies, hidden=True),
        PROGRAM,
        COMMUNE,
    ),
    order="-date",
    first=_("Enter the first meeting: its day, who chaired it, what was concluded."),
    actions=(
        RecordAction(
            "conclude",
            _("Make a conclusion an action point"),
            (RECORD_MEETING,),
            _whatever_version(meetings.conclude),
            ConcludeForm,
            when=lambda row, user: bool(row.conclusions),
        ),
        RecordAction(
            "attendance-from-last",
            _("Start from who attended the last one"),
            (RECORD_MEETING,),
            _whatever_version(meetings.attendance_from_last),
            when=lambda row, user: meetings.last_attended(row, user) is not None,
        ),
    ),
    sections=_stated_sections,
)

visit_area = RecordAdmin(
    name="visits",
    one="visit",
    records=meetings.visits,
    title=_("Monitoring visits"),
    new=_("Plan or enter a visit"),
    help=_("Photos show places, not children."),
    filterset=VisitFilters,
    filters=("state", "program", "commune", "search"),
    optional=("state",),
    related=("program", "commune", "village", "output"),
    columns=(
        Column("title", _("visit"), lambda row: row.title, "sort_key"),
        Column.own("date", _("date")),
        Column.choice("state", _("state"), tone=_visit_tone),
        PROGRAM,
        COMMUNE,
        Column("who", _("who goes"), lambda row: row.who),
        Column("seen", _("what was seen"), lambda row: row.seen[:120]),
    ),
    order="-date",
    first=_("Plan the first visit, or enter one: where, when, what was seen."),
    sections=_visit_sections,
)

difficulty_area = RecordAdmin(
    name="difficulties",
    one="difficulty",
    called="difficulty",
    records=difficulties.difficulties,
    title=_("Difficulties"),
    new=_("Report a difficulty"),
    help=_("While open, a difficulty is shown again in each next year."),
    filterset=DifficultyFilters,
    filters=("fiscal_year", "state", "program", "commune", "search"),
    optional=("raised_on", "affects"),
    first_fields=("title", "activity", "commune"),
    related=("program", "commune", "activity", "meeting", "visit"),
    initial=_initial_values,
    columns=(
        Column("title", _("difficulty"), lambda row: row.title, "sort_key"),
        PROGRAM,
        COMMUNE,
        Column("raised", _("raised on"), lambda row: row.raised_on, "raised_on", hidden=True),
        Column.choice("affects", _("affects")),
        Column("solution", _("proposed solution"), lambda row: row.solution[:120]),
        Column.text("owner", _("responsible body")),
        Column("due", _("due"), lambda row: row.due_date, "due_date"),
        Column.choice("state", _("state"), tone=_difficulty_tone),
    ),
    order="due",
    first=_("Report the first difficulty: what it holds up, and what would solve it."),
    actions=(
        RecordAction(
            "take",
            _("Take in hand"),
            (RECORD_DIFFICULTY,),
            difficulties.take_in_hand,
            when=lambda row, user: row.may_become(DifficultyState.IN_HAND),
        ),
        RecordAction(
            "resolve",
            _("Resolve"),
            (RECORD_DIFFICULTY,),
            difficulties.resolve,
            ResolveForm,
            when=lambda row, user: row.may_become(DifficultyState.RESOLVED),
        ),
        RecordAction(
            "reopen",
            _("Reopen"),
            (RECORD_DIFFICULTY,),
            difficulties.reopen,
            WhyForm,
            when=lambda row, user: row.may_become(DifficultyState.OPEN),
            decision=True,
        ),
    ),
    sections=raised,
)


def _came_from(row: ActionPoint, user: User) -> Iterable[Section]:
    if said := row.done_note or row.dropped_why:
        yield Section(_("What became of it"), texts=(said,))
    if row.source is not None:
        one = row.source._meta.model_name
        yield Section(
            _("Raised by"), links=((str(row.source), reverse(one, args=[row.source.pk])),)
        )


def _may_verify(row: ActionPoint, user: User) -> bool:
    mine = row.done_by_id == user.pk
    return row.state == ActionState.REPORTED and not mine and actions.may_finish(user, row)


action_area = RecordAdmin(
    name="action-points",
    one="action-point",
    called="point",
    records=actions.points,
    title=_("Action points"),
    new=_("Enter an action point"),
    filterset=ActionPointFilters,
    filters=("kind", "state", "program", "commune", "search"),
    optional=("kind",),
    related=("assignee_user", "program", "commune", "meeting", "visit", "difficulty"),
    initial=_initial_values,
    columns=(
        Column("title", _("what is to be done"), lambda row: row.title, "sort_key"),
        Column.choice("kind", _("kind")),
        Column("who", _("who"), lambda row: row.assignee),
        Column("due", _("due"), lambda row: row.due_date, "due_date"),
        Column(
            "state",
            _("state"),
            lambda row: _now("Overdue") if row.is_overdue(today()) else row.get_state_display(),
            "state",
            tone=_action_tone,
        ),
        Column("source", _("raised by"), lambda row: row.source and row.source.title),
        Column("program", _("programme"), _program, "program__order", hidden=True),
        Column("commune", _("commune"), _commune, "commune__sort_key", short=True, hidden=True),
        Column("done", _("done on"), lambda row: row.done_on, "done_on", hidden=True),
    ),
    order="due",
    first=_("Action points come from meetings, visits and difficulties; one can be entered here."),
    actions=(
        RecordAction(
            "finish",
            _("Done"),
            (VIEW,),
            actions.finish,
            FinishForm,
            when=lambda row, user: row.state == ActionState.OPEN and actions.may_finish(user, row),
        ),
        RecordAction(
            "verify", _("Verify"), (VIEW,), actions.verify, when=_may_verify, decision=True
        ),
        RecordAction(
            "reopen",
            _("Reopen"),
            actions.MAY_RAISE,
            actions.reopen,
            WhyForm,
            when=lambda row, user: row.may_become(ActionState.OPEN),
            decision=True,
        ),
        RecordAction(
            "cancel",
            _("Cancel it"),
            actions.MAY_RAISE,
            actions.cancel,
            WhyForm,
            when=lambda row, user: row.state == ActionState.OPEN,
            decision=True,
        ),
    ),
    sections=_came_from,
)


ADMINS = (meeting_area, visit_area, difficulty_area, action_area)
