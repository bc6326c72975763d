"""What was stated at a meeting is entered on its page, and taken out when it was a mistake."""

from datetime import date

import pytest
from django.urls import reverse

from monitoring.models import StatedFigure, StatedOutcome
from monitoring.reviews.services import meetings
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.fixture
def review(cast):
    return meetings.meetings.create(
        actor=cast.bdh,
        title="Hội nghị tổng kết",
        kind="annual_review",
        date=date(2023, 8, 2),
        fiscal_year=make.year(),
    )


def stated(**changes):
    return {
        "label": "Giải ngân",
        "text": "hơn 8,9 tỷ đồng",
        "measure": "disbursed",
        "qualifier": "hơn",
        "value": "8,9 tỷ",
        "unit": "đồng",
        "as_of": "30/06/2023",
        "fiscal_year": make.year().pk,
        "source": "Trang tin của huyện",
        **changes,
    }


@pytest.mark.parametrize(
    ("typed", "value"), [("8,9 tỷ", 8_900_000_000), ("8.900.000.000", 8_900_000_000), ("120%", 120)]
)
def test_a_figure_is_entered_as_it_was_said(cast, client, review, typed, value):
    client.force_login(cast.bdh)
    answer = client.post(reverse("stated-figure", args=[review.pk]), stated(value=typed))
    assert answer.status_code == 302
    row = StatedFigure.objects.get()
    assert (row.value, row.as_of, row.meeting) == (value, date(2023, 6, 30), review)
    page = client.get(reverse("meeting", args=[review.pk])).content.decode()
    assert "hơn 8,9 tỷ đồng" in page


def test_a_figure_without_a_year_to_compare_with_comes_back_as_typed(cast, client, review):
    client.force_login(cast.bdh)
    answer = client.post(reverse("stated-figure", args=[review.pk]), stated(fiscal_year=""))
    assert answer.status_code == 400
    assert "8,9 tỷ" in answer.content.decode()
    assert not StatedFigure.objects.exists()


def test_an_outcome_is_entered_by_programme_and_taken_out_again(cast, client, review):
    client.force_login(cast.bdh)
    said = {"text": "Năng lực của cán bộ y tế được nâng lên", "program": make.program("ECCD").pk}
    client.post(reverse("stated-outcome", args=[review.pk]), said)
    row = StatedOutcome.objects.get()
    assert (row.program.code, row.meeting) == ("ECCD", review)
    address = reverse("stated-withdraw", args=[review.pk])
    assert client.post(address, {"stated": "outcome-999"}).status_code == 400
    client.post(address, {"stated": f"outcome-{row.pk}"})
    assert not StatedOutcome.objects.exists()
    assert any("Năng lực" in (h.history_change_reason or "") for h in review.history.all())


def test_who_may_not_record_meetings_states_nothing(cast, client, review):
    client.force_login(cast.dieuphoi)
    assert client.post(reverse("stated-figure", args=[review.pk]), stated()).status_code == 403
    page = client.get(reverse("meeting", args=[review.pk])).content.decode()
    assert reverse("stated-figure", args=[review.pk]) not in page
