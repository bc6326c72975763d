"""The dashboard says what the ledger adds up to, and every figure leads to its rows."""

import re
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.values import display
from disbursements.against_plan import against_plan
from programs.models import FiscalYear
from reports import kept
from reports.charts.heat import heat
from reports.dashboard.standing import headline
from reports.filters import from_query
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


@pytest.fixture
def small_year(cast):
    """GBV in Bản Lang: 10 triệu planned in quarters I and II, 12 disbursed, 3 waiting; and YEE."""
    factories.plan(
        factories.line("GBV-01", factories.BAN_LANG, {1: 6_000_000, 2: 4_000_000}),
        factories.line("YEE-01", factories.NAM_XE, {3: 8_000_000}),
    )
    factories.training()
    factories.posted(12_000_000)
    factories.submitted(3_000_000)
    factories.posted(2_000_000, activity="YEE-01", commune=factories.NAM_XE, date=date(2023, 2, 1))
    return cast


def page_of(client, person, address="/?fiscal_year=2023"):
    client.force_login(person)
    return client.get(address)


def figures_of(response):
    return {str(f["label"]): f for f in response.context["figures"]}


def test_a_stranger_is_asked_to_sign_in(client, reference):
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/"


def test_the_year_at_one_look(client, small_year):
    response = page_of(client, small_year.bdh)
    shown = [f["value"] for f in response.context["figures"]]
    assert shown == ["18 triệu", "14 triệu", "77,8%", "còn 4 triệu đồng", "3 triệu"]
    assert "14.000.000 đồng" in response.content.decode()


def test_the_latest_year_with_postings_is_shown_by_default(client, small_year):
    factories.plan(factories.line(amounts=5_000_000), fiscal_year="2024")
    assert page_of(client, small_year.bdh, "/").context["year"].code == "2023"
    factories.posted(1_000_000, date=date(2023, 8, 1))
    assert page_of(client, small_year.bdh, "/").context["year"].code == "2024"


def test_the_yardstick_sentence_comes_from_the_data(cast):
    for code in factories.COMMUNES:
        for program in factories.PROGRAMS:
            factories.posted(445_200_000, activity=f"{program}-01", commune=code)
    factories.plan(factories.line(amounts=7_420_000_000))
    page = from_query(_query("fiscal_year=2023"), cast.bdh)
    answer = against_plan(page.cut("program", "commune"), cast.bdh)
    assert headline(page, answer) == (
        "Năm tài chính 2023, trên địa bàn 5 xã, 4 chương trình đã giải ngân hơn 8,9 tỷ đồng, "
        "đạt 120% kế hoạch."
    )
    with translation.override("en"):
        assert headline(page, answer) == (
            "Fiscal year 2023, in 5 communes, 4 programmes disbursed over 8.9 billion đồng, "
            "120% of the plan."
        )


def _query(text):
    from django.http import QueryDict

    return QueryDict(text)


def test_money_beyond_the_plan_is_said_in_words():
    assert display.remaining(-1_484_000_000) == "vượt 1.484 triệu đồng"


def test_a_commune_board_sees_its_own_figures_only(client, small_year):
    response = page_of(client, small_year.xa_banlang)
    assert [line.name for line in response.context["communes"]] == ["Bản Lang"]
    assert figures_of(response)["Đã giải ngân"]["value"] == "12 triệu"


def test_an_illustrative_year_says_so(client, small_year):
    assert "Số liệu minh họa" not in page_of(client, small_year.bdh).content.decode()
    FiscalYear.objects.filter(code="2023").update(illustrative=True)
    assert "Số liệu minh họa" in page_of(client, small_year.bdh).content.decode()
    behind = page_of(client, small_year.bdh, "/plan-against-actual/?fiscal_year=2023")
    assert "Số liệu minh họa" in behind.content.decode()


def test_late_is_said_of_the_quarters_that_are_over(client, small_year):
    late = page_of(client, small_year.bdh, "/?fiscal_year=2023&as_of=2023-02-10").context["late"]
    assert [line.name for line in late] == []
    late = page_of(client, small_year.bdh, "/?fiscal_year=2023&as_of=2023-04-01").context["late"]
    assert [(line.name, line.rate) for line in late] == [("YEE · Nậm Xe", "25%")]


