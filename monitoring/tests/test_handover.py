"""When somebody leaves, what is open goes to another one in one step; who made it stays a maker."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from disbursements.ledger import services as ledger
from disbursements.plans import services as plans
from monitoring.handover import services as handover
from monitoring.reviews.services import action_points as actions
from reports.waiting import waiting_for
from tests import factories as make


@pytest.fixture
def open_things(cast):
    """A draft, a returned row, a draft plan and two action points of `dieuphoi_gbv`; a posted row
    and another's draft beside them."""
    leaving = cast.dieuphoi_gbv
    sent = make.submitted(by=leaving, amount=2)
    returned = ledger.return_(actor=cast.quanly, disbursement=sent, reason="Thiếu chứng từ")
    make.posted(by=leaving, amount=3)
    make.draft(by=cast.dieuphoi, amount=4)
    point = {"title": "Ký MoU", "due_date": date(2023, 8, 31)}
    return {
        "rows": [returned, make.draft(by=leaving, amount=1)],
        "plans": [make.draft_plan(by=leaving)],
        "points": [
            actions.raise_point(actor=cast.bdh, assignee_user=leaving, **point),
            actions.raise_point(
                actor=leaving, assignee_body="BĐH", program=make.program(),
                commune=make.commune(), **point
            ),
        ],
    }  # fmt: skip


def hand_over(cast, **changes):
    call = {"actor": cast.quantri, "person": cast.dieuphoi_gbv, "receiver": cast.dieuphoi}
    return handover.hand_over(**{**call, "reason": "Chuyển công tác", **changes})


def test_all_that_is_open_goes_in_one_step(cast, client, open_things):
    client.force_login(cast.quantri)
    address = reverse("person-hand-over", args=[cast.dieuphoi_gbv.pk])
    assert address in client.get(reverse("person", args=[cast.dieuphoi_gbv.pk])).content.decode()
    page = client.get(address)
    assert page.context["count"] == 5
    assert client.post(address, {"receiver": cast.dieuphoi.pk}).status_code == 400
    form = {"receiver": cast.dieuphoi.pk, "reason": "Chuyển công tác"}
    assert client.post(address, form).status_code == 302
    assert handover.open_of(cast.dieuphoi_gbv).count == 0
    found = handover.open_of(cast.dieuphoi)
    assert set(open_things["rows"]) < set(found.rows)
    assert (found.plans, found.points) == (open_things["plans"], open_things["points"])
    for row in open_things["rows"]:
        assert "Chuyển công tác" in row.history.first().history_change_reason
    assert {item.href.partition("?")[0] for item in waiting_for(cast.dieuphoi)} >= {
        reverse("disbursements"),
        reverse("action-points"),
    }


def test_the_receiver_goes_on_and_neither_decides(cast, open_things):
    hand_over(cast)
    (row,) = [row for row in handover.open_of(cast.dieuphoi).rows if row.amount == 1]
    row = ledger.submit(actor=cast.dieuphoi, disbursement=row)
    assert row.hands == {cast.dieuphoi.pk, cast.dieuphoi_gbv.pk}
    plan = handover.open_of(cast.dieuphoi).plans[0]
    plan = plans.submit(actor=cast.dieuphoi, plan=plan)
    assert plan.hands >= {cast.dieuphoi.pk, cast.dieuphoi_gbv.pk}


def test_nothing_moves_where_the_receiver_could_not_go_on_with_all_of_it(cast, open_things):
    elsewhere = make.user(programs=["YEE"])
    for receiver in (elsewhere, cast.quanly, cast.dieuphoi_gbv):
        with pytest.raises(ValidationError) as refusal:
            hand_over(cast, receiver=receiver)
        assert set(refusal.value.message_dict) == {"receiver"}
    with pytest.raises(ValidationError):
        hand_over(cast, reason=" ")
    for actor in (cast.quanly, cast.dieuphoi_gbv):
        with pytest.raises(PermissionDenied):
            hand_over(cast, actor=actor)
    assert handover.open_of(cast.dieuphoi_gbv).count == 5
