"""A form is kept in the browser until the portal has it: over a reload, a lost connection, the end
of a sign-in; it is sent once; and it is one person's, whoever else uses the browser."""

import re

import pytest
from playwright.sync_api import expect

from disbursements.models import Disbursement
from monitoring.models import Difficulty
from tests import factories as make
from tests.browser.kept import (
    NEW,
    TITLE,
    days_pass,
    difficulty,
    end_sign_in,
    fill_in,
    kept,
    lose,
    wait_for,
    with_worker,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_form_is_there_again_after_a_reload(phone, sign_in, people):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    wait_for(phone, lambda: kept(phone) == ["draft"])
    phone.reload()
    assert phone.input_value("#id_title") == TITLE
    assert phone.input_value("#id_raised_on") == "15/09/2022"
    phone.click("text=Làm lại từ đầu")
    assert phone.input_value("#id_title") == ""
    assert kept(phone) == []


def test_what_is_typed_before_the_scripts_have_come_is_kept(bare_phone, sign_in, people):
    held = []
    sign_in(bare_phone, "dieuphoi", make.PASSWORD)
    bare_phone.route("**/js/forms*.js", lambda route: held.append(route))
    bare_phone.goto(NEW, wait_until="commit")
    bare_phone.fill("#id_title", TITLE)
    wait_for(bare_phone, lambda: len(held) == 1)
    held[0].continue_()
    wait_for(bare_phone, lambda: kept(bare_phone) == ["draft"])


def test_what_the_portal_has_taken_is_not_kept(phone, sign_in, people):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    phone.click("#entry button[type=submit]")
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    wait_for(phone, lambda: kept(phone) == [])
    phone.goto(NEW)
    assert phone.input_value("#id_title") == ""


def test_what_the_portal_refuses_stays_in_the_form(phone, sign_in, people, allow):
    allow(phone, "400")
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    phone.fill("#id_raised_on", "2055-01-01")
    phone.click("#entry button[type=submit]")
    phone.wait_for_selector(".notice.error")
    assert phone.input_value("#id_title") == TITLE
    assert kept(phone) == ["draft"]
    phone.fill("#id_raised_on", "2022-09-15")
    phone.click("#entry button[type=submit]")
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    wait_for(phone, lambda: kept(phone) == [])
    assert Difficulty.objects.count() == 1


def test_forms_saved_without_a_connection_are_sent_once_when_it_is_back(
    phone, sign_in, people, offline
):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    offline(phone)
    phone.click("#entry button[type=submit]")
    assert "Không có kết nối" in phone.inner_text(".messages")
    assert phone.input_value("#id_title") == ""
    fill_in(phone, "Thiếu giáo viên")
    phone.click("#entry button[type=submit]")
    assert kept(phone) == ["waiting", "waiting"]
    assert phone.inner_text("[data-kept-count]") == "Chưa gửi: 2"
    assert not Difficulty.objects.exists()

    phone.context.set_offline(False)
    phone.get_by_text("Đã gửi nội dung").nth(1).wait_for()
    assert kept(phone) == []
    assert set(Difficulty.objects.values_list("title", flat=True)) == {TITLE, "Thiếu giáo viên"}
    phone.goto("/difficulties/")
    assert Difficulty.objects.count() == 2


def test_a_form_whose_answer_was_lost_is_not_saved_twice(bare_phone, sign_in, people):
    phone = bare_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    lose(phone, answered=True)
    phone.click("#entry button[type=submit]")
    wait_for(phone, lambda: Difficulty.objects.count() == 1)
    phone.unroute("**" + NEW)
    phone.context.clear_cookies(name=re.compile("^form-"))  # they came with the answer
    phone.goto("/difficulties/")
    phone.get_by_text("Đã gửi nội dung").wait_for()
    assert kept(phone) == []
    assert Difficulty.objects.count() == 1


def test_a_connection_lost_on_the_way_shows_what_is_kept(phone, sign_in, people, offline):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    with_worker(phone)
    difficulty(phone)
    phone.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => true})")
    offline(phone)
    phone.click("#entry button[type=submit]")
    phone.wait_for_selector("[data-kept-list] li")
    assert TITLE in phone.inner_text("[data-kept-list]")
    assert "dieuphoi" not in phone.content()
    phone.context.set_offline(False)
    phone.get_by_text("Đã gửi nội dung").wait_for()
    assert Difficulty.objects.count() == 1


