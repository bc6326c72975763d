"""Lists in a real browser: typed in, sorted, arranged, taken away, by keyboard, on a phone."""

import re
from datetime import date

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from core.values.text import sort_key
from tests import factories as make
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
PAYEES = ("Hội Phụ nữ xã", "Đoàn Thanh niên", "Ban Dự án xã", "Trạm Y tế", "Âu Cơ", "An Bình")


@pytest.fixture
def ledger(transactional_db):
    """Six vouchers, and the coordinator who keeps them."""
    make.reference()
    make.user("dieuphoi", "coordinator")
    for number, payee in enumerate(PAYEES):
        make.posted(
            1_000_000 * (number + 1),
            payee=payee,
            voucher_no=f"PC-{number}",
            commune=make.COMMUNES[number % 5],
            date=date(2022, 8, number + 1),
        )


def shown(page):
    """The payees in the order of the screen."""
    return page.locator("#list tbody td[data-label='Đơn vị nhận']").all_inner_texts()


def wait_for_rows(page, number):
    expect(page.locator("#list tbody tr")).to_have_count(number)


def test_found_while_typed_sorted_arranged_and_taken_as_excel(ledger, desktop, sign_in, tmp_path):
    sign_in(desktop, "dieuphoi", make.PASSWORD)
    desktop.goto("/disbursements/")
    desktop.evaluate("document.body.dataset.same = 'page'")
    desktop.locator("input[name=search]").press_sequentially("doan thanh", delay=30)
    wait_for_rows(desktop, 1)
    assert shown(desktop) == ["Đoàn Thanh niên"]
    assert desktop.input_value("input[name=search]") == "doan thanh"
    assert desktop.evaluate("document.activeElement.name") == "search"
    assert desktop.inner_text("#list-status") == "Tìm thấy 1"
    assert "/disbursements/?search=doan%20thanh" in desktop.url

    desktop.fill("input[name=search]", "")
    wait_for_rows(desktop, 6)
    desktop.click("#sort-payee")
    desktop.wait_for_selector("th[aria-sort=ascending] #sort-payee")
    assert shown(desktop) == sorted(PAYEES, key=sort_key)
    assert desktop.evaluate("document.activeElement.id") == "sort-payee"
    desktop.select_option("select[name=status]", "posted")
    desktop.wait_for_url(re.compile("status=posted"))
    assert desktop.evaluate("document.body.dataset.same") == "page"  # nothing was loaded anew
    assert "sort=payee" in desktop.url
    assert shown(desktop) == sorted(PAYEES, key=sort_key)
    assert "21.000.000" in desktop.inner_text("#list tfoot")

    desktop.click(".columns-menu > summary")
    desktop.uncheck(".columns-menu input[value=voucher]")
    desktop.check(".columns-menu input[value=fund]")
    desktop.click(".columns-menu button")
    desktop.wait_for_selector("#sort-fund")
    assert not desktop.locator("#sort-voucher").count()
    assert shown(desktop) == sorted(PAYEES, key=sort_key)
    with desktop.expect_download() as download:
        desktop.get_by_role("link", name="Excel", exact=True).click()
    download.value.save_as(tmp_path / "list.xlsx")
    rows = list(load_workbook(tmp_path / "list.xlsx").active.values)
    assert [row[rows[0].index("Đơn vị nhận")] for row in rows[1:]] == sorted(PAYEES, key=sort_key)
    assert "Nguồn vốn" in rows[0]
    assert "Số chứng từ" not in rows[0]

    desktop.goto("/")
    desktop.click("nav.side a[href='/disbursements/']")
    desktop.wait_for_url(re.compile("status=posted"))
    desktop.click("text=Bỏ bộ lọc")
    desktop.wait_for_url(lambda url: url.endswith("/disbursements/"))


