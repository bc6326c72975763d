"""One record of every resource of the API, for tests that walk over all of them."""

from django.core.files.uploadedfile import SimpleUploadedFile

from communes.models import Board
from core.values.dates import today
from disbursements.models import Disbursement
from monitoring.discussion.services import comment
from monitoring.models import Difficulty
from monitoring.tests.reviews.test_api import BODIES
from tests.factories import (
    BAN_LANG,
    api,
    commune,
    draft,
    line,
    plan,
    posted,
    submitted,
    training,
)
from trainings.models import Training

MORE = {
    "groups": {
        "name": "CLB thủ lĩnh thay đổi",
        "kind": "club_school",
        "program": "GBV",
        "communes": [BAN_LANG],
    },
    "referrals": {
        "kind": "vocational",
        "program": "GBV",
        "commune": BAN_LANG,
        "fiscal_year": "2023",
        "people": 5,
    },
    "proposal-criteria": {"fiscal_year": "2024", "name": "Phù hợp nhu cầu của xã", "weight": 3},
    "indicators": {
        "code": "GBV-N1",
        "name": "Thanh niên cam kết không tảo hôn",
        "program": "GBV",
        "unit": "người",
    },
    "indicator-targets": {
        "indicator": "GBV-N1",
        "fiscal_year": "2023",
        "commune": BAN_LANG,
        "value": 40,
    },
    "indicator-actuals": {
        "indicator": "GBV-N1",
        "fiscal_year": "2023",
        "commune": BAN_LANG,
        "value": 30,
        "evidence": "Danh sách",
    },
}


def one_of_each(cast):
    """A draft, a submitted and a posted disbursement, a plan, a class, and one of all the rest."""
    draft(5), submitted(7), posted(9), plan(line(amounts=60_000_000)), training()
    for name, body in {**BODIES, **MORE}.items():
        answers = (api(who).post(f"/api/v1/{name}/", body) for who in cast.everybody())
        assert any(answer.status_code == 201 for answer in answers), name
    comment(actor=cast.bdh, about=Difficulty.objects.get(), text="Đã xem")


def papers(cast):
    """What is kept as files beside them: a scan, a photo, a workbook, a report issued."""
    about = {"kind": "difficulty", "record": Difficulty.objects.get().pk}
    rows = Disbursement.objects.filter(status="draft")
    scan = {"disbursement": rows.values_list("pk", flat=True)[0], "file": pdf("phieu-chi.pdf")}
    send(cast.dieuphoi, "disbursement-files", scan)
    send(cast.dieuphoi, "voucher-photos", {"file": pdf("anh-chung-tu.pdf")})
    send(cast.bdh, "record-files", {**about, "file": pdf("hien-truong.pdf")})
    sheet = SimpleUploadedFile("gn.csv", b"a,b,c")
    send(cast.dieuphoi, "uploads", {"kind": "disbursements", "fiscal_year": "2023", "file": sheet})
    paid = {
        "disbursement": rows[0].pk,
        "training": Training.objects.values_list("pk", flat=True)[0],
    }
    answer = api(cast.dieuphoi).post("/api/v1/cost-links/", paid)
    assert answer.status_code == 201, answer.content
    link = {"name": "Tỉnh", "what": "money", "fiscal_year": "2023", "by": "program"}
    answer = api(cast.quantri).post("/api/v1/shared-links/", {**link, "until": str(today())})
    assert answer.status_code == 201, answer.content
    steering = {"name": "Ban Điều hành", "kind": "steering", "level": "district"}
    board = Board.objects.create(**steering, commune=commune().parent)
    report = {"kind": "annual", "fiscal_year": "2023"}
    for name, body in (
        ("report-drafts", {**report, "texts": {"opening": "Năm thứ ba"}}),
        ("issued-reports", {**report, "board": board.pk, "date": "2023-08-01"}),
    ):
        answer = api(cast.bdh).post(f"/api/v1/{name}/", body)
        assert answer.status_code == 201, (name, answer.content)


def pdf(name):
    return SimpleUploadedFile(name, b"%PDF-1.4 " + name.encode())


def send(person, name, form):
    """A form with a file, sent."""
    answer = api(person).post(f"/api/v1/{name}/", form, format="multipart")
    assert answer.status_code == 201, (name, answer.content)
    return answer.json()
