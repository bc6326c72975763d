"""Generated requests against the API: each is settled, sent as every role, and taken back.

A schema says what a request looks like; it cannot say which codes there are, that a class does not
end before it begins, or that women and men add up. `settle()` makes of a generated request one that
a client would send who knows these rules. What is then still refused with 400, the schema said too
little about.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import resolve
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.parameters import ParameterLocation

from communes.models import Board
from core.lists.filters import Codes, beginning_of
from core.values.dates import today
from disbursements.models import UNSPECIFIED_FUND, Disbursement, PlanVersion
from monitoring.models import Criterion, Difficulty, Meeting, Visit
from programs.models import Output
from reports.documents.currency import NAMES
from tests.factories import BAN_LANG
from trainings.models import Training

load_all_checks()
ALL = [CHECKS.get_one(name) for name in CHECKS.get_all_names()]
# That nobody gets in without a token is asked once per request, not once more for each role.
FOR_THE_REST = [check for check in ALL if check.__name__ != "ignored_auth"]

FORM = "multipart/form-data"
CONCLUSION = "Kiện toàn các Ban Dự án xã"
FIRST_DAY, DAYS = date(2022, 7, 1), 365
DAY = re.compile(r"\d{4}-\d\d-\d\d")
CODES = {
    "activity": "GBV-01",
    "program": "GBV",
    "commune": BAN_LANG,
    "fund": "UNSPECIFIED",
    "topic": "GBV-CLB",
    "fiscal_year": "2023",
    "from_year": "2023",
    "to_year": "2024",
    "indicator": "GBV-N1",
    "assignee_user": "dieuphoi",
    "village": "Thèn Thầu",
}
LISTS = {"activities": "activity", "programs": "program", "communes": "commune"}
LISTS |= {"fiscal_years": "fiscal_year"}
IDS: dict[str, Any] = {
    "plan_version": PlanVersion.objects.filter(state="draft"),
    "draft": PlanVersion.objects.filter(state="draft").order_by("-fiscal_year__start", "pk"),
    "based_on": PlanVersion.objects.filter(state="approved"),
    "meeting": Meeting.objects,
    "board": Board.objects.filter(kind="steering", commune__level="district"),
    "visit": Visit.objects,
    "difficulty": Difficulty.objects,
    "output": Output.objects,
    "training": Training.objects,
    "disbursement": Disbursement.objects.filter(
        reverses=None, program__code="GBV", cost_links=None
    ),
}


# What an address has to be asked, where no filter says which there are.
ASKED = {
    "/api/v1/uploads/templates/{kind}.xlsx": {"fiscal_year": "2023"},
    "/api/v1/hand-over/": {"person": "dieuphoi"},
    "/api/v1/trail/": {},
}
PROGRAM = {"/api/v1/months/{id}/steps/", "/api/v1/months/{id}/list.{extension}"}


def failures(case: Any, people: dict[str, dict[str, str]]) -> Iterator[tuple[str, BaseException]]:
    """Send one request as each of `people` (their headers by name): who, and what is wrong.

    Nothing of it stays: everybody meets the same records.
    """
    settle(case)
    last = [*people][-1]  # what is sent once more for a check may be judged anew
    for who, headers in people.items():
        checks = ALL if who == last else FOR_THE_REST
        if case.media_type == FORM:  # what was set anew is judged anew, and bytes are never right
            case.meta.clear_dirty(ParameterLocation.BODY)
        try:
            with transaction.atomic():
                case.call_and_validate(headers=headers, checks=checks)
                transaction.set_rollback(True)
        except (Exception, BaseExceptionGroup) as error:
            yield who, error


CONFIRMED = {f"POST /api/v1/plan-versions/{{id}}/{each}/" for each in ("submit", "approve")}
SPANNED = ("/summary/", "/variances/", "/plan-beside-money/")


def settle(case: Any) -> None:
    """Give a generated request codes, ids and days that there are, where it was meant as right."""
    handler: Any = resolve(case.operation.full_path.replace("{id}", "1")).func
    view = handler.cls
    if "id" in (case.path_parameters or {}) and _is_right(case, ParameterLocation.PATH):
        case.path_parameters["id"] = str(_some(view.queryset.model, case.path_parameters["id"]))
    if case.operation.path.endswith(SPANNED) and _is_right(case, ParameterLocation.QUERY):
        case.query = case.query or {}
        _settle_span(case.query)
    elif "/reports/" in case.operation.path and _is_right(case, ParameterLocation.QUERY):
        case.query["fiscal_year"] = "2023"
        for name in ("meeting", *NAMES):  # the year has none; a rate is asked of all four
            case.query.pop(name, None)
        if "fund" in case.query:
            case.query["fund"] = UNSPECIFIED_FUND
        if "language" in case.query:  # some documents have one
            case.query["language"] = "vi"
    elif _asks(case) and _is_right(case, ParameterLocation.QUERY):
        case.query = {**(case.query or {}), **ASKED[case.operation.path]}
        case.query.pop("kind", None)  # of the trail: names of models
        _settle_query(case.query, getattr(view, "filterset_class", None))
    elif case.operation.path in PROGRAM and _is_right(case, ParameterLocation.QUERY):
        case.query |= {"program": CODES["program"]}
    elif case.operation.path == "/api/v1/search/" and _is_right(case, ParameterLocation.QUERY):
        case.query = {"q": f"nam {case.query['q']}"[:100]}  # two letters; kinds have no codes here
    elif case.query and _is_right(case, ParameterLocation.QUERY):
        _settle_query(case.query, getattr(view, "filterset_class", None))
    right = _is_right(case, ParameterLocation.BODY)
    if right and case.operation.label in CONFIRMED and not isinstance(case.body, dict):
        case.body, case.media_type = {}, "application/json"  # without a body nothing is confirmed
    if right and isinstance(case.body, dict):
        if case.media_type == FORM:
            case.freeze_metadata()
        case.body = settled(case.body)
        if case.method == "PATCH":
            _settle_change(case.body, view)
        RULES.get(case.operation.label, RULES.get(_resource(case), _free))(case.body)


def _asks(case: Any) -> bool:
    return case.method == "GET" and case.operation.path in ASKED


def _is_right(case: Any, where: ParameterLocation) -> bool:
    return not case.meta.is_negative_at(where)


def _resource(case: Any) -> str:
    """`trainings` of `/api/v1/trainings/{id}/`."""
    return case.operation.path.split("/")[3]


def _some(model: Any, seed: Any) -> int:
    """The id of one of the records, now this and now that one; of none: some id."""
    keys = model._base_manager.order_by("pk").values_list("pk", flat=True)[:20]
    return keys[sum(str(seed).encode()) % len(keys)] if keys else 1


def _settle_query(query: Any, filters: Any) -> None:
    query.pop("after", None)  # a cursor is what `next` holds
    if "updated_since" in query:  # a moment of our time
        query["updated_since"] = "2022-07-31T17:00:00+07:00"
    for name, each in (filters.base_filters if filters else {}).items():
        model = each.extra.get("model")
        if name in query and isinstance(each, Codes) and model is not None:
            slug = each.extra.get("slug", "code")
            query[name] = [model.objects.order_by("pk").values_list(slug, flat=True)[0]]
        first = beginning_of(name)
        if name in query and first in query:  # a range begins before it ends
            query[first], query[name] = sorted((query[first], query[name]))


def _settle_span(query: Any) -> None:
    """A fiscal year, or from/to in order; codes and plans there are; two marks for CSV."""
    if "from" in query and "to" in query:
        query.pop("fiscal_year", None)
        query["from"], query["to"] = "2022-07-01", "2023-03-31"
    else:
        query.pop("from", None), query.pop("to", None)
        query["fiscal_year"] = "2023"
    if "known_at" in query:
        query["known_at"] = "2023-07-31T17:00:00+07:00"
    if query.get("units") == "new":  # of units that there were not yet
        query.pop("commune", None)
    for name in ("program", "commune", "activity", "fund", "topic"):
        if name in query:
            query[name] = [CODES[name]]
    if str(query.get("plan", "")).isdigit():
        query["plan"] = "current"


def settled(value: Any, name: str = "") -> Any:
    """A body with codes, ids and days that there are; everything else as it was generated."""
    if isinstance(value, dict):
        return {each: settled(part, each) for each, part in value.items()}
    if name in LISTS:
        return [CODES[LISTS[name]]] if value else value
    if isinstance(value, list):
        return [settled(part, name) for part in value]
    if value is None:
        return None
    if name in CODES:
        return CODES[name]
    if name in IDS:
        return IDS[name].values_list("pk", flat=True)[0]
    if isinstance(value, str) and DAY.fullmatch(value):
        return str(FIRST_DAY + timedelta(days=sum(value.encode()) % DAYS))
    return value


def _settle_change(body: dict[str, Any], view: Any) -> None:
    """A version (or If-Match) is needed; what is read only may be there as it was read alone."""
    for name, field in view.serializer_class().fields.items():
        if field.read_only and name != "version":
            body.pop(name, None)
    body.setdefault("version", 1)


def _free(body: dict[str, Any]) -> None:
    """No rule between its fields."""


def _without(*names: str) -> Callable[[dict[str, Any]], None]:
    """Fields that cannot be changed afterwards, or that only some values of another one allow."""

    def drop(body: dict[str, Any]) -> None:
        for name in names:
            body.pop(name, None)

    return drop


def _class(body: dict[str, Any]) -> None:
    """Women and men add up, ages are left out, no part is larger than the whole; days in order."""
    for part in ("under_16", "age_16_24", "over_24"):
        body.pop(part, None)
    female, male = (abs(body.get(sex) or 0) % 1000 + 1 for sex in ("female", "male"))
    body |= {"female": female, "male": male, "participants": female + male}
    for part in ("ethnic_minority", "disability", "poor_household", "distinct_people"):
        if body.get(part) is not None:
            body[part] = body[part] % (female + male) + 1
    if "sessions" in body and body["sessions"] is not None:
        body["sessions"] = body["sessions"] % 30 + 1
    if "start" in body or "end" in body:
        body["start"] = body.get("start") or body["end"]
        body["end"] = body["start"]


def _classes(body: dict[str, Any]) -> None:
    for number, row in enumerate(body["rows"]):
        _class(row)
        row["title"] = f"Lớp {number}"  # the same class twice is refused


def _vouchers(body: dict[str, Any]) -> None:
    for number, row in enumerate(body["rows"]):
        row["voucher_no"] = f"PC-{number}"
        _meant(row)


def _meant(body: dict[str, Any]) -> None:
    """What is asked about a row of the ledger is answered."""
    body |= {"same_voucher": True}


def _one_place(body: dict[str, Any]) -> None:
    """A place is named once: as `communes`, with no village beside it."""
    body.pop("commune", None)
    body.pop("village", None)
    body["communes"] = [BAN_LANG]


def _output(body: dict[str, Any]) -> None:
    """What has its day of handover is handed over."""
    _one_place(body)
    body["fiscal_year"] = "2023"
    if body.get("handed_over_on"):
        body["state"] = "handed_over"
    elif body.get("state") == "handed_over":
        body["handed_over_on"] = "2022-09-15"


def _comment(body: dict[str, Any]) -> None:
    """About a record there is, mentioning nobody."""
    body |= {"kind": "difficulty", "record": IDS["difficulty"].values_list("pk", flat=True)[0]}
    body["text"] = body["text"].replace("@", "(a)")


def _difficulty(body: dict[str, Any]) -> None:
    """Due after it was raised."""
    if body.get("due_date"):
        body["due_date"] = str(today())


def _raised(body: dict[str, Any]) -> None:
    """Of a day on which its commune was there."""
    _difficulty(body)
    body["raised_on"] = body.get("raised_on") or str(FIRST_DAY)


def _uploaded(body: dict[str, Any]) -> None:
    """A file with something in it: whether it can be read is said of it when it was."""
    body["file"] = body["file"] or b"PK"
    for name in [name for name, value in body.items() if value is None]:  # a form has no null
        del body[name]


def _board(body: dict[str, Any]) -> None:
    """A term ends after it began, the record's other day included."""
    for name, day in (("term_start", "2000-01-01"), ("term_end", str(today()))):
        if body.get(name):
            body[name] = day


