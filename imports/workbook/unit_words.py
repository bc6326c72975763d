"""The words of a unit: 'triệu đồng', '1.000đ', "VND '000", '10^6 đồng'. Where they count as one
is said in units.py."""

import re
from functools import lru_cache
from typing import NamedTuple

from core.values.text import fold, squash

LONGEST = 60  # characters of a text that can be a unit
POWERS = {
    "chuc": 10, "tram": 10**2, "hundred": 10**2, "hundreds": 10**2,
    "nghin": 10**3, "ngan": 10**3, "ng": 10**3, "k": 10**3, "thousand": 10**3, "thousands": 10**3,
    "trieu": 10**6, "tr": 10**6, "m": 10**6, "mn": 10**6, "mil": 10**6, "mio": 10**6,
    "million": 10**6, "millions": 10**6, "ty": 10**9, "ti": 10**9, "bn": 10**9, "billion": 10**9,
    "billions": 10**9,
}  # fmt: skip
_CURRENCY = frozenset(("dong", "d", "vnd", "₫"))
_FILLERS = frozenset(("viet", "nam", "vn", "of", "in", "theo", "tinh", "bang", "la", "x", "cac"))
_FOREIGN = frozenset(
    "usd eur euro euros jpy yen gbp cny rmb krw won thb lak kip sgd aud cad chf $ € £ ¥ us$".split()
)
_COUNTED = re.compile(
    r"^(?:so )?(?:luot )?(?:nguoi|ho|ho gia dinh|ho ngheo|lop|cuoc|buoi|luot|ca|chau|tre|em|"
    r"hoc sinh|nhom|cai|chiec|people|persons?|households?|classes|%|phan tram|percent)$"
)
_TOKEN = re.compile(r"10 ?\^ ?[0-9]{1,2}|[0-9]+(?:[., ][0-9]{3})*|us\$|[a-z]+|[$€£¥₫%]|[^\s]")
_JOINED = re.compile(rf"^({'|'.join(sorted(POWERS, key=len, reverse=True))})(d|dong|vnd)$")
_PARTS = re.compile(r"[()\[\];,·•|\n/]| [-–—] ")
FOREIGN_IN_BRACKETS = re.compile(r"[(\[,–-] ?(?:usd|us\$|eur|euro|jpy|gbp|cny|[$€£¥]) ?[)\]]?$")
THINGS_IN_BRACKETS = re.compile(
    r"[(\[](?:so )?(?:ho|ho gia dinh|ho ngheo|lop|cuoc|buoi|%|phan tram|households?|classes)[)\]]"
)
UNIT_WORD = re.compile(
    r"\b(?P<sure>(?:don vi|d[./]? ?vi?\.?) tinh(?: tien)?|d\.? ?v\.? ?t|don vi tien(?: te)?|"
    r"currency(?: unit)?|tien te|loai tien)\b\.?\s*[:=]?|"
    r"\b(?:don vi(?: do(?: luong)?)?|d\.?v|unit|dong tien|menh gia)\s*[:=]|"
    r"\b(?:don vi|d\.?v)\s+(?:la\s+)?(?=(?:tram |chuc )?"
    r"(?:trieu|nghin|ngan|ty|tr\.?d)\b|1[., ]?000|10 ?\^|x ?1[., ]?0+|(?:vnd|dong) '?0{3}|"
    r"(?:dong|vnd)\W*$)|\btinh (?:theo|bang)\b|"
    r"\b(?:expressed )?in (?=(?:thousands?|millions?|billions?|vnd)\b)"
)
_ODD_BRACKETS = str.maketrans("{}（）［］｛｝〔〕【】〈〉《》_", "()()[]()()()()() ")
_LIKE_D = str.maketrans("ðɖ", "đđ")
_POWER_SIGNS = str.maketrans({"²": "^2", "³": "^3", "⁶": "^6", "⁹": "^9"})
_MONEY_WORD = re.compile(
    r"(?<!hội )(?<!hợp )(?<!cộng )(?<!cùng )(?<!thi )\bđồng\b(?! bào| thời| ý| bộ)|vnđ|vnd|\dđ\b|₫|"
    r"\btriệu\b|\bnghìn\b|\bngàn\b|\btỷ\b(?! lệ| giá| trọng| suất)|\btr\.? ?đ|\b0{3}\b|"
    r"\btrieu dong|\bnghin dong|\bngan dong|\bty dong|\b(?:usd|eur|euro|jpy|gbp|cny)\b|[$€£¥]|"
    r"\bmillions?\b|\bthousands?\b|\bbillions?\b"
)


