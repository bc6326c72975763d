"""axe finds nothing on any page, in either language and either theme; nothing scrolls sideways.

The suite looks at every fifth page in one look each; `make axe` (AXE=all) at every page, as each
person to whom it looks different, in every language, theme and width, and at every form sent empty.
"""

import os
import re
from itertools import cycle, product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import factories as make
from tests import pages
from tests.browser.conftest import DESKTOP
from tests.browser.kept import NEW, SAVE, VOUCHER, difficulty, kept, lose, voucher, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ALL = os.getenv("AXE") == "all"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NARROW = {"viewport": {"width": 320, "height": 720}, "has_touch": True, "is_mobile": True}
# `make axe` walks in both languages side by side.
SIDES = {each: pytest.param((each,), marks=pytest.mark.xdist_group(each)) for each in ("vi", "en")}
LOOKS = list(product(("vi", "en"), ("light", "dark"), (DESKTOP, NARROW)))
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What is marked as hidden, and shown all the same by a style of its own.
SHOWN = """() => [...document.querySelectorAll('[hidden]')]
  .find(each => each.checkVisibility())?.outerHTML"""
# The ids that describe a field: of its own, or of the group it belongs to.
TIED = """(field) => [field, field.closest('fieldset')].filter(Boolean)
  .flatMap((each) => (each.getAttribute('aria-describedby') || '').split(' '))"""
# Sends a form as somebody does who has filled in nothing at all.
SEND_EMPTY = """() => {
  const form = [...document.querySelectorAll('main form[method=post]')].find(each =>
    each.querySelector('.field :is(input, select, textarea)'));
  if (!form) return false;
  for (const field of form.elements) {
    if (field.type === 'hidden' || field.tagName === 'BUTTON') continue;
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = false;
    else field.value = '';
  }
  form.noValidate = true;
  const button = form.querySelector('button[name=submit], button[type=submit]');
  form.requestSubmit(button);
  return true;
}"""


@pytest.fixture
def visits(cast):
    return visits_of(cast, lambda address: True)


@pytest.fixture
def forms(cast):
    return visits_of(cast, lambda address: address.rstrip("/").endswith(("new", "login", "edit")))


def visits_of(cast, is_wanted):
    """(address, person or None): every page, as each person to whom it looks different."""
    pages.scene(cast)
    people = (cast.dieuphoi, cast.bdh, cast.quanly, cast.truongban, cast.quantri, None)
    found, walk = [], pages.Walk(people)
    for address in filter(is_wanted, pages.addresses()[:: 1 if ALL else 5]):
        seen = set()
        for person, html in walk.opened(address):
            if (shape := pages.shape(html)) not in seen:
                seen.add(shape)
                found.append((address, person))
            if not ALL:
                break
    return found


@pytest.fixture
def looks(open_page, live_server, client):
    """look(language, theme, screen, person): a page of that look, signed in as the person."""
    contexts = {}

    def look(language, theme, screen, person):
        key = (language, theme, screen is NARROW)
        if key not in contexts:
            contexts[key] = open_page(**screen, bypass_csp=True, color_scheme=theme)
        page = contexts[key]
        page.context.clear_cookies()
        cookies = {"django_language": language}
        if person is not None:
            client.cookies.clear()
            client.force_login(person)
            cookies["sessionid"] = client.cookies["sessionid"].value
        page.context.add_cookies(
            [
                {"name": name, "value": text, "url": live_server.url}
                for name, text in cookies.items()
            ]
        )
        return page

    return look


def _violations(page):
    """What axe objects to: rule, and the first element."""
    report = Axe().run(page, options=RULES).response["violations"]
    found = [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in report]
    if (wider := page.evaluate(WIDER)) > 0:
        found.append(f"scrolls sideways by {wider} px")
    if shown := page.evaluate(SHOWN):
        found.append(f"hidden, yet to be seen: {shown[:160]}")
    return found


