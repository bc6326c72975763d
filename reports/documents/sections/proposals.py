"""What was selected of the proposals for the year after: how many, how much, and which."""

from django.utils.translation import gettext_lazy as _

from core.values import display
from monitoring.models import Proposal
from programs.years.services import year_after
from reports.documents import wording
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Report, Section, Sources, Table
from reports.documents.wording import say

TAKEN = ("selected", "drafted", "planned")


def find(sources: Sources) -> Figures:
    """What is proposed for the year after, with what the board made of it."""
    following = year_after(sources.query.year)
    rows = Proposal.objects.visible_to(sources.user).filter(fiscal_year=following)
    return {
        "query": f"/api/v1/proposals/?fiscal_year={following.code if following else ''}",
        "rows": [
            {
                "id": row.pk,
                "title": row.title,
                "program": row.program.code,
                "commune_name": row.commune.name,
                "activity": row.activity.code if row.activity else "",
                "estimate": row.estimate,
                "state": row.state,
                "state_name": str(row.get_state_display()),
            }
            for row in rows.select_related("program", "commune", "activity")
        ],
    }


def write(to: Writer, report: Report) -> None:
    rows = [row for row in report.rows("proposals") if row["state"] in TAKEN]
    if not rows:
        return
    total = sum(row["estimate"] for row in rows)
    estimate = f"{display.qualified(total)} ({display.number(total)} đồng)"
    to.say(
        f"Đã lựa chọn {len(rows)} hoạt động đề xuất cho năm tiếp theo, tổng dự toán {estimate}.",
        f"{len(rows)} proposed activities are selected for the next year, estimated at {estimate}.",
    )
    _from_proposals(to, rows)
    cells = wording.millions(rows, "estimate")
    to.table(
        say(
            "Hoạt động đề xuất được lựa chọn cho năm tiếp theo",
            "Proposed activities selected for the next year",
        ),
        [
            Column(say("Hoạt động", "Activity"), 80, number=False),
            Column(say("Chương trình", "Programme"), 28, number=False),
            Column(say("Xã", "Commune"), 27, number=False),
            Column(say("Dự toán", "Estimate"), 25),
        ],
        [
            [row["title"], row["program"], row["commune_name"], display.number(cells[i])]
            for i, row in enumerate(rows)
        ],
        total=[wording.total_name(), "", "", display.number(sum(cells))],
        unit=wording.in_millions(),
        note=wording.rounded(),
    )


def _from_proposals(to: Writer, rows: list[Figures]) -> None:
    """How many lines of the approved plan came from them, and how much; what is in a draft."""
    planned = [row for row in rows if row["state"] == "planned"]
    if planned:
        lines = len({(row.get("activity") or row["id"], row["commune_name"]) for row in planned})
        total = display.number(sum(row["estimate"] for row in planned))
        to.say(
            f"Trong kế hoạch đã phê duyệt của năm tiếp theo, {lines} khoản mục ({total} đồng) "
            "có nguồn gốc từ các hoạt động đề xuất.",
            f"Of the approved plan of the next year, {lines} lines ({total} đồng) came from "
            "proposed activities.",
        )
    if drafted := [row for row in rows if row["state"] == "drafted"]:
        total = display.number(sum(row["estimate"] for row in drafted))
        to.say(
            f"{len(drafted)} hoạt động đề xuất ({total} đồng) đang nằm trong bản nháp kế "
            "hoạch, chờ phê duyệt.",
            f"{len(drafted)} proposed activities ({total} đồng) stand in a draft of the plan.",
        )


FIELDS = {
    "activity": _("activity"),
    "estimate": _("estimated cost (đồng)"),
    "state": _("state"),
    "state_name": _("state"),
}
SECTION = Section(write, {"proposals": Table(_("Proposed activities"), find, FIELDS)})
