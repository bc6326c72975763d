"""What the usual questions cost, without a stop-watch: how they are planned, function calls, bytes.

(How many queries: tests/test_query_counts.py. Sums from one index: test_covering_index.py.)
"""

import gzip
import re
import sys
from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from disbursements.ledger import whole
from disbursements.ledger.api import DisbursementFilters
from disbursements.ledger.beside_plan import Entered
from disbursements.ledger.rows import RELATED
from disbursements.ledger.vouchers import lines_of, met_before
from disbursements.models import Disbursement
from programs.models import Program
from reports import kept
from tests import factories as make
from tests.plans import asked, planned

pytestmark = pytest.mark.django_db
SUMMARY = "/api/v1/summary/?fiscal_year=2023&by=program,commune"
PAGES = [
    *("/disbursements/", "/disbursements/?fiscal_year=2023&program=GBV", "/disbursements/?page=2"),
    *("/disbursements/?sort=-amount", "/disbursements/?status=submitted"),
    *("/periods/?fiscal_year=2023", "/plans/", "/disbursements/lists/"),
    *("/api/v1/disbursements/?page_size=50", SUMMARY, "/"),
]
LEDGER_ROWS = 'SELECT "disbursements_disbursement"."id" AS "pk"'
ALL_OF_IT = {
    "sqlite": re.compile(r"SCAN disbursements_disbursement(?! USING)|SCAN disbursements_histor"),
    "postgresql": re.compile(r"Seq Scan on disbursements_(disb|histor)"),
}
# Calls of functions, in Python and C: a fifth above what was counted. Bytes as they are sent.
CALLS = {"again": 3_400, "another day": 4_500, "anew": 25_000, "a row": 90, "a page": 17_000}
SENT = {"/": 30_000, "/disbursements/": 24_000, "/disbursements/new/": 16_000}


