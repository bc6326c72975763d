"""Five tasks with the generated Python client: python tasks.py PORTAL TOKEN"""

import sys
import time
from datetime import date

from httpx import Timeout
from plan_portal_client import AuthenticatedClient
from plan_portal_client.api.disbursements import (
    disbursements_bulk_create,
    disbursements_create,
    disbursements_list,
    disbursements_retrieve,
)
from plan_portal_client.api.summary import summary_retrieve
from plan_portal_client.models import (
    Disbursement,
    DisbursementRequest,
    DisbursementRows,
    DisbursementRowsRequest,
    PaginatedDisbursementList,
    Summary,
    SummaryRetrieveByItem,
)


def same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise SystemExit(f"{what}: {found}, not {wanted}")
    print(f"python: {what}: {found}")


def listed(portal: AuthenticatedClient, page: int = 1) -> PaginatedDisbursementList:
    found = disbursements_list.sync(
        client=portal, fiscal_year=["2023"], date_from=date(2023, 4, 1), page_size=5, page=page
    )
    assert isinstance(found, PaginatedDisbursementList), found
    return found


def main(base_url: str, token: str) -> None:
    portal = AuthenticatedClient(base_url, token, prefix="Token", timeout=Timeout(60))
    page = listed(portal)
    row = page.results[0]
    same("a list, its rows", len(page.results), 5)
    one = disbursements_retrieve.sync(row.id, client=portal)
    assert isinstance(one, Disbursement), one
    same("one of them by its id", one.id, row.id)

    by = [SummaryRetrieveByItem.PROGRAM]
    summary = summary_retrieve.sync(client=portal, fiscal_year="2023", by=by)
    assert isinstance(summary, Summary), summary
    same("a summary, its total", sum(r.disbursed for r in summary.rows), summary.total.disbursed)

    def body(number: str) -> DisbursementRequest:
        return DisbursementRequest(
            date=date(2023, 4, 5),
            amount=1_500_000,
            activity=row.activity,
            commune=row.commune,
            voucher_no=number,
        )

    key, made = f"py-{time.time_ns()}", []
    for _time in range(2):
        new = disbursements_create.sync(client=portal, body=body("PY-0"), idempotency_key=key)
        assert isinstance(new, Disbursement), new
        made.append(new.id)
    same("created once", made[1], made[0])

    rows = DisbursementRowsRequest(rows=[body(f"PY-{number}") for number in (1, 2, 3)])
    many = disbursements_bulk_create.sync(client=portal, body=rows)
    assert isinstance(many, DisbursementRows), many
    same("many at once", many.count, 3)

    ids, number = set(), 1
    while True:
        page = listed(portal, number)
        ids |= {each.id for each in page.results}
        if page.next_ is None:
            break
        number += 1
    same("every page, its records", len(ids), page.count)


if __name__ == "__main__":
    main(*sys.argv[1:])
