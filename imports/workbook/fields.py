"""The columns of workbooks, and the words offices use for them; each kind declares its own.

Words are compared through `fold_key`, so case, accents, spacing and punctuation do not matter.
A weak word names a column only when no other column names it outright.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.values.text import fold_key

QUARTERS = ("q1", "q2", "q3", "q4")
AGES = ("under_16", "age_16_24", "over_24")
OF_WHICH = (*AGES, "ethnic_minority", "disability", "poor_household")
MONEY = frozenset((*QUARTERS, "year", "amount"))
SIGNED = "amount"  # may be negative: a row that reverses another one
DATES = frozenset(("date", "voucher_date", "start", "end"))
COUNTS = frozenset(("male", "female", "total", *OF_WHICH))


ROW_ID = "row_id"  # which record of the portal a row of a template is
ORIGIN = "PlanPortal."  # begins what a template says of itself, above that column


@dataclass(frozen=True)
class Field:
    """A column: its name in code, how it is asked for, and its words."""

    name: str
    label: str | Promise
    strong: frozenset[str]
    weak: frozenset[str]


def column(name: str, label: str | Promise, strong: str, weak: str = "") -> Field:
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

# The hidden column of a template. Its heading is the same in every language, and nobody else's.
IDS = Field(ROW_ID, "Plan Portal ID", _keys("Plan Portal ID"), frozenset())

# By kind: its columns, and those of which one must be there. The kinds fill them (layout.py).
FIELDS: dict[str, dict[str, Field]] = {}
REQUIRED: dict[str, list[tuple[str, ...]]] = {}
