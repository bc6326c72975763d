"""The states of each record and which follows which: said once, by its model."""

import pytest
from django.apps import apps

from core.models import VersionedModel
from core.services.errors import Conflict
from core.services.transition import transition
from disbursements.models import Disbursement, Status
from tests import factories as make

MODELS = [
    model
    for model in apps.get_models()
    if issubclass(model, VersionedModel) and model.transitions and model.__module__ != "__fake__"
]
FINAL = {"Disbursement": {"posted"}, "PlanVersion": {"approved", "joined", "set_aside"}}


def test_these_records_are_moved_from_state_to_state():
    assert {model.__name__ for model in MODELS} == {
        "ActionPoint",
        "Difficulty",
        "Disbursement",
        "FiscalYear",
        "OutlineFile",
        "Output",
        "Period",
        "PlanVersion",
        "Proposal",
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_state_has_its_line_can_be_come_to_and_but_for_the_last_left(model):
    field = model._meta.get_field(model.state_field)
    states = {value for value, _label in field.choices}
    assert {str(state) for state in model.transitions} == states
    reached = {field.default}
    for _ in states:
        reached |= {after for state in reached for after in model.transitions[state]}
    assert reached == states
    final = {str(state) for state, after in model.transitions.items() if not after}
    assert final == FINAL.get(model.__name__, set())


@pytest.mark.django_db
def test_a_service_that_moves_a_record_another_way_is_told_so(cast):
    row = make.draft()
    for to, sources in ((Status.POSTED, [Status.DRAFT]), ("postet", None)):
        with pytest.raises(TypeError, match="does not come from"):
            transition(row, actor=cast.quanly, to=to, allowed_from=sources)
    with pytest.raises(Conflict):
        transition(row, actor=cast.quanly, to=Status.SUBMITTED, allowed_from=[])
    assert Disbursement.objects.get().status == Status.DRAFT
