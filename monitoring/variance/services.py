"""Variance (chênh lệch so với kế hoạch): where it stands, and what was said about it.

At a quarter's end, cumulatively and against the plan to date, a programme × commune or an activity
below or above the fiscal year's limits asks for an explanation. Nothing is blocked by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _now

from accounts.models import User
from accounts.roles import EXPLAIN_VARIANCE
from communes.models import Commune
from core.services.access import check
from core.services.errors import StaleVersion, require_reason
from core.services.request_cache import by_key, once
from core.services.transition import save_with_history
from core.values.dates import QUARTERS, today
from core.values.money import rate
from core.values.said import coded, refused
from disbursements.against_plan import Figures, against_plan
from disbursements.ledger.services import scope_errors
from disbursements.models import PlanVersion
from monitoring.models.variance import Cause, VarianceNote, whole_programs
from programs.models import Activity, FiscalYear, Program
from programs.summary_query import SummaryQuery

CURRENT, ORIGINAL = "current", "original"


@dataclass(frozen=True)
class Variance:
    """One thing outside the limits at a quarter's end; `rate` None: money without a plan."""

    year: FiscalYear
    quarter: int
    program: Program
    commune: Commune | None
    activity: Activity | None
    planned: int
    disbursed: int
    rate: Decimal | None
    note: VarianceNote | None = None
    plan: str = CURRENT  # held against which version

    @property
    def is_over(self) -> bool:
        return self.disbursed > self.planned

    @property
    def subject(self) -> tuple[str, int]:
        thing = self.commune or self.activity
        return ("commune" if self.commune else "activity", thing.pk if thing else 0)


def ended_quarters(year: FiscalYear, as_of: Date | None = None) -> list[int]:
    """The quarters of a year that are over."""
    return [q for q in QUARTERS if year.quarter_end(q) < (as_of or today())]


def variances(user: User, year: FiscalYear, quarter: int, plan: str = CURRENT) -> list[Variance]:
    """What stands outside the limits at the end of a quarter, with what was said about it.

    `plan` is `current`, `original` or the number of a version, as `SummaryQuery` has it. What was
    said was said of the plan then in force, and is read beside any.
    """
    asked = ("variances", user.pk, year.pk, quarter, plan)
    return once(asked, lambda: _variances(user, year, quarter, plan))


def _variances(user: User, year: FiscalYear, quarter: int, plan: str) -> list[Variance]:
    query = SummaryQuery.of_year(year, year.quarter_end(quarter), plan=plan)
    if whole := {program.pk for program in whole_programs(user)}:
        # One question serves both cuts; activities are asked of whole programmes alone.
        answer = against_plan(query.cut("program", "commune", "activity"), user)
        cut = answer.cut("program", "activity").rows
        by_activity = [row for row in cut if row.key["program"] in whole]
        found = [*answer.cut("program", "commune").rows, *by_activity]
    else:
        found = against_plan(query.cut("program", "commune"), user).rows
    rows = [row for row in found if outside(row, year)]
    return _with_records(rows, query, quarter, user)


def plans_of(year: FiscalYear) -> dict[str, str]:
    """What a year can be held against, as the parameter `plan` has it, with its name."""
    versions = PlanVersion.objects.approved().filter(fiscal_year=year).order_by("number")
    return {
        CURRENT: _now("Current plan"),
        ORIGINAL: _now("Original plan"),
        **{str(version.number): version.title for version in versions},
    }


def beside_href(item: Variance) -> str:
    """The page with plan, money and records of this in its quarter."""
    asked = SummaryQuery.of_year(
        item.year,
        quarter=item.quarter,
        programs=(item.program,),
        communes=(item.commune,) if item.commune else (),
        activities=(item.activity,) if item.activity else (),
        plan=item.plan,
    )
    return f"{reverse('beside-money')}?{asked.to_query()}"


def outside(row: Figures, year: FiscalYear) -> bool:
    """Whether a figure to date lies beyond the year's limits."""
    planned = row.planned_to_date or 0
    if not planned:
        return row.disbursed > 0
    percent = row.disbursed * 100
    return percent < year.variance_low * planned or percent > year.variance_high * planned


def _with_records(
    rows: Iterable[Figures], query: SummaryQuery, quarter: int, user: User
) -> list[Variance]:
    rows, year = list(rows), query.year
    programs = by_key(Program, {row.key["program"] for row in rows})
    communes = by_key(Commune, {row.key.get("commune") for row in rows})
    activities = by_key(Activity, {row.key.get("activity") for row in rows})
    notes = {
        (note.program_id, note.commune_id, note.activity_id): note
        for note in notes_of(user, year)
        if note.quarter == quarter
    }
    found = []
    for row in rows:
        program, commune = row.key["program"], row.key.get("commune")
        activity = row.key.get("activity")
        found.append(
            Variance(
                year=year,
                quarter=quarter,
                program=programs[program],
                commune=communes.get(commune),
                activity=activities.get(activity),
                planned=row.planned_to_date or 0,
                disbursed=row.disbursed,
                rate=row.rate_to_date,
                note=notes.get((program, commune, activity)),
                plan=query.plan,
            )
        )
    return sorted(found, key=_order)


