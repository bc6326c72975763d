"""What the tests of kept forms do with a browser: fill in a difficulty, look at what is kept."""

import re

from django.contrib.sessions.models import Session
from playwright.sync_api import Error, expect

from monitoring.models import Difficulty
from tests import factories as make
from tests.browser.conftest import PATIENCE

NEW, VOUCHER = "/difficulties/new/", "/disbursements/new/"
TITLE, OTHER = "Đường vào bản bị sạt lở", "Thiếu giáo viên"
SENT = "Đã gửi nội dung"
SAVE = "#entry button[type=submit]"


def difficulty(page, title=TITLE):
    """A difficulty, filled in as far as the form insists."""
    page.goto(NEW)
    fill_in(page, title)


def fill_in(page, title):
    page.fill("#id_title", title)
    page.eval_on_selector(".more-fields", "all => { all.open = true }")
    page.select_option("#id_program", str(make.program("GBV").pk))
    page.select_option("#id_commune", str(make.commune().pk))
    page.fill("#id_raised_on", "2022-09-15")
    page.fill("#id_effect", "Chậm hai tuần")


def voucher(page):
    """A voucher, filled in and read back in words."""
    page.goto(VOUCHER)
    page.fill("#id_date", "2022-09-15")
    page.fill("#id_activity", "GBV-01")
    page.select_option("#id_commune", str(make.commune().pk))
    page.fill("#id_amount", "12.500.000")
    expect(page.locator("#id_confirmed")).to_have_value("12500000")


def save_voucher(page):
    page.click("button[name=save]")
    page.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))


def kept(page):
    """The states of what this browser keeps, whoever's it is."""
    return page.evaluate(
        "Object.keys(localStorage).filter(k => k.startsWith('portal-kept:'))"
        ".map(k => JSON.parse(localStorage[k]).state)"
    )


def on_post(page, act, address=NEW):
    """`act(route)` for what is sent there from now on."""
    page.route(
        "**" + address,
        lambda route: act(route) if route.request.method == "POST" else route.continue_(),
    )


def lose(page, address=NEW, answered=False):
    """What is sent there is lost from now on; `answered`: the portal has it, its answer is lost."""

    def _lose(route):
        if answered:
            route.fetch(max_redirects=0)
        route.abort()

    on_post(page, _lose, address)


def days_pass(page, days):
    """As if all that is kept were older by so many days."""
    page.evaluate(
        """days => Object.keys(localStorage).forEach(k => {
            if (!k.startsWith('portal-kept:')) return;
            const form = JSON.parse(localStorage[k]);
            for (const when of ['at', 'known']) if (form[when]) form[when] -= days * 864e5;
            localStorage[k] = JSON.stringify(form); })""",
        days,
    )


def wait_for(page, condition):
    """Typing is kept a moment after the last key, and sending takes one.

    Playwright's own `wait_for_function` evaluates in the page, which our policy forbids.
    """
    for _ in range(PATIENCE // 100):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"it did not come to that at {page.url}; kept is {_all(page)}")


def _all(page):
    try:
        return page.evaluate("[document.cookie, { ...localStorage }, { ...sessionStorage }]")
    except Error as error:  # the browser's own page of a lost connection
        return error


def with_worker(page):
    """The service worker looks after the page from now on."""
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    wait_for(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"))


def titles():
    """Of the difficulties that the portal has."""
    return set(Difficulty.objects.values_list("title", flat=True))


def end_sign_in():
    Session.objects.all().delete()
