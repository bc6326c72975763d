"""A month step by step: what is done, what is missing, who has to do it."""

import pytest

from core.services.errors import Conflict
from disbursements.ledger import services as ledger
from disbursements.models import Status
from disbursements.month import services
from disbursements.month.steps import Month
from tests import factories as make


@pytest.fixture
def september(cast):
    return make.period()


def states(user, period, program=None):
    return {step.name: step.state for step in Month(user, period, program).steps}


def step(user, period, name):
    return next(step for step in Month(user, period).steps if step.name == name)


def test_an_empty_month_begins_with_its_vouchers(cast, september):
    assert states(cast.quanly, september) == {
        "enter": "open",
        **dict.fromkeys(("look", "submit", "list", "post", "mend", "close"), "later"),
    }
    assert "dieuphoi" in step(cast.quanly, september, "enter").who


def test_each_step_is_to_do_while_it_has_rows_and_names_who_does_it(cast, september):
    make.draft(1_000, by=cast.dieuphoi_gbv)
    make.submitted(2_000, by=cast.dieuphoi)
    found = states(cast.quanly, september)
    assert (found["enter"], found["submit"], found["list"], found["post"]) == (
        "done",
        "open",
        "open",
        "open",
    )
    assert step(cast.quanly, september, "submit").who == ["dieuphoi_gbv"]
    assert {"quanly", "truongban"} <= set(step(cast.quanly, september, "post").who)
    assert step(cast.quanly, september, "list").who[0] == "Người lập"
    assert "1.000" in step(cast.quanly, september, "submit").text


def test_what_was_returned_waits_for_who_submitted_it(cast, september):
    row = make.submitted(2_000, by=cast.dieuphoi_gbv)
    ledger.return_(actor=cast.quanly, disbursement=row, reason="thiếu hóa đơn")
    found = step(cast.quanly, september, "mend")
    assert (found.state, found.who) == ("open", ["dieuphoi_gbv"])
    assert step(cast.quanly, september, "close").state == "later"


def test_once_all_is_posted_the_month_can_be_closed_by_who_closes_it(cast, september):
    make.posted(2_000, by=cast.dieuphoi, post_by=cast.truongban)
    closing = step(cast.quanly, september, "close")
    assert (closing.state, closing.who) == ("open", ["quanly"])
    make.close(september)
    september.refresh_from_db()
    assert set(states(cast.quanly, september).values()) == {"done"}


def test_a_row_outside_ones_assignment_keeps_the_month_from_closing(cast, september):
    make.posted(2_000, commune=make.BAN_LANG)
    make.draft(1_000, commune=make.HOANG_THEN)
    found = step(cast.xa_banlang, september, "close")
    assert found.state == "later"
    assert "1" in found.text
    assert Month(cast.xa_banlang, september).count == 1


def test_a_programme_alone_has_its_own_steps(cast, september):
    make.draft(1_000, activity="GBV-01")
    make.posted(2_000, activity="YEE-01")
    assert states(cast.quanly, september, make.program("YEE"))["submit"] == "done"
    assert states(cast.quanly, september, make.program("GBV"))["submit"] == "open"


def test_what_deserves_a_second_look_is_listed_until_it_is_posted(cast, september):
    make.plan(make.line("GBV-01", amounts={1: 1_000}))
    row = make.submitted(5_000)
    [(found, remarks)] = Month(cast.quanly, september).remarked
    assert (found, remarks[0].field) == (row, "amount")
    assert states(cast.quanly, september)["look"] == "open"
    ledger.post(actor=cast.quanly, disbursement=row)
    assert Month(cast.quanly, september).remarked == []


def test_all_drafts_are_submitted_as_they_were_seen(cast, september):
    make.draft(1_000)
    make.draft(3_000, activity="YEE-01")
    seen = services.sum_of(Month(cast.dieuphoi, september))
    late = make.draft(500)
    with pytest.raises(Conflict):
        services.submit_all(actor=cast.dieuphoi, period=september, seen=seen)
    late.refresh_from_db()
    assert late.status == Status.DRAFT
    gbv = make.program("GBV")
    done = services.submit_all(actor=cast.dieuphoi, period=september, program=gbv)
    assert [row.amount for row in done] == [1_000, 500]
    assert Month(cast.dieuphoi, september).part(Status.DRAFT).total == 3_000


def test_in_ones_scope_alone(cast, september):
    make.draft(1_000, commune=make.HOANG_THEN)
    with pytest.raises(Conflict):
        services.submit_all(actor=cast.dieuphoi_gbv, period=september)
