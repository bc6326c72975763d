"""A code or title that is nearly one the portal knows is said before a new activity is made."""

from dataclasses import dataclass

import pytest

from imports.workbook.codes import doubts


@dataclass
class Known:
    code: str
    title: str


ACTIVITIES = {
    "GBV-01": Known("GBV-01", "Nâng cao năng lực câu lạc bộ thủ lĩnh"),
    "GBV-10": Known("GBV-10", "Truyền thông tại trường học"),
}


@pytest.mark.parametrize(
    ("code", "title", "said"),
    [
        ("GBV-01", "NÂNG CAO NĂNG LỰC CÂU LẠC BỘ THỦ LĨNH", []),
        ("GBV-01", "Nâng cao năng lực các câu lạc bộ thủ lĩnh", []),
        ("GBV-01", "", []),
        ("GBV-01", "Xây dựng nhà vệ sinh", [("title", "other_title")]),
        ("GBV-1", "Xây dựng nhà vệ sinh", [("activity", "near_code")]),
        ("GBV-001", "Xây dựng nhà vệ sinh", [("activity", "near_code")]),
        ("GBV-02", "Truyền thông tại trường học", [("activity", "known_title")]),
        ("GBV-02", "Xây dựng nhà vệ sinh", []),
        ("GBV-100", "Xây dựng nhà vệ sinh", []),
    ],
)
def test_a_code_or_title_that_is_nearly_known_is_said(code, title, said):
    found = [
        (name, what) for name, what, _text in doubts(code, title, ACTIVITIES.get(code), ACTIVITIES)
    ]
    assert found == said
