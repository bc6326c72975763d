"""What no file can hold, put straight into the tables: no page, export or document breaks on it,
and none hands it on."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from openpyxl import load_workbook

from plan_portal.api import router
from reports.models import ReportDraft
from tests import factories as make
from tests import pages

pytestmark = pytest.mark.django_db

UNSEEN = "\U0007e6e2"  # of no typeface: kept, but a PDF/UA that has it is refused
DIRT = f"\u0001\u000b\ufffe\u202e\u0085{UNSEEN}"
DIRTY = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufffe\uffff]")
OURS = ("communes", "programs", "trainings", "disbursements", "monitoring", "imports", "reports")
NOT_WORDS = {
    "sha256",
    "kind",
    "docx_digest",
    "pdf_digest",
    "key",
    "username",
    "code",
    "by",
    "search_key",
    "sort_key",
}
FILE = re.compile(r"[.](?:docx|pdf|xlsx)(?:[?]|$)|format=(?:xlsx|csv)|present[.]pdf")


def columns_of_words() -> Iterator[tuple[Any, Any]]:
    """The text columns that people write; codes and states are words of the portal's own."""
    for model in (model for app in OURS for model in apps.get_app_config(app).get_models()):
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            has_room = (field.max_length or 10_000) > 2 * len(DIRT)
            is_a_code = field.choices or field.unique or field.name in NOT_WORDS
            if is_text and has_room and not is_a_code:
                yield model, field


def unguarded() -> None:
    """The guards of the ledger off, for as long as the test's transaction lasts."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")


def make_dirty() -> int:
    """Such characters into every row; how many columns have some."""
    unguarded()
    columns = list(columns_of_words())
    with connection.cursor() as cursor:
        for model, field in columns:
            most = field.max_length or 10_000
            cursor.execute(
                f'UPDATE "{model._meta.db_table}" SET "{field.column}" = '  # noqa: S608
                f'SUBSTR("{field.column}", 1, {most - len(DIRT) - 1}) || %s '
                f'WHERE "{field.column}" <> %s',
                [f"x{DIRT}", ""],
            )
        if connection.vendor == "sqlite":  # PostgreSQL stores none in JSON
            ReportDraft.objects.get_or_create(kind="annual", fiscal_year=make.year())
            texts = json.dumps({"results": "Cả năm \ud800\u0001"})
            cursor.execute("UPDATE reports_reportdraft SET texts = %s", [texts])
    return len(columns)


def words_of(answer: Any) -> str:
    """What is written in a file or a page, whichever it is."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"%PDF"):
        return ""
    if not content.startswith(b"PK"):
        return content.decode("utf-8")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        if "xl/workbook.xml" in file.namelist():
            load_workbook(io.BytesIO(content))
        parts = [file.read(name).decode() for name in file.namelist() if name.endswith(".xml")]
    return "".join(parts)


def links_to_files(html: str) -> set[str]:
    found = (unescape(href) for href in re.findall(r'href="([^"#]+)"', html))
    return {href for href in found if FILE.search(href) and href.startswith(("/", "?"))}


@pytest.mark.any_database
def test_no_page_and_no_file_of_one_breaks_or_hands_it_on(cast):
    """As the board and the administrator open them; a file that both are led to, once."""
    pages.scene(cast)
    assert make_dirty() > 60
    walk = pages.Walk([cast.bdh, cast.quantri])
    files: dict[str, Any] = {}
    dirty = set()
    for address in pages.addresses():
        for person, html in walk.opened(address):
            for href in links_to_files(html):
                whole = href if href[0] == "/" else address.partition("?")[0] + href
                files.setdefault(whole, person)
            if DIRTY.search(html):
                dirty.add(address)
    broken = {}
    for address, person in sorted(files.items(), key=lambda each: (each[1].pk, each[0])):
        if str(person.pk) != walk.client.session.get("_auth_user_id"):
            walk.client.force_login(person)
        answer = walk.client.get(address)
        if answer.status_code != 200:
            broken[address] = answer.status_code
        elif DIRTY.search(words_of(answer)):
            dirty.add(address)
    assert (broken, dirty) == ({}, set())
    assert len(files) > 15, files


def test_no_export_of_the_api_breaks_or_hands_it_on(cast):
    pages.scene(cast)
    make_dirty()
    for form in ("json", "csv", "xlsx", "jsonl"):
        found = exports(cast, form)
        assert set(found.values()) == {(200, False)}, (form, found)


def exports(cast, form):
    """address → (status, whether its words are dirty) of every list, and of the tables."""
    reader = make.api(cast.dieuphoi)
    found = {}
    for prefix, _view, _name in router.registry:
        answer = make.api(cast.who_reads(prefix)).get(f"/api/v1/{prefix}/?format={form}")
        found[prefix] = answer.status_code, bool(DIRTY.search(words_of(answer)))
    for address in ("summary", "trainings/summary", "variances", "plan-beside-money"):
        is_table = address.endswith("summary")
        if form == "json" or (is_table and form != "jsonl"):
            answer = reader.get(f"/api/v1/{address}/?fiscal_year=2023&format={form}")
            found[address] = answer.status_code, bool(DIRTY.search(words_of(answer)))
    return found


@pytest.mark.any_database
def test_no_document_breaks_or_hands_it_on(cast):
    pages.scene(cast)
    make_dirty()
    for name in ("annual.docx", "annual.pdf", "quarterly.docx", "workbook.xlsx"):
        answer = make.api(cast.bdh).get(f"/api/v1/reports/{name}?fiscal_year=2023")
        assert answer.status_code == 200, (name, answer.content[:300])
        assert not DIRTY.search(words_of(answer)), name
