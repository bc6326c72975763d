"""Places and days: a commune's code is read as of the record's own day, at every door; what was
planned in a unit that ended is handed over in the unit which that one became.
"""

from datetime import date
from io import BytesIO

import pytest
from django.utils.translation import override
from openpyxl import Workbook

from communes.misplaced import misplaced
from communes.models import Village
from imports.resolve import Directory
from imports.services import check_workbook
from monitoring.models import Visit
from plan_portal.api import router
from programs.models import ConditionCheck, FiscalYear, Output
from tests import factories as make
from tests.pages import scene
from trainings.models import Training

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SIN_SUOI_HO = "03394"  # the code was Thèn Sin's, of another district, until 30 June 2025
CLASS = {"title": "Kỹ năng sống", "topic": "GBV-CLB", "female": 12, "male": 8}
OUTSIDE = (
    "Xã Thèn Sin (03394) lies in Huyện Tam Đường, outside the programme area."
    " Today's Xã Sin Suối Hồ was then: Nậm Xe (03586)."
)


def test_todays_code_does_not_carry_a_class_of_2024_out_of_the_area(cast, client):
    body = {**CLASS, "commune": SIN_SUOI_HO, "start": "2024-05-15"}
    api = make.api(cast.dieuphoi)
    said = api.post("/api/v1/trainings/", body, HTTP_ACCEPT_LANGUAGE="en")
    assert said.json() == {"commune": [OUTSIDE]}
    client.force_login(cast.dieuphoi)
    client.cookies["django_language"] = "en"
    form = {
        **body,
        "topic": make.topic().pk,
        "program": make.program().pk,
        "commune": make.commune(SIN_SUOI_HO).pk,
    }
    answer = client.post("/trainings/new/", form)
    assert answer.context["form"].errors == {"commune": [OUTSIDE]}
    book, file = Workbook(), BytesIO()
    book.active.append(["Tên lớp tập huấn", "Chủ đề", "Xã", "Từ ngày", "Nam", "Nữ"])
    book.active.append(["Lớp 1", make.topic().name, SIN_SUOI_HO, "15/05/2024", 8, 12])
    book.save(file)
    with override("en"):
        found = check_workbook(
            actor=cast.dieuphoi,
            kind="trainings",
            source=file.getvalue(),
            fiscal_year=make.year("2024"),
        )
    assert [error.message for error in found.errors] == [OUTSIDE]
    assert not Training.objects.exists()


def test_the_same_code_is_the_new_unit_on_a_day_after_the_merger(cast):
    body = {**CLASS, "commune": SIN_SUOI_HO, "start": "2025-08-15"}
    made = make.api(cast.dieuphoi).post("/api/v1/trainings/", body)
    assert made.status_code == 201
    assert Training.objects.get().commune == make.commune(SIN_SUOI_HO, valid_from=date(2025, 7, 1))


@pytest.fixture
def works(cast):
    """A handwashing point planned in Bản Lang for spring 2025, and not yet built at the merger."""
    Village.objects.create(commune=make.commune(), name="Nà Đoong")
    body = {
        "title": "Điểm rửa tay",
        "kind": "handwashing",
        "program": "GBV",
        "fiscal_year": "2025",
        "planned_on": "2025-04-15",
        "commune": make.BAN_LANG,
        "village": "Nà Đoong",
    }
    return make.api(cast.dieuphoi).post("/api/v1/outputs/", body).json()


NEW = make.KHONG_LAO  # the code of the unit that Bản Lang became


def units(pk):
    return [(unit.code, unit.valid_from.year) for unit in Output.objects.get(pk=pk).communes.all()]


@pytest.mark.parametrize("code", [None, make.BAN_LANG, NEW])
def test_works_planned_before_the_merger_are_handed_over_after_it(cast, works, code):
    """Whether a client says nothing of the place, names the old unit, or the new one."""
    said = {"state": "handed_over", "handed_over_on": "2025-08-20", "version": works["version"]}
    body = said if code is None else {**said, "commune": code}
    answer = make.api(cast.dieuphoi).patch(f"/api/v1/outputs/{works['id']}/", body)
    assert (answer.status_code, units(works["id"])) == (200, [(NEW, 2025)])


