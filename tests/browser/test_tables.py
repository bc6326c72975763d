"""Lists as work tables: the rows that a screen shows whole, what is never cut, rows ticked."""

from datetime import date
from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from disbursements.models import Disbursement
from tests import factories as make
from tests.browser.conftest import DESKTOP
from tests.browser.stopwatch import Hand

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Truyền thông phòng, chống tảo hôn và hôn nhân cận huyết thống tại điểm trường"
LAPTOP = {"viewport": {"width": 1366, "height": 625}}
TALLER = {"viewport": {"width": 1366, "height": 768}}
ENLARGED = {"viewport": {"width": 1093, "height": 500}}  # Windows at 125 %
DOUBLED = {"viewport": {"width": 683, "height": 312}}  # a zoom of 200 %
BIG = {"viewport": {"width": 1920, "height": 1080}}
SMALL = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
# Rows that stand whole on the first screen, and their heights.
ROWS = """() => [...document.querySelectorAll('#list tbody tr')]
  .map(row => row.getBoundingClientRect())
  .filter(box => box.top >= 0 && box.bottom <= innerHeight).map(box => Math.round(box.height))"""
# What is cut of cells that never may be: amounts, days, codes, states.
CUT = """() => [...document.querySelectorAll('#list tbody :is(td, th):is(.n, .nowrap)')]
  .filter(cell => cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 1)
  .map(cell => cell.textContent.trim())"""

# Sums over which the name of their row lies.
OVER = """() => {
  const box = element => {
    const text = document.createRange();
    text.selectNodeContents(element);
    return text.getBoundingClientRect();
  };
  const name = box(document.querySelector('#list tfoot th span'));
  return [...document.querySelectorAll('#list tfoot td')].filter(cell => cell.textContent.trim())
    .filter(cell => box(cell).left < name.right && box(cell).top < name.bottom
      && box(cell).right > name.left && box(cell).bottom > name.top)
    .map(cell => cell.textContent.trim());
}"""


@pytest.fixture
def ledger(transactional_db):
    """Twenty drafts and ten posted vouchers with long names, and as many classes."""
    make.reference()
    coordinator = make.user("dieuphoi", "coordinator")
    make.activity("GBV-01", title=LONG)
    for number in range(30):
        entry = make.draft if number % 3 else make.posted
        entry(
            12_500_000 + number,
            by=coordinator,
            payee="Hội Liên hiệp Phụ nữ xã và Đoàn Thanh niên xã",
            voucher_no=f"PC23-{number:04}",
            commune=make.COMMUNES[number % 5],
            date=date(2022, 8, number % 28 + 1),
        )
        make.training(title=f"{LONG}, lớp {number}", commune=make.COMMUNES[number % 5])


@pytest.mark.parametrize(
    ("screen", "least", "high"),
    [
        (LAPTOP, 11, 35),
        (TALLER, 15, 35),
        (ENLARGED, 7, 35),
        (DOUBLED, 3, 35),
        (SMALL, 5, 60),
    ],
)
def test_so_many_rows_stand_whole_on_the_first_screen(
    ledger, open_page, sign_in, screen, least, high
):
    page = open_page(**screen)
    sign_in(page, "dieuphoi")
    for address in ("/disbursements/", "/trainings/", "/disbursements/?status=draft"):
        page.goto(address)
        heights = page.evaluate(ROWS)
        assert len(heights) >= least, address
        assert max(heights) <= high, address
        assert page.evaluate(CUT) == [], address


def test_fingers_get_44_pixels_and_the_whole_of_a_wide_screen_is_used(ledger, open_page, sign_in):
    tablet = open_page(viewport={"width": 1024, "height": 768}, has_touch=True, is_mobile=True)
    sign_in(tablet, "dieuphoi")
    tablet.goto("/disbursements/")
    assert min(tablet.evaluate(ROWS)) >= 44
    wide = open_page(**BIG)
    sign_in(wide, "dieuphoi")
    wide.goto("/disbursements/")
    table = wide.locator("#list table").bounding_box()
    assert table["x"] + table["width"] > 1880
    assert table["width"] > 1600


def test_a_cut_text_is_whole_while_its_row_has_the_focus_and_nothing_moves(
    ledger, open_page, sign_in
):
    page = open_page(**LAPTOP)
    sign_in(page, "dieuphoi")
    page.goto("/disbursements/")
    title = page.locator("#list tbody tr").nth(2).locator(".cut span", has_text="Truyền thông")
    below = page.locator("#list tbody tr").nth(3)
    at, narrow = below.bounding_box(), title.bounding_box()["width"]
    for look in (
        lambda: page.locator("#list [data-row]").nth(2).focus(),
        lambda: page.locator("#list tbody tr").nth(2).locator("td.n").click(),
    ):
        look()
        assert page.evaluate(WHOLE, 2)
        assert title.bounding_box()["width"] > narrow
        assert below.bounding_box() == at
        page.evaluate("document.activeElement.blur()")
        assert not page.evaluate(WHOLE, 2)


# Whether nothing of a row's texts is hidden.
WHOLE = """(n) => [...document.querySelectorAll('#list tbody tr')[n].querySelectorAll('.cut')]
  .every(each => getComputedStyle(each).overflow === 'visible')"""


