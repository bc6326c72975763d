"""Workbooks as offices really write them: read right, or told what is wrong. Never other figures.

`odd/verdicts.tsv` says for each file what must come of it; its last column is how we say it (the
codes of errors and warnings of which one must be there). `odd/layouts.txt` has more layouts of the
same kinds, written down as text.
"""

import io
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.services import create_user
from imports.outcome import Outcome
from imports.services import check_workbook, commit
from imports.tests.make_odd import layouts
from imports.workbook import WorkbookError, read_workbook
from programs.models import FiscalYear

pytestmark = pytest.mark.any_database

ODD = Path(__file__).parent / "odd"
SAMPLES = Path(__file__).parents[2] / "tests" / "samples"
FEW = 2


class Verdict(NamedTuple):
    """One line of verdicts.tsv."""

    file: str
    kind: str
    verdict: str
    figures: str
    why: str
    codes: str = ""


def verdicts() -> list[Verdict]:
    lines = (ODD / "verdicts.tsv").read_text("utf-8").splitlines()
    return [Verdict(*line.split("\t")) for line in lines if not line.startswith("#")]


@pytest.fixture(scope="module")
def office(django_db_setup, django_db_blocker):
    """A coordinator's office whose plan of fiscal year 2023 stands; put back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", stdout=io.StringIO())
        manager = create_user(username="quanly", role="manager", password="x", check_password=False)
        load(manager, "plan", SAMPLES / "ke-hoach-FY2023.xlsx")
        yield manager
        transaction.set_rollback(True)


def check(actor, kind: str, source, *, post: bool = False) -> Outcome:
    year = FiscalYear.objects.get(code="2023")
    name = source.name if isinstance(source, Path) else "bang.xlsx"
    return check_workbook(
        actor=actor, kind=kind, source=source, filename=name, fiscal_year=year, post=post
    )


def load(actor, kind: str, path: Path) -> None:
    outcome = check(actor, kind, path, post=True)
    assert outcome.errors == []
    commit(actor=actor, outcome=outcome, post=True)


def figures(outcome: Outcome) -> str:
    """The total in đồng, for a plan its quarters; for trainings the people."""
    if outcome.kind == "plan":
        quarters: Counter[int] = Counter()
        for line in outcome.items:
            quarters.update(line.amounts)
        return ",".join(str(quarters[number]) for number in (1, 2, 3, 4))
    name = "amount" if outcome.kind == "disbursements" else "participants"
    return str(sum(getattr(item, name) for item in outcome.items))


def is_right(outcome: Outcome, expected: str) -> bool:
    found = figures(outcome)
    total = sum(map(int, found.split(",")))
    return not outcome.errors and (not expected or expected in (found, str(total)))


def told_of(outcome: Outcome) -> str:
    """The figures and all that was said, for a failing test."""
    said = [
        f"{issue.code} {issue.sheet}!{issue.row} {issue.column}: {issue.message}"
        for issue in (*outcome.errors, *outcome.warnings)
    ]
    return "\n".join([figures(outcome), *said])


def names_place(issue) -> bool:
    return issue.sheet is not None and bool(issue.message.strip())


def is_met(verdict: Verdict, outcome: Outcome) -> bool:
    """Did what must come of the file come of it?"""
    codes = set(verdict.codes.split("|")) - {""}
    said = [issue for issue in (*outcome.errors, *outcome.warnings) if names_place(issue)]
    told = any(issue.code in codes for issue in said) if codes else bool(said)
    few = 0 < len(outcome.errors) <= FEW and told
    return {
        "read": is_right(outcome, verdict.figures),
        "read|refuse": is_right(outcome, verdict.figures) or few,
        "few": is_right(outcome, verdict.figures) or few,
        "refuse": bool(outcome.errors) and told,
        "warn": told,
        "silent": is_right(outcome, verdict.figures)
        and not any(issue.code in codes for issue in outcome.warnings),
    }[verdict.verdict]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "verdict", [pytest.param(verdict, id=verdict.file) for verdict in verdicts()]
)
def test_an_odd_workbook_is_read_right_or_told_what_is_wrong(office, verdict):
    if verdict.file.startswith("voucher_"):
        load(office, "disbursements", ODD / "voucher_base.xlsx")
    outcome = check(office, verdict.kind, ODD / verdict.file)
    assert is_met(verdict, outcome), told_of(outcome)


@pytest.mark.django_db
@pytest.mark.any_database
@pytest.mark.parametrize("layout", [pytest.param(case, id=case.name) for case in layouts()])
def test_an_odd_layout_is_read_right_or_told_what_is_wrong(office, layout):
    if layout.name.startswith("voucher_"):
        load(office, "disbursements", ODD / "voucher_base.xlsx")
    outcome = check(office, layout.kind, layout.workbook())
    assert is_met(Verdict(*layout[:4], "", layout.codes), outcome), told_of(outcome)


def test_every_workbook_has_a_verdict():
    names = {verdict.file for verdict in verdicts()}
    assert names | {"voucher_base.xlsx"} == {path.name for path in ODD.glob("*.xlsx")}


@pytest.mark.parametrize("verdict", verdicts(), ids=lambda verdict: verdict.file)
def test_the_kind_of_an_odd_workbook_is_recognised(verdict):
    try:
        kind = read_workbook(ODD / verdict.file, "").kind
    except WorkbookError as refusal:
        kind = refusal.kind
    assert kind == verdict.kind
