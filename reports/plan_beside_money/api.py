"""`/api/v1/plan-beside-money/`: plan, money and reasons of a cut, as the page has them."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import VIEW
from core.api.base import refuse_empty
from core.api.viewsets import EVERYWHERE, Conditional
from core.services.request_cache import read_once
from disbursements.against_plan import Figures
from disbursements.forecast import Expected
from monitoring.variance.services import Variance
from programs.summary_query import Answer
from reports import summary
from reports.doubts import doubts
from reports.filters import from_query
from reports.parameters import ACTIVITY, COMMUNE, PLAN, PROGRAM, parameter
from reports.plan_beside_money.explanations import Explanation
from reports.plan_beside_money.gathered import MOST, Gathered, gather
from reports.plan_beside_money.serializers import BesideSerializer

PARAMETERS = frozenset("fiscal_year quarter program commune activity plan as_of units".split())


class PlanBesideMoney(Conditional, APIView):
    """Plan, money, reasons and forecast of a programme, commune, quarter, or any of these together.

    Of difficulties, visits, classes and vouchers the newest six; their own lists have all.
    """

    permission = VIEW

    @extend_schema(
        parameters=[
            parameter("fiscal_year", "Code, e.g. 2023.", required=True),
            parameter("quarter", "Of the fiscal year.", type=OpenApiTypes.INT, enum=[1, 2, 3, 4]),
            PROGRAM,
            COMMUNE,
            ACTIVITY,
            PLAN,
            parameter(
                "as_of", "Only rows dated up to this day; default today.", type=OpenApiTypes.DATE
            ),
            parameter("units", "new: under the communes of after July 2025.", enum=["old", "new"]),
        ],
        responses=BesideSerializer,
    )
    @read_once()
    def get(self, request: Request) -> Response:
        refuse_empty(request)
        user = person(request)
        page = from_query(request.query_params, user, PARAMETERS | EVERYWHERE)
        return Response({**answer_of(gather(page, user)), "warnings": doubts(page, user)})


def answer_of(found: Gathered) -> dict[str, object]:
    page = found.page
    first, last = page.span
    said = summary.parameters_of(page, is_money=True)
    named = ("program", "commune", "commune_valid_from", "activity", "units", "plan")
    return {
        "fiscal_year": page.year.code,
        "quarter": page.quarter,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "as_of": page.until.isoformat(),
        **{name: said[name] for name in named},
        "currency": "VND",
        "total": summary.figures(found.answer.total),
        "quarters": [
            {"quarter": quarter, **summary.figures(sums)}
            for quarter, sums in sorted(found.quarters.items())
        ],
        "programs": summary.rows_of(found.answer.cut("program")),
        "communes": summary.rows_of(found.answer.cut("commune")),
        "activities": summary.rows_of(found.answer.cut("activity")),
        "before": _before(found),
        "explanations": [_explanation(said) for said in found.said],
        "unexplained": [_variance(item) for item in found.unexplained],
        "forecast": [_forecast(found, row) for row in found.expected],
        **_records(found),
    }


def _before(found: Gathered) -> dict[str, object] | None:
    answer: Answer[Figures] | None = found.before_answer
    if found.before is None or answer is None:
        return None
    return {
        "fiscal_year": found.before.year.code,
        "as_of": found.before.until.isoformat(),
        "total": summary.figures(answer.total),
        "programs": summary.rows_of(answer.cut("program")),
        "communes": summary.rows_of(answer.cut("commune")),
        "activities": summary.rows_of(answer.cut("activity")),
    }


def _variance(item: Variance) -> dict[str, object]:
    return {
        "quarter": item.quarter,
        "program": item.program.code,
        "commune": item.commune.code if item.commune else None,
        "activity": item.activity.code if item.activity else None,
        "planned_to_date": item.planned,
        "disbursed": item.disbursed,
        "balance": item.planned - item.disbursed,
        "rate_to_date": summary.percent(item.rate),
    }


def _explanation(said: Explanation) -> dict[str, object]:
    note = said.note
    return {
        **_variance(said.item),
        "cause": note.cause,
        "explanation": note.text,
        "decision": note.decision,
        "plan_version": said.plan.pk if said.plan else None,
        "explained_by": said.by,
        "explained_at": said.at and said.at.isoformat(),
    }


def _forecast(found: Gathered, row: Expected) -> dict[str, object]:
    names, made = found.names, row.forecast
    program, commune = names.programs.get(row.key["program"]), None
    if "commune" in row.key:
        commune = names.communes.get(row.key["commune"])
    return {
        "program": program.code if program else None,
        "commune": commune.code if commune else None,
        "planned": made.planned,
        "spent": made.spent,
        "committed": made.committed,
        "usual_share": summary.percent(made.course.share),
        "usual_of_years": list(made.course.years),
        "expected": made.expected,
        "rate": summary.percent(made.rate),
        "ends": made.side,
    }


def _records(found: Gathered) -> dict[str, object]:
    return {
        "difficulties": [
            {"id": row.pk, "title": row.title, "date": row.raised_on, "state": row.state}
            for row in found.difficulties[:MOST]
        ],
        "visits": [
            {"id": row.pk, "title": row.title, "date": row.date, "state": row.state}
            for row in found.visits[:MOST]
        ],
        "classes": [
            {"id": row.pk, "title": row.title, "date": row.start, "topic": row.topic.code}
            for row in found.classes[:MOST]
        ],
        "vouchers": [
            {
                "id": row.pk,
                "number": row.number,
                "date": row.date,
                "amount": row.amount,
                "activity": row.activity.code,
                "commune": row.commune.code,
                "voucher_no": row.voucher_no,
                "payee": row.payee,
            }
            for row in found.vouchers[:MOST]
        ],
    }
