"""Plan against actual by quarter of the year."""

from reports.documents import money
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section


def write(to: Writer, report: Report) -> None:
    found = report.table("by_quarter")
    to.part("Theo quý")
    money.money_table(to, "Kế hoạch và giải ngân theo quý", "Quý", found, money.quarter_name)
    money.money_bars(to, "Kế hoạch và giải ngân theo quý (triệu đồng)", found, money.quarter_name)


SECTION = Section(write, money.BY_QUARTER)
