"""What a draft in a closed month is told: it will be refused when it is submitted."""

from disbursements.models import Disbursement, Status
from programs.models import Period, YearState
from programs.years.open_days import closed

NOT_YET = (Status.DRAFT, Status.RETURNED)


def closed_months() -> dict[int, Period]:
    """The closed months by id: read once for many rows."""
    return {month.pk: month for month in Period.objects.filter(state=YearState.CLOSED)}


def month_warning(row: Disbursement, months: dict[int, Period]) -> list[dict[str, object]]:
    """The warning (field, code, sentence) on a draft or returned row whose month is closed."""
    month = months.get(row.period_id)
    if month is None or row.status not in NOT_YET:
        return []
    said = closed(month)
    return [{"field": "date", "code": said.code, "message": str(said.message)}]
