"""Who made, changed or submitted something does not post, approve or reverse it, by no door, also
by delegation; what is loaded as history ends with the go-live day."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import delegation
from accounts.roles import Role
from core.services.errors import Conflict
from core.values.dates import today
from disbursements import guards
from disbursements.approval import services as approval
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, PlanVersion
from disbursements.plans import drafts, editing
from disbursements.plans import services as plans
from programs.models import GoLive
from programs.years import go_live
from reports.waiting import waiting_for
from tests import factories as make

SEPTEMBER = date(2022, 9, 15)
POST, BACK = "disbursement-post", "disbursement-reverse"


def lend(giver, receiver):
    days = {"start": today(), "end": today() + timedelta(days=3)}
    delegation.delegate(actor=giver, receiver=receiver, reason="đi công tác", **days)


def changed(row, by):
    return ledger.update(actor=by, disbursement=row, version=row.version, payee="Trạm Y tế xã")


def imported(by, amount=1_000_000):
    """A draft that somebody who loads history brought in from a workbook."""
    fields = {"activity": make.activity(), "commune": make.commune(), "fund": make.fund()}
    row = Disbursement(date=SEPTEMBER, amount=amount, **fields)
    return ledger.load(actor=by, rows=[ledger.complete(row, by)], post=False)[0]


def made(cast, person, how):
    """A waiting row in which `person` had a hand, each time another one submitted."""
    other, third = make.somebody(), make.user()
    if how == "entered":
        return ledger.submit(actor=other, disbursement=make.draft(by=person))
    if how == "imported":
        return ledger.submit(actor=other, disbursement=imported(person))
    row = make.draft(by=other)
    if how == "changed":
        return ledger.submit(actor=other, disbursement=changed(row, person))
    if how == "changed, then another":
        return ledger.submit(actor=other, disbursement=changed(changed(row, person), third))
    if how == "returned, then changed":
        row = ledger.submit(actor=other, disbursement=row)
        row = ledger.return_(actor=cast.truongban, disbursement=row, reason="sai")
        return ledger.submit(actor=other, disbursement=changed(row, person))
    return ledger.submit(actor=person, disbursement=row)


HANDS = ["entered", "changed", "changed, then another", "returned, then changed", "submitted"]


@pytest.mark.parametrize("how", HANDS)
def test_who_had_a_hand_in_a_row_does_not_post_it_by_delegation(cast, client, how):
    lend(cast.quanly, cast.dieuphoi)
    row = made(cast, cast.dieuphoi, how)
    refused_everywhere(client, cast.dieuphoi, row)
    assert ledger.post(actor=cast.quanly, disbursement=row).status == "posted"


def refused_everywhere(client, person, row):
    """Neither service, API, page nor list for approval posts it for that person."""
    with pytest.raises(PermissionDenied):
        ledger.post(actor=person, disbursement=row)
    assert make.api(person).post(f"/api/v1/disbursements/{row.pk}/post/").status_code == 403
    client.force_login(person)
    page = client.get(reverse("disbursement", args=[row.pk])).content.decode()
    assert reverse(POST, args=[row.pk]) not in page
    version = {"version": row.version}
    assert client.post(reverse(POST, args=[row.pk]), version).status_code == 403
    address = reverse("approval-list", args=[row.period_id])
    (line,) = client.get(address).context["lines"]
    assert (line["mine"], line["may"]) == (True, False)
    with pytest.raises(PermissionDenied):
        approval.approve(actor=person, period=row.period, chosen={row.pk: row.version})
    assert not [item for item in waiting_for(person) if item.href == reverse("approval-lists")]
    row.refresh_from_db()
    assert row.status == "submitted"


def test_a_manager_does_not_post_what_he_brought_in_from_a_workbook(cast, client):
    refused_everywhere(client, cast.quanly, made(cast, cast.quanly, "imported"))


def test_who_lends_the_right_had_no_hand_in_it_either(cast):
    lend(cast.quanly, cast.dieuphoi_gbv)
    row = made(cast, cast.quanly, "imported")
    with pytest.raises(PermissionDenied):
        ledger.post(actor=cast.dieuphoi_gbv, disbursement=row)
    assert ledger.post(actor=cast.truongban, disbursement=row).status == "posted"


@pytest.mark.parametrize("how", HANDS)
def test_nor_reverses_it(cast, client, how):
    lend(cast.quanly, cast.dieuphoi)
    row = made(cast, cast.dieuphoi, how)
    row = ledger.post(actor=cast.truongban, disbursement=row)
    with pytest.raises(PermissionDenied):
        ledger.reverse(actor=cast.dieuphoi, disbursement=row, reason="Hoàn ứng")
    body = {"reason": "Hoàn ứng"}
    asked = make.api(cast.dieuphoi).post(f"/api/v1/disbursements/{row.pk}/reverse/", body)
    assert asked.status_code == 403
    client.force_login(cast.dieuphoi)
    address = reverse(BACK, args=[row.pk])
    assert address not in client.get(reverse("disbursement", args=[row.pk])).content.decode()
    form = {"r-reason": "Hoàn ứng", "r-version": row.version, "r-amount": "5"}
    assert client.post(address, form).status_code == 403
    assert not row.reversals.exists()
    assert ledger.reverse(actor=cast.truongban, disbursement=row, reason="Hoàn ứng").amount < 0


def loaded(cast):
    row = Disbursement(
        date=SEPTEMBER, activity=make.activity(), commune=make.commune(), amount=5, fund=make.fund()
    )
    return ledger.load(actor=cast.quanly, rows=[ledger.complete(row, cast.quanly)], post=True)[0]


def test_who_loaded_history_takes_it_back_alone_until_the_go_live_day(cast, client):
    """A workbook loaded by mistake; a reversal dated from the day on needs another one."""
    first, second = loaded(cast), loaded(cast)
    ledger.reverse(actor=cast.quanly, disbursement=first, reason="Sai", amount=2)
    assert go_live.current() is None  # a reversal belongs to its original
    make.go_live(date(2022, 10, 1))
    ledger.reverse(actor=cast.quanly, disbursement=first, reason="Sai", amount=3)
    later = {"disbursement": second, "reason": "Hoàn ứng", "date": date(2022, 10, 1)}
    with pytest.raises(PermissionDenied):
        ledger.reverse(actor=cast.quanly, **later)
    assert ledger.reverse(actor=cast.truongban, **later).amount == -5


def test_after_the_go_live_day_who_loaded_history_does_not_reverse_it(cast, client):
    row = loaded(cast)
    make.go_live(SEPTEMBER)
    body = {"reason": "Sai"}
    address = f"/api/v1/disbursements/{row.pk}/reverse/"
    assert make.api(cast.quanly).post(address, body).status_code == 403
    client.force_login(cast.quanly)
    page = client.get(reverse("disbursement", args=[row.pk])).content.decode()
    assert reverse(BACK, args=[row.pk]) not in page
    back = Disbursement.objects.get(pk=row.pk)
    back.pk, back.number, back.amount, back.reverses = None, 99, -1, row
    back.origin = "portal"
    refused(back.save, "disbursement_four_eyes")
    assert make.api(cast.truongban).post(address, body).status_code == 201


def written(person, how):
    """A waiting plan in which `person` had a hand, submitted by another."""
    other = make.somebody()
    if how == "made":
        return plans.submit(actor=other, plan=make.draft_plan(by=person))
    plan = make.draft_plan(by=other)
    if how == "wrote a line":
        row = editing.add_line(actor=person, plan=plan, line=make.line("GBV-02"))
        plan = row.plan_version
        editing.set_line(actor=other, plan=plan, line=make.line("GBV-03"))
    elif how == "changed the reason":
        plan = editing.describe(actor=person, plan=plan, reason="Bổ sung kinh phí")
    plan.refresh_from_db()
    return plans.submit(actor=other if how != "submitted" else person, plan=plan)


@pytest.mark.parametrize("how", ["made", "wrote a line", "changed the reason", "submitted"])
def test_who_had_a_hand_in_a_plan_does_not_approve_it(cast, client, how):
    lend(cast.truongban, cast.dieuphoi)
    plan = written(cast.dieuphoi, how)
    with pytest.raises(PermissionDenied):
        plans.approve(actor=cast.dieuphoi, plan=plan)
    address = f"/api/v1/plan-versions/{plan.pk}/approve/"
    assert make.api(cast.dieuphoi).post(address).status_code == 403
    client.force_login(cast.dieuphoi)
    page = client.get(reverse("plan-version", args=[plan.pk]))
    assert page.context["may_approve"] is False
    address = reverse("plan-approve", args=[plan.pk])
    assert client.post(address, {"version": plan.version}).status_code == 403
    assert not [item for item in waiting_for(cast.dieuphoi) if "plan" in item.href]
    plan.refresh_from_db()
    assert plans.approve(actor=cast.truongban, plan=plan).number == 1


def test_a_head_does_not_approve_the_draft_he_brought_in(cast):
    load = {"fiscal_year": make.year(), "lines": [make.line()], "reason": "Kế hoạch"}
    plan = plans.load(actor=cast.truongban, post=False, **load)
    plan = plans.submit(actor=cast.dieuphoi, plan=plan)
    with pytest.raises(PermissionDenied):
        plans.approve(actor=cast.truongban, plan=plan)


def test_who_made_a_draft_had_a_hand_in_what_it_was_joined_into(cast):
    lend(cast.truongban, cast.dieuphoi_gbv)
    into = make.draft_plan(make.line("ECCD-01"), by=cast.dieuphoi)
    other = make.draft_plan(make.line("GBV-01"), by=cast.dieuphoi_gbv)
    plan = drafts.join(actor=cast.dieuphoi, plan=into, draft=other)
    assert plan.hands == {cast.dieuphoi.pk, cast.dieuphoi_gbv.pk}
    plan.refresh_from_db()
    plan = plans.submit(actor=cast.dieuphoi, plan=plan)
    with pytest.raises(PermissionDenied):
        plans.approve(actor=cast.dieuphoi_gbv, plan=plan)


def test_of_plans_approved_together_none_is_the_approvers_own(cast):
    head = cast.truongban
    load = {"fiscal_year": make.year(), "lines": [make.line("YEE-01")], "reason": "Kế hoạch"}
    own = plans.submit(actor=cast.dieuphoi, plan=plans.load(actor=head, post=False, **load))
    other = make.submitted_plan(make.line("GBV-01"), by=cast.dieuphoi)
    with pytest.raises(PermissionDenied):
        plans.approve(actor=head, plan=other, together=[own])
    second = make.user(role=Role.HEAD)
    plan = plans.approve(actor=second, plan=other, together=[own])
    assert plan.hands == {cast.dieuphoi.pk, head.pk}


# The database itself


def refused(change, text):
    with pytest.raises(IntegrityError, match=text), transaction.atomic():
        change()


def as_posted(row, by, **more):
    values = {"status": "posted", "number": 1, "posted_by": by, "posted_at": timezone.now()}
    return lambda: Disbursement.objects.filter(pk=row.pk).update(**values, **more)


@pytest.mark.parametrize("how", HANDS)
def test_the_database_holds_it_for_rows(cast, how):
    row = made(cast, cast.dieuphoi, how)
    refused(as_posted(row, cast.dieuphoi), "disbursement_four_eyes")
    row = ledger.post(actor=cast.truongban, disbursement=row)
    back = Disbursement.objects.get(pk=row.pk)
    back.pk, back.number, back.amount, back.reverses = None, 99, -1, row
    back.posted_by = cast.dieuphoi
    refused(back.save, "disbursement_four_eyes")


@pytest.mark.parametrize("how", ["made", "wrote a line", "submitted"])
def test_the_database_holds_it_for_plans(cast, how):
    plan = written(cast.dieuphoi, how)
    values = {"state": "approved", "number": 1, "approved_by": cast.dieuphoi}
    rows = PlanVersion.objects.filter(pk=plan.pk)
    refused(lambda: rows.update(**values, approved_at=timezone.now()), "plan_four_eyes")


# History has an end


def test_nothing_but_history_fixes_no_day(cast):
    load = {"lines": [make.line()], "reason": "Kế hoạch", "post": True}
    for code in ("2024", "2023"):
        plans.load(actor=cast.truongban, fiscal_year=make.year(code), **load)
    make.draft(date=date(2022, 9, 20))
    make.submitted(date=date(2022, 9, 21))
    assert go_live.current() is None


def test_the_first_row_that_is_not_history_fixes_the_first_day_of_its_year(cast):
    make.posted(date=date(2023, 5, 4))
    make.posted(date=date(2022, 1, 4))
    fixed = go_live.current()
    assert (fixed.day, fixed.history.get().history_user) == (
        date(2022, 7, 1),
        make.somebody("manager"),
    )


def test_so_does_the_first_plan(cast):
    make.plan(fiscal_year="2024")
    assert go_live.current().day == date(2023, 7, 1)


def test_so_does_what_goes_round_the_services(cast):
    as_posted(make.submitted(), cast.quanly)()
    assert go_live.current().day == date(2022, 7, 1)


def history(by, day):
    row = Disbursement(
        date=day, activity=make.activity(), commune=make.commune(), amount=5, fund=make.fund()
    )
    return ledger.load(actor=by, rows=[ledger.complete(row, by)], post=True)


@pytest.mark.parametrize("who", ["quanly", "truongban", "quantri"])
def test_rows_dated_from_the_day_on_are_no_history(cast, who):
    make.go_live(SEPTEMBER)
    with pytest.raises(Conflict) as refusal:
        history(getattr(cast, who), SEPTEMBER)
    assert refusal.value.code == "history_ended"
    assert not Disbursement.objects.exists()
    assert len(history(getattr(cast, who), SEPTEMBER - timedelta(days=1))) == 1


def test_plans_of_years_that_begin_from_the_day_on_are_no_history(cast):
    make.go_live(date(2023, 7, 1))
    load = {"lines": [make.line()], "reason": "Kế hoạch", "post": True}
    with pytest.raises(Conflict) as refusal:
        plans.load(actor=cast.truongban, fiscal_year=make.year("2024"), **load)
    assert refusal.value.code == "history_ended"
    assert plans.load(actor=cast.truongban, fiscal_year=make.year("2023"), **load).number == 1


def test_the_database_holds_the_end_of_history(cast):
    make.go_live(SEPTEMBER)
    early = make.submitted(date=date(2022, 9, 14))
    row = make.submitted()
    refused(as_posted(row, cast.quanly, origin="history"), "portal: history ended")
    assert as_posted(early, cast.quanly, origin="history")() == 1
    plan = make.submitted_plan(fiscal_year="2024")
    values = {"state": "approved", "number": 1, "approved_by": cast.truongban}
    rows = PlanVersion.objects.filter(pk=plan.pk)
    values |= {"approved_at": timezone.now(), "origin": "history"}
    refused(lambda: rows.update(**values), "portal: history ended")


def test_the_upgrade_of_a_portal_in_use_knows_who_changed_what_and_when_history_ended(cast):
    """What is open gets its makers from its history; the day is that of the first record."""
    migration = import_module("disbursements.migrations.0007_makers")
    row = make.submitted(by=cast.dieuphoi)
    row = ledger.return_(actor=cast.quanly, disbursement=row, reason="Sai")
    changed(row, cast.dieuphoi_gbv)
    plan = editing.describe(actor=cast.dieuphoi, plan=make.draft_plan(), reason="Bổ sung")
    make.posted(date=date(2023, 9, 4))
    make.posted()
    row.makers.clear()
    plan.makers.clear()
    guards.remove(connection)
    GoLive.objects.all().delete()
    migration.keep_makers(apps, None)
    migration.go_live(apps, None)
    guards.install(connection)
    assert list(row.makers.all()) == [cast.dieuphoi_gbv]
    assert list(plan.makers.all()) == [cast.dieuphoi]
    assert go_live.current().day == date(2023, 7, 1)


# The day is moved


def test_a_later_day_needs_a_reason_and_a_second_person(cast):
    fixed = make.go_live(SEPTEMBER)
    later = {"day": date(2023, 7, 1)}
    with pytest.raises(ValidationError) as refusal:
        go_live.move(actor=cast.quanly, reason=" ", **later)
    assert set(refusal.value.message_dict) == {"reason"}
    go_live.move(actor=cast.quanly, reason="Còn sổ giấy của năm 2023", **later)
    assert go_live.current().day == SEPTEMBER
    with pytest.raises(PermissionDenied):
        go_live.agree(actor=cast.quanly)
    with pytest.raises(PermissionDenied):
        go_live.agree(actor=cast.dieuphoi)
    agreed = go_live.agree(actor=cast.truongban)
    assert (agreed.day, agreed.agreed_by, agreed.proposed_day) == (
        later["day"],
        cast.truongban,
        None,
    )
    assert [line.history_user for line in fixed.history.all()][:2] == [cast.truongban, cast.quanly]


def test_an_earlier_day_holds_at_once(cast):
    make.go_live(SEPTEMBER)
    moved = go_live.move(actor=cast.quantri, day=date(2022, 7, 1), reason="Sổ đã xong")
    assert (moved.day, moved.proposed_day) == (date(2022, 7, 1), None)


def test_a_proposed_day_can_be_dropped(cast):
    make.go_live(SEPTEMBER)
    go_live.move(actor=cast.quanly, day=date(2023, 7, 1), reason="Còn sổ giấy")
    assert go_live.drop(actor=cast.truongban).proposed_day is None
    with pytest.raises(Conflict):
        go_live.agree(actor=cast.truongban)


def test_the_database_moves_the_day_for_two_people_only(cast):
    make.go_live(SEPTEMBER)
    rows, later = GoLive.objects.all(), date(2023, 7, 1)
    refused(lambda: rows.update(day=later), "portal: go-live")
    refused(lambda: rows.update(day=later, agreed_by=cast.truongban), "portal: go-live")
    refused(rows.delete, "portal: go-live")
    rows.update(proposed_day=later, proposed_by=cast.quanly, reason="Còn sổ giấy")
    refused(lambda: rows.update(day=later, agreed_by=cast.quanly), "portal: go-live")
    other = later + timedelta(days=1)
    refused(lambda: rows.update(day=other, agreed_by=cast.truongban), "portal: go-live")
    assert rows.update(day=later, agreed_by=cast.truongban) == 1


def test_the_page_moves_the_day_for_two_people(cast, client):
    address = reverse("go-live")
    client.force_login(cast.dieuphoi)
    assert client.get(address).status_code == 403
    client.force_login(cast.quanly)
    assert client.post(address, {"day": "01/07/2023"}).status_code == 403
    client.force_login(cast.quantri)
    assert client.post(address, {"day": "15/09/2022"}).status_code == 302
    client.force_login(cast.quanly)
    form = {"day": "01/07/2023", "version": "1"}
    assert client.post(address, form).status_code == 400
    form["reason"] = "Còn sổ giấy"
    assert client.post(address, form).status_code == 302
    assert "Còn sổ giấy" in client.get(address).content.decode()
    agree = reverse("go-live-decide", args=["agree"])
    assert client.post(agree, {"version": "2"}).status_code == 403
    client.force_login(cast.truongban)
    assert agree in client.get(address).content.decode()
    client.post(agree, {"version": "2"})
    assert go_live.current().day == date(2023, 7, 1)


def test_it_is_fixed_at_set_up_once_and_by_the_administrator(cast):
    with pytest.raises(PermissionDenied):
        go_live.fix(actor=cast.quanly, day=SEPTEMBER)
    with pytest.raises(ValidationError):
        go_live.fix(actor=cast.quantri, day=today() + timedelta(days=400))
    assert go_live.fix(actor=cast.quantri, day=SEPTEMBER).day == SEPTEMBER
    with pytest.raises(Conflict):
        go_live.fix(actor=cast.quantri, day=date(2023, 1, 1))
