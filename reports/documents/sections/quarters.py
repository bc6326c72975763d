"""Plan against actual by quarter of the year."""

from reports.documents import money
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section
from reports.documents.wording import say


def write(to: Writer, report: Report) -> None:
    found = report.table("by_quarter")
    to.part(say("Theo quý", "By quarter"))
    title = say("Kế hoạch và giải ngân theo quý", "Plan and disbursement by quarter")
    money.money_table(to, title, say("Quý", "Quarter"), found, money.quarter_name)
    unit = say("triệu đồng", "million đồng")
    money.money_bars(to, f"{title} ({unit})", found, money.quarter_name)


SECTION = Section(write, money.BY_QUARTER)
