"""Pages of works and equipment, groups, links to vocational training, and agreements."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.roles import CONFIRM_OUTPUT, RECORD_MEETING, RECORD_OUTPUT
from core.dates import format_date, today
from core.forms import DayField
from core.pages import Act, Area, Column, Section, shown
from programs import contracts, works
from programs.models import Agreement, Group, Output
from programs.outputs import OutputState
from programs.works_api import AgreementFilters, GroupFilters, OutputFilters, ReferralFilters


class ConditionForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=OutputState.choices)
    date = DayField(label=_("Date"), required=False, help_text=_("Empty: today."))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class MembersForm(forms.Form):
    date = DayField(label=_("Date"))
    members = forms.IntegerField(label=_("Members"), min_value=0)
    female = forms.IntegerField(label=_("Women"), min_value=0, required=False)
    ethnic_minority = forms.IntegerField(label=_("Ethnic minority"), min_value=0, required=False)


class AmendForm(forms.Form):
    signed_date = DayField(label=_("Signed on"))
    summary = forms.CharField(
        label=_("What it changes"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


def _confirm(*, actor: Any, row: Output, version: Any, **fields: Any) -> Any:
    return works.found(actor=actor, output=row, version=version, **fields)


def _count(*, actor: Any, row: Group, version: Any, **counts: Any) -> Any:
    return works.count_members(actor=actor, group=row, **counts)


def _amend(*, actor: Any, row: Agreement, version: Any, **fields: Any) -> Any:
    return contracts.amend(actor=actor, agreement=row, **fields)


def _checks(row: Output, user: Any) -> Iterable[Section]:
    rows = [
        (format_date(check.date), check.get_state_display(), check.note)
        for check in row.checks.all()
    ]
    if rows:
        yield Section(_("Condition"), (_("date"), _("state"), _("note")), rows)


def _counts(row: Group, user: Any) -> Iterable[Section]:
    rows = [
        (format_date(c.date), shown(c.members), shown(c.female), shown(c.ethnic_minority))
        for c in row.counts.all()
    ]
    if rows:
        head = (_("date"), _("members"), _("women"), _("ethnic minority"))
        yield Section(_("Members over time"), head, rows)


def _amendments(row: Agreement, user: Any) -> Iterable[Section]:
    rows = [(a.number, format_date(a.signed_date), a.summary) for a in row.amendments.all()]
    if rows:
        yield Section(_("Amendments"), (_("number"), _("signed on"), _("what it changes")), rows)


def _communes(row: Any) -> str:
    return ", ".join(commune.name for commune in row.communes.all())


def _codes(row: Agreement) -> str:
    return ", ".join(program.code for program in row.programs.all())


def _signed(row: Agreement) -> str:
    """Signed, late, or still to be signed."""
    if row.signed_date:
        return _now("Signed")
    return _now("Late") if row.is_late(today()) else _now("To be signed")


outputs = Area(
    name="outputs",
    one="output",
    records=works.outputs,
    title=_("Works and equipment"),
    new=_("Enter works or equipment"),
    filterset=OutputFilters,
    filters=("fiscal_year", "program", "commune", "kind", "state", "search"),
    optional=("fiscal_year",),
    related=("program", "activity", "fiscal_year", "village"),
    prefetch=("communes", "checks"),
    columns=(
        Column(_("works or equipment"), lambda row: row.title),
        Column(_("kind"), lambda row: row.get_kind_display()),
        Column(_("programme"), lambda row: row.program.code),
        Column(_("communes"), _communes),
        Column(_("village"), lambda row: row.village and row.village.name),
        Column(_("recipient"), lambda row: row.recipient),
        Column(_("quantity"), lambda row: row.quantity),
        Column(_("unit"), lambda row: row.unit),
        Column(_("planned for"), lambda row: row.planned_on),
        Column(_("handed over on"), lambda row: row.handed_over_on),
        Column(_("state"), lambda row: row.get_state_display()),
    ),
    acts=(Act("confirm", _("Say its condition"), (CONFIRM_OUTPUT,), _confirm, ConditionForm),),
    sections=_checks,
    more=((_("Groups and clubs"), "groups"), (_("Vocational links"), "referrals")),
)

groups = Area(
    name="groups",
    one="group",
    records=works.groups,
    title=_("Groups and clubs"),
    new=_("Enter a group"),
    filterset=GroupFilters,
    filters=("program", "commune", "kind", "search"),
    related=("program", "village"),
    prefetch=("communes", "counts"),
    columns=(
        Column(_("group or club"), lambda row: row.name),
        Column(_("kind"), lambda row: row.get_kind_display()),
        Column(_("programme"), lambda row: row.program.code),
        Column(_("communes"), _communes),
        Column(_("members"), lambda row: next((c.members for c in row.counts.all()), None)),
    ),
    acts=(Act("count", _("Count the members"), (RECORD_OUTPUT,), _count, MembersForm),),
    sections=_counts,
)

referrals = Area(
    name="referrals",
    one="referral",
    records=works.referrals,
    title=_("Vocational links"),
    new=_("Enter a link"),
    help=_("Young people linked to vocational training and apprenticeship, as counts."),
    filterset=ReferralFilters,
    filters=("fiscal_year", "program", "commune", "kind"),
    related=("program", "commune", "fiscal_year"),
    columns=(
        Column(_("kind"), lambda row: row.get_kind_display()),
        Column(_("fiscal year"), lambda row: row.fiscal_year.code),
        Column(_("programme"), lambda row: row.program.code),
        Column(_("commune"), lambda row: row.commune.name),
        Column(_("people"), lambda row: row.people),
        Column(_("women"), lambda row: row.female),
        Column(_("school or workshop"), lambda row: row.partner),
    ),
)

agreements = Area(
    name="agreements",
    one="agreement",
    records=contracts.agreements,
    title=_("Agreements"),
    new=_("Enter an agreement"),
    filterset=AgreementFilters,
    filters=("kind", "fiscal_year", "program", "commune", "signed", "search"),
    prefetch=("programs", "communes", "fiscal_years", "amendments"),
    columns=(
        Column(_("agreement"), lambda row: row.title),
        Column(_("kind"), lambda row: row.kind),
        Column(_("parties"), lambda row: row.parties),
        Column(_("programmes"), _codes),
        Column(_("communes"), _communes),
        Column(_("fiscal years"), lambda row: ", ".join(y.code for y in row.fiscal_years.all())),
        Column(_("due"), lambda row: row.due_text),
        Column(_("signed on"), lambda row: row.signed_date),
        Column(_("state"), _signed),
    ),
    acts=(
        Act(
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

AREAS = (outputs, groups, referrals, agreements)
