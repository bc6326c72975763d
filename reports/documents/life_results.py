"""Results and monitoring visits of a report: what was reached, and what was seen."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.values.dates import format_date
from core.values.money import format_rate, format_vnd
from monitoring.models import Visit
from monitoring.results import services as indicators
from programs.models import add_months
from programs.summary_query import SummaryQuery
from reports.documents.blocks import Column, Writer
from reports.documents.life_sections import rows_of

Figures = dict[str, Any]
Table = dict[str, Any]


def find_results(query: SummaryQuery, user: User) -> Table:
    """Target against actual, of what has a target or was entered with evidence."""
    as_of = min(query.span[1], query.until)
    whole_year = query.narrowed(days=None, quarter=None, as_of=as_of)
    found = indicators.results(user, whole_year)
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


def find_visits(query: SummaryQuery, user: User) -> Table:
    """Monitoring visits made within the span, the earliest first."""
    first, last = query.span[0], min(query.span[1], query.until)
    rows = Visit.objects.visible_to(user).made().filter(date__range=(first, last))
    return {
        "query": f"/api/v1/visits/?state=made&date_from={first}&date_to={last}",
        "rows": [
            {**_went(row), "seen": row.seen, "advice": row.advice}
            for row in rows.select_related("commune").order_by("date", "pk")
        ],
    }


def find_planned_visits(query: SummaryQuery, user: User) -> Table:
    """Monitoring visits planned for the time after the span, up to the end of the year after."""
    first = query.span[1] + timedelta(days=1)
    last = add_months(query.year.start, 24) - timedelta(days=1)
    rows = Visit.objects.visible_to(user).planned().filter(date__range=(first, last))
    return {
        "query": f"/api/v1/visits/?state=planned&date_from={first}&date_to={last}",
        "rows": [
            {**_went(row), "who": row.who}
            for row in rows.select_related("commune").order_by("date", "pk")
        ],
    }


def _went(row: Visit) -> dict[str, Any]:
    """Which visit, when, where."""
    return {
        "id": row.pk,
        "title": row.title,
        "date": format_date(row.date),
        "commune_name": row.commune.name,
    }


def _plain(value: Decimal | None) -> str:
    """A figure as it is printed: 1.234 or 77,5."""
    if value is None:
        return ""
    if value == value.to_integral_value():
        return format_vnd(int(value))
    return format_rate(value).removesuffix("%")


def results(to: Writer, figures: Figures) -> None:
    """What was aimed at and what was reached, by programme and commune."""
    rows = rows_of(figures, "results")
    if not rows:
        return
    to.section("Kết quả so với chỉ tiêu")
    to.table(
        "Kết quả thực hiện so với chỉ tiêu",
        [
            Column("Chỉ số", 62, number=False),
            Column("Xã", 28, number=False),
            Column("Đơn vị", 20, number=False),
            Column("Chỉ tiêu", 18),
            Column("Kết quả", 18),
            Column("Tỷ lệ", 18),
        ],
        [
            [
                f"{row['code']} {row['name']}",
                row["commune_name"],
                row["unit"],
                row["target"],
                row["actual"],
                row["rate"],
            ]
            for row in rows
        ],
    )


def visits(to: Writer, figures: Figures) -> None:
    """Where somebody went to see for themselves, and what they saw."""
    rows = rows_of(figures, "visits")
    if not rows:
        return
    to.section("Giám sát")
    to.text(f"Đã tổ chức {len(rows)} đợt giám sát.")
    to.items(_visit(row) for row in rows)


def planned_visits(to: Writer, figures: Figures) -> None:
    """Who means to go where, and when: the district board, Plan, the commune boards."""
    rows = rows_of(figures, "planned_visits")
    if not rows:
        return
    to.table(
        "Kế hoạch giám sát",
        [
            Column("Ngày", 24, number=False),
            Column("Xã", 26, number=False),
            Column("Nội dung", 50, number=False),
            Column("Thành phần", 60, number=False),
        ],
        [[row["date"], row["commune_name"], row["title"], row["who"]] for row in rows],
    )


def _visit(row: dict[str, Any]) -> str:
    parts = [f"Ngày {row['date']}, xã {row['commune_name']}, {row['title']}: {row['seen']}"]
    if row["advice"]:
        parts.append(f"Kiến nghị: {row['advice']}")
    return " ".join(part.rstrip(". ") + "." for part in parts)
