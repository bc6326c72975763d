"""Another year beside this one: its figures are its own, and its column adds up to its foot."""

import pytest
from django.utils import translation
from lxml import html

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


def shown(client, person, query):
    """The dashboard's context; every link of its numbers leads to a page."""
    client.force_login(person)
    page = client.get(f"/?{query}")
    assert page.status_code == 200
    hrefs = set(html.fromstring(page.content.decode()).xpath("//main//table//a/@href"))
    assert {href: client.get(href).status_code for href in hrefs} == dict.fromkeys(hrefs, 200)
    return page.context


def test_a_plans_number_is_not_carried_into_the_other_year(client, cast):
    factories.plan(factories.line(amounts=10_000_000))
    factories.posted(5_000_000)
    for amount in (6_000_000, 8_000_000):
        factories.plan(factories.line(amounts=amount), fiscal_year="2024")
    context = shown(client, cast.bdh, "fiscal_year=2024&plan=2&compare=2023&as_of=2024-06-30")
    before = [figure["before"]["value"] for figure in context["figures"][:3]]
    assert before == ["10 triệu", "5 triệu", "50%"]


def test_the_original_plan_is_held_against_the_original_plan(client, cast):
    for amount in (10_000_000, 20_000_000):
        factories.plan(factories.line(amounts=amount))
    factories.plan(factories.line(amounts=6_000_000), fiscal_year="2024")
    context = shown(client, cast.bdh, "fiscal_year=2024&plan=original&compare=2023")
    assert context["figures"][0]["before"]["value"] == "10 triệu"
