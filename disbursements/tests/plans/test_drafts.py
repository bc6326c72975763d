"""What becomes of a draft: withdrawn, joined, set aside, approved together with others."""

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from disbursements.models import PlanVersion
from disbursements.plans import editing
from disbursements.plans import services as plans
from tests import factories as make

pytestmark = pytest.mark.django_db
VERSIONS, LINES = "/api/v1/plan-versions/", "/api/v1/plan-lines/"


def drafted(person, *lines):
    """A draft on top of the version in force, with some lines set."""
    draft = plans.create_draft(
        actor=person,
        fiscal_year=make.year(),
        based_on=plans.approved_version(make.year()),
        reason="đổi",
    )
    for line in lines:
        editing.set_line(actor=person, plan=draft, line=line)
    return PlanVersion.objects.get(pk=draft.pk)


def in_force() -> dict[str, int]:
    """Planned đồng of the version in force by activity."""
    version = plans.approved_version(make.year())
    lines = plans.lines_of(version) if version else []
    return {line.activity.code: line.total for line in lines}


def test_who_submitted_a_plan_withdraws_it_and_nobody_else(cast):
    plan = make.submitted_plan(make.line("GBV-01"), by=cast.dieuphoi)
    here = f"{VERSIONS}{plan.pk}/withdraw/"
    assert make.api(cast.dieuphoi_gbv).post(here, {}).status_code == 403
    assert make.api(cast.dieuphoi).post(here, {}).json()["state"] == "draft"
    assert make.api(cast.dieuphoi).post(here, {}).status_code == 409


def test_who_takes_over_from_somebody_who_left_withdraws_within_their_scope(cast):
    plan = make.submitted_plan(make.line("GBV-01", make.BAN_LANG), by=cast.dieuphoi)
    cast.dieuphoi.is_active = False
    cast.dieuphoi.save()
    outside = make.user_of_pairs(("GBV", make.NAM_XE))
    here = f"{VERSIONS}{plan.pk}/withdraw/"
    assert make.api(outside).post(here, {}).status_code == 403
    assert make.api(cast.dieuphoi_gbv).post(here, {}).json()["state"] == "draft"


def test_a_submitted_plan_takes_no_lines_and_names_who_may_withdraw_it(cast):
    plan = make.submitted_plan(make.line("GBV-01"), by=cast.dieuphoi)
    make.activity("GBV-02")
    api, body = make.api(cast.dieuphoi_gbv), {"activity": "GBV-02", "commune": make.BAN_LANG}
    row = plan.lines.get()
    refused = [
        api.post(LINES, {"plan_version": plan.pk, **body}),
        api.post(f"{VERSIONS}{plan.pk}/lines/", {"rows": [body]}),
        api.patch(f"{LINES}{row.pk}/", {"version": 1, "q1": 3}),
        api.delete(f"{LINES}{row.pk}/"),
    ]
    assert [each.status_code for each in refused] == [409] * 4
    assert {cast.dieuphoi.display_name in each.json()["detail"] for each in refused} == {True}


def test_two_drafts_are_joined_and_nothing_is_lost(cast):
    make.plan(make.line("GBV-01", amounts=1), make.line("ECCD-01", amounts=1))
    one = drafted(cast.dieuphoi, make.line("GBV-01", amounts=5))
    two = drafted(cast.dieuphoi, make.line("ECCD-01", amounts=7), make.line("ECCD-02", amounts=8))
    api = make.api(cast.dieuphoi)
    joined = api.post(f"{VERSIONS}{one.pk}/join/", {"draft": two.pk})
    assert (joined.status_code, joined.json()["programs"]) == (200, ["ECCD", "GBV"])
    assert {line.activity.code: line.total for line in plans.lines_of(one)} == {
        "GBV-01": 5,
        "ECCD-01": 7,
        "ECCD-02": 8,
    }
    left = api.get(f"{VERSIONS}{two.pk}/").json()
    assert (left["state"], left["joined_into"]) == ("joined", one.pk)
    assert api.post(f"{VERSIONS}{one.pk}/join/", {"draft": two.pk}).status_code == 409


