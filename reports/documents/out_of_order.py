"""What was handed over and is out of order, in the annual report: seen when, by whose care."""

from typing import Any

from accounts.models import User
from core.values.dates import format_date
from core.values.display import NOTHING
from programs.models import Output
from programs.models.outputs import OutputState
from programs.summary_query import SummaryQuery
from reports.documents.blocks import Column, Writer

COLUMNS = [
    Column("Công trình, trang thiết bị", 56, number=False),
    Column("Xã", 30, number=False),
    Column("Kiểm tra gần nhất", 26, number=False),
    Column("Đơn vị bảo dưỡng", 48, number=False),
]


def find_out_of_order(query: SummaryQuery, user: User) -> dict[str, Any]:
    """All that is out of order, of any year: it stays on the list until it is in use again."""
    rows = Output.objects.visible_to(user).filter(state=OutputState.OUT_OF_ORDER)
    found = rows.with_care(query.until).prefetch_related("communes")
    return {
        "query": "/api/v1/outputs/?state=out_of_order",
        "rows": [
            {
                "id": row.pk,
                "title": row.title,
                "communes": ", ".join(unit.name for unit in row.communes.all()),
                "seen": format_date(row.last_seen) if row.last_seen else "",
                "owner": row.maintained_by,
            }
            for row in found
        ],
    }


def out_of_order(to: Writer, rows: list[dict[str, Any]]) -> None:
    """A part of the section on works; nothing where all is in order."""
    if not rows:
        return
    to.part("Công trình, trang thiết bị hỏng, không sử dụng được")
    to.table(
        "Công trình, trang thiết bị hỏng, không sử dụng được",
        COLUMNS,
        [
            [row["title"], row["communes"], row["seen"] or NOTHING, row["owner"] or NOTHING]
            for row in rows
        ],
    )
