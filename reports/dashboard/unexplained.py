"""What lies outside the year's limits at the last quarter's end, and nobody has explained yet."""

from django.urls import reverse

from accounts.models import User
from core.values import display
from monitoring.variance.services import Variance, ended_quarters, unexplained
from reports import linked_number
from reports.page_query import PageQuery
from reports.plan_beside_money.explanations import is_kept

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
        "rows": [_row(page, item) for item in found[:MOST]],
        "count": display.number(len(found)),
        "more": display.number(len(found) - MOST) if len(found) > MOST else "",
        "href": f"{reverse('variances')}?fiscal_year={page.year.code}&quarter={ended[-1]}",
        "quarter": display.quarter(ended[-1], page.year.start),
    }


def _row(page: PageQuery, item: Variance) -> dict[str, object]:
    kind, pk = item.subject
    own = PageQuery.of_year(
        page.year,
        page.year.quarter_end(item.quarter),
        programs=(item.program,),
        activities=(item.activity,) if item.activity else (),
        communes=(item.commune,) if item.commune else (),
    )
    return {
        "name": f"{item.program.code} · {item.commune}" if item.commune else str(item.activity),
        "rate": linked_number.percent(item.rate, own.detail(show="due")),
        "gap": linked_number.remaining(item.planned - item.disbursed, own.detail(show="due")),
        "tone": "over" if item.is_over else "under",
        "href": reverse(
            "variance", args=[item.year.code, item.quarter, item.program.code, kind, pk]
        ),
    }
