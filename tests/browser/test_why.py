"""“Nậm Xe in quarter II, against plan, and why?”, asked with a mouse and with a thumb."""

from datetime import date

import pytest

from monitoring.models.variance import Cause
from monitoring.variance import services as variance
from tests import factories as make
from tests.browser.stopwatch import Hand

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Đường sạt lở, lớp học lùi sang quý III"


@pytest.fixture
def year(people):
    make.plan(
        make.line("GBV-01", make.NAM_XE, {1: 8_000_000, 2: 6_000_000}),
        make.line("GBV-01", make.BAN_LANG, {1: 4_000_000}),
    )
    make.posted(4_000_000, commune=make.NAM_XE, date=date(2022, 11, 2))
    make.posted(4_000_000, date=date(2022, 8, 2))
    variance.explain(
        actor=people.bdh,
        fiscal_year=make.year(),
        quarter=2,
        program=make.program("GBV"),
        commune=make.commune(make.NAM_XE),
        cause=Cause.WEATHER,
        text=WHY,
    )
    return people


def link(page, within, name):
    return page.locator(within).get_by_role("link", name=name).first


def test_the_question_is_answered_in_three_clicks_at_most(screen, sign_in, year):
    sign_in(screen, "bdh", make.PASSWORD)
    screen.goto("/?fiscal_year=2023")
    hand = Hand(screen)
    hand.tap(link(screen, "table.heat", "Nậm Xe"))
    screen.wait_for_url("**/plan-beside-money/**")
    hand.tap(link(screen, "nav.tabs", "Quý II ("))
    screen.wait_for_url("**quarter=2**")
    hand.done("Nậm Xe in quarter II, and why")
    assert hand.taps <= 3
    said = screen.inner_text("main")
    assert "Nậm Xe · Quý II" in screen.inner_text("h1")
    assert WHY in said
    assert "Thời tiết, đường sá, dịch bệnh" in said
    assert "còn 2 triệu đồng" in said  # of quarter II: 4 of 6 million
    assert screen.locator(".reason").first.is_visible()


def test_nothing_of_the_page_is_cut_off(screen, sign_in, year):
    sign_in(screen, "bdh", make.PASSWORD)
    screen.goto(f"/plan-beside-money/?fiscal_year=2023&commune={make.NAM_XE}&as_of=2022-12-31")
    wide = screen.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
