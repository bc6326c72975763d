"""Plan versions and their lines through the API."""

import pytest

from tests.factories import (
    BAN_LANG,
    DAO_SAN,
    activity,
    api,
    draft_plan,
    line,
    plan,
    submitted_plan,
)

pytestmark = pytest.mark.django_db
VERSIONS, LINES = "/api/v1/plan-versions/", "/api/v1/plan-lines/"


def test_a_plan_from_draft_to_approval(cast):
    activity("GBV-01")
    enter, head = api(cast.dieuphoi), api(cast.truongban)
    made = enter.post(VERSIONS, {"fiscal_year": "2023"})
    assert made.status_code == 201, made.content
    here = f"{VERSIONS}{made.json()['id']}/"
    assert enter.post(f"{here}submit/").status_code == 409  # empty
    body = {"plan_version": made.json()["id"], "activity": "GBV-01", "commune": BAN_LANG}
    added = enter.post(LINES, {**body, "q1": 100, "q3": 5})
    assert added.status_code == 201, added.content
    row = added.json()
    assert {name: row[name] for name in body} == body
    assert [row[f"q{q}"] for q in (1, 2, 3, 4)] == [100, 0, 5, 0]
    assert (row["total"], row["program"], row["fund"]) == (105, "GBV", "UNSPECIFIED")
    assert enter.post(LINES, body).status_code == 400  # there already
    changed = enter.patch(f"{LINES}{row['id']}/", {"version": row["version"], "q3": 0, "q4": 7})
    assert changed.status_code == 200, changed.content
    assert [changed.json()[f"q{q}"] for q in (1, 2, 3, 4)] == [100, 0, 0, 7]
    assert (
        enter.patch(f"{LINES}{row['id']}/", {"version": row["version"], "q3": 1}).status_code == 409
    )
    assert enter.post(f"{here}submit/").json()["state"] == "submitted"
    assert enter.post(f"{here}approve/").status_code == 403
    assert head.post(f"{here}approve/", {"version": 1}).status_code == 409
    done = head.post(f"{here}approve/", {"decision_no": "12/QĐ", "decision_date": "2022-06-30"})
    assert done.status_code == 200, done.content
    assert (done.json()["state"], done.json()["number"]) == ("approved", 1)
    assert (done.json()["planned"], done.json()["decision_no"]) == (107, "12/QĐ")
    assert head.post(f"{here}approve/").status_code == 409


def test_an_approved_plan_is_read_only(cast):
    version = plan(line())
    row = version.lines.get()
    client = api(cast.dieuphoi)
    now = client.get(f"{LINES}{row.pk}/").json()
    activity("GBV-02")
    body = {"plan_version": version.pk, "activity": "GBV-02", "commune": BAN_LANG}
    assert client.post(LINES, body).status_code == 409
    answer = client.patch(f"{LINES}{row.pk}/", {"version": now["version"], "q1": 1})
    assert answer.status_code == 409
    assert client.delete(f"{LINES}{row.pk}/").status_code == 409
    answer = client.patch(f"{VERSIONS}{version.pk}/", {"version": version.version, "reason": "x"})
    assert answer.status_code == 409


def test_a_line_is_taken_out_of_a_draft(cast):
    version = draft_plan(line(), line("GBV-02"))
    row = version.lines.first()
    client = api(cast.dieuphoi)
    assert client.delete(f"{LINES}{row.pk}/?version=99").status_code == 409
    assert client.delete(f"{LINES}{row.pk}/?version=2147483647").status_code == 409
    for wrong in ("x", "0", "2147483648", "-1"):
        assert client.delete(f"{LINES}{row.pk}/?version={wrong}").status_code == 400, wrong
    assert client.delete(f"{LINES}{row.pk}/?version=1").status_code == 204
    assert version.lines.count() == 1


def test_lines_and_sums_are_those_of_the_scope(cast):
    version = plan(line(amounts=5), line("ECCD-01", amounts=50), line(commune_code=DAO_SAN))
    client = api(cast.dieuphoi_gbv)
    rows = client.get(LINES, {"plan_version": version.pk}).json()["results"]
    assert {(row["activity"], row["commune"]) for row in rows} == {("GBV-01", BAN_LANG)}
    assert client.get(f"{VERSIONS}{version.pk}/").json()["planned"] == 5
    other = version.lines.get(program__code="ECCD")
    assert client.get(f"{LINES}{other.pk}/").status_code == 404


def test_a_line_out_of_scope_is_refused_by_field(cast):
    version = draft_plan(line(), by=cast.dieuphoi)
    activity("ECCD-01")
    body = {"plan_version": version.pk, "activity": "GBV-01", "commune": DAO_SAN}
    client = api(cast.dieuphoi_gbv)
    assert set(client.post(LINES, body).json()) == {"commune"}
    body = {**body, "activity": "ECCD-01", "commune": BAN_LANG}
    assert set(client.post(LINES, body).json()) == {"activity"}
    unseen = draft_plan(line("ECCD-02"), by=cast.dieuphoi)
    assert set(client.post(LINES, {**body, "plan_version": unseen.pk}).json()) == {"plan_version"}


def test_returning_a_plan_needs_a_reason(cast):
    version = submitted_plan()
    here = f"{VERSIONS}{version.pk}/return/"
    assert set(api(cast.truongban).post(here, {}).json()) == {"reason"}
    assert api(cast.truongban).post(here, {"reason": "Thiếu"}).json()["return_reason"] == "Thiếu"


def test_a_revision_starts_from_the_version_it_revises(cast):
    first = plan(line(amounts=9))
    made = api(cast.dieuphoi).post(
        VERSIONS, {"fiscal_year": "2023", "based_on": first.pk, "reason": "Bổ sung vốn"}
    )
    assert made.status_code == 201, made.content
    assert (made.json()["planned"], made.json()["based_on"]) == (9, first.pk)


def test_plans_are_found_by_their_words_without_accents(cast):
    found = draft_plan(reason="Điều chỉnh vì mưa lũ")
    draft_plan(line("ECCD-01"), reason="Lý do khác")
    client = api(cast.khach)
    for words in ("mua lu", "ĐIỀU CHỈNH mưa", "2023 lu"):
        rows = client.get(VERSIONS, {"search": words}).json()["results"]
        assert [row["id"] for row in rows] == [found.pk], words
    assert client.get(VERSIONS, {"search": "không có gì"}).json()["count"] == 0
