"""The files of a voucher follow their form, also where it goes on under another key."""

import re

import pytest
from playwright.sync_api import expect

from disbursements.models import Disbursement
from disbursements.models.attachments import Attachment
from tests import factories as make
from tests.browser.kept import VOUCHER, days_pass, kept, lose, save_voucher, voucher, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(bare_phone, sign_in, people, allow, photo):
    """A coordinator's phone; a voucher is filled in, with a photo."""
    allow(bare_phone, "409")
    sign_in(bare_phone, "dieuphoi", make.PASSWORD)
    voucher(bare_phone)
    bare_phone.set_input_files("#id_files", photo)
    return bare_phone


def open_kept(page):
    page.goto("/offline/")
    page.get_by_role("link", name="Mở biểu mẫu").click()
    expect(page.locator("#id_amount")).to_have_value("12.500.000")


def arrived(page):
    """The amount of the voucher whose page is open, and of the one that has the photo."""
    page.locator("[data-files-part] a", has_text="hoa-don.jpg").wait_for()
    return (
        Disbursement.objects.get(pk=re.search(r"/disbursements/([0-9]+)/", page.url)[1]).amount,
        Attachment.objects.get().disbursement.amount,
    )


def test_after_more_than_a_week_the_photo_still_follows(phone):
    phone.context.set_offline(True)
    phone.click("button[name=save]")
    phone.get_by_text("Không có kết nối").wait_for()
    days_pass(phone, 7.1)
    phone.context.set_offline(False)
    open_kept(phone)
    expect(phone.locator("[data-files-list]")).to_contain_text("hoa-don.jpg")
    save_voucher(phone)
    assert arrived(phone) == (12_500_000, 12_500_000)
    wait_for(phone, lambda: kept(phone) == [])


def test_a_photo_put_aside_by_a_page_that_closed_too_soon_follows_its_draft(phone):
    """The page was left after the photo was put aside and before the form was sent."""
    phone.evaluate("addEventListener('submit', event => event.preventDefault(), true)")
    wait_for(phone, lambda: kept(phone) == ["draft"])
    phone.click("button[name=save]")
    wait_for(phone, lambda: phone.evaluate("kept.files.mine().then(all => all.length)") == 1)
    phone.reload()
    expect(phone.locator("#id_amount")).to_have_value("12.500.000")
    expect(phone.locator("[data-files-list]")).to_contain_text("hoa-don.jpg")
    save_voucher(phone)
    assert arrived(phone) == (12_500_000, 12_500_000)


@pytest.fixture
def changed(phone):
    """It was saved, the answer was lost, the amount was changed, and it was sent once more."""
    lose(phone, VOUCHER, answered=True)
    phone.click("button[name=save]")
    wait_for(phone, Disbursement.objects.exists)
    wait_for(phone, lambda: phone.url.startswith("chrome-error"))
    phone.unroute("**" + VOUCHER)
    phone.context.clear_cookies(name=re.compile("^form-"))  # they came with the answer
    lose(phone, VOUCHER)
    open_kept(phone)
    phone.unroute("**" + VOUCHER)
    phone.fill("#id_amount", "9.000.000")
    phone.get_by_text("chín triệu đồng").wait_for()
    phone.click("button[name=save]")
    phone.get_by_text("nay nội dung đã khác").wait_for()
    return phone


def test_saved_as_an_entry_of_its_own_it_takes_the_photo_along(changed):
    changed.get_by_role("button", name="Lưu thành").click()
    changed.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))
    assert arrived(changed) == (9_000_000, 9_000_000)
    assert Disbursement.objects.count() == 2
    wait_for(changed, lambda: kept(changed) == [])


def test_where_what_was_saved_is_opened_the_photo_goes_there(changed):
    changed.get_by_role("link", name="Mở bản đã lưu").click()
    changed.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))
    assert arrived(changed) == (12_500_000, 12_500_000)
    wait_for(
        changed, lambda: kept(changed) == ["draft"]
    )  # what was typed since is there, and needs nothing
    changed.goto("/offline/")
    assert "9.000.000" in changed.inner_text("[data-kept-list]")
    changed.locator("[data-kept-list]").get_by_role("button", name="Xóa").click()
    assert kept(changed) == []
    assert Attachment.objects.count() == 1


def test_the_photo_of_what_was_saved_is_not_deleted_with_what_was_typed_since(changed):
    changed.route("**/files/", lambda route: route.abort())
    changed.get_by_role("link", name="Mở bản đã lưu").click()
    changed.get_by_text("gửi chưa trọn").wait_for()
    changed.goto("/offline/")
    changed.locator("[data-kept-list]").get_by_role("button", name="Xóa").click()
    assert kept(changed) == []
    changed.unroute("**/files/")
    changed.goto(f"/disbursements/{Disbursement.objects.get().pk}/")
    assert arrived(changed) == (12_500_000, 12_500_000)


def test_the_photo_follows_when_two_windows_were_busy_with_its_form(changed):
    second = changed.context.new_page()
    second.goto("/offline/")
    second.get_by_role("link", name="Mở biểu mẫu").click()
    expect(second.locator("#id_amount")).to_have_value("9.000.000")
    changed.get_by_role("button", name="Lưu thành").click()
    changed.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))
    assert arrived(changed) == (9_000_000, 9_000_000)


def test_the_photo_follows_where_there_was_no_room_for_its_form(phone):
    phone.evaluate(
        "() => { localStorage.clear();"
        " Storage.prototype.setItem = () => { throw new Error('full'); }; }"
    )
    phone.evaluate("document.querySelector('button[name=save]').click()")
    phone.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))
    assert arrived(phone) == (12_500_000, 12_500_000)
