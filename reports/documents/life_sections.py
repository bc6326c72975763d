"""Sections of a report on the programme's life: works, agreements, difficulties, tasks."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from core.values.money import format_vnd, qualified_short
from reports.documents import wording
from reports.documents.blocks import Column, Writer

Figures = dict[str, Any]
Row = dict[str, Any]
TAKEN = ("selected", "planned")


def rows_of(figures: Figures, name: str) -> list[Row]:
    return (figures["tables"].get(name) or {}).get("rows", [])


def life(to: Writer, figures: Figures, texts: dict[str, str]) -> None:
    """What the year has of outputs, agreements and difficulties, with what was written."""
    _outputs(to, rows_of(figures, "outputs"), texts.get("outputs", ""))
    _agreements(to, rows_of(figures, "agreements"), texts.get("agreements", ""))
    _difficulties(to, rows_of(figures, "difficulties"), texts)


def _outputs(to: Writer, rows: list[Row], text: str) -> None:
    if not rows and not text:
        return
    to.section("Công trình, trang thiết bị hỗ trợ")
    if rows:
        to.text(f"Đã bàn giao {len(rows)} hạng mục công trình, trang thiết bị.")
        to.table(
            "Công trình, trang thiết bị đã bàn giao",
            [
                Column("Công trình, trang thiết bị", 60, number=False),
                Column("Xã", 40, number=False),
                Column("Số lượng", 30),
                Column("Tình trạng", 30, number=False),
            ],
            [
                [
                    row["title"],
                    row["communes"],
                    f"{format_vnd(row['quantity'])} {row['unit']}".strip(),
                    row["state"],
                ]
                for row in rows
            ],
        )
    to.text(text)


def _agreements(to: Writer, rows: list[Row], text: str) -> None:
    if not rows and not text:
        return
    to.section("Thỏa thuận hợp tác")
    to.items(
        f"{_agreement(row)}: "
        + (f"đã ký ngày {row['signed']}" if row["signed"] else f"chưa ký{_due(row['due'])}")
        + "."
        for row in rows
    )
    to.text(text)


def _agreement(row: Row) -> str:
    """The title, with the kind where the title does not say it."""
    named = row["kind"] in row["title"]
    return row["title"] if named else f"{row['title']} ({row['kind']})"


def _due(text: str) -> str:
    return f", hạn {text}" if text else ""


def _difficulties(to: Writer, rows: list[Row], texts: dict[str, str]) -> None:
    written = [texts[name] for name in ("difficulties", "solutions") if texts.get(name)]
    if not rows and not written:
        return
    to.section("Khó khăn, vướng mắc và giải pháp")
    to.items(_difficulty(row) for row in rows)
    for text in written:
        to.text(text)


def _difficulty(row: Row) -> str:
    """One difficulty in a paragraph: what, where, effect, solution, by whom, until when."""
    where = f" ({row['where']})" if row["where"] else ""
    parts = [f"{row['title']}{where}: {row['effect']}"]
    if row["solution"]:
        parts.append(f"Giải pháp: {row['solution']}")
    if row["owner"]:
        parts.append(f"Đơn vị chịu trách nhiệm: {row['owner']}")
    if row["due"]:
        parts.append(f"Thời hạn: {row['due']}")
    parts.append(f"Kết quả: {row['result']}" if row["result"] else f"Tình trạng: {row['state']}")
    return " ".join(part.rstrip(". ") + "." for part in parts)


def proposals(to: Writer, figures: Figures) -> None:
    """What was selected for the year after: how many, how much, and which."""
    rows = [row for row in rows_of(figures, "proposals") if row["state"] in TAKEN]
    if not rows:
        return
    total = sum(row["estimate"] for row in rows)
    to.text(
        f"Đã lựa chọn {len(rows)} hoạt động đề xuất cho năm tiếp theo, tổng dự toán "
        f"{qualified_short(total)} ({format_vnd(total)} đồng)."
    )
    cells = wording.millions(rows, "estimate")
    to.table(
        "Hoạt động đề xuất được lựa chọn cho năm tiếp theo",
        [
            Column("Hoạt động", 80, number=False),
            Column("Chương trình", 28, number=False),
            Column("Xã", 27, number=False),
            Column("Dự toán", 25),
        ],
        [
            [row["title"], row["program"], row["commune_name"], format_vnd(cells[i])]
            for i, row in enumerate(rows)
        ],
        total=["Tổng cộng", "", "", format_vnd(sum(cells))],
        unit="Đơn vị: triệu đồng",
        note=wording.ROUNDED,
    )


def outcomes(to: Writer, rows: list[Row], heading: Callable[[str], None]) -> None:
    """What was reached in the words of those who said it, programme by programme."""
    if not rows:
        return
    heading("Kết quả nêu theo chương trình")
    for name, said in groupby(rows, key=lambda row: row["program_name"]):
        to.text(f"{name}:")
        to.items(row["text"] for row in said)
    to.text("Nguồn: " + "; ".join(dict.fromkeys(filter(None, (r["source"] for r in rows)))))


def requests(to: Writer, rows: list[Row], text: str = "") -> None:
    """What is asked of whom, until when, and how it stands; and what was written."""
    if not rows and not text:
        return
    to.section("Đề xuất, kiến nghị")
    tasks(to, rows, "Đề xuất, kiến nghị", "Nội dung")
    to.text(text)


def tasks(to: Writer, rows: list[Row], caption: str = "Việc cần làm", what: str = "") -> None:
    """Action points: what, who, until when."""
    if not rows:
        return
    to.table(
        caption,
        [
            Column(what or "Việc cần làm", 70, number=False),
            Column("Đơn vị, người thực hiện", 40, number=False),
            Column("Thời hạn", 26, number=False),
            Column("Tình trạng", 24, number=False),
        ],
        [[row["title"], row["assignee"], row["due"], row["state"]] for row in rows],
    )
