"""Who may approve or return a plan version: the role, or who lent the right, and over all of it."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.delegation import authority
from accounts.models import User
from accounts.roles import APPROVE_PLAN
from accounts.scope import covers
from communes.models import Commune
from disbursements.models import PlanVersion
from disbursements.plans.comparison import CHANGED, compare, version_before
from programs.models import Program

NAMED = 3


def places_of(plan: PlanVersion) -> list[tuple[Program, Commune]]:
    """Programme × commune of each line in which the version differs from the one before.

    Without a version before: of each line. Whoever sees them; in the plan's order.
    """
    before = version_before(plan)
    rows = compare(before, plan, None)
    lines = [row.line for row in rows if before is None or row.kind in CHANGED]
    places = {(line.program_id, line.commune_id): (line.program, line.commune) for line in lines}
    return list(places.values())


def authority_over_plan(actor: User, plan: PlanVersion) -> str:
    """What the trail says of the right to approve or return: "" for one's own, or for whom.

    Nobody decides on a plan of which they see no line, nor on one that changes what lies outside
    their assignments, or outside those of who lent them the right. Raises `PermissionDenied`.
    """
    if not PlanVersion.objects.visible_to(actor).filter(pk=plan.pk).exists():
        raise PermissionDenied
    places = places_of(plan)
    behalf = authority(actor, APPROVE_PLAN, places=places, hands=plan.hands)
    outside = [f"{p.code} · {c.name}" for p, c in places if not covers(actor, p, c)]
    if outside:
        more = "…" if len(outside) > NAMED else ""
        raise PermissionDenied(
            _("This plan also changes what lies outside your assignment: %(places)s.")
            % {"places": ", ".join(outside[:NAMED]) + more}
        )
    return behalf


def why_not(actor: User, plan: PlanVersion) -> str | None:
    """None where the actor may approve the plan; else the reason, "" where none is to be told."""
    if actor.pk in plan.hands:
        return _("You had a hand in this plan: somebody else has to approve it.")
    try:
        authority_over_plan(actor, plan)
    except PermissionDenied as refusal:
        return str(refusal)
    return None
