"""Biên bản hội nghị and Thông báo kết luận, from a meeting and its action points."""

from reports.documents.blocks import Document
from reports.documents.formal_parts import framed
from reports.documents.section import Outline, Report
from reports.documents.sections import meeting, outcomes, requests, tasks, variances
from reports.documents.wording import inside


def frame_minutes(report: Report) -> Document:
    """Signed by secretary and chair."""
    about = report.figures["meeting"]
    document = framed(report, "BIÊN BẢN", about["title"])
    chair = report.letterhead.signer or about["chair"]
    document.signatures = [
        {"authority": "THƯ KÝ", "post": "", "signer": about.get("secretary", "")},
        {"authority": "CHỦ TỌA", "post": "", "signer": chair},
    ]
    return document


def frame_conclusions(report: Report) -> Document:
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