def test_a_form_that_got_no_answer_is_sent_again_from_the_same_page(bare_phone, sign_in, people):
    phone = bare_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    lost = []

    def lose_the_first_two(route):
        if route.request.method != "POST" or len(lost) == 2:
            return route.continue_()
        lost.append(route.request.url)
        return route.abort()

    phone.route("**" + NEW, lose_the_first_two)
    phone.click("#entry button[type=submit]")
    wait_for(phone, lambda: phone.url.startswith("chrome-error"))  # the browser's own page
    phone.goto("/difficulties/")
    phone.get_by_text("Đã gửi nội dung").wait_for()
    assert len(lost) == 2
    assert kept(phone) == []
    assert Difficulty.objects.get().title == TITLE


def test_a_form_outlives_the_sign_in(phone, sign_in, people):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    end_sign_in()
    phone.click("#entry button[type=submit]")
    phone.wait_for_url(re.compile("/accounts/login/"))
    assert "gửi sau khi bạn đăng nhập" in phone.inner_text(".messages")
    assert not Difficulty.objects.exists()
    phone.fill("input[name=username]", "dieuphoi")
    phone.fill("input[name=password]", make.PASSWORD)
    phone.press("input[name=password]", "Enter")
    phone.get_by_text("Đã gửi nội dung").wait_for()
    assert Difficulty.objects.get().title == TITLE
    assert kept(phone) == []


def test_a_form_that_waits_while_the_sign_in_ends_is_sent_after_it(phone, sign_in, people, offline):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    offline(phone)
    phone.click("#entry button[type=submit]")
    end_sign_in()
    phone.context.set_offline(False)
    phone.get_by_text("gửi sau khi bạn đăng nhập").wait_for()
    assert kept(phone) == ["waiting"]
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.get_by_text("Đã gửi nội dung").wait_for()
    assert Difficulty.objects.count() == 1


def test_two_people_on_one_browser(phone, sign_in, people, offline, allow):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    offline(phone)
    phone.click("#entry button[type=submit]")
    phone.fill("#id_title", "Chưa xong")
    wait_for(phone, lambda: sorted(kept(phone)) == ["draft", "waiting"])
    end_sign_in()  # and nobody signed out
    phone.context.set_offline(False)
    phone.get_by_text("gửi sau khi bạn đăng nhập").wait_for()

    sign_in(phone, "dieuphoi_gbv", make.PASSWORD)
    phone.goto(NEW)
    assert phone.input_value("#id_title") == ""
    phone.goto("/offline/")
    assert phone.inner_text("[data-kept-list]") == ""
    assert phone.is_visible("[data-kept-none]")
    assert not phone.is_visible("[data-kept-all]")  # nothing to delete
    assert TITLE not in phone.content()
    assert not Difficulty.objects.exists()

    phone.click(".menu > summary")
    phone.click(".menu [data-sign-out] button")  # nothing of theirs is kept, so nothing is asked
    phone.wait_for_url(re.compile("/accounts/login/"))
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.get_by_text("Đã gửi nội dung").wait_for()
    assert Difficulty.history.get().history_user == people.dieuphoi
    phone.goto(NEW)
    assert phone.input_value("#id_title") == "Chưa xong"


