"""What a summary's answer says of itself: all it was asked with, the plan it used, its doubts."""

from datetime import date, timedelta

import pytest

from core.values.dates import format_date, today
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SUMMARIES = ("/api/v1/summary/", "/api/v1/trainings/summary/")
ENDED = (
    "Bản Lang (03577) is not a unit of these figures: it became Xã Khổng Lào (03583) on 01/07/2025."
)


def ask(person, address=SUMMARIES[0], **query):
    return make.api(person).get(address, query, HTTP_ACCEPT_LANGUAGE="en")


@pytest.mark.parametrize("address", SUMMARIES)
@pytest.mark.parametrize(
    "span",
    [
        {"fiscal_year": "2026"},
        {"from": "2025-07-01", "to": "2025-09-30"},
        {"fiscal_year": "2023", "units": "new"},
        {"fiscal_year": "2026", "commune": ["03577", "03583"]},
    ],
)
def test_a_unit_that_did_not_exist_in_the_span_is_refused_and_its_successor_named(
    cast, address, span
):
    answer = ask(cast.bdh, address, **{"commune": "03577", **span})
    assert (answer.status_code, answer.json()) == (400, {"commune": [ENDED]})


def test_a_unit_that_was_not_there_yet_is_refused_with_what_it_was_made_of(cast):
    unit = make.commune("03388", valid_from=make.REFORM)
    assert unit.name == "Đoàn Kết"
    answer = ask(cast.bdh, fiscal_year="2023", commune="03388")
    said = "Đoàn Kết (03388) exists since 01/07/2025 only: it was made of Lả Nhì Thàng (03391)."
    assert (answer.status_code, answer.json()) == (400, {"commune": [said]})


@pytest.mark.parametrize("page", ["/", "/plan-against-actual/"])
def test_a_page_says_so_too(cast, client, page):
    client.force_login(cast.bdh)
    client.cookies["django_language"] = "en"
    answer = client.get(page, {"fiscal_year": "2026", "commune": "03577"})
    assert answer.status_code == 400
    assert ENDED in answer.content.decode()


def test_an_answer_repeats_what_it_was_asked_with(cast):
    make.plan(make.line("GBV-01"), approve_by=cast.truongban)
    fund = make.fund().code
    before = (today() - timedelta(days=1)).isoformat()
    body = ask(
        cast.bdh,
        fiscal_year="2023",
        by="commune,quarter",
        program="GBV",
        commune=["03577", "03586"],
        activity="GBV-01",
        fund=fund,
        as_of="2023-03-31",
        known_at=before,
    ).json()
    said = {name: value for name, value in body.items() if name not in ("total", "rows")}
    assert said == {
        "fiscal_year": "2023",
        "from": "2022-07-01",
        "to": "2023-06-30",
        "as_of": "2023-03-31",
        "by": ["commune", "quarter"],
        "program": ["GBV"],
        "commune": ["03577", "03586"],
        "commune_valid_from": ["1900-01-01", "1900-01-01"],
        "activity": ["GBV-01"],
        "fund": [fund],
        "units": "old",
        "plan": "current",
        "plan_versions": [],
        "known_at": f"{before}T23:59:59.999999+07:00",
        "currency": "VND",
        "warnings": [],
    }


def test_a_day_alone_is_known_at_its_end(cast):
    make.plan(make.line("GBV-01", amounts=5_000_000))
    days = [today() - timedelta(days=1), today()]
    found = [ask(cast.bdh, fiscal_year="2023", known_at=day.isoformat()).json() for day in days]
    assert [body["total"]["planned"] for body in found] == [0, 5_000_000]
    assert [[plan["number"] for plan in body["plan_versions"]] for body in found] == [[], [1]]


@pytest.mark.parametrize("address", SUMMARIES)
def test_a_day_after_today_is_said(cast, address):
    later = today() + timedelta(days=3)
    body = ask(cast.bdh, address, fiscal_year="2023", as_of=later.isoformat()).json()
    assert body["as_of"] == later.isoformat()
    assert body["warnings"] == [
        f"{format_date(later)} is after today: what is dated up to today, "
        f"{format_date(today())}, is all there is."
    ]


def test_a_page_says_that_a_day_is_after_today(cast, client):
    client.force_login(cast.bdh)
    client.cookies["django_language"] = "en"
    later = format_date(today() + timedelta(days=3))
    answer = client.get("/", {"fiscal_year": "2023", "as_of": later})
    assert f"{later} is after today" in answer.content.decode()


PART = "Xã Khổng Lào is a part here: you see {seen} of it, and not what was {others}."
BAN_LANG = PART.format(seen="Bản Lang", others="Hoang Thèn, Khổng Lào")


@pytest.mark.parametrize("address", SUMMARIES)
def test_new_units_of_which_a_person_sees_a_part_are_said_to_be_one(cast, address):
    body = ask(cast.xa_banlang, address, fiscal_year="2023", units="new").json()
    assert body["warnings"] == [BAN_LANG]
    assert ask(cast.bdh, address, fiscal_year="2023", units="new").json()["warnings"] == []
    assert ask(cast.xa_banlang, address, fiscal_year="2023").json()["warnings"] == []


def test_who_has_every_part_or_the_new_unit_sees_the_whole(cast):
    parts = make.user(communes=["03577", "03580", "03583"])
    new = make.user(communes=[make.commune("03583", valid_from=date(2025, 7, 1))])
    for person in (parts, new):
        assert ask(person, fiscal_year="2023", units="new").json()["warnings"] == []


def test_a_programme_in_one_part_is_a_part_of_its_own_figures(cast):
    """GBV in Bản Lang and Hoang Thèn, ECCD in Khổng Lào: asked for GBV it is two of three."""
    person = make.user_of_pairs(("GBV", "03577"), ("GBV", "03580"), ("ECCD", "03583"))
    body = ask(person, fiscal_year="2023", units="new", program="GBV").json()
    assert body["warnings"] == [PART.format(seen="Bản Lang, Hoang Thèn", others="Khổng Lào")]


def test_the_dashboard_says_that_it_is_a_part(cast, client):
    client.force_login(cast.xa_banlang)
    client.cookies["django_language"] = "en"
    said = client.get("/", {"fiscal_year": "2023", "units": "new"}).content.decode()
    assert BAN_LANG in said
