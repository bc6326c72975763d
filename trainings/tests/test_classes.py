"""Training classes: head counts that add up, copies, and the same class only once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests import factories as make
from trainings import services
from trainings.models import Training


def a_class(actor, **values):
    values = {
        "title": "Kỹ năng sống cho thành viên CLB",
        "topic": make.topic("GBV-CLB"),
        "commune": make.commune(),
        "start": date(2022, 9, 15),
        "female": 12,
        "male": 8,
        "participants": 20,
        **values,
    }
    return services.classes.create(actor=actor, **values)


def test_programme_last_day_year_and_quarter_follow_from_the_rest(cast):
    row = a_class(cast.dieuphoi_gbv)
    assert (row.program.code, row.end, row.fiscal_year.code, row.quarter) == (
        "GBV",
        date(2022, 9, 15),
        "2023",
        1,
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"participants": 21}, "participants"),
        ({"under_16": 5, "age_16_24": 5, "over_24": 5}, "under_16"),
        ({"ethnic_minority": 21}, "ethnic_minority"),
        ({"disability": 21}, "disability"),
        ({"poor_household": 21}, "poor_household"),
        ({"distinct_people": 21}, "distinct_people"),
        ({"end": date(2022, 9, 14)}, "end"),
        ({"start": date(2100, 1, 1)}, "start"),
    ],
)
def test_head_counts_and_days_that_cannot_be_are_refused_beside_the_field(cast, wrong, field):
    with pytest.raises(ValidationError) as refusal:
        a_class(cast.dieuphoi, **wrong)
    assert field in refusal.value.message_dict
    assert not Training.objects.exists()


def test_who_came_twice_may_be_counted_once(cast):
    assert a_class(cast.dieuphoi, distinct_people=20, sessions=4).distinct_people == 20


def test_the_same_class_is_entered_once(cast):
    a_class(cast.dieuphoi)
    with pytest.raises(ValidationError):
        a_class(cast.dieuphoi)
    a_class(cast.dieuphoi, start=date(2022, 9, 22))
    a_class(cast.dieuphoi, female=11, male=9)
    a_class(cast.dieuphoi, disability=1)
    a_class(cast.dieuphoi, title="Kỹ năng sống, lớp 2")
    a_class(cast.dieuphoi, commune=make.commune(make.NAM_XE))


def test_a_class_has_begun_by_its_first_day(cast):
    row = make.training()
    assert services.complete(row, cast.dieuphoi, as_of=row.start) == row
    with pytest.raises(ValidationError) as refusal:
        services.complete(row, cast.dieuphoi, as_of=row.start - timedelta(days=1))
    assert set(refusal.value.message_dict) == {"start"}


def test_a_class_outside_the_assignment_is_not_taken_back_nor_copied(cast):
    row = a_class(cast.dieuphoi, commune=make.commune(make.DAO_SAN))
    with pytest.raises(ValidationError):
        services.delete(actor=cast.dieuphoi_gbv, training=row, version=row.version)
    with pytest.raises(ValidationError):
        services.copy(actor=cast.dieuphoi_gbv, training=row, starts=[date(2022, 10, 6)])
    assert list(Training.objects.all()) == [row]


def test_a_class_outside_the_assignment_is_refused(cast):
    for wrong in ({"commune": make.commune(make.DAO_SAN)}, {"topic": make.topic("YEE-BAN-HANG")}):
        with pytest.raises(ValidationError):
            a_class(cast.dieuphoi_gbv, **wrong)


def test_a_recurring_class_is_copied_to_new_dates_with_its_length(cast):
    row = a_class(cast.dieuphoi, end=date(2022, 9, 16), trainer="Hội LHPN huyện")
    made = services.copy(
        actor=cast.dieuphoi, training=row, starts=[date(2022, 10, 6), date(2023, 1, 5)]
    )
    assert [(m.start, m.end, m.quarter, m.trainer) for m in made] == [
        (date(2022, 10, 6), date(2022, 10, 7), 2, "Hội LHPN huyện"),
        (date(2023, 1, 5), date(2023, 1, 6), 3, "Hội LHPN huyện"),
    ]


def test_copies_are_made_all_or_none(cast):
    row = a_class(cast.dieuphoi)
    with pytest.raises(ValidationError) as refusal:
        services.copy(
            actor=cast.dieuphoi, training=row, starts=[date(2022, 10, 6), date(2022, 9, 15)]
        )
    assert set(refusal.value.message_dict) == {"starts"}
    assert Training.objects.count() == 1


def test_viewers_and_managers_enter_no_classes(cast):
    for person in (cast.khach, cast.quanly):
        with pytest.raises(PermissionDenied):
            a_class(person)
