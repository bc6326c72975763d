"""Who may change what, where: each state change × role × scope, and × state.

The tables below are the expected answers, written by hand; the tests try every cell.

WHO: through the pages. `yes` it is done; `403` in scope but not allowed; `404` out of scope;
`400` refused beside the field (a row cannot be entered where one may not act). The first word is
for a person with every programme and commune, the second for one whose assignment lies elsewhere.
"""

from datetime import date

import pytest

from accounts.roles import Role
from core.errors import Conflict
from disbursements import ledger, plan_edit, plans
from disbursements.models import Disbursement, PlanVersion
from programs import closing
from programs.models import YearState
from tests import factories as make

ROLES = "board head manager coordinator commune viewer admin".split()
WHO = """
                   board    head     manager  coordinator commune  viewer   admin
enter              403 403  403 403  403 403  yes 400     403 403  403 403  403 403
change             403 403  403 403  403 403  yes 404     403 403  403 403  403 403
submit             403 403  403 403  403 403  yes 404     403 403  403 403  403 403
attach             403 403  403 403  403 403  yes 404     403 403  403 403  403 403
post               403 404  yes 404  yes 404  403 404     403 404  403 404  403 404
return             403 404  yes 404  yes 404  403 404     403 404  403 404  403 404
reverse            403 404  yes 404  yes 404  403 404     403 404  403 404  403 404
draft-plan         403 403  403 403  403 403  yes yes     403 403  403 403  403 403
change-plan        403 403  403 403  403 403  yes 404     403 403  403 403  403 403
submit-plan        403 403  403 403  403 403  yes 404     403 403  403 403  403 403
approve-plan       403 404  yes 404  403 404  403 404     403 404  403 404  403 404
return-plan        403 404  yes 404  403 404  403 404     403 404  403 404  403 404
close-month        403 403  403 403  yes 403  403 403     403 403  403 403  403 403
reopen-month       403 403  403 403  yes 403  403 403     403 403  403 403  403 403
invite             403 403  403 403  403 403  403 403     403 403  403 403  yes yes
"""

# WHEN: through the services. `ok` it is done, `no` it is a conflict (409).
WHEN = """
            draft returned submitted posted
change      ok    ok       no        no
submit      ok    ok       no        no
post        no    no       ok        no
return      no    no       ok        no
reverse     no    no       no        ok
"""
WHEN_PLAN = """
            draft returned submitted approved
change      ok    ok       no        no
submit      ok    ok       no        no
approve     no    no       ok        no
return      no    no       ok        no
"""


def table(text):
    """{(row, column): cell} of a table; with two words per cell, a pair."""
    head, *lines = text.strip().splitlines()
    columns = head.split()
    cells = {}
    for line in lines:
        name, *words = line.split()
        size = len(words) // len(columns)
        for number, column in enumerate(columns):
            cell = words[number * size : (number + 1) * size]
            cells[name, column] = cell[0] if size == 1 else tuple(cell)
    return cells


EXPECTED = table(WHO)


# One function per state change: makes what it needs and returns (address, form values).


def _enter():
    make.activity()
    return "/disbursements/new/", {
        "date": "2022-09-15",
        "activity": "GBV-01",
        "commune": make.commune().pk,
        "amount": "5.000",
        "confirmed": "5000",
    }


def _change():
    row = make.draft()
    return f"/disbursements/{row.pk}/edit/", {**_enter()[1], "version": row.version}


def _submit():
    return f"/disbursements/{make.draft().pk}/submit/", {}


def _attach():
    return f"/disbursements/{make.draft().pk}/files/", {}


def _post():
    return f"/disbursements/{make.submitted().pk}/post/", {}


def _return():
    return f"/disbursements/{make.submitted().pk}/return/", {"reason": "thiếu"}


def _reverse():
    return f"/disbursements/{make.posted().pk}/reverse/", {"r-reason": "nhầm"}


def _draft_plan():
    make.year()
    return "/plans/new/", {"fiscal_year": "2023", "source": "empty"}


def _change_plan():
    plan = make.draft_plan()
    values = {"why-reason": "khác", "why-version": plan.version}
    return f"/plans/{plan.pk}/reason/", values


def _submit_plan():
    return f"/plans/{make.draft_plan().pk}/submit/", {}


def _approve_plan():
    return f"/plans/{make.submitted_plan().pk}/approve/", {}


def _return_plan():
    return f"/plans/{make.submitted_plan().pk}/return/", {"reason": "thiếu"}


