"""MoU and PA: due by a day or within a month, late until signed, amended after."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from programs.agreements import services as contracts
from programs.models import Agreement
from tests import factories as make


def an_agreement(actor, **values):
    values = {
        "kind": "MoU",
        "title": "Bản ghi nhớ năm tài chính 2024",
        "due_date": date(2023, 8, 1),
        "due_precision": "month",
        **values,
    }
    return contracts.agreements.create(actor=actor, **values)


def test_due_within_august_is_kept_as_its_last_day_and_said_as_a_month(cast):
    row = an_agreement(cast.bdh)
    row.refresh_from_db()
    assert row.due_date == date(2023, 8, 31)
    assert "08/2023" in row.due_text and "31" not in row.due_text


@pytest.mark.parametrize(
    ("precision", "day", "kept"),
    [
        ("day", date(2023, 8, 5), date(2023, 8, 5)),
        ("month", date(2024, 2, 1), date(2024, 2, 29)),
        ("year", date(2023, 2, 1), date(2023, 12, 31)),
    ],
)
def test_what_is_due_in_a_span_is_sorted_by_its_last_day(cast, precision, day, kept):
    assert an_agreement(cast.bdh, due_date=day, due_precision=precision).due_date == kept


def test_it_is_late_the_day_after_and_no_longer_once_signed(cast):
    row = an_agreement(cast.bdh)
    assert not row.is_late(date(2023, 8, 31))
    assert row.is_late(date(2023, 9, 1))
    contracts.agreements.change(actor=cast.bdh, record=row, version=1, signed_date=date(2023, 9, 5))
    assert not Agreement.objects.get().is_late(date(2023, 9, 10))


def test_the_due_list_holds_the_late_and_the_near_and_not_the_far(cast):
    late = an_agreement(cast.bdh, due_date=date(2023, 7, 1), due_precision="day")
    near = an_agreement(cast.bdh)
    an_agreement(cast.bdh, due_date=date(2024, 6, 30))
    assert contracts.due(cast.bdh, date(2023, 8, 10)) == [late, near]
    assert contracts.due(cast.bdh, date(2023, 7, 31)) == [late, near]
    assert contracts.due(cast.bdh, date(2023, 7, 30)) == [late]


def test_an_agreement_for_all_is_everybodys_and_one_for_a_commune_is_its_own(cast):
    whole = an_agreement(cast.bdh)
    nam_xe = an_agreement(cast.bdh, communes=[make.commune(make.NAM_XE)])
    assert set(Agreement.objects.visible_to(cast.xa_banlang)) == {whole}
    assert set(Agreement.objects.visible_to(cast.dieuphoi_gbv)) == {whole, nam_xe}


def test_a_pair_that_was_not_granted_is_not_seen(cast):
    an_agreement(
        cast.bdh,
        programs=[make.program("GBV")],
        communes=[make.commune(make.NAM_XE)],
    )
    person = make.user_of_pairs(("GBV", make.BAN_LANG), ("ECCD", make.NAM_XE))
    assert not Agreement.objects.visible_to(person).exists()


def test_coordinators_do_not_record_agreements(cast):
    with pytest.raises(PermissionDenied):
        an_agreement(cast.dieuphoi)


def test_amendments_are_numbered_and_follow_the_signature(cast):
    row = an_agreement(cast.bdh, signed_date=date(2023, 8, 20))
    first = contracts.amend(
        actor=cast.bdh, agreement=row, signed_date=date(2024, 1, 5), summary="Thêm một xã"
    )
    assert first.number == 1
    with pytest.raises(ValidationError):
        contracts.amend(
            actor=cast.bdh, agreement=row, signed_date=date(2023, 8, 19), summary="Trước khi ký"
        )
    same_day = {"agreement": row, "signed_date": date(2023, 8, 20), "summary": "Cùng ngày"}
    assert contracts.amend(actor=cast.bdh, **same_day).number == 2


def test_an_agreement_of_another_commune_is_not_amended(cast):
    places = {"communes": [make.commune(make.NAM_XE)], "programs": [make.program("GBV")]}
    row = an_agreement(cast.bdh, signed_date=date(2023, 8, 20), **places)
    part = make.user_of_pairs(("GBV", make.BAN_LANG), role=Role.BOARD)
    with pytest.raises(ValidationError):
        contracts.amend(actor=part, agreement=row, signed_date=date(2024, 1, 5), summary="x")
