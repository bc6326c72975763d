"""What a row below the header is: data, heading, subtotal, signature and so on.

The rule behind the rules: a row with an amount, a date or an activity code is data, whatever
else it lacks, unless it calls itself a total. Nothing with money in it is passed over.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from core.values.dates import DateError, parse_date
from core.values.money import AmountError, parse_amount
from core.values.text import fold, fold_key, squash

from .columns import field_of_heading, label_keys
from .fields import COUNTS, DATES, MONEY
from .header import Header
from .model import ErrorValue, Formula
from .units import is_remark, is_unit_row
from .values import cell_text, is_empty, stored

(
    BLANK, SKIP, DATA, HEADING, SUBTOTAL, UNNAMED, BALANCE, FOOTER, STRAY, NEW_HEADER, SAME_HEADER,
    REMARK,
) = (
    "blank", "skip", "data", "heading", "subtotal", "unnamed", "balance", "footer", "stray",
    "new_header", "same_header", "remark",
)  # fmt: skip

_NUMBERING = re.compile(r"^\(?[0-9]{1,2}\)?(?:\s*=.*)?$|^\(?[A-Za-z]\)?$|^\([IVX]+\)$")
_CODE = re.compile(r"^[^\W\d_]{1,12}[\s._/\-–]*[0-9][\w._/\-]*$")
_MARKER = re.compile(r"^(?:[IVX]{1,5}|[A-H])[.):]?$")
_MARKED = re.compile(
    r"^(?:[IVX]{1,5}|[A-H])\s*[.):]\s*\S|^(?:Chương trình|CHƯƠNG TRÌNH|Programme)\b"
)
_TOTAL = re.compile(
    r"^(?:[ivx]+[.)] ?)?(tong cong|tong so|tong|cong don|cong|grand total|sub ?-?total|total|"
    r"luy ke|mang sang|σ|sum)\b[ :.]*(.*)$"
)
_BALANCE = re.compile(r"^(?:so )?(?:du|ton) (?:quy )?(?:dau|cuoi)\b|^(?:opening|closing) balance\b")
_GROUP_HEADING = re.compile(
    r"^(?:thang|quy|nam|month|quarter)\s*(?:[0-9]|[ivx]+\b).{0,20}$|"
    r"^(?:xa|thi tran|phuong) \S.{0,30}$"
)
_OF_WHAT = re.compile(
    r"^(?:quy|thang|ca nam|nam|chuong trinh|xa|trang|muc|phan|theo|toan|cac|so tien|phat sinh|"
    r"luy ke|den|tu dau|chuyen|mang sang|tien|chi\b|von|gia tri|kinh phi|ngan sach|"
    r"ke hoach|giai ngan|du an|hoat dong|"
    r"for|of|quarter|program|programme|[ivx]+|[a-h])\b|^[(0-9]"
)
_ACRONYM = re.compile(r"^[A-Z]{2,8}[0-9.\-]*$")
_PERIOD = re.compile(r"^(?:quy|thang|nam|phan|muc|dot|q)\b")
_FOOTER = re.compile(
    r"^(?:nguoi lap|lap bieu|nguoi tong hop|nguoi kiem tra|nguoi duyet|ke toan|thu truong|"
    r"truong ban|pho truong ban|giam doc|pho giam doc|chu tich|pho chu tich|tm\b|kt\b|tl\b|"
    r"can bo|dieu phoi vien|thu quy|quan ly chuong trinh|phu trach|xac nhan|phe duyet|"
    r"\(?ky\b|bang chu|so tien bang chu|\(?tong so tien bang chu|\(?viet bang chu|noi nhan|"
    r"prepared by|approved by|reviewed by|accountant|signature)|"
    r"\bngay\b.{0,20}\bthang\b.{0,20}\bnam\b"
)
_ORDINAL_LABELS = {"stt", "tt", "sott", "sothutu", "no", "so"}
_PASSED_OVER = {"note", "fund", "payee", "venue", "unit"}


@dataclass
class Found:
    """A row's kind, and its text where it is a heading or a subtotal."""

    kind: str
    text: str = ""


