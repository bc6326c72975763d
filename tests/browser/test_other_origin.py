"""The page of docs/api.md, served from another origin: it reads where that was named, else not."""

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.services import create_token
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DOCS = Path(__file__).parent.parent.parent / "docs" / "api.md"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_of):
        """No line on standard error."""


@pytest.fixture
def elsewhere(tmp_path, live_server, cast):
    """The recipe's page on a server of its own: its origin."""
    make.plan(make.line(amounts=10_000_000))
    make.posted(4_000_000)
    _token, text = create_token(user=cast.khach, read_only=True)
    (page,) = re.findall(r"^```html\n(.*?)^```", DOCS.read_text("utf-8"), re.M | re.S)
    page = page.replace("PORTAL/", f"{live_server.url}/").replace("TOKEN", text)
    (tmp_path / "index.html").write_text(f'<meta charset="utf-8">{page}', "utf-8")
    (tmp_path / "favicon.ico").write_bytes(b"")
    handler = partial(Quiet, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_page_of_an_origin_that_was_named_reads_a_summary(elsewhere, browser, settings):
    settings.CORS_ALLOWED_ORIGINS = [elsewhere]
    page = browser.new_page()
    page.goto(elsewhere)
    expect(page.locator("#rows")).to_contain_text(f"{make.BAN_LANG}: 4.000.000 đồng")
    page.close()


def test_a_page_of_any_other_origin_is_refused(elsewhere, browser, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://tinh.example.vn"]
    page = browser.new_page()
    page.goto(elsewhere)
    expect(page.locator("body")).to_contain_text("refused")
    assert page.locator("#rows li").count() == 0
    page.close()
