"""What a donor reads of a fund in a quarter: its money, its activities, what they handed over, the
classes they held."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models import Output
from reports.documents import money, wording
from reports.documents.blocks import Column, Writer
from reports.documents.figures import days
from reports.documents.section import Figures, FundSources, Report, Section, Table
from reports.documents.sections import outputs, trainings
from reports.documents.wording import say
from reports.summary import table


def write_total(to: Writer, report: Report) -> None:
    figures, found = report.figures, report.table("by_program")
    total, fund = found["total"], figures["fund"]["name"]
    planned, rest = wording.certified(total["planned"] or 0), wording.against(total)
    span, spent = days(figures), wording.certified(total["disbursed"])
    to.section(say("Kế hoạch và giải ngân", "Plan and disbursement"))
    to.say(
        f"Nguồn vốn {fund} ({span}): kế hoạch {planned}; đã giải ngân {spent}, {rest}.",
        f"Funding source {fund} ({span}): planned {planned}; disbursed {spent}, {rest}.",
    )
    money.money_table(
        to,
        say("Kế hoạch và giải ngân theo chương trình", "Plan and disbursement by programme"),
        say("Chương trình", "Programme"),
        found,
        money.program_name,
    )


TOTAL = Section(write_total, money.BY_PROGRAM)


def find_activities(sources: FundSources) -> Figures:
    return table(sources.by_activity)


def write_activities(to: Writer, report: Report) -> None:
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


BY_ACTIVITY = Table(_("By activity"), find_activities, money.FIELDS)
ACTIVITIES = Section(write_activities, {"by_program_activity": BY_ACTIVITY})


def find_outputs(sources: FundSources) -> Figures:
    """Handed over in the quarter."""
    found = outputs.find(sources)
    keys = [row["id"] for row in found["rows"]]
    paid = Q(cost_links__disbursement__fund=sources.fund) | Q(activity__in=sources.activities)
    own = set(Output.objects.filter(paid, pk__in=keys).values_list("pk", flat=True))
    return {**found, "rows": [row for row in found["rows"] if row["id"] in own]}


def write_outputs(to: Writer, report: Report) -> None:
    if report.rows("outputs"):
        outputs.write(to, report)
        return
    to.section(say("Công trình, trang thiết bị hỗ trợ", "Works and equipment"))
    to.text(say("Trong quý chưa bàn giao hạng mục nào.", "Nothing was handed over."))


PAID = Table(_("Works and equipment"), find_outputs, outputs.FIELDS)
OUTPUTS = Section(write_outputs, {"outputs": PAID})


def write_trainings(to: Writer, report: Report) -> None:
    trainings.write(to, report)
    to.say(
        "Chỉ gồm các lớp gắn với hoạt động có kế hoạch hoặc giải ngân của nguồn vốn này.",
        "Only classes of activities with a plan or money of this fund.",
    )


TRAININGS = Section(write_trainings, trainings.TABLES)
