"""Báo cáo quý: one quarter, and the year to its end."""

from core.values.money import qualified_short
from reports.documents import annual, life_sections, sections, wording
from reports.documents.blocks import Document, Writer
from reports.documents.letterhead import Letterhead
from reports.documents.suppression import People


def build(
    figures: annual.Figures, texts: annual.Texts, letterhead: Letterhead, *, outside: bool
) -> Document:
    """The report of a quarter from frozen figures and the written text blocks."""
    name = f"{wording.quarter_name(figures['quarter'])} năm tài chính {figures['fiscal_year']}"
    document = annual.frame(
        figures,
        letterhead,
        kind_name="BÁO CÁO",
        about=f"Kết quả thực hiện Chương trình Plan {name}",
        outside=outside,
    )
    people = People(figures["tables"], outside=outside)
    to = Writer()
    to.text(texts.get("opening") or annual.opening(figures, letterhead))
    annual.results(to, figures, texts)
    year_to_date(to, figures)
    annual.classes(to, figures, texts, people)
    life_sections.life(to, figures, texts)
    if texts.get("tasks"):
        to.section("Nhiệm vụ trọng tâm quý tiếp theo")
        to.text(texts["tasks"])
    annual.recommendations(to, figures, texts)
    to.text(annual.closing(figures, letterhead))
    to.end()
    document.blocks = to.blocks
    document.appendix = annual.annex(figures, to.tables)
    return document


def year_to_date(to: Writer, figures: annual.Figures) -> None:
    """From the first day of the year: against the plan to date, and against the year's."""
    to.part("Lũy kế từ đầu năm tài chính")
    table, year = figures["tables"]["year_to_date"], figures["tables"]["year_plan"]
    planned = year["total"]["planned"] or 0
    share = wording.share(table["total"]["disbursed"], planned)
    to.text(
        f"Lũy kế từ đầu năm đã giải ngân {wording.spent(table['total'])} đến hết quý; "
        f"so với kế hoạch cả năm ({qualified_short(planned)}) đạt {share}."
    )
    sections.money_table(
        to,
        "Lũy kế từ đầu năm theo chương trình, so với kế hoạch đến hết quý",
        "Chương trình",
        table,
        sections.program_name,
    )
