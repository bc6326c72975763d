"""Plan against actual in general: the sentence of the year, and what remains."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now

from communes.models import Level
from core.values import display
from reports.documents import money, wording
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section, Sources
from reports.documents.wording import say
from reports.summary import records_by_key


def above_communes(sources: Sources) -> list[str]:
    """The codes of the units that are no communes: districts, for money of a whole area."""
    units = records_by_key("commune", sources.money.rows).values()
    return sorted(unit.code for unit in units if unit.level != Level.COMMUNE)


def texts() -> Mapping[str, str]:
    return {"results": _now("Results in general")}


def write(to: Writer, report: Report) -> None:
    total = report.table("by_program")["total"]
    to.section(say("Kết quả thực hiện kế hoạch và giải ngân", "Plan and disbursement"))
    to.part(say("Kết quả chung", "In general"))
    to.text(wording.headline(report.figures))
    planned = display.qualified(total["planned"] or 0)
    spent, rest = wording.certified(total["disbursed"]), wording.against(total)
    to.say(
        f"Kế hoạch được giao là {planned}; tổng số đã giải ngân là {spent}, {rest}.",
        f"The plan is {planned}; {spent} were disbursed, {rest}.",
    )
    if total["pending"]:
        waiting = display.qualified(total["pending"])
        to.say(
            f"Ngoài ra {waiting} đang chờ duyệt, chưa tính ở trên.",
            f"Beside this {waiting} wait for approval and are not counted above.",
        )
    to.text(report.text("results"))


def suggest(report: Report) -> Mapping[str, str]:
    """How each quarter stood, where the report is about the year."""
    rows = [row for row in report.rows("by_quarter") if row["rate"]]
    said = "; ".join(
        f"{wording.quarter_name(row['quarter'])}: {wording.percent(row['rate'])}" for row in rows
    )
    text = say(f"So với kế hoạch của từng quý: {said}.", f"Against each quarter's plan: {said}.")
    return {"results": text if said else ""}


SECTION = Section(
    write,
    {**money.BY_PROGRAM, **money.BY_COMMUNE},
    texts,
    suggest,
    more={"above_communes": above_communes},
)
