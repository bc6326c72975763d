"""The details of a disbursement, each said once: what stands beside its money.

Date, activity, commune, funding source and amount carry rules, and each door knows them. A detail
is a plain text or day: the model says its label and length, DETAILS all the rest. Form, pages,
lists, files, API, workbooks and the database's guards take it from here
(`docs/how-to/add-a-field.md`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from disbursements.models import Disbursement

MONEY = ("date", "activity", "commune", "fund", "amount")
# What changes in a posted row: by a reversal, and what is worked out from the rest.
CHANGES_WHEN_POSTED = frozenset(("reversed_amount", "version", "search_key", "sort_key"))


@dataclass(frozen=True)
class Detail:
    """A plain value of a disbursement. `headings` and `weak_headings` are the words of its column
    in a workbook, as `imports` reads them; without any, workbooks do not have it."""

    name: str
    example: str  # in the description of the API
    listed: bool = False  # a column of the list from the start; else one to choose
    column: str = ""  # its name in the list's address, where that is another
    order: str = ""  # what the list is sorted by
    short: bool = False  # never broken into two lines
    wide: bool = False  # takes the whole width of the form
    repeated: bool = False  # the same in the next one like it ("như lần trước")
    headings: str = ""
    weak_headings: str = ""

    @property
    def field(self) -> Any:
        """The model's field."""
        return Disbursement._meta.get_field(self.name)

    @property
    def label(self) -> Any:
        return self.field.verbose_name

    @property
    def is_text(self) -> bool:
        return isinstance(self.field, models.CharField | models.TextField)


DETAILS = (
    Detail(
        "payee",
        example="Đoàn Thanh niên xã",
        listed=True,
        order="sort_key",
        repeated=True,
        headings=(
            "đơn vị nhận|người nhận|đơn vị nhận tiền|người nhận tiền|họ tên người nhận|"
            "đơn vị người nhận|payee|recipient|paid to|bên nhận"
        ),
        weak_headings="đơn vị thụ hưởng|người thụ hưởng|đơn vị hưởng",
    ),
    Detail(
        "voucher_no",
        example="PC-014",
        listed=True,
        column="voucher",
        order="voucher_no",
        short=True,
        headings=(
            "số chứng từ|số ct|số hiệu chứng từ|số hiệu ct|chứng từ số|chứng từ số hiệu|chứng từ|"
            "số phiếu|số phiếu chi|số c từ|voucher|voucher no|voucher number|voucher num|"
            "số chứng từ chi"
        ),
        weak_headings="số hiệu|số|mã chứng từ|document no|reference|ref|số hóa đơn",
    ),
    Detail(
        "voucher_date",
        example="2022-09-14",
        order="voucher_date",
        headings=(
            "ngày chứng từ|ngày ct|ngày tháng chứng từ|chứng từ ngày tháng|voucher date|"
            "ngày c từ|ngày hóa đơn|ngày phiếu chi|ngày tháng ct"
        ),
    ),
    Detail(
        "description",
        example="Tập huấn CLB thủ lĩnh thay đổi",
        wide=True,
        repeated=True,
        headings=(
            "nội dung chi|diễn giải|nội dung|nội dung thanh toán|nội dung giải ngân|trích yếu|"
            "nội dung chứng từ|lý do chi|description|particulars|details|nội dung chi tiết"
        ),
    ),
    Detail(
        "note",
        example="Theo kế hoạch quý",
        wide=True,
        headings="ghi chú|chú thích|note|notes|remark|remarks|comment|comments",
    ),
)
NAMES = (*MONEY, *(detail.name for detail in DETAILS))  # all that can be entered


def details(*first: str) -> list[Detail]:
    """All details, those named first."""
    place = {name: index for index, name in enumerate(first)}
    return sorted(DETAILS, key=lambda detail: place.get(detail.name, len(place)))


def frozen_columns() -> Sequence[str]:
    """The database columns that posting freezes: all that are not named as changing."""
    fields = Disbursement._meta.concrete_fields
    return [str(field.column) for field in fields if field.name not in CHANGES_WHEN_POSTED]
