"""`load_demo` as a command: refused on a server, idempotent, it overwrites nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import Role
from disbursements.models import Disbursement, PlanAmount
from plan_portal import demo
from programs.models import FiscalYear, Period
from tests import factories as make
from trainings.models import COUNTS, Training

pytestmark = pytest.mark.any_database


@pytest.fixture
def load_demo(reference, settings):
    """Runs the command on a machine of one's own; returns what it printed."""
    settings.DEBUG = True

    def run(*options: str) -> str:
        out = StringIO()
        call_command("load_demo", *options, stdout=out)
        return out.getvalue()

    return run


def test_it_is_refused_on_a_server(reference, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("load_demo")
    assert not User.objects.exists()


def contents() -> dict[str, list[tuple]]:
    """Every row that the demo makes, as values."""
    return {
        model.__name__: list(model.objects.order_by("pk").values_list(*fields))
        for model, fields in (
            (User, ["pk", "username", "password", "role"]),
            (PlanAmount, ["pk", "line__commune__code", "line__activity__code", "amount"]),
            (Disbursement, ["pk", "number", "date", "amount", "voucher_no", "version"]),
            (Training, ["pk", "title", "start", *COUNTS]),
            (Period, ["pk", "state", "version"]),
            (FiscalYear, ["pk", "illustrative", "version"]),
        )
    }


def test_a_second_run_changes_nothing_and_says_so(load_demo):
    first = load_demo()
    before = contents()
    second = load_demo()
    assert contents() == before
    assert "nothing was changed" in second
    for name in ("bdh", "dieuphoi_gbv", "quantri"):
        assert name in first and name in second


def test_a_password_that_somebody_changed_stays_and_is_not_printed(load_demo):
    load_demo()
    bdh = User.objects.get(username="bdh")
    bdh.set_password("da-doi")
    bdh.save()
    printed = load_demo()
    bdh.refresh_from_db()
    assert bdh.check_password("da-doi")
    line = next(line for line in printed.splitlines() if line.split()[:1] == ["bdh"])
    assert demo.people.PASSWORD not in line


def test_what_a_year_already_has_is_left_alone(load_demo):
    make.plan(make.line(amounts=7), fiscal_year="2024")
    load_demo()
    amounts = PlanAmount.objects.filter(line__plan_version__fiscal_year__code="2024")
    assert [row.amount for row in amounts] == [7]
    assert not make.year("2024").illustrative


def test_a_database_that_it_does_not_fit_is_refused_with_a_sentence(load_demo):
    make.user("quanly", Role.VIEWER)
    with pytest.raises(CommandError, match="nothing was loaded"):
        load_demo()
    assert User.objects.count() == 1
    assert not Disbursement.objects.exists()
