"""Bảng kê: a month's rows as an accounting list, printed for signature.

What waits for approval, or what is posted; each row once, the sum in words.
"""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.values.amount_words import in_words
from core.values.dates import format_date, today
from core.values.money import format_vnd
from core.values.said import coded
from disbursements.models import Disbursement, Status
from disbursements.month.steps import Month
from reports.documents.blocks import Column, Document, Writer
from reports.documents.letterhead import Letterhead, long_date

MOST = 2000  # rows of one list; Excel has all of them
ROWS = {"waiting": Status.SUBMITTED, "posted": Status.POSTED}
ABOUT = {"waiting": "đề nghị duyệt giải ngân", "posted": "giải ngân đã ghi sổ"}
COLUMNS = (
    Column("STT", 0.5),
    Column("Ngày", 1.1, number=False),
    Column("Số chứng từ", 1.2, number=False),
    Column("Nội dung chi", 3, number=False),
    Column("Hoạt động", 1.1, number=False),
    Column("Xã", 1.2, number=False),
    Column("Đơn vị nhận", 2, number=False),
    Column("Số tiền", 1.5),
)


def build(month: Month, rows: str, letterhead: Letterhead) -> Document:
    """The list of a month's rows: `rows` is waiting or posted. `ValidationError` where there are
    more of them than a list takes."""
    part = month.part(ROWS[rows])
    if part.count > MOST:
        said = _("A printed list takes %(most)s rows: choose a programme, or take the Excel file.")
        text = coded("too_many_rows", said % {"most": format_vnd(MOST)})
        raise ValidationError({"rows": text})
    found = list(month.rows.filter(status=ROWS[rows])[:MOST])
    to = Writer()
    to.table(
        "",
        COLUMNS,
        [_row(number, row) for number, row in enumerate(found, 1)],
        total=["", "", "", f"Tổng cộng ({len(found)} dòng)", "", "", "", format_vnd(part.total)],
        unit="Đơn vị tính: đồng",
        numbered=False,
    )
    to.text(f"Số tiền bằng chữ: {capfirst(in_words(part.total, 'vi'))}.")
    with translation.override("vi"):  # whoever asks for it
        dated = f"{letterhead.area}, {long_date(today())}"
    return Document(
        superior=letterhead.superior,
        issuer=letterhead.issuer.upper(),
        number="",
        place_and_date=dated,
        kind_name="BẢNG KÊ",
        about=_about(month, rows),
        blocks=to.blocks,
        signatures=_signed(month.period.fiscal_year.who_signs),
        is_list=True,
    )


def _about(month: Month, rows: str) -> str:
    program = f", chương trình {month.program.code}" if month.program else ""
    return f"{ABOUT[rows]} tháng {month.period.start:%m/%Y}{program}"


def _row(number: int, row: Disbursement) -> list[str]:
    return [
        str(number),
        format_date(row.date),
        row.voucher_no,
        row.description or row.activity.title,
        row.activity.code,
        row.commune.name,
        row.payee,
        format_vnd(row.amount),
    ]


def _signed(titles: Sequence[str]) -> list[dict[str, str]]:
    return [{"authority": title, "post": "(Ký, họ tên)", "signer": ""} for title in titles]
