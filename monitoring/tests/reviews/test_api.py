"""The resources of the programme's life: shapes, scope, roles and rules over the API."""

from datetime import date

import pytest

from tests import factories as make

pytestmark = pytest.mark.any_database

TRAINING = {
    "title": "Kỹ năng sống",
    "topic": "GBV-CLB",
    "commune": make.BAN_LANG,
    "start": "2022-09-15",
    "female": 12,
    "male": 8,
}
BODIES = {
    "trainings": TRAINING,
    "outputs": {
        "title": "Điểm rửa tay",
        "kind": "handwashing",
        "program": "GBV",
        "fiscal_year": "2023",
        "communes": [make.BAN_LANG],
    },
    "agreements": {"kind": "MoU", "title": "Bản ghi nhớ", "due_date": "2023-08-01"},
    "boards": {"name": "Ban Dự án xã", "kind": "commune", "commune": make.BAN_LANG},
    "meetings": {"title": "Hội nghị tổng kết", "kind": "annual_review", "date": "2023-08-02"},
    "visits": {
        "title": "Giám sát",
        "date": "2023-05-02",
        "commune": make.BAN_LANG,
        "seen": "Lớp học đều",
    },
    "difficulties": {
        "title": "Sạt lở",
        "effect": "Chậm",
        "commune": make.BAN_LANG,
        "raised_on": "2023-01-05",
    },
    "action-points": {"title": "Ký MoU", "assignee_body": "BĐH", "commune": make.BAN_LANG},
    "proposals": {
        "title": "Điểm rửa tay",
        "fiscal_year": "2024",
        "program": "GBV",
        "commune": make.BAN_LANG,
        "why": "Thiếu nước",
        "for_whom": "Điểm trường",
        "expected": "1 điểm rửa tay",
        "estimate": 50_000_000,
    },
}
WRITERS = {
    "trainings": {"dieuphoi", "dieuphoi_gbv", "xa_banlang"},
    "outputs": {"bdh", "quanly", "dieuphoi", "dieuphoi_gbv"},
    "agreements": {"bdh"},
    "boards": {"bdh"},
    "meetings": {"bdh"},
    "visits": {"bdh", "quanly", "dieuphoi", "dieuphoi_gbv"},
    "difficulties": {"bdh", "quanly", "dieuphoi", "dieuphoi_gbv", "xa_banlang"},
    "action-points": {"bdh", "quanly", "dieuphoi", "dieuphoi_gbv", "xa_banlang"},
    "proposals": {"dieuphoi", "dieuphoi_gbv", "xa_banlang"},
}


def post(person, name, /, **changes):
    return make.api(person).post(f"/api/v1/{name}/", {**BODIES[name], **changes})


def made(person, name, /, **changes):
    answer = post(person, name, **changes)
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.mark.parametrize("name", BODIES)
def test_who_may_write_what(cast, name):
    answers = {
        username: post(person, name, title=f"{name} của {username}").status_code
        if name != "boards"
        else post(person, name).status_code
        for username, person in vars(cast).items()
    }
    assert {who for who, code in answers.items() if code == 201} == WRITERS[name]
    assert {code for who, code in answers.items() if who not in WRITERS[name]} == {403}


@pytest.mark.parametrize("name", BODIES)
def test_a_record_reads_as_it_was_written_and_a_stale_change_is_409(cast, name):
    person = getattr(cast, sorted(WRITERS[name])[0])
    row = made(person, name)
    sent = BODIES[name]
    if name == "agreements":
        sent = {key: value for key, value in sent.items() if key != "due_date"}
    assert {key: row[key] for key in sent} == sent
    address = f"/api/v1/{name}/{row['id']}/"
    client = make.api(person)
    label = "name" if name == "boards" else "title"
    change = {label: "Đổi tên", "version": row["version"]}
    assert client.patch(address, change).json()[label] == "Đổi tên"
    assert client.patch(address, change).status_code == 409
    assert client.patch(address, {label: "Không số"}).status_code == 400


@pytest.mark.parametrize("name", sorted(set(BODIES) - {"agreements", "meetings"}))
def test_another_communes_record_is_not_found(cast, name):
    person = getattr(cast, sorted(WRITERS[name] - {"xa_banlang", "dieuphoi_gbv"})[0])
    place = [make.NAM_XE] if name == "outputs" else make.NAM_XE
    row = made(person, name, **{"communes" if name == "outputs" else "commune": place})
    client = make.api(cast.xa_banlang)
    assert client.get(f"/api/v1/{name}/{row['id']}/").status_code == 404
    assert client.get(f"/api/v1/{name}/").json()["count"] == 0
    assert make.api(cast.khach).get(f"/api/v1/{name}/").json()["count"] == 1


@pytest.mark.parametrize("name", ["trainings", "difficulties", "proposals"])
def test_a_body_that_names_what_is_out_of_scope_is_400(cast, name):
    answer = post(cast.xa_banlang, name, commune=make.NAM_XE)
    assert (answer.status_code, set(answer.json())) == (400, {"commune"})