def _close_month():
    return f"/periods/{make.period().pk}/close/", {}


def _reopen_month():
    month = make.period()
    if month.state == YearState.OPEN:
        make.close(month)
    return f"/periods/{month.pk}/reopen/", {"reason": "muộn"}


def _invite():
    return "/people/new/", {"username": f"moi-{id(object())}", "role": "viewer"}


CHANGES = {
    "enter": _enter,
    "change": _change,
    "submit": _submit,
    "attach": _attach,
    "post": _post,
    "return": _return,
    "reverse": _reverse,
    "draft-plan": _draft_plan,
    "change-plan": _change_plan,
    "submit-plan": _submit_plan,
    "approve-plan": _approve_plan,
    "return-plan": _return_plan,
    "close-month": _close_month,
    "reopen-month": _reopen_month,
    "invite": _invite,
}


def test_the_table_names_every_change_and_every_role():
    assert set(EXPECTED) == {(change, role) for change in CHANGES for role in Role.values}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["everywhere", "elsewhere"])
@pytest.mark.parametrize("change", CHANGES)
def test_who_may_change_what_where(reference, client, change, elsewhere):
    scope = {"programs": ["ECCD"], "communes": [make.DAO_SAN]} if elsewhere else {}
    answers = {}
    for role in ROLES:
        address, values = CHANGES[change]()
        client.force_login(make.user(role=role, **scope))
        status = client.post(address, values).status_code
        answers[role] = "yes" if status in (200, 302) else str(status)
    assert answers == {role: EXPECTED[change, role][elsewhere] for role in ROLES}


def _tried(call):
    try:
        call()
    except Conflict:
        return "no"
    return "ok"


def _row_in(state):
    if state == "returned":
        return ledger.return_(
            actor=make.somebody(Role.MANAGER), disbursement=make.submitted(), reason="thiếu"
        )
    return {"draft": make.draft, "submitted": make.submitted, "posted": make.posted}[state]()


def _do(change, row):
    clerk, manager = make.somebody(), make.somebody(Role.MANAGER)
    calls = {
        "change": lambda: ledger.update(
            actor=clerk, disbursement=row, version=row.version, payee="khác"
        ),
        "submit": lambda: ledger.submit(actor=clerk, disbursement=row),
        "post": lambda: ledger.post(actor=manager, disbursement=row),
        "return": lambda: ledger.return_(actor=manager, disbursement=row, reason="thiếu"),
        "reverse": lambda: ledger.reverse(actor=manager, disbursement=row, reason="nhầm"),
    }
    return _tried(calls[change])


@pytest.mark.parametrize(("cell", "answer"), table(WHEN).items(), ids=str)
def test_when_a_disbursement_may_change(reference, cell, answer):
    change, state = cell
    row = _row_in(state)
    assert _do(change, row) == answer
    if answer == "no":
        assert Disbursement.objects.get(pk=row.pk).status == state


def _plan_in(state):
    if state == "returned":
        plan = make.submitted_plan()
        return plans.return_(actor=make.somebody(Role.HEAD), plan=plan, reason="thiếu")
    kinds = {"draft": make.draft_plan, "submitted": make.submitted_plan, "approved": make.plan}
    return kinds[state]()


@pytest.mark.parametrize(("cell", "answer"), table(WHEN_PLAN).items(), ids=str)
def test_when_a_plan_may_change(reference, cell, answer):
    change, state = cell
    plan = _plan_in(state)
    clerk, head = make.somebody(), make.somebody(Role.HEAD)
    calls = {
        "change": lambda: plan_edit.set_line(
            actor=clerk, plan=plan, line=make.line(amounts=9), version=plan.version
        ),
        "submit": lambda: plans.submit(actor=clerk, plan=plan),
        "approve": lambda: plans.approve(actor=head, plan=plan),
        "return": lambda: plans.return_(actor=head, plan=plan, reason="thiếu"),
    }
    assert _tried(calls[change]) == answer
    if answer == "no":
        assert PlanVersion.objects.get(pk=plan.pk).state == state


@pytest.mark.parametrize("change", ["post", "reverse"])
def test_a_closed_month_refuses_even_what_the_state_allows(reference, change):
    row = _row_in("submitted" if change == "post" else "posted")
    closing.close_period(
        actor=make.somebody(Role.MANAGER), period=make.period(date(2022, 9, 1)), leave_waiting=True
    )
    assert _do(change, row) == "no"
