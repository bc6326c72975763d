"""Indicators, their targets and actuals, and comments over the API."""

import pytest
from django.urls import reverse

from tests import factories as make

INDICATOR = {
    "code": "GBV-N1",
    "name": "Thanh niên cam kết không tảo hôn",
    "program": "GBV",
    "unit": "người",
    "baseline": 12,
}
TARGET = {"indicator": "GBV-N1", "fiscal_year": "2023", "commune": make.BAN_LANG, "value": 40}
ACTUAL = {**TARGET, "value": 30, "evidence": "Danh sách cam kết của Đoàn xã"}
SETTERS = {"bdh", "quanly", "dieuphoi", "dieuphoi_gbv"}


def post(person, name, body, **changes):
    return make.api(person).post(f"/api/v1/{name}/", {**body, **changes})


@pytest.fixture
def indicator(cast):
    return post(cast.bdh, "indicators", INDICATOR).json()


def test_what_was_written_reads_the_same(cast, indicator):
    given = {"id": indicator["id"], "counted": "entered", "version": 1}
    assert _without_moments(indicator) == {**INDICATOR, **given}
    for name, body in (("indicator-targets", TARGET), ("indicator-actuals", ACTUAL)):
        row = post(cast.dieuphoi_gbv, name, body).json()
        since = {"commune_valid_from": "1900-01-01"}
        given = {**body, **since, "program": "GBV", "id": row["id"], "version": 1}
        assert _without_moments(row) == given


def _without_moments(row):
    return {name: row[name] for name in row if name not in ("created_at", "updated_at")}


@pytest.mark.parametrize("name", ["indicator-targets", "indicator-actuals"])
def test_who_sets_figures_and_who_sees_them(cast, indicator, name):
    body = TARGET if name == "indicator-targets" else ACTUAL
    codes = {
        who: post(person, name, body, fiscal_year=str(2021 + number)).status_code
        for number, (who, person) in enumerate(
            (who, person)
            for who, person in vars(cast).items()
            if who in SETTERS or who in ("khach", "xa_banlang", "truongban")
        )
    }
    assert {who for who, code in codes.items() if code == 201} == SETTERS
    assert {code for who, code in codes.items() if who not in SETTERS} == {403}
    seen = {
        who: make.api(person).get(f"/api/v1/{name}/").json()["count"]
        for who, person in vars(cast).items()
        if who != "quantri"
    }
    assert set(seen.values()) == {4}
    post(cast.bdh, name, body, commune=make.NAM_XE)
    assert make.api(cast.xa_banlang).get(f"/api/v1/{name}/").json()["count"] == 4


def test_a_figure_is_changed_in_the_version_seen(cast, indicator):
    row = post(cast.bdh, "indicator-targets", TARGET).json()
    client, address = make.api(cast.bdh), f"/api/v1/indicator-targets/{row['id']}/"
    assert client.patch(address, {"value": 50.5, "version": 1}).json()["value"] == 50.5
    assert client.patch(address, {"value": 60, "version": 1}).status_code == 409


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("indicator-targets", {"commune": make.HOANG_THEN}, "commune"),
        ("indicator-targets", {"indicator": "YEE-N1"}, "indicator"),
        ("indicator-targets", {"value": -1}, "non_field_errors"),
        ("indicator-actuals", {"evidence": ""}, "evidence"),
        ("indicator-actuals", {"fiscal_year": "2026"}, "commune"),
        ("indicator-actuals", {"indicator": "GBV-N2"}, "indicator"),
    ],
)
def test_a_wrong_figure_is_refused_beside_its_field(cast, indicator, name, changes, field):
    post(cast.bdh, "indicators", INDICATOR, code="YEE-N1", program="YEE")
    post(cast.bdh, "indicators", INDICATOR, code="GBV-N2", counted="trainings")
    body = TARGET if name == "indicator-targets" else ACTUAL
    if changes.get("fiscal_year") == "2026":  # the unit that the code means by then is another
        changes = {**changes, "commune": make.DAO_SAN}
    answer = post(cast.dieuphoi_gbv, name, body, **changes)
    assert (answer.status_code, set(answer.json())) == (400, {field})


def test_a_second_target_for_the_same_place_and_year_is_refused(cast, indicator):
    assert post(cast.bdh, "indicator-targets", TARGET).status_code == 201
    again = post(cast.bdh, "indicator-targets", TARGET)
    assert (again.status_code, set(again.json())) == (400, {"non_field_errors"})
    assert "hãy sửa chỉ tiêu đó" in str(again.json())


