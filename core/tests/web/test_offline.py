"""What makes the portal installable, and the page that is shown without a connection."""

import re
import struct

import pytest
from django.contrib.staticfiles import finders

from core.web import offline

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def size_of(name):
    """Width and height of a PNG, from its head."""
    with open(finders.find(name), "rb") as file:
        head = file.read(24)
    assert head.startswith(b"\x89PNG")
    return "{}x{}".format(*struct.unpack(">II", head[16:24]))


def test_the_manifest_names_icons_that_are_there(client):
    manifest = client.get("/manifest.webmanifest").json()
    icons = {(icon["src"].removeprefix("/static/"), icon["sizes"]) for icon in manifest["icons"]}
    assert {(name, size_of(name)) for name, _size in icons} == icons
    assert {(i["sizes"], i["purpose"]) for i in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    assert manifest["name"] == "Cổng Kế hoạch"
    assert manifest["display"] == "standalone"
    for shortcut in manifest["shortcuts"]:
        assert client.get(shortcut["url"]).status_code in (200, 302)


def test_a_page_says_what_a_phone_asks_for(client):
    page = client.get("/accounts/login/").content.decode()
    assert 'rel="apple-touch-icon"' in page
    assert size_of("icons/apple-touch-180.png") == "180x180"
    assert re.findall(r'name="theme-color"\s+content="(#\w+)"', page) == ["#ffffff", "#18221f"]
    assert 'name="description"' in page
    client.cookies["theme"] = "dark"
    page = client.get("/accounts/login/").content.decode()
    assert re.findall(r'name="theme-color"\s+content="(#\w+)"', page) == ["#18221f"]


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Không có kết nối"), ("en", "No connection")]
)
def test_the_page_without_a_connection_is_nobodys(client, cast, language, words):
    client.force_login(cast.dieuphoi)
    page = client.get(f"/offline/?shell={language}").content.decode()
    assert words in page
    assert "dieuphoi" not in page
    assert "csrf" not in page
    assert "data-user" not in page
    assert page == offline.shell(language)


def test_the_worker_keeps_what_it_names_and_is_renewed_with_it(client, monkeypatch):
    worker = client.get("/sw.js").content.decode()
    named = re.findall(r'"(/(?:static|offline)/[^"]*)"', worker)
    for address in named:
        if address != "/offline/language":
            assert client.get(address).status_code == 200, address
    assert f"portal-{offline.version()}" in worker
    before = offline.version()
    monkeypatch.setattr(offline, "shell", lambda language: "something else")
    assert offline.version() != before


def test_pages_and_the_api_come_compressed_and_files_as_they_are(client, cast):
    client.force_login(cast.bdh)
    gzip = {"Accept-Encoding": "gzip"}
    assert client.get("/", headers=gzip)["Content-Encoding"] == "gzip"
    assert client.get("/api/v1/programs/", headers=gzip)["Content-Encoding"] == "gzip"
    sheet = client.get("/api/v1/programs/?format=xlsx", headers=gzip)
    assert "Content-Encoding" not in sheet
