"""Roles × endpoints × methods of the API: every cell's status is written down in api_access.txt.

A line of the table is a method, an address and the status for each of `PEOPLE`, in that order, of
a request on a record everybody may see, with an empty body. 400 or 409 means that the role may: it
is the empty body, or the state of the record, that is refused. A new endpoint needs a new line;
`python -m pytest tests/test_access.py` prints the lines that differ.
"""

from pathlib import Path

import pytest
from django.db import transaction
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from disbursements.models import UNSPECIFIED_FUND
from tests.factories import BAN_LANG, api
from tests.one_of_each import one_of_each, papers

TABLE = Path(__file__).with_name("api_access.txt")
PEOPLE = ("nobody", "khach", "xa_banlang", "dieuphoi", "quanly", "truongban", "bdh", "quantri")
QUERY = {
    "/api/v1/plan-beside-money/",
    "/api/v1/summary/",
    "/api/v1/trainings/summary/",
    "/api/v1/variances/",
}
YEAR = ("/reports/", "/uploads/templates/")


def operations():
    """(method, address) of everything in the schema."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return [(method.upper(), path) for path, found in paths.items() for method in found]


def written():
    """The table as written down: {(method, address): [status of each person]}."""
    cells = {}
    for row in TABLE.read_text("utf-8").splitlines():
        if row and not row.startswith("#"):
            method, path, *statuses = row.split()
            cells[method, path] = [int(status) for status in statuses]
    return cells


@pytest.fixture
def scene(cast):
    """A record of everything, and a client for each of `PEOPLE`."""
    one_of_each(cast)
    papers(cast)
    return {name: APIClient() if name == "nobody" else api(getattr(cast, name)) for name in PEOPLE}


def found(scene):
    return {
        (method, path): [_status(scene[name], method, path) for name in PEOPLE]
        for method, path in operations()
    }


def _status(client, method, path):
    """What this person gets; without leaving anything behind."""
    address = path.replace("workbook.{extension}", "workbook.xlsx")
    address = (
        address.replace("{kind}.xlsx", "disbursements.xlsx")
        .replace("{kind}", "annual")
        .replace("{extension}", "docx")
    )
    address = address.replace("{digest}", "0" * 128)
    if "{id}" in path:
        view = resolve(path.replace("{id}", "1")).func.cls
        rows = view.queryset.model._base_manager.order_by("pk")
        if path.startswith("/api/v1/communes/{id}/"):
            rows = rows.filter(code=BAN_LANG)
        address = address.replace("{id}", str(rows.values_list("pk", flat=True).first()))
    if method == "GET":
        needs = path in QUERY or any(part in path for part in YEAR)
        asked = {"fiscal_year": "2023"} if needs else {}
        asked |= {"person": "dieuphoi"} if path == "/api/v1/hand-over/" else {}
        asked |= {"fund": UNSPECIFIED_FUND} if "/statement" in path else {}
        return client.get(address, asked).status_code
    try:
        with transaction.atomic():
            status = getattr(client, method.lower())(address, {}, format="json").status_code
            raise _Undo
    except _Undo:
        return status


class _Undo(Exception):
    pass


@pytest.mark.any_database  # of roles; test_schema.py sends each operation's requests to both
@pytest.mark.django_db
def test_every_cell_is_as_written_down(scene):
    expected, now = written(), found(scene)
    wrong = [
        f"{method} {path} {' '.join(map(str, statuses))}"
        for (method, path), statuses in now.items()
        if expected.get((method, path)) != statuses
    ]
    gone = sorted(expected.keys() - now.keys())
    assert not wrong, "\n" + "\n".join(wrong)
    assert not gone


def test_nobody_without_a_token_gets_anything():
    assert {statuses[0] for statuses in written().values()} == {401}


# What a viewer does not read: what is written, loaded, or looked after.
NOT_SHOWN = {
    *("/api/v1/reports/{kind}.{extension}", "/api/v1/report-drafts/"),
    "/api/v1/reports/{kind}/draft/",
    *("/api/v1/shared-links/", "/api/v1/shared-links/{id}/"),
    *("/api/v1/report-drafts/{id}/", "/api/v1/trail/", "/api/v1/hand-over/", "/api/v1/go-live/"),
}
# Whose it is may do it, whatever the role; of others' there is none.
OWN = {"/api/v1/action-points/{id}/finish/": 400, "/api/v1/tokens/{digest}/": 404}
OWN |= {"/api/v1/uploads/{id}/reverse/": 404}  # for who sees, and may reverse, all of it
OWN |= {"/api/v1/notices/{id}/": 404, "/api/v1/notices/{id}/read/": 404}
OWN |= {f"GET /api/v1/voucher-photos/{{id}}/{part}": 404 for part in ("", "content/")}
OWN |= {"/api/v1/notices/read-all/": 200, "/api/v1/search/": 400}  # without words


def test_who_only_looks_only_reads():
    """The viewer: every read but of what is prepared or looked after, and no write."""
    for (method, path), statuses in written().items():
        is_shown = method == "GET" and path not in NOT_SHOWN
        is_shown &= "/uploads/" not in path and "/handing-on" not in path
        expected = OWN.get(path, OWN.get(f"{method} {path}", 200 if is_shown else 403))
        assert statuses[PEOPLE.index("khach")] == expected, (method, path)
