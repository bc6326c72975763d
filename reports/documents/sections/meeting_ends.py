"""The first sentence of a notice of conclusions, and the last of a meeting's documents."""

from reports.documents.blocks import Writer
from reports.documents.section import Report, Section
from reports.documents.wording import inside


def write_notice(to: Writer, report: Report) -> None:
    meeting, letterhead = report.figures["meeting"], report.letterhead
    place = f" tại {meeting['place']}" if meeting["place"] else ""
    chair = f", do {meeting['chair']} chủ trì" if meeting["chair"] else ""
    to.text(
        f"{meeting['day'][0].upper()}{meeting['day'][1:]}{place}, {letterhead.issuer} tổ chức "
        f"{inside(meeting['title'])}{chair}. Hội nghị kết luận như sau:"
    )


def write_last(to: Writer, report: Report) -> None:
    to.text("Biên bản đã được thông qua tại hội nghị và lập để lưu, gửi")


def write_last_of_notice(to: Writer, report: Report) -> None:
    issuer = report.letterhead.issuer
    to.text(f"{issuer} thông báo để các đơn vị, cá nhân liên quan biết và thực hiện")


NOTICE, LAST, LAST_OF_NOTICE = (
    Section(write_notice),
    Section(write_last),
    Section(write_last_of_notice),
)
