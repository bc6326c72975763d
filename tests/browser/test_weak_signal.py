"""On a weak signal: what was typed is kept, offered again, and can be deleted; pages are small."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings

from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
STATIC = Path(settings.BASE_DIR) / "static"
FIRST, REPEAT = 60_000, 20_000  # bytes, compressed


def fill_in(page):
    """A disbursement, as far as the form insists."""
    page.fill("#id_date", "2022-09-15")
    page.fill("#id_activity", "GBV-01")
    page.select_option("#id_commune", value=str(factories.commune().pk))
    page.fill("#id_amount", "12.500.000")
    page.fill("#id_payee", "Hội Phụ nữ xã")


def wait_for_draft(page):
    """Typing is kept a moment after the last key."""
    for _ in range(30):
        if page.evaluate("Object.keys(localStorage).length"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing was kept")


def test_a_form_outlives_a_lost_connection(phone, sign_in, cast, allow):
    factories.activity("GBV-01")
    sign_in(phone, "dieuphoi", factories.PASSWORD)
    phone.goto("/disbursements/new/")
    fill_in(phone)
    wait_for_draft(phone)
    allow(phone, "ERR_INTERNET_DISCONNECTED|Failed to load|amount")
    phone.context.set_offline(True)
    phone.click("button[name=save]")
    assert "giữ trong trình duyệt" in phone.inner_text(".messages")
    phone.context.set_offline(False)

    phone.goto("/disbursements/new/")
    assert phone.input_value("#id_payee") == ""
    phone.click("text=Điền lại nội dung đã giữ")
    assert phone.input_value("#id_payee") == "Hội Phụ nữ xã"
    assert phone.input_value("#id_amount") == "12.500.000"


def test_what_is_kept_is_shown_and_can_be_deleted(phone, sign_in, cast):
    sign_in(phone, "dieuphoi", factories.PASSWORD)
    phone.goto("/disbursements/new/")
    phone.fill("#id_payee", "Hội Phụ nữ xã")
    wait_for_draft(phone)
    phone.goto("/offline/")
    assert "/disbursements/new/" in phone.inner_text("[data-kept-list]")
    phone.click("[data-kept-list] button")
    assert phone.inner_text("[data-kept-list]") == ""
    assert phone.evaluate("localStorage.length") == 0


def test_a_form_that_was_taken_is_forgotten(phone, sign_in, cast):
    factories.activity("GBV-01")
    sign_in(phone, "dieuphoi", factories.PASSWORD)
    phone.goto("/disbursements/new/")
    fill_in(phone)
    phone.click("button[name=save]")
    phone.wait_for_url(lambda url: "/new/" not in url)
    assert phone.evaluate("Object.keys(localStorage).length") == 0


def test_the_first_view_of_the_dashboard_is_small(client, cast):
    for code in factories.COMMUNES:
        for program in factories.PROGRAMS:
            factories.posted(445_200_000, activity=f"{program}-01", commune=code)
            factories.training(commune=code)
    client.force_login(cast.bdh)
    page = len(gzip.compress(client.get("/?fiscal_year=2023").content))
    files = ("css/portal.css", "css/figures.css", "js/portal.js", "icons/portal.svg")
    static = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in files)
    assert page + static <= FIRST
    assert page <= REPEAT
