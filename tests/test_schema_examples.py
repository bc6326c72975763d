"""What the schema shows as a request is accepted as it stands, ids and versions apart."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from communes.models import Board
from core.values.dates import today
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, PlanProgram, PlanVersion
from imports import after_commit
from imports import services as uploads
from imports.models import Upload
from monitoring.models import Meeting
from programs.models import Agreement, FiscalYear
from programs.years import go_live
from tests import drill
from tests import factories as make
from tests.one_of_each import one_of_each, papers

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
CENTRES = {"code": "YEE-TT", "name": "Trung tâm", "program": "YEE", "unit": "trung tâm"}
PROPOSAL = {
    "title": "Điểm rửa tay",
    "program": "GBV",
    "commune": make.BAN_LANG,
    "why": "Thiếu nước",
    "for_whom": "Điểm trường",
    "expected": "1 điểm",
    "estimate": 1_000_000,
    "fiscal_year": "2023",
}


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture
def people(cast):
    """Everybody's client, on a record of everything."""
    one_of_each(cast)
    papers(cast)
    make.draft_plan(make.line("YEE-01"), fiscal_year="2024")
    Meeting.objects.update(conclusions=drill.CONCLUSION)
    make.api(cast.bdh).post("/api/v1/indicators/", CENTRES)
    return [make.api(person) for person in cast.everybody()]


def sent(people: list[Any], address: str, body: dict[str, Any], method: str = "post") -> Any:
    """The first answer that is no refusal, whoever gets it; else the last refusal but 403."""
    refused = None
    for client in people:
        answer = getattr(client, method)(address, body)
        if answer.status_code < 300:
            return answer
        if answer.status_code != 403 or refused is None:
            refused = answer
    return refused


def after(name: str, body: dict[str, Any]) -> Callable[[list[Any], int], int]:
    """The record, with an action done to it before."""

    def prepare(people: list[Any], row: int) -> int:
        answer = sent(people, f"/api/v1/{name.replace('{id}', str(row))}/", body)
        assert answer.status_code < 300, answer.content
        return row

    return prepare


def made(make_row: Callable[[], Any]) -> Callable[[list[Any], int], int]:
    return lambda _people, _row: make_row().pk


def posted(name: str, body: dict[str, Any]) -> Callable[[list[Any], int], int]:
    return lambda people, _row: sent(people, f"/api/v1/{name}/", body).json()["id"]


def alone(make_plan: Callable[[], Any]) -> Callable[[list[Any], int], int]:
    """A plan (or a line of it), when no other open draft speaks for its programmes."""

    def prepare(_people: list[Any], _row: int) -> int:
        PlanProgram.objects.update(is_open=False)
        return make_plan().pk

    return prepare


def behind() -> PlanVersion:
    """A draft that was begun before the version in force."""
    plan = make.draft_plan(make.line("GBV-03"))
    PlanVersion.objects.filter(pk=plan.pk).update(based_on=None)
    return plan


def coordinator() -> User:
    return User.objects.get(username="dieuphoi")


def chosen(people: list[Any], row: int) -> int:
    """A proposal of this year that the board took."""
    new = sent(people, "/api/v1/proposals/", PROPOSAL).json()["id"]
    return after("proposals/{id}/select", {})(people, new) and row


def signed(_people: list[Any], row: int) -> int:
    Agreement.objects.filter(pk=row).update(signed_date=date(2023, 1, 15))
    return row


def closed_months() -> FiscalYear:
    """A year that can be closed."""
    year = FiscalYear.objects.get(code="2023")
    year.periods.update(state="closed")
    return year


def closed_year() -> FiscalYear:
    FiscalYear.objects.filter(code="2023").update(state="closed")
    return FiscalYear.objects.get(code="2023")


def proposed(_people: list[Any], row: int) -> int:
    """A later go-live day that somebody else has to agree to."""
    later = date(2024, 7, 1)
    go_live.move(actor=User.objects.get(username="truongban"), day=later, reason="Chưa đủ sổ")
    return row