def test_who_made_a_draft_that_was_joined_does_not_approve_it_in_the_other(cast):
    make.plan(make.line("GBV-01", amounts=1), make.line("ECCD-01", amounts=1))
    made = drafted(cast.dieuphoi, make.line("ECCD-01", amounts=7))
    PlanVersion.objects.filter(pk=made.pk).update(created_by=cast.truongban)
    other = make.user()
    one = drafted(other, make.line("GBV-01", amounts=5))
    api = make.api(other)
    assert api.post(f"{VERSIONS}{one.pk}/join/", {"draft": made.pk}).status_code == 200
    assert api.post(f"{VERSIONS}{one.pk}/submit/", {}).status_code == 200
    assert make.api(cast.truongban).post(f"{VERSIONS}{one.pk}/approve/", {}).status_code == 403
    assert (
        make.api(make.somebody("head")).post(f"{VERSIONS}{one.pk}/approve/", {}).json()["state"]
        == "approved"
    )


def test_drafts_that_change_one_line_each_otherwise_are_not_joined(cast):
    """Two open drafts of one programme: they are from before the constraint."""
    make.plan(make.line("GBV-01", amounts=1))
    one = drafted(cast.dieuphoi, make.line("GBV-01", amounts=5))
    one.spoken.all().delete()
    two = drafted(cast.dieuphoi, make.line("GBV-01", amounts=7))
    api = make.api(cast.dieuphoi)
    said = api.get(f"{VERSIONS}{one.pk}/").json()["warnings"]
    assert any(str(two.pk) in each for each in said)
    refused = api.post(f"{VERSIONS}{two.pk}/join/", {"draft": one.pk})
    assert (refused.status_code, refused.json()["code"]) == (409, "differs")


def test_a_draft_left_lying_for_30_days_is_set_aside_by_a_colleague_with_a_reason(cast):
    draft = drafted(cast.dieuphoi, make.line("GBV-01", amounts=5))
    here, api = f"{VERSIONS}{draft.pk}/set-aside/", make.api(cast.dieuphoi_gbv)
    assert api.post(here, {"reason": "bỏ quên"}).status_code == 409
    later = timezone.now() + timedelta(days=31)
    with mock.patch("disbursements.plans.drafts.timezone.now", return_value=later):
        assert set(api.post(here, {}).json()) == {"reason"}
        done = api.post(here, {"reason": "bỏ quên"})
    assert (done.status_code, done.json()["state"]) == (200, "set_aside")
    draft.refresh_from_db()
    assert (draft.created_by, draft.lines.count()) == (cast.dieuphoi, 1)
    made = api.post(VERSIONS, {"fiscal_year": "2023", "programs": ["GBV"]})
    assert made.status_code == 201  # its programme is free again


def test_several_plans_are_approved_as_one_version_under_one_decision(cast):
    gbv = make.submitted_plan(make.line("GBV-01", amounts=120), by=cast.dieuphoi_gbv)
    eccd = make.submitted_plan(make.line("ECCD-01", amounts=240), by=cast.dieuphoi)
    body = {"together": [eccd.pk], "decision_no": "5/QĐ"}
    done = make.api(cast.truongban).post(f"{VERSIONS}{gbv.pk}/approve/", body)
    assert done.status_code == 200, done.content
    assert done.json()["programs"] == ["ECCD", "GBV"]
    assert in_force() == {"GBV-01": 120, "ECCD-01": 240}
    eccd.refresh_from_db()
    assert (eccd.state, eccd.joined_into_id) == ("joined", gbv.pk)
    assert PlanVersion.objects.approved().count() == 1


def test_nobody_approves_together_what_they_submitted_or_what_does_not_wait(cast):
    gbv = make.submitted_plan(make.line("GBV-01"), by=cast.dieuphoi)
    draft = make.draft_plan(make.line("ECCD-01"), by=cast.dieuphoi)
    head = make.api(cast.truongban)
    refused = head.post(f"{VERSIONS}{gbv.pk}/approve/", {"together": [draft.pk]})
    assert refused.status_code == 409
    own = make.submitted_plan(make.line("YEE-01"), by=cast.dieuphoi)
    PlanVersion.objects.filter(pk=own.pk).update(submitted_by=cast.truongban)
    refused = head.post(f"{VERSIONS}{gbv.pk}/approve/", {"together": [own.pk]})
    assert refused.status_code == 403
    assert not PlanVersion.objects.approved().exists()


def test_each_programmes_first_plan_is_its_original_and_revisions_are_counted(cast):
    make.plan(make.line("GBV-01", amounts=1))
    second = make.plan(make.line("GBV-01", amounts=1), make.line("ECCD-01", amounts=1), reason="")
    third = make.plan(make.line("GBV-01", amounts=1), make.line("ECCD-01", amounts=2))
    titles = [plan.title for plan in (second, third)]
    assert titles == ["Kế hoạch giao đầu năm", "Kế hoạch điều chỉnh lần 1"]