@pytest.fixture
def ledger(cast, client):
    make.plan(*(make.line("GBV-01", unit, amounts=900) for unit in make.COMMUNES[:5]))
    for number in range(60):
        row = {"commune": make.COMMUNES[number % 5], "date": date(2022, 7 + number % 6, 12)}
        entered = (make.posted, make.submitted, make.draft)[0 if number % 6 else number // 6 % 3]
        entered(number + 1, voucher_no=f"PC{number}", **row)
    client.force_login(cast.dieuphoi)
    return client


def calls(ask) -> int:
    found = 0

    def count(_frame, event, _arg):
        nonlocal found
        found += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        ask()
    finally:
        sys.setprofile(None)
    return found


def test_no_page_reads_the_ledger_from_end_to_end(ledger):
    for address in PAGES:
        with asked() as seen:
            assert ledger.get(address).status_code == 200, address
        for query in seen:
            if "disbursements_disb" in query[0]:
                plan = planned(*query)
                assert not ALL_OF_IT[connection.vendor].search(plan), f"{address}\n{query}\n{plan}"


def test_what_waits_is_looked_for_among_the_few_rows_that_are_not_posted(ledger):
    for address in ("/", "/waiting/"):
        kept.forget()
        with asked() as seen:
            ledger.get(address)
        for query in seen:
            if "disbursements_disb" in query[0]:
                plan = planned(*query)
                assert not re.search("(created|submitted)_by_id_", plan), f"{query}\n{plan}"


@pytest.mark.any_database
def test_beside_a_posted_row_only_the_numbers_of_its_commune_are_read(ledger):
    row = Disbursement.objects.posted().order_by("pk")[0]
    with CaptureQueriesContext(connection) as seen:
        assert ledger.get(f"/disbursements/{row.pk}/").status_code == 200
    asked = (query["sql"] for query in seen.captured_queries)
    beside = [s for s in asked if '"reverses_id" IS NULL' in s and '"activity_id" IN' in s]
    assert beside
    for sql in beside:
        assert '"commune_id" IN' in sql and '"payee"' not in sql, sql


@pytest.mark.any_database
def test_the_rows_of_a_programme_are_read_in_their_order_and_what_waits_by_its_own_index(ledger):
    rows = Disbursement.objects.filter(program__in=Program.objects.filter(code="GBV"))
    waiting = rows.filter(fiscal_year=make.year(), status="submitted")
    with asked() as seen:
        list(rows.order_by("-date", "-id").values_list("pk")[:50])
        list(waiting.values_list("pk")[:1])
    in_order, waits = (planned(*query) for query in seen)
    assert "COVERING INDEX disbursement_program " in in_order, in_order
    assert "INDEX disbursement_waiting " in waits, waits


@pytest.mark.any_database
def test_a_voucher_and_what_was_entered_before_are_found_by_their_own_indexes(ledger, cast):
    rows = list(Disbursement.objects.posted().select_related(*RELATED).order_by("-pk")[:40])
    number = rows[0].voucher_no.replace("PC", "pc – ")  # this one we fold, not the database
    odd = make.draft(1, voucher_no=number, date=rows[0].date)
    (voucher,) = lines_of(cast.dieuphoi, rows[:1]).values()
    assert voucher["lines"] == [rows[0].pk, odd.pk]
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as seen:
            lines_of(cast.dieuphoi, some)
            met_before(cast.dieuphoi, some)
            Entered(some).before(some)
        plans = [planned(query["sql"]) for query in seen.captured_queries if "GLOB" in query["sql"]]
        assert len(plans) == 2
        for plan in plans:
            assert "INDEX disbursement_number_of_day (<expr>=?" in plan, plan
            assert "INDEX disbursement_odd_number (date" in plan, plan
        entered = [query["sql"] for query in seen.captured_queries if "SUM(" in query["sql"]]
        assert entered and all(
            "COVERING INDEX disbursement_entered (" in planned(sql) for sql in entered
        )


@pytest.mark.any_database
def test_the_lists_of_a_year_a_programme_and_a_unit_have_an_index_in_their_order(ledger):
    unit = f"commune={make.COMMUNES[0]}"
    for query in ("fiscal_year=2023", "fiscal_year=2023&program=GBV", f"fiscal_year=2023&{unit}"):
        rows = DisbursementFilters(QueryDict(query), Disbursement.objects.all()).qs
        with asked() as seen:
            assert len(rows.order_by("-date", "-id").values_list("pk")[:50]) == 50 or unit in query
            rows.count()
        first, count = (planned(*each) for each in seen[-2:])
        assert "COVERING INDEX" in first and "COVERING INDEX" in count, first
        assert "TEMP B-TREE" not in first, f"{query}\n{first}"
        waiting = DisbursementFilters(QueryDict(f"{query}&status=submitted"), rows).qs
        with asked() as seen:
            waiting.count()
        assert "disbursement_not_posted" in planned(*seen[-1])


@pytest.mark.any_database
def test_behind_a_row_of_a_long_list_the_keys_are_asked_first_and_nothing_else(
    ledger, cast, monkeypatch
):
    monkeypatch.setattr("core.api.cursors.LONG", 10)
    reader = make.api(cast.dieuphoi)
    address = "/api/v1/disbursements/?program=GBV&page_size="
    whole = [row["id"] for row in reader.get(f"{address}100").json()["results"]]
    following = reader.get(f"{address}15").json()["next"]
    with asked() as seen:
        behind = reader.get(following).json()["results"]
    assert [row["id"] for row in behind] == whole[15:30]
    keys, rows = [sql for sql, _params in seen if sql.startswith(LEDGER_ROWS)][:2]
    assert "JOIN" not in keys and "LIMIT 16" in keys
    assert '"program_id" IN' not in rows and "ORDER BY" not in rows


@pytest.mark.any_database
def test_a_word_that_few_rows_have_is_looked_for_once(ledger, monkeypatch):
    found = []
    for few in (1_000, 3):
        monkeypatch.setattr(whole, "FEW", few)
        with asked() as seen:
            page = ledger.get("/disbursements/?search=pc1&sort=amount").context["list"]
        looked = [
            sql for sql, _p in seen if '"disbursements_disbursement"."search_key" LIKE' in sql
        ]
        shown = [line["row"].pk for line in page["lines"]]
        found.append((page["count"], [str(each) for each in page["figures"]], page["sums"], shown))
        assert len(looked) == (1 if few > 3 else 3)
    assert found[0] == found[1] and len(found[0][-1]) == 11


@pytest.mark.any_database
def test_a_summary_takes_so_many_calls_of_functions(ledger, cast):
    reader = make.api(cast.dieuphoi)
    reader.get(SUMMARY)
    took = {"again": calls(lambda: reader.get(SUMMARY))}
    took["another day"] = calls(lambda: reader.get(f"{SUMMARY}&as_of=2031-01-01"))
    kept.forget()
    took["anew"] = calls(lambda: reader.get(SUMMARY))
    assert {name: count for name, count in took.items() if count > CALLS[name]} == {}, took


@pytest.mark.any_database
def test_a_row_of_a_list_by_the_api_takes_so_many_calls_of_functions(ledger, cast):
    """Made from its columns (core/api/rows.py), not from a record by a serializer."""
    reader = make.api(cast.dieuphoi)
    address = "/api/v1/disbursements/?page_size="
    reader.get(f"{address}50")
    few, many = (calls(lambda n=n: reader.get(f"{address}{n}")) for n in (10, 50))
    assert ((many - few) / 40 <= CALLS["a row"], few <= CALLS["a page"]) == (True, True), (
        few,
        many,
    )


@pytest.mark.any_database
def test_a_page_is_so_many_bytes_on_its_way(ledger):
    sent = {address: len(gzip.compress(ledger.get(address).content)) for address in SENT}
    assert {address: size for address, size in sent.items() if size > SENT[address]} == {}, sent