def notes_of(user: User, year: FiscalYear) -> list[VarianceNote]:
    """What was said in a year of the cells a person sees, whichever quarter it is about."""

    def read() -> list[VarianceNote]:
        rows = VarianceNote.objects.visible_to(user).filter(fiscal_year=year)
        return list(rows.select_related("commune", "plan_version__fiscal_year"))

    return once(("variance notes", user.pk, year.pk), read)


def as_explained(user: User, year: FiscalYear, quarter: int | None = None) -> list[Variance]:
    """What was explained at the end of a quarter (of any, the latest first), each with the figures
    it was explained with.

    The plan may have taken it up since: then it is a variance no more, but was said all the same.
    """
    notes = VarianceNote.objects.visible_to(user).filter(fiscal_year=year)
    if quarter:
        notes = notes.filter(quarter=quarter)
    return [
        Variance(
            year=year,
            quarter=note.quarter,
            program=note.program,
            commune=note.commune,
            activity=note.activity,
            planned=note.planned_to_date,
            disbursed=note.disbursed,
            rate=rate(note.disbursed, note.planned_to_date),
            note=note,
        )
        for note in notes.select_related(
            "program", "commune", "activity", "plan_version__fiscal_year"
        )
    ]


def _order(item: Variance) -> tuple[object, ...]:
    place = item.commune.sort_key if item.commune else ""
    code = item.activity.code if item.activity else ""
    return (item.activity is not None, item.program.order, place, code)


def unexplained(user: User, year: FiscalYear, as_of: Date | None = None) -> list[Variance]:
    """What lies outside the limits at the last quarter's end that is over, without a word on it."""
    ended = ended_quarters(year, as_of)
    if not ended:
        return []
    return [item for item in variances(user, year, ended[-1]) if item.note is None]


@transaction.atomic
def explain(
    *,
    actor: User,
    fiscal_year: FiscalYear,
    quarter: int,
    program: Program,
    text: str,
    cause: str = Cause.OTHER,
    commune: Commune | None = None,
    activity: Activity | None = None,
    decision: str = "",
    plan_version: PlanVersion | None = None,
    version: int | None = None,
) -> VarianceNote:
    """Say why, or say it anew (with the `version` seen). Keeps the figures it was said about.

    The cause is one of those to choose, the text describes it; `decision` allowed it, and
    `plan_version` is the revision that followed.
    """
    check(actor, EXPLAIN_VARIANCE)
    _check_subject(actor, program, commune, activity)
    found = next(
        (
            item
            for item in variances(actor, fiscal_year, quarter)
            if (item.program, item.commune, item.activity) == (program, commune, activity)
        ),
        None,
    )
    if found is None:
        raise ValidationError(
            coded("within_limits", _now("This lies within the limits: nothing needs explaining."))
        )
    require_reason(text, _now("Say why."), "text")
    if cause not in Cause.values:
        raise refused("cause", "invalid_choice", _now("Choose one of the causes."))
    note = found.note or VarianceNote(
        fiscal_year=fiscal_year,
        quarter=quarter,
        program=program,
        commune=commune,
        activity=activity,
    )
    if note.pk:
        note = VarianceNote.objects.select_for_update().get(pk=note.pk)
        if version != note.version:
            raise StaleVersion
        note.version += 1
    note.cause, note.text = cause, text.strip()
    note.decision, note.plan_version = decision.strip(), plan_version
    note.planned_to_date, note.disbursed = found.planned, found.disbursed
    save_with_history(note, actor, _now("explained"))
    return note


@transaction.atomic
def explain_all(
    *, actor: User, items: Sequence[Variance], versions: Sequence[int | None] = (), **said: Any
) -> int:
    """Say the same why of each of these, or of none; how many. What was explained before is said
    anew only with the version seen (`versions`, in the order of `items`)."""
    for item, version in zip_longest(items, versions):
        explain(
            actor=actor,
            fiscal_year=item.year,
            quarter=item.quarter,
            program=item.program,
            commune=item.commune,
            activity=item.activity,
            version=version,
            **said,
        )
    return len(items)


def _check_subject(
    actor: User, program: Program, commune: Commune | None, activity: Activity | None
) -> None:
    if (commune is None) == (activity is None):
        raise ValidationError(
            coded("one_of_two", _now("An explanation is about a commune or about an activity."))
        )
    if activity is not None and activity.program_id != program.pk:
        raise refused(
            "activity", "other_program", _now("This activity belongs to another programme.")
        )
    if commune is not None and (errors := scope_errors(actor, program, commune)):
        raise ValidationError(errors)
