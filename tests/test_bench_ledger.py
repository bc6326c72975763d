"""`make bench` in its shortest form: a small ledger has all that posting leaves."""

import pytest
from django.core.management import call_command
from django.db import connection

from bench import goals, ledger, report, results
from bench.cases import load_all
from bench.scene import Scene
from disbursements import proof
from disbursements.models import Disbursement
from disbursements.totals import keeping
from programs.models import FiscalYear
from reports.models import Change

SMALL = {"size": 900, "waiting": 20, "drafts": 5}


def test_a_ledger_written_straight_into_the_tables_is_as_if_it_had_been_posted(
    transactional_db, settings, tmp_path
):
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]
    call_command("load_demo", password="mot-mat-khau-de-do", verbosity=0)
    before = Disbursement.history.count()
    last = Disbursement.objects.latest("pk").pk  # of the demo

    ledger.build(**SMALL)

    found = ledger.described()
    assert 840 < found["rows"] <= 900
    assert (found["submitted"], found["draft"]) == (20, 5)
    assert (found["fiscal_year"], found["period"], found["commune"]) == (5, 60, 5)
    written = 3 * (found["rows"] - before - 25) + 2 * 20 + 5  # lines of the trail
    assert written > 0
    assert Disbursement.history.count() - before == written
    assert Change.objects.filter(resource="disbursements", record__gt=last).count() == written
    assert len(keeping.trusted(connection)) == FiscalYear.objects.count()
    assert not {name: said for name, said in proof.prove().items() if said}

    scene = Scene("sqlite", 900, tmp_path)
    figures = load_all()["small things"].measure(scene)
    assert not scene.said
    assert all(value > 0 for value in figures.values())


def test_each_goal_is_about_a_case_that_is_measured():
    cases = load_all()

    assert {goal.case for line in goals.LINES for goal in line.goals} <= cases.keys()


def test_a_result_is_kept_at_once_and_replaces_the_earlier_one(tmp_path):
    file = tmp_path / "results.json"
    for value in (30.0, 20.0):
        results.add(results.Result("sqlite", 5000, "summary", {"first": value}), file)
    results.add(results.Result("sqlite", 100_000, "summary", {}, ["ValueError: no"]), file)

    assert [(each.size, each.figures) for each in results.read(file)] == [
        (5000, {"first": 20.0}),
        (100_000, {}),
    ]


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [({"first": 24.0, "bare view": 10.0}, "yes"), ({"first": 26.0, "bare view": 10.0}, "**no**")],
)
def test_a_goal_is_met_or_not_by_the_figures(tmp_path, figures, verdict):
    report.write([results.Result("sqlite", 5000, "summary", figures, [], "abc", "now")], tmp_path)

    lines = (tmp_path / "results.md").read_text().splitlines()
    first = next(line for line in lines if line.startswith("| summary by programme"))
    assert first.endswith(f"| {verdict} |")
    assert "not measured" in next(line for line in lines if line.startswith("| xlsx"))


def test_what_grows_is_drawn(tmp_path):
    of = [
        results.Result("sqlite", size, case, {figure: size / 1000}, [], "abc", "now")
        for size in (5000, 100_000)
        for case, figure in report.GROWING
    ]

    report.write(of, tmp_path)

    assert "<svg" in (tmp_path / "growth.svg").read_text()
    assert "growth.svg" in (tmp_path / "results.md").read_text()
    assert goals.Growth("cuts", ("by program",), 2).found(
        goals.by_case(of)["sqlite", "cuts"]
    ) == pytest.approx(20)
