"""Báo cáo tổng kết: the report of the annual review conference."""

from reports.documents.blocks import Document
from reports.documents.formal_parts import framed
from reports.documents.section import Outline, Report
from reports.documents.sections import (
    agreements,
    closing,
    communes,
    converted,
    course,
    difficulties,
    exact_money,
    indicators,
    last_review,
    next_year,
    opening,
    out_of_order,
    outcomes,
    outputs,
    programs,
    proposals,
    quarters,
    requests,
    results,
    tasks,
    trainings,
    variances,
    visits,
)
from reports.documents.wording import say


def frame(report: Report) -> Document:
    year = report.figures["fiscal_year"]
    about = say(
        f"Tổng kết thực hiện Chương trình Plan năm tài chính {year} "
        "và phương hướng, nhiệm vụ năm tiếp theo",
        f"Plan programme, fiscal year {year}, and tasks of the next year",
    )
    return framed(report, say("BÁO CÁO", "REPORT"), about)


ANNUAL = Outline(
    frame,
    (
        opening.SECTION,
        last_review.SECTION,
        results.SECTION,
        course.SECTION,
        programs.SECTION,
        communes.SECTION,
        converted.SECTION,
        quarters.SECTION,
        variances.SECTION,
        trainings.SECTION,
        indicators.SECTION,
        outcomes.SECTION,
        visits.SECTION,
        outputs.SECTION,
        out_of_order.SECTION,
        agreements.SECTION,
        difficulties.SECTION,
        next_year.SECTION,
        proposals.SECTION,
        visits.PLANNED,
        tasks.SECTION,
        requests.SECTION,
        closing.SECTION,
    ),
    appendix=(exact_money.SECTION,),
)
