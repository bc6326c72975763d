"""A value of a draft is changed where it stands in the list: saved by Enter, left by Esc."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
LAPTOP = {"viewport": {"width": 1366, "height": 625}}


@pytest.fixture
def row(transactional_db):
    make.reference()
    coordinator = make.user("dieuphoi", "coordinator")
    make.draft(7_000_000, by=coordinator, date=date(2022, 9, 2))
    return make.draft(5_000_000, by=coordinator, date=date(2022, 9, 1), payee="Trạm Y tế")


def test_a_cell_is_opened_saved_by_enter_and_left_by_esc(row, open_page, sign_in):
    page = open_page(**LAPTOP)
    sign_in(page, "dieuphoi")
    page.goto("/disbursements/")
    link = page.locator(f"a[href='/disbursements/{row.pk}/edit/?cell=amount']")
    link.click()
    field = page.locator("[data-cell-form] [name=amount]")
    expect(field).to_be_focused()
    expect(field).to_have_value("5.000.000")
    field.fill("nhiều")
    page.keyboard.press("Enter")
    expect(page.locator(".cell-form .error").first).to_contain_text("nhiều")
    expect(field).to_have_value("nhiều")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")  # the link that has the focus
    expect(field).to_be_focused()
    field.fill("6.000.000")
    page.keyboard.press("Enter")
    expect(page.locator("#list tfoot")).to_contain_text("13.000.000")
    expect(page.locator(f"[data-row][href='/disbursements/{row.pk}/']")).to_be_focused()
    row.refresh_from_db()
    assert row.amount == 6_000_000


def test_without_scripts_a_cell_leads_to_the_form(row, open_page, sign_in):
    page = open_page(java_script_enabled=False)
    sign_in(page, "dieuphoi")
    page.goto("/disbursements/")
    page.click(f"a[href='/disbursements/{row.pk}/edit/?cell=amount']")
    page.fill("#id_amount", "6.000.000")
    page.click("[name=save]")
    row.refresh_from_db()
    assert row.amount == 6_000_000
