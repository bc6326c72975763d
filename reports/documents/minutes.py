"""Biên bản hội nghị and Thông báo kết luận, from a meeting and its action points."""

from reports.documents.blocks import Document
from reports.documents.formal_parts import framed
from reports.documents.section import Outline, Report
from reports.documents.sections import (
    attendance,
    conclusions,
    contents,
    meeting_ends,
    meeting_opening,
    outcomes,
    requests,
    stated,
    tasks,
    variances,
)
from reports.documents.wording import inside


def frame_minutes(report: Report) -> Document:
    """Signed by secretary and chair."""
    meeting = report.figures["meeting"]
    document = framed(report, "BIÊN BẢN", meeting["title"])
    chair = report.letterhead.signer or meeting["chair"]
    document.signatures = [
        {"authority": "THƯ KÝ", "post": "", "signer": meeting.get("secretary", "")},
        {"authority": "CHỦ TỌA", "post": "", "signer": chair},
    ]
    return document


def frame_conclusions(report: Report) -> Document:
    about = f"Kết luận tại {inside(report.figures['meeting']['title'])}"
    return framed(report, "THÔNG BÁO", about)


MINUTES = Outline(
    frame_minutes,
    (
        meeting_opening.OF_MEETING,
        attendance.OF_MEETING,
        contents.OF_MEETING,
        outcomes.OF_MEETING,
        stated.OF_MEETING,
        variances.OF_MEETING,
        requests.OF_MEETING,
        conclusions.OF_MEETING,
        tasks.OF_MEETING,
        meeting_ends.LAST,
    ),
)
CONCLUSIONS = Outline(
    frame_conclusions,
    (
        meeting_ends.NOTICE,
        conclusions.NUMBERED,
        tasks.OF_MEETING,
        meeting_ends.LAST_OF_NOTICE,
    ),
)
