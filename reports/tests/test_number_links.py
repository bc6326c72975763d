"""Every number of the dashboard leads to what it is made of: the rows it leads to add up to it."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from lxml import html

from core.values import display
from core.values.money import rate
from monitoring.models.meetings import Meeting, StatedFigure
from reports import linked_number as numbers
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ADDRESSES = (
    ("/?fiscal_year=2023", "vi"),
    ("/?fiscal_year=2023&program=GBV&commune=03577&as_of=2023-02-10", "en"),
    ("/?fiscal_year=2023&plan=original&units=new&program=YEE&program=GBV", "vi"),
    ("/?fiscal_year=2024&compare=2023&as_of=2024-03-31", "vi"),
)


@pytest.fixture
def busy_year(cast):
    """Two years of money in three communes, waiting rows, reversals, classes, a revised plan."""
    lines = [
        factories.line(f"{program}-01", commune, {1: 4_000_000, 2: 3_000_000, 4: 2_500_000})
        for program in ("GBV", "YEE")
        for commune in factories.COMMUNES[:3]
    ]
    factories.plan(*lines)
    factories.plan(*lines, factories.line("GBV-02", factories.BAN_LANG, {3: 9_000_000}))
    factories.plan(factories.line("GBV-01", factories.BAN_LANG, {1: 8_000_000}), fiscal_year="2024")
    for number, commune in enumerate(factories.COMMUNES[:3], start=1):
        for month, program in ((8, "GBV"), (11, "YEE")):
            factories.posted(
                number * 1_234_567,
                activity=f"{program}-01",
                commune=commune,
                date=date(2022, month, number),
            )
        factories.training(commune=commune, topic=f"T-{number % 2}")
    factories.posted(3_000_000, date=date(2023, 5, 4))
    factories.submitted(2_000_000, date=date(2023, 3, 3))
    factories.posted(5_000_000, date=date(2023, 10, 2))
    meeting = Meeting.objects.create(title="Hội nghị", date=date(2023, 8, 15), kind="review")
    for measure in ("disbursed", "rate", "trainings", "participants"):
        StatedFigure.objects.create(
            meeting=meeting,
            label=measure,
            measure=measure,
            qualifier="hơn",
            value=1,
            unit="",
            text=f"hơn 1 ({measure})",
            fiscal_year=factories.year("2023"),
        )
    return cast


class Reader:
    """Adds up the lists behind numbers as a person would: every row, page after page."""

    def __init__(self, client):
        self.client = client
        self.read = {}

    def amount(self, address, show):
        """The sum (đồng) of the rows that an address lists under one of its tabs."""
        field = "planned" if show in ("planned", "due") else "amount"
        return self.people(re.sub(r"show=\w+", f"show={show}", address), field)

    def people(self, address, field):
        rows = self.rows(address)
        return len(rows) if not field else sum(getattr(row, field) or 0 for row in rows)

    def rows(self, address):
        if address not in self.read:
            self.read[address] = list(self._all_pages(address))
        return self.read[address]

    def _all_pages(self, address):
        while address:
            response = self.client.get(address)
            assert response.status_code == 200, address
            shown = response.context["list"]
            yield from (line["row"] for line in shown["lines"])
            address = shown.get("next")


def expected(text, reader, address):
    """What the number ought to say, from the rows it leads to."""
    show = re.search(r"show=(\w+)", address)[1]
    if show == "trainings":
        field = re.search(r"sort=-(\w+)|$", address)[1]
        count = reader.people(address, field)
        if not text.endswith("%"):
            return display.number(count)
        everybody = reader.people(address, "participants")
        return display.percent((Decimal(100 * count) / everybody).quantize(Decimal("0.1")))
    plan = "due" if show == "due" else "planned"
    if text.endswith("%"):
        spent = reader.amount(address, "disbursed")
        return display.percent(rate(spent, reader.amount(address, plan)))
    if "đồng" in text:
        spent = reader.amount(address, "disbursed")
        return str(numbers.remaining(reader.amount(address, plan) - spent))
    total = reader.amount(address, show)
    return display.short(total) if re.search(r"[^\d.,–-]", text) else display.number(total)


def numbers_of(client, address):
    """(text, address) of every number that leads somewhere."""
    page = html.fromstring(client.get(address).content.decode())
    for link in page.find_class("num"):
        yield link.text_content().strip(), link.get("href")


@pytest.mark.parametrize(("address", "language"), ADDRESSES)
def test_the_rows_behind_every_number_add_up_to_it(client, busy_year, address, language):
    client.force_login(busy_year.bdh)
    client.cookies["django_language"] = language
    reader = Reader(client)
    found = list(numbers_of(client, address))
    assert len(found) > 40
    with translation.override(language):
        wrong = [
            (text, right, href)
            for text, href in found
            if text != (right := expected(text, reader, href))
        ]
    assert wrong == []


def test_no_amount_of_the_tables_is_without_its_rows(client, busy_year):
    """What is not a link in a column of numbers is nothing, or the plan beside a rate."""
    client.force_login(busy_year.bdh)
    page = html.fromstring(client.get("/?fiscal_year=2023").content.decode())
    cells = page.xpath("//main//td[contains(concat(' ', @class, ' '), ' n ')]")
    bare = [cell.text_content().strip() for cell in cells if not cell.find_class("num")]
    assert set(bare) <= {display.NOTHING, ""}
    figures = page.xpath("//main//dl[contains(@class, 'figures')]//dd")
    assert [dd.text_content() for dd in figures if not dd.find_class("num")] == []


def test_every_point_and_tile_leads_to_its_rows(client, busy_year):
    client.force_login(busy_year.bdh)
    response = client.get("/?fiscal_year=2023")
    page = html.fromstring(response.content.decode())
    reader = Reader(client)
    points = page.xpath("//svg//a")
    assert len(points) > 12
    with translation.override("vi"):
        for point in points:
            label, href = point.get("aria-label"), point.get("href")
            if "show=trainings" in href:
                assert label.endswith(f"{len(reader.rows(href))} lớp")
            elif label.endswith("%"):
                spent = reader.amount(href, "disbursed")
                planned = reader.amount(href, "planned")
                assert label.endswith(display.percent(rate(spent, planned)))
            else:
                assert label.endswith(display.short(reader.amount(href, "disbursed")))


def test_a_shared_address_shows_the_same_page_to_another_reader(client, busy_year):
    address = "/?fiscal_year=2024&compare=2023&program=GBV&commune=03577&plan=1&as_of=2024-03-31"
    shown = []
    for person in (busy_year.bdh, busy_year.quanly):
        client.force_login(person)
        context = client.get(address).context
        shown.append([str(context["filter"].to_query()), context["headline"], context["figures"]])
    assert shown[0] == shown[1]
    assert shown[0][0] == address.removeprefix("/?").replace("&compare=2023", "") + "&compare=2023"


def test_a_plan_can_be_chosen_by_its_number(client, busy_year):
    client.force_login(busy_year.bdh)
    planned = {}
    for plan in ("current", "original", "1", "2"):
        figures = client.get(f"/?fiscal_year=2023&plan={plan}").context["figures"]
        planned[plan] = figures[0]["note"]
        answer = client.get(f"/api/v1/summary/?fiscal_year=2023&plan={plan}").json()
        assert planned[plan] == f"{display.number(answer['total']['planned'])} đồng"
    assert planned["1"] == planned["original"] != planned["2"] == planned["current"]
    assert client.get("/?fiscal_year=2023&plan=3").status_code == 400
    assert client.get("/api/v1/summary/?fiscal_year=2023&plan=3").status_code == 400
