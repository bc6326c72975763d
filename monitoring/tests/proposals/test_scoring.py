"""Proposals judged by the year's criteria, chosen into the plan's open draft, taken out again."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.services import remarks
from core.services.errors import Conflict, StaleVersion
from disbursements.models import PlanLine
from disbursements.plans import services as plans
from monitoring.models import Criterion, Proposal
from monitoring.proposals import drafting, scoring
from monitoring.proposals import services as proposals
from monitoring.tests.proposals.test_services import a_proposal
from programs.models import ProgramCeiling
from tests import factories as make

BOARD = "/proposals/selection/?fiscal_year=2024"


@pytest.fixture
def criteria(cast):
    """Need counts three times, cost once."""
    year = make.year("2024")
    given = [("Phù hợp nhu cầu", 3), ("Chi phí hợp lý", 1)]
    return [
        scoring.criteria.create(actor=cast.bdh, fiscal_year=year, name=name, weight=weight)
        for name, weight in given
    ]


def test_a_score_is_the_weighted_mean_once_every_criterion_has_points(cast, criteria):
    row = a_proposal(cast.dieuphoi)
    need, cost = (each.pk for each in criteria)
    scoring.score(actor=cast.bdh, proposal=row, points={need: 9})
    assert scoring.total(scoring.points_of(row), criteria) is None
    scoring.score(actor=cast.bdh, proposal=row, points={cost: 4})
    assert str(scoring.total(scoring.points_of(row), criteria)) == "7.8"  # (27 + 4) / 4
    scoring.score(actor=cast.bdh, proposal=row, points={need: None})
    assert scoring.points_of(row) == {cost: 4}
    said = Proposal.history.filter(id=row.pk).first()
    assert "Phù hợp nhu cầu: –" in said.history_change_reason


@pytest.mark.parametrize("given", [(), (5, 11), (-1,)])
def test_points_that_cannot_be_are_refused_and_none_is_kept(cast, criteria, given):
    row = a_proposal(cast.dieuphoi)
    points = dict(zip((each.pk for each in criteria), given, strict=False))
    with pytest.raises(ValidationError) as refusal:
        scoring.score(actor=cast.bdh, proposal=row, points=points)
    assert set(refusal.value.message_dict) == {"scores"}
    assert not row.scores.exists()


def test_only_who_decides_scores_in_the_version_seen_and_what_is_in_no_plan(cast, criteria):
    row = a_proposal(cast.dieuphoi)
    points = {criteria[0].pk: 5}
    with pytest.raises(PermissionDenied):
        scoring.score(actor=cast.dieuphoi, proposal=row, points=points)
    with pytest.raises(StaleVersion):
        scoring.score(actor=cast.bdh, proposal=row, points=points, version=row.version + 1)
    proposals.select(actor=cast.bdh, proposal=row)
    drafting.plan_selected(actor=cast.quanly, fiscal_year=row.fiscal_year)
    with pytest.raises(Conflict):
        scoring.score(actor=cast.bdh, proposal=row, points=points)


def test_criteria_are_kept_with_their_year(cast, criteria):
    other = make.year("2025")
    scoring.criteria.create(actor=cast.quantri, fiscal_year=other, name="Phù hợp nhu cầu")
    assert [each.weight for each in scoring.criteria_of(make.year("2024"))] == [3, 1]
    with pytest.raises(ValidationError):
        scoring.criteria.create(actor=cast.bdh, fiscal_year=other, name="Phù hợp nhu cầu")
    row = a_proposal(cast.dieuphoi)
    scoring.score(actor=cast.bdh, proposal=row, points={criteria[0].pk: 5})
    with pytest.raises(Conflict):
        scoring.criteria.remove(actor=cast.bdh, record=criteria[0], version=1)
    scoring.criteria.remove(actor=cast.bdh, record=criteria[1], version=1)
    assert Criterion.objects.filter(fiscal_year__code="2024").count() == 1


def test_a_year_has_at_most_ten(cast):
    year = make.year("2024")
    for n in range(10):
        scoring.criteria.create(actor=cast.bdh, fiscal_year=year, name=f"Tiêu chí {n}")
    with pytest.raises(ValidationError):
        scoring.criteria.create(actor=cast.bdh, fiscal_year=year, name="Tiêu chí 11")


def opened_draft(cast):
    """A first proposal of GBV stands in a draft that somebody made; others follow it."""
    first = a_proposal(cast.dieuphoi, 10)
    proposals.select(actor=cast.bdh, proposal=first)
    return drafting.plan_selected(actor=cast.quanly, fiscal_year=first.fiscal_year)


def test_what_is_chosen_stands_in_the_open_draft_at_once(cast):
    draft = opened_draft(cast)
    row = a_proposal(cast.dieuphoi, 70, title="Lớp kỹ năng sống", program=make.program("YEE"))
    chosen = proposals.select(actor=cast.bdh, proposal=row)
    assert (chosen.state, chosen.plan_version) == ("drafted", draft)
    line = draft.lines.get(activity=chosen.activity)
    assert sum(each.amount for each in line.amounts.all()) == 70


def test_who_approves_the_plan_has_no_hand_in_its_draft(cast):
    draft = opened_draft(cast)
    with remarks.listening() as said:
        row = proposals.select(actor=cast.truongban, proposal=a_proposal(cast.dieuphoi, 70))
    assert row.state == "selected"
    assert [each["code"] for each in said] == ["not_in_draft"]
    draft.refresh_from_db()
    assert cast.truongban.pk not in draft.hands


def test_a_draft_that_waits_for_approval_takes_none_and_it_is_said(cast):
    draft = opened_draft(cast)
    plans.submit(actor=cast.dieuphoi, plan=draft)
    with remarks.listening() as said:
        row = proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 70))
    assert row.state == "selected"
    assert str(draft.pk) in said[0]["message"]


@pytest.mark.parametrize("decide", [proposals.defer, proposals.refuse])
def test_put_off_again_it_leaves_the_draft(cast, decide):
    draft = opened_draft(cast)
    row = proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 70, title="Khác"))
    there = draft.lines.count()
    decide(actor=cast.bdh, proposal=row, reason="Chờ năm sau")
    row.refresh_from_db()
    assert row.plan_version is None
    assert draft.lines.count() == there - 1
    assert not PlanLine.objects.filter(activity=row.activity).exists()


def test_a_line_that_was_changed_in_the_draft_is_changed_there(cast):
    draft = opened_draft(cast)
    row = proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 70, title="Khác"))
    amount = draft.lines.get(activity=row.activity).amounts.get()
    amount.amount = 50
    amount.save()
    with pytest.raises(Conflict):
        proposals.refuse(actor=cast.bdh, proposal=row, reason="Không")
    row.refresh_from_db()
    assert row.state == "drafted"


def test_the_ceiling_of_a_programme_holds_too(cast):
    year = make.year("2024")
    ProgramCeiling.objects.create(fiscal_year=year, program=make.program("GBV"), amount=100)
    proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 60))
    with pytest.raises(Conflict) as refusal:
        proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 41))
    assert "GBV" in str(refusal.value)
    yee = make.program("YEE")
    proposals.select(actor=cast.bdh, proposal=a_proposal(cast.dieuphoi, 500, program=yee))
    answer = make.api(cast.khach).get("/api/v1/proposals/ceilings/").json()
    [found] = [row for row in answer["rows"] if row["fiscal_year"] == "2024"]
    rooms = {
        each["program"]: (each["ceiling"], each["taken"], each["left"])
        for each in found["programs"]
    }
    assert rooms["GBV"] == (100, 60, 40)
    assert rooms["YEE"] == (None, 500, None)


def test_the_board_compares_them_by_programme_the_best_first(cast, client, criteria):
    low, high, none = (a_proposal(cast.dieuphoi, n) for n in (1, 2, 3))
    for row, n in ((low, 3), (high, 9)):
        scoring.score(actor=cast.bdh, proposal=row, points={each.pk: n for each in criteria})
    client.force_login(cast.bdh)
    [group] = client.get(BOARD).context["groups"]
    assert [line["row"] for line in group["lines"]] == [high, low, none]


def test_points_are_given_on_the_board_and_a_wrong_one_loses_none(cast, client, criteria):
    row = a_proposal(cast.dieuphoi)
    need, cost = (f"points_{each.pk}" for each in criteria)
    client.force_login(cast.bdh)
    page = client.post(f"/proposals/{row.pk}/score/", {need: "8", cost: "11"})
    assert page.status_code == 400
    [line] = page.context["lines"]
    assert set(line["score_form"].errors) == {cost}
    assert 'value="8"' in page.content.decode()
    assert client.post(f"/proposals/{row.pk}/score/", {need: "8", cost: "10"}).status_code == 302
    assert scoring.points_of(row) == {criteria[0].pk: 8, criteria[1].pk: 10}
    client.force_login(cast.dieuphoi)
    assert client.post(f"/proposals/{row.pk}/score/", {need: "8"}).status_code == 403


def test_the_api_scores_and_says_the_score(cast, criteria):
    row = a_proposal(cast.dieuphoi)
    body = {"scores": [{"criterion": each.name, "points": 6} for each in criteria]}
    found = make.api(cast.bdh).post(f"/api/v1/proposals/{row.pk}/score/", body).json()
    assert (found["score"], [each["points"] for each in found["scores"]]) == ("6.0", [6, 6])
    for wrong in ({"points": 11}, {"criterion": "Không có"}):
        refused = {"scores": [{**body["scores"][0], **wrong}]}
        answer = make.api(cast.bdh).post(f"/api/v1/proposals/{row.pk}/score/", refused)
        assert (answer.status_code, set(answer.json())) == (400, {"scores"})


def test_a_proposal_without_an_estimate_says_so_at_its_place_and_loses_nothing(cast, client):
    client.force_login(cast.dieuphoi)
    values = {
        "title": "Điểm rửa tay ở điểm trường",
        "fiscal_year": make.year("2024").pk,
        "program": make.program("GBV").pk,
        "commune": make.commune().pk,
        "why": "Chưa có nước sạch",
        "for_whom": "Trẻ ở điểm trường",
        "expected": "Một điểm rửa tay",
        "quarter": 1,
        "estimate": "",
    }
    page = client.post("/proposals/new/", values)
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"estimate"}
    assert "Chưa có nước sạch" in page.content.decode()
    codes = {"fiscal_year": "2024", "program": "GBV", "commune": make.BAN_LANG}
    answer = make.api(cast.dieuphoi).post(
        "/api/v1/proposals/", {**values, **codes, "estimate": None}
    )
    assert (answer.status_code, set(answer.json())) == (400, {"estimate"})


def test_more_proposals_are_not_more_queries(cast, client, criteria):
    client.force_login(cast.bdh)

    def asked():
        client.get(BOARD)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(BOARD).status_code == 200
        return len(queries)

    def add(count):
        for n in range(count):
            row = a_proposal(cast.dieuphoi, 10 + n, title=f"Đề xuất {n}")
            scoring.score(actor=cast.bdh, proposal=row, points={each.pk: n for each in criteria})

    add(2)
    few = asked()
    add(7)
    assert asked() <= few


def test_a_plan_line_says_which_proposals_it_came_from_also_in_the_next_version(cast, client):
    make.plan(make.line("GBV-01", amounts=5), fiscal_year="2024")
    draft = opened_draft(cast)
    plans.submit(actor=cast.dieuphoi, plan=draft)
    plans.approve(actor=cast.truongban, plan=draft)
    row = Proposal.objects.get()
    revision = make.draft_plan(
        make.line("GBV-01", amounts=7),
        make.line(row.activity, amounts=10),
        fiscal_year="2024",
        by=cast.dieuphoi,
    )
    api = make.api(cast.dieuphoi)
    for plan in (draft, revision):
        lines = api.get(f"/api/v1/plan-lines/?plan_version={plan.pk}").json()["results"]
        found = {line["activity"]: line["proposals"] for line in lines}
        assert found == {"GBV-01": [], row.activity.code: [row.pk]}
    client.force_login(cast.dieuphoi)
    page = client.get(f"/plans/{draft.pk}/?lines=all&cols=all").content.decode()
    assert page.count("từ đề xuất") >= 1
    assert page.count(row.title) >= 1