def test_an_indicator_with_entered_actuals_is_not_counted_as_well(cast, indicator):
    post(cast.bdh, "indicator-actuals", ACTUAL)
    answer = make.api(cast.bdh).patch(
        f"/api/v1/indicators/{indicator['id']}/", {"counted": "female", "version": 1}
    )
    assert (answer.status_code, set(answer.json())) == (400, {"counted"})


def test_comments_are_read_by_who_sees_the_record(cast):
    body = {"title": "Sạt lở", "effect": "Chậm", "raised_on": "2023-01-05"}
    body |= {"commune": make.NAM_XE, "program": "GBV"}
    row = post(cast.bdh, "difficulties", body).json()
    said = {"kind": "difficulty", "record": row["id"], "text": "Nhờ @dieuphoi_gbv xem"}
    answer = post(cast.bdh, "comments", said)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["author"], made["mentions"]) == ("bdh", ["dieuphoi_gbv"])
    assert {name: made[name] for name in said} == said
    counts = {
        who: make.api(person).get("/api/v1/comments/", {"kind": "difficulty"}).json()["count"]
        for who, person in vars(cast).items()
        if who != "quantri"
    }
    assert {who for who, count in counts.items() if count == 0} == {"xa_banlang"}
    assert make.api(cast.bdh).get("/api/v1/comments/?mentions=quanly").json()["count"] == 0
    refused = post(cast.xa_banlang, "comments", said)
    assert (refused.status_code, set(refused.json())) == (400, {"record"})
    nobody = post(cast.bdh, "comments", said, text="Nhờ @xa_banlang")
    assert (nobody.status_code, set(nobody.json())) == (400, {"text"})
    assert post(cast.khach, "comments", said).status_code == 403


def test_what_was_chosen_goes_into_the_plan_and_what_was_left_is_proposed_again(cast):
    make.plan(make.line("GBV-01", make.BAN_LANG, 100), make.line("GBV-02", make.BAN_LANG, 50))
    make.posted(40)
    carried = {"from_year": "2023", "to_year": "2024", "activities": ["GBV-01"]}
    answer = post(cast.dieuphoi, "proposals/carry-over", carried)
    assert answer.status_code == 201
    assert [(row["carried_from"], row["estimate"]) for row in answer.json()["rows"]] == [
        ("GBV-01", 60)
    ]
    assert post(cast.dieuphoi, "proposals/carry-over", carried).json()["count"] == 0
    unknown = post(cast.dieuphoi, "proposals/carry-over", carried, activities=["GBV-99"])
    assert (unknown.status_code, set(unknown.json())) == (400, {"activities"})
    year = {"fiscal_year": "2024"}
    assert post(cast.dieuphoi, "proposals/plan-selected", year).status_code == 409
    make.api(cast.bdh).post(f"/api/v1/proposals/{answer.json()['rows'][0]['id']}/select/", {})
    assert post(cast.bdh, "proposals/plan-selected", year).status_code == 403
    planned = post(cast.dieuphoi, "proposals/plan-selected", year)
    assert planned.status_code == 201, planned.content
    (row,) = planned.json()["rows"]
    assert (row["state"], row["activity"]) == ("drafted", "GBV-01")
    lines = make.api(cast.dieuphoi).get(
        "/api/v1/plan-lines/", {"plan_version": row["plan_version"]}
    )
    assert [(line["activity"], line["total"]) for line in lines.json()["results"]] == [
        ("GBV-01", 60)
    ]


def test_a_target_and_an_actual_set_by_mistake_are_deleted_by_page_and_api(cast, client, indicator):
    board = make.api(cast.bdh)
    for kind, body in (("target", TARGET), ("actual", ACTUAL)):
        at = f"/api/v1/indicator-{kind}s/"
        row = board.post(at, body).json()
        here = f"{at}{row['id']}/"
        assert make.api(cast.khach).delete(here).status_code == 403
        assert board.delete(f"{here}?version={row['version'] + 1}").status_code == 409
        assert board.delete(f"{here}?version={row['version']}").status_code == 204
        assert board.get(here).status_code == 404
        again = board.post(at, body).json()
        client.force_login(cast.bdh)
        page = reverse(f"indicator-{kind}", args=[again["id"]])
        button = reverse(f"indicator-{kind}-delete", args=[again["id"]])
        assert button in client.get(page).content.decode()
        gone = client.post(button, {"version": again["version"]})
        assert (gone.status_code, gone["Location"]) == (302, reverse(f"indicator-{kind}s"))
        assert board.get(at).json()["count"] == 0


def test_another_communes_target_is_not_there_to_delete(cast, indicator):
    row = post(cast.bdh, "indicator-targets", TARGET, commune=make.DAO_SAN).json()
    theirs = make.api(cast.dieuphoi_gbv)
    assert theirs.delete(f"/api/v1/indicator-targets/{row['id']}/").status_code == 404
