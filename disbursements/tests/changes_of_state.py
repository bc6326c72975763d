"""Each change of state through each door: the service, the API, the page (see the matrix).

A door answers with `ok`, or with the status code of its refusal; services raise what stands for
that code behind every door.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from core.services.errors import Conflict
from disbursements.attachments import services as attachments
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, PlanVersion
from disbursements.plans import drafts as open_drafts
from disbursements.plans import editing as plan_edit
from disbursements.plans import services as plans
from programs.years import closing
from tests import factories as make

REFUSALS: dict[type[Exception], str] = {
    ValidationError: "400",
    PermissionDenied: "403",
    Http404: "404",
    Conflict: "409",
}
NEW: dict[str, Any] = {"date": "2022-09-15", "payee": "Trạm Y tế", "voucher_no": "PC-77"}
WHY: dict[str, Any] = {"reason": "Sai số tiền"}

Call = Callable[[Any, Any], Any]


def service(call: Call, actor: Any, record: Any) -> str:
    try:
        call(actor, record)
    except tuple(REFUSALS) as refusal:
        return next(code for kind, code in REFUSALS.items() if isinstance(refusal, kind))
    return "ok"


def said(status: int) -> str:
    return "ok" if status in (200, 201, 302) else str(status)


def by_api(actor: Any, record: Any, address: str, body: dict[str, Any]) -> str:
    client = make.api(actor)
    send = client.patch if address == "edit" else client.post
    family = "plan-versions" if isinstance(record, PlanVersion) or address == "plans" else ""
    url = f"/api/v1/{family or 'disbursements'}/"
    if record is not None:
        url += f"{record.pk}/" + ("" if address == "edit" else f"{address}/")
    return said(send(url, body, format="json").status_code)


def by_page(actor: Any, name: str, arguments: list[Any], form: dict[str, Any]) -> str:
    client = Client()
    client.force_login(actor)
    return said(client.post(reverse(name, args=arguments), form).status_code)


class Change:
    """One change of state: how each door makes it, and how to see that it was made."""

    def __init__(
        self,
        call: Call,
        *,
        page: str,
        form: Callable[[Any], dict[str, Any]] = lambda _record: {},
        api: str = "",
        body: Callable[[Any], dict[str, Any]] = lambda _record: {},
        made: Callable[[Any], Any],
    ) -> None:
        self.call, self.page, self.form, self.api, self.body = call, page, form, api, body
        self.made = made

    @property
    def doors(self) -> list[str]:
        return ["service", "page", *(["api"] if self.api else [])]

    def attempt(self, door: str, actor: Any, record: Any) -> str:
        """What the door answers; what it did is undone. Says so when answer and effect differ."""
        with transaction.atomic():
            before = self.made(record)
            if door == "service":
                answer = service(self.call, actor, record)
            elif door == "api":
                answer = by_api(actor, record, self.api, self.body(record))
            else:
                key = [] if record is None else [getattr(record, "code", record.pk)]
                answer = by_page(actor, self.page, key, self.form(record))
            changed = self.made(record) != before
            transaction.set_rollback(True)
        if record is not None:
            record.refresh_from_db()
        if changed != (answer == "ok"):
            return f"{answer}, but {'something' if changed else 'nothing'} changed"
        return answer


def state_of(record: Any) -> Any:
    """What a change of state changes, read from the database."""
    model = type(record)
    fields = ["status", "payee", "reversed_amount"] if model is Disbursement else ["state"]
    return model.objects.values_list(*fields).get(pk=record.pk)


def entry(record: Any) -> dict[str, Any]:
    """The entry form: 5.000 đồng for GBV-01 in Bản Lang."""
    return {
        **NEW,
        "activity": "GBV-01",
        "commune": make.commune().pk,
        "amount": "5000",
        "confirmed": "5000",
        "version": "" if record is None else record.version,
    }


def new_body(record: Any) -> dict[str, Any]:
    body = {**NEW, "activity": "GBV-01", "commune": make.BAN_LANG, "amount": 5000}
    return body if record is None else {"payee": NEW["payee"], "version": record.version}


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("PC-77.pdf", b"%PDF-1.4 phieu chi")


def _create(actor: Any, _record: Any) -> None:
    make.draft(5000, by=actor)


CHANGES: dict[str, Change] = {
    "create": Change(
        _create,
        page="disbursement-new",
        form=entry,
        api="disbursements",
        body=new_body,
        made=lambda _: Disbursement.objects.count(),
    ),
    "edit": Change(
        lambda actor, row: ledger.update(
            actor=actor, disbursement=row, version=row.version, payee=NEW["payee"]
        ),
        page="disbursement-edit",
        form=entry,
        api="edit",
        body=new_body,
        made=state_of,
    ),
    "attach": Change(
        lambda actor, row: attachments.add(actor=actor, disbursement=row, upload=a_file()),
        page="attachment-add",
        form=lambda _row: {"files": a_file()},
        made=lambda row: row.attachments.count(),
    ),
    "submit": Change(
        lambda actor, row: ledger.submit(actor=actor, disbursement=row),
        page="disbursement-submit",
        api="submit",
        made=state_of,
    ),
    "withdraw": Change(
        lambda actor, row: ledger.withdraw(actor=actor, disbursement=row),
        page="disbursement-withdraw",
        api="withdraw",
        made=state_of,
    ),
    "post": Change(
        lambda actor, row: ledger.post(actor=actor, disbursement=row),
        page="disbursement-post",
        api="post",
        made=state_of,
    ),
    "return": Change(
        lambda actor, row: ledger.return_(actor=actor, disbursement=row, **WHY),
        page="disbursement-return",
        form=lambda _: WHY,
        api="return",
        body=lambda _: WHY,
        made=state_of,
    ),
    "reverse": Change(
        lambda actor, row: ledger.reverse(actor=actor, disbursement=row, **WHY),
        page="disbursement-reverse",
        form=lambda _: {"r-reason": WHY["reason"]},
        api="reverse",
        body=lambda _: WHY,
        made=state_of,
    ),
    "draft plan": Change(
        lambda actor, _: plans.create_draft(actor=actor, fiscal_year=make.year()),
        page="plan-new",
        form=lambda _: {"fiscal_year": "2023", "source": "empty"},
        api="plans",
        body=lambda _: {"fiscal_year": "2023"},
        made=lambda _: PlanVersion.objects.count(),
    ),
    "submit plan": Change(
        lambda actor, plan: plans.submit(actor=actor, plan=plan),
        page="plan-submit",
        api="submit",
        made=state_of,
    ),
    "edit plan": Change(
        lambda actor, plan: plan_edit.describe(
            actor=actor, plan=plan, reason=WHY["reason"], version=plan.version
        ),
        page="plan-reason",
        form=lambda plan: {"why-reason": WHY["reason"], "why-version": plan.version},
        api="edit",
        body=lambda plan: {**WHY, "version": plan.version},
        made=lambda plan: PlanVersion.objects.values_list("reason").get(pk=plan.pk),
    ),
    "approve plan": Change(
        lambda actor, plan: plans.approve(actor=actor, plan=plan),
        page="plan-approve",
        api="approve",
        made=state_of,
    ),
    "withdraw plan": Change(
        lambda actor, plan: open_drafts.withdraw(actor=actor, plan=plan),
        page="plan-withdraw",
        api="withdraw",
        made=state_of,
    ),
    "return plan": Change(
        lambda actor, plan: plans.return_(actor=actor, plan=plan, **WHY),
        page="plan-return",
        form=lambda _: WHY,
        api="return",
        body=lambda _: WHY,
        made=state_of,
    ),
    "close month": Change(
        lambda actor, month: closing.close_period(actor=actor, period=month),
        page="period-close",
        made=state_of,
    ),
    "reopen month": Change(
        lambda actor, month: closing.reopen_period(actor=actor, period=month, **WHY),
        page="period-reopen",
        form=lambda _: WHY,
        made=state_of,
    ),
    "close year": Change(
        lambda actor, year: closing.close_year(actor=actor, fiscal_year=year),
        page="year-state",
        made=state_of,
    ),
    "reopen year": Change(
        lambda actor, year: closing.reopen_year(actor=actor, fiscal_year=year, **WHY),
        page="year-state",
        form=lambda _: WHY,
        made=state_of,
    ),
}
