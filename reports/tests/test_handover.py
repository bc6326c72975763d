"""Biên bản bàn giao: who hands over to whom, what, in which condition, who looks after it."""

import io
from datetime import date

import pytest
from docx import Document

from programs.outputs import services as works
from programs.tests.outputs.test_services import an_output
from reports.documents.handover import compose, find
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def output(cast):
    """A handwashing point that was handed over to a school."""
    row = an_output(
        cast.dieuphoi, recipient="Trường mầm non Bản Lang", quantity=3, unit="điểm",
        maintained_by="Ban giám hiệu",
    )  # fmt: skip
    return works.confirm(
        actor=cast.dieuphoi, output=row, state="handed_over", date=date(2023, 3, 1), note="Tốt"
    )


def text_of(document):
    lines = [block.get("text", "") for block in document.blocks]
    lines += [item for block in document.blocks for item in block.get("items", ())]
    cells = [c for block in document.blocks for row in block.get("rows", ()) for c in row]
    return "\n".join([document.about, *lines, *cells])


def test_the_minute_says_what_is_known(cast, output):
    text = text_of(compose(find(output.pk, cast.bdh)))
    for said in (
        "ngày 01 tháng 3 năm 2023",
        "xã Bản Lang (nay là xã",
        "Trường mầm non Bản Lang",
        "Điểm rửa tay",
        "Đã bàn giao: Tốt.",
        "Người, đơn vị quản lý, bảo dưỡng: Ban giám hiệu.",
        "lần đầu chậm nhất ngày 01/03/2024",
        "Khi đơn vị hành chính được sắp xếp lại hoặc ban được kiện toàn",
    ):
        assert said in text


def test_what_is_not_known_is_left_open(cast):
    planned = an_output(cast.dieuphoi)
    document = compose(find(planned.pk, cast.bdh))
    assert "ngày \u2007\u2007" in document.place_and_date
    assert "bảo dưỡng: ………" in text_of(document)
    assert [each["authority"] for each in document.signatures] == [
        "ĐẠI DIỆN BÊN NHẬN",
        "ĐẠI DIỆN BÊN GIAO",
    ]


def test_the_page_leads_to_both_files_and_the_api_gives_them(cast, client, output):
    client.force_login(cast.xa_banlang)
    page = client.get(f"/outputs/{output.pk}/").content.decode()
    for extension, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        address = f"/api/v1/outputs/{output.pk}/handover.{extension}"
        assert address in page
        assert client.get(address).content.startswith(begins)
    word = Document(io.BytesIO(client.get(f"/api/v1/outputs/{output.pk}/handover.docx").content))
    assert "BIÊN BẢN" in [paragraph.text for paragraph in word.paragraphs]


def test_out_of_scope_it_does_not_exist(cast, output):
    elsewhere = make.api(make.user(communes=[make.DAO_SAN]))
    at = f"/api/v1/outputs/{output.pk}/handover"
    assert elsewhere.get(f"{at}.pdf").status_code == 404
    assert make.api(cast.bdh).get(f"{at}.txt").status_code == 404
    assert make.api(cast.bdh).get(f"{at}.pdf?x=1").status_code == 400
    assert make.api(cast.bdh).get("/api/v1/outputs/999999999/handover.pdf").status_code == 404
