"""No page and no list of the API asks the database more often when there are more rows."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import VIEW
from reports import kept
from tests import factories as make
from tests.test_every_address import EVERY, declared

pytestmark = pytest.mark.any_database

FEW, MANY = 2, 9
POSTED_TO = ("disbursements/many/", "variances/explain/")  # with rows; else they lead to the list
LISTS = sorted(
    "/" + address.replace("^", "").replace("$", "")
    for address, entry in EVERY.items()
    if "<" not in address and "accounts/" not in address and address not in POSTED_TO
    and (
        "get" in getattr(entry.callback, "actions", {})
        or (not hasattr(entry.callback, "cls") and VIEW in declared(entry))
    )
)  # fmt: skip


def add_rows(first: int, last: int) -> None:
    """Rows of every kind that the lists join: each with an activity and a fund of its own."""
    for number in range(first, last):
        code = f"{make.PROGRAMS[number % 3]}-{number:02}"
        place = make.COMMUNES[number % 5]
        values: dict[str, Any] = {
            "activity": code,
            "commune": place,
            "fund": f"NGUON-{number}",
            "date": date(2022, 7 + number % 6, 12),
        }
        make.draft(number + 1, **values)
        make.submitted(number + 1, **values)
        make.posted(number + 1, voucher_no=f"PC{number}", **values)
        make.training(
            program=code[: code.index("-")],
            commune=place,
            start=values["date"],
            activity=make.activity(code),
        )
    lines = [
        make.line(
            f"{make.PROGRAMS[n % 3]}-{n:02}", make.COMMUNES[n % 5], {1: 5, 2: 7}, f"NGUON-{n}"
        )
        for n in range(last)
    ]
    make.plan(*lines)
    make.submitted_plan(*lines)


def test_the_lists_were_found():
    assert {"/", "/disbursements/", "/plans/", "/api/v1/disbursements/"} <= set(LISTS)


def test_more_rows_are_not_more_queries(client, cast):
    def counts() -> dict[str, int]:
        found = {}
        for address in LISTS:
            who = cast.who_reads(address.removeprefix("/api/v1/").strip("/"))
            client.force_login(cast.dieuphoi if who == cast.khach else who)
            client.get(address)  # what is read once by a process is not counted
            kept.forget()
            with CaptureQueriesContext(connection) as queries:
                response = client.get(address)
            assert response.status_code == 200, address
            found[address] = len(queries)
        return found

    client.force_login(cast.dieuphoi)
    add_rows(0, FEW)
    few = counts()
    add_rows(FEW, MANY)
    many = counts()
    grown = {a: (few[a], many[a]) for a in LISTS if many[a] > few[a]}
    assert grown == {}


@pytest.mark.parametrize("username", ["dieuphoi_gbv", "bdh"])
def test_a_page_asks_for_a_bounded_number_of_queries(client, cast, username):
    add_rows(0, 4)
    client.force_login(getattr(cast, username))
    for address in LISTS:
        # The dashboard answers nine questions at once, the slides two more.
        most = 42 if address == "/" else 45 if address.startswith("/present/") else 40
        assert asked(client, address) <= most, address
    for address in ("/", "/api/v1/summary/?fiscal_year=2023&by=program,commune"):
        asked(client, address)
        assert asked(client, address) <= 6, f"{address}, where nothing has changed"


def test_the_dashboard_asks_little_for_another_filter(client, cast):
    add_rows(0, 4)
    client.force_login(cast.dieuphoi)
    asked(client, "/?fiscal_year=2023")
    for query, most in (("as_of=2023-12-31", 9), ("quarter=2", 15), ("program=GBV", 16)):
        assert asked(client, f"/?fiscal_year=2023&{query}") <= most, query


def test_after_a_posting_the_dashboard_asks_what_the_ledger_says_and_little_else(client, cast):
    add_rows(0, 4)
    client.force_login(cast.dieuphoi)
    writes = {
        "posting": (lambda: make.posted(by=cast.dieuphoi, post_by=cast.quanly), 15),
        "a draft": (lambda: make.draft(by=cast.dieuphoi), 15),
        "a class": (make.training, 9),
    }
    for what, (write, most) in writes.items():
        asked(client, "/?fiscal_year=2023")
        write()
        assert asked(client, "/?fiscal_year=2023") <= most, what


def asked(client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)
