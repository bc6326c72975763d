"""Who is late and why, and what nobody has explained yet."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from monitoring.reviews.services import difficulties
from monitoring.variance import services as variance
from reports.charts.heat import heat
from reports.dashboard import late as late_cells
from reports.dashboard.unexplained import MOST
from reports.page_query import PageQuery
from tests import factories

pytestmark = pytest.mark.django_db
AFTER = "/?fiscal_year=2023&as_of=2022-10-15"


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


@pytest.fixture
def late(cast):
    """In quarter I GBV in Bản Lang stands at 50 %, YEE in Nậm Xe at nothing, ECCD well over."""
    factories.plan(
        factories.line("GBV-01", factories.BAN_LANG, {1: 10_000_000}),
        factories.line("YEE-01", factories.NAM_XE, {1: 8_000_000}),
        factories.line("ECCD-01", factories.NAM_XE, {1: 1_000_000}),
    )
    factories.posted(5_000_000, date=date(2022, 9, 1))
    factories.posted(
        30_000_000, activity="ECCD-01", commune=factories.NAM_XE, date=date(2022, 9, 1)
    )
    return cast


def context_of(client, person, address=AFTER):
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == 200
    return response.context


def explain(cast, **more):
    said = {
        "actor": cast.dieuphoi,
        "fiscal_year": factories.year("2023"),
        "quarter": 1,
        "program": factories.program("GBV"),
        "commune": factories.commune(factories.BAN_LANG),
        "text": "Chờ phê duyệt dự toán",
    }
    return variance.explain(**(said | more))


def test_the_latest_stand_first_with_what_they_are_short_by(client, late):
    shown = context_of(client, late.bdh)["late"]
    assert [(line.name, line.rate, line.short) for line in shown] == [
        ("YEE · Nậm Xe", "0%", "còn 8 triệu đồng"),
        ("GBV · Bản Lang", "50%", "còn 5 triệu đồng"),
    ]
    assert [line.reason for line in shown] == [None, None]


def test_the_explanation_says_why_with_its_decision(client, late):
    explain(late, decision="Số 12/TB-BĐH ngày 05/10/2022")
    why = context_of(client, late.bdh)["late"][1].reason
    assert (why.text, why.decision) == ("Chờ phê duyệt dự toán", "Số 12/TB-BĐH ngày 05/10/2022")
    page = client.get(why.href)
    assert page.status_code == 200
    assert "Chờ phê duyệt dự toán" in page.content.decode()


def revised(quarters):
    """The plan with the money of GBV in Bản Lang by other quarters."""
    factories.plan(
        factories.line("GBV-01", factories.BAN_LANG, quarters),
        factories.line("YEE-01", factories.NAM_XE, {1: 8_000_000}),
    )


def test_an_explanation_that_the_plan_has_taken_up_is_still_read(client, late):
    explain(late)
    revised({1: 5_000_000, 2: 5_000_000})
    shown = context_of(client, late.bdh, "/?fiscal_year=2023&as_of=2023-01-15")["late"]
    why = shown[1].reason
    assert why.text == "Chờ phê duyệt dự toán"
    assert why.text in client.get(why.href).content.decode()


def explained_at(client, context):
    """Where each late cell is explained, every one of them a page."""
    found = {line.name: line.explain for line in context["late"]}
    for address in found.values():
        assert not address or client.get(address).status_code == 200
    return found


def test_of_another_plan_only_what_the_current_one_asks_for_is_to_be_explained(client, late):
    revised({1: 5_000_000, 4: 5_000_000})
    found = explained_at(client, context_of(client, late.bdh, f"{AFTER}&plan=original"))
    assert found["GBV · Bản Lang"] == ""
    assert found["YEE · Nậm Xe"] != ""


def test_of_one_activity_only_what_its_programme_asks_for_is_to_be_explained(client, late):
    factories.posted(5_000_000, activity="GBV-02", date=date(2022, 9, 2))
    found = explained_at(client, context_of(client, late.bdh, f"{AFTER}&activity=GBV-01"))
    assert found == {"GBV · Bản Lang": ""}


def test_where_cells_are_explained_is_asked_once(late, django_assert_num_queries):
    page = PageQuery.of_year(factories.year("2023"), date(2022, 10, 15))
    reasons = late_cells.Reasons(page, late.bdh)
    gbv, communes = factories.program("GBV"), [factories.commune(c) for c in factories.COMMUNES]
    with django_assert_num_queries(0):
        addresses = [reasons.address(gbv, commune) for commune in communes]
    assert [bool(address) for address in addresses] == [True, False, False, False, False]


def test_without_an_explanation_the_difficulty_is_named(client, late):
    difficulties.difficulties.create(
        actor=late.dieuphoi,
        title="Đường vào bản bị sạt lở",
        commune=factories.commune(factories.NAM_XE),
        raised_on=date(2022, 9, 20),
        affects="progress",
        effect="Chậm khoảng hai tháng",
        owner="Ban Dự án xã",
        due_date=date(2022, 12, 1),
    )
    shown = context_of(client, late.bdh)["late"]
    assert shown[0].reason.is_difficulty
    assert shown[0].reason.text == "Đường vào bản bị sạt lở"
    assert client.get(shown[0].reason.href).status_code == 200
    earlier = context_of(client, late.bdh, "/?fiscal_year=2023&as_of=2022-09-30")["late"]
    assert earlier[0].reason is not None


def test_of_more_than_are_looked_at_the_newest_explanation_and_difficulty_count(
    client, late, monkeypatch
):
    monkeypatch.setattr(late_cells, "MOST", 1)
    explain(late)
    for quarter, text in ((2, "Mưa kéo dài"), (3, "Đã mở thầu lại")):
        explain(late, quarter=quarter, text=text)
    for title, day in (("Đường sạt lở", 5), ("Thiếu cán bộ", 20)):
        difficulties.difficulties.create(
            actor=late.dieuphoi,
            title=title,
            commune=factories.commune(factories.NAM_XE),
            raised_on=date(2022, 9, day),
            effect="Chậm khoảng hai tháng",
        )
    shown = context_of(client, late.bdh, "/?fiscal_year=2023&as_of=2023-04-15")["late"]
    said = {line.name: line.reason.text for line in shown if line.reason}
    assert said["GBV · Bản Lang"] == "Đã mở thầu lại"
    assert said["YEE · Nậm Xe"] == "Thiếu cán bộ"


def test_a_difficulty_outside_the_assignment_stays_unknown(client, late):
    difficulties.difficulties.create(
        actor=late.dieuphoi,
        title="Việc nội bộ của chương trình",
        program=factories.program("YEE"),
        raised_on=date(2022, 9, 20),
        affects="progress",
        effect="Chậm khoảng hai tháng",
        owner="Ban Quản lý dự án",
        due_date=date(2022, 12, 1),
    )
    page = context_of(client, late.xa_banlang)
    assert [line.name for line in page["late"]] == ["GBV · Bản Lang"]
    assert page["late"][0].reason is None


def names(context):
    return [row["name"] for row in context["unexplained"]["rows"]]


def test_what_is_unexplained_is_listed_the_largest_difference_first(client, late):
    context = context_of(client, late.bdh)
    assert names(context)[0] == "ECCD · Nậm Xe"
    assert {"YEE · Nậm Xe", "GBV · Bản Lang"} < set(names(context))
    everything = variance.unexplained(late.bdh, factories.year("2023"), date(2022, 10, 15))
    assert context["unexplained"]["count"] == str(len(everything))
    for row in context["unexplained"]["rows"]:
        assert client.get(row["href"]).status_code == 200


def test_what_is_explained_is_listed_no_longer(client, late):
    explain(late)
    assert "GBV · Bản Lang" not in names(context_of(client, late.bdh))


def test_the_filter_holds_for_what_is_unexplained(client, late):
    assert names(context_of(client, late.bdh, f"{AFTER}&commune={factories.NAM_XE}")) == [
        "ECCD · Nậm Xe",
        "YEE · Nậm Xe",
    ]


def test_at_most_ten_are_listed_and_a_link_leads_to_the_rest(client, late):
    for number, code in enumerate(factories.COMMUNES, start=1):
        for program in ("SPON", "YEE"):
            factories.posted(
                number * 10_000_000,
                activity=f"{program}-0{number}",
                commune=code,
                date=date(2022, 9, 9),
            )
    shown = context_of(client, late.bdh)["unexplained"]
    assert len(shown["rows"]) == MOST
    assert int(shown["more"]) == int(shown["count"]) - MOST
    rest = client.get(shown["href"])
    assert rest.context["list"]["figures"][0].value == shown["count"]


def at_the_end_of(quarter):
    """As of the last day of a quarter, as a person writes it into the form."""
    day = factories.year("2023").quarter_end(quarter)
    return f"/?fiscal_year=2023&as_of={day:%d/%m/%Y}"


def test_as_of_the_last_day_of_a_quarter_its_explanations_are_read(client, late):
    said = {1: "Chờ dự toán", 2: "Mưa kéo dài", 4: "Đã mở thầu lại"}
    for quarter, text in said.items():
        explain(late, quarter=quarter, text=text)
    for quarter, text in said.items():
        shown = context_of(client, late.bdh, at_the_end_of(quarter))["late"]
        assert {line.name: line.reason.text for line in shown if line.reason} == {
            "GBV · Bản Lang": text
        }


@pytest.mark.parametrize("quarter", [1, 2, 4])
def test_as_of_the_last_day_of_a_quarter_an_explanation_is_asked_of_that_quarter(
    client, late, quarter
):
    context = context_of(client, late.bdh, at_the_end_of(quarter))
    asked = {line.explain.split("/")[3] for line in context["late"]}
    asked |= {row["href"].split("/")[3] for row in context["unexplained"]["rows"]}
    assert asked == {str(quarter)}
    assert context["unexplained"]["href"] == f"/variances/?fiscal_year=2023&quarter={quarter}"


def test_on_the_day_before_the_last_a_quarter_is_not_over(client, late):
    context = context_of(client, late.bdh, "/?fiscal_year=2023&as_of=30/12/2022")
    assert context["unexplained"]["href"] == "/variances/?fiscal_year=2023&quarter=1"


def test_nothing_is_asked_before_a_quarter_is_over(client, late):
    assert names(context_of(client, late.bdh, "/?fiscal_year=2023&as_of=2022-09-15")) == []


def test_who_stands_at_the_limit_is_not_late(client, late):
    factories.posted(3_000_000, date=date(2022, 9, 1))
    assert [line.name for line in context_of(client, late.bdh)["late"]] == ["YEE · Nậm Xe"]


@pytest.mark.parametrize(
    ("rate", "step"),
    [("0", 1), ("49.9", 1), ("50", 2), ("80", 3), ("95", 4), ("105", 5), ("110", 6), ("140", 7)],
)
def test_a_step_of_the_heat_table_begins_at_its_limit(rate, step):
    assert (heat(Decimal(rate)), heat(None)) == (step, 0)


def test_the_heat_table_begins_with_who_is_furthest_behind(client, late):
    heat_table = context_of(client, late.bdh)["heat"]
    worst = (heat_table["worst"]["program"], heat_table["worst"]["commune"])
    assert worst == ("YEE", "Nậm Xe")
    assert [row["name"] for row in heat_table["rows"]] == ["Bản Lang", "Nậm Xe"]


@pytest.mark.parametrize(("day", "months"), [("2022-09-30", 3), ("2022-10-01", 4)])
def test_the_course_of_the_year_goes_on_to_the_month_of_the_day(client, late, day, months):
    context = context_of(client, late.bdh, f"/?fiscal_year=2023&as_of={day}")
    actual = context["course"]["series"][0].values
    assert [value is not None for value in actual] == [True] * months + [False] * (12 - months)
