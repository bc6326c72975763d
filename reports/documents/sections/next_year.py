"""The plan of the year after, where one is approved; it heads what else is to come."""

from django.utils.translation import gettext_lazy as _

from core.values import display
from disbursements.against_plan import against_plan
from disbursements.plans.services import approved_version
from programs.summary_query import SummaryQuery
from programs.years.services import year_after
from reports.documents import money, wording
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Report, Section, Sources, Table
from reports.documents.wording import say
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
    to.section(
        say("Kế hoạch và nhiệm vụ trọng tâm năm tiếp theo", "Plan and main tasks of the next year")
    )
    plan = report.table("next_plan")
    if not plan:
        to.say(
            "Kế hoạch năm tài chính tiếp theo chưa được phê duyệt.",
            "The plan of the next fiscal year is not approved yet.",
        )
        return
    total, rows = plan["total"], [row for row in plan["rows"] if row["planned"]]
    about, exact = display.qualified(total["planned"]), display.number(total["planned"])
    to.say(
        f"Kế hoạch ngân sách năm tài chính {plan['fiscal_year']} được phê duyệt là "
        f"{about} ({exact} đồng) cho {len(rows)} chương trình.",
        f"The approved plan of fiscal year {plan['fiscal_year']} is {about} ({exact} đồng) "
        f"for {len(rows)} programmes.",
    )
    cells = wording.money_cells(rows, total)
    parts = wording.shares(rows, "planned")
    to.table(
        say(
            f"Kế hoạch năm tài chính {plan['fiscal_year']} theo chương trình",
            f"Plan of fiscal year {plan['fiscal_year']} by programme",
        ),
        [
            Column(say("Chương trình", "Programme"), 3, number=False),
            Column(money.planned_name()),
            Column(say("Tỷ trọng", "Share")),
        ],
        [[money.program_name(row), cells[i][0], parts[i]] for i, row in enumerate(rows)],
        total=[wording.total_name(), cells[-1][0], say("100,0%", "100.0%")],
        unit=wording.in_millions(),
        note=wording.rounded(),
    )


SECTION = Section(write, {"next_plan": Table(_("Plan of the year after"), find, money.FIELDS)})
