"""The lines of a plan version as a list, beside those of the version before."""

from functools import cache
from operator import attrgetter

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communes.models import Commune
from core.lists import Column, Empty, Listing, filters
from core.lists.columns import BY_VALUE
from core.values.dates import QUARTERS, ROMAN
from disbursements.models import PlanLine, PlanVersion
from disbursements.plans.api import PlanLineFilters
from disbursements.plans.comparison import CHANGED, Compared, signed
from disbursements.plans.origins import proposals_of
from programs.models import Program

KINDS = {"new": _("new"), "removed": _("removed"), "changed": _("changed"), "same": _("unchanged")}
TONES = {"new": "good", "removed": "bad", "changed": "warn"}


class LineFilters(PlanLineFilters):
    """Where there is a version before, only what differs unless all lines are asked for."""

    lines = filters.Choices(
        "pk",
        [("all", _("All lines"))],
        one=True,
        empty=_("Only what differs"),
        label=_("Lines to show"),
        method="every",
    )

    def every(self, lines: object, _name: str, _value: object) -> object:
        return lines

    def offers(self, name: str) -> filters.Offers:
        """Of programmes and units those of the lines."""
        models: dict[str, type[Program] | type[Commune]] = {"program": Program, "commune": Commune}
        if name not in models:
            return super().offers(name)
        return filters.code_choices(
            models[name].objects.filter(plan_lines__in=self.queryset).distinct()
        )


def _quarter(number: int, compares: bool, closed: bool) -> Column:
    def moved(row: Compared) -> str:
        difference = row.after.get(number, 0) - row.before.get(number, 0)
        return signed(difference) if difference and row.kind == "changed" else ""

    return Column(
        f"q{number}",
        (_("quarter %(number)s (closed)") if closed else _("quarter %(number)s"))
        % {"number": ROMAN[number - 1]},
        lambda row: row.after.get(number, 0),
        BY_VALUE,
        sum="amount",
        note=moved if compares else None,
        inside=True,
        note_label=_("change in quarter %(number)s") % {"number": ROMAN[number - 1]},
    )


def _proposals(row: Compared) -> str:
    return "; ".join(str(each) for each in proposals_of(row.line))


def _titled(row: Compared) -> str:
    """What the activity is called in the line, and whether proposals brought it."""
    return f"{row.line.title} · {_now('from proposals')}" if _proposals(row) else row.line.title


def _detail(name: str) -> Column:
    label = PlanLine._meta.get_field(name).verbose_name
    return Column(name, label, attrgetter(f"line.{name}"), BY_VALUE, hidden=True)


def columns(compares: bool, editable: bool, closed: tuple[int, ...] = ()) -> tuple[Column, ...]:
    """The columns in the language of who asks: their heads name quarters."""
    return _columns(get_language(), compares, editable, closed)


@cache
def _columns(
    _language: str | None, compares: bool, editable: bool, closed: tuple[int, ...]
) -> tuple[Column, ...]:
    """What a line shows: its quarters and year; beside another version, how it differs, and what
    was spent. Quarters whose months are all `closed` say so."""
    found = [
        Column(
            "activity",
            _("activity code"),
            lambda row: row.line.activity.code,
            BY_VALUE,
            note=_titled,
            note_label=_("activity"),
        ),
        Column("proposals", _("from proposals"), _proposals, BY_VALUE, hidden=True),
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
    found.append(
        Column(
            "spent",
            _("spent"),
            lambda row: row.spent,
            BY_VALUE,
            numeric=True,
            note=lambda row: _now("more than planned") if row.is_under_spent else "",
            inside=True,
            note_label=_("beside the plan"),
        )
    )
    found += [_quarter(number, compares, number in closed) for number in QUARTERS]
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


def _lines(user: User, *plans: PlanVersion | None) -> QuerySet[PlanLine]:
    """The lines of the versions in the person's scope."""
    lines = PlanLine.objects.visible_to(user).filter(plan_version__in=[p for p in plans if p])
    return lines.with_total()


def listing(
    plan: PlanVersion,
    before: PlanVersion | None,
    rows: list[Compared],
    editable: bool,
    closed: tuple[int, ...] = (),
) -> Listing:
    """The lines `rows` of a version, compared with the one before where there is one."""
    compares = before is not None

    def narrowed(lines: object, filters: LineFilters) -> list[Compared]:
        wanted = dict(filters.asked)
        shows_all = bool(wanted.pop("lines")) or not compares
        found = [row for row in rows if shows_all or row.kind in CHANGED]
        if not any(wanted.values()):
            return found
        kept = set(filters.qs.values_list("pk", flat=True))
        return [row for row in found if row.line.pk in kept]

    return Listing(
        name="plan-lines",
        title=_now("Line by line") if compares else _now("Plan lines"),
        columns=columns(compares, editable, closed),
        rows=lambda user: _lines(user, plan, before),
        filters=LineFilters,
        usual=("search", "program", "commune", *(("lines",) if compares else ())),
        narrowed=narrowed,
        aside=("line",),
        empty=Empty(title=_now("Nothing differs.") if compares else _now("No lines yet.")),
        notes=lambda found: (
            [f"{plan.fiscal_year.code}: {plan.title}"]
            + ([_now("Against %(title)s") % {"title": before.title}] if before else [])
        ),
    )
