"""Forms on their way to the portal: what is deleted stays deleted, one in trouble holds
up no other, a try has an end, and nobody sends what is somebody else's."""

import re

import pytest
from playwright.sync_api import expect

from monitoring.models import Difficulty
from tests import factories as make
from tests.browser.kept import (
    NEW,
    OTHER,
    SAVE,
    SENT,
    TITLE,
    difficulty,
    end_sign_in,
    fill_in,
    kept,
    lose,
    on_post,
    titles,
    wait_for,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(bare_phone, allow):
    allow(bare_phone, "500|409|429")
    return bare_phone


@pytest.fixture
def waiting(phone, sign_in, people):
    """Two forms wait for the connection, which is gone; TITLE was first."""
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    phone.context.set_offline(True)
    phone.click(SAVE)
    fill_in(phone, OTHER)
    phone.click(SAVE)
    assert kept(phone) == ["waiting", "waiting"]
    return phone


def is_of(route, title):
    """Whether it is the form with this title: the other's has no such word."""
    return ("gi%C3%A1o" in route.request.post_data) == (title == OTHER)


def held(page):
    """What is sent from now on gets no answer; the requests, as they come."""
    requests = []
    on_post(page, requests.append)
    return requests


def tried_at_offline(page):
    """The page of what is kept is open and tries the first; its request, which gets no answer."""
    requests = held(page)
    page.context.set_offline(False)
    page.goto("/offline/")
    wait_for(
        page, lambda: any(r.request.headers["referer"].endswith("/offline/") for r in requests)
    )
    del requests[:-1]  # what the page before had begun
    return requests


def test_what_is_deleted_during_a_try_stays_deleted(waiting):
    phone = waiting
    tried_at_offline(phone)
    phone.locator("[data-kept-all] button").click()
    assert kept(phone) == []
    phone.wait_for_timeout(500)
    assert kept(phone) == []
    phone.unroute("**" + NEW)
    phone.goto("/difficulties/")
    phone.wait_for_timeout(1000)
    assert titles() == set()


def test_what_is_deleted_while_another_is_sent_is_not_sent(waiting):
    phone = waiting
    requests = tried_at_offline(phone)
    row = phone.locator("[data-kept-list] li").filter(has_text=OTHER)
    row.get_by_role("button", name="Xóa").click()
    requests.pop().continue_()
    phone.get_by_text(SENT).wait_for()
    phone.wait_for_timeout(500)
    assert requests == []
    assert kept(phone) == []
    assert titles() == {TITLE}


def test_deleting_and_signing_out_while_a_try_hangs(waiting):
    phone = waiting
    tried_at_offline(phone)
    phone.click(".menu > summary")
    phone.click(".menu [data-sign-out] button")
    phone.click("[data-leaving] button[name=delete]")
    phone.wait_for_url(re.compile("/accounts/login/"))
    wait_for(phone, lambda: kept(phone) == [])


def test_one_that_the_portal_cannot_take_holds_up_no_other_and_is_tried_again(waiting):
    phone = waiting
    tries = []

    def trouble(route):
        if not is_of(route, TITLE) or len(tries) == 2:
            return route.continue_()
        tries.append(route)
        return route.fulfill(status=500, body="out of order")

    on_post(phone, trouble)
    phone.context.set_offline(False)
    wait_for(phone, lambda: titles() == {OTHER} and kept(phone) == ["waiting"])
    phone.get_by_text(SENT).nth(1).wait_for()  # by the same page, after a while
    assert titles() == {TITLE, OTHER}
    assert kept(phone) == []


def test_too_many_requests_are_waited_out(waiting):
    phone = waiting
    phone.clock.install()
    tries = []

    def busy(route):
        tries.append(route)
        if len(tries) > 1:
            return route.continue_()
        return route.fulfill(status=429, headers={"Retry-After": "6"}, body="too many")

    on_post(phone, busy)
    phone.context.set_offline(False)
    wait_for(phone, lambda: len(tries) == 1)
    phone.clock.run_for(4_000)
    phone.wait_for_timeout(300)
    assert len(tries) == 1  # none of the others either
    phone.clock.run_for(2_000)
    phone.get_by_text(SENT).nth(1).wait_for()
    assert titles() == {TITLE, OTHER}


def test_a_try_without_an_end_is_given_up_and_made_again(waiting):
    phone = waiting
    phone.clock.install()
    hung = tried_at_offline(phone)
    again = []

    def let_through(route):
        again.append(route)
        route.continue_()

    on_post(phone, let_through)  # what hangs goes on hanging
    phone.clock.run_for(59_000)
    phone.wait_for_timeout(300)
    assert (len(hung), again) == (1, [])
    phone.clock.run_for(2_000)  # the minute is over
    phone.wait_for_timeout(300)
    phone.clock.run_for(5_000)
    wait_for(phone, lambda: titles() == {TITLE, OTHER} and kept(phone) == [])


def test_a_window_of_somebody_else_sends_nothing(waiting, sign_in, people):
    phone = waiting
    phone.clock.install()
    requests = held(phone)
    phone.context.set_offline(False)
    wait_for(phone, lambda: len(requests) == 1)
    requests.pop().abort()
    end_sign_in()
    other = phone.context.new_page()
    sign_in(other, "dieuphoi_gbv", make.PASSWORD)
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.clock.run_for(6_000)  # longer than until the next try
    phone.wait_for_timeout(300)
    assert requests == []
    assert kept(phone) == ["waiting", "waiting"]
    phone.unroute("**" + NEW)
    end_sign_in()
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.get_by_text(SENT).nth(1).wait_for()
    assert {row.history_user for row in Difficulty.history.all()} == {people.dieuphoi}


def test_what_was_saved_with_other_content_becomes_an_entry_of_its_own(phone, sign_in, people):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    lose(phone, answered=True)
    phone.click(SAVE)
    wait_for(phone, lambda: titles() == {TITLE})
    phone.unroute("**" + NEW)
    phone.context.clear_cookies(name=re.compile("^form-"))  # they came with the answer
    lose(phone)
    phone.goto("/offline/")
    phone.get_by_role("link", name="Mở biểu mẫu").click()
    expect(phone.locator("#id_title")).to_have_value(TITLE)
    phone.unroute("**" + NEW)
    phone.fill("#id_title", OTHER)
    phone.click(SAVE)
    phone.get_by_text("nay nội dung đã khác").wait_for()
    assert kept(phone) == ["refused"]  # and not tried over and over
    phone.get_by_role("button", name="Lưu thành").click()
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {TITLE, OTHER}
    wait_for(phone, lambda: kept(phone) == [])


def test_one_that_is_led_elsewhere_holds_up_no_other(waiting):
    """To a page that is no sign-in, and nothing is said of the form: it stays, the other goes."""
    phone = waiting

    def lead_elsewhere(route):
        if is_of(route, TITLE):
            return route.fulfill(status=302, headers={"Location": "/difficulties/"})
        return route.continue_()

    on_post(phone, lead_elsewhere)
    phone.context.set_offline(False)
    wait_for(phone, lambda: titles() == {OTHER} and kept(phone) == ["waiting"])


def test_what_nobody_waits_for_any_more_does_not_make_requests_larger(phone, sign_in, people):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.goto("/")
    phone.evaluate(
        "() => { for (let n = 0; n < 40; n++) document.cookie = `form-9.${n}=seen; path=/`; }"
    )
    phone.goto("/difficulties/")
    assert [each["name"] for each in phone.context.cookies() if "form-" in each["name"]] == []
