"""Who approves sees what a plan changes; what vanishes asks for a tick; doubts are said."""

import re
from html import unescape

import pytest

from disbursements.models import PlanVersion
from disbursements.plans import editing
from disbursements.plans import services as plans
from disbursements.tests.plans.test_drafts import LINES, VERSIONS, drafted, in_force
from programs.models import Period
from tests import factories as make

# Of pages; test_services.py and test_api.py beside it ask each database.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def submitted(person, draft):
    return plans.submit(actor=person, plan=PlanVersion.objects.get(pk=draft.pk))


@pytest.fixture
def vanishes(cast):
    """A submitted plan in which a line of 40 đồng goes, and one of 0."""
    make.plan(
        make.line("GBV-01", amounts=100),
        make.line("GBV-02", amounts=40),
        make.line("GBV-03", amounts=0),
    )
    draft = drafted(cast.dieuphoi)
    for row in draft.lines.exclude(activity__code="GBV-01"):
        editing.remove_line(actor=cast.dieuphoi, plan=draft, line=row)
    return submitted(cast.dieuphoi, draft)


def test_lines_with_money_that_vanish_ask_for_one_tick(cast, vanishes):
    api, here = make.api(cast.truongban), f"{VERSIONS}{vanishes.pk}/"
    against = api.get(here).json()["against"]
    assert against["vanishing"] == {"count": 1, "sum": 40}
    refused = api.post(f"{here}approve/", {})
    assert (refused.status_code, set(refused.json())) == (400, {"confirm_vanishing"})
    assert "40" in refused.json()["confirm_vanishing"][0]
    assert api.post(f"{here}approve/", {"confirm_vanishing": True}).status_code == 200
    assert in_force() == {"GBV-01": 100}


def test_whoever_submits_may_be_asked_already(cast):
    make.plan(make.line("GBV-01", amounts=100), make.line("GBV-02", amounts=40))
    draft = drafted(cast.dieuphoi)
    line = draft.lines.get(activity__code="GBV-02")
    editing.remove_line(actor=cast.dieuphoi, plan=draft, line=line)
    api, here = make.api(cast.dieuphoi), f"{VERSIONS}{draft.pk}/submit/"
    asked = api.post(here, {"confirm_vanishing": False})
    assert (asked.status_code, set(asked.json())) == (400, {"confirm_vanishing"})
    assert api.post(here, {}).status_code == 200  # whoever approves is asked


def test_the_page_asks_for_the_tick_too(cast, client, vanishes):
    client.force_login(cast.truongban)
    here = f"/plans/{vanishes.pk}/"
    assert "confirm_vanishing" in client.get(here).content.decode()
    refused = client.post(f"{here}approve/", {})
    assert (refused.status_code, set(refused.context["approve_form"].errors)) == (
        400,
        {"confirm_vanishing"},
    )
    assert client.post(f"{here}approve/", {"confirm_vanishing": "on"}).status_code == 302


def test_before_after_spent_and_ceiling_are_there_by_programme_and_line(cast, client):
    make.plan(make.line("GBV-01", amounts=100), make.line("ECCD-01", amounts=9))
    make.posted(60)
    admin = make.api(cast.quantri)
    year = admin.get("/api/v1/fiscal-years/?code=2023").json()["results"][0]
    body = {"version": year["version"], "ceilings": {"GBV": 45}}
    changed = admin.patch(f"/api/v1/fiscal-years/{year['id']}/", body)
    assert (changed.status_code, changed.json()["ceilings"]) == (200, {"GBV": 45})
    plan = submitted(cast.dieuphoi, drafted(cast.dieuphoi, make.line("GBV-01", amounts=50)))
    said = make.api(cast.truongban).get(f"{VERSIONS}{plan.pk}/").json()
    assert said["against"]["programs"] == [
        {
            "program": "GBV",
            "before": 100,
            "after": 50,
            "spent": 60,
            "ceiling": 45,
            "vanishing": {"count": 0, "sum": 0},
        }
    ]
    [line] = said["against"]["lines"]
    assert (line["activity"], line["before"], line["after"], line["spent"]) == (
        "GBV-01",
        100,
        50,
        60,
    )
    assert [("50" in each, "60" in each or "45" in each) for each in said["warnings"]] == [
        (True, True),
        (True, True),
    ]
    client.force_login(cast.truongban)
    page = client.get(f"/plans/{plan.pk}/")
    assert [
        (p["before"], p["after"], p["spent"], p["ceiling"]) for p in page.context["programs"]
    ] == [("100", "50", "60", "45")]
    shown = re.findall(r'<div class="notice warning slim">\s*<p>(.*?)</p>', page.content.decode())
    assert list(map(unescape, shown)) == page.context["warnings"]
    assert len(shown) == 2
    assert client.post(f"/plans/{plan.pk}/approve/", {}).status_code == 302  # said, not refused