@dataclass
class RowKinds:
    """Tells the rows of one table apart."""

    kind: str
    header: Header
    footer_seen: bool = False

    def __post_init__(self) -> None:
        self.fields = {column: name for name, column in self.header.columns.items()}
        self.labels = {
            column: {key for text in path for key in label_keys(text)}
            for column, path in self.header.paths.items()
        }
        self.ordinals = {
            column
            for column, text in self.header.texts.items()
            if fold_key(text) in _ORDINAL_LABELS and column not in self.fields
        }

    def tell(self, cells: dict[int, object]) -> Found:
        """The kind of a row with these cells (column → value)."""
        numbers = self._has_number(cells)
        code, day = self._code(cells), self._has_day(cells)
        is_row = code or day or (self._has_voucher(cells) and not self._is_numbering(cells))
        if numbers and is_row:
            return Found(DATA)
        texts = self._texts(cells)
        if not texts and (self._only_idle_formulas(cells) or not self._other_values(cells)):
            return Found(BLANK)
        if self._is_numbering(cells):
            return Found(SKIP)
        if is_remark(cells):
            return Found(REMARK)
        if self._repeats_header(cells):
            return Found(SAME_HEADER)
        if texts and is_unit_row(cells):
            return Found(REMARK)
        if not (code or day) and (label := _total_label(texts)):
            return Found(SUBTOTAL, label)
        if not (code or day) and (label := _balance_label(texts)):
            return Found(BALANCE, label)
        if numbers and not texts and self._holds_sums_alone(cells):
            return Found(UNNAMED)
        if not (code or numbers or (day and len(texts) > 2)) and _is_footer(texts):
            self.footer_seen = True
            return Found(FOOTER)
        if not (code or day) and (found := self._heading(texts, numbers)):
            return found
        if self.footer_seen and not (code or day or numbers):
            return Found(FOOTER)
        if not numbers and self._is_other_header(texts):
            return Found(NEW_HEADER)
        return Found(DATA)

    def _texts(self, cells: dict[int, object]) -> dict[int, str]:
        """column → text, without counting numbers in the STT column."""
        texts = {c: squash(stored(v)) for c, v in cells.items() if isinstance(stored(v), str)}
        return {
            c: text
            for c, text in texts.items()
            if text.strip("-–—. ") and not (c in self.ordinals and text.strip(".").isdigit())
        }

    def _has_number(self, cells: dict[int, object]) -> bool:
        """Is there money or a head count, readable or not?"""
        for column, name in self.fields.items():
            cell = cells.get(column)
            if name not in MONEY | COUNTS or is_empty(cell):
                continue
            if isinstance(cell, Formula | ErrorValue) or not isinstance(cell, str):
                return True
            if any(char.isdigit() for char in cell) and not _FOOTER.search(fold(cell)):
                return True
        return False

    def _other_values(self, cells: dict[int, object]) -> bool:
        """Numbers, dates and the like in columns that matter."""
        named = (cells.get(column) for column in self.fields)
        return any(cell is not None and not isinstance(cell, str) for cell in named)

    def _only_idle_formulas(self, cells: dict[int, object]) -> bool:
        """Formulas copied down over rows that nobody has filled in yet."""
        named = {name: cells[column] for column, name in self.fields.items() if column in cells}
        return all(
            isinstance(cell, Formula)
            and (cell.value in (0, "") or (cell.value is None and name in ("year", "total")))
            for name, cell in named.items()
        )

    def _code(self, cells: dict[int, object]) -> bool:
        column = self.header.columns.get("activity")
        cell = stored(cells.get(column)) if column else None
        text = cell_text(cell) if cell is not None else ""
        return bool(_CODE.match(text)) and not _PERIOD.match(fold(text))

    def _has_voucher(self, cells: dict[int, object]) -> bool:
        """Is there a voucher's number, and not a total's label in its column?"""
        column = self.header.columns.get("voucher_no", 0)
        text = squash(stored(cells.get(column)))
        return bool(text) and any(c.isdigit() for c in text) and not _total_label({column: text})

    def _has_day(self, cells: dict[int, object]) -> bool:
        columns = [c for c, name in self.fields.items() if name in DATES]
        return any(_is_day(stored(cells.get(column))) for column in columns)

    def _heading(self, texts: dict[int, str], numbers: bool) -> Found | None:
        """A heading: a lone text, or one marked I., II. (which may carry its own total)."""
        commune = self.header.columns.get("commune")
        marked = [t for t in texts.values() if _MARKER.match(t) or _MARKED.match(t)]
        words = {c: t for c, t in texts.items() if not _MARKER.match(t)}
        text = " ".join(texts.values())
        if numbers:
            alone = len(words) == 1 and commune not in words
            is_group = alone and _GROUP_HEADING.match(fold(text))
            return Found(HEADING, text) if alone and (marked or is_group) else None
        if len(words) > 1 and not self._is_code_and_name(words):
            return None
        if not words or any(self.fields.get(c) in MONEY | COUNTS for c in words):
            return None
        if len(words) == 1 and self.fields.get(next(iter(words))) in _PASSED_OVER:
            return Found(FOOTER if self.footer_seen else STRAY, text)
        return Found(FOOTER if self.footer_seen and not marked else HEADING, text)

    def _holds_sums_alone(self, cells: dict[int, object]) -> bool:
        """Amounts or heads and nothing else in the columns that are read."""
        named = {self.fields[c] for c, cell in cells.items() if c in self.fields and cell != ""}
        return named <= MONEY | COUNTS and not self.ordinals & cells.keys()

    def _is_code_and_name(self, words: dict[int, str]) -> bool:
        """'GBV' in the code's column and the programme's name beside it."""
        name = self.header.columns.get("title") or self.header.columns.get("description")
        return set(words) == {self.header.columns.get("activity"), name}

    def _is_numbering(self, cells: dict[int, object]) -> bool:
        """(1) (2) (3) … or A B 1 2 3: the numbers of the columns, the commune's too."""
        texts = [cell_text(cell) for cell in cells.values() if not is_empty(cell)]
        if self.header.columns.get("commune") not in cells or len(texts) < 3:
            return False
        if not all(_NUMBERING.match(text) for text in texts):
            return False
        numbers = [int(n[0]) for text in texts if (n := re.search("[0-9]+", text))]
        return all(0 <= b - a <= 1 for a, b in pairwise(numbers))

    def _repeats_header(self, cells: dict[int, object]) -> bool:
        """Every text is again what the header says in that column (a printed page's top)."""
        texts = {c: squash(v) for c, v in cells.items() if not is_empty(v)}
        hits = [
            bool(self.labels.get(c, set()).intersection(label_keys(t))) for c, t in texts.items()
        ]
        return len(hits) >= 2 and sum(hits) * 5 >= len(hits) * 4

    def _is_other_header(self, texts: dict[int, str]) -> bool:
        named = {found[0] for t in texts.values() if (found := field_of_heading(self.kind, [t]))}
        return len(named) >= 3 and len(named) * 2 > len(texts)


