"""The ledger's services: states, four eyes, reversals, numbers, closed months."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from accounts.roles import PERMISSIONS, POST_DISBURSEMENT, Role
from core.services.errors import Conflict, PeriodClosed, StaleVersion
from core.values.dates import today
from disbursements.ledger import services as ledger
from disbursements.models import MAX_AMOUNT, Disbursement, Status
from programs.models import FiscalYear
from tests import factories as make

APRIL, SEPTEMBER = date(2023, 4, 14), date(2022, 9, 15)


def row_in(state: str) -> Disbursement:
    """A disbursement in a state, on the usual way there."""
    if state == Status.DRAFT:
        return make.draft()
    if state == Status.POSTED:
        return make.posted()
    row = make.submitted()
    if state == Status.RETURNED:
        row = ledger.return_(actor=make.somebody(Role.MANAGER), disbursement=row, reason="sai mã")
    return row


STEPS = {
    "submit": lambda row, c: ledger.submit(actor=c.dieuphoi, disbursement=row),
    "post": lambda row, c: ledger.post(actor=c.quanly, disbursement=row),
    "return": lambda row, c: ledger.return_(actor=c.quanly, disbursement=row, reason="sai mã"),
    "change": lambda row, c: ledger.update(
        actor=c.dieuphoi, disbursement=row, version=row.version, amount=5
    ),
    "reverse": lambda row, c: ledger.reverse(actor=c.quanly, disbursement=row, reason="hoàn ứng"),
}
ALLOWED = {
    ("submit", "draft"): "submitted",
    ("submit", "returned"): "submitted",
    ("post", "submitted"): "posted",
    ("return", "submitted"): "returned",
    ("change", "draft"): "draft",
    ("change", "returned"): "returned",
    ("reverse", "posted"): "posted",
}


@pytest.mark.parametrize("state", Status.values)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_leaves_the_states_it_may_and_no_other(cast, step, state):
    row = row_in(state)
    if (step, state) not in ALLOWED:
        with pytest.raises(Conflict):
            STEPS[step](row, cast)
        row.refresh_from_db()
        assert row.status == state
        return
    STEPS[step](row, cast)
    row.refresh_from_db()
    assert row.status == ALLOWED[step, state]


def test_a_step_leaves_its_trail_with_who_and_why(cast):
    row = make.submitted(by=cast.dieuphoi)
    ledger.return_(actor=cast.truongban, disbursement=row, reason="thiếu chứng từ")
    trail = row.history.order_by("history_id").values_list(
        "status", "history_user__username", "version"
    )
    assert list(trail) == [
        ("draft", "dieuphoi", 1),
        ("submitted", "dieuphoi", 2),
        ("returned", "truongban", 3),
    ]
    assert row.history.first().history_change_reason == "thiếu chứng từ"


def test_who_submits_may_not_post(cast):
    """A role that may do both does not exist; a person who has changed the role does."""
    row = make.submitted(by=cast.dieuphoi)
    cast.dieuphoi.role = Role.MANAGER
    cast.dieuphoi.save()
    with pytest.raises(PermissionDenied):
        ledger.post(actor=cast.dieuphoi, disbursement=row)
    assert Disbursement.objects.get().status == Status.SUBMITTED


@pytest.mark.parametrize("role", Role.values)
def test_only_the_roles_of_the_table_post(cast, role):
    row, person = make.submitted(), make.user(role=role)
    if POST_DISBURSEMENT in PERMISSIONS[role]:
        assert ledger.post(actor=person, disbursement=row).status == Status.POSTED
        return
    for step in (
        lambda: ledger.post(actor=person, disbursement=row),
        lambda: ledger.return_(actor=person, disbursement=row, reason="sai"),
        lambda: ledger.reverse(actor=person, disbursement=make.posted(), reason="sai"),
    ):
        with pytest.raises(PermissionDenied):
            step()


def test_who_has_the_role_but_not_the_place_posts_and_submits_nothing(cast):
    manager = make.user(role=Role.MANAGER, programs=["ECCD"])
    with pytest.raises(PermissionDenied):
        ledger.post(actor=manager, disbursement=make.submitted())
    with pytest.raises(PermissionDenied):
        ledger.reverse(actor=manager, disbursement=make.posted(), reason="hoàn ứng")
    drafted = make.draft(commune=make.DAO_SAN, by=cast.dieuphoi)
    with pytest.raises(PermissionDenied):
        ledger.submit(actor=cast.dieuphoi_gbv, disbursement=drafted)
    with pytest.raises(PermissionDenied):
        ledger.update(
            actor=cast.dieuphoi_gbv,
            disbursement=drafted,
            version=drafted.version,
            commune=make.commune(make.BAN_LANG),
        )


def test_numbers_have_no_gaps_in_a_year_whatever_fails_between(cast):
    first = make.posted(date=SEPTEMBER)
    waiting = make.submitted(date=SEPTEMBER)
    stale = Disbursement.objects.get(pk=waiting.pk)
    ledger.return_(actor=cast.quanly, disbursement=waiting, reason="sai")
    with pytest.raises(Conflict):
        ledger.post(actor=cast.quanly, disbursement=stale)
    reversal = ledger.reverse(actor=cast.quanly, disbursement=first, reason="hoàn ứng")
    other_year = make.posted(date=date(2023, 8, 1))
    last = make.posted(date=APRIL)
    assert [row.number for row in (first, reversal, last, other_year)] == [1, 2, 3, 1]


def test_rows_loaded_as_history_take_their_numbers_in_order(cast):
    make.go_live()
    make.posted()
    rows = []
    for day in (SEPTEMBER, APRIL, date(2023, 7, 3)):
        row = Disbursement(
            date=day, activity=make.activity(), commune=make.commune(), fund=make.fund(), amount=7
        )
        rows.append(ledger.complete(row, cast.quanly))
    loaded = ledger.load(actor=cast.quanly, rows=rows, post=True)
    assert [(r.fiscal_year.code, r.number) for r in loaded] == [
        ("2023", 2),
        ("2023", 3),
        ("2024", 1),
    ]
    assert {(r.status, r.origin, r.history.count()) for r in loaded} == {("posted", "history", 1)}


def test_a_coordinator_loads_no_history(cast):
    with pytest.raises(PermissionDenied):
        ledger.load(actor=cast.dieuphoi, rows=[], post=True)
    with pytest.raises(PermissionDenied):
        ledger.load(actor=cast.khach, rows=[], post=False)


def test_a_reversal_points_at_its_original_and_turns_the_sign(cast):
    row = make.posted(1_000, payee="UBND xã", voucher_no="PC1")
    back = ledger.reverse(
        actor=cast.truongban, disbursement=row, reason="giảm chi", amount=400, date=APRIL
    )
    row.refresh_from_db()
    assert (back.amount, back.reverses, back.date, back.status) == (-400, row, APRIL, "posted")
    assert (back.activity, back.commune, back.fund, back.payee) == (
        row.activity,
        row.commune,
        row.fund,
        "UBND xã",
    )
    assert (row.amount, row.reversed_amount, row.rest, row.status) == (1_000, 400, 600, "posted")
    assert back.quarter == 4


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 1_001}, "amount"),
        ({"reason": "  "}, "reason"),
        ({"date": SEPTEMBER - timedelta(days=1)}, "date"),
        ({"date": today() + timedelta(days=2)}, "date"),
    ],
)
def test_a_reversal_with_a_wrong_value_is_refused_by_field(cast, options, field):
    row = make.posted(1_000, date=SEPTEMBER)
    with pytest.raises(ValidationError) as refusal:
        ledger.reverse(actor=cast.quanly, disbursement=row, **{"reason": "hoàn ứng", **options})
    assert list(refusal.value.message_dict) == [field]
    assert Disbursement.objects.count() == 1


def test_a_reversal_is_not_reversed_and_nothing_twice(cast):
    row = make.posted(1_000)
    back = ledger.reverse(actor=cast.quanly, disbursement=row, reason="hoàn ứng")
    for what in (back, row):
        with pytest.raises(Conflict):
            ledger.reverse(actor=cast.quanly, disbursement=what, reason="hoàn ứng")


class Reversals(HypothesisTestCase):
    """Whatever is tried in whichever order, a row is never reversed by more than it was."""

    @settings(max_examples=20)  # tests/test_ledger_model.py reverses in the course of whole years
    @given(st.integers(1, 10**6), st.lists(st.integers(1, 10**6), max_size=5))
    def test_reversals_never_add_up_to_more_than_the_original(self, amount, parts):
        row, manager = make.posted(amount), make.somebody(Role.MANAGER)
        for part in parts:
            try:
                ledger.reverse(actor=manager, disbursement=row, reason="hoàn ứng", amount=part)
            except (ValidationError, Conflict):
                assert part > row.rest
            row.refresh_from_db()
        reversed_ = -sum(back.amount for back in row.reversals.all())
        assert reversed_ == row.reversed_amount <= row.amount


def test_a_closed_month_takes_no_posting_and_no_reversal(cast):
    posted, waiting = make.posted(date=SEPTEMBER), make.submitted(date=SEPTEMBER)
    make.close(make.period(SEPTEMBER))
    with pytest.raises(PeriodClosed):
        ledger.post(actor=cast.quanly, disbursement=waiting)
    with pytest.raises(PeriodClosed):
        ledger.reverse(actor=cast.quanly, disbursement=posted, reason="hoàn ứng")
    later = ledger.reverse(actor=cast.quanly, disbursement=posted, reason="hoàn ứng", date=APRIL)
    assert (later.number, Disbursement.objects.posted().count()) == (2, 2)


def test_history_is_not_loaded_into_a_closed_month(cast):
    make.close(make.period(SEPTEMBER))
    row = Disbursement(
        date=SEPTEMBER, activity=make.activity(), commune=make.commune(), fund=make.fund(), amount=7
    )
    with pytest.raises(Conflict) as refusal:
        ledger.load(actor=cast.quanly, rows=[ledger.complete(row, cast.quanly)], post=True)
    assert refusal.value.code == "period_closed"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": MAX_AMOUNT + 1}, "amount"),
        ({"date": date(2019, 6, 30)}, "date"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(cast, values, field):
    with pytest.raises(ValidationError) as refusal:
        make.draft(**{"amount": 5, **values})
    assert list(refusal.value.message_dict) == [field]


@pytest.mark.parametrize("amount", [1, MAX_AMOUNT])
def test_an_amount_from_one_dong_to_the_most_is_taken(cast, amount):
    assert make.draft(amount).amount == amount


def test_a_voucher_is_not_of_the_future(cast):
    tomorrow = today() + timedelta(days=1)
    assert make.draft(voucher_date=today()).pk
    with pytest.raises(ValidationError) as refusal:
        make.draft(voucher_date=tomorrow)
    assert list(refusal.value.message_dict) == ["voucher_date"]


@pytest.mark.parametrize(
    "other",
    [
        {"activity": "GBV-02"},
        {"commune": make.NAM_XE},
        {"fund": "KHAC"},
        {"payee": "Trạm Y tế xã"},
        {"date": date(2022, 9, 16)},
        {"voucher_no": "PC07"},
        {"amount": 8, "same_voucher": True},
    ],
)
def test_lines_of_one_voucher_differ_in_something(cast, other):
    make.draft(9, voucher_no="PC7")
    assert make.draft(**{"amount": 9, "voucher_no": "PC7", **other}).pk
    assert make.draft(9).pk and make.draft(9).pk  # without a voucher nothing is known of


def test_tomorrow_has_no_money_yet(cast):
    unit, tomorrow = make.commune(make.KHONG_LAO, valid_from=make.REFORM), today() + timedelta(1)
    with pytest.raises(ValidationError) as refusal:
        make.draft(commune=unit, date=tomorrow)
    assert list(refusal.value.message_dict) == ["date"]
    assert make.draft(commune=unit, date=tomorrow, as_of=tomorrow).pk


@pytest.mark.parametrize(
    ("day", "unit", "year"),
    [
        (date(2025, 6, 30), (make.BAN_LANG, False), "2025"),
        (date(2025, 7, 1), (make.KHONG_LAO, True), "2026"),
        (date(2025, 8, 5), (make.KHONG_LAO, True), "2026"),
    ],
)
def test_what_comes_back_after_the_merger_is_booked_under_the_successor(cast, day, unit, year):
    row = make.posted(9, commune=make.BAN_LANG, date=date(2025, 6, 2))
    back = ledger.reverse(actor=cast.quanly, disbursement=row, reason="hoàn ứng", date=day)
    assert (back.commune.code, back.commune.valid_from == make.REFORM) == unit
    assert (back.fiscal_year.code, back.reverses) == (year, row)


def test_a_unit_takes_money_in_its_lifetime_only(cast):
    new = make.commune(make.KHONG_LAO, valid_from=make.REFORM)
    with pytest.raises(ValidationError, match="Khổng Lào"):
        make.draft(commune=make.BAN_LANG, date=date(2025, 7, 1))
    with pytest.raises(ValidationError):
        make.draft(commune=new, date=date(2025, 6, 30))
    assert make.draft(commune=make.BAN_LANG, date=date(2025, 6, 30)).pk
    assert make.draft(commune=new, date=date(2025, 7, 1)).pk


def test_year_month_quarter_and_programme_follow_from_the_row(cast):
    row = make.draft(activity="YEE-03", date=date(2023, 1, 1), commune=make.NAM_XE)
    assert (row.program.code, row.fiscal_year.code, row.quarter, row.period.key) == (
        "YEE",
        "2023",
        3,
        "2023-01",
    )
    again = ledger.update(
        actor=cast.dieuphoi, disbursement=row, version=row.version, date=date(2023, 7, 1)
    )
    assert (again.fiscal_year.code, again.quarter, again.period.key) == ("2024", 1, "2023-07")


def test_a_row_that_was_looked_at_is_the_one_that_is_moved(cast):
    row = make.submitted()
    seen = row.version
    ledger.return_(actor=cast.quanly, disbursement=row, reason="sai mã", version=seen)
    ledger.submit(actor=cast.dieuphoi, disbursement=row)
    for step in (ledger.post, ledger.return_):
        options = {"reason": "sai mã"} if step is ledger.return_ else {}
        with pytest.raises(StaleVersion):
            step(actor=cast.quanly, disbursement=row, version=seen, **options)
    posted = ledger.post(actor=cast.quanly, disbursement=row)
    with pytest.raises(StaleVersion):
        ledger.reverse(actor=cast.quanly, disbursement=posted, reason="nhầm", version=seen)


def test_a_stale_version_changes_nothing(cast):
    row = make.draft()
    ledger.update(actor=cast.dieuphoi, disbursement=row, version=1, amount=2)
    with pytest.raises(StaleVersion):
        ledger.update(actor=cast.dieuphoi, disbursement=row, version=1, amount=3)
    with pytest.raises(StaleVersion):
        ledger.submit(actor=cast.dieuphoi, disbursement=row, version=1)
    assert Disbursement.objects.get().amount == 2


def test_the_same_voucher_line_is_entered_once_unless_it_was_reversed(cast):
    row = make.posted(9, voucher_no="PC7")
    with pytest.raises(ValidationError, match="PC7"):
        make.draft(9, voucher_no="PC7")
    assert make.draft(10, voucher_no="PC7", same_voucher=True).pk  # one voucher, several lines
    ledger.reverse(actor=cast.quanly, disbursement=row, reason="nhập sai", amount=8)
    with pytest.raises(ValidationError, match="PC7"):  # a part of it stands
        make.draft(9, voucher_no="PC7")
    row.refresh_from_db()
    ledger.reverse(actor=cast.quanly, disbursement=row, reason="nhập sai")
    assert make.draft(9, voucher_no="PC7", same_voucher=True).pk
    with pytest.raises(ValidationError, match="PC7"):  # entered again
        make.draft(9, voucher_no="PC7")


def test_every_month_of_a_year_lies_in_its_quarter(reference):
    year = FiscalYear.objects.get(code="2023")
    quarters = [p.quarter for p in year.periods.order_by("start")]
    assert quarters == [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