def test_a_quarter_whose_months_are_all_closed_is_marked(cast, client):
    make.plan(make.line("GBV-01", amounts=100))
    for month in Period.objects.filter(fiscal_year=make.year(), quarter=1):
        make.close(month)
    draft = drafted(cast.dieuphoi, make.line("GBV-01", amounts=50))
    said = make.api(cast.dieuphoi).get(f"{VERSIONS}{draft.pk}/").json()
    assert said["against"]["closed_quarters"] == [1]
    assert len(said["warnings"]) == 1
    client.force_login(cast.dieuphoi)
    assert "đã khóa" in client.get(f"/plans/{draft.pk}/").content.decode()


def test_a_line_that_differs_only_in_its_fund_asks(cast):
    make.plan(make.line("GBV-01", amounts=100, fund_code="PLAN"))
    draft = drafted(cast.dieuphoi)
    api = make.api(cast.dieuphoi)
    body = {"plan_version": draft.pk, "activity": "GBV-01", "commune": make.BAN_LANG, "q1": 75}
    refused = api.post(LINES, body)
    assert (refused.status_code, set(refused.json())) == (400, {"fund"})
    refused = api.post(f"{LINES}bulk/", {"rows": [body]})
    assert refused.json() == {
        "rows": [{"row": 1, "errors": {"fund": refused.json()["rows"][0]["errors"]["fund"]}}]
    }
    assert draft.lines.count() == 1
    assert api.post(LINES, {**body, "another_fund": True}).status_code == 201
    assert draft.lines.count() == 2


def test_stated_without_a_fund_it_is_the_line_that_is_there(cast):
    make.plan(make.line("GBV-01", amounts=100, fund_code="PLAN"))
    draft = drafted(cast.dieuphoi)
    row = {"activity": "GBV-01", "commune": make.BAN_LANG, "q1": 75}
    done = make.api(cast.dieuphoi).post(f"{VERSIONS}{draft.pk}/lines/", {"rows": [row]})
    assert done.status_code == 200, done.content
    line = draft.lines.get()
    assert (line.fund.code, line.amounts.get().amount, line.version) == ("PLAN", 75, 2)


def test_many_lines_say_whether_they_are_the_whole_plan(cast):
    make.plan(make.line("GBV-01", amounts=100), make.line("GBV-02", amounts=40))
    draft = drafted(cast.dieuphoi)
    api, here = make.api(cast.dieuphoi), f"{VERSIONS}{draft.pk}/lines/"
    rows = {"rows": [{"activity": "GBV-01", "commune": make.BAN_LANG, "q2": 7}]}
    assert set(api.post(here, rows).json()) == {"scope"}
    assert set(api.post(here, {**rows, "scope": "whole"}).json()) == {"confirm_vanishing"}
    assert api.post(here, {**rows, "scope": "changes"}).status_code == 200
    assert {each.total for each in plans.lines_of(draft)} == {7, 40}
    done = api.post(here, {**rows, "scope": "whole", "confirm_vanishing": True})
    assert (done.status_code, done.json()["planned"]) == (200, 7)


def test_lines_have_versions_of_their_own_and_the_plan_counts_each_change(cast):
    make.plan(make.line("GBV-01", amounts=1), make.line("GBV-02", amounts=2))
    draft = drafted(cast.dieuphoi)
    api = make.api(cast.dieuphoi)
    first, second = draft.lines.order_by("activity__code")
    for row in (first, second):  # as both were read
        assert api.patch(f"{LINES}{row.pk}/", {"version": 1, "q1": 9}).status_code == 200
    assert api.patch(f"{LINES}{first.pk}/", {"version": 1, "q1": 8}).status_code == 409
    assert api.get(f"{LINES}{first.pk}/").json()["version"] == 2
    draft.refresh_from_db()
    assert draft.version == 3
    stale = api.post(f"{VERSIONS}{draft.pk}/submit/", {"version": 1})
    assert stale.status_code == 409


def grid_values(draft, **changes):
    """The grid's form as the page shows it, with some cells typed over."""
    values = {}
    for row in draft.lines.prefetch_related("amounts"):
        values[f"l{row.pk}-version"] = row.version
        amounts = {each.quarter: each.amount for each in row.amounts.all()}
        values |= {f"l{row.pk}-q{q}": amounts.get(q, "") for q in (1, 2, 3, 4)}
    return {**values, **changes}


