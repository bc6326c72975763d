"""A year from July to July on an empty database, by page, API and workbook; with the merger of the
communes at its end. After each step every sum is what plain arithmetic over what was done says.

Two coordinators (one of early childhood and protection, one of youth), a manager, the board's head
and staff, a commune's board. Fiscal year 2025 is planned, spent, reviewed and closed; the plan of
2026 is in the communes of after July 2025.
"""

from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import Workbook

from accounts.models import User
from accounts.roles import Role
from disbursements.models import Disbursement
from reports.tests.test_issuing import steering
from tests import factories as make
from tests.factories import BAN_LANG, DAO_SAN, KHONG_LAO, NAM_XE

pytestmark = pytest.mark.django_db

YEAR, NEXT = "2025", "2026"
NAMES = {BAN_LANG: "Bản Lang", NAM_XE: "Nậm Xe", DAO_SAN: "Dào San", KHONG_LAO: "Khổng Lào"}
SUCCESSORS = {BAN_LANG: KHONG_LAO, KHONG_LAO: KHONG_LAO, NAM_XE: "03394", DAO_SAN: DAO_SAN}
PLAN_HEAD = ["Mã hoạt động", "Tên hoạt động", "Xã", "Quý I", "Quý II", "Quý III", "Quý IV"]
MONEY_HEAD = ["Ngày", "Số CT", "Mã hoạt động", "Xã", "Số tiền", "Đơn vị nhận"]
DRAFT, WAITING, POSTED = "draft", "submitted", "posted"
Key = tuple[str, str]  # activity, commune