def test_an_unknown_year_is_a_page_that_does_not_exist(client, cast):
    assert page_of(client, cast.bdh, "/?fiscal_year=1999").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    ["program=NO", "commune=99999", "quarter=7", "month=2099-01", "as_of=32/13/2023", "compare=1"],
)
def test_a_wrong_filter_is_named_and_the_rest_is_shown(client, small_year, wrong):
    response = page_of(client, small_year.bdh, f"/?fiscal_year=2023&{wrong}")
    assert response.status_code == 400
    assert len(response.context["filter_errors"]) == 1
    assert figures_of(response)["Đã giải ngân"]["value"] == "14 triệu"


SHOWN = ("planned", "disbursed", "waiting", "due", "trainings")
MONEY = ("planned", "disbursed", "waiting")


def total_of(response):
    """What the rows behind a figure add up to, as the last line of the list says it."""
    return next(cell["text"] for cell in response.context["list"]["sums"] if cell["text"])


def sums_behind(client, address):
    """The totals of the three lists behind an address."""
    base = re.sub(r"&show=\w+", "", address)
    sums = {}
    for show in MONEY:
        response = client.get(f"{base}&show={show}")
        assert response.status_code == 200
        sums[show] = total_of(response)
        labels = response.context["tabs"]
        assert [tab["sum"] for tab in labels if tab["current"]] == [sums[show]]
    return sums


def test_every_figure_leads_to_rows_that_add_up_to_it(client, small_year):
    response = page_of(client, small_year.bdh)
    lines = [
        line for table in ("programs", "communes", "quarters") for line in response.context[table]
    ]
    assert len(lines) == 2 + 2 + 3
    for line in lines:
        whole = page_of(client, small_year.bdh, line.href).context["figures"]
        assert whole[1]["note"] == f"{line.disbursed} đồng"
        sums = sums_behind(client, line.disbursed.href)
        assert sums == {
            "planned": line.planned,
            "disbursed": line.disbursed,
            "waiting": line.pending or "0",
        }
    cells = [cell for row in response.context["heat"]["rows"] for cell in row["cells"] if cell]
    assert [parse_qs(urlsplit(cell.href).query)["program"] for cell in cells] == [["YEE"], ["GBV"]]
    assert sums_behind(client, cells[0].rate.href)["disbursed"] == "2.000.000"
    cell = page_of(client, small_year.bdh, cells[0].href).context["figures"]
    assert cell[1]["note"] == "2.000.000 đồng"


def test_the_rows_behind_a_figure_stay_in_scope(client, small_year):
    response = page_of(
        client, small_year.xa_banlang, "/plan-against-actual/?fiscal_year=2023&commune=03586"
    )
    assert response.context["list"]["lines"] == []
    assert total_of(response) == "0"


def test_long_lists_come_in_pages(client, small_year):
    for day in range(1, 28):
        for amount in (1_000_000, 2_000_000):
            factories.posted(amount, date=date(2022, 10, day))
    response = page_of(
        client, small_year.bdh, "/plan-against-actual/?fiscal_year=2023&quarter=2&page=2"
    )
    assert len(response.context["list"]["lines"]) == 4
    assert total_of(response) == "81.000.000"


@pytest.mark.parametrize(
    "address",
    ["/?fiscal_year=2023", *(f"/plan-against-actual/?fiscal_year=2023&show={s}" for s in SHOWN)],
)
def test_the_number_of_queries_does_not_grow_with_the_rows(client, small_year, address):
    page_of(client, small_year.bdh, address)
    few = _queries(client, address)
    for code in factories.COMMUNES:
        factories.posted(1_000_000, activity="SPON-01", commune=code)
        factories.submitted(1_000_000, activity="SPON-02", commune=code)
        factories.training(commune=code, topic=f"T-{code}")
    factories.plan(
        *(factories.line(f"ECCD-0{n}", code) for n in (1, 2) for code in factories.COMMUNES)
    )
    assert _queries(client, address) == few


