"""What people type for numbers of people and things."""

import pytest
from django.core.exceptions import ValidationError

from core.pages.forms import WholeField
from core.pages.record_forms import form_field
from programs.models import Output
from trainings.models import Training


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("25", 25), ("1.000", 1000), ("12.000", 12_000), ("1 500", 1500), ("1,500", 1500), ("", None)],
)
def test_people_and_things_are_counted_as_offices_write_them(typed, meant):
    assert WholeField(min_value=0, required=False).clean(typed) == meant


@pytest.mark.parametrize("typed", ["12,5", "1.5", "nhiều", "-3", "1e3"])
def test_what_is_no_whole_number_is_refused(typed):
    with pytest.raises(ValidationError):
        WholeField(min_value=0).clean(typed)


def test_every_number_of_a_record_is_read_so():
    for model, name in ((Training, "participants"), (Training, "male"), (Output, "quantity")):
        assert form_field(model._meta.get_field(name)).clean("1.200") == 1200
