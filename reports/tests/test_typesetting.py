"""A PDF is made whatever people have typed."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from reports.documents.typesetting import MOST, as_pdf

TEMPLATE = b"""
#let data = json(bytes(sys.inputs.data))
#set document(title: "Names")
#data.text
#if "large" in data { upper(data.large) }
"""
NONE_HAS, NOR_THIS = "\U0007e6e2", "\U0007e6e3"


def words(**data):
    return PdfReader(BytesIO(as_pdf(TEMPLATE, data))).pages[0].extract_text()


def test_a_sign_that_no_typeface_has_is_a_question_mark_and_the_rest_stays():
    text = f'Hội {NONE_HAS}nghị "{NOR_THIS}" tổng kết {NONE_HAS}'
    assert words(text=text).split() == ["Hội", "?nghị", '"?"', "tổng", "kết", "?"]


@pytest.mark.parametrize(
    "data",
    [
        {"text": "".join(chr(0x7E600 + number) for number in range(2 * MOST)) + " nghị"},
        {"text": "nghị", "large": "\U00010d50\U00010d70"},
    ],
)
def test_with_more_of_them_than_are_looked_for_there_is_a_file_all_the_same(data):
    assert "nghị" in words(**data)
