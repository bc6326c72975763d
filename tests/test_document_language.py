"""No file speaks two languages: documents are Vietnamese, exports and slides are the reader's."""

import csv
import io
import zipfile

import docx
import pypdf
import pytest
from django.test import Client
from lxml import etree
from openpyxl import load_workbook

from accounts.models import User
from core.values.text import sort_key
from monitoring.models import Meeting
from programs.models import FiscalYear
from tests import factories as make
from tests import pages
from tests.test_language import stored
from tests.test_lists import EVERY_LIST
from tests.words import is_english, is_vietnamese_of_ours

pytestmark = pytest.mark.any_database

WRONG = {"vi": is_english, "en": is_vietnamese_of_ours}
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def of_word(content: bytes) -> set[str]:
    """Every text of a .docx: body, tables, header, charts with their descriptions, properties."""
    file = docx.Document(io.BytesIO(content))
    properties = file.core_properties
    found = {properties.title, properties.comments, properties.author}
    paragraphs = [*file.paragraphs, *file.sections[0].header.paragraphs]
    paragraphs += [
        p for t in file.tables for row in t.rows for c in row.cells for p in c.paragraphs
    ]
    found |= {paragraph.text for paragraph in paragraphs}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.startswith("word/charts/chart"):
                chart = etree.fromstring(parts.read(name))
                found |= {e.text or "" for e in chart.iter() if e.tag.rpartition("}")[2] in "tv"}
        body = etree.fromstring(parts.read("word/document.xml"))
        found |= {e.get("descr", "") for e in body.iter(f"{WP}docPr")}
    return found


def of_pdf(content: bytes) -> set[str]:
    """The lines of a PDF and its title."""
    file = pypdf.PdfReader(io.BytesIO(content))
    lines = {line for page in file.pages for line in page.extract_text().splitlines()}
    return lines | {(file.metadata and file.metadata.title) or ""}


def of_workbook(content: bytes) -> set[str]:
    """The text of every cell, and the names of the sheets."""
    book = load_workbook(io.BytesIO(content))
    cells = {
        part
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if isinstance(cell, str) and not cell.startswith("=")
        for part in cell.splitlines()
    }
    return cells | set(book.sheetnames)


READERS = {"docx": of_word, "pdf": of_pdf, "xlsx": of_workbook}


def documents():
    """The address of each document that the portal makes, with its format."""
    held = Meeting.objects.order_by("pk").first()
    assert held is not None
    year = FiscalYear.objects.get(start__lte=held.date, end__gte=held.date).code
    kinds = {
        "annual": "?fiscal_year=2023",
        "quarterly": "?fiscal_year=2023&quarter=1",
        "minutes": f"?fiscal_year={year}&meeting={held.pk}",
        "conclusions": f"?fiscal_year={year}&meeting={held.pk}",
    }
    for kind, query in kinds.items():
        for form in ("docx", "pdf"):
            yield f"/api/v1/reports/{kind}.{form}{query}", form
    yield "/api/v1/reports/workbook.xlsx?fiscal_year=2023", "xlsx"


def content_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.getvalue()


def said(texts: set[str], data: frozenset[str], language: str) -> set[str]:
    """The texts in the wrong language that are no data, nor made of data alone."""
    lines = {" ".join(line.split()) for text in data for line in (text, *text.splitlines())}
    wrong = {text for text in texts if WRONG[language](text)}
    return {text for text in wrong if not {*text.split(" · ")} <= lines and text not in lines}


@pytest.mark.any_database
@pytest.mark.parametrize("language", ["vi", "en"])
def test_documents_are_vietnamese_whoever_asks_for_them(cast, language):
    pages.scene(cast)
    User.objects.update(language=language)
    client, data = Client(headers={"accept-language": language}), stored()
    client.force_login(cast.bdh)
    left = {}
    for address, form in documents():
        texts = READERS[form](content_of(client, address))
        assert len(texts) > 10, address
        if found := said(texts, data, "vi"):
            left[address] = found
    assert left == {}


