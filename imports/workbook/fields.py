"""The columns of workbooks, and the words offices use for them; each kind declares its own.

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


def column(name: str, label: Any, strong: str, weak: str = "") -> Field:
    return Field(name, label, _keys(strong), _keys(weak))


def _keys(words: str) -> frozenset[str]:
    return frozenset(key for key in map(fold_key, words.split("|")) if key)


ACTIVITY_CODE = (
    "mã hoạt động|mã hđ|mã số hoạt động|mã số hđ|mã hoạt động dự án|mã công việc|hoạt động mã|"
    "activity code|activity id|activity no|code of activity|mã hoạt động (code)"
)
COMMUNE = (
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

COMMON = {
    "activity": column("activity", _("Activity code"), ACTIVITY_CODE, "mã|mã số|code|id"),
    "commune": column("commune", _("Commune"), COMMUNE, "mã xã|commune code"),
    "program": column("program", _("Programme"), _PROGRAM, "mã chương trình|mã ct|program code"),
    "fund": column("fund", _("Funding source"), _FUND, "vốn|mã nguồn"),
    "note": column("note", _("Note"), _NOTE),
}

# By kind: its columns, and those of which one must be there. The kinds fill them (layout.py).
FIELDS: dict[str, dict[str, Field]] = {}
REQUIRED: dict[str, list[tuple[str, ...]]] = {}

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
