"""What was reported and said at a meeting, part by part."""

from reports.documents.blocks import Writer
from reports.documents.section import Report, Section

PARTS = (
    ("Báo cáo đã trình bày", "reports_given"),
    ("Kết quả", "results"),
    ("Hạn chế", "shortcomings"),
    ("Khó khăn, vướng mắc", "difficulties"),
    ("Thách thức", "challenges"),
    ("Giải pháp đề xuất", "solutions"),
)


def write(to: Writer, report: Report) -> None:
    meeting = report.figures["meeting"]
    to.section("Nội dung")
    for title, name in PARTS:
        if meeting.get(name):  # minutes issued earlier have fewer parts
            to.part(title)
            to.text(meeting[name])


OF_MEETING = Section(write)
