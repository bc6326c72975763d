"""Pages over a slow line, in a real browser: 160 kbit/s and 600 ms, as Chromium emulates them.

Seconds by the clock until a page is loaded, scripts and all; what has a hashed name is in the
browser's cache already, as on every visit but the first.
"""

import time
from statistics import median
from typing import Any

from bench.cases import Figures, case
from bench.cases.server import serving
from bench.scene import Scene
from tests.browser.conftest import FLAGS, chromium

LINE = {
    "offline": False,
    "latency": 600,
    "downloadThroughput": 160_000 / 8,
    "uploadThroughput": 160_000 / 8,
}
PAGES = {"voucher form": "/disbursements/new/", "ledger page": "/disbursements/"}
TURNS, PATIENCE = 5, 60_000


@case("line", most=200_000)
def line(scene: Scene) -> Figures:
    path = chromium()
    if path is None:
        scene.said.append("there is no Chromium: nothing was loaded over a line")
        return {}
    from playwright.sync_api import sync_playwright

    kept = scene.coordinator.cookies["sessionid"].value
    with serving(scene) as (port, _process), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        address = f"http://127.0.0.1:{port}"
        context = browser.new_context(base_url=address, service_workers="block")
        context.add_cookies([{"name": "sessionid", "value": kept, "url": address}])
        page = context.new_page()
        found = {f"{name} s": _loaded(page, path) for name, path in PAGES.items()}
        browser.close()
        return found


def _loaded(page: Any, path: str) -> float:
    """The median of seconds from asking for a page to its last part; once before, without a line
    that is slow, for what the browser keeps."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    page.goto(path, wait_until="load", timeout=PATIENCE)
    session.send("Network.emulateNetworkConditions", LINE)
    took = []
    for _turn in range(TURNS):
        page.goto("about:blank")
        begun = time.monotonic()
        answer = page.goto(path, wait_until="load", timeout=PATIENCE)
        took.append(time.monotonic() - begun)
        assert answer is not None and answer.status == 200, answer
    session.detach()
    return round(median(took), 2)
