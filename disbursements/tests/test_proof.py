"""`check_ledger` finds a whole ledger whole, and names what was broken behind the portal's back."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from disbursements import against_plan, guards
from disbursements.attachments import services as attachments
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, NumberCounter, PlanAmount, PlanLine, PlanVersion
from disbursements.proof import CHECKS, prove
from imports.services import receive
from programs.models import Period
from tests import factories as make
from tests.races import without_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(cast):
    """A plan, a revision, four posted rows in two months, one of them reversed in part."""
    make.plan(make.line("GBV-01", amounts=90), make.line("ECCD-01", amounts=40))
    make.plan(make.line("GBV-01", amounts=95), make.line("ECCD-01", amounts=40))
    rows = [make.posted(amount) for amount in (10, 20, 30)]
    rows.append(make.posted(7, activity="ECCD-01", date=date(2022, 11, 2)))
    ledger.reverse(actor=cast.quanly, disbursement=rows[2], reason="hoàn", amount=5)
    make.submitted(3)
    return rows


def broken() -> dict[str, list[str]]:
    return {name: said for name, said in prove().items() if said}


def test_a_ledger_kept_by_the_portal_is_whole(year):
    assert broken() == {}


def test_an_empty_one_is_whole_too(reference):
    assert broken() == {}


def _amounts(rows):
    Disbursement.objects.filter(pk=rows[0].pk).update(amount=11)


def _vanished(rows):
    Disbursement.objects.filter(pk=rows[3].pk)._raw_delete("default")


def _no_trail(rows):
    rows[1].history.all()._raw_delete("default")


def _somebody_else(rows):
    poster = make.user(role="head")
    Disbursement.objects.filter(pk=rows[1].pk).update(posted_by=poster)


def _renumbered(rows):
    Disbursement.objects.filter(pk=rows[1].pk).update(number=99)


def _counter(rows):
    NumberCounter.objects.update(last=F("last") + 1)


def _reversed_more(rows):
    Disbursement.objects.filter(pk=rows[2].pk).update(reversed_amount=6)


def _other_month(rows):
    Disbursement.objects.filter(pk=rows[1].pk).update(date=date(2022, 12, 24))


def _other_quarter(rows):
    Disbursement.objects.filter(pk=rows[1].pk).update(quarter=4)


def _other_program(rows):
    Disbursement.objects.filter(pk=rows[1].pk).update(program=make.program("SPON"))


def _plan_numbers(rows):
    PlanVersion.objects.filter(number=2).update(number=3)


def _plan_order(rows):
    PlanVersion.objects.filter(number=2).update(approved_at=F("approved_at") - timedelta(days=9))


def _line_elsewhere(rows):
    PlanLine.objects.filter(activity__code="ECCD-01").update(program=make.program("SPON"))


def _no_month(rows):
    Period.objects.filter(fiscal_year=make.year("2024"), start=date(2023, 9, 1)).delete()


def _other_days(rows):
    Period.objects.filter(fiscal_year=make.year("2024")).update(end=F("start"))


def _posted_when_closed(rows):
    closed = make.close(Period.objects.get(pk=rows[0].period_id))
    late = closed.history.first().history_date + timedelta(hours=1)
    Disbursement.objects.filter(pk=rows[0].pk).update(posted_at=late)


@pytest.mark.parametrize(
    ("breaks", "checks"),
    [
        (_amounts, {"trail"}),
        (_vanished, {"trail", "numbers"}),
        (_no_trail, {"trail"}),
        (_somebody_else, {"trail"}),
        (_renumbered, {"trail", "numbers"}),
        (_counter, {"numbers"}),
        (_reversed_more, {"trail", "reversals"}),
        (_other_month, {"trail", "rows"}),
        (_other_quarter, {"trail", "rows"}),
        (_other_program, {"trail", "rows"}),
        (_plan_numbers, {"trail", "plans"}),
        (_plan_order, {"trail", "plans"}),
        (_line_elsewhere, {"plans"}),
        (_no_month, {"periods"}),
        (_other_days, {"periods"}),
        (_posted_when_closed, {"trail", "periods"}),
    ],
)
def test_what_is_broken_is_named(year, breaks, checks):
    with without_guards():
        breaks(year)
    assert broken().keys() == checks


def test_a_sum_that_leaves_something_out_is_named(year, monkeypatch):
    whole = against_plan._added_up
    less = lambda *args: list(whole(*args))[1:]  # noqa: E731
    monkeypatch.setattr(against_plan, "_added_up", less)
    assert "sums" in broken()


def test_a_guard_that_is_missing_or_does_not_bite_is_named(year):
    with without_guards():
        said = prove()["guards"]
    assert {"a posted row can be changed: no guard refused it"} <= set(said)
    assert {"the trail can be deleted: no guard refused it"} <= set(said)
    assert any("is missing" in sentence for sentence in said)
    assert (Disbursement.objects.count(), PlanAmount.objects.count()) == (6, 4)
    assert broken() == {}


def test_a_guard_that_was_switched_off_is_named(year, postgres_only):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE disbursements_disbursement DISABLE TRIGGER portal_guard")
    assert "portal_guard ON disbursements_disbursement" in guards.missing(connection)


def run(*options: str) -> tuple[str, int]:
    out, code = StringIO(), 0
    try:
        call_command("check_ledger", *options, stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return out.getvalue(), code


def test_the_command_says_each_check_and_ends_with_1_where_something_is_broken(year):
    assert run() == ("".join(f"{name}: ok\n" for name in CHECKS), 0)
    assert run("--json")[1] == 0
    with without_guards():
        _renumbered(year)
    text, code = run()
    assert code == 1
    assert "numbers: BROKEN\n  2023: the numbers 2, " in text
    text, code = run("--json")
    assert (code, json.loads(text)["ok"]) == (1, False)


def test_a_file_that_is_gone_or_another_is_named(cast, client):
    row = make.posted()
    photo, scan = [
        attachments.add(actor=cast.dieuphoi, disbursement=row, upload=upload)
        for upload in (
            SimpleUploadedFile("a.pdf", b"%PDF-1.7 one"),
            SimpleUploadedFile("b.pdf", b"%PDF-1.7 two"),
        )
    ]
    workbook = receive(actor=cast.dieuphoi, content=b"no workbook", filename="x.xlsx")
    assert broken() == {}
    Path(photo.file.path).unlink()
    Path(scan.file.path).write_bytes(b"%PDF-1.7 three")
    Path(workbook.file.path).write_bytes(b"another")
    assert broken() == {
        "files": [
            f"disbursements.Attachment {photo.pk}: its file is missing",
            f"disbursements.Attachment {scan.pk}: its file is not the one that was kept",
            f"imports.Upload {workbook.pk}: its file is not the one that was kept",
        ]
    }
