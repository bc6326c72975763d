"""Where outlines are loaded a map is drawn, everywhere from one description; else tiles, which say
so. A chart and the map are saved as pictures. The outlines here are made up."""

import io
from datetime import date

import docx
import pypdf
import pytest
from django.utils import timezone
from lxml import etree, html

from communes.models import Commune, Outline, OutlineFile
from reports.charts.tiles import Tile, laid_out
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DASHBOARD = "/?fiscal_year=2023"
LINKS = "//*[contains(@class, 'tiles')]//a"
SVG = "{http://www.w3.org/2000/svg}"


def square(x, y, side=0.1):
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def outlines(*codes, hole=False):
    """Squares in a row, as outlines in use."""
    used = OutlineFile.objects.create(name="x", state="used", used_at=timezone.now())
    for place, code in enumerate(codes):
        unit = make.commune(code) if isinstance(code, str) else code
        rings = [square(103 + place / 10, 22.5)]
        rings += [square(103.02 + place / 10, 22.52, 0.01)] if hole else []
        Outline.objects.create(file=used, commune=unit, polygons=[rings])


@pytest.fixture
def year(cast):
    make.plan(
        make.line("GBV-01", make.BAN_LANG, {1: 6_000_000}),
        make.line("YEE-01", make.NAM_XE, {3: 8_000_000}),
    )
    make.posted(12_000_000)
    make.posted(2_000_000, activity="YEE-01", commune=make.NAM_XE, date=date(2023, 2, 1))
    make.training()
    return cast


def page(client, address):
    return html.fromstring(client.get(address).content.decode())


def test_without_outlines_tiles_stay_and_say_so(client, year):
    client.force_login(year.bdh)
    answer = client.get(DASHBOARD)
    assert not html.fromstring(answer.content.decode()).find_class("area")
    said = answer.context["tiles"]["note"]
    assert "không phải bản đồ" in said
    assert "Chưa nạp ranh giới" in said


def test_with_outlines_each_commune_is_a_link_with_a_name_coloured_as_in_the_heat_table(
    client, year
):
    outlines(make.BAN_LANG, make.NAM_XE, hole=True)
    client.force_login(year.bdh)
    links = page(client, DASHBOARD).xpath(LINKS)
    names = {link.get("aria-label"): link for link in links}
    assert set(names) == {"Bản Lang: 200%, 1 lớp", "Nậm Xe: 25%, 0 lớp"}
    area = names["Bản Lang: 200%, 1 lớp"].find_class("heat-7")[0]
    assert area.get("d").count("Z") == 2  # the hole, too
    assert "commune=03577" in names["Bản Lang: 200%, 1 lớp"].get("href")
    slide = page(client, "/present/?fiscal_year=2023&slide=communes")
    assert len(slide.find_class("area")) == 2


def test_what_has_no_outline_stands_below_the_map_and_is_named(client, year):
    outlines(make.BAN_LANG)
    client.force_login(year.bdh)
    answer = client.get(DASHBOARD)
    shown = html.fromstring(answer.content.decode())
    assert len(shown.find_class("area")) == 1
    assert len(shown.xpath("//*[contains(@class, 'tiles')]//rect")) == 1
    assert answer.context["tiles"]["note"].endswith("Nậm Xe.")
    # In a room tiles below a map would be too small: there the same is a table.
    slide = page(client, "/present/?fiscal_year=2023&slide=communes")
    assert [row.text_content() for row in slide.xpath("//tbody//th")] == ["Bản Lang", "Nậm Xe"]


def test_new_units_have_their_own_outlines(client, year):
    unit = Commune.objects.get(code=make.KHONG_LAO, valid_to=None)
    outlines(unit)
    client.force_login(year.bdh)
    assert not page(client, DASHBOARD).find_class("area")
    links = page(client, f"{DASHBOARD}&units=new").xpath(LINKS)
    assert [link.get("aria-label").split(":")[0] for link in links if link.find_class("area")] == [
        "Khổng Lào"
    ]


def test_a_communes_page_shows_where_it_lies_among_those_of_its_time(client, year):
    outlines(make.BAN_LANG, make.NAM_XE)
    unit = make.commune(make.BAN_LANG)
    client.force_login(year.bdh)
    shown = page(client, f"/communes/{unit.pk}/")
    own, areas = shown.find_class("own"), shown.find_class("area")
    other = [area for area in areas if area not in own]
    assert len(own) == len(other) == 1
    assert other[0].getparent().get("href") == f"/communes/{make.commune(make.NAM_XE).pk}/"
    new = Commune.objects.get(code=make.KHONG_LAO, valid_to=None)
    assert not page(client, f"/communes/{new.pk}/").find_class("area")
    client.force_login(year.xa_banlang)
    assert len(page(client, f"/communes/{unit.pk}/").find_class("area")) == 1  # theirs alone


def test_reports_draw_the_same_map_in_word_and_pdf(client, year):
    outlines(make.BAN_LANG, make.NAM_XE)
    client.force_login(year.bdh)
    made = {
        kind: client.get(f"/api/v1/reports/annual.{kind}?fiscal_year=2023")
        for kind in ("docx", "pdf")
    }
    assert [answer.status_code for answer in made.values()] == [200, 200]
    body = {kind: answer.getvalue() for kind, answer in made.items()}
    word = docx.Document(io.BytesIO(body["docx"]))
    described = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert any("Bản đồ các xã" in (text or "") and "Bản Lang: 200%" in text for text in described)
    words = " ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(body["pdf"])).pages)
    assert "Bản đồ các xã" in " ".join(words.split())


@pytest.mark.parametrize("name", ["course", "programs", "communes"])
def test_a_chart_and_the_map_are_saved_as_pictures_that_say_what_they_are(client, year, name):
    outlines(make.BAN_LANG, make.NAM_XE)
    client.force_login(year.bdh)
    drawn = client.get(f"/pictures/{name}.svg?fiscal_year=2023")
    root = etree.fromstring(drawn.content)
    words = " ".join(root.itertext())
    assert "Năm tài chính 2023" in words
    assert root.find(f"{SVG}title") is not None
    assert not root.findall(f".//{SVG}a")
    dots = client.get(f"/pictures/{name}.png?fiscal_year=2023")
    assert dots.content.startswith(b"\x89PNG")
    assert "attachment" in dots["Content-Disposition"]
    assert f"/pictures/{name}.svg" in client.get(DASHBOARD).content.decode() or name == "programs"
    client.force_login(year.xa_banlang)
    assert "Nậm Xe" not in client.get(f"/pictures/{name}.svg?fiscal_year=2023").content.decode()


def test_there_is_no_picture_of_what_has_nothing_to_draw(client, cast):
    client.force_login(cast.bdh)
    assert client.get("/pictures/programs.svg?fiscal_year=2025").status_code == 404
    assert client.get("/pictures/other.svg").status_code == 404


def test_names_stand_inside_their_outlines():
    ring = [[0, 0], [4, 0], [4, 1], [1, 1], [1, 4], [0, 4], [0, 0]]  # an L
    tile = Tile("L", "1%", "", 4, 0, 0, [[ring]])
    drawn = laid_out([tile])["tiles"][0]
    x, y = float(drawn["text_x"]), float(drawn["name_y"])
    whole = float(laid_out([tile])["height"])
    assert y > whole / 2  # in the foot, where there is room, not in the corner outside
    assert x > 100
