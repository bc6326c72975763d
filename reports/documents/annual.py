"""Báo cáo tổng kết: the report of the annual review conference."""

from reports.documents.blocks import Document
from reports.documents.frame import framed
from reports.documents.section import Outline, Report
from reports.documents.sections import (
    agreements,
    closing,
    communes,
    course,
    difficulties,
    exact_money,
    indicators,
    next_year,
    opening,
    outcomes,
    outputs,
    planned_visits,
    programs,
    proposals,
    quarters,
    requests,
    results,
    tasks,
    trainings,
    visits,
)


def frame(report: Report) -> Document:
    year = report.figures["fiscal_year"]
    about = (
        f"Tổng kết thực hiện Chương trình Plan năm tài chính {year} "
        "và phương hướng, nhiệm vụ năm tiếp theo"
    )
    return framed(report, "BÁO CÁO", about)


ANNUAL = Outline(
    frame,
    (
        opening.SECTION,
        results.SECTION,
        course.SECTION,
        programs.SECTION,
        communes.SECTION,
        quarters.SECTION,
        trainings.SECTION,
        indicators.SECTION,
        outcomes.SECTION,
        visits.SECTION,
        outputs.SECTION,
        agreements.SECTION,
        difficulties.SECTION,
        next_year.SECTION,
        proposals.SECTION,
        planned_visits.SECTION,
        tasks.SECTION,
        requests.SECTION,
        closing.SECTION,
    ),
    appendix=(exact_money.SECTION,),
)
