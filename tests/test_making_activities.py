"""An activity or a topic is made where a plan or class needs it, by coordinators in their scope."""

import pytest
from django.contrib.messages import get_messages

from accounts.roles import Role
from programs.models import Activity
from tests import factories as make
from trainings.models import Topic

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NEW = {"code": "GBV-91", "title": "Diễn đàn trẻ em gái", "program": "GBV", "unit": "Hội Phụ nữ"}
TOPIC = {"code": "GBV-SUCKHOE", "name": "Sức khỏe vị thành niên", "program": "GBV"}


def warned(answer):
    return [(each["field"], each["code"]) for each in answer.json().get("warnings", [])]


@pytest.mark.parametrize(("name", "body"), [("activities", NEW), ("topics", TOPIC)])
def test_who_may_make_one(cast, name, body):
    statuses = {}
    for number, (username, person) in enumerate(vars(cast).items()):
        own = {**body, "code": f"{body['code']}{number}"}
        if "name" in own:
            own["name"] += " ABCDEFGH"[number]
        statuses[username] = make.api(person).post(f"/api/v1/{name}/", own).status_code
    makers = {"dieuphoi", "dieuphoi_gbv", "quantri"}
    assert {who for who, status in statuses.items() if status == 201} == makers
    assert {status for who, status in statuses.items() if who not in makers} == {403}


def test_an_activity_reads_as_it_was_written(cast):
    answer = make.api(cast.dieuphoi_gbv).post("/api/v1/activities/", {**NEW, "code": "gbv-91"})
    assert answer.status_code == 201
    made = answer.json()
    assert {name: made[name] for name in NEW} == NEW
    assert "warnings" not in made
    row = Activity.objects.get(code="GBV-91")
    assert row.history.get().history_user == cast.dieuphoi_gbv
    line = {"activity": "GBV-91", "commune": make.BAN_LANG, "quarters": [1, 0, 0, 0]}
    assert line["activity"] == row.code


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"program": "YEE"}, "program"),
        ({"code": "GBV 91"}, "code"),
        ({"code": "GBV-９１"}, "code"),
        ({"code": ""}, "code"),
        ({"title": "\u0001"}, "title"),
        ({"program": "XXX"}, "program"),
    ],
)
def test_what_is_refused(cast, change, field):
    make.activity("GBV-90")
    answer = make.api(cast.dieuphoi_gbv).post("/api/v1/activities/", {**NEW, **change})
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_code_is_taken_once(cast):
    client = make.api(cast.dieuphoi)
    assert client.post("/api/v1/activities/", NEW).status_code == 201
    again = client.post("/api/v1/activities/", {**NEW, "title": "Khác hẳn"})
    assert (again.status_code, list(again.json())) == (400, ["code"])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"code": "GBV-091", "title": "Nâng cấp phòng học"}, [("code", "near_code")]),
        ({"code": "GBV.91", "title": "Nâng cấp phòng học"}, [("code", "near_code")]),
        ({"code": "GBV-55", "title": "Diễn đàn trẻ em gái."}, [("title", "near_title")]),
        ({"code": "GBV-55", "title": "dien dan tre em gai"}, [("title", "near_title")]),
        ({"code": "GBV-55", "title": "Diễn đàn trẻ em gái 2"}, []),
        ({"code": "GBV-55", "title": "Nâng cấp phòng học"}, []),
    ],
)
def test_one_nearly_like_another_is_remarked_and_made(cast, change, found):
    client = make.api(cast.dieuphoi)
    client.post("/api/v1/activities/", NEW)
    answer = client.post("/api/v1/activities/", {**NEW, **change})
    assert (answer.status_code, warned(answer)) == (201, found)


def test_a_topic_nearly_like_another_is_remarked_and_made(cast):
    client = make.api(cast.dieuphoi)
    assert client.post("/api/v1/topics/", TOPIC).status_code == 201
    other = {**TOPIC, "code": "GBV-SK2", "name": "Sức khoẻ vị thành niên"}
    answer = client.post("/api/v1/topics/", other)
    assert (answer.status_code, warned(answer)) == (201, [("name", "near_title")])


def test_a_topic_of_all_programmes_is_made_by_who_is_assigned_to_all(cast):
    body = {name: value for name, value in TOPIC.items() if name != "program"}
    refused = make.api(cast.dieuphoi_gbv).post("/api/v1/topics/", body)
    assert (refused.status_code, list(refused.json())) == (400, ["program"])
    made = make.api(cast.dieuphoi).post("/api/v1/topics/", body)
    assert (made.status_code, made.json()["program"]) == (201, None)


def test_an_activity_keeps_its_code_and_programme(cast):
    client = make.api(cast.dieuphoi)
    row = client.post("/api/v1/activities/", NEW).json()
    address = f"/api/v1/activities/{row['id']}/"
    for change in ({"program": "YEE"}, {"code": "GBV-92"}):
        answer = client.patch(address, {**change, "version": 1})
        assert (answer.status_code, list(answer.json())) == (400, list(change))
    changed = client.patch(address, {"title": "Diễn đàn thanh niên", "version": 1})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    other = make.user_of_pairs(("YEE", None), role=Role.COORDINATOR)
    assert make.api(other).patch(address, {"title": "x", "version": 2}).status_code == 404


def test_an_activity_is_made_on_a_page(cast, client):
    client.force_login(cast.dieuphoi_gbv)
    assert "/activities/new/" in client.get("/activities/").content.decode()
    sent = {**NEW, "program": str(make.program("GBV").pk)}
    assert client.post("/activities/new/", sent).status_code == 302
    near = client.post("/activities/new/", {**sent, "code": "GBV-091", "title": "Phòng học"})
    assert near.status_code == 302
    assert any("GBV-91" in str(each) for each in get_messages(near.wsgi_request))
    assert Activity.objects.filter(code__in=("GBV-91", "GBV-091")).count() == 2
    outside = {**sent, "code": "YEE-91", "program": str(make.program("YEE").pk)}
    assert client.post("/activities/new/", outside).status_code == 400
    client.force_login(cast.khach)
    assert client.get("/activities/new/").status_code == 403


def test_a_topic_is_made_on_a_page_and_in_the_set_up(cast, client):
    client.force_login(cast.dieuphoi_gbv)
    sent = {**TOPIC, "program": str(make.program("GBV").pk)}
    assert client.post("/topics/new/", sent).status_code == 302
    client.force_login(cast.quantri)
    other = {"code": "CHUNG", "name": "Quản lý tài chính hộ"}
    assert client.post("/setup/topics/", other).status_code == 302
    assert {"GBV-SUCKHOE", "CHUNG"} <= set(Topic.objects.values_list("code", flat=True))
    assert "Quản lý tài chính hộ" in client.get("/setup/topics/").content.decode()
    assert client.post("/setup/topics/", {**other, "name": ""}).status_code == 400
    assert "/activities/new/" in client.get("/setup/plan/").content.decode()
