"""On a weak signal: what a real browser is sent for the dashboard by a server as in use."""

import pytest

from tests import factories
from tests.browser.conftest import DESKTOP
from tests.browser.served import served

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, REPEAT = 60_000, 20_000  # bytes on the wire, heads of answers included


@pytest.fixture(scope="module")
def browser(launch):
    """One with a window, whose icon it fetches."""
    running = launch(whole=True)
    yield running
    running.close()


@pytest.fixture
def year(cast):
    """Every programme in every commune, so that no cell of the dashboard is empty."""
    lines = []
    for code in factories.COMMUNES:
        for program in factories.PROGRAMS:
            name = f"{program}-01"
            factories.posted(445_200_000, activity=name, commune=code)
            lines.append(factories.line(name, code, {1: 100_000_000, 4: 271_000_000}))
            factories.training(commune=code)
    factories.plan(*lines)
    return cast


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Its files are hashed and compressed once."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture
def portal(transactional_db, folder):
    with served(folder) as address:
        yield address


class Wire:
    """What came over the network: bytes by address, as the browser counts them."""

    def __init__(self, page):
        self.bytes: dict[str, int] = {}
        self._address: dict[str, str] = {}
        self._page = page
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event):
        self._address[event["requestId"]] = event["response"]["url"]

    def _finished(self, event):
        address = self._address.get(event["requestId"], "")
        self.bytes[address] = self.bytes.get(address, 0) + int(event["encodedDataLength"])

    def wait_for(self, part: str) -> None:
        """Until something with `part` in its address has come."""
        for _ in range(100):
            if any(part in address for address in self.bytes):
                return
            self._page.wait_for_timeout(100)
        raise AssertionError(f"{part} did not come")

    def take(self) -> dict[str, int]:
        taken, self.bytes = self.bytes, {}
        return {address: size for address, size in taken.items() if size}


def test_first_and_repeat_view_of_the_dashboard_are_small(portal, open_page, client, year):
    client.force_login(year.bdh)
    page = open_page(**DESKTOP, base_url=portal, service_workers="block")
    sign_in = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": portal}
    page.context.add_cookies([sign_in])
    wire = Wire(page)
    page.goto("/?fiscal_year=2023", wait_until="networkidle")
    wire.wait_for("/icons/portal")  # the browser fetches it when it likes, after all others
    first = wire.take()
    assert page.locator("dl.figures").count()
    page.goto("/?fiscal_year=2023", wait_until="networkidle")
    repeat = wire.take()
    assert sum(first.values()) <= FIRST, first
    assert sum(repeat.values()) <= REPEAT, repeat
    assert [a for a in repeat if "/static/" in a] == []  # hashed names stay in the cache


def test_what_the_worker_keeps_is_small(portal, open_page):
    """The first visit also fills the service worker's store: counted by itself."""
    page = open_page(base_url=portal)
    page.goto("/accounts/login/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = page.evaluate(
        "caches.keys().then(names => caches.open(names[0]).then(c => c.keys()))"
        ".then(all => all.map(r => new URL(r.url).pathname + new URL(r.url).search))"
    )
    sizes = {}
    for address in kept:
        answer = page.request.get(address, headers={"Accept-Encoding": "gzip"})
        sizes[address] = int(answer.headers.get("content-length", len(answer.body())))
    assert "/offline/?shell=vi" in sizes
    assert all("/static/" in a or a.startswith("/offline/") for a in sizes)
    assert sum(sizes.values()) <= REPEAT * 1.6, sizes
