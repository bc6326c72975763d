"""A document without its body: letterhead, title, notes, signature, recipients."""

from typing import Any

from reports.documents.blocks import Document
from reports.documents.letterhead import Letterhead
from reports.documents.section import Report

ILLUSTRATIVE = "Số liệu minh họa: tổng số khớp với báo cáo đã công bố, phần chia nhỏ là ví dụ."
OUTSIDE = "Bản gửi ra ngoài: số người dưới 5 không công bố."
PART_ONLY = "Số liệu chỉ gồm các chương trình và xã trong phạm vi của người lập báo cáo."
RECIPIENTS = ("Thường trực UBND (báo cáo);", "Các thành viên {short};", "Ban Dự án các xã;")
KEEP = "Lưu: VT, {short}."


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
        recipients=[text.format(short=letterhead.short) for text in (*RECIPIENTS, KEEP)],
        notes=notes(report.figures, outside=report.outside and "meeting" not in report.figures),
    )


def notes(figures: dict[str, Any], *, outside: bool) -> list[str]:
    """What stands above the body: of what kind the figures are."""
    said = (
        (ILLUSTRATIVE, figures.get("illustrative")),
        (PART_ONLY, not figures.get("everywhere", True)),
        (OUTSIDE, outside),
    )
    return [text for text, holds in said if holds]


def _signature(letterhead: Letterhead) -> dict[str, str]:
    return {
        "authority": f"TM. {letterhead.body}".upper(),
        "post": letterhead.post.upper(),
        "signer": letterhead.signer,
    }
