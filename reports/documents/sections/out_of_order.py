"""What was handed over and is out of order: seen when, and in whose care."""

from django.utils.translation import gettext_lazy as _

from core.values.dates import format_date
from core.values.display import NOTHING
from programs.models import Output
from programs.models.outputs import OutputState
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Report, Section, Sources, Table

TITLE = "Công trình, trang thiết bị hỏng, không sử dụng được"
COLUMNS = [
    Column("Công trình, trang thiết bị", 56, number=False),
    Column("Xã", 30, number=False),
    Column("Kiểm tra gần nhất", 26, number=False),
    Column("Đơn vị bảo dưỡng", 48, number=False),
]


def find(sources: Sources) -> Figures:
    """All that is out of order, of any year: it is named until it is in use again."""
    rows = Output.objects.visible_to(sources.user).filter(state=OutputState.OUT_OF_ORDER)
    found = rows.with_care(sources.query.until).prefetch_related("communes")
    return {
        "query": "/api/v1/outputs/?state=out_of_order",
        "rows": [
            {
                "id": row.pk,
                "title": row.title,
                "communes": ", ".join(commune.name for commune in row.communes.all()),
                "seen": format_date(row.last_seen) if row.last_seen else "",
                "owner": row.maintained_by,
            }
            for row in found
        ],
    }


def write(to: Writer, report: Report) -> None:
    rows = report.rows("out_of_order")
    if not rows:
        return
    to.section(TITLE)
    to.table(
        TITLE,
        COLUMNS,
        [
            [row["title"], row["communes"], row["seen"] or NOTHING, row["owner"] or NOTHING]
            for row in rows
        ],
    )


FIELDS = {
    "title": _("works or equipment"),
    "communes": _("communes"),
    "seen": _("last seen"),
    "owner": _("maintained by"),
}
SECTION = Section(write, {"out_of_order": Table(_("Out of order"), find, FIELDS)})
