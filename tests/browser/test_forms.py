"""Forms: inputs on one line, days day first, the first field near, photos shown, a preview."""

from datetime import date

import pytest
from playwright.sync_api import expect

from disbursements.models import Disbursement, VoucherPhoto
from monitoring.models import RecordFile
from monitoring.tests.reviews.test_action_points import a_point
from reports.models import ReportDraft
from tests import factories as make
from tests.browser.conftest import PHONE
from tests.browser.kept import (
    NEW,
    SAVE,
    VOUCHER,
    difficulty,
    save_voucher,
    voucher,
    wait_for,
)
from tests.browser.test_days import workbook

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (360, 390, 768, 1093, 1366, 1920)
# Fields whose labels begin on one line while their inputs do not.
ASKEW = """() => [...document.querySelectorAll('.fields')].flatMap((form) => {
  const fields = [...form.children].filter((each) => each.matches('.field:not(.wide)'));
  const inputs = fields.map((each) => each.querySelector(':scope > :is(input, select)'))
    .filter(Boolean);
  const top = (input) => Math.round(input.getBoundingClientRect().top);
  const row = (input) => Math.round(input.closest('.field').getBoundingClientRect().top);
  const askew = (one, other) => row(one) === row(other) && top(one) !== top(other);
  return inputs.filter((one) => inputs.some((other) => askew(one, other))).map((one) => one.id);
})"""
LAPTOP = {"viewport": {"width": 1366, "height": 625}}


@pytest.mark.parametrize("address", [VOUCHER, NEW, "/outputs/new/", "/trainings/new/"])
def test_inputs_side_by_side_stand_on_one_line_at_every_width(desktop, sign_in, people, address):
    sign_in(desktop, "dieuphoi")
    desktop.goto(address)
    desktop.eval_on_selector_all(".more-fields", "all => all.forEach(each => { each.open = true })")
    # A long label, a long note: what a translation or a refusal may bring.
    desktop.eval_on_selector_all(
        ".fields > .field:nth-of-type(3n + 1) > label:not(.check)",
        "all => all.forEach(each => each.append(' không bắt buộc, nếu biết thì ghi thêm'))",
    )
    for width in WIDTHS:
        desktop.set_viewport_size({"width": width, "height": 700})
        assert desktop.evaluate(ASKEW) == [], width
        assert desktop.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width


@pytest.mark.parametrize("locale", ["vi-VN", "en-US"])
def test_a_day_is_typed_day_first_in_every_browser(open_page, sign_in, people, allow, locale):
    page = open_page(**LAPTOP, locale=locale)
    allow(page, "400")  # a day of the month first is refused
    sign_in(page, "dieuphoi")
    page.goto(VOUCHER)
    day = page.locator("#id_date")
    for typed in ("5/7/2022", "05-07-22", "5.7.2022", "05072022", "2022-07-05"):
        day.fill(typed)
        day.press("Tab")
        expect(day).to_have_value("05/07/2022")
    day.press("ArrowUp")
    expect(day).to_have_value("06/07/2022")
    day.fill("9/15/2022")  # the month first: left as it was typed, and refused
    day.press("Tab")
    expect(day).to_have_value("9/15/2022")
    page.fill("#id_activity", "GBV-01")
    page.select_option("#id_commune", str(make.commune().pk))
    page.fill("#id_amount", "12.500.000")
    page.click("button[name=save]")
    expect(page.locator(".field .error")).to_contain_text("9/15/2022")
    page.fill("#id_date", "15/9/22")
    page.click("button[name=save]")
    page.wait_for_url("**/next/")
    assert Disbursement.objects.get().date.isoformat() == "2022-09-15"

    page.goto("/disbursements/?date_from=2022-09-15")
    first = page.locator("#filter_date_from")
    expect(first).to_have_value("15/09/2022")
    page.goto("/disbursements/?date_from=16/9/2022&date_to=30092022")
    expect(first).to_have_value("16/09/2022")
    assert page.locator("tbody tr").count() == 0
    page.goto("/disbursements/?date_from=15/9/2022")
    assert page.locator("tbody tr").count() == 1


def test_a_phone_offers_its_keys_of_digits_for_a_day(open_page, sign_in, people):
    page = open_page(**PHONE)
    sign_in(page, "dieuphoi")
    page.goto(VOUCHER)
    assert page.get_attribute("#id_date", "inputmode") == "numeric"
    assert page.locator("input[type=date], input[type=month]").count() == 0


