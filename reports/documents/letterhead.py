"""What frames a document by Nghị định 30/2020/NĐ-CP: who issues it, its number, place and date."""

from dataclasses import dataclass
from datetime import date

from communes.models import AreaLevel, area_on, called
from communes.models.boards import Board
from core.values import display
from core.values.dates import today
from reports.documents.wording import say

# What frames a document whatever it is about, by its language
NATION = {"vi": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "en": "SOCIALIST REPUBLIC OF VIET NAM"}
MOTTO = {"vi": "Độc lập - Tự do - Hạnh phúc", "en": "Independence - Freedom - Happiness"}
RECEIVED_BY = {"vi": "Nơi nhận:", "en": "To:"}
APPENDIX = {"vi": "PHỤ LỤC", "en": "APPENDIX"}
# How a board signs, and its abbreviation in the number, by its kind
BOARDS = {
    "steering": ("Ban Điều hành", "BĐH"),
    "management": ("Ban Quản lý dự án", "BQLDA"),
    "commune": ("Ban Dự án", "BDA"),
}
ISSUER, BODY = "Ban Điều hành Chương trình Plan", "Ban Điều hành"
SHORT = "BĐH"
SYMBOLS = {
    "annual": "BC",
    "quarterly": "BC",
    "minutes": "BB",
    "conclusions": "TB",
    "statement": "BC",
}
AREA = AreaLevel.AREA.value.capitalize()  # "Vùng dự án"
BLANK = "\u2007" * 4  # figure spaces: room to write the number by hand


@dataclass(frozen=True)
class Letterhead:
    """Who issues a document, and its number and day; no number yet: room is left for one."""

    area: str  # 'Phong Thổ'
    area_full: str  # 'Huyện Phong Thổ'
    issuer: str = ISSUER
    body: str = BODY  # as the signature names it
    short: str = SHORT
    number: int | None = None
    day: date | None = None
    post: str = "Trưởng ban"
    signer: str = ""
    said: str = ""  # what the programme area is called, where that is not the unit

    @property
    def superior(self) -> str:
        """The committee of the unit; a project area that is no unit has none, and stands alone."""
        is_unit = not self.area_full.startswith(AREA)
        return f"{'ỦY BAN NHÂN DÂN ' if is_unit else ''}{self.area_full}".strip().upper()

    @property
    def issuer_and_area(self) -> str:
        """'Ban Điều hành Chương trình Plan huyện Phong Thổ', the area named once."""
        if self.area.casefold() in self.issuer.casefold():
            return self.issuer
        said = self.said or self.area_full
        return f"{self.issuer} {said[:1].lower()}{said[1:]}".strip()

    def number_line(self, kind: str) -> str:
        return f"{say('Số', 'No.')}: {number_text(self.number)}/{SYMBOLS[kind]}-{self.short}"

    def place_and_date(self) -> str:
        return f"{self.area}, {long_date(self.day)}"


def number_text(number: int | None) -> str:
    """'05'; below 10 with a zero before it; room to write where there is none yet."""
    return BLANK if number is None else f"{number:02}"


def long_date(day: date | None) -> str:
    """'ngày 05 tháng 7 năm 2023': days below 10 and months 1 and 2 with a zero before them."""
    if display.is_english():
        return f"{BLANK} {BLANK} {BLANK}" if day is None else f"{day.day} {day:%B %Y}"
    if day is None:
        return f"ngày {BLANK} tháng {BLANK} năm {BLANK}"
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def of_board(
    board: Board, number: int | None, day: date | None, post: str = "Trưởng ban", signer: str = ""
) -> Letterhead:
    """The letterhead of a board; the unit it runs the programme in is its area."""
    body, short = BOARDS[board.kind]
    unit = board.commune
    full_name = called(unit, day or today())
    area = area_on(day or today()) if full_name != unit.full_name else unit
    return Letterhead(area.name, full_name, board.name, body, short, number, day, post, signer)
