"""The lines of a plan version as a list, beside those of the version before."""

from collections import Counter
from functools import cache
from operator import attrgetter
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.lists import Column, Empty, Listing
from core.lists.columns import BY_VALUE
from core.pages.forms import SearchInput
from core.values.dates import QUARTERS, ROMAN
from core.values.text import fold
from disbursements.models import PlanLine, PlanVersion
from disbursements.plans.comparison import CHANGED, Compared, signed

KINDS = {"new": _("new"), "removed": _("removed"), "changed": _("changed"), "same": _("unchanged")}
TONES = {"new": "good", "removed": "bad", "changed": "warn"}


class LineFilters(forms.Form):
    """Where there is a version before, only what differs unless all lines are asked for."""

    search = forms.CharField(
        label=_("Search"),
        required=False,
        widget=SearchInput(attrs={"placeholder": _("Activity or unit")}),
    )
    program = forms.ChoiceField(label=_("Programme"), required=False)
    commune = forms.ChoiceField(label=_("Commune"), required=False)
    lines = forms.ChoiceField(
        label=_("Lines to show"),
        required=False,
        choices=[("", _("Only what differs")), ("all", _("All lines"))],
    )

    def __init__(self, data: Any, *, rows: list[Compared], compares: bool) -> None:
        super().__init__(data, auto_id="filter_%s")  # the form of a line is on the same page
        every = [("", _now("All"))]
        self.fields["program"].choices = every + _programs(rows)  # type: ignore[attr-defined]
        self.fields["commune"].choices = every + _communes(rows)  # type: ignore[attr-defined]
        if not compares:
            del self.fields["lines"]


def _programs(rows: list[Compared]) -> list[tuple[str, str]]:
    """The programmes of the lines, by their codes: several may have one place in the order."""
    found = {row.line.program.code: row.line.program for row in rows}
    ordered = sorted(found.values(), key=lambda each: (each.order, each.code))
    return [(each.code, each.code) for each in ordered]


def _communes(rows: list[Compared]) -> list[tuple[str, str]]:
    """The units of the lines, by their codes; where several have one name, with the code."""
    found = {row.line.commune.code: row.line.commune for row in rows}
    ordered = sorted(found.values(), key=lambda each: (each.sort_key, each.code))
    names = Counter(each.full_name for each in ordered)
    return [
        (
            each.code,
            f"{each.full_name} ({each.code})" if names[each.full_name] > 1 else each.full_name,
        )
        for each in ordered
    ]


def narrowed(rows: list[Compared], form: LineFilters) -> list[Compared]:
    wanted = form.cleaned_data
    if "lines" in form.fields and not wanted.get("lines"):
        rows = [row for row in rows if row.kind in CHANGED]
    if program := wanted.get("program"):
        rows = [row for row in rows if row.line.program.code == program]
    if commune := wanted.get("commune"):
        rows = [row for row in rows if row.line.commune.code == commune]
    words = fold(wanted.get("search") or "").split()
    return [row for row in rows if all(word in fold(_said(row)) for word in words)]


def _said(row: Compared) -> str:
    line = row.line
    return f"{line.activity.code} {line.title} {line.commune.name} {line.fund.name} {line.unit}"


def _quarter(number: int, compares: bool) -> Column:
    def moved(row: Compared) -> str:
        difference = row.after.get(number, 0) - row.before.get(number, 0)
        return signed(difference) if difference and row.kind == "changed" else ""

    return Column(
        f"q{number}",
        _("quarter %(number)s") % {"number": ROMAN[number - 1]},
        lambda row: row.after.get(number, 0),
        BY_VALUE,
        sum="amount",
        note=moved if compares else None,
        note_label=_("change in quarter %(number)s") % {"number": ROMAN[number - 1]},
    )


def _detail(name: str) -> Column:
    label = PlanLine._meta.get_field(name).verbose_name
    return Column(name, label, attrgetter(f"line.{name}"), BY_VALUE, hidden=True)


@cache
def columns(compares: bool, editable: bool) -> tuple[Column, ...]:
    """What a line shows: its quarters and year; beside another version, how it differs."""
    found = [
        Column(
            "activity",
            _("activity code"),
            lambda row: row.line.activity.code,
            BY_VALUE,
            note=lambda row: row.line.title,
            note_label=_("activity"),
        ),
        Column("program", _("programme"), lambda row: row.line.program.code, BY_VALUE, hidden=True),
        Column("commune", _("commune"), lambda row: row.line.commune.name, BY_VALUE, short=True),
        Column("fund", _("funding source"), lambda row: row.line.fund.name, BY_VALUE, hidden=True),
        *map(_detail, PlanLine.details),
        Column(
            "year", _("whole year"), lambda row: sum(row.after.values()), BY_VALUE, sum="amount"
        ),
    ]
    if compares:
        before = Column(
            "before", _("before"), lambda row: sum(row.before.values()), BY_VALUE, sum="amount"
        )
        change = Column("change", _("change"), lambda row: row.change, BY_VALUE, sum="amount")
        kind = Column(
            "kind",
            _("kind"),
            lambda row: str(KINDS[row.kind]),
            BY_VALUE,
            tone=lambda row: TONES.get(row.kind, ""),
        )
        found += [before, change, kind]
    found += [_quarter(number, compares) for number in QUARTERS]
    if editable:
        found.append(
            Column(
                "do",
                _("do"),
                lambda row: "",
                buttons=True,
                template="disbursements/plan_line_do.html",
            )
        )
    return tuple(found)


def listing(
    plan: PlanVersion, before: PlanVersion | None, rows: list[Compared], editable: bool
) -> Listing:
    """The lines `rows` of a version, compared with the one before where there is one."""
    compares = before is not None
    return Listing(
        name="plan-lines",
        title=_now("Line by line") if compares else _now("Lines"),
        columns=columns(compares, editable),
        rows=lambda user: rows,
        form=lambda user, data: LineFilters(data, rows=rows, compares=compares),
        narrowed=narrowed,
        aside=("line",),
        empty=Empty(title=_now("Nothing differs.") if compares else _now("No lines yet.")),
        notes=lambda found: (
            [f"{plan.fiscal_year.code}: {plan.title}"]
            + ([_now("Against %(title)s") % {"title": before.title}] if before else [])
        ),
    )