def test_nobody_sends_the_form_of_somebody_else(desktop, sign_in, people, allow):
    allow(desktop, "409")
    sign_in(desktop, "dieuphoi", make.PASSWORD)
    difficulty(desktop)
    end_sign_in()
    other = desktop.context.new_page()
    sign_in(other, "dieuphoi_gbv", make.PASSWORD)
    desktop.click("#entry button[type=submit]")
    desktop.get_by_text("do người khác mở").wait_for()
    assert not Difficulty.objects.exists()


@pytest.mark.parametrize("choice", ["keep", "delete"])
def test_signing_out_asks_what_becomes_of_it(phone, sign_in, people, choice):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    wait_for(phone, lambda: kept(phone) == ["draft"])
    phone.click(".menu > summary")
    phone.click(".menu [data-sign-out] button")
    phone.wait_for_selector("[data-leaving] button")
    assert TITLE in phone.inner_text("[data-kept-list]")
    phone.click(f"[data-leaving] button[name={choice}]")
    phone.wait_for_url(re.compile("/accounts/login/"))
    wait_for(phone, lambda: kept(phone) == (["draft"] if choice == "keep" else []))
    phone.goto("/offline/")
    assert phone.inner_text("[data-kept-list]") == ""
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.goto(NEW)
    assert phone.input_value("#id_title") == (TITLE if choice == "keep" else "")


def test_nobody_is_said_to_be_signed_out_who_is_not(phone, sign_in, people, offline):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    with_worker(phone)
    phone.goto("/disbursements/")
    offline(phone)
    phone.click(".menu > summary")
    phone.click(".menu [data-sign-out] button")
    phone.get_by_text("chỉ gửi được khi có kết nối").wait_for()
    assert phone.url.endswith("/disbursements/")
    phone.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => true})")
    phone.click(".menu > summary")
    phone.click(".menu [data-sign-out] button")  # and the request is lost
    phone.wait_for_selector("[data-kept-page]")
    assert not phone.is_visible("[data-kept-nobody]")
    phone.context.set_offline(False)
    phone.goto("/disbursements/")
    phone.click(".menu > summary")
    phone.click(".menu [data-sign-out] button")
    phone.wait_for_url(re.compile("/accounts/login/"))
    phone.goto("/offline/")
    assert phone.is_visible("[data-kept-nobody]")


def test_what_is_kept_can_be_opened_and_deleted(bare_phone, sign_in, people, offline, sure):
    phone = bare_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    offline(phone)
    phone.click("#entry button[type=submit]")
    phone.fill("#id_title", "Chưa xong")
    wait_for(phone, lambda: sorted(kept(phone)) == ["draft", "waiting"])
    phone.route("**" + NEW, lambda r: r.abort() if r.request.method == "POST" else r.continue_())
    phone.context.set_offline(False)
    phone.goto("/offline/")
    rows = phone.locator("[data-kept-list] li")
    assert "Chưa xong" in rows.filter(has_text="đang nhập").inner_text()
    delete = rows.filter(has_text="Chưa xong").get_by_role("button", name="Xóa")
    sure.clear()
    delete.click()
    assert sorted(kept(phone)) == ["draft", "waiting"]
    sure.append(True)
    delete.click()
    assert kept(phone) == ["waiting"]
    phone.get_by_role("link", name="Mở biểu mẫu").click()
    expect(phone.locator("#id_title")).to_have_value(TITLE)
    assert kept(phone) == ["draft"]
    phone.unroute("**" + NEW)
    phone.click("#entry button[type=submit]")
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert Difficulty.objects.count() == 1


def test_what_waited_too_long_is_not_sent_by_itself(phone, sign_in, people, offline):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    offline(phone)
    phone.click("#entry button[type=submit]")
    days_pass(phone, 7.1)
    phone.context.set_offline(False)
    phone.goto("/offline/")
    assert kept(phone) == ["draft"]
    phone.get_by_role("link", name="Mở biểu mẫu").click()
    expect(phone.locator("#id_title")).to_have_value(TITLE)
    assert not Difficulty.objects.exists()