def attended_before(people: list[Any], row: int) -> int:
    """A meeting that has one of its kind before it, with who attended."""
    before = {"title": "Hội nghị đầu năm", "kind": "annual_review", "date": "2022-08-02"}
    came = {"attendance": [{"body": "Đoàn Thanh niên", "people": 2}]}
    assert sent(people, "/api/v1/meetings/", {**before, **came}).status_code == 201
    return row


def told(people: list[Any], _row: int) -> int:
    """A notice of one of them: another one's nobody sees."""
    lists = (client.get("/api/v1/notices/").json()["results"] for client in people)
    notice: int = next(rows[0]["id"] for rows in lists if rows)
    return notice


VOUCHERS = (
    "Ngày,Số chứng từ,Mã hoạt động,Xã,Số tiền (đồng),Đơn vị nhận\n"
    "15/09/2022,PC-77,GBV-01,Bản Lang,1000000,Hội Phụ nữ xã\n"
)


def committed(*, posted: bool = False) -> Upload:
    """A workbook whose one row is in the ledger."""
    upload = uploads.receive(
        actor=coordinator(),
        kind="disbursements",
        content=VOUCHERS.encode(),
        filename="gn.csv",
        fiscal_year=FiscalYear.objects.get(code="2023"),
    )
    uploads.confirm(actor=coordinator(), upload=upload)
    upload.refresh_from_db()
    if posted:
        after_commit.submit_all(actor=coordinator(), upload=upload)
        [row] = Disbursement.objects.filter(pk__in=upload.saved)
        ledger.post(actor=make.somebody("manager"), disbursement=row)
    return upload


# In which state an action is done, where that is not the record as it was made.
READY: dict[str, Callable[[list[Any], int], int]] = {
    "patch activities/{id}": made(lambda: make.activity("GBV-01")),
    "patch topics/{id}": made(lambda: make.topic("GBV-CLB")),
    "post agreements/{id}/amend": signed,
    "post meetings/{id}/attendance-from-last": attended_before,
    "post notices/{id}/read": told,
    "post action-points/{id}/reopen": after("action-points/{id}/cancel", {"reason": "Nhầm"}),
    "post action-points/{id}/verify": after("action-points/{id}/finish", {"note": "Xong"}),
    "post difficulties/{id}/resolve": posted(
        "difficulties", {"title": "Sạt lở", "effect": "Chậm", "raised_on": "2023-05-02"}
    ),
    "post difficulties/{id}/reopen": after("difficulties/{id}/resolve", {"result": "Thông"}),
    "patch disbursements/{id}": made(make.draft),
    "post disbursements/{id}/submit": made(make.draft),
    "post disbursements/{id}/withdraw": made(
        lambda: make.submitted(by=User.objects.get(username="dieuphoi"))
    ),
    "post disbursements/{id}/post": made(make.submitted),
    "post disbursements/{id}/return": made(make.submitted),
    "post disbursements/submit": made(make.draft),
    "post disbursements/post": made(make.submitted),
    "post disbursements/return": made(make.submitted),
    "post disbursements/{id}/reverse": made(lambda: make.posted(20_000_000)),
    "patch plan-versions/{id}": alone(lambda: make.draft_plan(make.line("GBV-03"))),
    "post plan-versions/{id}/refresh": alone(behind),
    "post plan-versions/{id}/submit": alone(make.draft_plan),
    "post plan-versions/{id}/approve": alone(make.submitted_plan),
    "post plan-versions/{id}/return": alone(make.submitted_plan),
    "post plan-versions/{id}/join": alone(
        lambda: make.draft_plan(make.line("GBV-03"), fiscal_year="2024")
    ),
    "post plan-versions/{id}/lines": alone(make.draft_plan),
    "post plan-versions/{id}/set-aside": alone(lambda: make.draft_plan(by=coordinator())),
    "post plan-versions/{id}/withdraw": alone(lambda: make.submitted_plan(by=coordinator())),
    "patch plan-lines/{id}": alone(lambda: make.draft_plan(make.line("GBV-03")).lines.get()),
    "patch fiscal-years/{id}": made(lambda: FiscalYear.objects.get(code="2023")),
    "post proposals/plan-selected": chosen,
    "post fiscal-years/{id}/close": made(closed_months),
    "post fiscal-years/{id}/reopen": made(closed_year),
    "post months/{id}/reopen": made(lambda: make.close(make.period())),
    "post go-live/agree": proposed,
    "post go-live/drop": proposed,
    "post uploads/{id}/undo": made(committed),
    "post uploads/{id}/submit": made(committed),
    "post uploads/{id}/reverse": made(lambda: committed(posted=True)),
}