def test_lines_are_edited_in_their_rows_many_at_once(cast, client):
    make.plan(make.line("GBV-01", amounts=1), make.line("GBV-02", amounts=2))
    draft = drafted(cast.dieuphoi)
    make.activity("GBV-03")
    first, second = draft.lines.order_by("activity__code")
    client.force_login(cast.dieuphoi)
    here = f"/plans/{draft.pk}/grid/"
    assert client.get(here).status_code == 200
    new = {"n0-activity": "GBV-03", "n0-commune": make.commune().pk, "n0-q2": "30"}
    typed = grid_values(draft, **{f"l{first.pk}-q1": "10", **new})
    assert client.post(here, typed).status_code == 302
    assert {line.activity.code: line.amounts for line in plans.lines_of(draft)} == {
        "GBV-01": {1: 10},
        "GBV-02": {1: 2},
        "GBV-03": {2: 30},
    }
    second.refresh_from_db()
    assert second.version == 1
    stale = client.post(here, typed | {f"l{first.pk}-q1": "11", "n0-activity": ""})
    assert stale.status_code == 400
    assert plans.lines_of(draft)[0].amounts == {1: 10}


def test_a_line_that_is_edited_without_its_fund_makes_no_silent_twin(cast, client):
    make.plan(make.line("GBV-01", amounts=100, fund_code="PLAN"))
    draft = drafted(cast.dieuphoi)
    client.force_login(cast.dieuphoi)
    values = {"activity": "GBV-01", "commune": make.commune().pk, "q1": "75", "version": 1}
    refused = client.post(f"/plans/{draft.pk}/lines/", values)
    assert (refused.status_code, set(refused.context["line_form"].errors)) == (400, {"fund"})
    [line] = draft.lines.all()
    page = client.get(f"/plans/{draft.pk}/?line={line.pk}")
    assert page.context["line_form"].initial["line_id"] == line.pk
    assert client.post(f"/plans/{draft.pk}/lines/", {**values, "another_fund": "on"}).url
    assert draft.lines.count() == 2


def test_drafts_are_withdrawn_joined_and_set_aside_on_the_page(cast, client):
    make.plan(make.line("GBV-01", amounts=1), make.line("ECCD-01", amounts=1))
    one = drafted(cast.dieuphoi, make.line("GBV-01", amounts=5))
    two = drafted(cast.dieuphoi, make.line("ECCD-01", amounts=7))
    client.force_login(cast.dieuphoi)
    submitted(cast.dieuphoi, two)
    assert "withdraw/" in client.get(f"/plans/{two.pk}/").content.decode()
    assert client.post(f"/plans/{two.pk}/withdraw/").status_code == 302
    one.refresh_from_db()
    body = {"join-draft": two.pk, "join-version": one.version}
    assert client.post(f"/plans/{one.pk}/join/", body).status_code == 302
    assert f"/plans/{one.pk}/" in client.get(f"/plans/{two.pk}/").content.decode()
    assert (
        client.post(f"/plans/{one.pk}/set-aside/", {"aside-reason": "làm lại"}).status_code == 302
    )
    states = PlanVersion.objects.exclude(state="approved").values_list("pk", "state")
    assert set(states) == {(one.pk, "set_aside"), (two.pk, "joined")}


def test_several_plans_are_approved_together_on_the_page(cast, client):
    gbv = make.submitted_plan(make.line("GBV-01", amounts=120), by=cast.dieuphoi_gbv)
    eccd = make.submitted_plan(make.line("ECCD-01", amounts=240), by=cast.dieuphoi)
    client.force_login(cast.truongban)
    body = {"together": [eccd.pk], "decision_no": "5/QĐ"}
    assert client.post(f"/plans/{gbv.pk}/approve/", body).status_code == 302
    assert in_force() == {"GBV-01": 120, "ECCD-01": 240}


def test_a_line_that_somebody_removed_meanwhile_is_said_in_the_grid(cast, client):
    make.plan(make.line("GBV-01", amounts=1), make.line("GBV-02", amounts=2))
    draft = drafted(cast.dieuphoi)
    typed = grid_values(draft)
    gone = draft.lines.get(activity__code="GBV-02")
    editing.remove_line(actor=cast.dieuphoi, plan=draft, line=gone)
    client.force_login(cast.dieuphoi)
    said = client.post(f"/plans/{draft.pk}/grid/", typed)
    assert (said.status_code, len(said.context["grid"].errors)) == (409, 1)


@pytest.mark.parametrize("number", ["²", "9" * 30, "x"])
def test_a_line_that_cannot_be_is_no_line(cast, client, number):
    draft = make.draft_plan(by=cast.dieuphoi)
    client.force_login(cast.dieuphoi)
    assert client.get(f"/plans/{draft.pk}/?line={number}").status_code == 200
