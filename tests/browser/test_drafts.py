"""Drafts in the browser: each keeps to itself, whatever other drafts and windows there are."""

import re
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from monitoring.models import Difficulty, Proposal
from monitoring.reviews.services.difficulties import difficulties
from monitoring.tests.proposals.test_services import a_proposal
from monitoring.tests.reviews.test_action_points import a_point
from tests import factories as make
from tests.browser.kept import (
    NEW,
    OTHER,
    SAVE,
    SENT,
    TITLE,
    days_pass,
    difficulty,
    fill_in,
    kept,
    lose,
    on_post,
    titles,
    wait_for,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def weak_phone(bare_phone, allow):
    allow(bare_phone, "400|409")
    return bare_phone


def test_a_refused_form_is_opened_from_its_own_page(phone, sign_in, people, offline, allow):
    allow(phone, "400")
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    phone.fill("#id_raised_on", "2055-01-01")
    offline(phone)
    phone.click(SAVE)
    expect(phone.locator("#id_title")).to_have_value("")
    phone.context.set_offline(False)
    phone.locator(".messages").get_by_role("link", name="Mở biểu mẫu").click()
    expect(phone.locator("#id_title")).to_have_value(TITLE)
    phone.fill("#id_raised_on", "2022-09-15")
    phone.click(SAVE)
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {TITLE}
    wait_for(phone, lambda: kept(phone) == [])


def test_opening_one_leaves_the_draft_of_the_next_alone(weak_phone, sign_in, people, offline):
    phone = weak_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    lose(phone)
    offline(phone)
    phone.click(SAVE)
    fill_in(phone, OTHER)
    wait_for(phone, lambda: sorted(kept(phone)) == ["draft", "waiting"])
    phone.context.set_offline(False)
    phone.goto("/offline/")
    waiting = phone.locator("[data-kept-list] li").filter(has_text=TITLE)
    waiting.get_by_role("link", name="Mở biểu mẫu").click()
    expect(phone.locator("#id_title")).to_have_value(TITLE)
    assert kept(phone) == ["draft", "draft"]
    phone.reload()
    expect(phone.locator("#id_title")).to_have_value(TITLE)
    phone.unroute("**" + NEW)
    phone.click(SAVE)
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    phone.goto(NEW)
    expect(phone.locator("#id_title")).to_have_value("")  # the other is offered, not put in
    phone.get_by_role("button", name="Làm tiếp").click()
    expect(phone.locator("#id_title")).to_have_value(OTHER)
    phone.click(SAVE)
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {TITLE, OTHER}
    wait_for(phone, lambda: kept(phone) == [])


def test_two_windows_on_one_page_have_a_draft_each(desktop, sign_in, people):
    sign_in(desktop, "dieuphoi", make.PASSWORD)
    difficulty(desktop)
    wait_for(desktop, lambda: kept(desktop) == ["draft"])
    second = desktop.context.new_page()
    second.goto(NEW)
    assert second.input_value("#id_title") == ""
    assert TITLE in second.inner_text(".notice.info")
    fill_in(second, OTHER)
    expect(second.locator(".notice.info")).to_have_count(0)
    wait_for(desktop, lambda: kept(desktop) == ["draft", "draft"])
    for page, title in ((desktop, TITLE), (second, OTHER)):
        page.reload()
        expect(page.locator("#id_title")).to_have_value(title)
        page.click(SAVE)
        page.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {TITLE, OTHER}
    wait_for(desktop, lambda: kept(desktop) == [])


def test_what_a_closed_window_left_is_offered_and_can_be_begun_anew(desktop, sign_in, people):
    sign_in(desktop, "dieuphoi", make.PASSWORD)
    difficulty(desktop)
    wait_for(desktop, lambda: kept(desktop) == ["draft"])
    second = desktop.context.new_page()
    desktop.close()
    second.goto(NEW)
    second.get_by_role("button", name="Làm tiếp").click()
    expect(second.locator("#id_title")).to_have_value(TITLE)
    assert kept(second) == ["draft"]
    second.get_by_role("button", name="Làm lại từ đầu").click()
    expect(second.locator("#id_title")).to_have_value("")
    wait_for(second, lambda: kept(second) == [])


def test_a_refusal_whose_page_was_lost_loses_nothing(weak_phone, sign_in, people):
    phone = weak_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    phone.fill("#id_raised_on", "2055-01-01")
    lose(phone, answered=True)
    phone.click(SAVE)
    wait_for(phone, lambda: phone.url.startswith("chrome-error"))
    phone.unroute("**" + NEW)
    phone.goto(NEW)  # another page than the answer, and the browser knows of the refusal
    expect(phone.locator("#id_title")).to_have_value(TITLE)
    phone.click(SAVE)
    phone.wait_for_selector(".notice.error")
    lose(phone, answered=True)
    phone.click(SAVE)
    wait_for(phone, lambda: phone.url.startswith("chrome-error"))
    phone.unroute("**" + NEW)
    phone.goto("/difficulties/")  # the reasons are asked for
    phone.get_by_text("Chưa gửi được, cần sửa").wait_for()
    assert kept(phone) == ["refused"]
    assert titles() == set()


@pytest.mark.parametrize("before", ["as opened", "refused"])
def test_a_change_saved_without_a_connection_rests(phone, sign_in, people, offline, allow, before):
    allow(phone, "400")
    row = difficulties.create(
        actor=people.dieuphoi,
        title=OTHER,
        program=make.activity("GBV-01").program,
        commune=make.commune(),
        raised_on=date(2022, 9, 15),
        affects="progress",
        effect="Chậm hai tuần",
    )
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.goto(f"/difficulties/{row.pk}/edit/")
    if before == "refused":
        phone.fill("#id_raised_on", "2055-01-01")
        phone.click(SAVE)
        phone.wait_for_selector(".notice.error")
        phone.fill("#id_raised_on", "2022-09-15")
    phone.fill("#id_title", TITLE)
    offline(phone)
    phone.click(SAVE)
    phone.get_by_text("Không có kết nối").wait_for()
    assert phone.input_value("#id_title") == TITLE  # and not what the record held before
    assert phone.is_disabled(SAVE)
    phone.context.set_offline(False)
    phone.get_by_text(SENT).wait_for()
    assert titles() == {TITLE}
    assert kept(phone) == []


@pytest.mark.parametrize("then", ["sent", "deleted"])
def test_an_offer_goes_when_its_draft_has_gone(desktop, sign_in, people, then):
    sign_in(desktop, "dieuphoi", make.PASSWORD)
    difficulty(desktop)
    wait_for(desktop, lambda: kept(desktop) == ["draft"])
    second = desktop.context.new_page()
    second.goto(NEW)
    offer = second.get_by_role("button", name="Làm tiếp")
    offer.wait_for()
    if then == "sent":
        desktop.click(SAVE)
        desktop.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    else:
        desktop.goto("/offline/")
        desktop.locator("[data-kept-list]").get_by_role("button", name="Xóa").click()
    expect(offer).to_have_count(0)
    assert kept(desktop) == []


def test_a_quick_save_without_a_connection_leaves_no_draft_behind(phone, sign_in, people, offline):
    """Saved before what was typed last was kept: it is kept once, as what waits."""
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    offline(phone)
    phone.evaluate(
        "() => { const field = document.querySelector('#id_effect'); field.value = 'Chậm';"
        " field.dispatchEvent(new Event('input', { bubbles: true }));"
        f" document.querySelector('{SAVE}').click(); }}"
    )
    assert kept(phone) == ["waiting"]
    phone.context.set_offline(False)
    phone.get_by_text(SENT).wait_for()
    phone.goto("/difficulties/")
    assert kept(phone) == []


def test_of_two_forms_with_one_address_the_one_typed_in_gets_it_back(phone, sign_in, people, allow):
    allow(phone, "409")
    year = make.year("2024")
    year.ceiling = 250_000_000
    year.save()
    a_proposal(people.xa_banlang)
    sign_in(phone, "bdh", make.PASSWORD)
    address = reverse("selection") + "?fiscal_year=2024"
    phone.goto(address)
    phone.locator("details summary").filter(has_text="Hoãn").first.click()
    phone.fill("textarea[name=reason]", "Chưa đủ vốn")
    wait_for(phone, lambda: kept(phone) == ["draft"])
    Proposal.objects.update(version=99)  # somebody else changed it
    phone.locator("button[name=decision][value=defer]").first.click()
    phone.wait_for_url(re.compile("/decide/"))
    phone.goto(address)
    expect(phone.locator("textarea[name=reason]").first).to_have_value("Chưa đủ vốn")


def test_what_was_sent_long_ago_is_not_sent_by_itself_however_lately_it_was_typed_in(
    weak_phone, sign_in, people
):
    """The portal counts the days of its key from the first sending, whatever is typed later."""
    phone = weak_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    lose(phone, answered=True)
    phone.click(SAVE)
    wait_for(phone, lambda: titles() == {TITLE})
    wait_for(phone, lambda: phone.url.startswith("chrome-error"))
    phone.unroute("**" + NEW)
    phone.context.clear_cookies(name=re.compile("^form-"))  # they came with the answer
    lose(phone)
    phone.goto("/offline/")
    days_pass(phone, 6)
    phone.get_by_role("link", name="Mở biểu mẫu").click()
    expect(phone.locator("#id_effect")).to_have_value("Chậm hai tuần")  # as it was kept
    phone.fill("#id_effect", "Chậm ba tuần")
    phone.context.set_offline(True)
    phone.click(SAVE)
    assert kept(phone) == ["waiting"]
    days_pass(phone, 2)
    phone.unroute("**" + NEW)
    phone.context.set_offline(False)
    phone.goto("/offline/")
    phone.wait_for_timeout(700)
    assert kept(phone) == ["draft"]
    phone.get_by_role("link", name="Mở biểu mẫu").click()
    expect(phone.locator("#id_effect")).to_have_value("Chậm ba tuần")
    phone.click(SAVE)  # under its key still: the portal may know it
    phone.get_by_text("nay nội dung đã khác").wait_for()
    assert titles() == {TITLE}
    assert Difficulty.objects.count() == 1


def test_without_room_in_the_browser_nothing_typed_is_lost(phone, sign_in, people, offline):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    wait_for(phone, lambda: kept(phone) == ["draft"])
    phone.evaluate(
        "() => { const put = Storage.prototype.setItem; Storage.prototype.setItem ="
        " function (name, value) { if (value.includes('waiting')) throw new Error('full');"
        " put.call(this, name, value); }; }"
    )
    offline(phone)
    phone.click(SAVE)
    phone.get_by_text("chỉ gửi được khi có kết nối").wait_for()
    assert phone.input_value("#id_title") == TITLE
    assert kept(phone) == ["draft"]
    phone.context.set_offline(False)
    phone.reload()
    expect(phone.locator("#id_title")).to_have_value(TITLE)
    phone.click(SAVE)
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {TITLE}
    wait_for(phone, lambda: kept(phone) == [])


def test_a_form_that_was_on_its_way_for_long_leaves_no_draft(weak_phone, sign_in, people):
    phone = weak_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    held = []
    on_post(phone, held.append)
    phone.evaluate(
        "() => { const field = document.querySelector('#id_effect'); field.value = 'Chậm';"
        " field.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    phone.click(SAVE, no_wait_after=True)
    wait_for(phone, lambda: len(held) == 1)
    phone.wait_for_timeout(15_500)  # longer than a second tap is held back
    held[0].continue_()
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    wait_for(phone, lambda: kept(phone) == [])
    assert titles() == {TITLE}


def test_a_form_typed_in_on_a_page_of_errors_is_opened_from_a_page_there_is(
    phone, sign_in, people, allow
):
    """The page of a refusal has the address the form was sent to, which is none to open."""
    allow(phone, "400")
    point = a_point(people.bdh, assignee_user=people.bdh)
    sign_in(phone, "bdh", make.PASSWORD)
    phone.goto(f"/action-points/{point.pk}/")
    phone.locator("summary", has_text="Đã xong").first.click()
    phone.fill("#id_finish_note", "Đã ký")
    phone.fill("#id_finish_date", "2055-01-01")
    phone.locator("form[action$='/finish/'] button").click()
    phone.wait_for_url(re.compile("/finish/"))
    phone.locator("form[action$='/cancel/']").locator("xpath=..").locator("summary").click()
    phone.fill("#id_cancel_reason", "Không còn cần")
    wait_for(phone, lambda: kept(phone) == ["draft", "draft"])
    phone.goto("/offline/")
    row = phone.locator("[data-kept-list] li").filter(has_text="Không còn cần")
    row.get_by_role("link", name="Mở biểu mẫu").click()
    expect(phone.locator("#id_cancel_reason")).to_have_value("Không còn cần")
