"""One normaliser behind every door: what is sent with control characters, lone surrogates or
bidirectional overrides is kept without them, and what is nothing else is nothing."""

import io
import json

import pytest
from openpyxl import Workbook

from disbursements.models import Disbursement
from imports import services as uploads
from monitoring.models import Difficulty
from monitoring.tests.reviews.test_api import BODIES
from programs.models import Fund
from tests import factories as make
from tests.one_of_each import MORE
from trainings.models import Training

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

DIRT = "\u0001\ud800\ufffe\u202e"
APART = "Bản Lang".replace("ả", "a\u0309")  # the same letters, decomposed


def dirty(data):
    """The body with such characters at the end of each of its texts."""
    if isinstance(data, str):
        return data + DIRT
    if isinstance(data, dict):
        return {name: dirty(value) for name, value in data.items()}
    return [dirty(value) for value in data] if isinstance(data, list) else data


@pytest.mark.parametrize("name", [*BODIES, *MORE])
def test_a_body_of_the_api_is_kept_clean(cast, name):
    if name.startswith("indicator-"):
        assert make.api(cast.quanly).post("/api/v1/indicators/", MORE["indicators"]).status_code
    body = {**BODIES, **MORE}[name]
    sent = json.dumps(dirty(body))
    answers = [
        make.api(who).post(f"/api/v1/{name}/", sent, content_type="application/json")
        for who in (cast.bdh, cast.quanly, cast.dieuphoi, cast.truongban)
    ]
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    texts = {key: value for key, value in body.items() if isinstance(value, str)}
    assert {key: made[key] for key in texts} == texts


def test_a_name_of_a_field_with_such_characters_is_refused_not_broken(cast):
    sent = json.dumps({**BODIES["difficulties"], f"{DIRT}x": 1})
    answer = make.api(cast.dieuphoi).post(
        "/api/v1/difficulties/", sent, content_type="application/json"
    )
    assert (answer.status_code, list(answer.json())) == (400, ["x"])


@pytest.mark.parametrize("text", [DIRT, "\u0000", f" {DIRT} "])
def test_what_is_nothing_else_is_nothing(cast, client, text):
    body = json.dumps({**BODIES["difficulties"], "title": text})
    asked = make.api(cast.dieuphoi).post(
        "/api/v1/difficulties/", body, content_type="application/json"
    )
    assert (asked.status_code, list(asked.json())) == (400, ["title"])
    client.force_login(cast.dieuphoi)
    sent = {"title": text.encode("utf-8", "ignore").decode(), "effect": "Chậm"}
    assert client.post("/difficulties/new/", sent).status_code == 400
    assert not Difficulty.objects.exists()


def test_a_form_is_kept_clean(cast, client):
    client.force_login(cast.dieuphoi)
    sent = {
        "title": f"Sạt lở\u0001 \u202e{APART}",
        "effect": "Chậm\u000bmột tuần\r\nVà hơn",
        "affects": "progress",
        "raised_on": "2022-09-01",
        "commune": str(make.commune().pk),
    }
    answer = client.post("/difficulties/new/", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    row = Difficulty.objects.get()
    assert (row.title, row.effect) == ("Sạt lở Bản Lang", "Chậm một tuần\nVà hơn")
    assert client.get("/difficulties/?search=s%01a%CC%A3t").status_code == 200
    assert client.get("/difficulties/?search=s%01a&format=xlsx").status_code == 200


def test_a_reason_is_kept_clean_by_page_and_api(cast, client):
    first, second = make.submitted(by=cast.dieuphoi), make.submitted(by=cast.dieuphoi)
    reason = json.dumps({"reason": f"Thiếu{DIRT}"})
    address = f"/api/v1/disbursements/{first.pk}/return/"
    answer = make.api(cast.quanly).post(address, reason, content_type="application/json")
    assert (answer.status_code, answer.json()["reason"]) == (200, "Thiếu")
    client.force_login(cast.quanly)
    sent = {"reason": "Thiếu\u0001\ufffe", "version": second.version}
    client.post(f"/disbursements/{second.pk}/return/", sent)
    second.refresh_from_db()
    assert second.reason == "Thiếu"


def test_a_workbook_is_kept_clean(cast):
    make.activity("GBV-01")
    book = Workbook()
    book.active.append(["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền", "Đơn vị nhận"])
    book.active.append(["05/07/2022", "PC-1", "GBV-01", APART, 500_000, "_x0001_Hội\u202e Phụ nữ"])
    file = io.BytesIO()
    book.save(file)
    upload = uploads.receive(
        actor=cast.dieuphoi,
        kind="disbursements",
        content=file.getvalue(),
        filename="ke\u202e hoach\u0001.xlsx",
        fiscal_year=make.year(),
    )
    uploads.confirm(actor=cast.dieuphoi, upload=upload)
    upload.refresh_from_db()
    assert (Disbursement.objects.get().payee, upload.name) == ("Hội Phụ nữ", "ke hoach.xlsx")


def test_the_name_of_a_file_is_printed_clean(cast):
    """A command line may hold bytes that are no text: Python keeps them as lone surrogates."""
    outcome = uploads.check_workbook(
        actor=cast.dieuphoi, kind="plan", source=b"x", filename="ke-hoach\udc80\u0001.xlsx"
    )
    assert outcome.as_json()["file"] == "ke-hoach.xlsx"


def test_the_shell_and_bulk_writes_are_kept_clean(reference):
    make.fund("NN", name=f"Ngân sách{DIRT}")
    Fund.objects.filter(code="NN").update(name=f"Nhà nước{DIRT}")
    assert Fund.objects.get(code="NN").name == "Nhà nước"
    Fund.objects.bulk_create([Fund(code="XH", name=f"Xã hội{DIRT}")])
    assert Fund.objects.get(code="XH").name == "Xã hội"


def test_line_ends_tabs_and_letters_of_every_script_stay(cast):
    said = "Dòng một\nDòng hai\tm² ½ ① 漢字 🙂"
    body = {**BODIES["difficulties"], "effect": said}
    row = make.api(cast.dieuphoi).post("/api/v1/difficulties/", body).json()
    assert row["effect"] == said
    assert not Training.objects.exists()