@pytest.mark.parametrize("name", BODIES)
def test_a_list_asks_no_more_for_more_rows(cast, name, django_assert_max_num_queries):
    person = getattr(cast, sorted(WRITERS[name])[0])
    label = "name" if name == "boards" else "title"
    made(person, name)
    client = make.api(cast.khach)

    def queries():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/api/v1/{name}/").status_code == 200
        return len(seen)

    queries()
    one = queries()
    for number in range(3):
        made(person, name, **{label: f"Dòng {number}"})
    assert queries() == one


def test_due_within_august_is_the_last_day(cast):
    row = made(cast.bdh, "agreements", due_precision="month")
    assert (row["due_date"], row["due_precision"]) == ("2023-08-31", "month")
    late = make.api(cast.bdh).get("/api/v1/agreements/", {"late_on": "2023-09-01"}).json()
    assert [r["id"] for r in late["results"]] == [row["id"]]


def test_an_output_of_two_communes_has_no_one_commune(cast):
    row = made(cast.dieuphoi, "outputs", communes=[make.HOANG_THEN, make.KHONG_LAO])
    assert (set(row["communes"]), row["commune"]) == ({make.HOANG_THEN, make.KHONG_LAO}, None)
    body = {key: value for key, value in BODIES["outputs"].items() if key != "communes"}
    one = make.api(cast.dieuphoi).post(
        "/api/v1/outputs/", {**body, "commune": make.BAN_LANG, "village": "Thèn Thầu"}
    )
    assert (one.json()["communes"], one.json()["village"]) == ([make.BAN_LANG], "Thèn Thầu")


def test_a_village_elsewhere_is_no_village_here(cast):
    answer = post(cast.dieuphoi, "outputs", communes=[make.NAM_XE], village="Thèn Thầu")
    assert (answer.status_code, set(answer.json())) == (400, {"village"})


def test_a_class_counts_its_people_itself_where_nobody_said(cast):
    assert made(cast.dieuphoi, "trainings")["participants"] == 20
    wrong = post(cast.dieuphoi, "trainings", participants=21)
    assert (wrong.status_code, set(wrong.json())) == (400, {"participants"})


def test_many_classes_come_all_or_none(cast):
    client = make.api(cast.dieuphoi)
    rows = [{**TRAINING, "title": f"Lớp {n}"} for n in range(3)]
    bad = [*rows, {**TRAINING, "title": "Sai", "participants": 3}]
    refused = client.post("/api/v1/trainings/bulk/", {"rows": bad})
    assert refused.status_code == 400
    assert [int(row["row"]) for row in refused.json()["rows"]] == [4]
    assert client.get("/api/v1/trainings/").json()["count"] == 0
    assert client.post("/api/v1/trainings/bulk/", {"rows": rows}).json()["count"] == 3


def test_a_meeting_comes_with_what_was_stated_and_what_the_ledger_says(cast):
    make.posted(8_904_000_000)
    row = made(
        cast.bdh,
        "meetings",
        stated_figures=[
            {
                "label": "Giải ngân",
                "measure": "disbursed",
                "qualifier": "hơn",
                "value": 8_900_000_000,
                "unit": "đồng",
                "text": "hơn 8,9 tỷ đồng",
                "fiscal_year": "2023",
            }
        ],
        stated_outcomes=[{"program": "GBV", "text": "Thanh niên nói không với tảo hôn"}],
    )
    figure = row["stated_figures"][0]
    assert (figure["value"], figure["ledger_value"], figure["agrees"]) == (
        8_900_000_000,
        8_904_000_000,
        True,
    )
    assert row["stated_outcomes"][0]["program"] == "GBV"
    seen = make.api(cast.xa_banlang).get(f"/api/v1/meetings/{row['id']}/").json()
    assert seen["stated_figures"][0]["ledger_value"] is None


def test_an_action_point_is_finished_with_a_note_and_verified_by_another(cast):
    row = made(cast.bdh, "action-points", assignee_user="bdh")
    address = f"/api/v1/action-points/{row['id']}/"
    own = make.api(cast.bdh)
    assert own.post(address + "finish/", {"note": ""}).status_code == 400
    assert own.post(address + "finish/", {"note": "Đã ký"}).json()["state"] == "reported"
    assert own.post(address + "verify/").status_code == 403
    assert make.api(cast.quanly).post(address + "verify/").json()["state"] == "done"
    assert own.post(address + "finish/", {"note": "Lại"}).status_code == 409


def test_an_action_point_leads_to_what_raised_it(cast):
    meeting = made(cast.bdh, "meetings")
    row = made(cast.bdh, "action-points", meeting=meeting["id"])
    assert row["source"] == {
        "kind": "meeting",
        "id": meeting["id"],
        "title": "Hội nghị tổng kết",
    }
    assert row["assignee"] == "BĐH"


def test_a_difficulty_is_resolved_with_its_result(cast):
    row = made(cast.xa_banlang, "difficulties", raised_on="2022-09-01")
    client = make.api(cast.xa_banlang)
    address = f"/api/v1/difficulties/{row['id']}/"
    done = client.post(address + "resolve/", {"result": "Đã san gạt", "date": "2022-10-01"})
    assert (done.json()["state"], done.json()["resolved_on"]) == ("resolved", "2022-10-01")
    in_2023 = client.get("/api/v1/difficulties/", {"fiscal_year": "2023"}).json()["count"]
    in_2024 = client.get("/api/v1/difficulties/", {"fiscal_year": "2024"}).json()["count"]
    assert (in_2023, in_2024) == (1, 0)


