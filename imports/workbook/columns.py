"""What one column's headings name: a field of the kind, outright or by a weak word."""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.values.text import fold, fold_key, nfc, squash

from .fields import FIELDS, MONEY, OF_WHICH
from .quarters import ORDINALS, QUARTER_NAMES, quarter_or_month
from .roles import Role, role_of
from .unit_words import UNIT_WORD, is_unit, plain_signs, unit_of

LONGEST = 300  # characters of a text that can be a heading

NamedField = tuple[str, bool]
ClaimedField = tuple[str, bool, Role | None, bool]

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SIGNS = (("≤", " den "), ("<=", " den "), ("<", " duoi "), ("≥", " tu "), (">=", " tu "))
_UNITS = re.compile(r"(?:dvt|donvitinh|donvi)?(?:trieudong|nghindong|ngandong|dong|vnd|nguoi)$")
_FROM_A_FORM = re.compile(r"^[\w.\-]+(?:/[\w.\-]+)+$", re.ASCII)
_TWO_LANGUAGES = re.compile(r"\n|\s*[/|]\s*|\s+[-–—]\s+|[()\[\]]")
_TOTAL_WORDS = {"tong", "tongso", "cong", "tongcong", "total", "so", "songuoi"}
_AMOUNT = re.compile(
    r"^(?:tong)?(?:so)?(?:tien|kinhphi|giatri|von)?(?:da|thuc)?(?:chi|giaingan|thanhtoan)$|"
    r"^tongsotien$"
)
_NO_AMOUNT = frozenset(("chi", "sochi", "thanhtoan", "sothanhtoan", "vonchi"))
_OF_WHICH = re.compile(r"^\s*trong đó\s*:?\s+(?=\S)", re.IGNORECASE)
_NUMBER_BEFORE = re.compile(r"^\s*\(?[0-9]{1,2}[.)]\s+(?=[^\W\d])")
_YEAR = re.compile(
    r"^(?:kehoach|kh|dutoan|ngansach|kinhphi|tong|tongcong|tongkinhphi|plan|budget)*"
    r"(?:canam|nam|namtaichinh|canamtaichinh|fy)(?:20[0-9]{2})?$"
)


@lru_cache(maxsize=64)
def _words(kind: str) -> dict[str, NamedField]:
    """Every word for a column of the kind; the outright ones win, then the first field."""
    words: dict[str, NamedField] = {}
    for strong in (True, False):
        for field in FIELDS[kind].values():
            for key in field.strong if strong else field.weak:
                words.setdefault(key, (field.name, strong))
    return words


def field_of_heading(kind: str, path: list[str]) -> ClaimedField | None:
    """(field, named outright, role, known by its heading alone) of a column with these headings,
    its own last."""
    *groups, own = path
    found = _field_of_path(kind, path)
    if found and found[0] == "year" and kind == "plan" and not found[1]:
        above = [_named_by(kind, text) for text in groups]
        if any(name and name[0] in QUARTER_NAMES for name in above):
            found = None  # 'Tổng tiền' under 'Quý I' is the quarter's
    if found and (found[1] or not groups or not _money_above(kind, groups)):
        return (*found, _role(found[0], own, groups), False)
    if above_it := _money_above(kind, groups):
        return (*above_it, role_of(own), True)
    return None


def _role(name: str, own: str, groups: list[str]) -> Role | None:
    """The role in the column's own words, else in the nearest heading above that has one."""
    skipped = {Role.OF_WHICH, Role.TOTAL, Role.PERIOD} if name in QUARTER_NAMES else {Role.TOTAL}
    if role := role_of(own):
        return role
    roles = (role_of(text) for text in reversed(groups))
    return next((role for role in roles if role and role not in skipped), None)


def _money_above(kind: str, groups: list[str]) -> NamedField | None:
    """The money that a heading above names, whatever stands below it."""
    for text in reversed(groups):
        found = _named_by(kind, text)
        if found and found[1] and found[0] in MONEY | QUARTER_NAMES:
            return found
    return None