def test_on_a_phone_a_tap_opens_the_card_and_another_closes_it(ledger, open_page, sign_in):
    phone = open_page(**SMALL)
    sign_in(phone, "dieuphoi")
    phone.goto("/disbursements/")
    row = phone.locator("#list tbody tr").first
    payee = row.locator("td[data-label='Đơn vị nhận']")
    folded = row.bounding_box()["height"]
    row.locator("td.state").tap()
    assert row.bounding_box()["height"] > 2 * folded
    expect(payee).to_be_in_viewport()
    assert "Đoàn Thanh niên xã" in payee.inner_text()
    row.locator("td.state").tap()
    assert row.bounding_box()["height"] == folded


def test_head_name_and_sum_stay_in_sight_while_a_wide_table_is_scrolled(ledger, open_page, sign_in):
    page = open_page(**LAPTOP)
    sign_in(page, "dieuphoi")
    page.goto("/disbursements/?cols=all")
    region, name = page.locator("#list .scroll"), page.locator("#list tbody th").last
    left = name.bounding_box()["x"]
    region.evaluate("each => each.scrollTo(400, each.scrollHeight)")
    assert name.bounding_box()["x"] == left
    head = page.locator("#list thead th").first.bounding_box()
    assert head["y"] == pytest.approx(region.bounding_box()["y"], abs=1)
    foot = page.locator("#list tfoot th").bounding_box()
    box = region.bounding_box()
    assert foot["y"] + foot["height"] <= box["y"] + box["height"] + 1


def test_rows_are_wide_for_who_wants_them_so(ledger, open_page, sign_in):
    page = open_page(**LAPTOP)
    sign_in(page, "dieuphoi")
    page.goto("/disbursements/?status=draft")
    page.click(".columns-menu > summary")
    with page.expect_navigation():
        page.get_by_role("button", name="rộng", exact=True).click()
    assert max(page.evaluate(ROWS)) > 50
    assert "status=draft" in page.url
    make.user("nguoikhac", "coordinator")
    page.context.clear_cookies(name="sessionid")
    other = page.context.new_page()
    sign_in(other, "nguoikhac")
    other.goto("/disbursements/")
    assert max(other.evaluate(ROWS)) <= 35


@pytest.mark.parametrize("screen", [LAPTOP, SMALL])
def test_the_row_of_sums_names_them_beside_and_not_over_each_other(
    ledger, open_page, sign_in, screen
):
    page = open_page(**screen)
    sign_in(page, "dieuphoi")
    page.goto("/trainings/summary/?fiscal_year=2023&by=commune")
    assert page.locator("#list tfoot td").first.inner_text()
    assert page.evaluate(OVER) == []


@pytest.mark.parametrize("screen", [LAPTOP, SMALL])
def test_twenty_drafts_are_submitted_with_two_clicks(ledger, open_page, sign_in, screen):
    page = open_page(**screen)
    sign_in(page, "dieuphoi")
    page.goto("/disbursements/?status=draft")
    assert not page.locator(".list-actions").is_visible()
    hand = Hand(page)
    hand.tap("#list [data-all]")
    total = sum(Disbursement.objects.filter(status="draft").values_list("amount", flat=True))
    said = f"{total:,}".replace(",", ".")
    expect(page.locator("[data-ticked]")).to_have_text(f"Đã chọn 20 dòng: {said} đồng")
    hand.tap("button[value=submit]")
    expect(page.locator(".notice.success")).to_contain_text(said)
    hand.done("Twenty imported drafts submitted")
    assert hand.taps == 2
    assert Disbursement.objects.filter(status="submitted").count() == 20


def test_ticks_by_keyboard_and_without_script(ledger, open_page, sign_in):
    page = open_page(**LAPTOP)
    sign_in(page, "dieuphoi")
    page.goto("/disbursements/?status=draft")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_contain_text("Đã chọn 2 dòng")
    plain = open_page(**DESKTOP, java_script_enabled=False)
    sign_in(plain, "dieuphoi")
    plain.goto("/disbursements/?status=draft")
    plain.locator("#list [name=row]").first.check()
    plain.click("button[value=submit]")
    expect(plain.locator(".notice.success")).to_be_visible()
    assert Disbursement.objects.filter(status="submitted").count() == 1


def test_printed_it_is_landscape_with_heads_on_each_page_and_the_sum_once(
    ledger, open_page, sign_in
):
    page = open_page(**LAPTOP)
    sign_in(page, "dieuphoi")
    page.goto("/disbursements/")
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    sheets = [" ".join(sheet.extract_text().split()) for sheet in printed.pages]
    assert printed.pages[0].mediabox.width > printed.pages[0].mediabox.height
    assert all("Số tiền" in sheet for sheet in sheets)
    assert sheets[0].count("PC23-") >= 20
    total = sum(Disbursement.objects.values_list("amount", flat=True))
    assert sum(sheet.count(f"{total:,}".replace(",", ".")) for sheet in sheets) == 1
    for amount in Disbursement.objects.values_list("amount", flat=True):
        assert any(f"{amount:,}".replace(",", ".") in sheet for sheet in sheets)
