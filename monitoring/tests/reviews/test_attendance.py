"""Who was at a meeting, by body and office, and what its minutes still lack."""

from datetime import date

import pytest
from django.urls import reverse

from monitoring.models import Attendance
from monitoring.reviews.services import meetings
from reports.documents import make as documents
from tests import factories as make

pytestmark = pytest.mark.any_database

ANNOUNCED = {"title": "Hội nghị quý", "kind": "quarterly", "date": "2023-01-10"}
BODY = {**ANNOUNCED, "fiscal_year": "2023", "results": "Giải ngân đạt kế hoạch quý"}
CAME = {
    "body": "UBND huyện Phong Thổ",
    "office": "Phó Chủ tịch UBND huyện",
    "other_office": "Trưởng Ban Điều hành",
    "name": "",
    "people": 1,
    "gave_overview": False,
    "reported": False,
    "spoke": True,
}


@pytest.fixture
def meeting(cast):
    return meetings.meetings.create(
        actor=cast.bdh,
        title="Hội nghị quý",
        kind="quarterly",
        date=date(2023, 1, 10),
        fiscal_year=make.year(),
    )


def lacks(answer):
    return {each["field"]: each["code"] for each in answer.json().get("warnings", [])}


def test_over_the_api_it_comes_back_as_it_was_sent_and_is_replaced_whole(cast):
    api = make.api(cast.bdh)
    row = api.post("/api/v1/meetings/", {**BODY, "attendance": [CAME]}).json()
    assert row["attendance"] == [CAME]
    youth = {**CAME, "body": "Đoàn Thanh niên", "office": "", "other_office": "", "people": None}
    at = f"/api/v1/meetings/{row['id']}/"
    changed = api.patch(at, {"version": row["version"], "attendance": [youth]})
    assert (changed.status_code, changed.json()["attendance"]) == (200, [youth])


def test_without_a_body_it_is_refused_by_field_and_nothing_is_saved(cast):
    answer = make.api(cast.bdh).post("/api/v1/meetings/", {**BODY, "attendance": [{"office": "X"}]})
    assert (answer.status_code, set(answer.json())) == (400, {"attendance"})
    assert not Attendance.objects.exists()


def test_a_meeting_that_is_only_announced_lacks_nothing_yet(cast):
    answer = make.api(cast.bdh).post("/api/v1/meetings/", ANNOUNCED)
    assert (answer.status_code, lacks(answer)) == (201, {})


def test_minutes_without_attendance_are_saved_and_told_what_they_lack(cast):
    api = make.api(cast.bdh)
    bare = api.post("/api/v1/meetings/", BODY)
    assert (bare.status_code, set(lacks(bare))) == (201, {"attendance", "chair", "secretary"})
    named = {"chair": "Trưởng Ban Điều hành", "secretary": "Cán bộ Ban Điều hành"}
    whole = api.post("/api/v1/meetings/", {**BODY, **named, "attendance": [CAME]})
    assert (whole.status_code, lacks(whole)) == (201, {})


def test_an_answer_with_a_warning_may_be_sent_back_with_a_change(cast):
    api = make.api(cast.bdh)
    told = api.post("/api/v1/meetings/", BODY).json()
    assert told["warnings"]
    again = api.patch(f"/api/v1/meetings/{told['id']}/", {**told, "place": "Huyện"})
    assert (again.status_code, again.json()["place"]) == (200, "Huyện")


def test_on_the_page_it_is_entered_shown_and_taken_out_and_the_trail_keeps_it(
    cast, client, meeting
):
    client.force_login(cast.bdh)
    page = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
    assert "Chưa nhập thành phần tham dự" in page
    sent = {**CAME, "spoke": "on", "gave_overview": "", "reported": ""}
    answer = client.post(reverse("meeting-attendance", args=[meeting.pk]), sent)
    assert answer.status_code == 302
    row = Attendance.objects.get()
    assert (row.offices, row.parts) == (
        "Phó Chủ tịch UBND huyện; Trưởng Ban Điều hành",
        ["phát biểu"],
    )
    page = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
    assert "Chưa nhập thành phần tham dự" not in page
    assert "Phó Chủ tịch UBND huyện; Trưởng Ban Điều hành" in page
    client.post(reverse("stated-withdraw", args=[meeting.pk]), {"stated": f"attendance-{row.pk}"})
    assert not Attendance.objects.exists()
    reasons = [each.history_change_reason for each in meeting.history.all()]
    assert sum("Trưởng Ban Điều hành" in reason for reason in reasons) == 2


