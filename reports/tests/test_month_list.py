"""The list for approval printed for signature: rows, sum in words, who signs; page, API, set-up."""

import io

import pypdf
import pytest

from reports.tests import samples
from tests import factories as make


@pytest.fixture
def month(cast):
    make.submitted(12_500_000, voucher_no="PC-7", payee="Hội Phụ nữ xã")
    make.submitted(1_015, voucher_no="PC-8", activity="YEE-01")
    make.posted(3_000_000, voucher_no="PC-1")
    return make.period()


def words_of(content):
    file = samples.open_word(content)
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])


def download(client, month, query=""):
    return client.get(f"/periods/{month.pk}/list.docx{query}")


def test_it_has_each_row_the_sum_in_words_and_who_signs(cast, client, month):
    client.force_login(cast.dieuphoi)
    text = words_of(download(client, month).content)
    for said in (
        "BẢNG KÊ",
        "tháng 09/2022",
        "PC-7",
        "Hội Phụ nữ xã",
        "12.501.015",
        "Mười hai triệu năm trăm lẻ một nghìn không trăm mười lăm đồng.",
        "Người lập",
        "Phụ trách kế toán",
        "Thủ trưởng đơn vị",
    ):
        assert said in text
    assert "PC-1\n" not in text  # what is posted is another list
    assert "Nơi nhận" not in text


def test_what_is_posted_is_a_list_of_its_own_and_of_a_programme_another(cast, client, month):
    client.force_login(cast.dieuphoi)
    text = words_of(download(client, month, "?rows=posted").content)
    assert ("PC-1" in text, "PC-7" in text) == (True, False)
    text = words_of(download(client, month, "?program=YEE").content)
    assert ("PC-8" in text, "PC-7" in text) == (True, False)


def test_it_lies_across_the_page_with_the_signatures_side_by_side(cast, client, month):
    client.force_login(cast.dieuphoi)
    file = samples.open_word(download(client, month).content)
    section = file.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    assert len(file.tables[-1].rows[0].cells) == 3


def test_the_pdf_says_the_same(cast, client, month):
    client.force_login(cast.dieuphoi)
    content = client.get(f"/periods/{month.pk}/list.pdf").content
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert "12.501.015" in text
    assert "Phụ trách kế toán" in text
    assert make.api(cast.dieuphoi).get(f"/api/v1/months/{month.pk}/list.pdf").status_code == 200


def test_who_signs_is_set_for_the_year(cast, client, month):
    client.force_login(cast.quantri)
    here = "/fiscal-years/2023/"
    form = client.get(here).context["form"]
    assert form.initial["signers"].splitlines()[1] == "Phụ trách kế toán"
    values = {"variance_low": 80, "variance_high": 110, "version": make.year().version}
    saved = client.post(here, {**values, "signers": "Kế toán trưởng\n\n Giám đốc "})
    assert saved.status_code == 302
    assert make.year().who_signs == ["Kế toán trưởng", "Giám đốc"]
    text = words_of(download_as(client, cast.quanly, month))
    assert "Kế toán trưởng" in text
    assert "Người lập" not in text


def download_as(client, person, month):
    client.force_login(person)
    return download(client, month).content


@pytest.mark.parametrize("titles", [["a", "b", "c", "d", "e"], ["x" * 61]])
def test_too_many_titles_or_too_long_ones_are_refused_at_every_door(cast, client, titles):
    year = make.year()
    client.force_login(cast.quantri)
    values = {"variance_low": 80, "variance_high": 110, "version": year.version}
    page = client.post("/fiscal-years/2023/", {**values, "signers": "\n".join(titles)})
    assert page.status_code == 400
    assert "signers" in page.context["form"].errors
    body = {"version": year.version, "signers": titles}
    answer = make.api(cast.quantri).patch(f"/api/v1/fiscal-years/{year.pk}/", body)
    assert (answer.status_code, set(answer.json())) == (400, {"signers"})


def test_the_api_sets_who_signs_and_none_means_the_usual_ones(cast):
    api, here = make.api(cast.quantri), f"/api/v1/fiscal-years/{make.year().pk}/"
    found = api.patch(here, {"version": make.year().version, "signers": ["Kế toán"]}).json()
    assert found["signers"] == ["Kế toán"]
    found = api.patch(here, {"version": found["version"], "signers": []}).json()
    assert found["signers"] == ["Người lập", "Phụ trách kế toán", "Thủ trưởng đơn vị"]


def test_the_api_says_each_step_of_the_month_as_the_page_does(cast, client, month):
    found = make.api(cast.quanly).get(f"/api/v1/months/{month.pk}/steps/").json()
    assert found["rows"]["submitted"] == {"count": 2, "total": 12_501_015}
    client.force_login(cast.quanly)
    steps = client.get(f"/periods/{month.pk}/").context["steps"]
    assert [(s["step"], s["state"]) for s in found["steps"]] == [
        (each["step"].name, each["step"].state) for each in steps
    ]


@pytest.mark.parametrize("query", ["?rows=all", "?program=XX", "?x=1", "?program=YEE"])
def test_what_is_not_known_is_refused(cast, client, month, query):
    answer = make.api(cast.dieuphoi_gbv).get(f"/api/v1/months/{month.pk}/list.docx{query}")
    assert answer.status_code == 400
    client.force_login(cast.dieuphoi_gbv)
    assert download(client, month, query).status_code == 302


def test_more_rows_than_a_list_takes_are_said(cast, client, month, monkeypatch):
    monkeypatch.setattr("reports.documents.approval_list.MOST", 1)
    client.force_login(cast.dieuphoi)
    page = client.get(f"/periods/{month.pk}/list.pdf", follow=True)
    assert "Excel" in str(next(iter(page.context["messages"])))
