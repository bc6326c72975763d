"""A year's plan is assembled from what each draft speaks for; nothing of another is overwritten."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from core.services.errors import Conflict
from disbursements import guards
from disbursements.against_plan import against_plan, plan_versions
from disbursements.models import PlanAmount, PlanProgram, PlanVersion
from disbursements.plans import comparison, editing
from disbursements.plans import services as plans
from disbursements.plans.authority import places_of
from programs.summary_query import SummaryQuery
from tests import factories as make


def by_program(version) -> dict[str, int]:
    """Planned đồng of a version by programme."""
    found: dict[str, int] = {}
    for amount in PlanAmount.objects.filter(line__plan_version=version).select_related(
        "line__program"
    ):
        code = amount.line.program.code
        found[code] = found.get(code, 0) + amount.amount
    return found


def current():
    return plans.approved_version(make.year())


def test_two_coordinators_first_plans_add_up_to_the_years_plan(cast):
    gbv = make.submitted_plan(make.line("GBV-01", amounts=120), by=cast.dieuphoi_gbv)
    eccd = make.submitted_plan(make.line("ECCD-01", amounts=240), by=cast.dieuphoi, reason="")
    plans.approve(actor=cast.truongban, plan=gbv)
    second = plans.approve(actor=cast.truongban, plan=eccd)
    assert by_program(current()) == {"GBV": 120, "ECCD": 240}
    assert second.based_on == gbv  # the version it replaced
    assert {p.code for p, _c in places_of(second)} == {"ECCD"}


def test_a_revision_changes_its_programme_alone_whatever_was_approved_meanwhile(cast):
    make.plan(make.line("GBV-01", amounts=1), make.line("ECCD-01", amounts=10))
    draft = plans.create_draft(actor=cast.dieuphoi, fiscal_year=make.year(), based_on=current())
    other = plans.create_draft(actor=cast.dieuphoi, fiscal_year=make.year(), based_on=current())
    editing.set_line(actor=cast.dieuphoi, plan=draft, line=make.line("GBV-01", amounts=2))
    editing.set_line(actor=cast.dieuphoi, plan=other, line=make.line("ECCD-01", amounts=20))
    for plan in (draft, other):
        plan.refresh_from_db()
        editing.describe(actor=cast.dieuphoi, plan=plan, reason="đổi")
        plan.refresh_from_db()
        plans.submit(actor=cast.dieuphoi, plan=plan)
        plan.refresh_from_db()
        plans.approve(actor=cast.truongban, plan=plan)
    assert by_program(current()) == {"GBV": 2, "ECCD": 20}


def test_a_copy_speaks_for_nothing_until_its_first_change(cast):
    make.plan(make.line("GBV-01", amounts=1))
    one = plans.create_draft(actor=cast.dieuphoi, fiscal_year=make.year(), based_on=current())
    two = plans.create_draft(actor=cast.dieuphoi, fiscal_year=make.year(), based_on=current())
    assert not PlanProgram.objects.filter(plan_version__in=(one, two)).exists()
    editing.set_line(actor=cast.dieuphoi, plan=one, line=make.line("GBV-01", amounts=2))
    with pytest.raises(Conflict) as refusal:
        editing.set_line(actor=cast.dieuphoi, plan=two, line=make.line("GBV-02", amounts=3))
    assert refusal.value.code == "taken"
    assert str(one.pk) in str(refusal.value)


def test_moving_money_to_another_programme_makes_a_draft_speak_for_both(cast):
    make.plan(make.line("GBV-01", amounts=5), make.line("ECCD-01", amounts=5))
    draft = plans.create_draft(actor=cast.dieuphoi, fiscal_year=make.year(), based_on=current())
    source, target = draft.lines.order_by("-activity__code")
    editing.transfer(
        actor=cast.dieuphoi, plan=draft, source=source, target=target, quarter=1, to_quarter=1,
        amount=1, reason="chuyển", version=draft.version,
    )  # fmt: skip
    assert {p.code for p in draft.programs.all()} == {"GBV", "ECCD"}


def test_at_most_one_open_draft_speaks_for_a_programme_in_the_database_too(cast):
    draft, year = make.draft_plan(make.line("GBV-01")), make.year()
    other = plans.create_draft(actor=cast.dieuphoi, fiscal_year=year)
    with pytest.raises(IntegrityError):
        PlanProgram.objects.create(
            plan_version=other, fiscal_year=year, program=draft.programs.get()
        )


def test_a_colleague_finds_the_draft_that_speaks_for_their_programme(cast):
    draft = make.draft_plan(make.line("GBV-01", make.DAO_SAN), by=cast.dieuphoi)
    assert PlanVersion.objects.visible_to(cast.dieuphoi_gbv).get() == draft
    editing.add_line(actor=cast.dieuphoi_gbv, plan=draft, line=make.line("GBV-02", make.NAM_XE, 7))
    assert by_program(draft)["GBV"] >= 7


def test_a_workbook_goes_into_the_draft_that_speaks_for_its_programme(cast):
    draft = make.draft_plan(make.line("GBV-01", make.BAN_LANG, 1), by=cast.dieuphoi)
    loaded = plans.load(
        actor=cast.dieuphoi_gbv,
        fiscal_year=make.year(),
        lines=[make.line("GBV-02", make.NAM_XE, 7)],
        post=False,
        reason="tệp",
    )
    assert loaded == draft
    assert by_program(draft) == {"GBV": 7}  # the whole of GBV within the sender's scope


def test_a_submitted_draft_takes_no_lines_and_says_so(cast):
    make.submitted_plan(make.line("GBV-01"), by=cast.dieuphoi)
    with pytest.raises(Conflict) as refusal:
        plans.load(
            actor=cast.dieuphoi_gbv,
            fiscal_year=make.year(),
            lines=[make.line("GBV-02", make.NAM_XE, 7)],
            post=False,
            reason="tệp",
        )
    assert refusal.value.code == "taken"


def outdated(cast):
    """A submitted GBV draft, and GBV history loaded since it was drafted."""
    make.go_live()
    make.plan(make.line("GBV-01", amounts=1), make.line("GBV-02", amounts=1))
    draft = plans.create_draft(actor=cast.dieuphoi, fiscal_year=make.year(), based_on=current())
    editing.set_line(actor=cast.dieuphoi, plan=draft, line=make.line("GBV-01", amounts=5))
    draft.refresh_from_db()
    editing.describe(actor=cast.dieuphoi, plan=draft, reason="đổi")
    lines = [make.line("GBV-01", amounts=1), make.line("GBV-02", amounts=9)]
    plans.load(actor=cast.quanly, fiscal_year=make.year(), lines=lines, post=True, reason="cũ")
    draft.refresh_from_db()
    return draft


def test_a_draft_whose_own_lines_changed_meanwhile_is_outdated(cast):
    draft = outdated(cast)
    plans.submit(actor=cast.dieuphoi, plan=draft)
    draft.refresh_from_db()
    with pytest.raises(Conflict) as refusal:
        plans.approve(actor=cast.truongban, plan=draft)
    assert refusal.value.code == "outdated"


def test_brought_up_to_date_it_keeps_its_changes_and_takes_the_others(cast):
    draft = outdated(cast)
    editing.bring_up_to_date(actor=cast.dieuphoi, plan=draft)
    draft.refresh_from_db()
    assert draft.based_on == current()
    rows = comparison.compare(comparison.version_before(draft), draft, None)
    assert {(r.line.activity.code, r.change) for r in rows if r.change} == {("GBV-01", 4)}
    plans.submit(actor=cast.dieuphoi, plan=draft)
    draft.refresh_from_db()
    plans.approve(actor=cast.truongban, plan=draft)
    assert by_program(current()) == {"GBV": 14}


def test_the_page_of_a_draft_compares_what_it_speaks_for_alone(cast, client):
    make.plan(make.line("GBV-01", amounts=120))
    draft = make.draft_plan(make.line("ECCD-01", amounts=240), by=cast.dieuphoi)
    PlanVersion.objects.filter(pk=draft.pk).update(based_on=None)
    draft.refresh_from_db()
    draft.spoken.exclude(program__code="ECCD").delete()
    rows = comparison.compare(comparison.version_before(draft), draft, None)
    assert [(r.line.activity.code, r.kind) for r in rows] == [("ECCD-01", "new")]


def test_a_draft_is_made_for_programmes_over_the_api(cast):
    api = make.api(cast.dieuphoi)
    made = api.post("/api/v1/plan-versions/", {"fiscal_year": "2023", "programs": ["GBV"]})
    assert (made.status_code, made.json()["programs"]) == (201, ["GBV"])
    again = api.post("/api/v1/plan-versions/", {"fiscal_year": "2023", "programs": ["GBV"]})
    assert (again.status_code, again.json()["code"]) == (409, "taken")


def test_the_original_plan_is_each_programmes_own_first_one(cast):
    make.plan(make.line("GBV-01", amounts=120))
    make.plan(make.line("GBV-01", amounts=130), make.line("ECCD-01", amounts=240))
    make.plan(make.line("GBV-01", amounts=140), make.line("ECCD-01", amounts=250))
    year = make.year()
    question = SummaryQuery.of_year(year, year.end, by=("program",), plan="original")
    rows = against_plan(question, cast.truongban).rows
    assert sorted(row.planned for row in rows) == [120, 240]
    used = [(v["number"], v["programs"]) for v in plan_versions(question, cast.truongban)]
    assert used == [(1, ["GBV"]), (2, ["ECCD"])]


def test_a_summary_names_the_plan_versions_it_used_in_the_readers_scope(cast):
    make.plan(make.line("GBV-01", amounts=120), make.line("ECCD-01", amounts=240))
    seen = {
        person.username: [v["programs"] for v in summary["plan_versions"]]
        for person in (cast.truongban, cast.dieuphoi_gbv)
        for summary in [make.api(person).get("/api/v1/summary/?fiscal_year=2023").json()]
    }
    assert [*seen.values()] == [[["ECCD", "GBV"]], [["GBV"]]]


def test_an_annex_touches_no_line_but_its_own(cast):
    make.plan(make.line("GBV-01", amounts=1), make.line("GBV-02", amounts=2))
    loaded = plans.load(
        actor=cast.dieuphoi,
        fiscal_year=make.year(),
        lines=[make.line("GBV-02", amounts=9)],
        post=False,
        reason="phụ lục",
        scope="changes",
    )
    assert by_program(loaded) == {"GBV": 10}


def test_a_version_is_approved_once(cast):
    plan = make.submitted_plan()
    plans.approve(actor=cast.truongban, plan=plan)
    plan.refresh_from_db()
    with pytest.raises(Conflict) as refusal:
        plans.approve(actor=cast.truongban, plan=plan)
    assert refusal.value.code == "state"


def test_nobody_makes_a_draft_for_a_programme_that_is_not_theirs(cast):
    body = {"fiscal_year": "2023", "programs": ["GBV", "ECCD"]}
    refused = make.api(cast.dieuphoi_gbv).post("/api/v1/plan-versions/", body)
    assert (refused.status_code, list(refused.json())) == (400, ["programs"])
    assert not PlanVersion.objects.exists()


def test_of_drafts_from_before_the_newest_speaks_and_none_is_dropped(cast, capsys):
    """What the migration does for a database in use: two open drafts of one programme."""
    migration = import_module("disbursements.migrations.0006_what_open_drafts_speak_for")
    make.plan(make.line("GBV-01", amounts=1), make.line("ECCD-01", amounts=1))
    older, newer, third = (
        plans.create_draft(actor=cast.dieuphoi, fiscal_year=make.year(), based_on=current())
        for _n in range(3)
    )
    for draft, code in ((older, "GBV-01"), (newer, "GBV-01"), (third, "ECCD-01")):
        PlanAmount.objects.filter(line__plan_version=draft, line__activity__code=code).update(
            amount=5
        )
    migration.speak(apps, None)
    listed = capsys.readouterr().out.splitlines()  # what needs a person
    assert [str(older.pk) in line and str(newer.pk) in line for line in listed] == [True]
    spoken = PlanProgram.objects.filter(is_open=True).values_list("plan_version", "program__code")
    assert set(spoken) == {(newer.pk, "GBV"), (third.pk, "ECCD")}
    assert by_program(older) == {"GBV": 5, "ECCD": 1}
    with pytest.raises(Conflict) as refusal:
        plans.submit(actor=cast.dieuphoi, plan=older)
    assert refusal.value.code == "taken"
    said = make.api(cast.dieuphoi).get(f"/api/v1/plan-versions/{older.pk}/").json()["warnings"]
    assert [str(newer.pk) in each for each in said] == [True]


def test_versions_from_before_say_which_revision_they_are(cast):
    migration = import_module("disbursements.migrations.0009_which_revision")
    make.plan(make.line("GBV-01", amounts=120))
    make.plan(make.line("GBV-01", amounts=120), make.line("ECCD-01", amounts=240))
    make.plan(make.line("GBV-01", amounts=130), make.line("ECCD-01", amounts=240))
    now = list(PlanVersion.objects.order_by("number").values_list("revision", flat=True))
    assert now == [0, 0, 1]
    guards.remove(connection)
    PlanVersion.objects.update(revision=None)
    migration.count(apps, None)
    then = PlanVersion.objects.order_by("number").values_list("revision", flat=True)
    assert list(then) == now
    guards.install(connection)


def test_a_draft_that_began_empty_is_the_whole_plan_of_what_it_speaks_for(cast):
    make.plan(make.line("GBV-01", amounts=1), make.line("GBV-02", amounts=2), make.line("ECCD-01"))
    gbv = make.program("GBV")
    draft = plans.create_draft(
        actor=cast.dieuphoi, fiscal_year=make.year(), programs=[gbv], reason="làm lại"
    )
    editing.add_line(actor=cast.dieuphoi, plan=draft, line=make.line("GBV-01", amounts=7))
    draft.refresh_from_db()
    plans.submit(actor=cast.dieuphoi, plan=draft)
    api, here = make.api(cast.truongban), f"/api/v1/plan-versions/{draft.pk}/"
    assert api.get(here).json()["against"]["vanishing"] == {"count": 1, "sum": 2}
    assert api.post(f"{here}approve/", {"confirm_vanishing": True}).status_code == 200
    assert by_program(current()) == {"GBV": 7, "ECCD": 1_000_000}