def test_what_is_wrong_on_the_page_comes_back_as_typed(cast, client, meeting):
    client.force_login(cast.bdh)
    sent = {"body": "", "office": "Bí thư Đoàn xã"}
    answer = client.post(reverse("meeting-attendance", args=[meeting.pk]), sent)
    assert (answer.status_code, "Bí thư Đoàn xã" in answer.content.decode()) == (400, True)


def test_who_may_not_record_meetings_enters_nobody_and_is_told_of_no_lack(cast, client, meeting):
    client.force_login(cast.dieuphoi)
    address = reverse("meeting-attendance", args=[meeting.pk])
    assert client.post(address, {"body": "X"}).status_code == 403
    page = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
    assert "Chưa nhập thành phần tham dự" not in page and address not in page


def test_the_minutes_name_chair_secretary_bodies_and_challenges(cast, meeting):
    meetings.meetings.change(
        actor=cast.bdh,
        record=meeting,
        version=meeting.version,
        chair="Bà Lò Thị Mai",
        secretary="Ông Vàng A Páo",
        challenges="Đường vào bản khó đi.",
    )
    meeting.refresh_from_db()
    meetings.state(actor=cast.bdh, meeting=meeting, attendance=[CAME])
    asked = documents.DocumentRequest("minutes", "docx", make.year(), meeting=meeting.pk)
    document = documents.compose(asked, cast.bdh).document
    assert [each["signer"] for each in document.signatures] == ["Ông Vàng A Páo", "Bà Lò Thị Mai"]
    said = str(document.blocks)
    for words in ("Chủ trì: Bà Lò Thị Mai.", "Thư ký: Ông Vàng A Páo.", "Đường vào bản khó đi."):
        assert words in said
    assert "'UBND huyện Phong Thổ', 'Phó Chủ tịch UBND huyện; Trưởng Ban Điều hành'" in said


def test_a_figure_keeps_as_of_when_it_was_said_beside_the_day_it_is_compared_up_to(cast, meeting):
    figure = {
        "label": "Giải ngân",
        "measure": "disbursed",
        "value": 8_900_000_000,
        "unit": "đồng",
        "text": "hơn 8,9 tỷ đồng",
        "fiscal_year": make.year(),
        "as_of": date(2023, 6, 30),
        "as_of_stated": "tính đến thời điểm hội nghị",
    }
    row = meetings.add_figure(actor=cast.bdh, meeting=meeting, **figure)
    assert row.as_of_said == "tính đến thời điểm hội nghị (đối chiếu đến 30/06/2023)"
    row.as_of_stated = ""
    assert row.as_of_said == "30/06/2023"


@pytest.fixture
def earlier(cast):
    """The quarterly meeting before, with who attended."""
    row = meetings.meetings.create(
        actor=cast.bdh, title="Hội nghị quý trước", kind="quarterly", date=date(2022, 10, 10)
    )
    named = {**CAME, "name": "Người dự", "people": 3}
    meetings.state(actor=cast.bdh, meeting=row, attendance=[named])
    return row


def test_attendance_starts_from_the_last_meetings_bodies_and_offices(
    cast, client, meeting, earlier
):
    client.force_login(cast.bdh)
    page = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
    assert "Bắt đầu từ thành phần của hội nghị trước" in page
    address = reverse("meeting-attendance-from-last", args=[meeting.pk])
    client.post(address, {})
    row = meeting.attendance.get()
    assert (row.body, row.offices) == (
        CAME["body"],
        "Phó Chủ tịch UBND huyện; Trưởng Ban Điều hành",
    )
    assert (row.name, row.people, row.parts) == ("", None, [])  # for this meeting to say
    page = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
    assert address not in page


def test_over_the_api_it_starts_once_and_only_from_a_meeting_before(cast, meeting, earlier):
    api = make.api(cast.bdh)
    at = f"/api/v1/meetings/{meeting.pk}/attendance-from-last/"
    begun = api.post(at)
    assert (begun.status_code, [row["body"] for row in begun.json()["attendance"]]) == (
        200,
        [CAME["body"]],
    )
    assert api.post(at).status_code == 409
    first = api.post("/api/v1/meetings/", {**ANNOUNCED, "date": "2021-09-01"}).json()
    assert api.post(f"/api/v1/meetings/{first['id']}/attendance-from-last/").status_code == 400
    assert make.api(cast.dieuphoi).post(at).status_code == 403
