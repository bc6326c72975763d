"""The report of the demo year prints the published review's own sentence, and says it is a demo."""

import io

from django.core.management import call_command
from django.test import override_settings

from accounts.models import User
from reports.documents.make import make, read_wish
from reports.tests import samples


def test_the_demo_prints_the_reviews_sentence_and_that_its_figures_are_illustrative(db):
    with override_settings(DEBUG=True):
        call_command("load_demo", stdout=io.StringIO())
    wish = read_wish({"kind": "annual", "format": "docx", "fiscal_year": "2023"})

    text = samples.word_text(make(wish, User.objects.get(username="bdh")).content)

    assert (
        "Năm tài chính 2023, trên địa bàn 5 xã, 4 chương trình đã giải ngân hơn 8,9 tỷ đồng, "
        "đạt 120% kế hoạch."
    ) in text
    assert "Số liệu minh họa" in text
    assert "hơn 7,2 tỷ đồng" in text
