"""What lies outside the year's limits at the last quarter's end, and nobody has explained yet."""

from django.urls import reverse

from accounts.models import User
from core.values import display
from monitoring.variance.services import ended_quarters, unexplained
from reports.page_query import PageQuery
from reports.plan_beside_money.explanations import is_kept, variance_facts

MOST = 10


def unexplained_list(page: PageQuery, user: User) -> dict[str, object]:
    """The ten furthest from the plan to date in đồng, how many there are, and where they all are.

    The limits are asked of the current plan, whatever version the page compares with.
    """
    found = [item for item in unexplained(user, page.year, page.over_by) if is_kept(page, item)]
    found.sort(key=lambda item: (-abs(item.planned - item.disbursed), item.program.order))
    ended = ended_quarters(page.year, page.over_by)
    if not ended:
        return {"rows": [], "count": "0", "more": "", "href": "", "quarter": ""}
    return {
        "rows": [variance_facts(item) for item in found[:MOST]],
        "count": display.number(len(found)),
        "more": display.number(len(found) - MOST) if len(found) > MOST else "",
        "href": f"{reverse('variances')}?fiscal_year={page.year.code}&quarter={ended[-1]}",
        "quarter": display.quarter(ended[-1], page.year.start),
    }