def _referral(body: dict[str, Any]) -> None:
    """No more women than people, those of the record included (5)."""
    for name in ("people", "female"):
        if body.get(name) is not None:
            body[name] = abs(body[name]) % 1000
    if body.get("female") is not None and body.get("people") is None:
        body["female"] %= 5
    elif body.get("female") is not None:
        body["people"] += body["female"]


def _limits(body: dict[str, Any]) -> None:
    """The lower limit is below the upper one, the record's other one included; ceilings are of
    programmes that there are."""
    if body.get("ceilings"):
        body["ceilings"] = {CODES["program"]: next(iter(body["ceilings"].values()))}
    if body.get("variance_low") is not None:
        body["variance_low"] %= 80
    if body.get("variance_high") is not None:
        body["variance_high"] = 110 + body["variance_high"] % 90


def _plan_lines(body: dict[str, Any]) -> None:
    """One line, that may stand beside another and take the place of others."""
    body["rows"] = body["rows"][:1]
    if "plan_version" in body["rows"][0]:
        body["rows"][0]["another_fund"] = True
    else:
        body |= {"another_fund": True, "confirm_vanishing": True, "scope": "changes"}


def _confirmed(body: dict[str, Any]) -> None:
    """Lines may vanish; what is approved together is of one year."""
    body["confirm_vanishing"] = True
    body.pop("together", None)


