"""Báo cáo quý: one quarter, and the year to its end."""

from reports.documents import wording
from reports.documents.blocks import Document
from reports.documents.formal_parts import framed
from reports.documents.section import Outline, Report
from reports.documents.sections import (
    agreements,
    closing,
    communes,
    converted,
    difficulties,
    exact_money,
    forecast,
    opening,
    outputs,
    programs,
    requests,
    results,
    tasks,
    trainings,
    variances,
    year_to_date,
)
from reports.documents.wording import say


def frame(report: Report) -> Document:
    figures = report.figures
    name = f"{wording.quarter_name(figures['quarter'])} năm tài chính {figures['fiscal_year']}"
    about = say(
        f"Kết quả thực hiện Chương trình Plan {name}",
        f"Plan programme, {wording.span_name(figures)}",
    )
    return framed(report, say("BÁO CÁO", "REPORT"), about)


QUARTERLY = Outline(
    frame,
    (
        opening.SECTION,
        results.SECTION,
        programs.SECTION,
        communes.SECTION,
        converted.SECTION,
        year_to_date.SECTION,
        variances.SECTION,
        forecast.SECTION,
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
