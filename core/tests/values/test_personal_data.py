"""What looks like a person's own data, and what only looks a little like it."""

from datetime import date

import pytest

from core.values.personal_data import CHILD, IDENTITY, found_in

DAY = date(2023, 5, 2)
PLACES = frozenset({"nậm xe", "bản lang", "vàng bó"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lò Văn An, CCCD 012085004567", {IDENTITY}),
        ("012185004567", {IDENTITY}),
        ("Lò Văn An 012 085 004 567 nhận tiền", {IDENTITY}),
        ("012.085.004.567", {IDENTITY}),
        ("CMND 045123456 cấp tại Lai Châu", {IDENTITY}),
        ("012212004567", {IDENTITY, CHILD}),  # a girl born in 2012
        ("099085004567", set()),  # there is no province 099
        ("003085004567", set()),
        ("012485004567", set()),  # of the 22nd century
        ("012245004567", set()),  # born in 2045
        ("123456789012", set()),
        ("0120850045678", set()),  # thirteen digits
        ("STK 012085004567 ngân hàng", set()),
        ("số tài khoản: 012085004567", set()),
        ("theo quyết định số 012085004567", set()),
        ("chuyển khoản 100.203.004.567 đồng", set()),
        ("045123456", set()),  # nine digits of anything
        ("0912345678", set()),
    ],
)
def test_identity_numbers_are_known_by_their_structure(text, found):
    assert found_in(text, DAY, PLACES) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sùng A Páo, sinh năm 2010", {CHILD}),
        ("Sùng A Páo (SN 2010)", {CHILD}),
        ("sinh ngày 05/07/2012", {CHILD}),
        ("năm sinh: 2009", {CHILD}),
        ("sinh 03/05/2005", {CHILD}),  # 18 tomorrow
        ("sinh 02/05/2005", set()),  # 18 today
        ("sinh năm 2005", set()),  # 17 or 18
        ("Lò Văn An, sinh năm 1985", set()),
        ("hỗ trợ học sinh năm 2022", set()),
        ("chi phí phát sinh năm 2022", set()),
        ("công trình vệ sinh 2022", set()),
        ("năm học 2022-2023", set()),
    ],
)
def test_a_birth_under_eighteen_on_the_day_of_the_record_is_a_childs(text, found):
    assert found_in(text, DAY, PLACES) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hỗ trợ cháu Sùng A Páo", {CHILD}),
        ("Cháu Giàng Thị Mỷ", {CHILD}),
        ("quà cho em Lò Thị Hoa", {CHILD}),
        ("học sinh Vàng Thị Mai", {CHILD}),
        ("Học sinh nữ Phàn Tả Mẩy", {CHILD}),
        ("em H'Mai", {CHILD}),
        ("học sinh Nậm Xe", set()),
        ("học sinh Vàng Bó", set()),
        ("trẻ em Nậm Xe và các bản", set()),
        ("trẻ em Mông", set()),
        ("học sinh Trường THCS Bản Lang", set()),
        ("học sinh THCS, học sinh DTTS", set()),
        ("học sinh người Dao", set()),
        ("học sinh Hà Nhì", set()),
        ("các cháu mẫu giáo", set()),
        ("anh em Lò Văn An", set()),
        ("Tỉnh Lai Châu Phong Thổ", set()),
        ("Đem Bánh", set()),
    ],
)
def test_a_name_after_a_word_for_a_child_is_a_childs(text, found):
    assert found_in(text, DAY, PLACES) == found
