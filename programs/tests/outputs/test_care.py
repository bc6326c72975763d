"""What was handed over is seen every year: what is due, and who looks after it by now."""

from datetime import date, timedelta

import pytest

from communes.models import Commune
from communes.services import boards, consolidate
from core.values.dates import today
from programs.models import Output
from programs.models.outputs import a_year_after, a_year_before
from programs.outputs import services as works
from programs.tests.outputs.test_services import an_output
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
HANDED_OVER = {"state": "handed_over", "handed_over_on": date(2023, 3, 1)}


def due(user, day):
    return [row.title for row in Output.objects.visible_to(user).check_due(day)]


def test_a_check_comes_due_a_year_after_the_handover_and_a_year_after_each_check(cast):
    row = an_output(cast.dieuphoi, **HANDED_OVER)
    an_output(cast.dieuphoi, title="Chưa bàn giao")
    assert due(cast.bdh, date(2024, 2, 29)) == []
    assert due(cast.bdh, date(2024, 3, 1)) == ["Điểm rửa tay"]
    works.note_state(actor=cast.xa_banlang, output=row, state="handed_over", date=date(2024, 3, 5))
    assert due(cast.bdh, date(2025, 3, 4)) == []
    assert due(cast.bdh, date(2025, 3, 5)) == ["Điểm rửa tay"]


def test_what_nobody_has_ever_seen_is_due(cast):
    an_output(cast.dieuphoi, state="in_use")
    assert due(cast.bdh, date(2023, 1, 1)) == ["Điểm rửa tay"]


@pytest.mark.parametrize("day", [date(2024, 2, 28), date(2024, 2, 29), date(2023, 2, 28)])
def test_the_day_a_check_is_due_is_the_first_on_which_it_is_listed(day):
    due = a_year_after(day)
    assert day <= a_year_before(due)
    assert day > a_year_before(due - timedelta(days=1))


def test_the_list_names_the_unit_the_board_and_the_keeper_of_today(cast, client):
    an_output(cast.dieuphoi, **HANDED_OVER, maintained_by="Trường mầm non")
    before = make.commune()
    after = Commune.objects.get(pk=before.successor_id)
    old = {"name": "Ban Dự án xã Bản Lang", "kind": "commune", "commune": before}
    board = boards.create(actor=cast.bdh, **old, term_start=date(2022, 7, 1))
    consolidate(actor=cast.bdh, board=board, decision_no="12/QĐ", decision_date=after.valid_from)
    client.force_login(cast.bdh)
    (line,) = client.get("/outputs/checks-due/").context["list"]["lines"]
    texts = [cell.text for cell in line["cells"]]
    assert after.name in texts and before.name not in texts
    assert {"Trường mầm non", "Ban Dự án xã Bản Lang", "01/03/2024"} <= set(texts)
    (row,) = Output.objects.visible_to(cast.bdh).with_care(date(2024, 1, 1))
    assert row.board_now == board.name


def test_a_commune_sees_what_is_due_in_its_own_place(cast, client):
    an_output(cast.dieuphoi, **HANDED_OVER)
    an_output(cast.dieuphoi, [make.DAO_SAN], **HANDED_OVER, title="Nhà vệ sinh")
    client.force_login(cast.xa_banlang)
    assert client.get("/outputs/checks-due/").context["list"]["count"] == "1"
    assert "/outputs/checks-due/" in client.get("/waiting/").content.decode()


def test_the_api_says_the_same(cast):
    an_output(cast.dieuphoi, **HANDED_OVER)
    an_output(cast.dieuphoi, **{**HANDED_OVER, "handed_over_on": today()}, title="Mới")
    asked = f"/api/v1/outputs/?check_due_on={today()}"
    answer = make.api(cast.bdh).get(asked).json()
    assert [row["title"] for row in answer["results"]] == ["Điểm rửa tay"]
    row = answer["results"][0]
    assert (row["last_seen"], row["next_check"]) == ("2023-03-01", "2024-03-01")
    assert make.api(cast.bdh).get(f"{asked}&maintained=true").json()["count"] == 0
    assert make.api(cast.bdh).get("/api/v1/outputs/?check_due_on=x").status_code == 400