def _point(body: dict[str, Any]) -> None:
    """Somebody has to do it, and it comes from one thing at most."""
    body.pop("visit", None), body.pop("difficulty", None)
    body["assignee_body"] = "BĐH"
    body["assignee_user"] = None


def _part(body: dict[str, Any]) -> None:
    """No more than is left of a disbursement."""
    if body.get("amount") is not None:
        body["amount"] = 1


def _figure(body: dict[str, Any]) -> None:
    """Two decimals; the indicator of the record stays."""
    for name in ("value", "baseline"):
        if body.get(name) is not None:
            body[name] = round(body[name] % 1e9, 2)


def _counted_by_hand(body: dict[str, Any]) -> None:
    """The indicator has results entered by hand: the portal cannot begin to count them."""
    _figure(body)
    body.pop("counted", None)


def _another_year(body: dict[str, Any]) -> None:
    _figure(body)
    body["fiscal_year"] = "2024"  # 2023 has its figure already


def _meeting(body: dict[str, Any]) -> None:
    body.pop("boards", None)
    for stated in body.get("stated_figures", []):
        stated.pop("ledger_value", None), stated.pop("agrees", None)
        stated["fiscal_year"] = "2023"
        stated["value"] = round(abs(stated["value"]) % 1e9, 2)


def _conclusion(body: dict[str, Any]) -> None:
    """One of the meeting's own lines, for a body."""
    body |= {"conclusion": CONCLUSION, "assignee_body": "BĐH", "assignee_user": None}