@pytest.mark.any_database
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_lists_and_slides_send_is_in_the_readers_language(cast, language):
    pages.scene(cast)
    User.objects.update(language=language)
    client, data = Client(), stored()
    client.cookies["django_language"] = language
    client.force_login(cast.quantri)
    left = {}
    for address in EVERY_LIST:
        if address == "/trail/":
            continue  # quotes what was entered, in whatever language
        whole = f"{address}{'&' if '?' in address else '?'}cols=all&format="
        for form in ("xlsx", "csv"):
            content = content_of(client, whole + form)
            texts = of_workbook(content) if form == "xlsx" else _cells(content)
            if found := said(texts, data, language):
                left[whole + form] = found
    slides = of_pdf(content_of(client, "/present/slides.pdf?fiscal_year=2023"))
    if found := said(slides, data, language):
        left["slides"] = found
    assert left == {}


def _cells(content: bytes) -> set[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    return {part for row in rows for cell in row for part in cell.splitlines()}


def test_a_word_of_the_other_language_is_found_in_every_kind_of_file():
    file = docx.Document()
    file.add_paragraph("Giải ngân theo xã")
    file.add_paragraph("Remaining by commune")
    kept = io.BytesIO()
    file.save(kept)
    assert said(of_word(kept.getvalue()), frozenset(), "vi") == {"Remaining by commune"}
    assert said({"Giải ngân", "Disbursed"}, frozenset(), "en") == {"Giải ngân"}
    assert said({"Giải ngân", "Disbursed"}, frozenset({"Giải ngân"}), "en") == set()


NAMES = ("Ẳng", "Đông", "An", "Êa", "Dào", "Ăn", "Ôn", "Ơn", "Ân", "On", "Em")
DICTIONARY = ["An", "Ăn", "Ẳng", "Ân", "Dào", "Đông", "Em", "Êa", "On", "Ôn", "Ơn"]


@pytest.fixture
def named(cast, client):
    """Records of several kinds, named so that only a Vietnamese dictionary orders them right."""
    for number, name in enumerate(NAMES):
        make.activity(f"GBV-{number + 10}", title=name)
        make.fund(f"N{number}", name=name)
        make.posted(
            1000 + number, activity=f"GBV-{number + 10}", payee=name, voucher_no=f"V{number}"
        )
    client.force_login(cast.quantri)
    return client


LISTS = (
    "/disbursements/?sort=payee&cols=payee",
    "/activities/?fiscal_year=2023&sort=title&cols=title",
    "/funds/?sort=name&cols=all",
)


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("down", [False, True])
def test_lists_and_their_workbooks_are_sorted_by_the_vietnamese_alphabet(named, address, down):
    address = address.replace("sort=", "sort=-") if down else address
    listed = named.get(address).context["list"]
    on_screen = [cell.text for line in listed["lines"] for cell in line["cells"]]
    sheet = load_workbook(io.BytesIO(content_of(named, f"{address}&format=xlsx"))).active
    in_file = [value for row in sheet.iter_rows(min_row=2, values_only=True) for value in row]
    expected = DICTIONARY[::-1] if down else DICTIONARY
    for texts in (on_screen, in_file):
        assert [*dict.fromkeys(text for text in texts if text in NAMES)] == expected


def test_select_boxes_are_sorted_by_the_vietnamese_alphabet(named):
    named.force_login(User.objects.get(username="dieuphoi"))
    choices = named.get("/disbursements/new/").context["form"].fields["fund"].choices
    labels = [str(label) for _value, label in choices]
    assert [text for text in labels if text in NAMES] == DICTIONARY
    form = named.get("/disbursements/").context["list"]["form"]
    labels = [str(label) for value, label in form.fields["commune"].widget.choices if value]
    names = [label.partition(" ")[2] for label in labels]
    assert len(names) > 4
    assert names == sorted(names, key=sort_key)
