"""Who may change what, from which state: every change × role × scope × door, in two tables.

Scopes: `in` – the record lies in the person's assignments; `out` – it does not, though the person
has its programme elsewhere and its commune for another programme; `own` – the person submitted it
(and had the coordinator's role then). With a delegation from the board head: `lent` – of somebody
else's record; `lent own` – of the person's own; `lender's` – of what the head submitted;
`lent out` – the head's assignments are elsewhere. A plan has one more: `part` – it also changes a
line outside the person's assignments. For months and years, `in` is everywhere, `out` a
part of the area.

Answers: `ok`; 403 in scope but not allowed; 404 out of scope (the service itself refuses as
for 403); 400 a value outside one's scope; `-` such a person cannot be asked.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import delegation
from accounts.models import User
from accounts.roles import Role
from core.services.transition import transition
from core.values.dates import today
from disbursements.ledger import services as ledger
from disbursements.models import PlanProgram
from disbursements.plans import services as plans
from disbursements.tests.changes_of_state import CHANGES
from programs.models import Period
from tests import factories as make

pytestmark = pytest.mark.django_db

MATRIX = """
change        scope    | viewer commune coordinator manager head board admin
create        in       | 403    403     ok          403     403  403   403
create        out      | 403    403     400         403     403  403   403
edit          in       | 403    403     ok          403     403  403   403
edit          own      | 403    403     ok          403     403  403   403
edit          out      | 403    403     404         403     403  403   403
attach        in       | 403    403     ok          403     403  403   403
attach        out      | 403    403     404         403     403  403   403
submit        in       | 403    403     ok          403     403  403   403
submit        own      | 403    403     ok          403     403  403   403
submit        out      | 403    403     404         403     403  403   403
withdraw      in       | 403    403     403         403     403  403   403
withdraw      own      | 403    403     ok          403     403  403   403
withdraw      out      | 403    403     404         403     403  403   403
post          in       | 403    403     403         ok      ok   403   403
post          own      | 403    403     403         403     403  403   403
post          out      | 404    404     404         404     404  404   404
post          lent     | -      -       ok          ok      ok   ok    -
post          lent own | -      -       403         403     403  403   -
post          lender's | -      -       403         ok      ok   403   -
post          lent out | -      -       403         ok      ok   403   -
return        in       | 403    403     403         ok      ok   403   403
return        own      | 403    403     403         ok      ok   403   403
return        out      | 404    404     404         404     404  404   404
return        lent     | -      -       ok          ok      ok   ok    -
return        lent out | -      -       403         ok      ok   403   -
reverse       in       | 403    403     403         ok      ok   403   403
reverse       own      | 403    403     403         403     403  403   403
reverse       out      | 404    404     404         404     404  404   404
reverse       lent     | -      -       ok          ok      ok   ok    -
reverse       lent out | -      -       403         ok      ok   403   -
draft plan    in       | 403    403     ok          403     403  403   403
edit plan     in       | 403    403     ok          403     403  403   403
edit plan     out      | 403    403     404         403     403  403   403
submit plan   in       | 403    403     ok          403     403  403   403
submit plan   own      | 403    403     ok          403     403  403   403
submit plan   out      | 403    403     404         403     403  403   403
approve plan  in       | 403    403     403         403     ok   403   403
approve plan  own      | 403    403     403         403     403  403   403
approve plan  out      | 404    404     404         404     404  404   404
approve plan  part     | 403    403     403         403     403  403   403
approve plan  lent     | -      -       ok          ok      ok   ok    -
approve plan  lent own | -      -       403         403     403  403   -
approve plan  lender's | -      -       403         403     ok   403   -
approve plan  lent out | -      -       403         403     ok   403   -
return plan   in       | 403    403     403         403     ok   403   403
return plan   own      | 403    403     403         403     ok   403   403
return plan   out      | 404    404     404         404     404  404   404
return plan   part     | 403    403     403         403     403  403   403
return plan   lent     | -      -       ok          ok      ok   ok    -
return plan   lent out | -      -       403         403     ok   403   -
withdraw plan in       | 403    403     403         403     403  403   403
withdraw plan own      | 403    403     ok          403     403  403   403
withdraw plan out      | 403    403     404         403     403  403   403
close month   in       | 403    403     403         ok      403  403   403
close month   out      | 403    403     403         403     403  403   403
reopen month  in       | 403    403     403         ok      403  403   403
reopen month  out      | 403    403     403         403     403  403   403
close year    in       | 403    403     403         ok      403  403   403
close year    out      | 403    403     403         403     403  403   403
reopen year   in       | 403    403     403         ok      403  403   403
reopen year   out      | 403    403     403         403     403  403   403
"""

# Who may, on a record in each state. `reversed` is a posted row of which nothing is left;
# `late` a row (or plan) whose month (or year) has been closed since.
STATES = """
change        by          | draft submitted returned posted reversed late
edit          coordinator | ok    409       ok       409    409      ok
attach        coordinator | ok    ok        ok       ok     ok       ok
submit        coordinator | ok    409       ok       409    409      409
withdraw      coordinator | 409   ok        409      409    409      ok
post          manager     | 409   ok        409      409    409      409
return        manager     | 409   ok        409      409    409      ok
reverse       manager     | 409   409       409      ok     409      409
edit plan     coordinator | ok    409       ok       409    -        ok
submit plan   coordinator | ok    409       ok       409    -        409
approve plan  head        | 409   ok        409      409    -        409
return plan   head        | 409   ok        409      409    -        ok
"""


def read(table):
    """[(change, second heading, {column: answer})] of a table."""
    heading, *lines = table.strip().splitlines()
    columns = heading.partition("|")[2].split()
    cut = heading.split()[1]
    rows = []
    for line in lines:
        left, _bar, right = line.partition("|")
        at = heading.index(cut)
        answers = dict(zip(columns, right.split(), strict=True))
        rows.append((left[:at].strip(), left[at:].strip(), answers))
    return rows


# What the service allows beyond the doors: selected proposals become a draft by those who may
# load history (monitoring.proposals.services), which has a page of its own.
WIDER = {"draft plan": {Role.MANAGER: "ok", Role.HEAD: "ok", Role.ADMIN: "ok"}}


def expected_at(door, change, answers):
    if door != "service":
        return answers
    refused = {role: "403" if answer == "404" else answer for role, answer in answers.items()}
    return {**refused, **WIDER.get(change, {})}


def test_the_tables_name_every_role_and_every_change():
    rows = read(MATRIX)
    assert {role for _c, _s, answers in rows for role in answers} == set(Role.values)
    assert {change for change, _s, _a in rows} == set(CHANGES)
    assert {(c, "in") for c in CHANGES} <= {(c, s) for c, s, _a in rows}


def cases(table):
    return [pytest.param(*row, id=f"{row[0]}, {row[1]}") for row in read(table)]


@pytest.mark.any_database  # accounts/tests/test_scope.py asks both what the scope's query finds
@pytest.mark.parametrize(("change", "scope", "answers"), cases(MATRIX))
def test_who_may(change, scope, answers):
    make.activity()
    doors = CHANGES[change].doors
    found = {door: {} for door in doors}
    person, lender, record = scene(change, scope)
    for role in answers:  # of the same person, who meets the same record
        with transaction.atomic():
            asks = as_role(person, role)
            can_be_asked = not scope.startswith("len") or lent(lender, asks)
            for door in doors:
                answer = CHANGES[change].attempt(door, asks, record) if can_be_asked else "-"
                found[door][role] = answer
            transaction.set_rollback(True)
    assert found == {door: expected_at(door, change, answers) for door in doors}


@pytest.mark.parametrize(("change", "role", "answers"), cases(STATES))
def test_from_which_state(change, role, answers):
    doors = CHANGES[change].doors
    found = {door: {} for door in doors}
    actor = make.somebody(role)
    for state in answers:
        record = in_state(change, state)
        for door in doors:
            answer = CHANGES[change].attempt(door, actor, record) if record else "-"
            found[door][state] = answer
    assert found == dict.fromkeys(doors, answers)


# Scenes


def scene(change, scope):
    """(the person, so far a coordinator; who may lend to them; the record)."""
    whole = change.endswith((" month", " year"))
    if scope == "out" and not whole:
        # whoever has some commune of a draft's programme finds it, to write lines there
        elsewhere = "ECCD" if change.endswith(" plan") else "GBV"
        person = make.user_of_pairs((elsewhere, make.NAM_XE), ("YEE", make.BAN_LANG))
    else:
        pair = {"programs": ["GBV"], "communes": [make.BAN_LANG]}
        person = make.user(**({} if whole and scope == "in" else pair))
    lender = make.user(role=Role.HEAD, programs=["SPON"] if scope == "lent out" else ())
    by = make.somebody(Role.COORDINATOR)
    if scope in ("own", "lent own"):
        by = person
    elif scope == "lender's":
        by = as_role(lender, Role.COORDINATOR)
    lines = [make.line(), make.line("YEE-01", make.NAM_XE)] if scope == "part" else []
    record = record_for(change, by, *lines)
    return person, as_role(lender, Role.HEAD), record


def as_role(person, role):
    User.objects.filter(pk=person.pk).update(role=role)
    return User.objects.get(pk=person.pk)


def lent(lender, person):
    days = {"start": today(), "end": today() + timedelta(days=1)}
    try:
        delegation.delegate(actor=lender, receiver=person, reason="đi công tác", **days)
    except ValidationError:
        return False
    return True


def record_for(change, by, *lines):
    """The record in the state that the change begins with."""
    if change in ("create", "draft plan"):
        return None
    if change.endswith(" month"):
        month = make.period()
        return month if change == "close month" else closed(month)
    if change.endswith(" year"):
        year = make.year("2021")
        Period.objects.filter(fiscal_year=year).update(state="closed")
        return year if change == "close year" else closed(year)
    if lines:
        make_room()
        return make.submitted_plan(*lines, by=make.somebody(Role.COORDINATOR))
    return in_state(change, BEGINS[change], by)


BEGINS = {
    "edit": "draft",
    "attach": "draft",
    "edit plan": "draft",
    "submit": "draft",
    "withdraw": "submitted",
    "post": "submitted",
    "return": "submitted",
    "reverse": "posted",
    "submit plan": "draft",
    "approve plan": "submitted",
    "return plan": "submitted",
    "withdraw plan": "submitted",
}


def closed(row):
    row = type(row).objects.get(pk=row.pk)
    if row.state == "closed":
        return row
    manager = make.somebody(Role.MANAGER)
    return transition(row, actor=manager, to="closed", allowed_from=["open"], why="closed")


def in_state(change, state, by=None):
    by = by or make.somebody(Role.COORDINATOR)
    if state == "late":
        return late(change, by)
    return plan_in(state, by) if change.endswith(" plan") else row_in(state, by)


def late(change, by):
    """The state the change begins with, in a month or year closed since."""
    record = in_state(change, BEGINS[change], by)
    closed(record.fiscal_year if change.endswith(" plan") else record.period)
    return record


def row_in(state, by):
    manager = make.somebody(Role.MANAGER)
    if state == "draft":
        return make.draft(by=by)
    if state in ("submitted", "returned"):
        row = make.submitted(by=by)
        if state == "submitted":
            return row
        return ledger.return_(actor=manager, disbursement=row, reason="Thiếu chứng từ")
    row = make.posted(by=by, post_by=manager)
    if state == "reversed":
        ledger.reverse(actor=manager, disbursement=row, reason="Chi nhầm")
        row.refresh_from_db()
    return row


def make_room():
    """The plan of the scene before speaks for its programmes no more."""
    PlanProgram.objects.update(is_open=False)


def plan_in(state, by):
    if state == "reversed":
        return None
    make_room()
    if state == "draft":
        return make.draft_plan(by=by)
    plan = make.submitted_plan(by=by)
    head = make.somebody(Role.HEAD)
    if state == "returned":
        return plans.return_(actor=head, plan=plan, reason="Thiếu căn cứ")
    return plans.approve(actor=head, plan=plan) if state == "posted" else plan
