"""Báo cáo quý: one quarter, and the year to its end."""

from reports.documents import wording
from reports.documents.blocks import Document
from reports.documents.frame import framed
from reports.documents.section import Outline, Report
from reports.documents.sections import (
    agreements,
    closing,
    communes,
    difficulties,
    exact_money,
    opening,
    outputs,
    programs,
    requests,
    results,
    tasks,
    trainings,
    year_to_date,
)


def frame(report: Report) -> Document:
    figures = report.figures
    name = f"{wording.quarter_name(figures['quarter'])} năm tài chính {figures['fiscal_year']}"
    return framed(report, "BÁO CÁO", f"Kết quả thực hiện Chương trình Plan {name}")


QUARTERLY = Outline(
    frame,
    (
        opening.SECTION,
        results.SECTION,
        programs.SECTION,
        communes.SECTION,
        year_to_date.SECTION,
        trainings.SECTION,
        outputs.SECTION,
        agreements.SECTION,
        difficulties.SECTION,
        tasks.OF_QUARTER,
        requests.SECTION,
        closing.SECTION,
    ),
    appendix=(exact_money.SECTION,),
)