def test_their_handover_and_checks_are_confirmed_in_the_new_unit(cast, works, client):
    api, address = make.api(cast.dieuphoi), f"/api/v1/outputs/{works['id']}"
    done = api.post(f"{address}/confirm/", {"state": "handed_over", "date": "2025-08-20"})
    assert done.status_code == 200
    assert (done.json()["commune"], done.json()["village"]) == (NEW, "Nà Đoong")
    assert units(works["id"]) == [(NEW, 2025)]
    assert api.post(f"{address}/confirm/", {"state": "in_use"}).status_code == 200
    assert [check.state for check in ConditionCheck.objects.all()] == ["in_use", "handed_over"]
    why = Output.history.filter(id=works["id"]).values_list("history_change_reason", flat=True)
    assert [text for text in why if "Bản Lang" in text and "Xã Khổng Lào" in text]
    client.force_login(cast.dieuphoi)
    form = {
        "title": "Điểm rửa tay, đã sửa",
        "kind": "handwashing",
        "program": make.program().pk,
        "fiscal_year": make.year("2025").pk,
        "communes": [make.commune(NEW, valid_from=make.REFORM).pk],
        "village": Village.objects.get(name="Nà Đoong").pk,
        "quantity": 2,
        "planned_on": "2025-04-15",
        "handed_over_on": "2025-08-20",
        "state": "in_use",
        "version": Output.objects.get().version,
    }
    assert client.post(f"/outputs/{works['id']}/edit/", form).status_code == 302
    assert units(works["id"]) == [(NEW, 2025)]


def test_the_page_hands_them_over_too(cast, works, client):
    client.force_login(cast.dieuphoi)
    form = {"state": "handed_over", "date": "20/08/2025", "version": works["version"]}
    assert client.post(f"/outputs/{works['id']}/confirm/", form).status_code == 302
    assert units(works["id"]) == [(NEW, 2025)]


def test_what_was_planned_after_it_ended_is_refused(cast):
    body = {"title": "Lớp học", "kind": "other", "program": "GBV", "commune": make.BAN_LANG}
    late = {**body, "fiscal_year": "2026", "planned_on": "2025-09-15"}
    answer = make.api(cast.dieuphoi).post("/api/v1/outputs/", late, HTTP_ACCEPT_LANGUAGE="en")
    said = "Bản Lang no longer existed on 15/09/2025: it became Xã Khổng Lào."
    assert (answer.status_code, answer.json()) == (400, {"communes": [said]})


def test_works_handed_over_before_it_are_visited_after_it(cast, works):
    """They stand where they stood, under the name the ground has now; so do the villages."""
    api = make.api(cast.dieuphoi)
    api.post(
        f"/api/v1/outputs/{works['id']}/confirm/", {"state": "handed_over", "date": "2025-06-20"}
    )
    assert units(works["id"]) == [(make.BAN_LANG, 1900)]
    visit = {
        "title": "Giám sát",
        "date": "2026-03-10",
        "commune": NEW,
        "output": works["id"],
        "village": "Nà Đoong",
        "seen": "Còn dùng tốt",
    }
    assert api.post("/api/v1/visits/", visit).status_code == 201
    other = {**visit, "commune": SIN_SUOI_HO}
    assert set(api.post("/api/v1/visits/", other).json()) == {"village"}


def test_an_agreement_due_before_the_merger_is_signed_after_it(cast):
    api = make.api(cast.bdh)
    body = {"kind": "PA", "title": "PA", "communes": [make.BAN_LANG], "due_date": "2025-06-30"}
    made = api.post("/api/v1/agreements/", body).json()
    signed = {"signed_date": "2025-07-20", "version": made["version"]}
    answer = api.patch(f"/api/v1/agreements/{made['id']}/", signed)
    assert (answer.status_code, answer.json()["communes"]) == (200, [NEW])


