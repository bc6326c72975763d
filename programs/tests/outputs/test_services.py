"""Works and equipment: where they stand, how they move on, who may say so."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.services.errors import Conflict, StaleVersion
from core.values.dates import today
from programs.models import Output
from programs.outputs import services as works
from tests import factories as make


def an_output(actor, communes=(make.BAN_LANG,), **values):
    values = {
        "title": "Điểm rửa tay",
        "kind": "handwashing",
        "program": make.program("ECCD"),
        "fiscal_year": make.year(),
        **values,
    }
    return works.outputs.create(
        actor=actor, communes=[make.commune(code) for code in communes], **values
    )


def test_equipment_named_for_two_communes_is_seen_from_both_and_from_no_other(cast):
    row = an_output(cast.dieuphoi, [make.HOANG_THEN, make.KHONG_LAO], kind="equipment")
    seen = {
        code: row in Output.objects.visible_to(make.user(role="commune", communes=[code]))
        for code in make.COMMUNES
    }
    assert {code for code, sees in seen.items() if sees} == {make.HOANG_THEN, make.KHONG_LAO}


def test_an_output_seen_by_two_grants_is_listed_once(cast):
    an_output(cast.dieuphoi, [make.HOANG_THEN, make.KHONG_LAO])
    person = make.user_of_pairs(("ECCD", make.HOANG_THEN), ("ECCD", make.KHONG_LAO))
    assert Output.objects.visible_to(person).count() == 1


def test_a_coordinator_records_only_in_their_own_communes(cast):
    with pytest.raises(ValidationError) as refusal:
        an_output(cast.dieuphoi_gbv, [make.BAN_LANG, make.DAO_SAN], program=make.program("GBV"))
    assert set(refusal.value.message_dict) == {"communes"}


def test_an_output_stands_in_at_least_one_commune(cast):
    with pytest.raises(ValidationError) as refusal:
        an_output(cast.dieuphoi, [])
    assert set(refusal.value.message_dict) == {"communes"}


def test_the_village_lies_in_one_of_its_communes(cast):
    village = make.commune(make.BAN_LANG).villages.get(name="Thèn Thầu")
    assert an_output(cast.dieuphoi, [make.BAN_LANG], village=village).village == village
    with pytest.raises(ValidationError) as refusal:
        an_output(cast.dieuphoi, [make.NAM_XE], village=village)
    assert set(refusal.value.message_dict) == {"village"}


def test_a_viewer_records_nothing(cast):
    with pytest.raises(PermissionDenied):
        an_output(cast.khach)


def test_the_commune_board_confirms_what_came_to_it(cast):
    row = an_output(cast.dieuphoi)
    works.confirm(actor=cast.xa_banlang, output=row, state="handed_over", date=date(2023, 5, 4))
    works.confirm(actor=cast.xa_banlang, output=row, state="in_use", date=date(2023, 6, 1))
    row.refresh_from_db()
    assert (row.state, row.handed_over_on) == ("in_use", date(2023, 5, 4))
    assert [(c.state, c.date) for c in row.checks.all()] == [
        ("in_use", date(2023, 6, 1)),
        ("handed_over", date(2023, 5, 4)),
    ]
    assert row.history.first().history_user == cast.xa_banlang


def test_it_may_be_in_use_on_the_day_it_was_handed_over_and_not_before(cast):
    row = an_output(cast.dieuphoi)
    works.confirm(actor=cast.dieuphoi, output=row, state="handed_over", date=date(2023, 5, 4))
    with pytest.raises(ValidationError):
        works.confirm(actor=cast.dieuphoi, output=row, state="in_use", date=date(2023, 5, 3))
    works.confirm(actor=cast.dieuphoi, output=row, state="in_use", date=date(2023, 5, 4))
    assert row.state == "in_use"


def test_what_was_never_handed_over_is_not_in_use(cast):
    row = an_output(cast.dieuphoi)
    with pytest.raises(Conflict):
        works.confirm(actor=cast.dieuphoi, output=row, state="in_use")


def test_another_commune_confirms_nothing_here(cast):
    row = an_output(cast.dieuphoi, [make.NAM_XE])
    with pytest.raises(ValidationError):
        works.confirm(actor=cast.xa_banlang, output=row, state="handed_over")


def test_a_check_that_finds_no_change_is_kept_all_the_same(cast):
    row = an_output(cast.dieuphoi)
    works.confirm(actor=cast.dieuphoi, output=row, state="handed_over", date=date(2023, 5, 4))
    works.note_state(actor=cast.dieuphoi, output=row, state="handed_over", date=date(2023, 6, 1))
    assert row.checks.count() == 2


def test_a_change_to_what_somebody_else_changed_is_refused(cast):
    row = an_output(cast.dieuphoi)
    works.outputs.change(actor=cast.dieuphoi, record=row, version=1, quantity=2)
    with pytest.raises(StaleVersion):
        works.outputs.change(actor=cast.dieuphoi, record=row, version=1, quantity=3)
    assert Output.objects.get().quantity == 2


def test_members_are_counted_over_time_and_women_are_among_them(cast):
    group = works.groups.create(
        actor=cast.dieuphoi,
        name="CLB thủ lĩnh thay đổi",
        kind="club_school",
        program=make.program("GBV"),
        communes=[make.commune()],
    )
    for day, members in ((date(2022, 9, 1), 20), (date(2023, 3, 1), 26)):
        works.count_members(actor=cast.dieuphoi, group=group, date=day, members=members, female=15)
    assert [c.members for c in group.counts.all()] == [26, 20]
    with pytest.raises(ValidationError):
        works.count_members(
            actor=cast.dieuphoi, group=group, date=date(2023, 4, 1), members=5, female=6
        )
    elsewhere = make.user_of_pairs(("GBV", make.NAM_XE))
    with pytest.raises(ValidationError):
        works.count_members(actor=elsewhere, group=group, date=date(2023, 4, 1), members=5)
    works.count_members(actor=cast.dieuphoi, group=group, date=today(), members=5, female=5)
    with pytest.raises(ValidationError):
        works.count_members(
            actor=cast.dieuphoi, group=group, date=today() + timedelta(days=1), members=5
        )


def test_a_link_to_vocational_training_may_come_without_a_number(cast):
    row = works.referrals.create(
        actor=cast.dieuphoi,
        program=make.program("YEE"),
        commune=make.commune(make.DAO_SAN),
        fiscal_year=make.year(),
        kind="vocational",
    )
    assert row.people is None


def test_a_quantity_of_nothing_is_refused_at_its_field(cast):
    row = an_output(cast.dieuphoi)
    with pytest.raises(ValidationError) as refused:
        works.outputs.change(actor=cast.dieuphoi, record=row, version=1, quantity=0)
    assert set(refused.value.message_dict) == {"quantity"}
