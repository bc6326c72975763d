"""A document without its body: letterhead, title, notes, signature, recipients."""

from core.values import display
from reports.documents.blocks import Document
from reports.documents.letterhead import Letterhead
from reports.documents.section import Report
from reports.documents.wording import say

ILLUSTRATIVE = (
    "Số liệu minh họa: tổng số khớp với báo cáo đã công bố, phần chia nhỏ là ví dụ.",
    "Illustrative figures: the totals agree with what was published, their split is an example.",
)
ORIGINAL = (
    "Bản khác của văn bản số %(original)s, cùng số liệu.",
    "Another edition of document %(original)s, of the same figures.",
)
EDITION = (
    "",
    "English edition of the same figures, without what people wrote in Vietnamese; names and words "
    "of records are as entered.",
)
OUTSIDE = (
    "Bản gửi ra ngoài: số người dưới 5 không công bố.",
    "For outside: head counts below 5 are not published.",
)
PART_ONLY = (
    "Số liệu chỉ gồm các chương trình và xã trong phạm vi của người lập báo cáo.",
    "Only programmes and communes within the scope of who made it.",
)
RECIPIENTS = (
    ("Thường trực UBND (báo cáo);", "Standing members of the People's Committee;"),
    ("Các thành viên {short};", "Members of {short};"),
    ("Ban Dự án các xã;", "Commune project boards;"),
    ("Lưu: VT, {short}.", "Archive: VT, {short}."),
)


def framed(report: Report, kind_name: str, about: str) -> Document:
    """As a board issues a document: it signs for itself, and keeps a copy."""
    letterhead = report.letterhead
    return Document(
        superior=letterhead.superior,
        issuer=letterhead.issuer.upper(),
        number=letterhead.number_line(report.figures["kind"]),
        place_and_date=letterhead.place_and_date(),
        kind_name=kind_name,
        about=about,
        signatures=[_signature(letterhead)],
        recipients=[say(*text).format(short=letterhead.short) for text in RECIPIENTS],
        language=say("vi", "en"),
        notes=notes(report.figures, outside=report.outside and "meeting" not in report.figures),
    )


def notes(figures: dict[str, object], *, outside: bool) -> list[str]:
    """What stands above the body: of what kind the figures are."""
    original = figures.get("original", "")
    said = (
        (ORIGINAL if original else (), original),
        (EDITION, display.is_english()),
        (ILLUSTRATIVE, figures.get("illustrative")),
        (PART_ONLY, not figures.get("everywhere", True)),
        (OUTSIDE, outside),
    )
    return [say(*text) % {"original": original} for text, holds in said if holds]


def _signature(letterhead: Letterhead) -> dict[str, str]:
    return {
        "authority": f"{say('TM.', 'FOR')} {letterhead.body}".upper(),
        "post": letterhead.post.upper(),
        "signer": letterhead.signer,
    }
