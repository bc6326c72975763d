"""A unit ends: what is open in it goes to the unit it became, with a tick; the past stays."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Assignment
from core.services.errors import Conflict
from disbursements.models import Disbursement
from monitoring.merger import services as merger
from monitoring.models import Difficulty, HandedOn
from programs.agreements import services as contracts
from programs.models import Output
from programs.tests.outputs.test_services import an_output
from reports.documents.merger import compose
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(cast):
    """Bản Lang with something open of every kind: it became another commune in July 2025."""
    at = make.commune()
    raised = {"program": make.program(), "commune": at, "raised_on": date(2023, 2, 1)}
    Difficulty.objects.create(title="Đường sạt lở", effect="Chậm tiến độ", **raised)
    an_output(cast.dieuphoi, state="handed_over", handed_over_on=date(2023, 3, 1))
    contracts.agreements.create(
        actor=cast.bdh, kind="MoU", title="Bản ghi nhớ", communes=[at], due_date=date(2023, 8, 31)
    )
    make.draft(3_000_000, by=cast.dieuphoi)
    make.draft_plan(make.line("GBV-01", amounts={1: 5_000_000}), by=cast.dieuphoi)
    return at


def groups(unit, cast):
    return {group.kind.name.value: group for group in merger.checklist(unit, cast.quantri)}


def tick(cast, unit, kind, **more):
    return merger.hand_on(actor=cast.quantri, unit=unit, kind=kind, **more)


def test_everything_open_in_the_unit_is_on_the_list(cast, unit):
    found = {name: [line.title for line in g.lines] for name, g in groups(unit, cast).items()}
    assert found["difficulties"] == ["Đường sạt lở"]
    assert found["outputs"] == ["Điểm rửa tay"]
    assert found["agreements"] == ["Bản ghi nhớ"]
    assert len(found["plans"]) == len(found["rows"]) == 1
    assert any(title.startswith(cast.xa_banlang.display_name) for title in found["assignments"])


def test_a_tick_names_who_and_when_and_changes_nothing_of_the_past(cast, unit):
    before = list(Disbursement.objects.values())
    for kind in merger.KINDS:
        assert tick(cast, unit, kind, note="Ban Dự án xã mới")
    assert list(Disbursement.objects.values()) == before
    assert Difficulty.objects.get().commune == unit
    assert list(Output.objects.get().communes.all()) == [unit]
    assert {row.done_by for row in HandedOn.objects.all()} == {cast.quantri}
    assert all(group.ticked == group.total for group in groups(unit, cast).values())
    assert tick(cast, unit, "rows") == []  # once


def test_an_assignment_that_is_handed_on_follows_into_the_new_unit(cast, unit):
    own = Assignment.objects.get(user=cast.xa_banlang)
    assert own.followed_at is None
    tick(cast, unit, "assignments", records=[own.pk])
    own.refresh_from_db()
    assert own.followed_at is not None
    assert own.history.first().history_user == cast.quantri


def test_what_cannot_be_handed_on_says_why(cast, unit):
    row = Disbursement.objects.get()
    make.close(row.period)
    line = groups(unit, cast)["rows"].lines[0]
    assert "khóa" in line.cannot and not line.is_open
    with pytest.raises(ValidationError) as refusal:
        tick(cast, unit, "rows", records=[row.pk])
    assert "khóa" in refusal.value.message_dict["records"][0]
    assert tick(cast, unit, "rows") == []  # all that can be: none


def test_a_plan_with_money_after_the_unit_s_end_stays(cast, unit):
    unit.valid_to = date(2022, 9, 30)
    unit.save()
    assert groups(unit, cast)["plans"].lines[0].is_open  # the first quarter alone
    plan = groups(unit, cast)["plans"].lines[0].record
    plan.lines.get().amounts.create(quarter=2, amount=1_000_000)
    assert "sau khi" in groups(unit, cast)["plans"].lines[0].cannot


def test_only_open_records_of_the_unit_are_taken(cast, unit):
    elsewhere = make.draft(1_000_000, by=cast.dieuphoi, commune=make.NAM_XE)
    for records in ([elsewhere.pk], [10**9], []):
        with pytest.raises(ValidationError) as refusal:
            tick(cast, unit, "rows", records=records)
        assert set(refusal.value.message_dict) == {"records"}
    with pytest.raises(ValidationError):
        tick(cast, unit, "nothing")
    with pytest.raises(Conflict):
        tick(cast, unit.successor, "rows")
    for actor in (cast.bdh, cast.quanly, cast.xa_banlang):
        with pytest.raises(PermissionDenied):
            merger.hand_on(actor=actor, unit=unit, kind="rows")
    assert not HandedOn.objects.exists()


def test_the_page_starts_from_the_unit_s_page(cast, client, unit):
    client.force_login(cast.quantri)
    address = f"/communes/{unit.pk}/handing-on/"
    assert address in client.get(f"/communes/{unit.pk}/").content.decode()
    assert address not in client.get(f"/communes/{unit.successor.pk}/").content.decode()
    (row,) = Difficulty.objects.all()
    assert client.post(f"{address}difficulties/", {"records": [row.pk]}).status_code == 302
    assert client.post(f"{address}outputs/", {"every": "1", "note": "Trường"}).status_code == 302
    page = client.get(address).content.decode()
    assert page.count("✓") == 2
    assert client.post(f"{address}rows/", {"records": ["x"]}).status_code == 400
    assert client.get(f"/communes/{unit.successor.pk}/handing-on/").status_code == 404
    client.force_login(cast.bdh)
    assert client.get(address).status_code == 403


def test_the_api_does_the_same(cast, unit):
    at, admin = f"/api/v1/communes/{unit.pk}/handing-on/", make.api(cast.quantri)
    found = {group["kind"]: group for group in admin.get(at).json()["groups"]}
    (row,) = found["rows"]["records"]
    assert (row["handed_on_by"], row["cannot"]) == (None, "")
    answer = admin.post(at, {"kind": "rows", "records": [row["id"]]})
    after = {group["kind"]: group for group in answer.json()["groups"]}
    assert after["rows"]["records"][0]["handed_on_by"] == cast.quantri.username
    assert admin.post(at, {"kind": "rows", "records": [10**9]}).status_code == 400
    assert admin.post(at, {"kind": "x"}).status_code == 400
    assert make.api(cast.bdh).get(at).status_code == 403
    assert admin.get(f"/api/v1/communes/{unit.successor.pk}/handing-on/").status_code == 404


def test_the_minute_lists_what_was_handed_on_and_what_stays(cast, client, unit):
    tick(cast, unit, "difficulties", note="Ban Dự án xã mới")
    document = compose(unit, cast.quantri, date(2025, 7, 2))
    cells = [c for block in document.blocks for row in block.get("rows", ()) for c in row]
    assert "Đường sạt lở" in cells and "Ban Dự án xã mới" in cells
    assert any("Điểm rửa tay" in cell for cell in cells)
    client.force_login(cast.quantri)
    for form, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        answer = client.get(f"/api/v1/communes/{unit.pk}/handing-on.{form}")
        assert answer.content.startswith(begins)
    assert client.get(f"/api/v1/communes/{unit.pk}/handing-on.txt").status_code == 404


def test_the_questions_do_not_grow_with_the_records(cast, unit, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        merger.checklist(unit, cast.quantri)
    for amount in range(1, 9):
        make.draft(amount, by=cast.dieuphoi)
        an_output(cast.dieuphoi, title=f"Điểm {amount}")
    with django_assert_max_num_queries(13):
        merger.checklist(unit, cast.quantri)