def test_a_board_is_consolidated_in_the_unit_that_its_commune_became(cast):
    api = make.api(cast.bdh)
    body = {"name": "Ban Dự án xã", "kind": "commune", "commune": make.BAN_LANG}
    board = api.post("/api/v1/boards/", {**body, "term_start": "2022-07-01"}).json()
    decision = {"decision_no": "12/QĐ-UBND", "decision_date": "2025-08-01"}
    new = api.post(f"/api/v1/boards/{board['id']}/consolidate/", decision)
    assert (new.status_code, new.json()["commune"]) == (201, NEW)


def test_a_conclusion_keeps_the_unit_of_its_meeting(cast):
    """An action point is of the day of what raised it, though it is due after the merger."""
    api = make.api(cast.bdh)
    body = {"title": "Họp", "kind": "other", "date": "2025-06-10", "commune": make.BAN_LANG}
    meeting = api.post("/api/v1/meetings/", {**body, "conclusions": "Sửa bể nước"}).json()
    said = {"conclusion": "Sửa bể nước", "assignee_body": "UBND", "due_date": "2025-09-01"}
    point = api.post(f"/api/v1/meetings/{meeting['id']}/conclude/", said)
    assert (point.status_code, point.json()["commune"]) == (201, make.BAN_LANG)


def test_a_figure_stated_of_a_commune_that_was_no_more_is_refused(cast):
    figure = {
        "label": "Số lớp",
        "measure": "trainings",
        "qualifier": "đúng",
        "value": 3,
        "unit": "lớp",
        "text": "3 lớp",
        "commune": make.BAN_LANG,
        "fiscal_year": "2026",
    }
    body = {"title": "Họp", "kind": "other", "date": "2026-08-10", "stated_figures": [figure]}
    answer = make.api(cast.bdh).post("/api/v1/meetings/", body)
    assert answer.status_code == 400
    assert "Khổng Lào" in str(answer.json()["stated_figures"])


def test_a_record_in_a_wrong_unit_can_be_worked_with_and_put_right(cast):
    """Taken in before the rule: its text is changed without a question, its place only to a right
    one."""
    row = make.training(commune=SIN_SUOI_HO, start=date(2024, 5, 15))
    api, address = make.api(cast.dieuphoi), f"/api/v1/trainings/{row.pk}/"
    first = api.patch(address, {"title": "Lớp khác", "version": row.version})
    assert first.status_code == 200
    wrong = {"start": "2024-05-16", "end": "2024-05-17", "version": first.json()["version"]}
    assert set(api.patch(address, wrong).json()) == {"commune"}
    right = {"commune": make.NAM_XE, "version": first.json()["version"]}
    assert api.patch(address, right).json()["commune"] == make.NAM_XE


PLACED = set(
    "action-points agreements boards communes difficulties disbursements groups indicator-actuals "
    "indicator-targets meetings outputs plan-lines proposals referrals trainings villages "
    "visits".split()
)
CODES = ("commune", "communes", "parent", "successor")


def without_beginning(value, path=""):
    """Where in an answer a commune's code stands without the first day of its unit."""
    if isinstance(value, list):
        return [wrong for each in value for wrong in without_beginning(each, path)]
    if not isinstance(value, dict):
        return []
    wrong = [
        f"{path}/{name}"
        for name in CODES
        if name in value and bool(value.get(f"{name}_valid_from")) is not bool(value[name])
    ]
    return wrong + [
        each for name, part in value.items() for each in without_beginning(part, f"{path}/{name}")
    ]


def test_beside_every_code_of_a_unit_stands_what_makes_it_unique(cast):
    """In every list of the API, its single records, its CSV and its sheets."""
    scene(cast)
    wrong, seen = [], set()
    for prefix, _view, _base in router.registry:
        who = cast.bdh if cast.who_reads(prefix) == cast.khach else cast.who_reads(prefix)
        api = make.api(who)
        body = api.get(f"/api/v1/{prefix}/").json()
        wrong += without_beginning(body["results"], prefix)
        names = [name for name in CODES if body["results"] and name in body["results"][0]]
        header = b"".join(api.get(f"/api/v1/{prefix}/", {"format": "csv"}).streaming_content)
        columns = header.decode("utf-8-sig").splitlines()[0].split(",")
        wrong += [f"{prefix}.csv" for name in names if f"{name}_valid_from" not in columns]
        seen |= {prefix} if names else set()
    assert wrong == []
    assert seen == PLACED
    variances = api.get("/api/v1/variances/", {"fiscal_year": "2023"}).json()
    assert variances["rows"]
    assert without_beginning(variances["rows"]) == []


