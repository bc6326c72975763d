"""Records as documents print them: what several sections say the same way."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from core.services.request_cache import once
from core.values.dates import format_date
from monitoring.models import Visit
from monitoring.models.visits import VisitState
from programs.models import add_months
from reports.documents.section import Sources


def about(row: Any) -> str:
    """'Phòng, chống bạo lực trên cơ sở giới; xã Bản Lang', or '' where it is about all."""
    parts = [row.program.name if row.program else "", f"xã {row.commune}" if row.commune else ""]
    return "; ".join(part for part in parts if part)


def day(value: date | None) -> str:
    return format_date(value) if value else ""


def visits(sources: Sources) -> list[Visit]:
    """Made within the span, and planned for the time after it, up to the end of the year after:
    read once, the earliest first."""
    query = sources.query
    made = Q(state=VisitState.MADE, date__range=(query.span[0], min(query.span[1], query.until)))
    last = add_months(query.year.start, 24) - timedelta(days=1)
    ahead = (query.span[1] + timedelta(days=1), last)
    planned = Q(state=VisitState.PLANNED, date__range=ahead)
    rows = Visit.objects.visible_to(sources.user).filter(made | planned)
    return once(
        ("visits", sources.user.pk, query.span, query.until),
        lambda: list(rows.select_related("commune").order_by("date", "pk")),
    )


def went(row: Visit) -> dict[str, object]:
    """Which visit, when, where."""
    return {
        "id": row.pk,
        "title": row.title,
        "date": format_date(row.date),
        "commune_name": row.commune.name,
    }