AT_SET_UP = ("/api/v1/go-live/",)  # what is there once: tests/test_api_has_the_pages.py sends it


def test_every_example_of_a_new_record_makes_one(people, document):
    _try(people, document, lambda method, path: method == "post" and _is_new(path))


def test_every_example_of_a_change_is_accepted(people, document):
    _try(people, document, lambda method, path: method == "patch")


def test_every_example_of_an_action_is_accepted(people, document):
    _try(people, document, lambda method, path: method == "post" and not _is_new(path))


def _is_new(path: str) -> bool:
    return path.count("/") == 4


def _try(people: list[Any], document: Any, wanted: Callable[[str, str], bool]) -> None:
    """Send the examples of these operations: each is answered with the status it declares."""
    wrong, asked = [], 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            is_json = "application/json" in operation.get("requestBody", {}).get("content", {})
            if is_json and wanted(method, path) and path not in AT_SET_UP:
                asked += 1
                with transaction.atomic():
                    wrong += _tried(people, document, method, path)
                    transaction.set_rollback(True)
    assert asked > 10
    assert not wrong, "\n".join(wrong)


def _tried(people: list[Any], document: Any, method: str, path: str) -> list[str]:
    operation = document["paths"][path][method]
    declared = [int(code) for code in operation["responses"] if code.startswith("2")]
    content = operation["requestBody"]["content"]["application/json"]
    [example] = content["examples"].values()
    body = here(example["value"])
    short = f"{method} {path.removeprefix('/api/v1/').rstrip('/')}"
    row = 0
    if "{id}" in path:
        model = resolve(path.replace("{id}", "1")).func.cls.queryset.model  # type: ignore[attr-defined]
        row = model._base_manager.order_by("-pk").values_list("pk", flat=True)[0]
    if short in READY:
        row = READY[short](people, row)
    if "ids" in body:
        body |= {"ids": [row], "versions": {str(row): Disbursement.objects.get(pk=row).version}}
    if "version" in body:
        start, is_one, _tail = path.partition("{id}")
        record = f"{start}{row}/" if is_one else "/".join([*path.split("/")[:4], ""])
        body["version"] = _version(people, record)
    answer = sent(people, path.replace("{id}", str(row)), body, method)
    if answer.status_code in declared:
        return []
    return [f"{short} {body}: {answer.status_code} {answer.content.decode()[:300]}"]


def _version(people: list[Any], record: str) -> Any:
    """The version of a record, as who may see it reads it."""
    found = (client.get(record) for client in people)
    return next(answer.json()["version"] for answer in found if answer.status_code == 200)


def here(example: dict[str, Any]) -> dict[str, Any]:
    """An example with ids of records that there are, and the year that has no figure yet."""
    example = dict(example)
    for name in drill.IDS.keys() & example.keys():
        example[name] = drill.IDS[name].values_list("pk", flat=True)[0]
    if "rows" in example:
        example["rows"] = [here(row) for row in example["rows"]]
    if "until" in example:
        example["until"] = str(today())
    if "record" in example:
        example["record"] = Meeting.objects.values_list("pk", flat=True)[0]
    if example.get("boards"):
        example["boards"] = list(Board.objects.values_list("pk", flat=True)[:1])
    if "indicator" in example and "version" not in example:
        example["fiscal_year"] = "2024"
    return example
