"""The guide of docs/huong-dan: it says what the screen says, and leads where it says."""

import gzip
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.urls import resolve

from accounts.roles import Role
from core.web import guide
from core.web.offline import kept_guide
from plan_portal.site.guide import EVERYBODY, GUIDES, part_for
from plan_portal.site.navigation import navigation
from tests import pages

pytestmark = pytest.mark.any_database  # of texts and HTML
NAMES = guide.names()
BOLD = re.compile(r"\*\*(?:\[(.+?)\]\(.+?\)|(.+?))\*\*")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)]+)\)")
# Bold of the guide's own: the word about bold words, and what a link of it says in lower case.
OWN_WORDS = {"đậm", "trang đăng nhập", "trang của tháng", "kế hoạch bên cạnh tiền"}


def text(name):
    return (guide.FOLDER / f"{name}.md").read_text("utf-8")


def said_on_screens():
    said = set()
    for path in Path(settings.BASE_DIR).glob("**/locale/vi/LC_MESSAGES/django.po"):
        if ".venv" not in path.parts:
            for entry in polib.pofile(str(path)):
                if not entry.obsolete and not entry.fuzzy:
                    said |= {entry.msgstr, *entry.msgstr_plural.values()}
    return said


def people(cast):
    return {person.role: person for person in cast.everybody()}


def test_every_role_has_its_guide_and_every_file_is_somebodys():
    assert set(GUIDES) == set(Role)
    assert {*GUIDES.values(), EVERYBODY} == set(NAMES)


def test_every_name_in_bold_stands_on_a_screen():
    said, found = said_on_screens(), 0
    for name in NAMES:
        bold = {linked or plain for linked, plain in BOLD.findall(text(name))}
        found += len(bold)
        assert bold - said - OWN_WORDS == set(), name
    assert found > 150


def test_every_page_a_guide_leads_to_opens_for_its_role(cast, client):
    pages.scene(cast)
    closed = []
    for role, own in GUIDES.items():
        client.force_login(people(cast)[role])
        addresses = {f"/help/{name}/" for name in NAMES} | {"/help/"}
        for part in (*guide.read(own).parts, *guide.read(EVERYBODY).parts):
            addresses |= {*part.leads_to} - {"/accounts/login/"}  # leads on whoever is signed in
        answers = {each: client.get(each).status_code for each in sorted(addresses)}
        closed += [(role, each, status) for each, status in answers.items() if status != 200]
        assert len(answers) > 20
    assert closed == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_to_a_guide_or_a_picture_leads_somewhere(client, db, name):
    html = client.get(f"/help/{name}/").content.decode()
    assert 'lang="vi"' in html
    anchors = set(re.findall(r'href="#([^"]+)"', html)) - {"main"}
    assert anchors <= set(re.findall(r'id="([^"]+)"', html))
    for target in LINK.findall(text(name)):
        if not target.startswith("/"):
            assert (guide.FOLDER / target).exists(), target
        else:
            assert resolve(target.partition("?")[0])
    for picture in re.findall(r'<img src="/static/screens/([^"]+)"', html):
        assert (settings.BASE_DIR / "docs" / "screens" / picture).exists()


@pytest.mark.parametrize("role", GUIDES)
def test_the_guide_of_a_role_leads_to_everything_in_its_menu(db, role):
    menu = {entry["href"] for group in navigation(role, "") for entry in group["entries"]}
    led_to = {page for part in guide.read(GUIDES[role]).parts for page in part.leads_to}
    assert menu - led_to == set()


def test_the_help_goes_by_who_reads_and_by_what_the_page_lies_in(db):
    guide_of, part = part_for(Role.COORDINATOR, "/disbursements/grid/")
    assert (guide_of.name, part.title) == ("dieu-phoi", "Nhập nhiều chứng từ một lúc")
    assert part_for(Role.COORDINATOR, "/disbursements/12/edit/")[1].title == "Nhập một chứng từ"
    assert part_for(Role.MANAGER, "/disbursements/lists/7/")[1].title == "Ghi sổ cả bảng kê"
    assert part_for(Role.VIEWER, "/profile/")[0].name == EVERYBODY
    assert part_for("", "/accounts/login/")[1].title == "Đăng nhập"


def test_english_readers_are_told_that_the_guide_is_in_vietnamese(cast, client):
    client.force_login(cast.khach)
    for language, told in (("vi", False), ("en", True)):
        client.cookies["django_language"] = language
        for address in ("/help/", "/help/nguoi-xem/"):
            page = client.get(address).content.decode()
            assert ("The guide is in Vietnamese" in page) is told
            assert "Hướng dẫn viết bằng" not in page


def test_an_unknown_guide_is_not_found(client, db):
    assert client.get("/help/khong-co/").status_code == 404


def test_the_copy_without_a_connection_has_every_guide_and_is_light(client, db):
    page = client.get("/offline/?guide=all").content.decode()
    assert page == kept_guide()
    for name in NAMES:
        assert guide.read(name).title in page
        assert guide.read(name).parts[0].anchor in page
    assert len(gzip.compress(page.encode())) < 20_000
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
