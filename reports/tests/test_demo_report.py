"""The report of the demo year prints the published review's own sentence, and says it is a demo."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from reports.documents.make import make, read_request
from reports.tests import samples

pytestmark = pytest.mark.any_database


def test_the_demo_prints_the_reviews_sentence_and_that_its_figures_are_illustrative(db):
    with override_settings(DEBUG=True):
        call_command("load_demo", stdout=io.StringIO())
    asked = read_request({"kind": "annual", "format": "docx", "fiscal_year": "2023"})

    text = samples.word_text(make(asked, User.objects.get(username="bdh")).content)

    assert (
        "Năm tài chính 2023, trên địa bàn 5 xã, 4 chương trình đã giải ngân hơn 8,9 tỷ đồng, "
        "đạt 120% kế hoạch."
    ) in text
    assert "Số liệu minh họa" in text
    assert "hơn 7,2 tỷ đồng" in text


MOST = {  # queries of a document
    "annual.docx?fiscal_year=2023": 40,
    "quarterly.docx?fiscal_year=2023&quarter=2": 40,
    "workbook.xlsx?fiscal_year=2023": 50,
}


def test_a_document_asks_the_database_little_and_nothing_twice(client, db):
    with override_settings(DEBUG=True):
        call_command("load_demo", stdout=io.StringIO())
    client.force_login(User.objects.get(username="bdh"))
    client.get("/api/v1/reports/annual.docx?fiscal_year=2023")  # what a process reads once
    for document, most in MOST.items():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/api/v1/reports/{document}").status_code == 200
        asked = [one["sql"] for one in seen.captured_queries]
        assert [sql for sql in set(asked) if asked.count(sql) > 1] == [], document
        assert len(asked) <= most, document