def test_the_first_field_is_two_tab_stops_from_the_pages_head(open_page, sign_in, people):
    page = open_page(**LAPTOP)
    sign_in(page, "bdh")
    point = a_point(people.bdh, assignee_user=people.dieuphoi)
    for address in (NEW, f"/action-points/{point.pk}/edit/", "/reports/annual/2023/"):
        page.goto(address)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        first = "#entry :is(input:not([type=hidden]), select, textarea)"
        at = f"document.activeElement === document.querySelector('{first}')"
        assert page.evaluate(at), address


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_the_errors_of_an_import_stand_first(open_page, sign_in, people, tmp_path, size):
    page = open_page(**size)
    rows = [[date(2022, 9, n), f"PC{n}", "GBV-01", "Bản Lăng Xa", 2_000_000, "Chi"] for n in (1, 2)]
    sign_in(page, "dieuphoi")
    page.goto("/imports/")
    page.select_option("#id_kind", "disbursements")
    page.set_input_files("#id_workbook", workbook(tmp_path / "sai.xlsx", *rows))
    with page.expect_navigation():
        page.get_by_role("button", name="Kiểm tra tệp").click()
    error = page.locator("#list tbody tr").first
    expect(error).to_contain_text("Bản Lăng Xa")
    box = error.bounding_box()
    assert box["y"] + box["height"] <= size["viewport"]["height"]
    assert page.locator("main a[href$='/marked/']").bounding_box()["y"] < box["y"]
    assert page.locator("main > dl.figures").bounding_box()["y"] > box["y"]


def drawn(page, where):
    """A picture is there, and the browser has drawn it."""
    is_drawn = f"document.querySelector('{where} img')?.naturalWidth > 0"
    wait_for(page, lambda: page.evaluate(is_drawn))


def test_a_photo_is_a_picture_when_chosen_and_at_its_record(bare_phone, sign_in, people, photo):
    page = bare_phone
    sign_in(page, "dieuphoi")
    difficulty(page)
    page.set_input_files("#id_files", photo)
    drawn(page, "[data-files-chosen]")
    page.context.set_offline(True)
    page.click(SAVE)
    page.get_by_text("Không có kết nối").wait_for()
    page.context.set_offline(False)
    wait_for(page, RecordFile.objects.exists)
    about = RecordFile.objects.get().about
    page.goto(f"/difficulties/{about.pk}/")
    page.locator("[data-files-part] a img").scroll_into_view_if_needed()
    drawn(page, "[data-files-part]")
    voucher(page)
    page.set_input_files("#id_files", photo)
    save_voucher(page)
    page.locator("[data-files-part] a img").wait_for()
    drawn(page, "[data-files-part]")


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["below", "beside"])
def test_a_report_begins_with_the_ledgers_text_and_its_preview_follows(
    open_page, sign_in, people, size
):
    make.posted(12_000_000)
    page = open_page(**size)
    sign_in(page, "bdh")
    page.goto("/reports/annual/2023/")
    first = page.locator("#entry textarea").first
    filled = page.locator("#entry textarea").evaluate_all("all => all.map(e => e.value)")
    begun = next(text for text in filled if text).splitlines()[0]
    expect(page.locator("#preview")).to_contain_text(begun)
    form, preview = page.locator("#entry").bounding_box(), page.locator("#preview").bounding_box()
    if size is LAPTOP:
        assert preview["y"] == form["y"] and preview["x"] > form["x"] + form["width"]
    else:
        assert preview["y"] > form["y"] + form["height"] and preview["x"] == form["x"]
    first.fill("Hội nghị lần thứ ba của năm")
    expect(page.locator("#preview")).to_contain_text("Hội nghị lần thứ ba của năm")
    assert not ReportDraft.objects.exists()  # nothing is saved by looking
    page.get_by_role("button", name="Lưu lời văn").click()
    page.wait_for_load_state()
    assert "Hội nghị lần thứ ba của năm" in ReportDraft.objects.get().texts.values()


def test_a_voucher_is_a_photo_from_the_phone_and_is_completed_on_a_laptop(
    bare_phone, open_page, sign_in, people, photo
):
    sign_in(bare_phone, "dieuphoi")
    bare_phone.goto(VOUCHER)
    bare_phone.get_by_role("link", name="Chỉ chụp ảnh").tap()
    bare_phone.wait_for_url("**/disbursements/photos/")
    bare_phone.context.set_offline(True)
    bare_phone.set_input_files("#id_files", photo)
    bare_phone.click(SAVE)
    bare_phone.locator("[data-files-list] li").wait_for()  # it waits here
    bare_phone.context.set_offline(False)
    bare_phone.get_by_role("link", name="Nhập tiếp").wait_for()
    assert VoucherPhoto.objects.count() == 1 and not Disbursement.objects.exists()

    laptop = open_page(**LAPTOP)
    sign_in(laptop, "dieuphoi")
    laptop.goto("/")
    laptop.get_by_role("link", name="Nhập tiếp").first.click()
    laptop.wait_for_url("**/disbursements/new/?photo=*")
    drawn(laptop, ".preview")
    form = laptop.locator("#entry").bounding_box()
    beside = laptop.locator(".preview").bounding_box()
    assert beside["x"] >= form["x"] + form["width"] and beside["y"] == form["y"]
    laptop.fill("#id_date", "15/9/2022")
    laptop.fill("#id_activity", "GBV-01")
    laptop.select_option("#id_commune", str(make.commune().pk))
    laptop.fill("#id_amount", "12,5 triệu")
    save_voucher(laptop)
    laptop.locator("[data-files-part] a img").wait_for()
    row = Disbursement.objects.get()
    assert (row.amount, row.attachments.count()) == (12_500_000, 1)
    assert not VoucherPhoto.objects.exists()
