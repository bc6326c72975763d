"""What looks like a person's own data in a text: an identity number, a child's name or birth.

It is remarked, never refused: the portal keeps head counts of children, and no more of anybody
than a voucher needs. Pure functions, no tables.
"""

import re
from collections.abc import Container
from datetime import date

IDENTITY, CHILD = "identity_number", "child"
OF_AGE = 18  # years (Luật Trẻ em ends at 16, the programme's own rule at 18)

# An identity number (căn cước, Nghị định 137/2015/NĐ-CP, điều 13): the code of the province of
# birth, a digit for century and sex, two of the year of birth, six at random.
PROVINCES = frozenset(
    """001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035
    036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074
    075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096""".split()
)
CENTURIES = {"0": 1900, "1": 1900, "2": 2000, "3": 2000}
_TWELVE = re.compile(r"(?<![0-9])0(?:[ .-]?[0-9]){11}(?![0-9])")
# The nine digits of the card before (chứng minh nhân dân) have no structure: only where it is said.
_NINE = re.compile(
    r"(?<!\w)(?:cmnd|cmtnd|cmt|chứng minh(?: nhân dân| thư)?)\W{0,6}[0-9]{9}(?![0-9])"
)
# A number of an account, a voucher, a decision is none of a person.
_OF_SOMETHING_ELSE = re.compile(
    r"(?<!\w)(?:tài khoản|stk|tk|chứng từ|số ct|phiếu(?: chi| thu)?|pc|hóa đơn|hoá đơn"
    r"|quyết định|qđ|mã số thuế|mst|account|voucher|invoice|decision)(?: số| no)?\W{0,6}$"
)

# "học sinh năm 2022" and "phát sinh năm 2022" say nothing of a birth.
_BORN = re.compile(
    r"(?<!học )(?<!hoc )(?<!phát )(?<!phat )(?<!vệ )(?<!ve )(?<!dân )(?<!tái )(?<!sản )"
    r"(?<!\w)(?:(?:năm |ngày |nam |ngay )?sinh(?: năm| ngày| nam| ngay)?|sn|s\.n|ns|born)"
    r"(?: in| on)?\W{0,3}(?:([0-9]{1,2})[/.-]([0-9]{1,2})[/.-])?((?:19|20)[0-9]{2})(?![0-9])"
)
_CHILD_WORD = re.compile(
    r"(?<!trẻ )(?<!anh )(?<!chị )(?<!tre )(?<!\w)(?:cháu|em|học sinh|hs|hoc sinh)"
    r"(?: gái| trai| nữ| nam)?[:,]? +(?=\S)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][^\W\d_]*(?:'[^\W\d_]+)?(?: [^\W\d_]+(?:'[^\W\d_]+)?)*")
# What is written with a capital after these words and is no name.
_NO_NAMES = frozenset(
    """trường tiểu trung thcs thpt th mầm mẫu xã bản lớp huyện tỉnh thôn khối điểm phổ nội bán dân
    dtts việt nam nữ mông hmông h'mông dao thái kinh giáy lự cống mảng kháng tày nùng gbv yee eccd
    spon clb câu đoàn đội hội ban quý năm tháng tết hè đông""".split()
)
_PEOPLES = frozenset(("hà nhì", "la hủ", "si la", "khơ mú", "phù lá"))


# Most texts have nothing of it: asked before the rest, which takes ten times as long.
_MAYBE = re.compile(r"[0-9]{4}|[0-9](?:[ .-][0-9]+){3}|cháu|\bem\b|học sinh|hoc sinh|\bhs\b")


def found_in(text: str, day: date, places: Container[str] = frozenset()) -> set[str]:
    """Which of `IDENTITY` and `CHILD` a text seems to hold; ages are those on `day`, the record's.

    `places` are names (in small letters) that are no person's: communes and villages.
    """
    small = text.lower()
    if not _MAYBE.search(small):
        return set()
    births = [year for each in _TWELVE.finditer(text) if (year := _birth(each, day))]
    found = {IDENTITY} if births or _NINE.search(small) else set()
    is_child = any(day.year - year < OF_AGE for year in births) or any(
        _is_minor(each, day) for each in _BORN.finditer(small)
    )
    if is_child or any(
        _names_child(text[each.end() :], places) for each in _CHILD_WORD.finditer(text)
    ):
        found.add(CHILD)
    return found


def _birth(found: re.Match[str], day: date) -> int:
    """The year of birth in what has the structure of an identity number; 0: it has not."""
    digits = re.sub("[ .-]", "", found[0])
    if digits[:3] not in PROVINCES or digits[3] not in CENTURIES:
        return 0
    if _OF_SOMETHING_ELSE.search(found.string[: found.start()][-40:].lower()):
        return 0
    year = CENTURIES[digits[3]] + int(digits[4:6])
    return year if year <= day.year else 0


def _is_minor(found: re.Match[str], day: date) -> bool:
    """Whether who was born then is under 18 on the day, as far as the text says."""
    of_month, month, year = found.groups()
    years = day.year - int(year)
    if of_month and years == OF_AGE:
        return (day.month, day.day) < (int(month), int(of_month))
    return 0 <= years < OF_AGE


def _names_child(rest: str, places: Container[str]) -> bool:
    """Whether a name follows: capitalised, and no place, people or school."""
    found = _NAME.match(rest)
    words: list[str] = []
    for word in found[0].split(" ") if found else []:
        if not (word[0].isupper() and (len(word) == 1 or not word.isupper())):
            break
        words.append(word.lower())
    if not words or words[0] in _NO_NAMES or " ".join(words[:2]) in _PEOPLES:
        return False
    return not any(" ".join(words[: n + 1]) in places for n in range(len(words)))
