"""The presentation: one message to a page, the same figures as the dashboard."""

from datetime import date

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(cast):
    factories.plan(
        factories.line("GBV-01", factories.BAN_LANG, {1: 6_000_000}),
        factories.line("YEE-01", factories.NAM_XE, {3: 8_000_000}),
    )
    factories.posted(12_000_000)
    factories.posted(2_000_000, activity="YEE-01", commune=factories.NAM_XE, date=date(2023, 2, 1))
    factories.training()
    return cast


def messages(client, address):
    return [slide.message for slide in client.get(address).context["slides"]]


def test_each_page_has_one_message(client, year):
    client.force_login(year.bdh)
    assert messages(client, "/present/?fiscal_year=2023&slide=heat") == [
        "Nậm Xe đạt thấp nhất: 25% kế hoạch."
    ]
    assert messages(client, "/present/?fiscal_year=2023&slide=trainings") == [
        "1 lớp, 20 lượt người tham gia, 60% là nữ."
    ]


def test_all_pages_at_once_are_for_printing(client, year):
    client.force_login(year.bdh)
    assert len(messages(client, "/present/?fiscal_year=2023&slide=all")) == 6


def test_it_walks_from_the_first_page_to_the_last(client, year):
    client.force_login(year.bdh)
    address, seen = "/present/?fiscal_year=2023", []
    while address:
        context = client.get(address).context
        seen.append(context["slides"][0].key)
        address = context["next"]
    assert seen == ["year", "course", "programs", "heat", "late", "trainings"]


def test_an_empty_year_can_be_presented_too(client, cast):
    client.force_login(cast.bdh)
    assert len(messages(client, "/present/?fiscal_year=2025&slide=all")) == 6