def test_what_waited_for_weeks_is_kept_and_said_to_have_waited(bare_phone, sign_in, people):
    """Saved without a connection, or answered by nobody: the portal may have it."""
    phone = bare_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    phone.context.set_offline(True)
    phone.click("#entry button[type=submit]")
    assert kept(phone) == ["waiting"]
    days_pass(phone, 15)
    phone.context.set_offline(False)
    second = phone.context.new_page()
    second.goto(NEW)
    assert "quá lâu chưa có trả lời" in second.inner_text("main .notice.info")
    assert TITLE in second.inner_text("main .notice.info")
    second.goto("/offline/")
    assert "đã đến nơi chưa" in second.inner_text("[data-kept-list]")
    second.get_by_role("link", name="Mở biểu mẫu").click()
    expect(second.locator("#id_title")).to_have_value(TITLE)
    second.reload()
    expect(second.locator("#id_title")).to_have_value(TITLE)
    assert "quá lâu chưa có trả lời" in second.inner_text("main .notice.info")
    second.click("#entry button[type=submit]")
    second.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    wait_for(second, lambda: kept(second) == [])
    assert Difficulty.objects.count() == 1


def test_the_page_without_a_connection_knows_nobody(phone, sign_in, people, offline):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    with_worker(phone)
    offline(phone)
    phone.goto("/disbursements/")
    assert "Không có kết nối" in phone.inner_text("h1")
    assert "dieuphoi" not in phone.content()
    stored = phone.evaluate(
        "caches.keys().then(names => Promise.all(names.map(n => caches.open(n)"
        ".then(c => c.match('/offline/?shell=vi')).then(r => r.text()))))"
    )
    assert len(stored) == 1
    assert "dieuphoi" not in stored[0]
    assert "csrf" not in stored[0]


def test_a_voucher_kept_without_a_connection_leaves_a_blank_form(phone, sign_in, people, offline):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.goto("/disbursements/new/")
    phone.fill("#id_date", "2022-09-15")
    phone.fill("#id_activity", "GBV-01")
    phone.select_option("#id_commune", label="Xã Bản Lang (đến 06/2025)")
    phone.fill("#id_amount", "12.500.000")
    phone.get_by_text("mười hai triệu năm trăm nghìn đồng").wait_for()
    offline(phone)
    phone.click("button[name=save]")
    expect(phone.locator("#id_amount")).to_have_value("")
    expect(phone.locator("#amount-words")).to_have_text("")
    assert phone.locator(".brand").bounding_box()["width"] < 60  # the count has room beside it
    phone.context.set_offline(False)
    phone.get_by_text("Đã gửi nội dung").wait_for()
    expect(phone.get_by_text("Không có kết nối")).to_have_count(0)  # no longer so
    assert Disbursement.objects.get().amount == 12_500_000


def test_an_address_that_names_no_kept_form_breaks_nothing(phone, sign_in, people):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    for unreadable in ("%E0%A4%A", "nothing"):
        phone.goto(f"{NEW}#kept={unreadable}")
        phone.fill("#id_title", TITLE)
        wait_for(phone, lambda: kept(phone) == ["draft"])
        phone.fill("#id_title", "")
        wait_for(phone, lambda: kept(phone) == [])


def test_two_taps_on_save_make_one_record(desktop, sign_in, people):
    sign_in(desktop, "dieuphoi", make.PASSWORD)
    desktop.goto("/disbursements/new/")
    desktop.fill("#id_date", "2022-09-15")
    desktop.fill("#id_activity", "GBV-01")
    desktop.select_option("#id_commune", label="Xã Bản Lang (đến 06/2025)")
    desktop.fill("#id_amount", "12.500.000")
    desktop.get_by_text("mười hai triệu năm trăm nghìn đồng").wait_for()
    desktop.dblclick("button[name=save]")
    desktop.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))
    assert Disbursement.objects.count() == 1
