"""Pages of the boards."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import RECORD_MEETING
from communes import services
from communes.boards_api import BoardFilters
from communes.models import Board, BoardMember
from core.pages import Column, RecordAction, RecordAdmin, Section
from core.pages.forms import DayField
from core.values.said import coded


class ConsolidateForm(forms.Form):
    decision_no = forms.CharField(label=_("Decision number"), max_length=60)
    decision_date = DayField(label=_("Decision date"))


class MembersField(forms.CharField):
    """Members, one to a line: role; office; name; acting."""

    widget = forms.Textarea(attrs={"rows": 5})

    def clean(self, value: object) -> list[dict[str, object]]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        return [_member(line) for line in lines]


def _member(line: str) -> dict[str, object]:
    """A member from a line; what follows the name says that the person is only acting."""
    role, office, name, acting, *more = [*(p.strip() for p in line.split(";")), "", "", ""][:5]
    if not role or not office or any(more) or line.count(";") > 3:
        raise ValidationError(
            coded(
                "invalid_line",
                _now("“%(line)s”: write role; office; name; acting.") % {"line": line[:60]},
            )
        )
    return {"role": role, "office": office, "name": name, "acting": bool(acting)}


def _line(member: BoardMember) -> str:
    """A member as a line, the way it is typed."""
    parts = [member.role, member.office, member.name, _now("acting") if member.acting else ""]
    return "; ".join(parts).rstrip("; ")


class MembersForm(forms.Form):
    members = MembersField(
        label=_("Members"),
        help_text=_(
            "One to a line: role; office; name; acting. The last two may be left out; whoever is "
            "left out leaves the board."
        ),
    )


def _seat(*, version: object, **fields: Any) -> Board:
    return services.seat(**fields)


def _sections(row: Board, user: User) -> Iterable[Section]:
    members = [
        (m.role, m.office, m.name or "–", _now("acting") if m.acting else "")
        for m in row.members.all()
    ]
    yield Section(
        _("Members"),
        (_("role on the board"), _("office"), _("name"), ""),
        members,
        () if members else (_now("None entered yet."),),
    )


boards = RecordAdmin(
    name="boards",
    one="board",
    called="board",
    records=services.boards,
    title=_("Boards"),
    new=_("Enter a board"),
    help=_("Each row is a board under one decision; a new decision ends the old term."),
    filterset=BoardFilters,
    filters=("kind", "level", "to_consolidate", "search"),
    related=("commune",),
    prefetch=("members",),
    columns=(
        Column("name", _("board"), lambda row: row.name, "sort_key"),
        Column.choice("kind", _("kind")),
        Column("place", _("jurisdiction"), lambda row: row.commune.full_name, "commune__sort_key"),
        Column("decision", _("decision number"), lambda row: row.decision_no, "decision_no"),
        Column("decided", _("decision date"), lambda row: row.decision_date, "decision_date"),
        Column("start", _("in office from"), lambda row: row.term_start, "term_start"),
        Column("end", _("in office until"), lambda row: row.term_end, "term_end"),
        Column("members", _("members"), lambda row: len(row.members.all()), numeric=True),
        Column(
            "consolidate", _("to be consolidated"), lambda row: row.to_consolidate, "to_consolidate"
        ),
    ),
    first=_("Enter the first board with its decision, then set its members on its page."),
    actions=(
        RecordAction(
            "consolidate",
            _("Consolidate by a new decision"),
            (RECORD_MEETING,),
            services.consolidate,
            ConsolidateForm,
            when=lambda row, user: not Board.objects.filter(follows=row).exists(),
            answer=lambda new: reverse("board", args=[new.pk]),
        ),
        RecordAction(
            "members",
            _("Set the members"),
            (RECORD_MEETING,),
            _seat,
            MembersForm,
            start=lambda row: {"members": "\n".join(_line(m) for m in row.members.all())},
        ),
    ),
    sections=_sections,
)