def test_the_board_selects_within_the_ceiling(cast):
    year = make.year("2024")
    year.ceiling = 60_000_000
    year.save()
    rows = [made(cast.xa_banlang, "proposals") for _ in range(2)]
    client = make.api(cast.bdh)
    first, second = (f"/api/v1/proposals/{row['id']}/" for row in rows)
    assert client.post(first + "select/").json()["state"] == "selected"
    refused = client.post(second + "select/")
    assert (refused.status_code, refused.json()["code"]) == (409, "ceiling")
    assert client.post(second + "refuse/", {"reason": "Hết trần"}).json()["reason"] == "Hết trần"


def test_a_board_is_consolidated_with_its_members(cast):
    seats = [{"office": "Phó Chủ tịch UBND xã", "role": "Trưởng ban"}]
    row = made(cast.bdh, "boards", members=seats, term_start="2021-07-01")
    assert (row["level"], row["members"][0]["office"]) == ("commune", "Phó Chủ tịch UBND xã")
    answer = make.api(cast.bdh).post(
        f"/api/v1/boards/{row['id']}/consolidate/",
        {"decision_no": "45/QĐ-UBND", "decision_date": "2023-09-01"},
    )
    assert (answer.status_code, answer.json()["follows"]) == (201, row["id"])
    in_office = make.api(cast.bdh).get("/api/v1/boards/", {"in_office": "2023-10-01"}).json()
    assert [r["id"] for r in in_office["results"]] == [answer.json()["id"]]


def test_an_output_is_confirmed_by_its_commune(cast):
    row = made(cast.dieuphoi, "outputs")
    address = f"/api/v1/outputs/{row['id']}/confirm/"
    done = make.api(cast.xa_banlang).post(address, {"state": "handed_over", "date": "2023-05-04"})
    assert (done.json()["state"], done.json()["handed_over_on"]) == ("handed_over", "2023-05-04")
    assert make.api(cast.xa_banlang).post(address, {"state": "planned"}).status_code == 409


def test_topics_are_read(cast):
    body = make.api(cast.khach).get("/api/v1/topics/", {"program": "YEE"}).json()
    assert {row["code"] for row in body["results"]} == {"YEE-BAN-HANG", "YEE-DINH-GIA"}


def test_a_date_of_today_is_the_default_of_a_difficulty(cast):
    from core.values.dates import today

    body = {"title": "Sạt lở", "effect": "Chậm"}
    row = make.api(cast.bdh).post("/api/v1/difficulties/", body).json()
    assert date.fromisoformat(row["raised_on"]) == today()


def test_a_class_is_copied_to_other_days(cast):
    row = made(cast.dieuphoi, "trainings", end="2022-09-16")
    client, at = make.api(cast.dieuphoi), f"/api/v1/trainings/{row['id']}/copy/"
    wrong = client.post(at, {"starts": ["2022-10-01", "2019-10-01"]})
    assert (wrong.status_code, set(wrong.json())) == (400, {"starts"})
    assert client.get("/api/v1/trainings/").json()["count"] == 1  # all or none
    days = {"starts": ["2022-10-01", "2022-11-01"]}
    copies = client.post(at, days, headers={"idempotency-key": "k"})
    assert (copies.status_code, copies.json()["count"]) == (201, 2)
    assert [each["end"] for each in copies.json()["rows"]] == ["2022-10-02", "2022-11-02"]
    assert {each["female"] for each in copies.json()["rows"]} == {12}
    assert client.post(at, days, headers={"idempotency-key": "k"}).json() == copies.json()
    assert client.get("/api/v1/trainings/").json()["count"] == 3
    assert make.api(cast.khach).post(at, days).status_code == 403


def test_a_conclusion_of_a_meeting_becomes_an_action_point(cast):
    said = "Ký MoU trong tháng 8\nKiện toàn các ban"
    row = made(cast.bdh, "meetings", conclusions=said)
    board, at = make.api(cast.bdh), f"/api/v1/meetings/{row['id']}/conclude/"
    body = {"conclusion": "Kiện toàn các ban", "assignee_body": "BĐH", "due_date": "2023-09-30"}
    point = board.post(at, {**body, "version": row["version"]})
    assert point.status_code == 201, point.content
    told = {name: point.json()[name] for name in ("title", "assignee", "due_date", "meeting")}
    assert told == {
        "title": "Kiện toàn các ban",
        "assignee": "BĐH",
        "due_date": "2023-09-30",
        "meeting": row["id"],
    }
    unsaid = board.post(at, {**body, "conclusion": "Nghỉ họp"})
    assert (unsaid.status_code, set(unsaid.json())) == (400, {"conclusion"})
    assert board.post(at, {**body, "version": 99}).status_code == 409
    assert make.api(cast.dieuphoi).post(at, body).status_code == 403
