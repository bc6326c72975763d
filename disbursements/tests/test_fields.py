"""Each detail of a disbursement is there at every door, on every page and in every file."""

import csv
import io
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from openpyxl import Workbook

from disbursements import guards
from disbursements.fields import CHANGES_WHEN_POSTED, DETAILS, NAMES
from disbursements.ledger.lists import COLUMNS
from disbursements.models import Disbursement, PlanLine
from imports.services import check_workbook
from tests import factories as make

BY_NAME = pytest.mark.parametrize("detail", DETAILS, ids=lambda detail: detail.name)
DAY = date(2022, 9, 14)


def written(detail):
    """A value of a detail: in the database, as it is sent, as a page shows it."""
    if detail.is_text:
        return "Theo tờ trình 12", "Theo tờ trình 12", "Theo tờ trình 12"
    return DAY, DAY.isoformat(), "14/09/2022"


def entry(**more):
    return {
        "date": "2022-09-15",
        "activity": make.activity().code,
        "commune": make.commune().pk,
        "amount": "5000",
        "confirmed": "5000",
        **more,
    }


def test_what_is_not_a_rule_is_a_detail():
    """Every column that somebody enters is named once; the others follow or are set by acts."""
    entered = [field.name for field in Disbursement._meta.concrete_fields if field.editable]
    follow = {"id", "created_at", "search_key", "sort_key"}
    assert set(entered) - follow == set(NAMES)


@pytest.mark.any_database
@BY_NAME
def test_a_detail_is_entered_on_the_form_and_stands_on_the_page(cast, client, detail):
    stored, sent, shown = written(detail)
    client.force_login(cast.dieuphoi_gbv)
    client.post("/disbursements/new/", entry(**{detail.name: sent}))
    row = Disbursement.objects.get()
    assert getattr(row, detail.name) == stored
    page = client.get(reverse("disbursement", args=[row.pk]))
    assert shown in dict(page.context["details"]).values()
    assert shown in page.content.decode()
    form = client.get(reverse("disbursement-edit", args=[row.pk])).context["form"]
    assert form.initial[detail.name] == stored


@pytest.mark.any_database
@BY_NAME
def test_a_detail_goes_through_the_api_both_ways(cast, detail):
    stored, sent, _shown = written(detail)
    api = make.api(cast.dieuphoi_gbv)
    body = entry(commune=make.BAN_LANG, amount=5000, **{detail.name: sent})
    del body["confirmed"]
    made = api.post("/api/v1/disbursements/", body).json()
    assert made[detail.name] == sent
    assert getattr(Disbursement.objects.get(pk=made["id"]), detail.name) == stored


@pytest.mark.any_database
@BY_NAME
def test_a_detail_is_a_column_of_the_list_and_of_its_files(cast, client, detail):
    stored, sent, _shown = written(detail)
    make.draft(**{detail.name: stored})
    client.force_login(cast.quanly)
    answer = client.get("/disbursements/?cols=all&format=csv")
    head, row = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    column = next(each for each in COLUMNS if each.label == detail.label)
    assert row[head.index(column.heading)] == sent


@pytest.mark.any_database
@BY_NAME
def test_who_approves_sees_every_detail(cast, client, detail):
    stored, sent, shown = written(detail)
    row = make.submitted(**{detail.name: stored})
    client.force_login(cast.quanly)
    address = reverse("approval-list", args=[row.period_id])
    assert shown in client.get(address).content.decode()
    assert sent in client.get(address, {"format": "csv", "cols": "all"}).getvalue().decode()


@BY_NAME
def test_posting_freezes_a_detail_in_the_database(cast, detail):
    stored, _sent, _shown = written(detail)
    row = make.posted()
    with pytest.raises(IntegrityError, match="portal: posted row"), transaction.atomic():
        Disbursement.objects.filter(pk=row.pk).update(**{detail.name: stored})


def test_posting_freezes_all_but_what_a_reversal_changes(cast):
    assert {"reversed_amount", "version", "search_key", "sort_key"} == CHANGES_WHEN_POSTED
    row = make.posted()
    Disbursement.objects.filter(pk=row.pk).update(version=9, search_key="x", sort_key="x")


def test_a_guard_of_an_earlier_release_is_noticed(db):
    """As after a release that changed a guard, where nobody ran `migrate`."""
    assert guards.missing(connection) == []
    now = guards.statements(connection.vendor)
    earlier = [text.replace("OLD.note, ", "").replace("NEW.note, ", "") for text in now]
    assert earlier != now
    guards.remove(connection)
    with connection.cursor() as cursor:
        for statement in earlier:
            cursor.execute(statement)
    posted = {"sqlite": "portal_posted_update ON disbursements_disbursement"}
    assert guards.missing(connection) == [
        posted.get(connection.vendor, "portal_guard_disbursement")
    ]
    guards.install(connection)
    assert guards.missing(connection) == []


HEADINGS = [
    pytest.param(detail, heading, id=heading)
    for detail in DETAILS
    for heading in detail.headings.split("|")
]


@pytest.mark.any_database
@pytest.mark.parametrize(("detail", "heading"), HEADINGS)
def test_a_workbook_may_call_a_detail_by_each_of_its_words(cast, detail, heading):
    stored, _sent, shown = written(detail)
    columns = {"Ngày": "15/09/2022", "Số CT": "PC-1", "Mã hoạt động": make.activity().code}
    columns |= {"Xã": "Bản Lang", "Số tiền": 5000}
    if detail.name == "voucher_no":
        del columns["Số CT"]
    book = Workbook()
    book.active.append([*columns, heading])
    book.active.append([*columns.values(), shown])
    file = io.BytesIO()
    book.save(file)
    outcome = check_workbook(
        actor=cast.dieuphoi_gbv,
        kind="disbursements",
        source=file.getvalue(),
        fiscal_year=make.year(),
    )
    assert outcome.errors == []
    assert [getattr(item, detail.name) for item in outcome.items] == [stored]


@pytest.mark.parametrize("name", PlanLine.details)
def test_a_detail_of_a_plan_line_goes_through_every_door(cast, client, name):
    plan = make.draft_plan(by=cast.dieuphoi)
    client.force_login(cast.dieuphoi)
    line = {"activity": make.activity("YEE-01").code, "q1": "5000", name: "Trạm Y tế"}
    line |= {"commune": str(make.commune().pk), "version": plan.version}
    client.post(reverse("plan-line", args=[plan.pk]), line)
    row = plan.lines.get(activity__code="YEE-01")
    assert getattr(row, name) == "Trạm Y tế"
    page = client.get(f"/plans/{plan.pk}/", {"line": row.pk})
    assert page.context["line_form"].initial[name] == "Trạm Y tế"
    file = client.get(f"/plans/{plan.pk}/", {"format": "csv", "cols": "all"})
    assert "Trạm Y tế" in file.getvalue().decode()
    api = make.api(cast.dieuphoi)
    address = f"/api/v1/plan-lines/{row.pk}/"
    found = api.get(address).json()
    assert found[name] == "Trạm Y tế"
    changed = api.patch(address, {name: "UBND xã", "version": found["version"]}).json()
    assert changed[name] == "UBND xã"
