"""Works and equipment that were handed over."""

from collections import Counter
from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.values import display
from programs.outputs.services import delivered
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Report, Section, Sources, Table
from reports.documents.wording import say


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
    to.section(say("Công trình, trang thiết bị hỗ trợ", "Works and equipment"))
    if rows:
        to.say(
            f"Đã bàn giao {len(rows)} hạng mục công trình, trang thiết bị.",
            f"{len(rows)} works and items of equipment were handed over.",
        )
        to.table(
            say("Công trình, trang thiết bị đã bàn giao", "Works and equipment handed over"),
            [
                Column(say("Công trình, trang thiết bị", "Works, equipment"), 60, number=False),
                Column(say("Xã", "Commune"), 40, number=False),
                Column(say("Số lượng", "Quantity"), 30),
                Column(say("Tình trạng", "State"), 30, number=False),
            ],
            [
                [
                    row["title"],
                    row["communes"],
                    f"{display.number(row['quantity'])} {row['unit']}".strip(),
                    row["state"],
                ]
                for row in rows
            ],
        )
    to.text(text)


def suggest(report: Report) -> Mapping[str, str]:
    """How many of each kind."""
    kinds = Counter(row["kind"] for row in report.rows("outputs"))
    said = "; ".join(f"{kind}: {count}" for kind, count in kinds.items())
    return {"outputs": say(f"Theo loại: {said}.", f"By kind: {said}.") if said else ""}


FIELDS = {
    "quantity": _("quantity"),
    "unit": _("unit"),
    "state": _("state"),
    "kind": _("kind"),
    "communes": _("communes"),
}
SECTION = Section(write, {"outputs": Table(_("Works and equipment"), find, FIELDS)}, texts, suggest)
