"""Pages of works and equipment, groups, links to vocational training, and agreements."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import CONFIRM_OUTPUT, RECORD_MEETING, RECORD_OUTPUT
from communes.columns import COMMUNE, VILLAGE
from core.pages import Column, RecordAction, RecordAdmin, Section, screen_text
from core.pages.forms import DayField, WholeField
from core.values.dates import format_date, today
from programs.agreements import services as contracts
from programs.columns import ACTIVITY, PROGRAM, YEAR
from programs.models import Agreement, Group, MemberCount, Output
from programs.models.outputs import OutputState
from programs.outputs import services as works
from programs.outputs.api import AgreementFilters, GroupFilters, OutputFilters, ReferralFilters
from programs.outputs.tones import tone_of


class ConditionForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=OutputState.choices)
    date = DayField(label=_("Date"), required=False, help_text=_("Empty: today."))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class MembersForm(forms.Form):
    date = DayField(label=_("Date"))
    members = WholeField(label=_("Members"), min_value=0)
    female = WholeField(label=_("Women"), min_value=0, required=False)
    ethnic_minority = WholeField(label=_("Ethnic minority"), min_value=0, required=False)


class AmendForm(forms.Form):
    signed_date = DayField(label=_("Signed on"))
    summary = forms.CharField(
        label=_("What it changes"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


def _count(*, version: int | None, **counts: Any) -> MemberCount:
    return works.count_members(**counts)


def _amend(*, version: int | None, **fields: Any) -> object:
    return contracts.amend(**fields)


def _checks(row: Output, user: User) -> Iterable[Section]:
    rows = [
        (format_date(check.date), check.get_state_display(), check.note)
        for check in row.checks.all()
    ]
    said = _now("To be checked again on %(day)s.")
    texts = [said % {"day": format_date(row.next_check)}] if row.next_check else []
    if rows or texts:
        yield Section(_("Condition"), (_("date"), _("state"), _("note")), rows, texts)


def _counts(row: Group, user: User) -> Iterable[Section]:
    rows = [
        (
            format_date(c.date),
            screen_text(c.members),
            screen_text(c.female),
            screen_text(c.ethnic_minority),
        )
        for c in row.counts.all()
    ]
    if rows:
        head = (_("date"), _("members"), _("women"), _("ethnic minority"))
        yield Section(_("Members over time"), head, rows)


def _amendments(row: Agreement, user: User) -> Iterable[Section]:
    rows = [(a.number, format_date(a.signed_date), a.summary) for a in row.amendments.all()]
    if rows:
        yield Section(_("Amendments"), (_("number"), _("signed on"), _("what it changes")), rows)


def _communes(row: Output | Group | Agreement) -> str:
    return ", ".join(commune.name for commune in row.communes.all())


def _codes(row: Agreement) -> str:
    return ", ".join(program.code for program in row.programs.all())


def _last_count(row: Group) -> MemberCount | None:
    return next(iter(row.counts.all()), None)


def _with_counts(rows: QuerySet[Model]) -> QuerySet[Model]:
    """Each group with its newest count, so that the database sorts and adds up."""
    newest = MemberCount.objects.filter(group=OuterRef("pk")).order_by("-date", "-pk")
    counts = {f"now_{name}": Subquery(newest.values(name)[:1]) for name, _label in PEOPLE}
    found: QuerySet[Model] = rows.annotate(**counts)
    return found


def _members(name: str, label: Promise) -> Column:
    """A number of the last count, added up over all groups found."""

    def value(row: Group) -> object:
        return getattr(_last_count(row), name, None)

    now = f"now_{name}"
    return Column(name, label, value, now, sum=now, hidden=name != "members")


def _signed_tone(row: Agreement) -> str:
    if row.signed_date:
        return "good"
    return "bad" if row.is_late(today()) else "warn"


def _signed(row: Agreement) -> str:
    """Signed, late, or still to be signed."""
    if row.signed_date:
        return _now("Signed")
    return _now("Late") if row.is_late(today()) else _now("To be signed")


PEOPLE = (
    ("members", _("members")),
    ("female", _("women")),
    ("ethnic_minority", _("ethnic minority")),
)

outputs = RecordAdmin(
    name="outputs",
    one="output",
    called="output",
    records=works.outputs,
    title=_("Works and equipment"),
    new=_("Enter works or equipment"),
    filterset=OutputFilters,
    filters=("fiscal_year", "program", "commune", "kind", "state", "activity", "search"),
    optional=("fiscal_year",),
    related=("program", "activity", "fiscal_year", "village"),
    prefetch=("communes", "checks"),
    columns=(
        Column("title", _("works or equipment"), lambda row: row.title, "sort_key"),
        Column.choice("kind", _("kind")),
        YEAR.hide(),
        PROGRAM,
        Column("communes", _("communes"), _communes),
        VILLAGE,
        Column.text("recipient", _("recipient")),
        Column.own("quantity", _("quantity"), numeric=True),
        Column("unit", _("unit"), lambda row: row.unit),
        Column("planned", _("planned for"), lambda row: row.planned_on, "planned_on"),
        Column("handed", _("handed over on"), lambda row: row.handed_over_on, "handed_over_on"),
        Column.choice("state", _("state"), tone=tone_of),
        ACTIVITY.hide(),
        Column("maintained", _("maintained by"), lambda row: row.maintained_by, hidden=True),
        Column("note", _("note"), lambda row: row.note, hidden=True),
    ),
    first=_("Enter the first works or equipment, planned or handed over."),
    actions=(
        RecordAction(
            "confirm",
            _("Say its condition"),
            (CONFIRM_OUTPUT,),
            works.note_state,
            ConditionForm,
            choices=lambda row: {"state": [(s.value, s.label) for s in works.possible(row)]},
        ),
    ),
    sections=_checks,
    more=((_("Checks due"), "checks-due"), (_("Groups and clubs"), "groups")),
)

groups = RecordAdmin(
    name="groups",
    one="group",
    called="group",
    records=works.groups,
    title=_("Groups and clubs"),
    new=_("Enter a group"),
    filterset=GroupFilters,
    filters=("program", "commune", "kind", "search"),
    related=("program", "village"),
    prefetch=("communes", "counts"),
    annotated=_with_counts,
    columns=(
        Column("name", _("group or club"), lambda row: row.name, "sort_key"),
        Column.choice("kind", _("kind")),
        PROGRAM,
        Column("communes", _("communes"), _communes),
        VILLAGE.hide(),
        *(_members(name, label) for name, label in PEOPLE),
        Column("founded", _("founded on"), lambda row: row.founded_on, "founded_on", hidden=True),
        Column("ended", _("ended on"), lambda row: row.ended_on, "ended_on", hidden=True),
    ),
    first=_("Enter the first group or club, then count its members on its page."),
    actions=(RecordAction("count", _("Count the members"), (RECORD_OUTPUT,), _count, MembersForm),),
    sections=_counts,
)

referrals = RecordAdmin(
    name="referrals",
    one="referral",
    records=works.referrals,
    title=_("Vocational links"),
    new=_("Enter a link"),
    help=_("Young people linked to vocational training and apprenticeship, as counts."),
    filterset=ReferralFilters,
    filters=("fiscal_year", "program", "commune", "kind", "search"),
    related=("program", "commune", "fiscal_year"),
    columns=(
        Column.choice("kind", _("kind")),
        YEAR,
        PROGRAM,
        COMMUNE,
        Column.own("people", _("people"), sum="people"),
        Column("women", _("women"), lambda row: row.female, "female", sum="female"),
        Column.text("partner", _("school or workshop")),
        Column("note", _("note"), lambda row: row.note),
    ),
    first=_("Enter how many young people were linked to a school or workshop."),
)

agreements = RecordAdmin(
    name="agreements",
    one="agreement",
    called="agreement",
    records=contracts.agreements,
    title=_("Agreements"),
    new=_("Enter an agreement"),
    filterset=AgreementFilters,
    filters=("kind", "fiscal_year", "program", "commune", "signed", "search"),
    prefetch=("programs", "communes", "fiscal_years", "amendments"),
    columns=(
        Column("title", _("agreement"), lambda row: row.title, "sort_key"),
        Column.own("kind", _("kind")),
        Column.text("parties", _("parties")),
        Column("programmes", _("programmes"), _codes),
        Column("communes", _("communes"), _communes),
        Column(
            "years",
            _("fiscal years"),
            lambda row: ", ".join(y.code for y in row.fiscal_years.all()),
        ),
        Column("due", _("due"), lambda row: row.due_text, "due_date"),
        Column("signed", _("signed on"), lambda row: row.signed_date, "signed_date"),
        Column("state", _("state"), _signed, tone=_signed_tone),
        Column("note", _("note"), lambda row: row.note, hidden=True),
    ),
    first=_("Enter the first memorandum or project agreement, with the day it is due."),
    actions=(
        RecordAction(
            "amend",
            _("Add an amendment"),
            (RECORD_MEETING,),
            _amend,
            AmendForm,
            when=lambda row, user: row.signed_date is not None,
        ),
    ),
    sections=_amendments,
)

ADMINS = (outputs, groups, referrals, agreements)
