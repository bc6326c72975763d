"""What waits and is not for a delegate to decide: shown where somebody delegates."""

from accounts.delegation import Undecided
from accounts.models import User
from accounts.people.cover import who_could
from accounts.roles import APPROVE_PLAN, POST_DISBURSEMENT
from accounts.scope import covers
from communes.models import Commune
from core.models import made_by
from disbursements.models import Disbursement, PlanState, PlanVersion
from disbursements.models.ledger import DisbursementQuerySet
from disbursements.plans.authority import places_of
from programs.models import Program


def undecided(giver: User, receiver: User) -> Undecided:
    """The rows and plans that wait for `giver` and that `receiver` may not decide."""
    count = total = 0
    others: dict[int, str] = {}
    if giver.can(POST_DISBURSEMENT):
        rows = _rows_of(giver)
        left = rows.exclude(pk__in=_rows_of(receiver).values("pk"))
        total, count = rows.count(), left.count()
        for person in who_could(POST_DISBURSEMENT):
            if left.filter(pk__in=_rows_of(person).values("pk")).exists():
                others[person.pk] = person.display_name
    if giver.can(APPROVE_PLAN):
        able = who_could(APPROVE_PLAN)
        for plan in PlanVersion.objects.visible_to(giver).filter(state=PlanState.SUBMITTED):
            if not _may(giver, plan, places := places_of(plan)):
                continue
            total += 1
            if not _may(receiver, plan, places):
                count += 1
                others |= {p.pk: p.display_name for p in able if _may(p, plan, places)}
    others.pop(giver.pk, None)
    return Undecided(count, total, sorted(others.values()))


def _rows_of(person: User) -> DisbursementQuerySet:
    """The waiting rows in somebody's assignments in which they had no hand."""
    return Disbursement.objects.visible_to(person).waiting().exclude(made_by(Disbursement, person))


def _may(person: User, plan: PlanVersion, places: list[tuple[Program, Commune]]) -> bool:
    return person.pk not in plan.hands and all(covers(person, *place) for place in places)