def _visit(body: dict[str, Any]) -> None:
    """A visit that was made has seen something, one that is planned has not."""
    if body.get("state") == "planned":
        body.pop("seen", None)
    elif "state" in body or "title" in body:
        body["seen"] = body.get("seen") or "Điểm rửa tay dùng tốt"


def _file(body: dict[str, Any]) -> None:
    """A file that may be kept, of a record there is."""
    body["file"] = b"%PDF-1.4 "
    if "kind" in body:
        body |= {"kind": "difficulty", "record": IDS["difficulty"].values_list("pk", flat=True)[0]}


def _photo(body: dict[str, Any]) -> None:
    """A scan that is no voucher's yet."""
    body["file"] = b"%PDF-1.4 photo"


def _topic(body: dict[str, Any]) -> None:
    """Of a programme: of all programmes only who is assigned to all makes one."""
    body["program"] = CODES["program"]


def _topic_changed(body: dict[str, Any]) -> None:
    """A code that stands in workbooks and addresses is kept."""
    body.pop("code", None)
    _topic(body)


def _scored(body: dict[str, Any]) -> None:
    """By the one criterion of its year."""
    name = Criterion.objects.values_list("name", flat=True)[0]
    body["scores"] = [{**body["scores"][0], "criterion": name}]


def _cost(body: dict[str, Any]) -> None:
    """Of a class, and of nothing else."""
    body |= {"training": IDS["training"].values_list("pk", flat=True)[0], "output": None}


def _explained(body: dict[str, Any]) -> None:
    """What lies outside the limits at the end of the year."""
    body |= {"fiscal_year": "2023", "quarter": 4, "plan_version": None}
    body["about"] = [{"program": "GBV", "commune": BAN_LANG}]


