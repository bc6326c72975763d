"""Which proposals a plan line came from. They belong to an app above this one: the line's activity
knows them."""

from typing import Any

from disbursements.models import PlanLine

PREFETCH = "activity__proposals"


def proposals_of(line: PlanLine) -> list[Any]:
    """The proposals that brought a line, or made it grow: those in its version or in an earlier
    one that was approved. Select `plan_version` and prefetch `PREFETCH`."""
    activity: Any = line.activity
    return [
        each
        for each in activity.proposals.all()
        if (each.commune_id, each.fiscal_year_id)
        == (line.commune_id, line.plan_version.fiscal_year_id)
        and each.plan_version_id is not None
        and (
            each.plan_version_id == line.plan_version_id
            or (each.state == "planned" and each.plan_version_id < line.plan_version_id)
        )
    ]
