"""Proposals judged by the criteria of their year: what the criteria are, and the points given."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DECIDE_PROPOSAL, MANAGE_SETTINGS
from accounts.scope import outside
from core.services.access import check
from core.services.errors import Conflict, StaleVersion
from core.services.records import RecordServices
from core.services.transition import save_with_history
from core.values.said import refused
from monitoring.models import Proposal
from monitoring.models.criteria import MOST_POINTS, Criterion, Score
from monitoring.models.proposals import IN_A_PLAN
from programs.models import FiscalYear

MOST_CRITERIA = 10  # that stand side by side


def _criterion(row: Criterion, actor: User, many: dict[str, object]) -> None:
    others = Criterion.objects.filter(fiscal_year=row.fiscal_year).exclude(pk=row.pk)
    if others.count() >= MOST_CRITERIA:
        said = _("A year has at most %(most)d criteria.") % {"most": MOST_CRITERIA}
        raise refused("fiscal_year", "too_many", said)
    before = Criterion.objects.filter(pk=row.pk).first()
    if before and before.fiscal_year_id != row.fiscal_year_id and before.scores.exists():
        said = _("Points are given for it: its year stays.")
        raise refused("fiscal_year", "in_use", said)
    if not row.order:
        row.order = others.count() + 1


criteria = RecordServices(
    Criterion,
    permissions=(DECIDE_PROPOSAL, MANAGE_SETTINGS),
    fields=("fiscal_year", "name", "weight", "order"),
    prepare=_criterion,
)


def criteria_of(year: FiscalYear) -> list[Criterion]:
    """In the order in which they are shown."""
    return list(Criterion.objects.filter(fiscal_year=year).order_by("order", "pk"))


@transaction.atomic
def score(
    *, actor: User, proposal: Proposal, points: Mapping[int, int | None], version: int | None = None
) -> Proposal:
    """Give a proposal points for criteria (by id; None takes them back), while it is in no plan."""
    check(actor, DECIDE_PROPOSAL)
    if errors := outside(actor, program=proposal.program, commune=proposal.commune):
        raise ValidationError(errors)
    row = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if version is not None and row.version != version:
        raise StaleVersion
    if row.state in IN_A_PLAN:
        raise Conflict(_("This proposal has been decided or planned already."), "state")
    known = {criterion.pk: criterion for criterion in criteria_of(row.fiscal_year)}
    _check_points(points, known)
    for pk, given in points.items():
        _upsert_score(row, known[pk], given, actor)
    row.version += 1
    said = "; ".join(f"{known[pk]}: {'–' if n is None else n}" for pk, n in points.items())
    save_with_history(row, actor, _("scored: %(points)s") % {"points": said})
    return row


def by_id(proposal: Proposal, points: Mapping[str, int | None]) -> dict[int, int | None]:
    """Points by the criteria's names, by their ids. `ValidationError` for one that there is not."""
    known = {each.name: each.pk for each in criteria_of(proposal.fiscal_year)}
    for name in points:
        if name not in known:
            said = _("The year has no criterion “%(name)s”.") % {"name": name}
            raise refused("scores", "does_not_exist", said)
    return {known[name]: given for name, given in points.items()}


def _check_points(points: Mapping[int, int | None], known: Mapping[int, Criterion]) -> None:
    if not points:
        said = _("Give points for at least one criterion.")
        raise refused("scores", "required", said)
    for pk, given in points.items():
        if pk not in known:
            said = _("This is no criterion of the year.")
            raise refused("scores", "does_not_exist", said)
        if given is not None and not 0 <= given <= MOST_POINTS:
            said = _("%(criterion)s: points are from 0 to %(most)d.")
            facts = {"criterion": known[pk], "most": MOST_POINTS}
            raise refused("scores", "out_of_range", said % facts)


def _upsert_score(row: Proposal, criterion: Criterion, given: int | None, actor: User) -> None:
    if given is None:
        Score.objects.filter(proposal=row, criterion=criterion).delete()
        return
    Score.objects.update_or_create(
        proposal=row, criterion=criterion, defaults={"points": given, "scored_by": actor}
    )


def points_of(proposal: Proposal) -> dict[int, int]:
    """The points given, by the criterion's id; prefetch `scores`."""
    return {each.criterion_id: each.points for each in proposal.scores.all()}  # type: ignore[attr-defined]


def total(points: Mapping[int, int], criteria: Iterable[Criterion]) -> Decimal | None:
    """The weighted mean of the points, with one decimal; None until every criterion has some."""
    known = list(criteria)
    if not known or any(criterion.pk not in points for criterion in known):
        return None
    weighed = sum(points[criterion.pk] * criterion.weight for criterion in known)
    mean = Decimal(weighed) / sum(criterion.weight for criterion in known)
    return mean.quantize(Decimal("0.1"), ROUND_HALF_UP)