def test_by_keyboard_from_the_search_to_a_row_and_into_it(ledger, desktop, sign_in):
    sign_in(desktop, "dieuphoi", make.PASSWORD)
    desktop.goto("/disbursements/?sort=date")
    focus = "document.activeElement.textContent.trim()"
    desktop.keyboard.press("/")
    assert desktop.evaluate("document.activeElement.name") == "search"
    desktop.keyboard.press("ArrowDown")
    first = desktop.evaluate(focus)
    desktop.keyboard.press("j")
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("k")
    links = desktop.locator("#list [data-row]").all_inner_texts()
    assert (first, desktop.evaluate(focus)) == (links[0], links[1])
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(re.compile(r"/disbursements/\d+/$"))

    desktop.goto("/disbursements/")
    desktop.click(".keys summary")
    desktop.uncheck("[data-keys-on]")
    desktop.goto("/disbursements/")
    desktop.keyboard.press("/")
    desktop.keyboard.press("j")
    assert desktop.evaluate("document.activeElement === document.body")


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_rows_are_cards_and_nothing_sticks_out(ledger, open_page, sign_in, width):
    phone = open_page(**{**PHONE, "viewport": {"width": width, "height": 844}})
    sign_in(phone, "dieuphoi", make.PASSWORD)
    for address in ("/disbursements/", "/trainings/", "/outputs/", "/meetings/"):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") <= width, address
    phone.goto("/disbursements/")
    card = phone.locator("#list tbody tr").first.bounding_box()
    assert card["width"] <= width
    phone.locator("#list tbody tr").first.tap()  # the card, a field to a line, headed
    assert "Số tiền (đồng)" in phone.evaluate(
        "getComputedStyle(document.querySelector('#list td.n'), '::before').content"
    )
    phone.click(".more-filters summary")
    phone.select_option("#list-sort", "payee")
    phone.wait_for_url(re.compile("sort=payee"))
    assert shown(phone) == sorted(PAYEES, key=sort_key)


def test_without_script_the_same_is_a_form_and_links(ledger, open_page, sign_in):
    page = open_page(java_script_enabled=False)
    sign_in(page, "dieuphoi", make.PASSWORD)
    page.goto("/disbursements/")
    page.fill("input[name=search]", "phu nu")
    page.click(".list-filters button[type=submit]")
    assert shown(page) == ["Hội Phụ nữ xã"]
    page.click("#sort-amount")
    assert "sort=amount" in page.url
    assert "search=phu%20nu" in page.url or "search=phu+nu" in page.url
    page.click(".columns-menu > summary")
    page.uncheck(".columns-menu input[value=voucher]")
    page.click(".columns-menu button")
    assert not page.locator("#sort-voucher").count()
    assert shown(page) == ["Hội Phụ nữ xã"]


def test_a_session_that_has_ended_leads_to_the_sign_in(ledger, desktop, sign_in):
    sign_in(desktop, "dieuphoi", make.PASSWORD)
    desktop.goto("/disbursements/")
    desktop.context.clear_cookies()
    desktop.fill("input[name=search]", "doan")
    desktop.wait_for_url(re.compile("/accounts/login/"))


def test_the_lines_of_a_plan_are_found_on_the_page_of_a_refusal(desktop, sign_in, people, allow):
    """Its address only takes forms, and is not that of the list."""
    allow(desktop, "400")
    plan = make.draft_plan(make.line(), make.line("YEE-01"), by=people.dieuphoi)
    sign_in(desktop, "dieuphoi", make.PASSWORD)
    desktop.goto(f"/plans/{plan.pk}/")
    desktop.fill("#line #id_activity", "không có")
    desktop.select_option("#line [name=commune]", str(make.commune().pk))
    desktop.click("#line button[type=submit]")
    desktop.wait_for_url("**/lines/")
    desktop.fill("[data-list-filters] input[type=search]", "yee")
    expect(desktop.locator("#list tbody tr")).to_have_count(1)
    expect(desktop.locator("#line #id_activity")).to_have_value("không có")


def test_a_lost_connection_is_said_and_the_list_stays(ledger, phone, sign_in, allow):
    allow(phone, "ERR_INTERNET_DISCONNECTED|Failed to load|console: htmx:")
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.goto("/disbursements/")
    phone.context.set_offline(True)
    phone.locator("input[name=search]").press_sequentially("doan")
    phone.wait_for_selector("[data-list-failed]:visible")
    assert len(shown(phone)) == 6
    phone.context.set_offline(False)
    phone.fill("input[name=search]", "phu nu")
    wait_for_rows(phone, 1)
    assert not phone.is_visible("[data-list-failed]")
