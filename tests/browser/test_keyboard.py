"""Everything can be done with the keys alone, and where one is can always be seen.

WCAG 2.2: 2.1.1 keyboard, 2.1.2 no trap, 2.4.1 skip link, 2.4.7 focus visible, 2.4.11 not obscured.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from disbursements.models import Disbursement, PlanVersion
from programs.models import Period
from tests import factories as make
from tests import pages
from tests.browser.conftest import DESKTOP

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 250  # stops of one page; more is a trap
# What is wrong with the place where the focus is: nothing to see of it, or it lies under something.
WRONG = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const name = at.outerHTML.slice(0, 120);
  const box = at.getBoundingClientRect();
  const look = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  };
  if (!look(at) && !(at.labels && [...at.labels].some(look))) return 'cannot be seen: ' + name;
  const shown = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
  if (box.height && shown <= 0) return 'is outside the window: ' + name;
  const x = Math.min(Math.max(box.left + Math.min(box.width, 40) / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const theirs = top && (at.contains(top) || top.contains(at) ||
    (at.labels && [...at.labels].some((label) => label.contains(top))));
  return theirs ? null : 'lies under something: ' + name;
}"""


class Keys:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def stops(self) -> Iterator[str | None]:
        """What is wrong with each stop of Tab, from here to the page's end."""
        for _stop in range(MOST):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement === document.body"):
                return
            yield self.page.evaluate(WRONG)
        raise AssertionError(f"Tab does not come to an end on {self.page.url}")

    def to(self, selector: str) -> None:
        """Tab until the element is reached."""
        at = f"document.activeElement.matches({selector!r})"
        for wrong in self.stops():
            assert wrong is None, f"{self.page.url}: {wrong}"
            if self.page.evaluate(at):
                return
        raise AssertionError(f"no Tab reaches {selector} on {self.page.url}")

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)

    def press(self, selector: str, key: str = "Enter") -> None:
        """Reach it, press the key, and come to another page."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)


@pytest.fixture
def keys(open_page):
    return Keys(open_page(**DESKTOP, reduced_motion="reduce"))  # scrolls at once


def signed_in(keys: Keys, username: str) -> None:
    keys.page.goto("/accounts/login/")
    if not keys.page.evaluate("document.activeElement.matches('input[name=username]')"):
        keys.to("input[name=username]")
    keys.page.keyboard.type(username)
    keys.write("input[name=password]", make.PASSWORD)
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Enter")


def test_a_voucher_is_entered_and_submitted_with_the_keys_alone(keys, cast):
    make.activity("GBV-01", title="Truyền thông về bình đẳng giới")
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 100_000_000}))
    signed_in(keys, "dieuphoi_gbv")
    keys.to("a.skip")
    keys.page.keyboard.press("Enter")
    assert keys.page.evaluate("document.activeElement.id") == "main"

    keys.page.goto("/")
    keys.press("nav a[href='/disbursements/']")
    keys.press("a[href='/disbursements/new/']")
    if not keys.page.evaluate("document.activeElement.matches('#id_date')"):
        keys.to("#id_date")
    keys.page.keyboard.type("15092022")  # day first, whatever the browser; digits alone will do
    keys.to("#id_activity")
    assert keys.page.input_value("#id_date") == "15/09/2022"
    keys.page.keyboard.type("GBV-01")
    keys.to("#id_commune")
    keys.page.keyboard.press("ArrowDown")
    keys.write("#id_amount", "12,5 triệu")
    keys.write("#id_payee", "Hội Phụ nữ xã")
    keys.press("button[name=submit]", "Space")
    row = Disbursement.objects.get()
    assert (row.amount, row.commune, row.status) == (12_500_000, make.commune(), "submitted")


def test_a_months_list_is_posted_and_the_month_closed_with_the_keys_alone(keys, cast):
    make.plan(make.line("GBV-01", amounts=10_000_000))
    kept, left = (make.submitted(n * 1_000_000, by=cast.dieuphoi) for n in (1, 2))
    signed_in(keys, "quanly")
    keys.page.goto(f"/disbursements/lists/{kept.period.pk}/")
    keys.to(f"#row-{left.pk}")
    keys.page.keyboard.press("Space")
    keys.press("main form button[type=submit]")
    states = set(Disbursement.objects.values_list("pk", "status"))
    assert states == {(kept.pk, "posted"), (left.pk, "submitted")}

    keys.page.goto(f"/periods/{kept.period.pk}/")
    keys.to("#id_leave")
    keys.page.keyboard.press("Space")
    keys.press("form[action$='/close/'] button")
    assert Period.objects.get(pk=kept.period.pk).is_closed


def test_a_plan_is_approved_with_the_keys_alone(keys, cast):
    plan = make.submitted_plan(make.line("GBV-01"), by=cast.dieuphoi)
    signed_in(keys, "truongban")
    keys.page.goto(f"/plans/{plan.pk}/")
    keys.write("#id_decision_no", "12/QĐ-BĐH")
    keys.write("#id_decision_date", "20/7/2022")
    keys.press("form[action$='/approve/'] button")
    plan = PlanVersion.objects.get(pk=plan.pk)
    assert (plan.state, plan.decision_no) == ("approved", "12/QĐ-BĐH")


@pytest.mark.slow
def test_where_one_is_can_be_seen_on_every_page_and_no_page_holds_one(
    keys, cast, client, allow, live_server
):
    pages.scene(cast)
    allow(keys.page, "404|400|405|service-worker")
    client.force_login(cast.dieuphoi)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    found: dict[str, list[str]] = {}
    walk = pages.Walk([cast.dieuphoi])
    for address in pages.addresses()[::9]:
        if not list(walk.opened(address)):
            continue
        keys.page.context.add_cookies([session | {"url": live_server.url}])
        keys.page.goto(address)
        if wrong := [each for each in keys.stops() if each]:
            found[address] = wrong
    assert found == {}


def test_a_menu_on_a_phone_opens_and_closes_with_the_keys(phone, cast):
    keys = Keys(phone)
    signed_in(keys, "dieuphoi")
    keys.to(".menu > summary")
    phone.keyboard.press("Enter")
    keys.press(".menu a[href='/trainings/']")
    assert re.search(r"/trainings/$", phone.url)
