"""What a column under a heading is for: of 'Trong kỳ | Lũy kế' or 'Kế hoạch | Thực hiện' the one
that is meant, by its words."""

import re
from enum import Enum
from functools import lru_cache

from core.values.text import fold


class Role(Enum):
    """What the words of a heading say of the money or people below it."""

    ADJUSTED = "the plan as adjusted"
    CHANGE = "an adjustment alone"
    RATE = "a share or rate"
    REST = "what is left"
    INITIAL = "as it was at first"
    EARLIER = "of an earlier time"
    CUMULATIVE = "since the beginning"
    PERIOD = "of this period"
    OF_WHICH = "a part of another column"
    ASKED = "asked for"
    ADVANCED = "paid ahead"
    PLANNED = "planned"
    DONE = "done"
    QUANTITY = "not money"
    TOTAL = "the whole"


_WORDS = (
    (
        Role.RATE,
        r"ty le|ti le|(?<![0-9])%|phan tram|ty trong|\bso voi\b|\bso sanh\b|\brate\b|percent",
    ),
    (Role.REST, r"con lai|con thieu|so du|\bton (?:quy|dau|cuoi)|chua giai ngan|remaining|balance"),
    (
        Role.ADJUSTED,
        r"sau (?:khi )?(?:dieu chinh|dc\b)|"
        r"(?:ke hoach|\bkh|du toan|\bdt|ngan sach|kinh phi) (?:duoc )?"
        r"(?:dieu chinh|\bdc\b)|da dieu chinh|revised|adjusted",
    ),
    (
        Role.CHANGE,
        r"dieu chinh|bo sung|^(?:so )?(?:tang|giam)\b(?! cuong)|chenh lech|adjustment|variance|"
        r"\bchange\b",
    ),
    (
        Role.CUMULATIVE,
        r"luy ke|luy tien|tu dau|den nay|den het|den cuoi|to date|cumulative|\bytd\b",
    ),
    (Role.INITIAL, r"ban dau|\binitial\b|truoc (?:khi )?(?:dieu chinh|dc\b)"),
    (Role.EARLIER, r"(?:ky|thang|quy|nam) truoc|chuyen sang|previous|\blast\b|prior"),
    (
        Role.PERIOD,
        r"trong (?:ky|thang|quy)|(?:ky|thang|quy) nay|phat sinh|ky bao cao|"
        r"this (?:period|month|quarter)|current",
    ),
    (Role.OF_WHICH, r"trong do|of which|bao gom|gom co"),
    (Role.ASKED, r"de nghi|de xuat|yeu cau|xin cap|du kien|requested|proposed|expected"),
    (Role.ADVANCED, r"tam ung|hoan ung|\badvances?\b"),
    (
        Role.PLANNED,
        r"ke hoach|\bkh\b|du toan|\bdt\b|ngan sach|duoc (?:giao|duyet)|\bplanned\b|budget",
    ),
    (
        Role.DONE,
        r"thuc hien|\bth\b|thuc chi|giai ngan|quyet toan|thanh toan|\bda chi\b|thuc te|actual|"
        r"spent|disbursed",
    ),
    (
        Role.QUANTITY,
        r"\bsl\b|so luong|khoi luong|don gia|so lop|so nguoi|so ho\b|^dvt$|^don vi tinh$|quantity|"
        r"\bqty\b|unit price|unit cost",
    ),
    (
        Role.TOTAL,
        r"\btong\b(?! ket| hop| duyet)|^cong\b(?! tac| dong| doan| ty| trinh| viec| nhan)|"
        r"\btotal\b|^(?:thanh|so|tong) tien\b|^kinh phi$|^tien$|amount",
    ),
)
_BRACKETS = re.compile(r"[(\[](?:trieu|nghin|ngan|ty|tr|1[.,]?000|dong|vnd|d)\b[^()]*[)\]]")
_ROLES = [(role, re.compile(words)) for role, words in _WORDS]

_NOT_THE_MONEY = {
    "plan": {
        Role.RATE, Role.REST, Role.EARLIER, Role.CUMULATIVE, Role.OF_WHICH,
        Role.DONE, Role.QUANTITY,
    },
    "disbursements": {
        Role.ADJUSTED, Role.CHANGE, Role.RATE, Role.REST, Role.EARLIER, Role.CUMULATIVE,
        Role.OF_WHICH, Role.ASKED, Role.PLANNED, Role.QUANTITY, Role.INITIAL,
    },
    "trainings": {Role.RATE, Role.REST, Role.EARLIER, Role.CUMULATIVE, Role.ASKED, Role.PLANNED},
}  # fmt: skip


@lru_cache(maxsize=20_000)
def role_of(text: str) -> Role | None:
    """The role that a heading's words give, None if they give none ('Plan', 'Quý I')."""
    plain = _BRACKETS.sub(" ", fold(text)).strip() or fold(text)
    return next((role for role, words in _ROLES if words.search(plain)), None)


def is_meant(kind: str, role: Role | None) -> bool:
    """Can a column of this role be the money (or the people) that a workbook of the kind tells?"""
    return role not in _NOT_THE_MONEY.get(kind, ())