def _shared(body: dict[str, Any]) -> None:
    """One summary of a year, up to a day that is near."""
    body |= {"what": "money", "fiscal_year": "2023", "by": "program", "report": None}
    body["until"] = str(today())


def _issued(body: dict[str, Any]) -> None:
    """The report of a year, dated after the last one of the board."""
    body |= {"kind": "annual", "quarter": None, "meeting": None, "date": "2023-08-20"}


def _written(body: dict[str, Any]) -> None:
    """Text blocks that there are, of a report that nobody has begun; the record's own stays."""
    if "kind" in body:
        body |= {"kind": "quarterly", "fiscal_year": "2024", "quarter": 2}
    if "texts" in body:
        body["texts"] = dict.fromkeys(("opening", "results")[: len(body["texts"])], "Tốt")


def _written_anew(body: dict[str, Any]) -> None:
    for name in ("kind", "fiscal_year", "quarter"):
        body.pop(name, None)
    _written(body)


def _another_day(body: dict[str, Any]) -> None:
    """Not the go-live day that is fixed."""
    body["day"] = "2022-08-01"


def _from_one_to_another(body: dict[str, Any]) -> None:
    body |= {"person": "dieuphoi", "receiver": "dieuphoi_gbv"}


def _later(*names: str) -> Callable[[dict[str, Any]], None]:
    """Days after those of the record."""

    def postpone(body: dict[str, Any]) -> None:
        for name in names:
            if name in body:
                body[name] = str(today())

    return postpone


def _handed(body: dict[str, Any]) -> None:
    """All that a unit has: which records these are, its list says."""
    body.pop("records", None)


RULES: dict[str, Callable[[dict[str, Any]], None]] = {
    "disbursement-files": _file,
    "record-files": _file,
    "POST /api/v1/voucher-photos/": _photo,
    "POST /api/v1/voucher-photos/{id}/complete/": _meant,
    "POST /api/v1/proposals/{id}/score/": _scored,
    "cost-links": _cost,
    "POST /api/v1/communes/{id}/handing-on/": _handed,
    "variances": _explained,
    "issued-reports": _issued,
    "POST /api/v1/shared-links/": _shared,
    "report-drafts": _written,
    "PATCH /api/v1/report-drafts/{id}/": _written_anew,
    "go-live": _another_day,
    "hand-over": _from_one_to_another,
    "trainings": _class,
    "POST /api/v1/trainings/bulk/": _classes,
    "POST /api/v1/disbursements/": _meant,
    "PATCH /api/v1/disbursements/{id}/": _meant,
    "POST /api/v1/disbursements/bulk/": _vouchers,
    "POST /api/v1/plan-lines/bulk/": _plan_lines,
    "POST /api/v1/plan-versions/{id}/lines/": _plan_lines,
    "POST /api/v1/plan-versions/{id}/submit/": _confirmed,
    "POST /api/v1/plan-versions/{id}/approve/": _confirmed,
    "POST /api/v1/topics/": _topic,
    "PATCH /api/v1/topics/{id}/": _topic_changed,
    "PATCH /api/v1/activities/{id}/": _without("code"),
    "POST /api/v1/uploads/": _uploaded,
    "POST /api/v1/difficulties/": _raised,
    "boards": _board,
    "fiscal-years": _limits,
    "groups": _one_place,
    "outputs": _output,
    "comments": _comment,
    "action-points": _point,
    "referrals": _referral,
    "difficulties": _difficulty,
    "indicators": _figure,
    "PATCH /api/v1/indicators/{id}/": _counted_by_hand,
    "POST /api/v1/disbursements/{id}/reverse/": _part,
    "POST /api/v1/indicator-targets/": _another_year,
    "POST /api/v1/indicator-actuals/": _another_year,
    "indicator-targets": _figure,
    "indicator-actuals": _figure,
    "meetings": _meeting,
    "POST /api/v1/visits/": _visit,
    "POST /api/v1/meetings/{id}/conclude/": _conclusion,
    "PATCH /api/v1/plan-lines/{id}/": _without("plan_version"),
    "PATCH /api/v1/plan-versions/{id}/": _without("fiscal_year", "based_on", "programs"),
    "POST /api/v1/difficulties/{id}/resolve/": _later("date"),
    "POST /api/v1/agreements/{id}/amend/": _later("signed_date"),
}
