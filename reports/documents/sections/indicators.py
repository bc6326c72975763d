"""What was aimed at and what was reached, by programme and commune.

An indicator may count a handful of people: it stays inside the house.
"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.values.money import format_rate, format_vnd
from monitoring.results import services as indicators
from reports.documents import wording
from reports.documents.blocks import Column, Writer
from reports.documents.section import Figures, Report, Section, Sources, Table
from reports.documents.wording import say


def find(sources: Sources) -> Figures:
    """Target against actual, of what has a target or was entered with evidence."""
    query = sources.query
    as_of = min(query.span[1], query.until)
    whole_year = query.narrowed(days=None, quarter=None, as_of=as_of)
    found = indicators.results(sources.user, whole_year)
    return {
        "query": f"/api/v1/indicator-targets/?fiscal_year={query.year.code}",
        "rows": [
            {
                "code": row.indicator.code,
                "name": row.indicator.name,
                "program": row.indicator.program.code,
                "commune_name": row.commune.name if row.commune else "",
                "unit": row.indicator.unit,
                "target": _plain(row.target),
                "actual": _plain(row.actual),
                "rate": format_rate(row.rate) if row.rate is not None else "",
            }
            for row in found
            if row.target is not None or row.actual_id
        ],
    }


def _plain(value: Decimal | None) -> str:
    """A figure as it is printed: 1.234 or 77,5."""
    if value is None:
        return ""
    if value == value.to_integral_value():
        return format_vnd(int(value))
    return format_rate(value).removesuffix("%")


def write(to: Writer, report: Report) -> None:
    rows = report.rows("results")
    if not rows:
        return
    to.section(say("Kết quả so với chỉ tiêu", "Results against targets"))
    to.table(
        say("Kết quả thực hiện so với chỉ tiêu", "Results against targets"),
        [
            Column(say("Chỉ số", "Indicator"), 62, number=False),
            Column(say("Xã", "Commune"), 28, number=False),
            Column(say("Đơn vị", "Unit"), 20, number=False),
            Column(say("Chỉ tiêu", "Target"), 18),
            Column(say("Kết quả", "Result"), 18),
            Column(say("Tỷ lệ", "Rate"), 18),
        ],
        [
            [
                f"{row['code']} {row['name']}",
                row["commune_name"],
                row["unit"],
                wording.number_in_text(row["target"]),
                wording.number_in_text(row["actual"]),
                wording.number_in_text(row["rate"]),
            ]
            for row in rows
        ],
    )


FIELDS = {
    "unit": _("unit"),
    "target": _("target"),
    "actual": _("actual"),
    "rate": _("rate"),
}
SECTION = Section(write, {"results": Table(_("Results framework"), find, FIELDS)}, inside=True)
