"""The parts that reports share: money by a cut, training classes, next year's plan."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from core.values.money import MILLION, format_vnd, qualified_short
from programs.models import add_months
from reports.charts.description import BARS, LINES, Chart, Series, ticks_for
from reports.documents import wording
from reports.documents.blocks import Column, Writer
from reports.documents.suppression import HIDDEN, NOTE, People

Figures = dict[str, Any]
Row = dict[str, Any]

MONEY_COLUMNS = (
    Column("Kế hoạch", 1.0),
    Column("Giải ngân", 1.0),
    Column("Còn lại", 1.3),
    Column("Tỷ lệ", 0.9),
)


def money_table(
    to: Writer,
    caption: str,
    title: str,
    table: Figures,
    name: Callable[[Row], str],
    *,
    with_shares: bool = False,
) -> None:
    """Plan against actual by one cut, in triệu đồng."""
    rows, total = table["rows"], table["total"]
    cells = wording.money_cells(rows, total)
    columns = [Column(title, 2.2, number=False), *MONEY_COLUMNS]
    extra: list[list[str]] = [[] for _row in rows]
    if with_shares:
        columns.append(Column("Tỷ trọng", 0.9))
        extra = [[text] for text in wording.shares(rows, "disbursed")]
    end = ["100,0%" if extra and extra[0] != [wording.NOTHING] else ""] if with_shares else []
    to.table(
        caption,
        columns,
        [[name(row), *cells[i], *extra[i]] for i, row in enumerate(rows)],
        total=["Tổng cộng", *cells[-1], *end],
        unit="Đơn vị: triệu đồng",
        note=wording.ROUNDED + (" Tỷ trọng: trong tổng số giải ngân." if with_shares else ""),
    )


def money_bars(to: Writer, title: str, table: Figures, name: Callable[[Row], str]) -> None:
    """Planned and disbursed side by side, in triệu đồng."""
    rows = table["rows"]
    series = tuple(
        _series(label, role, wording.millions(rows, field))
        for label, role, field in (
            ("Kế hoạch", "plan", "planned"),
            ("Giải ngân", "actual", "disbursed"),
        )
    )
    names = tuple(name(row) for row in rows)
    to.chart(Chart(kind=BARS, title=title, names=names, series=series))


def course(to: Writer, figures: Figures) -> None:
    """The course of the year, as the screen draws it: month by month against the plan's steps."""
    table = figures["tables"].get("by_month")  # documents issued earlier have none
    if not table or not table["total"]["disbursed"]:
        return
    first = date.fromisoformat(figures["year_from"])
    as_of = date.fromisoformat(figures["as_of"])
    months = [add_months(first, index) for index in range(12)]
    spent = {row["month"]: row["disbursed"] for row in table["rows"]}
    planned = {
        row["quarter"]: row["planned"] or 0 for row in figures["tables"]["by_quarter"]["rows"]
    }
    cumulative = list(accumulate(spent.get(f"{month:%Y-%m}", 0) for month in months))
    steps = [sum(planned.get(q, 0) for q in range(1, (i + 1) // 3 + 1)) for i in range(12)]
    series = (
        _series(
            "Giải ngân",
            "actual",
            [_million(value) if months[i] <= as_of else None for i, value in enumerate(cumulative)],
        ),
        _series("Kế hoạch", "plan", [_million(value) for value in steps], stepped=True),
    )
    to.chart(
        Chart(
            kind=LINES,
            title="Giải ngân lũy kế theo tháng so với kế hoạch các quý đã qua (triệu đồng)",
            names=tuple(str(month.month) for month in months),
            long_names=tuple(f"{month:%m/%Y}" for month in months),
            series=series,
            ticks=ticks_for(series, format_vnd),
        )
    )
    _months(to, months, as_of, spent, series)


def _months(
    to: Writer,
    months: list[date],
    as_of: date,
    spent: dict[str, int],
    series: Sequence[Series],
) -> None:
    """The table behind the course, as the screen has it; the lines' own labels stand in it."""
    actual, plan = series
    names = [f"{month:%m/%Y}" for month in months]
    own = [
        format_vnd(_million(spent.get(f"{month:%Y-%m}", 0))) if month <= as_of else wording.NOTHING
        for month in months
    ]
    to.table(
        "Giải ngân theo tháng, lũy kế so với kế hoạch các quý đã qua",
        [
            Column("Tháng", 1.0, number=False),
            Column("Giải ngân", 1.0),
            Column("Lũy kế", 1.0),
            Column("Kế hoạch lũy kế", 1.2),
        ],
        list(zip(names, own, actual.labels, plan.labels, strict=True)),
        unit="Đơn vị: triệu đồng",
        note="Số liệu làm tròn đến triệu đồng.",
        numbered=False,
    )


def _million(amount: int) -> int:
    return round(Decimal(amount) / MILLION)


def _series(name: str, role: str, values: Sequence[int | None], *, stepped: bool = False) -> Series:
    labels = tuple(wording.NOTHING if value is None else format_vnd(value) for value in values)
    return Series(name, role, tuple(values), labels, stepped=stepped)


def program_name(row: Row) -> str:
    return row["program_name"]


def commune_name(row: Row) -> str:
    return row["commune_name"]


def quarter_name(row: Row) -> str:
    return wording.quarter_name(row["quarter"])


def trainings(to: Writer, figures: Figures, people: People) -> None:
    """Training classes: a sentence, then tables by topic and by commune."""
    by_topic = figures["tables"]["trainings_by_topic"]
    total = by_topic["total"]
    if not total["trainings"]:
        to.text("Trong kỳ chưa ghi nhận lớp tập huấn nào.")
        return
    to.text(_training_sentence(total, people))
    _training_table(to, people, figures, "topic", "Chủ đề")
    _training_table(to, people, figures, "commune", "Xã")


def _training_sentence(total: Row, people: People) -> str:
    def said(field: str) -> str:
        text = people.total(field)
        if text == HIDDEN or not total["participants"]:
            return text
        return f"{text} (chiếm {wording.share(total[field], total['participants'])})"

    return (
        f"Đã tổ chức {format_vnd(total['trainings'])} lớp tập huấn với "
        f"{people.total('participants')} lượt người tham gia, trong đó: nữ {said('female')}; "
        f"dưới 16 tuổi {said('under_16')}; từ 16 đến 24 tuổi {said('age_16_24')}; "
        f"trên 24 tuổi {said('over_24')}; người dân tộc thiểu số {said('ethnic_minority')}; "
        f"người khuyết tật {said('disability')}; người thuộc hộ nghèo {said('poor_household')}."
    )


SHOWN = (  # field, title, width in mm
    ("participants", "Lượt người", 18),
    ("female", "Nữ", 16),
    ("under_16", "<16 tuổi", 14),
    ("age_16_24", "16–24 tuổi", 17),
    ("ethnic_minority", "DTTS", 16),
    ("disability", "NKT", 14),
    ("poor_household", "Hộ nghèo", 17),
)


def _training_table(to: Writer, people: People, figures: Figures, cut: str, title: str) -> None:
    table = figures["tables"][f"trainings_by_{cut}"]
    columns = [Column(title, 36, number=False), Column("Lớp", 12)]
    columns += [Column(label, width) for _field, label, width in SHOWN]
    rows = [
        [
            row[f"{cut}_name"],
            format_vnd(row["trainings"]),
            *(people.cell(cut, row[cut], field) for field, _label, _width in SHOWN),
        ]
        for row in table["rows"]
    ]
    to.table(
        f"Lớp tập huấn và lượt người tham gia theo {title.lower()}",
        columns,
        rows,
        total=[
            "Tổng cộng",
            format_vnd(table["total"]["trainings"]),
            *(people.total(field) for field, _label, _width in SHOWN),
        ],
        note="DTTS: dân tộc thiểu số; NKT: người khuyết tật." + (NOTE if people.hidden else ""),
    )


def next_year(to: Writer, figures: Figures) -> None:
    """The plan of the year after, where one is approved."""
    plan = figures["tables"]["next_plan"]
    if plan is None:
        to.text("Kế hoạch năm tài chính tiếp theo chưa được phê duyệt.")
        return
    total, rows = plan["total"], [row for row in plan["rows"] if row["planned"]]
    to.text(
        f"Kế hoạch ngân sách năm tài chính {plan['fiscal_year']} được phê duyệt là "
        f"{qualified_short(total['planned'])} ({format_vnd(total['planned'])} đồng) "
        f"cho {len(rows)} chương trình."
    )
    cells = wording.money_cells(rows, total)
    parts = wording.shares(rows, "planned")
    to.table(
        f"Kế hoạch năm tài chính {plan['fiscal_year']} theo chương trình",
        [Column("Chương trình", 3, number=False), Column("Kế hoạch"), Column("Tỷ trọng")],
        [[program_name(row), cells[i][0], parts[i]] for i, row in enumerate(rows)],
        total=["Tổng cộng", cells[-1][0], "100,0%"],
        unit="Đơn vị: triệu đồng",
        note=wording.ROUNDED,
    )


def appendix(to: Writer, figures: Figures) -> None:
    """Programme by commune, in đồng, with a sum per programme."""
    table = figures["tables"]["by_program_commune"]
    sums = {row["program"]: row for row in figures["tables"]["by_program"]["rows"]}
    rows: list[list[str]] = []
    groups: list[int] = []
    last = None
    for row in table["rows"]:
        if row["program"] != last:
            last = row["program"]
            groups.append(len(rows))
            rows.append([program_name(row), *exact_cells(sums[last])])
        rows.append([commune_name(row), *exact_cells(row)])
    to.table(
        "Kế hoạch và giải ngân theo chương trình và xã",
        [
            Column("Chương trình, xã", 37, number=False),
            Column("Kế hoạch", 31),
            Column("Giải ngân", 31),
            Column("Còn lại", 42),
            Column("Tỷ lệ", 19),
        ],
        rows,
        total=["Tổng cộng", *exact_cells(table["total"])],
        unit="Đơn vị: đồng",
        group_rows=groups,
    )


def exact_cells(row: Row) -> list[str]:
    return [
        format_vnd(row["planned"] or 0),
        format_vnd(row["disbursed"]),
        wording.balance_cell(row["balance"]),
        wording.percent(row["rate"]),
    ]