def _total_label(texts: dict[int, str]) -> str:
    """The text by which a row calls itself a total, or ''."""
    for text in texts.values():
        found = _TOTAL.match(fold(text))
        if not found:
            continue
        rest = found[2].strip()
        acronym = " " not in rest and _ACRONYM.match(text.split()[-1].strip("():."))
        if not rest or acronym or _OF_WHAT.match(rest):
            return text
    return ""


def _balance_label(texts: dict[int, str]) -> str:
    """The text by which a row calls itself an opening or closing balance, or ''."""
    return next((text for text in texts.values() if _BALANCE.match(fold(text))), "")


def _is_footer(texts: dict[int, str]) -> bool:
    return any(_FOOTER.search(fold(text)) for text in texts.values())


def is_grand(label: str) -> bool:
    """Does the label speak of everything rather than of the rows just above?"""
    return fold(label).startswith(("tong", "grand", "total", "luy ke"))


def _is_day(cell: object) -> bool:
    if isinstance(cell, date):
        return True
    if isinstance(cell, str):
        try:
            return parse_date(cell) is not None
        except DateError:
            return False
    return False


def amount_or_none(cell: object, scale: int) -> int | None:
    """A subtotal's number where one can be read."""
    try:
        return parse_amount(stored(cell), scale)
    except AmountError:
        return None
