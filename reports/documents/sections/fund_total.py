"""What a fund planned, spent and has left in a quarter, in general and by programme."""

from reports.documents import money, wording
from reports.documents.blocks import Writer
from reports.documents.figures import days
from reports.documents.section import Report, Section
from reports.documents.wording import say


def write(to: Writer, report: Report) -> None:
    figures, found = report.figures, report.table("by_program")
    total, fund = found["total"], figures["fund"]["name"]
    planned, rest = wording.certified(total["planned"] or 0), wording.against(total)
    span, spent = days(figures), wording.certified(total["disbursed"])
    to.section(say("Kế hoạch và giải ngân", "Plan and disbursement"))
    to.text(
        say(
            f"Nguồn vốn {fund} ({span}): kế hoạch {planned}; đã giải ngân {spent}, {rest}.",
            f"Funding source {fund} ({span}): planned {planned}; disbursed {spent}, {rest}.",
        )
    )
    money.money_table(
        to,
        say("Kế hoạch và giải ngân theo chương trình", "Plan and disbursement by programme"),
        say("Chương trình", "Programme"),
        found,
        money.program_name,
    )


SECTION = Section(write, money.BY_PROGRAM)
