"""The walks over all pages leave none out."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import resolve

from core.web import guide
from plan_portal.site.help import help_for
from tests import pages
from tests.test_every_address import PAGES, example

pytestmark = pytest.mark.any_database  # of addresses and HTML

# Answers of other kinds (JSON, a file), redirects and writes among the plain addresses.
NO_PAGE_OF_THEIR_OWN = set(
    """amount-words delegate design logout manifest notices-read second-factor-off selection-carry
    selection-plan     service-worker healthz readyz prometheus set_language set_theme
    password_change_done index
    jsi18n present-pdf""".split()
)

# Attributes for machines; the ids of tests have seven digits (tests/factories.py: many_ids).
ATTRIBUTE = re.compile(
    r'(?:href|src|action|value|id|for|name|max|aria-\w+by|hx-\w+|data-(?!label)[\w-]+)="[^"]*"'
)
HELP = re.compile(r'page-help.*?href="(/help/[^"]+)"', re.S)
GROUPED_ID = re.compile(r"\b1[.,]\d{3}[.,]\d{3}\b")


def test_every_address_that_can_be_opened_is_walked(cast, client):
    pages.scene(cast)
    walked = {
        resolve(address.partition("?")[0]).view_name
        for address in pages.addresses()
        if address != "/no-such-page/"
    }
    forgotten = []
    for address, entry in PAGES.items():
        if entry.name in walked or entry.name in pages.NO_PAGES:
            continue
        client.force_login(cast.quantri)
        status = client.get(example(address)).status_code
        if status not in (302, 405):
            answers = []
            for person in cast.everybody():
                client.force_login(person)
                answers.append(client.get(example(address)).status_code)
            if set(answers) - {302, 403, 405}:
                forgotten.append((address, answers))
    assert forgotten == []


def test_every_page_has_a_help(cast, client):
    pages.scene(cast)
    without, shown = set(), 0
    for address in pages.addresses():
        if address != "/no-such-page/":
            name = resolve(address.partition("?")[0]).url_name
            if not help_for(name) and name not in NO_PAGE_OF_THEIR_OWN:
                without.add(name)
    assert without == set()
    client.force_login(cast.dieuphoi)
    for address, word in (("/", "các khoản mục kế hoạch"), ("/visits/new/", "không bắt buộc")):
        shown += word in client.get(address).content.decode()
    assert shown == 2


def test_what_pages_give_to_browsers_and_scripts_is_made_for_them(cast):
    """An id, a version or a key in an address or a field is 1000001, never 1.000.001; and no field
    is named as what a script asks its form for: `form.before` would be that field. The help of a
    page leads to a guide, of almost every page to a part of one."""
    pages.scene(cast)
    grouped, seen, walk = set(), set(), pages.Walk([cast.quanly, cast.dieuphoi])
    helps = {}
    for address in pages.addresses():
        for _person, html in walk.opened(address):
            found = set(ATTRIBUTE.findall(html))
            seen |= found
            grouped |= {(address, each) for each in found if GROUPED_ID.search(each)}
            if help_link := HELP.search(html):
                helps[address] = help_link[1]
    assert grouped == set()
    guides = [guide.read(name) for name in guide.names()]
    parts = {f"{each.address}#{part.anchor}" for each in guides for part in each.parts}
    assert set(helps.values()) <= parts | {each.address for each in guides}, helps
    assert sum(href in parts for href in helps.values()) > 60
    named = {each.split('"')[1] for each in seen if each.startswith(("id=", "name="))}
    assert len(seen) > 2_000
    assert named >= {"note", "fiscal_year", "version"}
    assert named & asked_of_forms() == set()


def asked_of_forms():
    """The methods and properties that scripts ask a form for; they set none of their own on it."""
    folder = settings.BASE_DIR / "static" / "js"
    scripts = "".join(path.read_text() for path in folder.glob("*.js"))
    assert re.findall(r"\bform\.\w+ = ", scripts) == []
    asked = set(re.findall(r"\b(?:form|out)\.(\w+)\(", scripts)) | {"elements", "dataset"}
    assert asked > {"before", "closest", "reset", "requestSubmit"}
    return asked


def test_the_design_page_shows_every_component_and_only_with_debug(client, db, settings):
    assert client.get("/design/").status_code == 404
    settings.DEBUG = True
    page = client.get("/design/").content.decode()
    components = (
        *("page-head", "figures", "filters", "field wrong", "badge", "progress", "empty"),
        *("notice success", "pages", "tokens"),
    )
    for component in components:
        assert f'class="{component}' in page, component


# What a component writes, no other template writes by hand.
BY_HAND = {
    "page_head": 'class="page-head"',
    "badge": 'class="badge',
    "empty": 'class="empty"',
    "progress": "<progress",
}
HEADLINE_OF_ITS_OWN = {
    "404.html",
    "413.html",
    "429.html",
    "403.html",
    "403_csrf.html",
    "500.html",
    "503.html",
    "reports/present.html",
}


def test_templates_use_the_components():
    folder = settings.BASE_DIR / "templates"
    wrong = []
    for path in sorted(folder.rglob("*.html")):
        name, text = str(path.relative_to(folder)), path.read_text()
        if name.startswith("components/") or name == "design.html":
            continue
        wrong += [(name, component) for component, by_hand in BY_HAND.items() if by_hand in text]
        if "<h1" in text and name not in HEADLINE_OF_ITS_OWN:
            wrong.append((name, "h1"))
    assert wrong == []


def test_a_notice_on_its_own_is_given_its_text():
    """What is included with `only` knows nothing of the page: without a text it is an empty bar."""
    templates = Path(settings.BASE_DIR) / "templates"
    notices = re.compile(r'{% include "components/notice.html"([^%]*) only %}')
    silent = [
        (path.name, found)
        for path in templates.rglob("*.html")
        for found in notices.findall(path.read_text(encoding="utf-8"))
        if "text=" not in found
    ]
    assert silent == []