class Walk:
    """Who walks, and what was done so far: `plan` and `money` are the plain facts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.care = make.user("tre-em", programs=["ECCD", "GBV"])
        self.youth = make.user("thanh-nien", programs=["YEE"])
        self.manager = make.user("vung", Role.MANAGER)
        self.head = make.user("truong-ban", Role.HEAD)
        self.staff = make.user("ban-dieu-hanh", Role.BOARD)
        self.commune = make.user("xa", Role.COMMUNE, communes=[BAN_LANG])
        self.plan: dict[str, dict[Key, list[int]]] = {YEAR: {}, NEXT: {}}
        self.money: list[tuple[date, Key, int]] = []  # posted ones
        self.clients = {user.pk: make.api(user) for user in User.objects.all()}

    def ask(self, who: User, method: str, address: str, body: Any = None, *, says: int) -> Any:
        """An API call that must answer with the status `says`; the body of its answer."""
        send = getattr(self.clients[who.pk], method)
        answer = send(f"/api/v1/{address}", body, **({} if method == "get" else {"format": "json"}))
        assert answer.status_code == says, (address, answer.status_code, answer.content)
        return answer.json() if answer.content else None

    def press(self, who: User, address: str, **body: Any) -> None:
        """A form of a page that is taken."""
        client = Client()
        client.force_login(who)
        answer = client.post(address, body)
        assert answer.status_code == 302, (address, answer.content.decode()[-3000:])

    def book(
        self, kind: str, head: list[str], rows: list[list[Any]], who: User, *flags: str
    ) -> None:
        """A coordinator's workbook, checked and committed as drafts."""
        book = Workbook()
        assert book.active is not None
        for row in [head, *rows]:
            book.active.append(row)
        file = self.folder / f"{kind}-{len(rows)}.xlsx"
        book.save(file)
        command = ["import_workbook", kind, str(file), "--user", who.username, "--commit"]
        call_command(*command, "--fiscal-year", YEAR, *flags, stdout=StringIO())

    def spend(self, day: date, key: Key, amount: int) -> None:
        """What the ledger must say from now on."""
        self.money.append((day, key, amount))

    def check(self, year: str = YEAR) -> None:
        """Every cut of the summary is the sum of what was done; so is the sum of the list."""
        first = date(int(year) - 1, 7, 1), date(int(year), 6, 30)
        spent = [row for row in self.money if first[0] <= row[0] <= first[1]]
        cuts = {
            "program,commune": lambda key, _q: (key[0].partition("-")[0], key[1]),
            "activity": lambda key, _q: (key[0],),
            "quarter": lambda _key, quarter: (quarter,),
        }
        for by, of in cuts.items():
            planned, disbursed = Counter[Any](), Counter[Any]()
            for key, amounts in self.plan[year].items():
                for quarter, amount in enumerate(amounts, start=1):
                    planned[of(key, quarter)] += amount
            for day, key, amount in spent:
                disbursed[of(key, (day.month - 7) % 12 // 3 + 1)] += amount
            answer = self.ask(
                self.staff, "get", f"summary/?fiscal_year={year}&by={by}&as_of={first[1]}", says=200
            )
            rows = {tuple(row[name] for name in by.split(",")): row for row in answer["rows"]}
            assert +Counter({k: r["planned"] for k, r in rows.items()}) == +planned, by
            assert +Counter({k: r["disbursed"] for k, r in rows.items()}) == +disbursed, by
            total = answer["total"]
            assert (total["planned"], total["disbursed"]) == (planned.total(), disbursed.total())


def test_a_year_from_july_to_july(reference, tmp_path):
    walk = Walk(tmp_path)
    plan_the_year(walk)
    three_months(walk)
    a_commune_in_difficulty(walk)
    an_annex(walk)
    the_rest_of_the_year(walk)
    the_review(walk)
    the_next_year(walk)


def plan_the_year(walk: Walk) -> None:
    """Two first plans, one from Excel and one typed by a machine, become one plan of the year."""
    lines = {
        ("ECCD-01", BAN_LANG): [40_000_000, 30_000_000, 20_000_000, 10_000_000],
        ("ECCD-01", NAM_XE): [20_000_000, 20_000_000, 0, 0],
        ("GBV-01", DAO_SAN): [0, 50_000_000, 50_000_000, 0],
    }
    rows = [[code, f"Hoạt động {code}", NAMES[unit], *q] for (code, unit), q in lines.items()]
    walk.book("plan", PLAN_HEAD, rows, walk.care)
    (drafted,) = walk.ask(walk.care, "get", f"plan-versions/?fiscal_year={YEAR}", says=200)[
        "results"
    ]
    walk.check()  # a draft is no plan

    make.activity("YEE-01")
    body = {"fiscal_year": YEAR, "programs": ["YEE"]}
    typed = walk.ask(walk.youth, "post", "plan-versions/", body, says=201)
    youth = {("YEE-01", KHONG_LAO): [0, 120_000_000, 0, 0]}
    body = {"plan_version": typed["id"], "activity": "YEE-01", "commune": KHONG_LAO}
    walk.ask(walk.youth, "post", "plan-lines/", {**body, "q2": 120_000_000}, says=201)

    for who, plan, added in ((walk.care, drafted, lines), (walk.youth, typed, youth)):
        walk.ask(who, "post", f"plan-versions/{plan['id']}/submit/", says=200)
        walk.ask(who, "post", f"plan-versions/{plan['id']}/approve/", says=403)
        walk.ask(walk.head, "post", f"plan-versions/{plan['id']}/approve/", says=200)
        walk.plan[YEAR] |= added
        walk.check()


def three_months(walk: Walk) -> None:
    """A month's workbook, a machine's list in one request; posted by somebody else, then closed."""
    for number, month in enumerate((7, 8, 9), start=1):
        day = date(2024, month, 10)
        key, amount = ("ECCD-01", BAN_LANG), 11_000_000 * number
        row = [day, f"PC{month:02}", key[0], NAMES[key[1]], amount, "Trạm Y tế xã"]
        walk.book("disbursements", MONEY_HEAD, [row], walk.care)
        walk.check()  # drafts are no money
        submit_and_post(walk, walk.care)
        walk.spend(day, key, amount)
        walk.check()
        late = {"date": day.isoformat(), "amount": 5, "activity": "YEE-01", "commune": KHONG_LAO}
        close(walk, day)
        made = walk.clients[walk.youth.pk].post("/api/v1/disbursements/", late, format="json")
        if made.status_code == 201:  # a draft may wait; it does not go in
            walk.ask(walk.youth, "post", f"disbursements/{made.json()['id']}/submit/", says=409)
            walk.ask(walk.youth, "delete", f"disbursements/{made.json()['id']}/", says=204)
        walk.check()


def submit_and_post(walk: Walk, who: User) -> None:
    """All drafts of a person go in; who entered them may not post, the manager does."""
    for pk in Disbursement.objects.filter(status=DRAFT, created_by=who).values_list(
        "pk", flat=True
    ):
        walk.ask(who, "post", f"disbursements/{pk}/submit/", says=200)
        walk.ask(who, "post", f"disbursements/{pk}/post/", says=403)
        walk.ask(walk.manager, "post", f"disbursements/{pk}/post/", says=200)


def close(walk: Walk, day: date) -> None:
    month = make.period(day)
    walk.press(walk.manager, f"/periods/{month.pk}/close/", version=month.version)


def a_commune_in_difficulty(walk: Walk) -> None:
    """The commune's board reports; it sees its own figures and nobody else's."""
    body = {"title": "Mưa lũ, đường sạt lở", "program": "ECCD", "commune": BAN_LANG}
    body |= {"raised_on": "2024-09-12", "effect": "Chậm tiến độ"}
    walk.ask(walk.commune, "post", "difficulties/", body, says=201)
    answer = walk.ask(walk.commune, "get", f"summary/?fiscal_year={YEAR}&by=commune", says=200)
    mine = sum(amount for _day, key, amount in walk.money if key[1] == BAN_LANG)
    assert [(row["commune"], row["disbursed"]) for row in answer["rows"]] == [(BAN_LANG, mine)]


def an_annex(walk: Walk) -> None:
    """One line more for youth: the annex changes that line and no other; the original stays."""
    original = sum(sum(amounts) for amounts in walk.plan[YEAR].values())
    row = ["YEE-01", "Hoạt động YEE-01", NAMES[NAM_XE], 0, 0, 60_000_000, 0]
    walk.book("plan", PLAN_HEAD, [row], walk.youth, "--changes")
    asked = f"plan-versions/?fiscal_year={YEAR}&state=draft"
    (annex,) = walk.ask(walk.youth, "get", asked, says=200)["results"]
    body = {"reason": "Bổ sung hoạt động", "version": annex["version"]}
    walk.ask(walk.youth, "patch", f"plan-versions/{annex['id']}/", body, says=200)
    walk.ask(walk.youth, "post", f"plan-versions/{annex['id']}/submit/", says=200)
    walk.ask(walk.head, "post", f"plan-versions/{annex['id']}/approve/", says=200)
    walk.plan[YEAR]["YEE-01", NAM_XE] = [0, 0, 60_000_000, 0]
    walk.check()
    answer = walk.ask(walk.staff, "get", f"summary/?fiscal_year={YEAR}&plan=original", says=200)
    assert answer["total"]["planned"] == original


def the_rest_of_the_year(walk: Walk) -> None:
    """Many rows in one request, one of them too much and reversed in part; all months closed."""
    rows = [
        (date(2024, 11, 5), ("YEE-01", KHONG_LAO), 130_000_000),
        (date(2025, 2, 20), ("YEE-01", NAM_XE), 60_000_000),
        (date(2025, 6, 30), ("YEE-01", KHONG_LAO), 4_000_000),
    ]
    body = [
        {"date": day.isoformat(), "activity": code, "commune": unit, "amount": amount}
        | {"voucher_no": f"TN{number}", "payee": "Huyện đoàn"}
        for number, (day, (code, unit), amount) in enumerate(rows)
    ]
    walk.ask(walk.youth, "post", "disbursements/bulk/", body, says=201)
    submit_and_post(walk, walk.youth)
    for row in rows:
        walk.spend(*row)
    walk.check()
    much = Disbursement.objects.get(amount=130_000_000)
    back = {"reason": "Hoàn ứng", "amount": 10_000_000}
    walk.ask(walk.head, "post", f"disbursements/{much.pk}/reverse/", back, says=201)
    walk.spend(*rows[0][:2], -10_000_000)
    walk.check()
    for month in [10, 11, 12, 1, 2, 3, 4, 5, 6]:
        close(walk, date(2024 if month > 6 else 2025, month, 1))
    walk.check()


def the_review(walk: Walk) -> None:
    """The issued report prints the year's figures, and keeps them."""
    disbursed = sum(amount for _day, _key, amount in walk.money)
    body = {"title": "Hội nghị tổng kết năm 2025", "kind": "annual_review", "date": "2025-07-18"}
    walk.ask(walk.staff, "post", "meetings/", {**body, "fiscal_year": YEAR}, says=201)
    board = steering()
    issue = {"board": board.pk, "date": "20/07/2025", "post": "Trưởng ban"}
    walk.press(walk.staff, f"/reports/annual/{YEAR}/issue/", **issue)
    client = Client()
    client.force_login(walk.staff)
    page = client.get(f"/?fiscal_year={YEAR}").content.decode()
    assert f"{disbursed:,}".replace(",", ".") in page


def a_proposal_is_chosen(walk: Walk, plan: int) -> Any:
    """Scored by the board's criterion, it stands in the plan's draft, and its line says so."""
    rule = {"fiscal_year": NEXT, "name": "Đúng nhu cầu của xã", "weight": 2}
    walk.ask(walk.staff, "post", "proposal-criteria/", rule, says=201)
    body = {"title": "Tập huấn nghề", "fiscal_year": NEXT, "program": "YEE", "commune": KHONG_LAO}
    body |= {"why": "Thiếu việc làm", "for_whom": "Thanh niên", "expected": "1 lớp"}
    made = walk.ask(walk.youth, "post", "proposals/", {**body, "estimate": 20_000_000}, says=201)
    walk.ask(walk.staff, "post", f"proposals/{made['id']}/select/", says=200)
    chosen = walk.ask(walk.staff, "get", f"proposals/{made['id']}/", says=200)
    assert (chosen["state"], chosen["plan_version"]) == ("drafted", plan)
    lines = walk.ask(walk.youth, "get", f"plan-lines/?plan_version={plan}", says=200)["results"]
    assert [line["proposals"] for line in lines if line["total"] == 20_000_000] == [[made["id"]]]
    return chosen


def the_next_year(walk: Walk) -> None:
    """After the merger: a day belongs to the unit of that day; old money reads in new units."""
    spent, planned = Counter[str](), Counter[str]()
    for _day, (_code, unit), amount in walk.money:
        spent[SUCCESSORS[unit]] += amount
    for (_code, unit), amounts in walk.plan[YEAR].items():
        planned[SUCCESSORS[unit]] += sum(amounts)
    answer = walk.ask(
        walk.staff, "get", f"summary/?fiscal_year={YEAR}&by=commune&units=new", says=200
    )
    rows = {row["commune"]: (row["planned"], row["disbursed"]) for row in answer["rows"]}
    assert rows == {
        code: (planned[code], spent[code]) for code in SUCCESSORS.values() if code in planned
    }

    body = {"fiscal_year": NEXT, "programs": ["YEE"]}
    plan = walk.ask(walk.youth, "post", "plan-versions/", body, says=201)
    line = {"plan_version": plan["id"], "activity": "YEE-01", "q1": 90_000_000}
    walk.ask(walk.youth, "post", "plan-lines/", {**line, "commune": BAN_LANG}, says=400)
    walk.ask(walk.youth, "post", "plan-lines/", {**line, "commune": KHONG_LAO}, says=201)
    chosen = a_proposal_is_chosen(walk, plan["id"])
    walk.ask(walk.youth, "post", f"plan-versions/{plan['id']}/submit/", says=200)
    walk.ask(walk.head, "post", f"plan-versions/{plan['id']}/approve/", says=200)
    walk.plan[NEXT]["YEE-01", KHONG_LAO] = [90_000_000, 0, 0, 0]
    walk.plan[NEXT][chosen["activity"], KHONG_LAO] = [20_000_000, 0, 0, 0]

    row = {"date": "2025-07-15", "activity": "YEE-01", "amount": 7_000_000, "voucher_no": "TN1"}
    walk.ask(walk.youth, "post", "disbursements/", {**row, "commune": BAN_LANG}, says=400)
    walk.ask(walk.youth, "post", "disbursements/", {**row, "commune": KHONG_LAO}, says=201)
    submit_and_post(walk, walk.youth)
    walk.spend(date(2025, 7, 15), ("YEE-01", KHONG_LAO), 7_000_000)
    walk.check(NEXT)
    walk.check(YEAR)
