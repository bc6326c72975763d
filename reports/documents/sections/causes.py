"""What stood outside the limits at a quarter's end, with the cause that was given.

Limits are held against all money of a programme in a commune, or of an activity, since the year
began: of every fund, since a cause is one.
"""

from django.utils.translation import gettext_lazy as _

from core.values import display
from monitoring.variance.services import Variance, variances
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, FundSources, Report, Row, Section, Table
from reports.documents.wording import percent, say
from reports.summary import percent as plain


def find(sources: FundSources) -> Figures:
    """Of the programmes, communes and activities that the fund has money in."""
    query, year = sources.query, sources.query.year
    assert query.quarter
    cells = {(row.key["program"], row.key["commune"]) for row in sources.money.rows}
    activities = sources.activities
    found = [
        item
        for item in variances(sources.user, year, query.quarter)
        if (item.activity and item.activity.pk in activities)
        or (item.commune and (item.program.pk, item.commune.pk) in cells)
    ]
    asked = f"/api/v1/variances/?fiscal_year={year.code}&quarter={query.quarter}"
    return {"query": asked, "rows": [_row(item) for item in found]}


def _row(item: Variance) -> Row:
    thing = item.activity or item.commune
    return {
        "program": item.program.code,
        "code": thing.code if thing else "",
        "name": str(item.activity.title if item.activity else item.commune),
        "planned": item.planned,
        "disbursed": item.disbursed,
        "rate": plain(item.rate),
        "text": item.note.text if item.note else "",
        "decision": item.note.decision if item.note else "",
    }


def write(to: Writer, report: Report) -> None:
    rows = report.rows("causes")
    to.section(say("Ngoài giới hạn và nguyên nhân", "Outside the limits, and why"))
    if not rows:
        to.text(say("Không có khoản nào ngoài giới hạn.", "Nothing is outside the limits."))
        return
    to.table(
        say(
            "Lũy kế đến hết quý ngoài giới hạn so với kế hoạch, mọi nguồn vốn",
            "To the quarter's end outside the limits against plan, of all funds",
        ),
        [
            Column(
                say("Chương trình, nơi hoặc hoạt động", "Programme, place or activity"),
                52,
                number=False,
            ),
            Column(say("Giải ngân (đồng)", "Disbursed (đồng)"), 32),
            Column(say("Tỷ lệ", "Rate"), 18),
            Column(say("Nguyên nhân", "Cause"), 58, number=False),
        ],
        [
            [
                f"{row['program']} · {row['name']}",
                display.number(row["disbursed"]),
                percent(row["rate"]),
                _why(row),
            ]
            for row in rows
        ],
    )


def _why(row: Row) -> str:
    said = row["text"] or say("Chưa giải trình.", "Not explained yet.")
    return f"{said} ({row['decision']})" if row["decision"] else said


FIELDS = {
    "planned": _("planned"),
    "disbursed": _("disbursed"),
    "rate": _("rate"),
    "text": _("cause"),
    "decision": _("decision"),
}
SECTION = Section(write, {"causes": Table(_("Outside the limits"), find, FIELDS)})