def _named_by(kind: str, text: str) -> NamedField | None:
    keys = label_keys(text)
    if kind == "plan" and (found := quarter_or_month(keys)):
        return found
    return next((found for key in keys if (found := field_named(kind, key))), None)


def _field_of_path(kind: str, path: list[str]) -> NamedField | None:
    if not path or (squash(nfc(path[-1])).casefold() == "năm" and kind == "trainings"):
        return None
    *groups, own = [label_keys(text) for text in path]
    if kind == "plan" and (found := quarter_or_month(own)):
        return found
    for keys in reversed(groups):
        for key in own:
            for group in keys:
                is_number = key in ORDINALS or (key.isdigit() and len(key) <= 2)
                if kind == "plan" and is_number and (q := quarter_or_month([group + key])):
                    return q
                if found := field_named(kind, group + key) or field_named(kind, key + group):
                    return found
    for key in own:
        if found := field_named(kind, key):
            return _field_within_group(kind, found, key, groups)
    return _in_two_languages(kind, path[-1])


def _field_within_group(
    kind: str, found: NamedField, key: str, groups: list[tuple[str, ...]]
) -> NamedField | None:
    """Under 'DTTS', 'Tổng' means DTTS, and 'Nữ' is none of our columns."""
    for keys in groups:
        for group in keys:
            above = field_named(kind, group)
            if above and above[0] in (*OF_WHICH, "male", "female"):
                return above if key in _TOTAL_WORDS else None
    return found


def _in_two_languages(kind: str, text: str) -> NamedField | None:
    """'Số tiền / Amount': every part names the same field; for words, one part is enough."""
    parts = [part for part in _TWO_LANGUAGES.split(text) if fold_key(part) and not is_unit(part)]
    if len(parts) < 2:
        return None
    found = [_named_by(kind, part) for part in parts]
    names = {name[0] for name in found if name}
    if len(names) != 1 or (None in found and names & (MONEY | {*OF_WHICH})):
        return None
    return names.pop(), any(name and name[1] for name in found)


def field_named(kind: str, key: str) -> NamedField | None:
    """(field, named outright) for a folded header, or None."""
    if kind == "plan" and _YEAR.match(key):
        return "year", True
    if kind == "disbursements" and _AMOUNT.match(key) and key not in _NO_AMOUNT:
        return "amount", True
    return _words(kind).get(key)


def label_keys(text: str) -> tuple[str, ...]:
    """The folded forms a header may be known by: whole, without brackets, without its unit."""
    return _label_keys(text) if len(text) <= LONGEST else ()


@lru_cache(maxsize=20_000)
def _label_keys(text: str) -> tuple[str, ...]:
    text = _NUMBER_BEFORE.sub("", plain_signs(text) if "_" not in text else text)
    text = _OF_WHICH.sub("", text)
    last = text.rpartition("/")[2]
    if _FROM_A_FORM.match(text) and not any(char.isdigit() for char in last):
        text = last
    for sign, word in _SIGNS:
        text = text.replace(sign, word)
    text = re.sub(r"(?<![-=])>", " tren ", text)
    text = re.sub(r"([0-9])\s*\+", r"tren \1", text)
    keys = [fold_key(form) for form in _forms(text)]
    keys += [_UNITS.sub("", key) for key in reversed(keys)]
    return tuple(dict.fromkeys(key for key in keys if key and len(key) <= 60))


def _forms(text: str) -> Iterator[str]:
    """The text whole, without brackets, and without a unit after a comma, a dash or ĐVT."""
    bare = _BRACKETS.sub(" ", _BRACKETS.sub(" ", text))
    yield text
    yield bare
    for form in (text, bare):
        head, _sign, tail = _last_part(form)
        if head and unit_of(tail):
            yield head
        if (found := UNIT_WORD.search(plain := fold(form))) and found.start():
            yield plain[: found.start()]


def _last_part(text: str) -> tuple[str, str, str]:
    found = list(re.finditer(r"[,;:\n]| ?[-–—] ?", text))
    return (text[: found[-1].start()], "", text[found[-1].end() :]) if found else ("", "", text)
