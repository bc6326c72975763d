"""A page whose record was changed meanwhile keeps what was typed and takes the version of now: sent
once more it is saved. Otherwise a form that the browser keeps could never be saved again."""

from typing import Any, NamedTuple

import pytest
from django.db.models import F
from django.urls import reverse

from accounts.models import User
from accounts.people import services as people
from communes.models import ProgrammeArea
from core.pages.forms import STALE
from disbursements.models import Disbursement, PlanVersion
from monitoring.models import VarianceNote
from monitoring.variance import services as variance
from programs.models import FiscalYear
from reports.models import ReportDraft
from tests import factories as make

# Of forms.
pytestmark = pytest.mark.any_database


class Page(NamedTuple):
    """Who opens which address, sends what to where on it, by which form, about which record."""

    who: str
    address: str
    form: str
    typed: dict[str, Any]
    record: Any
    to: str = ""


def line(cast):
    plan = make.draft_plan(by=cast.dieuphoi)
    typed = {"activity": "GBV-01", "commune": make.commune().pk, "q1": "300", "note": "đợt 2"}
    return Page("dieuphoi", f"/plans/{plan.pk}/", "line_form", typed, PlanVersion, "lines/")


def transfer(cast):
    plan = make.draft_plan(make.line(), make.line("YEE-01"), by=cast.dieuphoi)
    source, target = plan.lines.order_by("pk")
    places = {"source": source.pk, "quarter": 1, "target": target.pk, "to_quarter": 2}
    typed = {**places, "amount": "7", "reason": "Mưa"}
    return Page("dieuphoi", f"/plans/{plan.pk}/", "transfer_form", typed, PlanVersion, "transfer/")


def reason(cast):
    address = f"/plans/{make.draft_plan(by=cast.dieuphoi).pk}/"
    return Page("dieuphoi", address, "reason_form", {"reason": "Mưa lũ"}, PlanVersion, "reason/")


def approval(cast):
    address = f"/plans/{make.submitted_plan(by=cast.dieuphoi).pk}/"
    typed = {"decision_no": "12/QĐ"}
    return Page("truongban", address, "approve_form", typed, PlanVersion, "approve/")


def plan_returned(cast):
    address = f"/plans/{make.submitted_plan(by=cast.dieuphoi).pk}/"
    typed = {"reason": "Thiếu nguồn"}
    return Page("truongban", address, "return_form", typed, PlanVersion, "return/")


def voucher(cast):
    row = make.draft(by=cast.dieuphoi)
    typed = {"payee": "Trạm y tế", "confirmed": row.amount}
    return Page("dieuphoi", f"/disbursements/{row.pk}/edit/", "form", typed, Disbursement)


def voucher_returned(cast):
    address = f"/disbursements/{make.submitted(by=cast.dieuphoi).pk}/"
    typed = {"reason": "Thiếu hóa đơn"}
    return Page("quanly", address, "return_form", typed, Disbursement, "return/")


def reversal(cast):
    row = make.posted(by=cast.dieuphoi, post_by=cast.quanly)
    typed = {"reason": "Nhập hai lần", "date": "15/09/2022"}
    address = f"/disbursements/{row.pk}/"
    return Page("quanly", address, "reverse_form", typed, Disbursement, "reverse/")


def year(_cast):
    address = reverse("year-settings-edit", args=["2023"])
    return Page("quantri", address, "form", {"ceiling": "9.000.000"}, FiscalYear)


def area(_cast):
    address = reverse("setup-step", args=["area"])
    return Page("quantri", address, "form", {"name": "Phong Thổ mới"}, ProgrammeArea)


def text(cast):
    ReportDraft.objects.create(kind="annual", fiscal_year=make.year(), texts={"results": "Cũ."})
    address = reverse("report-draft", args=["annual", "2023"])
    return Page("bdh", address, "form", {"results": "Năm tốt."}, ReportDraft)


def explanation(cast):
    make.plan(make.line(amounts=100))
    found = variance.variances(cast.dieuphoi, make.year(), 1)[0]
    subject = {"program": found.program, "commune": found.commune, "activity": found.activity}
    said = {"fiscal_year": make.year(), "quarter": 1, "text": "Mưa"}
    variance.explain(actor=cast.dieuphoi, **subject, **said)
    address = reverse("variance", args=["2023", 1, found.program.code, *found.subject])
    sent = {"text": "Mưa lũ", "cause": "weather"}
    return Page("dieuphoi", address, "form", sent, VarianceNote)


def person(cast):
    return Page("quantri", reverse("person", args=[cast.khach.pk]), "form", {"office": "B"}, User)


PAGES = [
    line,
    transfer,
    reason,
    approval,
    plan_returned,
    voucher,
    voucher_returned,
    reversal,
    year,
    area,
    text,
    explanation,
    person,
]


def as_sent(form):
    """What a browser sends of a form as it stands."""
    values = {field.html_name: field.value() for field in form}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def somebody_changes(record, cast):
    if record is User:
        people.change(actor=cast.quantri, user=cast.khach, role="viewer", office="A")
    else:
        assert record.objects.update(version=F("version") + 1)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_what_was_typed_on_a_stale_page_is_saved_when_it_is_sent_again(cast, client, page):
    page = page(cast)
    client.force_login(getattr(cast, page.who))
    form = client.get(page.address).context[page.form]
    typed = {form.add_prefix(name): str(value) for name, value in page.typed.items()}
    sent = as_sent(form) | typed
    somebody_changes(page.record, cast)

    stale = client.post(page.address + page.to, sent)
    assert stale.status_code == 409
    assert str(STALE) in stale.content.decode()
    assert as_sent(stale.context[page.form]).items() >= typed.items()

    again = client.post(page.address + page.to, as_sent(stale.context[page.form]))
    assert again.status_code == 302