def test_with_it_rows_join_units_one_to_one(cast):
    """Joined on the code alone, a class of the old Khổng Lào would be one of the new, too."""
    make.training(commune=make.KHONG_LAO)
    make.training(commune=make.commune(NEW, valid_from=make.REFORM), start=date(2025, 8, 1))
    api = make.api(cast.bdh)
    pages = api.get("/api/v1/communes/", {"page_size": 500}).json()["results"]
    units = {(unit["code"], unit["valid_from"]): unit["id"] for unit in pages}
    rows = api.get("/api/v1/trainings/").json()["results"]
    joined = [units[row["commune"], row["commune_valid_from"]] for row in rows]
    assert joined == [
        make.commune(NEW, valid_from=make.REFORM).pk,
        make.commune(make.KHONG_LAO).pk,
    ]


def test_in_a_year_in_which_units_changed_a_workbook_goes_by_the_rows_day(reference):
    """A fiscal year from January to December has both communes called Khổng Lào."""
    year = FiscalYear.objects.create(code="25", start=date(2025, 1, 1), end=date(2025, 12, 31))
    directory = Directory(year)
    for word in ("Khổng Lào", NEW):
        found = [directory.commune(word, day) for day in (date(2025, 3, 1), date(2025, 8, 1))]
        assert [unit.valid_from.year for unit in found] == [1900, 2025]


def test_a_difficulty_without_a_day_is_of_today(cast):
    body = {"title": "Sạt lở", "effect": "Chậm", "commune": make.BAN_LANG}
    api = make.api(cast.dieuphoi)
    refused = api.post("/api/v1/difficulties/", body)
    assert (refused.status_code, set(refused.json())) == (400, {"commune"})
    assert api.post("/api/v1/difficulties/", {**body, "commune": NEW}).json()["commune"] == NEW


def test_what_stands_in_a_wrong_unit_from_before_is_listed(cast):
    """Of every kind; nothing of it is changed by itself."""
    scene(cast)
    assert list(misplaced()) == []
    row = make.training(commune=SIN_SUOI_HO, start=date(2024, 5, 15))
    visit = Visit.objects.get()
    Visit.objects.update(date=date(2025, 9, 15))
    ended = f"{visit.commune} no longer existed on 15/09/2025: it became Xã Khổng Lào."
    with override("en"):
        assert dict(misplaced()) == {visit: ended, row: OUTSIDE}


@pytest.mark.parametrize("page", ["/trainings/summary/", "/results/"])
def test_the_pages_of_a_year_say_what_a_unit_became(cast, client, page):
    client.force_login(cast.bdh)
    client.cookies["django_language"] = "en"
    said = client.get(page, {"fiscal_year": "2026", "commune": make.BAN_LANG}).content.decode()
    assert "Bản Lang (03577) is not a unit of these figures: it became Xã Khổng Lào (03583)" in said
    fine = client.get(page, {"fiscal_year": "2023", "commune": make.BAN_LANG}).content.decode()
    assert "is not a unit of these figures" not in fine


def test_a_record_without_a_day_that_is_sent_back_as_it_was_keeps_its_unit(cast):
    """A group of the old Khổng Lào, founded nobody knows when: today the code is another's."""
    body = {"name": "CLB", "kind": "club_school", "program": "GBV", "founded_on": "2022-09-01"}
    api = make.api(cast.dieuphoi)
    made = api.post("/api/v1/groups/", {**body, "communes": [make.KHONG_LAO]}).json()
    address = f"/api/v1/groups/{made['id']}/"
    first = api.patch(address, {"founded_on": None, "version": made["version"]}).json()
    sent = {"name": "CLB mới", "communes": first["communes"], "version": first["version"]}
    assert api.patch(address, sent).json()["commune_valid_from"] == "1900-01-01"
