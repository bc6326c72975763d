"""The plan of the year after, where one is approved; it heads what else is to come."""

from django.utils.translation import gettext_lazy as _

from core.values.money import format_vnd, qualified_short
from disbursements.against_plan import against_plan
from disbursements.plans.services import approved_version
from programs.summary_query import SummaryQuery
from programs.years.services import year_after
from reports.documents import money, wording
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Report, Section, Sources, Table
from reports.summary import table


def find(sources: Sources) -> Figures | None:
    """The approved plan of the fiscal year after, by programme; None while there is none."""
    query = sources.query
    following = year_after(query.year)
    if following is None or approved_version(following, known_at=query.known_at) is None:
        return None
    asked = SummaryQuery.of_year(following, query.as_of, by=("program",))
    return {
        **table(against_plan(asked, sources.user)),
        "fiscal_year": following.code,
        "illustrative": following.illustrative,
    }


def write(to: Writer, report: Report) -> None:
    to.section("Kế hoạch và nhiệm vụ trọng tâm năm tiếp theo")
    plan = report.table("next_plan")
    if not plan:
        to.text("Kế hoạch năm tài chính tiếp theo chưa được phê duyệt.")
        return
    total, rows = plan["total"], [row for row in plan["rows"] if row["planned"]]
    to.text(
        f"Kế hoạch ngân sách năm tài chính {plan['fiscal_year']} được phê duyệt là "
        f"{qualified_short(total['planned'])} ({format_vnd(total['planned'])} đồng) "
        f"cho {len(rows)} chương trình."
    )
    cells = wording.money_cells(rows, total)
    parts = wording.shares(rows, "planned")
    to.table(
        f"Kế hoạch năm tài chính {plan['fiscal_year']} theo chương trình",
        [Column("Chương trình", 3, number=False), Column("Kế hoạch"), Column("Tỷ trọng")],
        [[money.program_name(row), cells[i][0], parts[i]] for i, row in enumerate(rows)],
        total=["Tổng cộng", cells[-1][0], "100,0%"],
        unit="Đơn vị: triệu đồng",
        note=wording.ROUNDED,
    )


SECTION = Section(write, {"next_plan": Table(_("Plan of the year after"), find, money.FIELDS)})
