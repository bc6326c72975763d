"""Where the year will end at today's pace: a forecast, and said as one (docs/forecast.md)."""

from django.utils.translation import gettext_lazy as _

from core.values import display
from disbursements.forecast import OVER, UNDER, WITHIN, Expected, forecasts
from programs.models.programs import Program
from reports.documents import wording
from reports.documents.blocks import Writer
from reports.documents.section import Figures, Report, Row, Section, Sources, Table
from reports.documents.wording import say
from reports.summary import percent, records_by_key

ENDS = {
    OVER: ("vượt giới hạn", "over the limit"),
    UNDER: ("dưới giới hạn", "below the limit"),
    WITHIN: ("trong giới hạn", "within the limits"),
}
RULE = (
    "Đây là dự báo, không phải số thực: số đã giải ngân và đang chờ duyệt, chia cho tỷ lệ giải "
    "ngân thường đạt được tính đến ngày này (theo ba năm trước; chưa có thì theo tiến độ kế "
    "hoạch).",
    "This is a forecast: what was disbursed and what waits, by the share usually reached by this "
    "day (of three years before; without them, of the plan's course).",
)


def find(sources: Sources) -> Figures:
    """By programme, as of the last day of the span that is over."""
    query = sources.query
    day = min(query.until, query.span[1])
    found = forecasts(query.narrowed(as_of=day), sources.user, "program")
    names = records_by_key("program", found)
    rows = [_row(names[row.key["program"]], row) for row in found]
    place = {program.code: number for number, program in enumerate(names.values())}
    return {
        "query": f"/api/v1/plan-beside-money/?fiscal_year={query.year.code}&as_of={day}",
        "rows": sorted(rows, key=lambda row: place[row["program"]]),
    }


def _row(program: Program | None, row: Expected) -> Row:
    made = row.forecast
    return {
        "program": program.code,
        "program_name": program.name,
        "planned": made.planned,
        "spent": made.spent,
        "committed": made.committed,
        "usual_share": percent(made.course.share),
        "expected": made.expected,
        "rate": percent(made.rate),
        "ends": made.side,
    }


def write(to: Writer, report: Report) -> None:
    if rows := report.rows("forecast"):
        to.part(
            say("Dự báo đến cuối năm theo tiến độ hiện nay", "Where the year will end at this pace")
        )
        to.items(_sentence(row) for row in rows)
        to.say(*RULE)


def _sentence(row: Row) -> str:
    name, rate, ends = row["program_name"], wording.percent(row["rate"]), say(*ENDS[row["ends"]])
    amount = f"{display.short(row['expected'])} đồng"
    part = say(f", bằng {rate} kế hoạch", f", {rate} of the plan") if row["rate"] else ""
    return say(
        f"{name}: đến cuối năm khoảng {amount}{part}, {ends}.",
        f"{name}: about {amount} by the year's end{part}, {ends}.",
    )


FIELDS = {
    "planned": _("planned"),
    "spent": _("spent"),
    "committed": _("waiting for approval"),
    "usual_share": _("usual share by this day"),
    "expected": _("expected by the year's end"),
    "rate": _("rate"),
    "ends": _("where it ends"),
}
SECTION = Section(write, {"forecast": Table(_("Forecast"), find, FIELDS)})
