"""Both databases find and sort Vietnamese text as `core.values.text` does."""

import pytest
from django.db.models import F

from core.values.sql_text import Alphabetical, Folded, with_words
from core.values.text import fold, sort_key
from programs.models import Fund

pytestmark = pytest.mark.django_db
VOWELS = ("e è ẻ ẽ é ẹ", "i ì ỉ ĩ í ị", "ơ ờ ở ỡ ớ ợ", "ư ừ ử ữ ứ ự", "y ỳ ỷ ỹ ý ỵ", "a à ả ã á ạ")
NAMES = (
    *("Ăn trưa", "An", "An Bình", "Ân", "Á Châu", "À ơi", "Ba", "Bà", "Bả", "Bã", "Bá", "Bạ"),
    *("Đoàn xã", "Dân quân", "Êm", "E", "Ôm", "Ơn", "O", "Ưu", "U", "Yên", "Zalo", "100 bộ"),
    *("2 bộ", "ĐOÀN THANH NIÊN", "Đường", "Dương"),
    *(vowel for row in VOWELS for vowel in row.split()),
)


@pytest.fixture
def funds(db):
    Fund.objects.all().delete()
    for number, name in enumerate(NAMES):
        Fund.objects.create(code=f"F-{number}", name=name)
    return Fund.objects.order_by()


def test_text_is_folded(funds):
    found = dict(funds.annotate(key=Folded("name")).values_list("name", "key"))
    assert found == {name: fold(name) for name in NAMES}


def test_text_is_sorted_as_in_a_dictionary(funds):
    found = [fund.name for fund in funds.order_by(Alphabetical("name"), F("pk"))]
    assert found == sorted(NAMES, key=sort_key)


def test_words_are_found_without_accents(funds):
    assert {f.name for f in with_words(funds, "doan", "name")} == {"Đoàn xã", "ĐOÀN THANH NIÊN"}
    assert {f.name for f in with_words(funds, "NIÊN  doan", "code", "name")} == {"ĐOÀN THANH NIÊN"}
    assert with_words(funds, "100%", "name").count() == 0
