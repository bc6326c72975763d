"""Fixtures that drive the machine's Chromium over a running server; never one of Playwright's own.

Where Debian's `chromium-headless-shell` stands beside it, that is driven: the same engine without
windows, for less than half of the processor's time. What it lacks (pages that stay in memory, the
icon of a window) a test asks of the whole browser: `launch(whole=True)`.

    def test_dashboard(desktop, sign_in, people):
        sign_in(desktop, "bdh")
        desktop.goto("/")

A page fails its test when the console shows an error (a breach of the Content-Security-Policy is
one), a script throws, a request fails or goes to another host. A test that means to cause one says
so beforehand: `allow(page, "403")`.

SLOW=10 makes the pages' processor ten times slower: what a test does not wait for shows there.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accounts.models import User
from tests import factories as make

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # a container's /dev/shm is often too small
]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SHOTS = Path("var/browser")
SLOW = int(os.environ.get("SLOW") or 1)
PATIENCE = 15_000 * SLOW  # milliseconds
expect.set_options(timeout=PATIENCE)

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


def chromium() -> str | None:
    """Path of the machine's Chromium; CHROMIUM names another."""
    names = (os.environ["CHROMIUM"],) if os.environ.get("CHROMIUM") else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


def without_windows(path: str) -> str:
    """The headless shell beside this Chromium; without one, Chromium itself."""
    return shutil.which(f"{path}-headless-shell") or path


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """launch(whole=False, **options): the machine's Chromium, running."""
    path = chromium()
    if not path:
        pytest.skip("no Chromium on this machine (CHROMIUM names one elsewhere)")
    # Playwright's loop runs in this thread, and Django takes that for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:

        def _launch(*, whole: bool = False, **options: Any) -> Browser:
            program = path if whole else without_windows(path)
            return playwright.chromium.launch(executable_path=program, args=FLAGS, **options)

        yield _launch


@pytest.fixture(scope="session")
def browser(launch) -> Iterator[Browser]:
    running = launch()
    yield running
    running.close()


class Watch:
    """What went wrong on one page, and what the test expects to go wrong."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.base_url = base_url
        self.allowed: list[str] = []
        self.seen: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"script: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._request_failed)
        page.on("response", self._response)

    def _console(self, message) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.seen.append(f"console: {message.text} ({where})")

    def _request(self, request) -> None:
        if not request.url.startswith((self.base_url, "data:", "blob:", "about:")):
            self.seen.append(f"another host: {request.url}")

    def _request_failed(self, request) -> None:
        # Aborted: the page was left meanwhile, or the answer was a download.
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.seen.append(f"request: {request.failure} ({request.url})")

    def _response(self, response) -> None:
        if response.status >= 400:
            self.seen.append(f"answer: {response.status} ({response.url})")

    @property
    def problems(self) -> list[str]:
        return [
            text
            for text in self.seen
            if not any(re.search(pattern, text) for pattern in self.allowed)
        ]


_watches: WeakKeyDictionary[Page, Watch] = WeakKeyDictionary()


@pytest.fixture
def allow() -> Callable[[Page, str], None]:
    """allow(page, pattern): problems that match the pattern do not fail the test."""

    def _allow(page: Page, pattern: str) -> None:
        _watches[page].allowed.append(pattern)

    return _allow


@pytest.fixture
def offline(allow):
    """offline(page): the connection is gone; what fails for want of it is no fault."""

    def _offline(page):
        allow(page, "ERR_INTERNET_DISCONNECTED|Failed to load|Failed to fetch|ERR_FAILED")
        page.context.set_offline(True)

    return _offline


@pytest.fixture
def sure() -> list[bool]:
    """Whether the person is sure when asked; emptied, they are not."""
    return [True]


@pytest.fixture
def open_page(browser, live_server, request, sure) -> Iterator[Callable[..., Page]]:
    """open_page(**options of a browser context): a watched page of its own session.

    For axe, which injects a script: open_page(**DESKTOP, bypass_csp=True).
    """
    contexts = []

    def _open(**options) -> Page:
        options = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"} | options
        options.setdefault("base_url", live_server.url)
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.on("dialog", lambda dialog: dialog.accept() if sure else dialog.dismiss())
        page = context.new_page()
        if SLOW > 1:
            devtools = context.new_cdp_session(page)
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
        contexts.append((context, page))
        _watches[page] = Watch(page, options["base_url"])
        return page

    yield _open
    problems = []
    failed = getattr(request.node, "failed", False)
    for number, (context, page) in enumerate(contexts, start=1):
        problems += _watches[page].problems
        if (failed or _watches[page].problems) and not page.is_closed():
            SHOTS.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"\W+", "-", request.node.name).strip("-")
            page.screenshot(path=SHOTS / f"{name}-{number}.png")
        context.close()
    assert not problems, "the browser saw:\n" + "\n".join(problems)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report


@pytest.fixture
def desktop(open_page) -> Page:
    return open_page(**DESKTOP)


@pytest.fixture
def phone(open_page) -> Page:
    return open_page(**PHONE)


@pytest.fixture
def bare_phone(open_page, allow) -> Page:
    """A phone whose requests the test may lose or hold: without a service worker in between."""
    page = open_page(**PHONE, service_workers="block")
    allow(page, "ERR_FAILED|Failed to load|ERR_INTERNET_DISCONNECTED")
    return page


@pytest.fixture
def people(cast):
    """The cast, and an activity they can enter something for."""
    make.activity("GBV-01")
    return cast


@pytest.fixture(scope="session")
def photo(tmp_path_factory):
    """A photo as a phone takes it: 12 megapixels, several megabytes, full of detail."""
    grain = Image.frombytes("RGB", (1000, 750), os.urandom(1000 * 750 * 3))
    picture = Image.blend(grain.resize((4000, 3000)), Image.new("RGB", (4000, 3000), "#7a9"), 0.5)
    path = tmp_path_factory.mktemp("photo") / "hoa-don.jpeg"
    picture.save(path, quality=97)
    assert 3_000_000 < path.stat().st_size < 10_000_000
    return path


@pytest.fixture(params=["phone", "desktop"])
def screen(request) -> Page:
    """The test runs twice: on a phone and on a desktop."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """sign_in(page, username, password): through the login form, as a person does.

    A fresh page whose person has the usual password gets the session alone and shows nothing yet:
    most tests are about what comes after the form.
    """

    def _sign_in(page: Page, username: str, password: str = make.PASSWORD) -> None:
        if page.url == "about:blank" and page.context.pages == [page] and password == make.PASSWORD:
            page.context.add_cookies([_session(username, _watches[page].base_url)])
            return
        page.goto("/accounts/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/accounts/login" not in url)

    return _sign_in


def _session(username: str, url: str) -> Any:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}
