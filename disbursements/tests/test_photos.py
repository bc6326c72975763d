"""A voucher begins as a photo alone and is completed from it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from disbursements.models import Attachment, Disbursement, VoucherPhoto
from reports.waiting import waiting_for
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
API = "/api/v1/voucher-photos/"


def picture(colour="#7a9", name="phieu-chi.jpg"):
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue())


@pytest.fixture
def photo(client, cast):
    make.activity("GBV-01")
    client.force_login(cast.dieuphoi)
    client.post("/disbursements/photos/", {"files": picture()})
    return VoucherPhoto.objects.get()


def entry(photo, **more):
    commune = str(make.commune().pk)
    fields = {"date": "15/9/2022", "activity": "GBV-01", "commune": commune, "amount": "1.500.000"}
    return {"photo": str(photo.pk), "confirmed": "1500000", **fields, **more}


def test_a_photo_waits_and_becomes_the_file_of_the_voucher_entered_from_it(client, cast, photo):
    assert not Disbursement.objects.exists()  # nothing of it is in the ledger
    waits = [entry.text for item in waiting_for(cast.dieuphoi) for entry in item.entries]
    assert waits == ["Ảnh phieu-chi.jpg"]
    assert waiting_for(cast.dieuphoi_gbv) == []
    assert "Ảnh chờ nhập" in client.get("/disbursements/").content.decode()
    page = client.get(f"/disbursements/new/?photo={photo.pk}").content.decode()
    assert f"/disbursements/photos/{photo.pk}/" in page

    refused = client.post("/disbursements/new/", entry(photo, amount="", submit="1"))
    assert refused.status_code == 400  # it says what is missing, and the photo stays beside it
    assert f"/disbursements/photos/{photo.pk}/" in refused.content.decode()
    assert VoucherPhoto.objects.exists() and not Disbursement.objects.exists()

    assert client.post("/disbursements/new/", entry(photo, submit="1")).status_code == 302
    row, file = Disbursement.objects.get(), Attachment.objects.get()
    assert (row.status, file.disbursement, file.name) == ("submitted", row, "phieu-chi.jpg")
    assert file.file.read()[:2] == b"\xff\xd8"
    assert not VoucherPhoto.objects.exists()
    trail = VoucherPhoto.history.order_by("history_id").values_list("history_type", "history_user")
    assert [*trail] == [("+", cast.dieuphoi.pk), ("-", cast.dieuphoi.pk)]

    other = entry(photo, amount="2.000.000", confirmed="2000000")
    again = client.post("/disbursements/new/", other)
    assert again.status_code == 409
    assert Disbursement.objects.count() == 1
    by_script = {"Accept": "application/json"}
    told = client.post("/disbursements/photos/", {"files": picture()}, headers=by_script)
    assert told.status_code == 400  # it is a file of a voucher already
    assert "phieu-chi.jpg" in told.json()["errors"][0]


def test_a_photo_is_its_takers_alone_and_the_api_has_it(cast, client, photo):
    api, other = make.api(cast.dieuphoi), make.api(cast.dieuphoi_gbv)
    kept = api.post(API, {"file": picture("#123", "hoa-don.jpg")}, format="multipart")
    again = api.post(API, {"file": picture("#123", "hoa-don.jpg")}, format="multipart")
    assert (kept.status_code, again.json()["id"]) == (201, kept.json()["id"])
    names = [row["name"] for row in api.get(API).json()["results"]]
    assert names == ["phieu-chi.jpg", "hoa-don.jpg"]
    assert api.get(f"{API}{photo.pk}/content/").status_code == 200
    assert other.get(API).json()["count"] == 0
    assert other.get(f"{API}{photo.pk}/content/").status_code == 404
    sheet = SimpleUploadedFile("so.txt", b"no photo")
    refused = api.post(API, {"file": sheet}, format="multipart")
    assert refused.status_code == 400
    manager = make.api(cast.quanly)
    assert manager.post(API, {"file": picture()}, format="multipart").status_code == 403
    assert api.delete(f"{API}{photo.pk}/").status_code == 204

    client.force_login(cast.dieuphoi_gbv)
    assert client.get(f"/disbursements/photos/{kept.json()['id']}/").status_code == 404
    page = client.get(f"/disbursements/new/?photo={kept.json()['id']}").content.decode()
    assert "/disbursements/photos/" + str(kept.json()["id"]) not in page


def test_a_photo_is_completed_over_the_api_as_on_the_page(cast, photo):
    api, other = make.api(cast.dieuphoi), make.api(cast.dieuphoi_gbv)
    at, once = f"{API}{photo.pk}/complete/", {"Idempotency-Key": "phieu-chi-1"}
    body = {"date": "2022-09-15", "activity": "GBV-01", "commune": make.BAN_LANG}
    whole = {**body, "amount": 1_500_000, "voucher_no": "PC-15"}
    assert other.post(at, whole).status_code == 404  # its taker's alone
    assert make.api(cast.quanly).post(at, whole).status_code == 403
    refused = api.post(at, {**body, "amount": 0, "photo": 1})
    assert (refused.status_code, set(refused.json())) == (400, {"photo"})
    problem = api.post(at, body, headers={"Accept": "application/problem+json"}).json()
    assert [(each["field"], each["code"]) for each in problem["errors"]] == [("amount", "required")]
    stale = api.post(at, whole, headers={"If-Match": '"another"'})
    assert stale.status_code == 409
    assert VoucherPhoto.objects.exists() and not Disbursement.objects.exists()

    done = api.post(at, whole, headers=once)
    again = api.post(at, whole, headers=once)
    assert (done.status_code, again.json()) == (201, done.json())
    row, file = Disbursement.objects.get(), Attachment.objects.get()
    assert (row.status, row.amount, file.disbursement) == ("draft", 1_500_000, row)
    assert done["Location"].endswith(f"/api/v1/disbursements/{row.pk}/")
    assert api.get(done["Location"]).json() == done.json()
    said = VoucherPhoto.history.latest("history_id").history_change_reason
    assert said == "đã nhập thành chứng từ"
    assert not VoucherPhoto.objects.exists()
    assert api.post(at, whole).status_code == 404

    kept = api.post(API, {"file": picture("#456")}, format="multipart")
    tag = {"If-Match": api.get(f"{API}{kept.json()['id']}/")["ETag"]}
    twin = api.post(f"{API}{kept.json()['id']}/complete/", whole, headers=tag)
    assert (twin.status_code, set(twin.json())) == (400, {"voucher_no"})  # as every new voucher
    assert VoucherPhoto.objects.count() == 1
    assert api.delete(f"{API}{kept.json()['id']}/", headers=tag).status_code == 204