class Unit(NamedTuple):
    """What a text says of the unit: đồng per unit; or another currency; or things counted."""

    scale: int = 0
    foreign: bool = False
    counted: bool = False
    bare: bool = False  # only a power of ten, no word of money: '1.000', 'x1000'


def unit_of(text: str) -> Unit | None:
    """The unit that a text names, None if its words are not those of a unit.

    The parts of 'triệu đồng; lớp; người' or 'Triệu đồng (VNĐ)' must not contradict each other.
    """
    plain = fold(plain_signs(squash(text)).translate(_POWER_SIGNS).replace("×", "x"))
    units = [_part(part) for part in _PARTS.split(_thousands(plain)) if part.strip(" .:*'\"")]
    known = [unit for unit in units if unit]
    money = [unit for unit in known if not unit.counted]
    if not known or (not money and len(known) < len(units)):
        return None
    if not money:
        return known[0]
    if len(known) < len(units) and not _is_aside(units):
        return None
    if any(unit.foreign for unit in money):
        return Unit(foreign=True)
    scales = {unit.scale for unit in money} - {1}
    if len(scales) > 1:
        return None
    return Unit(scale=max(scales, default=1), bare=all(unit.bare for unit in money))


def plain_signs(text: str) -> str:
    """The text with brackets of any shape as round or square ones, and a line below as a space."""
    return text.translate(_ODD_BRACKETS)


def lower(text: str) -> str:
    """The text in small letters with its accents; what looks like đ is đ."""
    return squash(text).casefold().translate(_LIKE_D)


def _is_aside(units: list[Unit | None]) -> bool:
    """'1.000đ · Giá chưa bao gồm VAT': the unit stands first, something else after it."""
    return units[0] is not None and not units[0].bare


def _thousands(plain: str) -> str:
    """Without the comma in '1,000': it separates no parts."""
    return re.sub(r"(?<=[0-9]),(?=[0-9]{3})", ".", plain)


def _part(text: str) -> Unit | None:
    """One part without brackets and commas."""
    text = text.strip(" .:*'\"")
    if _COUNTED.match(text):
        return Unit(counted=True)
    if text == "m":  # metres
        return None
    scale, money, numbers, words = 1, False, False, False
    for token in _TOKEN.findall(text):
        if found := _JOINED.match(token):
            scale, money, words = scale * POWERS[found[1]], True, True
        elif token in POWERS:
            scale, words = scale * POWERS[token], True
            money = money or len(token) > 2 or token in ("ty", "ti")
        elif token in _CURRENCY:
            money = True
        elif token in _FOREIGN:
            return Unit(foreign=True)
        elif power := _power_of_ten(token):
            scale, numbers = scale * power, True
        elif token not in _FILLERS and token not in (".", "'", "’", "‘", '"', "*"):
            return None
    if numbers and words:  # '100 triệu đồng' is an amount
        return None
    return Unit(scale, bare=not money) if money or numbers or words else None


def _power_of_ten(token: str) -> int:
    """'1.000' and '000' → 1000, '10^6' → 10**6; 0 for any other."""
    if "^" in token:
        return int(10 ** int(token.partition("^")[2]))
    digits = re.sub("[., ]", "", token)
    if not digits.isdigit() or len(digits) > 12 or digits.strip("0") not in ("", "1"):
        return 0
    return int(10 ** (len(digits) - (digits[0] == "1"))) if len(digits) > 2 else 0


def is_unit(text: str) -> bool:
    """Is the text nothing but a unit, such as '(đồng)' or 'ĐVT: triệu đồng'?"""
    return len(text) <= LONGEST and _is_unit(text)


@lru_cache(maxsize=20_000)
def _is_unit(text: str) -> bool:
    plain = plain_signs(squash(text)).strip()
    if len(plain) == 1 and plain not in "đ₫%":
        return False
    found = UNIT_WORD.match(fold(plain))
    unit = unit_of(fold(plain)[found.end() :] if found else plain)
    return unit is not None and (
        not unit.counted or bool(found) or plain[0] in "([" or fold(plain) in ("nguoi", "%")
    )


def is_unit_heading(text: str) -> bool:
    """Is it the heading of a column that names each row's unit: 'ĐVT', 'Đơn vị tính'?"""
    return fold(text).strip(" .:") in ("dvt", "d.v.t", "don vi tinh")


def names_money(text: str) -> bool:
    """Is there a word of money in the text? Đồng counts, hợp đồng and hội đồng do not."""
    return bool(_MONEY_WORD.search(lower(text)))
