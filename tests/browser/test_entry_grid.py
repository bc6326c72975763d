"""Ten vouchers from Excel on a laptop: pasted, looked at, saved; nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from disbursements.models import Disbursement
from tests import factories as make
from tests.browser.kept import kept, wait_for
from tests.browser.stopwatch import Hand

pytestmark = pytest.mark.django_db(transaction=True)
GRID = "/disbursements/grid/"
LAPTOP = {"viewport": {"width": 1366, "height": 625}}
OFFERED = """() => [...document.querySelectorAll('#communes option')]
  .filter(each => !each.disabled).map(each => each.value)"""
HEADS = "Ngày\tSố CT\tMã hoạt động\tXã\tNội dung chi\tSố tiền (đồng)\tĐơn vị nhận"


def lines(count=10, *, heads=False, **wrong):
    """As Excel puts them on the clipboard: with headings in the office's own order, else in that of
    the grid; `wrong` by row: the amount instead."""
    communes = ("Bản Lang", "Nậm Xe")
    found = [HEADS] if heads else []
    for n in range(count):
        amount = wrong.get(f"r{n}", f"1.{n:03}.000")
        last = [amount, f"Tập huấn lớp {n}"]
        first = [f"{5 + n}/09/2022", f"PC-{n:02}", f"GBV-0{n % 3 + 1}", communes[n % 2]]
        found.append("\t".join([*first, *(last[::-1] if heads else last), "Hội Phụ nữ xã"]))
    return "\r\n".join(found)


@pytest.fixture
def page(transactional_db, open_page, sign_in):
    make.reference()
    for number in (1, 2, 3):
        make.activity(f"GBV-0{number}")
    make.user("dieuphoi_gbv", "coordinator", programs=["GBV"], communes=make.COMMUNES[:5])
    page = open_page(**LAPTOP, permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, "dieuphoi_gbv")
    return page


def paste(page, text, cell="r0-date"):
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.click(f"[name={cell}]")
    page.keyboard.press("Control+v")


def numbers():
    return sorted(Disbursement.objects.values_list("voucher_no", flat=True))


def test_ten_vouchers_from_excel_take_three_clicks(page):
    page.goto("/disbursements/")
    page.evaluate("text => navigator.clipboard.writeText(text)", lines(heads=True))
    hand = Hand(page)
    hand.tap(f"a[href='{GRID}']")
    hand.tap("[name=r0-date]")
    hand.press("Control+v")
    expect(page.locator("[name=r9-amount]")).to_have_value("1.009.000")
    expect(page.locator("[data-grid-sum]")).to_have_text("10 dòng, 10.045.000 đồng")
    hand.tap("[name=save]")
    expect(page.locator(".messages")).to_contain_text("10.045.000")
    hand.done("Ten vouchers from Excel")
    assert hand.taps <= 5
    assert numbers() == [f"PC-{n:02}" for n in range(10)]
    row = Disbursement.objects.get(voucher_no="PC-04")
    assert (row.activity.code, row.commune.name) == ("GBV-02", "Bản Lang")
    assert (row.description, row.amount) == ("Tập huấn lớp 4", 1_004_000)


def test_a_wrong_cell_is_said_and_the_right_rows_go_without_it(page, allow):
    allow(page, "400")
    page.goto(GRID)
    paste(page, lines(heads=True, r3="1.2.3"))
    page.click("[name=save]")
    expect(page.locator("#id_r3-amount_error")).to_be_visible()
    assert numbers() == []
    page.click("[name=right]")
    expect(page.locator("[name=r0-voucher_no]")).to_have_value("PC-03")
    assert len(numbers()) == 9
    wait_for(page, lambda: kept(page) == ["draft"])  # the portal keeps it for a sign-in only
    page.fill("[name=r0-amount]", "1.200.000")
    page.click("[name=save]")
    expect(page.locator(".messages")).to_contain_text("1.200.000")
    assert len(numbers()) == 10
    assert kept(page) == []


def test_thirty_rows_come_back_after_a_reload_and_arrive_once_without_a_connection(page, offline):
    page.goto(GRID)
    paste(page, lines(24).replace("PC-", "PX-"), "r1-date")
    expect(page.locator("[name=r24-payee]")).to_have_value("Hội Phụ nữ xã")
    wait_for(page, lambda: kept(page) == ["draft"])
    page.reload()
    expect(page.locator("[name=r24-payee]")).to_have_value("Hội Phụ nữ xã")
    offline(page)
    page.click("[name=save]")
    expect(page.locator("[name=r24-payee]")).to_have_value("")
    assert kept(page) == ["waiting"]
    page.context.set_offline(False)
    wait_for(page, lambda: len(numbers()) == 24)
    wait_for(page, lambda: kept(page) == [])


def test_keys_move_and_fill(page):
    page.goto(GRID)
    page.fill("[name=r0-commune]", "Bản Lang")
    page.fill("[name=r2-voucher_no]", "PC-2")
    page.focus("[name=r0-commune]")
    page.click("[data-fill-down]")
    for row, value in ((1, "Bản Lang"), (2, "Bản Lang"), (3, "")):
        expect(page.locator(f"[name=r{row}-commune]")).to_have_value(value)
    page.focus("[name=r0-amount]")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator("[name=r1-amount]")).to_be_focused()
    page.keyboard.press("Control+d")
    expect(page.locator("[name=r1-amount]")).to_have_value("5")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[name=r1-description]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[name=r0-description]")).to_be_focused()
    page.focus("[name=r9-date]")
    page.keyboard.press("Enter")
    expect(page.locator("[name=r10-date]")).to_be_focused()
    assert Disbursement.objects.count() == 0


def test_a_row_offers_the_communes_of_its_day(page):
    page.goto(GRID)
    page.fill("[name=r0-date]", "15/9/2022")
    page.focus("[name=r0-commune]")
    assert set(page.evaluate(OFFERED)) >= {"Bản Lang", "Nậm Xe"}
    page.fill("[name=r0-date]", "15/9/2025")
    page.focus("[name=r0-commune]")
    assert "Nậm Xe" not in page.evaluate(OFFERED)


def test_what_was_saved_is_undone_at_once(page):
    page.goto(GRID)
    paste(page, lines(2))
    page.click("[name=save]")
    page.click(".messages a:has-text('Hoàn tác')")
    page.click("main form button[type=submit]")
    wait_for(page, lambda: not Disbursement.objects.exists())


def test_without_scripts_rows_are_saved_too(transactional_db, open_page, sign_in):
    make.reference()
    make.activity("GBV-01")
    make.user("dieuphoi", "coordinator")
    page = open_page(java_script_enabled=False)
    sign_in(page, "dieuphoi")
    page.goto(GRID)
    for row, number in ((0, "PC-1"), (3, "PC-2")):
        page.fill(f"[name=r{row}-date]", "15/09/2022")
        page.fill(f"[name=r{row}-voucher_no]", number)
        page.fill(f"[name=r{row}-activity]", "GBV-01")
        page.fill(f"[name=r{row}-commune]", "Bản Lang")
        page.fill(f"[name=r{row}-amount]", "5.000.000")
    page.click("[name=more]")
    assert page.input_value("[name=r3-voucher_no]") == "PC-2"
    page.click("[name=save]")
    assert numbers() == ["PC-1", "PC-2"]
