"""Sheets written for the fonts of before Unicode: TCVN3 (ABC) is converted, VNI is named."""

import re
from collections.abc import Callable
from dataclasses import replace

from core.values.text import nfc

from .model import ErrorValue, Formula, Sheet

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_TCVN3_TABLE = str.maketrans(_TCVN3)
_SURE = re.compile("[A-Za-z][µ¸¶·¹¨»¾¼½Æ©Ç®ª«¬§¦¡¢£¤¥\xad][A-Za-z]")
_VNI = re.compile("([aeouyôöAEOUYÔÖ])[ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË]")
_VNI_TABLE = str.maketrans("ñÑôÔöÖæÆóÓòÒîÎ", "dDoOuUiIiIiIyY")


def from_tcvn3(text: str) -> str:
    """Unicode of a text in TCVN3; a text with any other letter is left as it is."""
    text = nfc(text)
    old = [char for char in text if not char.isascii()]
    if not old or any(char not in _TCVN3 for char in old):
        return text
    return text.translate(_TCVN3_TABLE)


def from_sure_tcvn3(text: str) -> str:
    """Unicode of a text that can be nothing but TCVN3: a sign stands in the middle of a word."""
    return from_tcvn3(text) if not text.isascii() and _SURE.search(text) else text


def letters_of_vni(text: str) -> str:
    """The bare letters of a text in VNI, enough to know a heading by."""
    return _VNI.sub(r"\1", nfc(text)).translate(_VNI_TABLE)


def converted(sheet: Sheet, how: Callable[[str], str]) -> tuple[Sheet, list[tuple[str, str]]]:
    """The sheet with every text changed, and the (old, new) texts that differ, in order."""
    changed: dict[str, str] = {}

    def change(cell: object) -> object:
        if isinstance(cell, ErrorValue):
            return cell
        if isinstance(cell, Formula):
            return Formula(cell.text, change(cell.value))
        if isinstance(cell, str) and (new := how(cell)) != cell:
            changed[cell] = new
            return new
        return cell

    rows = {
        number: {column: change(cell) for column, cell in cells.items()}
        for number, cells in sheet.rows.items()
    }
    return replace(sheet, rows=rows), list(changed.items())
