"""A visit is planned, then made; a request is asked of somebody, and is no task."""

from datetime import timedelta

import pytest

from core.values.dates import today
from monitoring.models import ActionPoint, Visit
from programs.summary_query import SummaryQuery
from reports.documents.kinds import gather
from tests import factories as make

PLANNED = {
    "title": "Giám sát định kỳ",
    "date": "2023-05-02",
    "commune": make.BAN_LANG,
    "from_district": "Ban Điều hành huyện",
    "from_plan": "Plan",
    "from_commune": "Ban Dự án xã Bản Lang",
    "state": "planned",
}
MADE = {**PLANNED, "state": "made", "seen": "Lớp học đều"}


@pytest.fixture
def api(cast):
    return make.api(cast.bdh)


def test_it_may_lie_ahead_and_has_seen_nothing_yet(api):
    ahead = str(today() + timedelta(days=30))
    unit = {"commune": "03583"}  # of today
    answer = api.post("/api/v1/visits/", {**PLANNED, **unit, "date": ahead})
    assert (answer.status_code, answer.json()["state"], answer.json()["seen"]) == (
        201,
        "planned",
        "",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**PLANNED, "seen": "Lớp học đều"}, "seen"),
        ({**MADE, "seen": ""}, "seen"),
        ({**MADE, "seen": "  "}, "seen"),
        ({**MADE, "date": str(today() + timedelta(days=2)), "commune": "03583"}, "date"),
        ({**PLANNED, "state": "dreamt"}, "state"),
    ],
)
def test_what_does_not_hold_together_is_refused_by_field(api, body, field):
    answer = api.post("/api/v1/visits/", body)
    assert (answer.status_code, set(answer.json())) == (400, {field})
    assert not Visit.objects.exists()


def test_made_is_what_a_visit_is_when_nothing_else_is_said(api):
    plain = {name: value for name, value in MADE.items() if name != "state"}
    assert api.post("/api/v1/visits/", plain).json()["state"] == "made"


def test_it_is_made_when_somebody_says_what_was_seen(api):
    row = api.post("/api/v1/visits/", PLANNED).json()
    said = {"version": row["version"], "state": "made", "seen": "Điểm rửa tay dùng được"}
    assert api.patch(f"/api/v1/visits/{row['id']}/", said).json()["state"] == "made"
    assert api.get("/api/v1/visits/?state=planned").json()["count"] == 0


def test_a_report_counts_visits_made_and_names_those_to_come(cast, api):
    api.post("/api/v1/visits/", MADE)
    api.post("/api/v1/visits/", PLANNED)
    api.post("/api/v1/visits/", {**PLANNED, "date": "2023-09-04"})
    year = make.year()
    figures = gather("annual", SummaryQuery.of_year(year, year.end), cast.bdh)["tables"]
    assert [row["date"] for row in figures["visits"]["rows"]] == ["02/05/2023"]
    assert [row["date"] for row in figures["planned_visits"]["rows"]] == ["04/09/2023"]


def test_a_request_is_asked_of_somebody_by_a_day_and_stands_apart_from_tasks(cast, api):
    task = {"title": "Ký MoU", "assignee_body": "BĐH", "due_date": "2023-08-31"}
    ask = {**task, "title": "Phối hợp tốt hơn với các xã", "kind": "request"}
    assert [api.post("/api/v1/action-points/", each).json()["kind"] for each in (task, ask)] == [
        "task",
        "request",
    ]
    listed = api.get("/api/v1/action-points/?kind=request").json()["results"]
    assert [(row["title"], row["assignee"], row["state"]) for row in listed] == [
        ("Phối hợp tốt hơn với các xã", "BĐH", "open")
    ]
    year = make.year()
    figures = gather("annual", SummaryQuery.of_year(year, year.end), cast.bdh)["tables"]
    assert [row["title"] for row in figures["requests"]["rows"]] == [ask["title"]]
    assert [row["title"] for row in figures["action_points"]["rows"]] == [task["title"]]


def test_a_link_on_a_meeting_opens_the_form_of_a_request(cast, client):
    client.force_login(cast.bdh)
    page = client.get("/action-points/new/?kind=request")
    assert page.context["form"].initial["kind"] == "request"
    sent = {"title": "Phối hợp tốt hơn", "assignee_body": "Điều phối viên", "kind": "request"}
    client.post("/action-points/new/", sent)
    assert ActionPoint.objects.get().kind == "request"
