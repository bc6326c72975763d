"""The kinds of documents: each one's frame, and its sections in their order."""

from reports.documents import wording
from reports.documents.blocks import Document
from reports.documents.formal_parts import framed
from reports.documents.section import Outline, Report
from reports.documents.sections import (
    agreements,
    causes,
    closing,
    communes,
    converted,
    course,
    difficulties,
    exact_money,
    forecast,
    fund,
    indicators,
    last_review,
    meeting,
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
    year_to_date,
)
from reports.documents.wording import inside, say


def frame_annual(report: Report) -> Document:
    """Báo cáo tổng kết: the report of the annual review conference."""
    year = report.figures["fiscal_year"]
    about = say(
        f"Tổng kết thực hiện Chương trình Plan năm tài chính {year} "
        "và phương hướng, nhiệm vụ năm tiếp theo",
        f"Plan programme, fiscal year {year}, and tasks of the next year",
    )
    return framed(report, say("BÁO CÁO", "REPORT"), about)


ANNUAL = Outline(
    frame_annual,
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


def frame_quarterly(report: Report) -> Document:
    """Báo cáo quý: one quarter, and the year to its end."""
    figures = report.figures
    name = f"{wording.quarter_name(figures['quarter'])} năm tài chính {figures['fiscal_year']}"
    about = say(
        f"Kết quả thực hiện Chương trình Plan {name}",
        f"Plan programme, {wording.span_name(figures)}",
    )
    return framed(report, say("BÁO CÁO", "REPORT"), about)


QUARTERLY = Outline(
    frame_quarterly,
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


def frame_minutes(report: Report) -> Document:
    """Biên bản hội nghị, signed by secretary and chair."""
    about = report.figures["meeting"]
    document = framed(report, "BIÊN BẢN", about["title"])
    chair = report.letterhead.signer or about["chair"]
    document.signatures = [
        {"authority": "THƯ KÝ", "post": "", "signer": about.get("secretary", "")},
        {"authority": "CHỦ TỌA", "post": "", "signer": chair},
    ]
    return document


def frame_conclusions(report: Report) -> Document:
    """Thông báo kết luận."""
    about = f"Kết luận tại {inside(report.figures['meeting']['title'])}"
    return framed(report, "THÔNG BÁO", about)


MINUTES = Outline(
    frame_minutes,
    (
        meeting.OPENING,
        meeting.ATTENDANCE,
        meeting.CONTENTS,
        outcomes.OF_MEETING,
        meeting.STATED,
        variances.OF_MEETING,
        requests.OF_MEETING,
        meeting.CONCLUSIONS,
        tasks.OF_MEETING,
        meeting.LAST,
    ),
)
CONCLUSIONS = Outline(
    frame_conclusions,
    (
        meeting.NOTICE,
        meeting.NUMBERED,
        tasks.OF_MEETING,
        meeting.LAST_OF_NOTICE,
    ),
)


def frame_statement(report: Report) -> Document:
    """Báo cáo nguồn vốn: for a donor, of one fund and one quarter."""
    span, name = wording.span_name(report.figures), report.figures["fund"]["name"]
    about = say(
        f"Nguồn vốn {name}, {wording.inside(span)}",
        f"Funding source {name}, {wording.inside(span)}",
    )
    return framed(report, say("BÁO CÁO NGUỒN VỐN", "STATEMENT OF A FUND"), about)


STATEMENT = Outline(
    frame_statement,
    (
        fund.TOTAL,
        converted.SECTION,
        fund.ACTIVITIES,
        causes.SECTION,
        fund.OUTPUTS,
        fund.TRAININGS,
    ),
)

OUTLINES: dict[str, Outline] = {
    "annual": ANNUAL,
    "quarterly": QUARTERLY,
    "minutes": MINUTES,
    "conclusions": CONCLUSIONS,
    "statement": STATEMENT,
}
