"""Files of a voucher: it is saved first, they follow; photos are made smaller; what broke off is
tried again."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from disbursements.models import Disbursement
from disbursements.models.attachments import Attachment
from tests import factories as make
from tests.browser.kept import VOUCHER, end_sign_in, kept, lose, save_voucher, voucher, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
ENOUGH = 300 * 1024


@pytest.fixture
def phone(bare_phone):
    return bare_phone


@pytest.fixture
def paper(tmp_path):
    """A contract as a file: small, and no photo to be made smaller."""
    path = tmp_path / "hop-dong.pdf"
    path.write_bytes(b"%PDF-1.4\n%%EOF\n")
    return path


def waiting(page):
    return page.inner_text("[data-files-list]")


def kept_files(page):
    """How many files the browser keeps for whoever is signed in."""
    return page.evaluate("kept.files.mine().then(all => all.length)")


def sent_from(address):
    """True of a request that a page made (every page tries to send what waits)."""
    return lambda request: request.headers.get("referer") == address


def test_a_photo_follows_its_voucher_made_smaller(phone, sign_in, people, photo):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    phone.set_input_files("#id_files", photo)
    save_voucher(phone)  # at once: a quick Save does not overtake the photo
    phone.locator("[data-files-part] a", has_text="hoa-don.jpg").wait_for()
    stored = Attachment.objects.get()
    assert stored.disbursement == Disbursement.objects.get()
    assert 30_000 < stored.size <= ENOUGH
    with Image.open(io.BytesIO(stored.file.read())) as picture:
        assert picture.format == "JPEG"
        assert abs(picture.width / picture.height - 4 / 3) < 0.01


def test_a_broken_upload_is_tried_again_from_the_vouchers_page(phone, sign_in, people, photo):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    phone.set_input_files("#id_files", photo)
    phone.route("**/files/", lambda route: route.abort())
    save_voucher(phone)
    phone.get_by_text("gửi chưa trọn").wait_for()
    assert Disbursement.objects.count() == 1  # the voucher stands
    assert not Attachment.objects.exists()
    address = phone.url
    phone.goto("/disbursements/")
    with phone.expect_event("requestfailed", sent_from(address)):  # tried again by itself, in vain
        phone.go_back()
    again = phone.locator("[data-files-list] button", has_text="Thử lại")
    again.wait_for()
    phone.wait_for_function("document.querySelector('[data-files-list] img').naturalWidth > 0")
    phone.unroute("**/files/")
    again.click()
    phone.locator("[data-files-part] a", has_text="hoa-don.jpg").wait_for()
    assert Attachment.objects.count() == 1
    assert Disbursement.objects.count() == 1
    assert waiting(phone) == ""


def test_a_file_added_on_the_page_of_a_refusal_is_shown(phone, sign_in, people, allow, paper):
    """Its address is the one that was refused, which is no page to ask for."""
    allow(phone, "409")
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    save_voucher(phone)
    phone.goto(phone.url.removesuffix("next/"))
    Disbursement.objects.update(version=5)
    phone.locator("form[action$='/submit/'] button").click()
    phone.wait_for_url("**/submit/")
    phone.set_input_files("#id_files", paper)
    phone.click("[data-files] button[type=submit]")
    phone.locator("[data-files-part] a", has_text="hop-dong.pdf").wait_for()


def test_a_file_added_later_and_one_that_is_refused(phone, sign_in, people, allow, paper, tmp_path):
    allow(phone, "400")
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    save_voucher(phone)
    phone.goto(phone.url.removesuffix("next/"))
    bad = tmp_path / "ghi-chu.pdf"
    bad.write_bytes(b"not what it is called")
    phone.set_input_files("#id_files", [paper, bad])
    phone.click("[data-files] button[type=submit]")
    phone.locator("[data-files-part] a", has_text="hop-dong.pdf").wait_for()
    phone.get_by_text("“ghi-chu.pdf” không phải").wait_for()
    assert [each.name for each in Attachment.objects.all()] == ["hop-dong.pdf"]
    phone.click("[data-files-list] button:has-text('Xóa')")
    wait_for(phone, lambda: waiting(phone) == "")


def test_voucher_and_photo_taken_without_a_connection_are_sent_when_it_is_back(
    phone, sign_in, people, photo
):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    phone.context.set_offline(True)
    phone.fill("#id_amount", "3.250.000")
    phone.set_input_files("#id_files", photo)
    phone.click("button[name=save]")
    phone.get_by_text("Không có kết nối").wait_for()
    assert not Disbursement.objects.exists()
    end_sign_in()
    phone.context.set_offline(False)
    phone.get_by_text("gửi sau khi bạn đăng nhập").wait_for()
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.get_by_text("Đã gửi nội dung").wait_for()
    wait_for(phone, Attachment.objects.exists)
    assert Disbursement.objects.get().amount == 3_250_000
    assert Attachment.objects.get().size <= ENOUGH


def test_files_that_wait_are_one_persons_and_can_be_deleted(phone, sign_in, people, photo):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    phone.set_input_files("#id_files", photo)
    phone.route("**/files/", lambda route: route.abort())
    save_voucher(phone)
    phone.get_by_text("gửi chưa trọn").wait_for()
    end_sign_in()
    sign_in(phone, "dieuphoi_gbv", make.PASSWORD)
    phone.goto(f"/disbursements/{Disbursement.objects.get().pk}/")
    phone.wait_for_timeout(500)
    assert waiting(phone) == ""
    end_sign_in()
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.goto("/offline/")
    phone.get_by_text("hoa-don.jpg").first.wait_for()
    phone.click("[data-files-list] button:has-text('Xóa')")
    wait_for(phone, lambda: not phone.is_visible("[data-files-list]"))
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("opened", ["another voucher", "a list"])
def test_a_photo_goes_to_its_own_voucher_whatever_page_comes_next(
    phone, sign_in, people, photo, opened
):
    """The page that answered the voucher was lost: the next one that opens is any other."""
    other = make.draft(by=people.dieuphoi)
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    phone.set_input_files("#id_files", photo)
    lose(phone, "/disbursements/new/", answered=True)
    phone.click("button[name=save]")
    wait_for(phone, lambda: Disbursement.objects.count() == 2)
    wait_for(phone, lambda: phone.url.startswith("chrome-error"))
    phone.unroute("**/disbursements/new/")
    phone.goto(f"/disbursements/{other.pk}/" if opened == "another voucher" else "/trainings/")
    wait_for(phone, Attachment.objects.exists)
    assert Attachment.objects.get().disbursement != other
    phone.wait_for_timeout(500)
    assert Disbursement.objects.count() == 2
    phone.goto("/offline/")
    phone.wait_for_timeout(300)
    assert not phone.is_visible("[data-files-list]")


@pytest.fixture
def on_the_way(phone, sign_in, people, paper):
    """A voucher is saved; the first of its two files gets no answer. The requests, as they come."""
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    other = paper.with_name("bien-ban.pdf")
    other.write_bytes(paper.read_bytes())
    phone.set_input_files("#id_files", [paper, other])
    held = []
    phone.context.route("**/files/", lambda route: held.append(route))
    save_voucher(phone)
    wait_for(phone, lambda: len(held) == 1)
    phone.evaluate("document.addEventListener('files', () => { window.told = true; })")
    return held


def wait_until_told(page):
    """The page has told its list of files since the first was sent."""
    wait_for(page, lambda: page.evaluate("window.told"))


def test_a_file_deleted_while_it_is_sent_stays_deleted(phone, on_the_way):
    second = phone.context.new_page()  # the same browser, where it is deleted
    second.goto("/offline/")
    second.locator("[data-files-list]").get_by_text("hop-dong.pdf").first.wait_for()
    second.evaluate("kept.files.dropAll()")
    on_the_way[0].abort()
    wait_until_told(phone)
    assert kept_files(phone) == 0


def test_a_file_deleted_as_its_upload_breaks_or_begins_stays_deleted(phone, on_the_way):
    """Somebody is asked whether they are sure, meanwhile one breaks: all comes at once."""
    phone.evaluate(  # what the page looks up is deleted in the same moment
        """() => {
            const { get } = IDBObjectStore.prototype;
            IDBObjectStore.prototype.get = function (id) {
                const asked = get.call(this, id);
                asked.addEventListener("success", () => kept.files.drop({ id }));
                return asked;
            };
        }"""
    )
    on_the_way[0].abort()
    wait_until_told(phone)
    phone.wait_for_timeout(300)  # the second is not sent either
    assert (kept_files(phone), len(on_the_way)) == (0, 1)


def test_what_breaks_is_not_tried_at_once_again(phone, on_the_way):
    """The page sends what waits as it opens, also where the voucher is said to be saved later."""
    phone.evaluate(
        """() => document.dispatchEvent(new CustomEvent("form-taken", {
            detail: { form: { key: "" }, at: location.pathname, text: "" } }))"""
    )
    on_the_way[0].abort()
    wait_for(phone, lambda: len(on_the_way) == 2)  # the other file
    on_the_way[1].abort()
    phone.wait_for_timeout(300)
    assert len(on_the_way) == 2


def test_deleting_a_file_breaks_its_upload_off(phone, on_the_way):
    with phone.expect_event("requestfailed"):
        phone.evaluate("kept.files.dropAll()")
    assert kept_files(phone) == 0


def test_a_window_of_somebody_else_sends_no_file(phone, sign_in, people, photo):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    phone.set_input_files("#id_files", photo)
    phone.route("**/files/", lambda route: route.abort())
    save_voucher(phone)
    phone.get_by_text("gửi chưa trọn").wait_for()
    phone.unroute("**/files/")
    end_sign_in()
    other = phone.context.new_page()
    sign_in(other, "dieuphoi_gbv", make.PASSWORD)
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.wait_for_timeout(1500)
    assert not Attachment.objects.exists()
    end_sign_in()
    sign_in(phone, "dieuphoi", make.PASSWORD)
    wait_for(phone, Attachment.objects.exists)
    assert Attachment.objects.get().added_by == people.dieuphoi


def test_without_script_files_go_with_the_form(open_page, sign_in, people, paper):
    page = open_page(java_script_enabled=False)
    sign_in(page, "dieuphoi", make.PASSWORD)
    page.goto("/disbursements/new/")
    page.fill("#id_date", "2022-09-15")
    page.fill("#id_activity", "GBV-01")
    page.select_option("#id_commune", label="Xã Bản Lang (đến 06/2025)")
    page.fill("#id_amount", "500 nghìn")
    page.click("button[name=save]")  # the amount is asked back in words
    page.set_input_files("#id_files", paper)
    page.click("button[name=save]")
    page.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))
    assert Attachment.objects.get().name == "hop-dong.pdf"


@pytest.fixture
def broken(phone, sign_in, people, photo):
    """A voucher is saved, its photo waits in the browser."""
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    phone.set_input_files("#id_files", photo)
    phone.route("**/files/", lambda route: route.abort())
    save_voucher(phone)
    phone.get_by_text("gửi chưa trọn").wait_for()
    return phone


@pytest.mark.parametrize("choice", ["keep", "delete"])
def test_signing_out_asks_about_files_alone_too(broken, choice):
    phone = broken
    phone.click(".menu > summary")
    phone.click(".menu [data-sign-out] button")
    phone.wait_for_selector("[data-leaving] button")
    assert "hoa-don.jpg" in phone.inner_text("[data-files-list]")
    left = phone.context.new_page()
    phone.click(f"[data-leaving] button[name={choice}]")
    phone.wait_for_url(re.compile("/accounts/login/"))
    left.goto("/offline/")
    many = left.evaluate(
        "new Promise(done => { indexedDB.open('portal-files').onsuccess = event =>"
        " event.target.result.transaction('files').objectStore('files').count().onsuccess ="
        " counted => done(counted.target.result); })"
    )
    assert many == (1 if choice == "keep" else 0)


def test_files_alone_can_be_deleted_all_at_once(broken, paper):
    phone = broken
    phone.goto(phone.url.removesuffix("next/"))
    phone.set_input_files("#id_files", paper)
    phone.click("[data-files] button[type=submit]")
    phone.locator("[data-files-list] li").nth(1).wait_for()
    phone.goto("/offline/")
    phone.click("[data-kept-all] button")
    wait_for(phone, lambda: not phone.is_visible("[data-files-list]"))
    expect(phone.locator("[data-kept-all]")).to_be_hidden()
    assert kept_files(phone) == 0


@pytest.mark.parametrize("status", [404, 403, 200])
def test_a_file_that_the_portal_does_not_take_is_not_uploaded_at_every_page(broken, allow, status):
    phone, tries = broken, []
    allow(phone, "40")
    phone.unroute("**/files/")

    def no_answer_to_a_file(route):
        tries.append(route)
        route.fulfill(status=status, body="<h1>not here</h1>")

    phone.route("**/files/", no_answer_to_a_file)
    address = phone.url
    phone.get_by_role("button", name="Thử lại").click()
    phone.get_by_text("không nhận tệp này").wait_for()
    phone.goto("/disbursements/")
    phone.goto(address)
    phone.wait_for_timeout(700)
    assert len(tries) == 1
    phone.unroute("**/files/")
    phone.get_by_role("button", name="Thử lại").click()  # the person may, still
    phone.locator("[data-files-part] a", has_text="hoa-don.jpg").wait_for()


@pytest.mark.parametrize("lost", [False, True])
def test_without_room_for_a_file_the_form_goes_with_it_or_not_at_all(
    phone, sign_in, people, photo, lost
):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    phone.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new Error('full'); }; }")
    phone.set_input_files("#id_files", photo)
    if lost:
        lose(phone, VOUCHER)
        phone.click("button[name=save]")
        wait_for(phone, lambda: phone.url.startswith("chrome-error"))
        phone.unroute("**" + VOUCHER)
        phone.goto("/disbursements/")
        phone.wait_for_timeout(700)
        assert not Disbursement.objects.exists()  # it would have gone without its file
        assert kept(phone) == ["draft"]
        phone.goto(VOUCHER)
        expect(phone.locator("#id_amount")).to_have_value("12.500.000")
        phone.set_input_files("#id_files", photo)
    save_voucher(phone)
    phone.locator("[data-files-part] a", has_text="hoa-don.jpg").wait_for()
    assert Attachment.objects.get().disbursement == Disbursement.objects.get()
    wait_for(phone, lambda: kept(phone) == [])


def test_saved_as_an_entry_of_its_own_without_its_file_leaves_nothing_behind(
    phone, sign_in, people, photo, allow
):
    """There was no room to put the file aside: it was sent with the form, which has it no more."""
    allow(phone, "409")
    full = "() => { IDBObjectStore.prototype.put = () => { throw new Error('full'); }; }"
    sign_in(phone, "dieuphoi", make.PASSWORD)
    voucher(phone)
    phone.evaluate(full)
    phone.set_input_files("#id_files", photo)
    lose(phone, VOUCHER, answered=True)
    phone.click("button[name=save]")
    wait_for(phone, lambda: phone.url.startswith("chrome-error"))
    phone.unroute("**" + VOUCHER)
    phone.context.clear_cookies(name=re.compile("^form-"))  # they came with the answer
    phone.goto(VOUCHER)
    phone.fill("#id_amount", "9.000.000")
    phone.get_by_text("chín triệu đồng").wait_for()
    phone.evaluate(full)
    phone.set_input_files("#id_files", photo)
    phone.click("button[name=save]")
    phone.get_by_text("hãy thêm lại sau khi lưu").wait_for()
    phone.get_by_role("button", name="Lưu thành").click()
    phone.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))
    assert {row.amount for row in Disbursement.objects.all()} == {12_500_000, 9_000_000}
    wait_for(phone, lambda: kept(phone) == [])
