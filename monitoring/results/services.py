"""The results framework: targets and actuals set, and target against actual."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import EXPLAIN_VARIANCE, RECORD_MEETING
from accounts.scope import outside
from communes.models import Commune
from communes.own_day import PlacedServices
from core.services.records import RecordServices
from core.values.said import coded, refused
from disbursements.against_plan import against_plan
from monitoring.models import Actual, Indicator, Target
from monitoring.models.indicators import Counted
from programs.models import FiscalYear, Output
from programs.outputs.services import delivered
from programs.summary_query import SummaryQuery
from trainings.counts import count_trainings

MAY_SET = (RECORD_MEETING, EXPLAIN_VARIANCE)


def _indicator(row: Indicator, actor: User, many: object = None) -> None:
    errors = outside(actor, program=row.program)
    if row.pk and row.counted != Counted.ENTERED and row.actuals.exists():
        errors = errors or {
            "counted": coded(
                "actuals_entered",
                _("Actuals were entered for it: the portal cannot count it as well."),
            )
        }
    if errors:
        raise ValidationError(errors)


indicators = RecordServices(
    Indicator,
    permissions=MAY_SET,
    fields=("code", "name", "program", "unit", "baseline", "counted"),
    prepare=_indicator,
)


def _placed(row: Target | Actual, actor: User, many: object = None) -> None:
    """In the actor's scope."""
    errors = outside(actor, program=row.indicator.program, commune=row.commune)
    if "program" in errors:  # a figure has no programme of its own: it is the indicator's
        errors = {"indicator": errors["program"]}
    if errors:
        raise ValidationError(errors)


def _entered(row: Actual, actor: User, many: object = None) -> None:
    _placed(row, actor)
    if row.indicator.counted != Counted.ENTERED:
        raise refused("indicator", "counted_here", _("The portal counts this indicator itself."))


T = TypeVar("T", Target, Actual)
PLACE = ("indicator", "fiscal_year", "commune")
targets = PlacedServices(Target, permissions=MAY_SET, fields=(*PLACE, "value"), prepare=_placed)
actuals = PlacedServices(
    Actual, permissions=MAY_SET, fields=(*PLACE, "value", "evidence"), prepare=_entered
)


def set_target(
    *, actor: User, indicator: Indicator, year: FiscalYear, commune: Commune, value: Decimal
) -> Target:
    """Set (or change) the target of a year in a commune."""
    target: Target = _upsert(targets, actor, indicator, year, commune, value=value)
    return target


def enter_actual(
    *,
    actor: User,
    indicator: Indicator,
    year: FiscalYear,
    commune: Commune,
    value: Decimal,
    evidence: str,
) -> Actual:
    """Enter (or correct) what was reached, with evidence; refused where the portal counts it."""
    figures = {"value": value, "evidence": evidence}
    actual: Actual = _upsert(actuals, actor, indicator, year, commune, **figures)
    return actual


@transaction.atomic
def _upsert(
    records: RecordServices[T],
    actor: User,
    indicator: Indicator,
    year: FiscalYear,
    commune: Commune,
    **values: object,
) -> T:
    place = {"indicator": indicator, "fiscal_year": year, "commune": commune}
    row = records.model._default_manager.filter(**place).first()
    if row is None:
        return records.create(actor=actor, **place, **values)
    return records.change(actor=actor, record=row, version=row.version, **values)


@dataclass
class Result:
    """Target against actual of one indicator in one commune (None: all the user sees)."""

    indicator: Indicator
    commune: Commune | None
    target: Decimal | None
    actual: Decimal | None
    evidence: str = ""
    actual_id: int | None = None  # of the entered actual

    @property
    def rate(self) -> Decimal | None:
        """Actual in percent of the target, one decimal."""
        if not self.target or self.actual is None:
            return None
        return (100 * self.actual / self.target).quantize(Decimal("0.1"))


def results(user: User, query: SummaryQuery) -> list[Result]:
    """Every indicator the user sees by commune, with a target or an actual of the year; in stable
    order. What the portal counts itself is as the query has it."""
    year = query.year
    indicators = list(Indicator.objects.visible_to(user).select_related("program"))
    targets = {
        (t.indicator_id, t.commune_id): t.value
        for t in Target.objects.visible_to(user).filter(fiscal_year=year)
    }
    entered = {
        (a.indicator_id, a.commune_id): a
        for a in Actual.objects.visible_to(user).filter(fiscal_year=year)
    }
    counted = _counted(user, query, {i.counted for i in indicators})
    communes = {c.pk: c for c in Commune.objects.visible_to(user)}
    rows = []
    for indicator in indicators:
        for commune in communes.values():
            key = (indicator.pk, commune.pk)
            value = counted.get((indicator.counted, indicator.program_id, commune.pk))
            actual = entered.get(key)
            if key in targets or actual or value is not None:
                rows.append(
                    Result(
                        indicator,
                        commune,
                        targets.get(key),
                        actual.value if actual else value,
                        actual.evidence if actual else "",
                        actual.pk if actual else None,
                    )
                )
    return rows


def _counted(
    user: User, query: SummaryQuery, kinds: set[str]
) -> dict[tuple[str, int, int], Decimal]:
    """(kind, programme, commune) → what the portal counts; each source is asked once."""
    found: dict[tuple[str, int, int], Decimal] = {}
    if kinds & {Counted.TRAININGS, Counted.PARTICIPANTS, Counted.FEMALE}:
        for row in count_trainings(query.cut("program", "commune"), user).rows:
            place = (row.key["program"], row.key["commune"])
            found[Counted.TRAININGS, *place] = Decimal(row.trainings)
            found[Counted.PARTICIPANTS, *place] = Decimal(row.values["participants"])
            found[Counted.FEMALE, *place] = Decimal(row.values["female"])
    if Counted.RATE in kinds:
        answer = against_plan(query.cut("program", "commune", "quarter"), user)
        for money in answer.cut("program", "commune").rows:
            if money.rate is not None:
                found[Counted.RATE, money.key["program"], money.key["commune"]] = money.rate
    if Counted.OUTPUTS in kinds:
        _outputs(delivered(user, query.year, query.until), found)
    return found


def _outputs(rows: list[Output], found: dict[tuple[str, int, int], Decimal]) -> None:
    """Outputs of the year handed over by then; one of several communes counts in none of them."""
    for output in rows:
        communes = list(output.communes.all())
        if len(communes) == 1:
            key = (Counted.OUTPUTS, output.program_id, communes[0].pk)
            found[key] = found.get(key, Decimal(0)) + output.quantity
