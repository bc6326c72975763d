"""A small office is helped to find a second person, never by loosening the rule."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts import delegation
from accounts.people import cover
from accounts.people import services as people
from accounts.roles import Role
from core.values.dates import today
from disbursements.approval.undecided import Undecided, undecided
from disbursements.ledger import services as ledger
from disbursements.plans import services as plans
from tests import factories as make

WEEK = {"start": today(), "end": today() + timedelta(days=6)}


def days(last=6):
    return {"start": today(), "end": today() + timedelta(days=last), "reason": "đi công tác"}


def test_delegating_says_what_the_receiver_may_not_decide_and_who_could(cast, client):
    own, other = make.submitted(by=cast.dieuphoi), make.submitted(by=cast.dieuphoi_gbv)
    assert undecided(cast.quanly, cast.dieuphoi) == Undecided(1, 2, ["truongban"])
    assert undecided(cast.quanly, cast.bdh) == Undecided(0, 2, [])
    client.force_login(cast.quanly)
    client.cookies["django_language"] = "en"
    form = {"d-receiver": cast.dieuphoi.pk, "d-reason": "đi công tác"}
    form |= {f"d-{name}": day.strftime("%d/%m/%Y") for name, day in WEEK.items()}
    page = client.post(reverse("delegate"), form, follow=True)
    said = "dieuphoi may not decide 1 of 2 waiting items"
    assert page.content.decode().count(said) == 2  # the notice, and the line of the delegation
    assert "Who could: truongban." in page.content.decode()
    assert own.submitted_by != other.submitted_by


def test_what_lies_outside_the_receivers_assignments_is_counted_and_plans_are(cast):
    make.submitted(by=make.somebody(), activity="YEE-01")
    make.submitted_plan(by=cast.dieuphoi_gbv)
    assert undecided(cast.truongban, cast.dieuphoi_gbv) == Undecided(2, 2, ["quanly"])


def test_the_people_page_warns_where_nobody_else_could_post(cast, client):
    assert cover.lacking() == []
    people.set_active(actor=cast.quantri, user=cast.truongban, active=False, reason="nghỉ việc")
    cast.quanly.assignments.all().delete()
    cast.quanly.assignments.create(program=make.program("GBV"), commune=make.commune())
    client.force_login(cast.quantri)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("people")).content.decode()
    assert "GBV · Bản Lang: nobody but quanly could post." in page
    said = [line for line in cover.lacking() if "GBV" in line and "quanly" not in line]
    assert len(said) == 1
    assert "Nậm Xe" in said[0]


def test_an_approver_from_outside_is_named_for_a_span_and_decides_in_the_assignments(cast, client):
    outside = make.user(role=Role.VIEWER, programs=["GBV"], username="ke_toan_huyen")
    row, elsewhere = make.submitted(), make.submitted(activity="YEE-01")
    with pytest.raises(PermissionDenied):
        ledger.post(actor=outside, disbursement=row)
    client.force_login(cast.quantri)
    form = {"a-start": "", "a-end": "", "a-reason": "Văn phòng chỉ có một người"}
    address = reverse("person-approver", args=[outside.pk])
    assert client.post(address, form).status_code == 400
    form |= {f"a-{name}": day.strftime("%d/%m/%Y") for name, day in WEEK.items()}
    assert client.post(address, form).status_code == 302
    posted = ledger.post(actor=outside, disbursement=row)
    assert "quantri" in posted.history.first().history_change_reason
    with pytest.raises(PermissionDenied):
        ledger.post(actor=outside, disbursement=elsewhere)
    assert plans.approve(actor=outside, plan=make.submitted_plan()).approved_by == outside
    named = outside.delegations_received.get()
    client.post(reverse("person-approver-end", args=[outside.pk, named.pk]))
    with pytest.raises(PermissionDenied):
        ledger.post(actor=outside, disbursement=make.submitted())


def test_four_eyes_hold_for_the_approver_from_outside(cast):
    delegation.name_approver(actor=cast.quantri, receiver=cast.dieuphoi, **days())
    with pytest.raises(PermissionDenied):
        ledger.post(actor=cast.dieuphoi, disbursement=make.submitted(by=cast.dieuphoi))


def test_only_the_administrator_names_and_neither_himself_nor_without_an_end(cast):
    with pytest.raises(PermissionDenied):
        delegation.name_approver(actor=cast.quanly, receiver=cast.khach, **days())
    for receiver, last in ((cast.quantri, 6), (cast.khach, 92), (cast.khach, -1)):
        with pytest.raises(ValidationError):
            delegation.name_approver(actor=cast.quantri, receiver=receiver, **days(last))