def _queries(client, address):
    kept.forget()
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(address)
    return len(found)


def test_the_downloads_are_the_summary_of_the_api(client, small_year):
    response = page_of(client, small_year.bdh, "/?fiscal_year=2023&program=GBV")
    for download in response.context["downloads"]:
        answer = client.get(download["href"])
        assert answer.status_code == 200, download["href"]
        assert answer["Content-Type"].endswith("spreadsheetml.sheet")


def test_the_pages_of_refusal_are_in_the_frame(client, cast):
    response = page_of(client, cast.bdh, "/no-such-page/")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


def test_theme_and_language_are_chosen_by_a_form(client, cast):
    client.force_login(cast.bdh)
    answer = client.post("/theme/", {"theme": "dark", "next": "/?fiscal_year=2023"})
    assert (answer.status_code, answer["Location"]) == (302, "/?fiscal_year=2023")
    assert 'data-theme="dark"' in client.get("/").content.decode()
    assert (
        client.post("/theme/", {"theme": "x", "next": "https://evil.example/"})["Location"] == "/"
    )
    assert 'lang="vi"' in client.get("/", headers={"accept-language": "en"}).content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert 'lang="en"' in client.get("/").content.decode()


def test_the_course_of_the_year_adds_up_month_by_month(client, small_year):
    course = page_of(client, small_year.bdh).context["course"]
    by_month = {row["month"]: row for row in course["rows"]}
    assert len(by_month) == 12
    assert by_month["09/2022"]["disbursed"] == by_month["09/2022"]["cumulative"] == "12.000.000"
    assert by_month["06/2023"]["cumulative"] == "14.000.000"
    planned = [by_month[m]["planned"] for m in ("08/2022", "09/2022", "12/2022", "03/2023")]
    assert planned == ["0", "6.000.000", "10.000.000", "18.000.000"]
    behind = client.get(by_month["02/2023"]["href"])
    assert total_of(behind) == "2.000.000"


def test_the_course_ends_with_the_as_of_date(client, small_year):
    course = page_of(client, small_year.bdh, "/?fiscal_year=2023&as_of=31/10/2022").context[
        "course"
    ]
    assert [row["cumulative"] for row in course["rows"]][2:5] == ["12.000.000", "12.000.000", "–"]
    assert len(course["drawn"]["marks"]) == 4


def test_another_year_can_stand_beside_it(client, small_year):
    factories.posted(5_000_000, date=date(2023, 10, 2))
    address = "/?fiscal_year=2024&compare=2023"
    course = page_of(client, small_year.bdh, address).context["course"]
    assert course["rows"][3]["cumulative"] == "5.000.000"
    assert course["rows"][3]["before"] == "12.000.000"
    assert course["rows"][11]["before"] == "14.000.000"


def test_what_was_stated_stands_beside_what_is_counted(client, small_year):
    from monitoring.models.meetings import Meeting, StatedFigure

    meeting = Meeting.objects.create(
        title="Hội nghị tổng kết", date=date(2023, 8, 15), kind="review"
    )
    year = factories.year("2023")
    for text, value in (("hơn 14 triệu đồng", 14_000_000), ("hơn 20 triệu đồng", 20_000_000)):
        StatedFigure.objects.create(
            meeting=meeting,
            label="Giải ngân",
            measure="disbursed",
            qualifier="hơn",
            value=value,
            unit="đồng",
            text=text,
            fiscal_year=year,
        )
    stated = page_of(client, small_year.bdh).context["stated"]
    assert [(row["text"], row["counted"], row["agrees"]) for row in stated] == [
        ("hơn 14 triệu đồng", "14.000.000", True),
        ("hơn 20 triệu đồng", "14.000.000", False),
    ]
    scoped = page_of(client, small_year.xa_banlang)
    assert scoped.context["stated"] == []  # the whole was spoken of, and this is a part
    assert "hơn 14 triệu đồng" not in scoped.content.decode()


