"""Records as documents print them: what several sections say the same way."""

from datetime import date
from typing import Any

from core.values.dates import format_date
from monitoring.models import Visit


def about(row: Any) -> str:
    """'Phòng, chống bạo lực trên cơ sở giới; xã Bản Lang', or '' where it is about all."""
    parts = [row.program.name if row.program else "", f"xã {row.commune}" if row.commune else ""]
    return "; ".join(part for part in parts if part)


def day(value: date | None) -> str:
    return format_date(value) if value else ""


def went(row: Visit) -> dict[str, Any]:
    """Which visit, when, where."""
    return {
        "id": row.pk,
        "title": row.title,
        "date": format_date(row.date),
        "commune_name": row.commune.name,
    }
