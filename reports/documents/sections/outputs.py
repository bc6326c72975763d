"""Works and equipment that were handed over."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.values.money import format_vnd
from programs.outputs.services import delivered
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Report, Section, Sources, Table


def find(sources: Sources) -> Figures:
    """Of the year, or with their day of handover in the quarter."""
    query = sources.query
    rows = delivered(sources.user, query.year, query.until)
    if query.quarter is not None:
        first, last = query.span
        rows = [row for row in rows if row.handed_over_on and first <= row.handed_over_on <= last]
    return {
        "query": f"/api/v1/outputs/?fiscal_year={query.year.code}",
        "rows": [
            {
                "id": row.pk,
                "title": row.title,
                "program": row.program.code,
                "kind": str(row.get_kind_display()),
                "communes": ", ".join(commune.name for commune in row.communes.all()),
                "quantity": row.quantity,
                "unit": row.unit,
                "state": str(row.get_state_display()),
            }
            for row in rows
        ],
    }


def texts() -> Mapping[str, str]:
    return {"outputs": _now("Works and equipment")}


def write(to: Writer, report: Report) -> None:
    rows, text = report.rows("outputs"), report.text("outputs")
    if not rows and not text:
        return
    to.section("Công trình, trang thiết bị hỗ trợ")
    if rows:
        to.text(f"Đã bàn giao {len(rows)} hạng mục công trình, trang thiết bị.")
        to.table(
            "Công trình, trang thiết bị đã bàn giao",
            [
                Column("Công trình, trang thiết bị", 60, number=False),
                Column("Xã", 40, number=False),
                Column("Số lượng", 30),
                Column("Tình trạng", 30, number=False),
            ],
            [
                [
                    row["title"],
                    row["communes"],
                    f"{format_vnd(row['quantity'])} {row['unit']}".strip(),
                    row["state"],
                ]
                for row in rows
            ],
        )
    to.text(text)


FIELDS = {
    "quantity": _("quantity"),
    "unit": _("unit"),
    "state": _("state"),
    "kind": _("kind"),
    "communes": _("communes"),
}
SECTION = Section(write, {"outputs": Table(_("Works and equipment"), find, FIELDS)}, texts)
