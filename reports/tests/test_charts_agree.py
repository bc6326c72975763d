"""One description of a chart: the screen, the Word file and the PDF draw the same numbers."""

import io
import re
import zipfile
from itertools import pairwise

import docx
import pypdf
import pytest
from lxml import etree, html

from core.values.money import MILLION
from reports.charts.description import Chart, Series, step_for
from reports.charts.style import STYLES
from reports.charts.svg import LETTER, drawing, standalone
from tests import factories

# Of pictures; test_summary.py asks each database for their figures.
pytestmark = pytest.mark.any_database

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@pytest.fixture
def word_charts(sample_year):
    content = _report(sample_year, "docx")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = sorted(name for name in file.namelist() if name.startswith("word/charts/chart"))
        return [etree.fromstring(file.read(name)) for name in names]


def _report(people, kind):
    query = {"fiscal_year": "2023", "as_of": "2023-06-30"}
    answer = factories.api(people.bdh).get(f"/api/v1/reports/annual.{kind}", query)
    assert answer.status_code == 200
    return answer.content


def points(series):
    return [int(v.text) for v in series.findall(f"{C}val/{C}numLit/{C}pt/{C}v")]


def drawn_course(client, people):
    client.force_login(people.bdh)
    return client.get("/?fiscal_year=2023&as_of=2023-06-30").context["course"]["chart"]


def test_word_draws_the_course_of_the_year_as_the_screen_does(client, sample_year, word_charts):
    chart = drawn_course(client, sample_year)
    lines = word_charts[0].findall(f".//{C}lineChart/{C}ser")
    assert [points(one) for one in lines] == [
        [round(value / MILLION) for value in series.values] for series in chart.series
    ]
    for element, series in zip(lines, chart.series, strict=True):
        style = STYLES[series.role]
        assert element.find(f".//{A}ln//{A}srgbClr").get("val") == style.color[1:].upper()
        assert element.find(f".//{A}prstDash").get("val") == style.word_dash
        assert element.find(f".//{C}symbol").get("val") == style.marker


def test_the_pdf_has_the_labels_of_the_screens_chart(client, sample_year):
    pages = pypdf.PdfReader(io.BytesIO(_report(sample_year, "pdf"))).pages
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    chart = drawn_course(client, sample_year)
    last = {
        one.name: f"{round(one.values[-1] / MILLION):,}".replace(",", ".") for one in chart.series
    }
    for name, value in zip(("Giải ngân", "Kế hoạch"), last.values(), strict=True):
        assert f"{name} {value}" in text


def test_bars_have_the_same_values_in_word_and_in_the_summary(sample_year, word_charts):
    bars = word_charts[1].findall(f".//{C}barChart/{C}ser")
    query = {"fiscal_year": "2023", "as_of": "2023-06-30", "by": "program"}
    rows = factories.api(sample_year.bdh).get("/api/v1/summary/", query).json()["rows"]
    for element, field in zip(bars, ("planned", "disbursed"), strict=True):
        assert all(
            abs(shown - row[field] / MILLION) <= 1
            for shown, row in zip(points(element), rows, strict=True)
        )


def test_who_cannot_see_a_chart_is_told_every_value(sample_year, client):
    chart = drawn_course(client, sample_year)
    said = chart.in_words()
    for series in chart.series:
        assert all(f"{series.name} {label}" in said for label in series.labels)
    page = html.fromstring(client.get("/?fiscal_year=2023&as_of=2023-06-30").content.decode())
    behind = page.xpath("//details[summary='Số liệu dạng bảng']//tbody/tr")
    assert len(behind) >= len(chart.names)


def test_a_kept_chart_is_drawn_again_alike():
    series = (
        Series("Giải ngân", "actual", (1, 2, None), ("1", "2", "–")),
        Series("Kế hoạch", "plan", (0, 3, 3), ("0", "3", "3"), stepped=True),
    )
    chart = Chart("lines", "Tiến độ", ("7", "8", "9"), series, ticks=((0, "0"), (5, "5")))
    again = Chart.from_dict(chart.as_dict())
    assert again == chart
    assert standalone(again) == standalone(chart)


def test_bars_of_documents_issued_before_are_still_drawn():
    old = {
        "kind": "bars",
        "title": "Theo quý",
        "names": ["Quý I"],
        "series": [{"name": "Kế hoạch", "values": [1500]}, {"name": "Giải ngân", "values": [20]}],
    }
    (group,) = drawing(Chart.from_dict(old))["groups"]
    assert [(bar["role"], bar["label"]) for bar in group["bars"]] == [
        ("actual", "20"),
        ("plan", "1.500"),
    ]


@pytest.mark.parametrize(
    ("largest", "step"), [(0, 1), (7, 2), (39, 10), (8_904_000_000, 5 * 10**9)]
)
def test_the_axis_has_round_steps(largest, step):
    assert step_for(largest) == step


def test_the_longest_amount_beside_the_axis_stands_whole():
    series = (Series("actual", "actual", (10**12,), ("1,000 billion",)),)
    ticks = ((0, "0"), (10**12, "1,000 billion"))
    drawn = drawing(Chart("lines", "", ("7",), series, ticks=ticks))
    assert int(drawn["ticks"][1]["x"]) + 1 > len("1,000 billion") * LETTER
    assert drawn["lines"][0]["path"].startswith(f"M{drawn['left']}.0 ")


def test_labels_at_the_ends_of_lines_never_touch():
    series = tuple(Series(role, role, (5, 5), ("5", "5")) for role in ("actual", "plan", "before"))
    ends = drawing(Chart("lines", "", ("7", "8"), series, ticks=((0, "0"), (5, "5"))))["ends"]
    heights = sorted(float(end["y"]) for end in ends)
    assert len(heights) == 3
    assert all(low + 30 <= high for low, high in pairwise(heights))


def _tiles(page):
    return [(str(t["name"]), str(t["rate"]), t["classes"]) for t in page["tiles"]["tiles"]]


@pytest.mark.parametrize("units", ["", "&units=new"])
def test_the_tiles_of_the_communes_are_those_of_the_screen(client, sample_year, units):
    client.force_login(sample_year.bdh)
    page = client.get(f"/?fiscal_year=2023&as_of=2023-06-30{units}").context
    drawn = _tiles(page)
    assert drawn
    pages = pypdf.PdfReader(io.BytesIO(_report(sample_year, "pdf"))).pages
    text = re.sub(r"\s+", " ", " ".join(each.extract_text() for each in pages))
    file = docx.Document(io.BytesIO(_report(sample_year, "docx")))
    cells = [c.text.split("\n") for t in file.tables for row in t.rows for c in row.cells]
    for name, rate, classes in drawn:
        assert f"{name} {rate} {classes}" in text
        assert [name, rate, classes] in cells


def test_the_months_stand_below_the_course_in_word(client, sample_year):
    client.force_login(sample_year.bdh)
    shown = client.get("/?fiscal_year=2023&as_of=2023-06-30").context["course"]["chart"]
    file = docx.Document(io.BytesIO(_report(sample_year, "docx")))
    table = next(t for t in file.tables if t.cell(0, 0).text == "Tháng")
    lines = [[cell.text for cell in row.cells] for row in table.rows][1:]
    million = [f"{round(value / MILLION):,}".replace(",", ".") for value in shown.series[0].values]
    assert [line[2] for line in lines] == million
    assert [line[0] for line in lines] == list(shown.long_names)
