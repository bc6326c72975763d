"""Báo cáo tổng kết: the report of the annual review conference."""

from typing import Any

from core.values.money import qualified_short
from reports.documents import life_results, life_sections, maps, sections, wording
from reports.documents.blocks import Document, Writer
from reports.documents.figures import days
from reports.documents.letterhead import Letterhead
from reports.documents.suppression import People

ILLUSTRATIVE = "Số liệu minh họa: tổng số khớp với báo cáo đã công bố, phần chia nhỏ là ví dụ."
OUTSIDE = "Bản gửi ra ngoài: số người dưới 5 không công bố."
PART_ONLY = "Số liệu chỉ gồm các chương trình và xã trong phạm vi của người lập báo cáo."
RECIPIENTS = ("Thường trực UBND (báo cáo);", "Các thành viên {short};", "Ban Dự án các xã;")
KEEP = "Lưu: VT, {short}."

Figures = dict[str, Any]
Texts = dict[str, str]


def build(figures: Figures, texts: Texts, letterhead: Letterhead, *, outside: bool) -> Document:
    """The report from frozen figures and the written text blocks."""
    year = figures["fiscal_year"]
    document = frame(
        figures,
        letterhead,
        kind_name="BÁO CÁO",
        about=f"Tổng kết thực hiện Chương trình Plan năm tài chính {year} "
        "và phương hướng, nhiệm vụ năm tiếp theo",
        outside=outside,
    )
    people = People(figures["tables"], outside=outside)
    to = Writer()
    to.text(texts.get("opening") or opening(figures, letterhead))
    results(to, figures, texts)
    classes(to, figures, texts, people)
    if not outside:  # an indicator may count a handful of people
        life_results.results(to, figures)
    life_sections.outcomes(to, life_sections.rows_of(figures, "outcomes"), to.section)
    life_results.visits(to, figures)
    life_sections.life(to, figures, texts)
    to.section("Kế hoạch và nhiệm vụ trọng tâm năm tiếp theo")
    sections.next_year(to, figures)
    life_sections.proposals(to, figures)
    life_results.planned_visits(to, figures)
    to.text(texts.get("tasks", ""))
    life_sections.tasks(to, life_sections.rows_of(figures, "action_points"))
    recommendations(to, figures, texts)
    to.text(closing(figures, letterhead))
    to.end()
    document.blocks = to.blocks
    document.appendix = annex(figures, to.tables)
    return document


def frame(
    figures: Figures, letterhead: Letterhead, *, kind_name: str, about: str, outside: bool
) -> Document:
    """The document without its body."""
    notes = [
        text
        for text, holds in (
            (ILLUSTRATIVE, figures.get("illustrative")),
            (PART_ONLY, not figures.get("everywhere", True)),
            (OUTSIDE, outside),
        )
        if holds
    ]
    return Document(
        superior=letterhead.superior,
        issuer=letterhead.issuer.upper(),
        number=letterhead.number_line(figures["kind"]),
        place_and_date=letterhead.place_and_date(),
        kind_name=kind_name,
        about=about,
        signatures=[signature(letterhead)],
        recipients=[text.format(short=letterhead.short) for text in (*RECIPIENTS, KEEP)],
        notes=notes,
    )


def signature(letterhead: Letterhead) -> dict[str, str]:
    return {
        "authority": f"TM. {letterhead.body}".upper(),
        "post": letterhead.post.upper(),
        "signer": letterhead.signer,
    }


def opening(figures: Figures, letterhead: Letterhead) -> str:
    return (
        f"{letterhead.issuer_and_area} báo cáo kết quả thực hiện "
        f"{wording.inside(wording.span_name(figures))} "
        f"({days(figures)}), số liệu đến hết ngày {_day(figures)}, như sau:"
    )


def _day(figures: Figures) -> str:
    year, month, day = figures["as_of"].split("-")
    return f"{day}/{month}/{year}"


def results(to: Writer, figures: Figures, texts: Texts) -> None:
    """Plan against actual: by programme, commune, quarter."""
    tables = figures["tables"]
    total = tables["by_program"]["total"]
    to.section("Kết quả thực hiện kế hoạch và giải ngân")
    to.part("Kết quả chung")
    to.text(wording.headline(figures))
    to.text(
        f"Kế hoạch được giao là {qualified_short(total['planned'] or 0)}; tổng số đã giải ngân là "
        f"{wording.certified(total['disbursed'])}, {wording.against(total)}."
    )
    if total["pending"]:
        to.text(f"Ngoài ra {qualified_short(total['pending'])} đang chờ duyệt, chưa tính ở trên.")
    to.text(texts.get("results", ""))
    if figures["quarter"] is None:
        sections.course(to, figures)
    to.part("Theo chương trình")
    sections.money_table(
        to,
        "Kế hoạch và giải ngân theo chương trình",
        "Chương trình",
        tables["by_program"],
        sections.program_name,
        with_shares=True,
    )
    for row in tables["by_program"]["rows"]:
        to.text(f"{row['program_name']}: giải ngân {wording.spent(row)}.")
        to.text(texts.get(f"program_{row['program']}", ""))
    sections.money_bars(
        to,
        "Kế hoạch và giải ngân theo chương trình (triệu đồng)",
        tables["by_program"],
        sections.program_name,
    )
    to.part("Theo xã")
    sections.money_table(
        to,
        "Kế hoạch và giải ngân theo xã",
        "Xã",
        tables["by_commune"],
        sections.commune_name,
        with_shares=True,
    )
    maps.maps(to, figures)
    to.text(texts.get("communes", ""))
    if figures["quarter"] is None:
        to.part("Theo quý")
        sections.money_table(
            to,
            "Kế hoạch và giải ngân theo quý",
            "Quý",
            tables["by_quarter"],
            sections.quarter_name,
        )
        sections.money_bars(
            to,
            "Kế hoạch và giải ngân theo quý (triệu đồng)",
            tables["by_quarter"],
            sections.quarter_name,
        )


def classes(to: Writer, figures: Figures, texts: Texts, people: People) -> None:
    to.section("Tập huấn, truyền thông")
    sections.trainings(to, figures, people)
    to.text(texts.get("trainings", ""))


def recommendations(to: Writer, figures: Figures, texts: Texts) -> None:
    rows = life_sections.rows_of(figures, "requests")
    life_sections.requests(to, rows, texts.get("recommendations", ""))


def closing(figures: Figures, letterhead: Letterhead) -> str:
    return (
        f"Trên đây là báo cáo kết quả thực hiện {wording.inside(wording.span_name(figures))} của "
        f"{letterhead.issuer}"
    )


def annex(figures: Figures, tables: int) -> list[dict[str, Any]]:
    """The appendix: every figure in đồng."""
    to = Writer()
    to.tables = tables
    sections.appendix(to, figures)
    return to.blocks