@pytest.mark.parametrize("languages", [SIDES["vi"], SIDES["en"]] if ALL else [("vi", "en")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visits, looks, allow, languages):
    found, turns = {}, cycle(LOOKS)
    asked = [look for look in LOOKS if look[0] in languages]
    for address, person in visits:
        for language, theme, screen in asked if ALL else [next(turns)]:
            page = looks(language, theme, screen, person)
            allow(page, "404|400|service-worker")
            page.goto(address)
            if wrong := _violations(page):
                who = person.username if person else "nobody"
                look = f"{who} {language} {theme} {screen['viewport']['width']}"
                found[address, look] = wrong
                print(address, look, wrong, flush=True)  # as it goes, for the long walk
    assert found == {}


def test_a_form_sent_empty_ties_its_errors_to_its_fields(forms, looks, allow):
    found, turns, sent = {}, cycle(LOOKS), 0
    assert forms
    for address, person in forms:
        language, theme, screen = next(turns)
        page = looks(language, theme, screen, person)
        allow(page, "404|400|403|409")
        page.goto(address)
        with page.expect_navigation():
            assert page.evaluate(SEND_EMPTY), address
        sent += 1
        wrong = _violations(page)
        fields = page.locator("main .field.wrong :is(input, select, textarea)")
        for field in fields.all():
            tied = field.evaluate(TIED)
            if field.get_attribute("aria-invalid") != "true":
                wrong.append(f"not marked invalid: {field.get_attribute('name')}")
            if not any(page.locator(f"[id='{each}'].error").count() for each in tied):
                wrong.append(f"error not tied: {field.get_attribute('name')}")
        if fields.count() and not page.locator("main [role=alert] a[href^='#']").count():
            wrong.append("no summary that leads to the fields")
        if wrong:
            found[address, language, theme] = wrong
    assert sent == len(forms)
    assert found == {}


@pytest.mark.parametrize(("language", "theme", "screen"), LOOKS if ALL else LOOKS[2:6:3])
def test_axe_finds_nothing_on_what_the_browser_keeps(
    open_page, sign_in, people, photo, allow, live_server, language, theme, screen
):
    """What scripts add: the words of a lost connection, what is kept, what is asked about it."""
    page = open_page(**screen, bypass_csp=True, color_scheme=theme, service_workers="block")
    allow(page, "ERR_|Failed|400|409")
    cookie = {"name": "django_language", "value": language, "url": live_server.url}
    page.context.add_cookies([cookie])
    sign_in(page, "dieuphoi", make.PASSWORD)
    found = {}

    difficulty(page)
    page.context.set_offline(True)
    page.click(SAVE)
    assert kept(page) == ["waiting"]
    found["saved without a connection"] = _violations(page)
    lose(page)
    page.context.set_offline(False)
    page.goto("/offline/")
    page.locator("[data-kept-list] a").click()
    page.locator("main .notice.info").wait_for()
    found["put in again"] = _violations(page)
    page.unroute("**" + NEW)
    page.fill("#id_raised_on", "2055-01-01")
    page.click(SAVE)
    page.locator("main .notice.error").wait_for()
    page.context.new_page().goto(NEW)
    other = page.context.pages[-1]
    other.locator("main .notice.info").wait_for()
    found["another window's"] = _violations(other)
    other.close()

    voucher(page)
    page.set_input_files("#id_files", photo)
    lose(page, VOUCHER, answered=True)
    page.click("button[name=save]")
    wait_for(page, lambda: page.url.startswith("chrome-error"))
    page.unroute("**" + VOUCHER)
    page.context.clear_cookies(name=re.compile("^form-"))  # they came with the answer
    lose(page, VOUCHER)
    page.goto("/offline/#sign-out")
    page.locator("[data-files-list] li").wait_for()
    page.locator("[data-leaving] button").first.wait_for()
    found["what is kept"] = _violations(page)

    page.locator("[data-kept-list] a").last.click()
    expect(page.locator("#id_confirmed")).to_have_value("12500000")
    page.unroute("**" + VOUCHER)
    page.fill("#id_amount", "9.000.000")
    expect(page.locator("#id_confirmed")).to_have_value("9000000")
    page.click("button[name=save]")
    page.locator("form[data-replaces]").wait_for()
    found["saved already"] = _violations(page)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