def test_what_was_stated_stands_only_at_its_own_day(client, small_year):
    from monitoring.models.meetings import Meeting, StatedFigure

    meeting = Meeting.objects.create(title="Sơ kết", date=date(2023, 1, 15), kind="review")
    StatedFigure.objects.create(
        meeting=meeting,
        label="Giải ngân",
        measure="disbursed",
        qualifier="hơn",
        value=12_000_000,
        unit="đồng",
        text="hơn 12 triệu đồng",
        as_of=date(2022, 12, 31),
        fiscal_year=factories.year("2023"),
    )
    found = {
        day: len(page_of(client, small_year.bdh, f"/?fiscal_year=2023{day}").context["stated"])
        for day in ("", "&as_of=30/11/2022", "&as_of=31/12/2022", "&as_of=01/01/2023")
    }
    assert found == {"": 0, "&as_of=30/11/2022": 0, "&as_of=31/12/2022": 1, "&as_of=01/01/2023": 0}


def test_colours_go_by_the_rate_to_date(client, cast):
    """All that is due by the day is spent: nothing is under plan, though most of the year is."""
    factories.plan(factories.line("GBV-01", amounts={1: 10_000_000, 3: 90_000_000}))
    factories.posted(10_000_000, date=date(2022, 9, 15))
    page = page_of(client, cast.bdh, "/?fiscal_year=2023&as_of=31/12/2022").context
    assert [line.tone for line in page["programs"]] == [""]
    assert [line.tone for line in page["communes"]] == [""]
    assert page["total"].tone == ""
    assert page["figures"][2]["tone"] == ""
    assert page["heat"]["rows"][0]["cells"][0].heat == heat(Decimal(100))
    assert [tile["heat"] for tile in page["tiles"]["tiles"]] == [heat(Decimal(100))]
    whole = page_of(client, cast.bdh, "/?fiscal_year=2023").context
    assert [line.tone for line in whole["programs"]] == ["under"]


@pytest.mark.parametrize("part", ["quarter=2", "month=2022-10"])
def test_the_course_of_a_part_of_the_year_is_that_of_the_year(client, small_year, part):
    whole = page_of(client, small_year.bdh).context["course"]["rows"]
    page = page_of(client, small_year.bdh, f"/?fiscal_year=2023&{part}")
    rows = page.context["course"]["rows"]
    assert [row["planned"] for row in rows] == [row["planned"] for row in whole]
    assert [row["cumulative"] for row in rows] == [row["cumulative"] for row in whole]
    assert page.context["stated"] == []
    words = {"quarter=2": "Quý II (10–12/2022)", "month=2022-10": "10/2022"}[part]
    assert words in page.context["chosen"]["words"]
    assert words in page.context["days"]
    slide = client.get(f"/present/?fiscal_year=2023&{part}").content.decode()
    assert words in slide


def test_more_than_a_table_shows_is_counted_and_said(client, small_year):
    from monitoring.models.meetings import Meeting, StatedFigure
    from monitoring.tests.reviews.test_action_points import a_point

    meeting = Meeting.objects.create(title="Hội nghị", date=date(2023, 8, 15), kind="review")
    about = {"meeting": meeting, "fiscal_year": factories.year("2023"), "qualifier": "đúng"}
    for _each in range(12):
        StatedFigure.objects.create(measure="disbursed", value=14_000_000, text="14", **about)
    StatedFigure.objects.create(measure="rate", value=78, text="78 %", **about)
    for number in range(13):
        a_point(small_year.bdh, title=f"Việc {number}", assignee_user=small_year.bdh)
    page = page_of(client, small_year.bdh)
    assert (len(page.context["stated"]), page.context["stated_more"]) == (13, "3")
    assert (len(page.context["due"]), page.context["due_more"]) == (13, "3")
    assert figures_of(page)["Tỷ lệ so với kế hoạch"]["stated"]["text"] == "78 %"
    slides = client.get("/present/?fiscal_year=2023&slide=all").content.decode()
    assert "13" in slides.partition('id="slide-due"')[2].partition("</section>")[0]
