"""The yardsticks that are Django's own: a view, the best SQL that there is, and nothing else."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from disbursements.models import Disbursement

try:  # from var/bench/packages (environments.py)
    from orjson import dumps  # type: ignore[import-not-found,unused-ignore]
except ImportError:

    def dumps(value: Any) -> bytes:
        return json.dumps(value, default=str).encode()


MONEY = """
SELECT p.code, c.code, f.amount FROM (
    SELECT program_id, commune_id, SUM(amount) AS amount FROM disbursements_disbursement
    WHERE fiscal_year_id = %s AND status = 'posted' GROUP BY program_id, commune_id) f
JOIN programs_program p ON p.id = f.program_id JOIN communes_commune c ON c.id = f.commune_id"""
PLAN = """
SELECT p.code, c.code, f.amount FROM (
    SELECT l.program_id, l.commune_id, SUM(a.amount) AS amount
    FROM disbursements_planamount a JOIN disbursements_planline l ON l.id = a.line_id
    WHERE l.plan_version_id = (
        SELECT id FROM disbursements_planversion
        WHERE fiscal_year_id = %s AND state = 'approved' ORDER BY number DESC LIMIT 1)
    GROUP BY l.program_id, l.commune_id) f
JOIN programs_program p ON p.id = f.program_id JOIN communes_commune c ON c.id = f.commune_id"""
FIELDS = (
    *("id", "version", "number", "fiscal_year__code", "quarter", "date", "activity__code"),
    *("program__code", "commune__code", "fund__code", "amount", "payee", "voucher_no"),
    *("voucher_date", "description", "note", "status", "origin", "reverses", "reversed_amount"),
    *("reason", "created_at", "submitted_at", "posted_at", "posted_by__username"),
)


def summary(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM programs_fiscalyear WHERE code = %s", [request.GET["year"]])
        (year,) = cursor.fetchone()
        cursor.execute(MONEY, [year])
        money = dict(map(_keyed, cursor.fetchall()))
        cursor.execute(PLAN, [year])
        plan = dict(map(_keyed, cursor.fetchall()))
    rows = [
        {
            "program": key[0],
            "commune": key[1],
            "planned": plan.get(key),
            "disbursed": money.get(key),
        }
        for key in sorted(money.keys() | plan.keys())
    ]
    return HttpResponse(dumps(rows), content_type="application/json")


def _keyed(row: tuple[str, str, Any]) -> tuple[tuple[str, str], int]:
    return row[:2], int(row[2])


def rows(request: HttpRequest) -> HttpResponse:
    first = 100 * (int(request.GET.get("page", 1)) - 1)
    found = Disbursement.objects.order_by("-date", "-id").values(*FIELDS)[first : first + 100]
    return HttpResponse(dumps(list(found)), content_type="application/json")


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"<!doctype html><title>{request.user.get_username()}</title>")


urlpatterns = [path("summary/", summary), path("rows/", rows), path("empty/", empty)]
