"""What a fund planned and spent by activity, every figure in đồng."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.documents import money, wording
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Report, Section, Table
from reports.documents.wording import say
from reports.summary import table


def find(sources: Any) -> Figures:
    return table(sources.by_activity)


def write(to: Writer, report: Report) -> None:
    found = report.table("by_program_activity")
    to.part(say("Theo hoạt động", "By activity"))
    to.table(
        say("Kế hoạch và giải ngân theo hoạt động", "Plan and disbursement by activity"),
        [
            Column(say("Hoạt động", "Activity"), 50, number=False),
            *(
                Column(column.title, width)
                for column, width in zip(money.money_columns(), (30, 30, 32, 18), strict=True)
            ),
        ],
        [
            [f"{row['activity']} {row['activity_name']}", *money.exact_cells(row)]
            for row in found["rows"]
        ],
        total=[wording.total_name(), *money.exact_cells(found["total"])],
        unit=say("Đơn vị: đồng", "Unit: đồng"),
    )


SECTION = Section(write, {"by_program_activity": Table(_("By activity"), find, money.FIELDS)})
