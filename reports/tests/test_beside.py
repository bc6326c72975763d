"""Plan beside money: a programme, a commune, a quarter or any of these together, and why."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from lxml import html

from disbursements.models import PlanVersion
from monitoring.models.variance import Cause
from monitoring.reviews.services import difficulties
from monitoring.variance import services as variance
from tests import factories as make

# Of a page; test_summary.py asks each database for its figures.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGE = "/plan-beside-money/?fiscal_year=2023"
CELL = f"{PAGE}&program=YEE&commune={make.NAM_XE}&quarter=2"


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


@pytest.fixture
def scene(cast):
    """YEE in Nậm Xe spends 8 of 20 million by quarter II; GBV in Bản Lang keeps to its plan."""
    make.plan(
        make.line("YEE-01", make.NAM_XE, {1: 8_000_000, 2: 12_000_000, 4: 5_000_000}),
        make.line("YEE-02", make.NAM_XE, {3: 1_000_000}),
        make.line("GBV-01", make.BAN_LANG, {1: 10_000_000}),
    )
    yee = {"activity": "YEE-01", "commune": make.NAM_XE}
    make.posted(5_000_000, date=date(2022, 9, 1), **yee)
    make.posted(3_000_000, date=date(2022, 11, 2), voucher_no="PC-77", **yee)
    make.submitted(1_000_000, date=date(2022, 12, 3), **yee)
    make.posted(10_000_000, date=date(2022, 8, 1))
    make.training(commune=make.NAM_XE, program="YEE", start=date(2022, 11, 8), topic="GBV-CLB")
    return cast


def explain(cast, **more):
    said = {
        "actor": cast.dieuphoi,
        "fiscal_year": make.year("2023"),
        "quarter": 2,
        "program": make.program("YEE"),
        "commune": make.commune(make.NAM_XE),
        "cause": Cause.WEATHER,
        "text": "Đường sạt lở, lớp học lùi sang quý III",
        "decision": "Số 7/QĐ-BĐH ngày 03/12/2022",
        "plan_version": make.plan(make.line("YEE-01", make.NAM_XE, {1: 8_000_000, 2: 12_000_000})),
    }
    return variance.explain(**(said | more))


def shown(client, person, address=CELL):
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer


def words(answer):
    text = html.fromstring(answer.content.decode()).find_class("page-content")
    tree = text[0] if text else html.fromstring(answer.content.decode())
    return " ".join(tree.text_content().split())


def test_a_cell_says_plan_money_rest_and_why(client, scene):
    explain(scene)
    page = shown(client, scene.bdh)
    figures = {each["label"]: str(each["value"]) for each in page.context["figures"]}
    assert figures["Kế hoạch"] == "12 triệu"
    assert figures["Đã giải ngân"] == "3 triệu"
    assert figures["Còn lại"] == "còn 9 triệu đồng"
    assert figures["Chờ duyệt"] == "1 triệu"
    [why] = page.context["reasons"]
    assert why["cause"] == "Thời tiết, đường sá, dịch bệnh"
    assert why["text"] == "Đường sạt lở, lớp học lùi sang quý III"
    assert why["decision"] == "Số 7/QĐ-BĐH ngày 03/12/2022"
    assert "điều chỉnh lần 1" in why["plan"]
    assert why["by"] == scene.dieuphoi.display_name
    assert (why["rate"], why["gap"]) == ("40%", "còn 12 triệu đồng")


def test_what_nobody_has_explained_is_asked_for(client, scene):
    context = shown(client, scene.bdh).context
    assert context["reasons"] == []
    assert [item["name"] for item in context["unexplained"]] == ["YEE · Nậm Xe"]
    assert client.get(context["unexplained"][0]["href"]).status_code == 200


def test_records_of_other_cells_and_quarters_are_not_there(client, scene):
    raised = {
        "effect": "Chậm",
        "affects": "progress",
        "owner": "Ban Dự án xã",
        "raised_on": date(2022, 11, 1),
    }
    for title, commune in (("Sạt lở đường", make.NAM_XE), ("Mất điện", make.BAN_LANG)):
        difficulties.difficulties.create(
            actor=scene.dieuphoi,
            title=title,
            program=make.program("YEE"),
            commune=make.commune(commune),
            **raised,
        )
    context = shown(client, scene.bdh).context
    assert [row["title"] for row in context["seen"][0]["rows"]] == ["Sạt lở đường"]
    assert [row["title"] for row in context["behind"][1]["rows"]] == [
        "YEE-01 · PC-77 · Đoàn Thanh niên xã"
    ]
    assert len(context["behind"][0]["rows"]) == 1
    quarter_three = shown(client, scene.bdh, CELL.replace("quarter=2", "quarter=3")).context
    assert quarter_three["behind"][1]["rows"] == []


def test_any_part_of_the_cut_may_be_left_out(client, scene):
    for address in (PAGE, f"{PAGE}&quarter=2", f"{PAGE}&program=YEE", f"{PAGE}&month=2022-11"):
        context = shown(client, scene.bdh, address).context
        assert [tab["current"] for tab in context["quarters"]].count(True) <= 1
    assert [t["title"] for t in shown(client, scene.bdh, PAGE).context["tables"]] == [
        "Theo chương trình",
        "Theo xã",
    ]


def test_the_year_before_stands_beside_it_only_where_there_is_one(client, scene):
    assert shown(client, scene.bdh).context["before"] == ""
    make.posted(4_000_000, date=date(2021, 11, 1), activity="YEE-01", commune=make.NAM_XE)
    context = shown(client, scene.bdh).context
    assert context["before"] == "2022"
    assert [str(line.before) for line in context["activities"]] == ["4.000.000"]


def test_page_and_api_say_the_same(client, scene):
    explain(scene)
    page = shown(client, scene.bdh).context
    answer = client.get(f"/api/v1{CELL}").json()
    total = answer["total"]
    assert (total["planned"], total["disbursed"], total["pending"]) == (
        12_000_000,
        3_000_000,
        10**6,
    )
    assert total["balance"] == 9_000_000
    assert [row["activity"] for row in answer["activities"]] == ["YEE-01"]
    [said] = answer["explanations"]
    assert said["explanation"] == page["reasons"][0]["text"]
    assert said["explained_by"] == page["reasons"][0]["by"]
    assert said["cause"] == "weather"
    assert PlanVersion.objects.get(pk=said["plan_version"]).number == 2
    assert said["balance"] == 12_000_000
    assert [row["voucher_no"] for row in answer["vouchers"]] == ["PC-77"]


def test_a_commune_board_sees_only_its_own(client, scene):
    explain(scene)
    context = shown(client, scene.xa_banlang, PAGE).context
    assert context["reasons"] == []
    assert [str(line.disbursed) for line in context["activities"]] == ["10.000.000"]
    answer = client.get(f"/api/v1{CELL}").json()
    assert answer["activities"] == answer["explanations"] == answer["vouchers"] == []


def test_a_wrong_filter_is_said(client, scene):
    client.force_login(scene.bdh)
    assert client.get(f"{PAGE}&quarter=9").status_code == 400
    assert client.get(f"/api/v1{PAGE}&quarter=9").status_code == 400
    assert client.get(f"/api/v1{PAGE}&size=9").status_code == 400
    assert client.get("/api/v1/plan-beside-money/").status_code == 400


def test_the_forecast_says_who_will_end_outside_and_what_it_goes_by(client, scene):
    address = f"{PAGE}&as_of=2022-12-31"
    context = shown(client, scene.bdh, address).context
    found = {row["name"][:3]: row for row in context["forecast"]}
    yee = next(row for row in context["forecast"] if row["out"] == "9.000.000")
    # 20 of 26 million are planned for the first half: 76.9 %; 9 / 76.9 % = 11.7 million
    assert (yee["share"], yee["expected"], yee["side"]) == (
        "76,9%",
        "11,7 triệu",
        "dưới giới hạn",
    )
    assert len(found) == 2
    api = client.get(f"/api/v1{address}").json()["forecast"]
    assert [row["ends"] for row in api] == ["within", "under"]
    assert api[1]["usual_of_years"] == []
    assert "dự báo" in words(shown(client, scene.bdh, address))
    assert shown(client, scene.bdh, PAGE).context["forecast"] == []  # the year is over


def test_more_rows_are_no_more_queries_and_the_page_stays_light(client, scene):
    explain(scene)

    def count():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"{PAGE}&as_of=2023-05-31")
        assert len(answer.content) < 60_000
        return len(queries)

    client.force_login(scene.bdh)
    count()
    few = count()
    for number in range(2, 30):
        place = {"commune": make.COMMUNES[number % 5], "activity": f"YEE-{number:02}"}
        make.posted(1_000_000 + number, date=date(2022, 11, 2), voucher_no=f"PC-{number}", **place)
    assert count() <= few
    assert few <= 50


def test_the_dashboards_cells_lead_there(client, scene):
    context = shown(client, scene.bdh, "/?fiscal_year=2023").context
    heat = context["heat"]
    hrefs = [row["href"] for row in heat["rows"]] + [
        cell.href for row in heat["rows"] for cell in row["cells"] if cell
    ]
    hrefs += [column["href"] for column in heat["columns"]]
    hrefs += [line.href for line in context["programs"] + context["quarters"]]
    assert all(href.startswith("/plan-beside-money/") for href in hrefs)
    assert {client.get(href).status_code for href in hrefs} == {200}


def test_the_slides_say_what_lies_behind_it(client, scene):
    client.force_login(scene.bdh)
    assert "slide=why" not in client.get("/present/?fiscal_year=2023").content.decode()
    explain(scene)
    slide = words(shown(client, scene.bdh, "/present/?fiscal_year=2023&slide=why"))
    for said in ("YEE · Nậm Xe", "40%", "còn 12 triệu đồng", "Thời tiết", "Số 7/QĐ-BĐH"):
        assert said in slide
