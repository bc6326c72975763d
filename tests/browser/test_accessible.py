"""axe finds nothing on any page, in either language and either theme, on desktop and phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import factories
from tests.browser.conftest import DESKTOP, PHONE
from tests.test_messages import plain_pages

pytestmark = pytest.mark.django_db(transaction=True)
CELL = "/plan-against-actual/?fiscal_year=2023&show={}"
MORE = ("/?fiscal_year=2023&compare=2024", CELL.format("planned"), CELL.format("disbursed"))
SLIDES = ("/present/?fiscal_year=2023&slide=all", "/no-such-page/")
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def people(cast):
    factories.plan(factories.line("GBV-01", amounts={1: 5_000_000, 3: 40_000_000}))
    factories.posted(6_000_000)
    factories.submitted(1_000_000)
    factories.training()
    return cast


@pytest.mark.slow
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing(open_page, sign_in, people, allow, language, theme, screen):
    page = open_page(**screen, bypass_csp=True, color_scheme=theme)
    allow(page, "404")
    page.goto("/accounts/login/")
    found = _violations(page, "/accounts/login/")
    sign_in(page, "dieuphoi", factories.PASSWORD)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    for address in (*plain_pages(), *MORE, *SLIDES):
        answer = page.request.get(address, max_redirects=0)
        if answer.status in (200, 404) and "html" in answer.headers.get("content-type", ""):
            page.goto(address)
            found += _violations(page, address)
    assert found == []


def _violations(page, address):
    """What axe objects to: address, rule, and the first element."""
    report = Axe().run(page, options=AXE).response["violations"]
    return [(address, rule["id"], rule["nodes"][0]["html"][:200]) for rule in report]
