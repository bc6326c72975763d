"""The columns each kind of workbook has, and the words offices use for them.

Words are compared through `fold_key`, so case, accents, spacing and punctuation do not matter.
A weak word names a column only when no other column names it outright.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.values.text import fold_key

from .model import Kind

QUARTERS = ("q1", "q2", "q3", "q4")
AGES = ("under_16", "age_16_24", "over_24")
OF_WHICH = (*AGES, "ethnic_minority", "disability", "poor_household")
MONEY = frozenset((*QUARTERS, "year", "amount"))
DATES = frozenset(("date", "voucher_date", "start", "end"))
COUNTS = frozenset(("male", "female", "total", *OF_WHICH))


@dataclass(frozen=True)
class Field:
    """A column: its name in code, how it is asked for, and its words."""

    name: str
    label: str
    strong: frozenset[str]
    weak: frozenset[str]


def _field(name: str, label: Any, strong: str, weak: str = "") -> Field:
    return Field(name, label, _keys(strong), _keys(weak))


def _keys(words: str) -> frozenset[str]:
    return frozenset(key for key in map(fold_key, words.split("|")) if key)


_ACTIVITY_CODE = (
    "mã hoạt động|mã hđ|mã số hoạt động|mã số hđ|mã hoạt động dự án|mã công việc|hoạt động mã|"
    "activity code|activity id|activity no|code of activity|mã hoạt động (code)"
)
_COMMUNE = (
    "xã|địa bàn|tên xã|địa bàn xã|xã thực hiện|địa bàn thực hiện|xã thị trấn|xã dự án|"
    "địa bàn triển khai|commune|commune name|xã phường|xã phường thị trấn"
)
_PROGRAM = (
    "chương trình|tên chương trình|thuộc chương trình|chương trình dự án|program|programme|"
    "program name|programme name"
)
_FUND = (
    "nguồn|nguồn vốn|nguồn kinh phí|nguồn tài trợ|nhà tài trợ|fund|funding|funding source|"
    "source|source of funds|donor|nguồn tiền|nguồn ngân sách"
)
_NOTE = "ghi chú|chú thích|note|notes|remark|remarks|comment|comments"

_COMMON = {
    "activity": _field("activity", _("Activity code"), _ACTIVITY_CODE, "mã|mã số|code|id"),
    "commune": _field("commune", _("Commune"), _COMMUNE, "mã xã|commune code"),
    "program": _field("program", _("Programme"), _PROGRAM, "mã chương trình|mã ct|program code"),
    "fund": _field("fund", _("Funding source"), _FUND, "vốn|mã nguồn"),
    "note": _field("note", _("Note"), _NOTE),
}

_PLAN = [
    _COMMON["activity"],
    _field(
        "title",
        _("Activity"),
        "tên hoạt động|hoạt động|nội dung hoạt động|tên hđ|hoạt động chính|hoạt động cụ thể|"
        "tên công việc|hoạt động tên|activity|activity name|activity title|activities|"
        "danh mục hoạt động|nội dung các hoạt động|các hoạt động",
        "nội dung|nội dung công việc|tên|khoản mục|title|name|description|diễn giải",
    ),
    _field("commune", _("Commune"), _COMMUNE, "mã xã|commune code|địa điểm|nơi thực hiện"),
    _COMMON["program"],
    _field(
        "unit",
        _("Implementing unit"),
        "đơn vị thực hiện|đơn vị triển khai|cơ quan thực hiện|đơn vị phụ trách|đơn vị chủ trì|"
        "đối tác thực hiện|đvth|implementing unit|implementing partner|implementer|partner",
        "đơn vị|unit",
    ),
    _COMMON["fund"],
    _COMMON["note"],
    _field("q1", _("Quarter I"), ""),
    _field("q2", _("Quarter II"), ""),
    _field("q3", _("Quarter III"), ""),
    _field("q4", _("Quarter IV"), ""),
    _field(
        "year",
        _("Full year"),
        "cả năm|tổng cả năm|tổng năm|tổng cộng cả năm|cộng cả năm|full year|year total|annual|"
        "annual total|whole year|total for the year|cả năm tài chính|năm",
        "tổng|tổng số|tổng cộng|cộng|total|kế hoạch|dự toán|kinh phí|ngân sách|budget|"
        "tổng kinh phí|tổng ngân sách|tổng dự toán|tổng kế hoạch|year|plan",
    ),
]

_DISBURSEMENTS = [
    _field(
        "date",
        _("Date"),
        "ngày|ngày tháng|ngày tháng năm|ngày chi|ngày ghi sổ|ngày tháng ghi sổ|ngày hạch toán|"
        "ngày giải ngân|ngày thanh toán|date|payment date|posting date|date of payment|"
        "ngày thực chi|ngày chi tiền",
        "thời gian",
    ),
    _field(
        "voucher_date",
        _("Voucher date"),
        "ngày chứng từ|ngày ct|ngày tháng chứng từ|chứng từ ngày tháng|voucher date|"
        "ngày c từ|ngày hóa đơn|ngày phiếu chi|ngày tháng ct",
    ),
    _field(
        "voucher_no",
        _("Voucher number"),
        "số chứng từ|số ct|số hiệu chứng từ|số hiệu ct|chứng từ số|chứng từ số hiệu|chứng từ|"
        "số phiếu|số phiếu chi|số c từ|voucher|voucher no|voucher number|voucher num|"
        "số chứng từ chi",
        "số hiệu|số|mã chứng từ|document no|reference|ref|số hóa đơn",
    ),
    _field("activity", _("Activity code"), _ACTIVITY_CODE, "mã|mã số|code|id|hoạt động|activity"),
    _COMMON["commune"],
    _field(
        "amount",
        _("Amount"),
        "số tiền|thành tiền|thực chi|tiền|số tiền chi|số tiền giải ngân|số tiền thanh toán|"
        "số thực chi|số tiền thực chi|đã chi|số đã chi|số giải ngân|giá trị giải ngân|giải ngân|"
        "số tiền đã chi|amount|amount paid|amount disbursed|disbursed|disbursement",
        "kinh phí|tổng số|tổng cộng|tổng|tổng tiền|giá trị|total|value",
    ),
    _field(
        "description",
        _("Description"),
        "nội dung chi|diễn giải|nội dung|nội dung thanh toán|nội dung giải ngân|trích yếu|"
        "nội dung chứng từ|lý do chi|description|particulars|details|nội dung chi tiết",
    ),
    _field(
        "payee",
        _("Payee"),
        "đơn vị nhận|người nhận|đơn vị nhận tiền|người nhận tiền|họ tên người nhận|"
        "đơn vị người nhận|payee|recipient|paid to|bên nhận",
        "đơn vị thụ hưởng|người thụ hưởng|đơn vị hưởng",
    ),
    _COMMON["fund"],
    _COMMON["note"],
]

_TRAININGS = [
    _field(
        "topic",
        _("Topic"),
        "chủ đề|chuyên đề|chủ đề tập huấn|chuyên đề tập huấn|tên chủ đề|tên chuyên đề|topic|"
        "theme|training topic",
    ),
    _field(
        "title",
        _("Training class"),
        "tên lớp tập huấn|tên lớp|lớp tập huấn|lớp|tên khóa tập huấn|khóa tập huấn|tên khóa|"
        "tên tập huấn|tập huấn|training|training title|training class|class|class name|title|"
        "course|training name|name of training",
        "nội dung tập huấn|nội dung|tên|name",
    ),
    _COMMON["commune"],
    _field(
        "start",
        _("First day"),
        "từ ngày|thời gian bắt đầu|ngày bắt đầu|bắt đầu|ngày tổ chức|ngày khai giảng|thời gian từ|"
        "thời gian từ ngày|thời gian tổ chức từ|from|from date|start|start date|first day|ngày đầu",
        "ngày|ngày tháng|thời gian|thời gian tổ chức|ngày thực hiện|thời gian thực hiện|date|day",
    ),
    _field(
        "end",
        _("Last day"),
        "đến ngày|thời gian kết thúc|ngày kết thúc|kết thúc|ngày bế giảng|thời gian đến|"
        "thời gian đến ngày|tới ngày|thời gian tổ chức đến|to|to date|end|end date|last day|"
        "ngày cuối",
    ),
    _field(
        "venue",
        _("Venue"),
        "địa điểm|nơi tổ chức|địa điểm tổ chức|địa điểm tập huấn|venue|place|location",
    ),
    _field(
        "male",
        _("Men"),
        "nam|số nam|nam giới|số nam giới|số người nam|men|male|males",
    ),
    _field(
        "female",
        _("Women"),
        "nữ|số nữ|nữ giới|phụ nữ|số phụ nữ|số người nữ|women|female|females",
    ),
    _field(
        "total",
        _("Total"),
        "tổng số|tổng|tổng cộng|tổng số người|tổng số người tham gia|số người tham gia|số người|"
        "người tham gia|số lượng người tham gia|số học viên|tổng số học viên|tổng số lượt người|"
        "số lượt người|sĩ số|total|participants|total participants|number of participants|"
        "người tham gia tổng số|người tham gia tổng",
        "số lượng|cộng",
    ),
    _field(
        "under_16",
        _("Under 16"),
        "dưới 16|dưới 16 tuổi|trẻ em|trẻ em dưới 16|trẻ em dưới 16 tuổi|trẻ dưới 16 tuổi|"
        "độ tuổi dưới 16|under 16|children|children under 16|below 16|0 15",
    ),
    _field(
        "age_16_24",
        _("16–24"),
        "16 24|16 24 tuổi|từ 16 24|từ 16 24 tuổi|từ 16 đến 24|từ 16 đến 24 tuổi|16 đến 24|"
        "16 đến 24 tuổi|thanh niên|thanh niên 16 24|thanh niên 16 24 tuổi|youth|youth 16 24|"
        "16 to 24|aged 16 24|age 16 24|ages 16 24|thanh niên từ 16 đến 24 tuổi",
    ),
    _field(
        "over_24",
        _("Over 24"),
        "trên 24|trên 24 tuổi|người lớn|người lớn trên 24|người lớn trên 24 tuổi|từ 25|"
        "từ 25 tuổi|25 tuổi trở lên|từ 25 tuổi trở lên|25 trở lên|over 24|above 24|adults|"
        "adults over 24|25 and over|older than 24",
    ),
    _field(
        "ethnic_minority",
        _("Ethnic minority"),
        "dtts|dân tộc thiểu số|người dtts|người dân tộc thiểu số|số người dtts|số dtts|"
        "ethnic minority|ethnic minorities|người dân tộc",
        "dân tộc",
    ),
    _field(
        "disability",
        _("With disability"),
        "khuyết tật|nkt|người khuyết tật|số người khuyết tật|số nkt|disability|disabled|pwd|"
        "with disability|people with disability|people with disabilities|"
        "persons with disability|persons with disabilities",
    ),
    _field(
        "poor_household",
        _("Poor household"),
        "hộ nghèo|thuộc hộ nghèo|người thuộc hộ nghèo|số người thuộc hộ nghèo|số hộ nghèo|"
        "poor household|poor households|poor|from poor household|from poor households",
    ),
    _field("activity", _("Activity code"), _ACTIVITY_CODE, "mã|mã số|code|hoạt động|activity"),
    _COMMON["program"],
    _COMMON["note"],
]

FIELDS: dict[str, dict[str, Field]] = {
    kind: {field.name: field for field in fields}
    for kind, fields in (
        ("plan", _PLAN),
        ("disbursements", _DISBURSEMENTS),
        ("trainings", _TRAININGS),
    )
}

# One field of each group must have a column; for a plan the quarters or the year are checked apart.
REQUIRED: dict[str, list[tuple[str, ...]]] = {
    "plan": [("activity",), ("title",), ("commune",)],
    "disbursements": [
        ("date", "voucher_date"),
        ("voucher_no",),
        ("activity",),
        ("commune",),
        ("amount",),
    ],
    "trainings": [("topic", "title"), ("commune",), ("start",), ("male",), ("female",)],
}

_QUARTER = re.compile(
    r"^(?:kehoach|kh|dutoan|dt|ngansach|kinhphi|von|sotien|plan|planned|budget)*"
    r"(?:quy|q|quarter|qtr)(iv|iii|ii|i|[1-4])"
    r"(?:(?:nam|fy|namtaichinh)?(?:20)?[0-9]{2}|thang[0-9]+)?$"
)
_ORDINAL = {"i": "q1", "ii": "q2", "iii": "q3", "iv": "q4"}
_YEAR = re.compile(
    r"^(?:kehoach|kh|dutoan|ngansach|kinhphi|tong|tongcong|tongkinhphi|plan|budget)*"
    r"(?:canam|nam|namtaichinh|canamtaichinh|fy)(?:20[0-9]{2})?$"
)
_DONE = re.compile("thuchien|giaingan|quyettoan|thanhtoan|conlai|luyke|dachi|actual|spent")
_PLANNED = re.compile("kehoach|dutoan|ngansach|plan|budget")


def match(kind: Kind | str, key: str, context: str = "") -> tuple[str, bool] | None:
    """(field, named outright) for a folded header, or None. `context`: its headings' keys."""
    if kind == "plan" and (_DONE.search(context + key) and not _PLANNED.search(context + key)):
        return _named(kind, key, without=MONEY)
    if kind == "plan" and (found := _QUARTER.match(key)):
        return _ORDINAL.get(found[1]) or f"q{found[1]}", True
    if kind == "plan" and _YEAR.match(key):
        return "year", True
    return _named(kind, key)


def _named(kind: str, key: str, without: frozenset[str] = frozenset()) -> tuple[str, bool] | None:
    fields = [field for field in FIELDS[kind].values() if field.name not in without]
    for strong in (True, False):
        for field in fields:
            if key in (field.strong if strong else field.weak):
                return field.name, strong
    return None
