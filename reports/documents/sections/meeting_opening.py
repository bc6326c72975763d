"""When and where a meeting was, who chaired it and who wrote the minutes."""

from reports.documents.blocks import Writer
from reports.documents.meetings import NOT_STATED
from reports.documents.section import Report, Section


def write(to: Writer, report: Report) -> None:
    meeting = report.figures["meeting"]
    to.text(f"Thời gian: {meeting['day']}.")
    to.text(f"Địa điểm: {meeting['place'] or NOT_STATED}.")
    to.text(f"Chủ trì: {meeting['chair'] or NOT_STATED}.")
    to.text(f"Thư ký: {meeting.get('secretary') or NOT_STATED}.")


OF_MEETING = Section(write)
