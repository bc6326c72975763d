"""The steering board's day in real browsers: the year at a look, its rows, the report, the hall."""

import io
import re
from datetime import date

import pypdf
import pytest
from django.utils import timezone

from communes.models import Outline, OutlineFile
from monitoring.models import Difficulty
from monitoring.models.meetings import Meeting, StatedFigure
from tests import factories as make
from tests.browser.conftest import DESKTOP
from tests.browser.kept import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
DASHBOARD = "/?fiscal_year=2023"
PRESENT = "/present/?fiscal_year=2023"
PROJECTORS = [{"width": 1366, "height": 768}, {"width": 1920, "height": 1080}]
# Of the slide: the smallest of its texts as a part of its height, what is underlined, and how far
# its things reach as parts of the screen.
MEASURE = """() => {
  const high = Math.min(innerHeight, innerWidth * 9 / 16), texts = [];
  const slide = document.querySelector(".slide");
  const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), one = walker.currentNode.parentElement;
    if (!text || one.closest("title, style, .visually-hidden")) continue;
    if (!one.getClientRects().length) continue;
    const style = getComputedStyle(one), size = parseFloat(style.fontSize);
    const part = size * (one instanceof SVGElement ? one.getScreenCTM().a : 1) / high;
    texts.push({text, part, line: style.textDecorationLine});
  }
  const boxes = [...slide.querySelectorAll("*")].map((e) => e.getBoundingClientRect());
  const least = texts.reduce((a, b) => (a.part < b.part ? a : b));
  return {
    texts: texts.length, least, wide: slide.getBoundingClientRect().width / innerWidth,
    underlined: texts.filter((t) => t.line !== "none").map((t) => t.text),
    right: Math.max(...boxes.map((b) => b.right)) / innerWidth,
    bottom: Math.max(...boxes.map((b) => b.bottom)) / innerHeight,
  };
}"""


@pytest.fixture
def year(cast):
    """FY2023 in five communes: two late cells, a stated figure, classes of two topics."""
    lines = [
        make.line(f"{program}-01", commune, {1: 8_000_000, 2: 6_000_000, 3: 7_000_000})
        for program in make.PROGRAMS
        for commune in make.COMMUNES
    ]
    make.plan(*lines)
    for place, commune in enumerate(make.COMMUNES):
        for number, program in enumerate(make.PROGRAMS):
            amount = 4_000_000 if (place, number) in ((0, 1), (3, 2)) else 24_000_000
            make.posted(
                amount, activity=f"{program}-01", commune=commune, date=date(2022, 8, 1 + place)
            )
        make.training(commune=commune, topic=f"T-{place % 2}")
    meeting = Meeting.objects.create(
        title="Hội nghị tổng kết", date=date(2023, 8, 15), kind="review"
    )
    StatedFigure.objects.create(
        meeting=meeting,
        label="Giải ngân",
        measure="disbursed",
        qualifier="hơn",
        value=400_000_000,
        unit="đồng",
        text="hơn 400 triệu đồng",
        fiscal_year=make.year("2023"),
    )
    return cast


def test_the_board_reads_follows_reports_and_presents(desktop, sign_in, year):
    sign_in(desktop, "bdh", make.PASSWORD)
    desktop.goto(DASHBOARD)
    said = desktop.locator(".figures .said").first
    assert "hơn 400 triệu đồng" in said.inner_text()
    assert said.bounding_box()["y"] < DESKTOP["viewport"]["height"]

    # A number leads to its rows, and back.
    disbursed = desktop.inner_text(".figures .figure:nth-child(2) small").removesuffix(" đồng")
    desktop.click(".figures .figure:nth-child(2) a.num")
    desktop.wait_for_url(re.compile("plan-against-actual.*show=disbursed"))
    assert disbursed in desktop.inner_text("tfoot")
    desktop.go_back()

    # The filter is in the address, and in words on the page that is shared.
    desktop.select_option("#f-program", "GBV")
    desktop.fill("#f-as-of", "31/12/2022")
    desktop.click(".filters button")
    desktop.wait_for_url(re.compile("program=GBV.*as_of=31"))
    assert desktop.input_value("#f-as-of") == "31/12/2022"
    desktop.click(".filters a")

    # The conference report in Word.
    desktop.click("text=Báo cáo tổng kết")
    desktop.wait_for_url(re.compile("/reports/annual/2023/"))
    with desktop.expect_download() as word:
        desktop.click("a[href*='annual.docx']")
    assert word.value.suggested_filename.endswith(".docx")
    assert desktop.locator("svg.chart").count() >= 2

    # The presentation as a file.
    desktop.goto(DASHBOARD)
    desktop.click("main a:has-text('Trình chiếu')")
    desktop.wait_for_url(re.compile("/present/"))
    with desktop.expect_download() as slides:
        desktop.click("a[href*='slides.pdf']")
    assert slides.value.suggested_filename == "trinh-chieu-2023.pdf"
    count = int(desktop.inner_text(".slide-number").split("/")[1])
    assert len(pypdf.PdfReader(slides.value.path()).pages) == count


def test_on_a_phone_nothing_is_cut_off(phone, sign_in, year):
    sign_in(phone, "bdh", make.PASSWORD)
    phone.goto(DASHBOARD)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    cut = phone.eval_on_selector_all(
        "main .scroll", "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0
    assert phone.locator(".figures .said").first.bounding_box()["y"] < 844
    late = phone.locator("[aria-labelledby=t-late] td a.num").first
    short = late.inner_text()
    late.tap()
    phone.wait_for_url(re.compile("plan-against-actual"))
    assert short
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_sections_folded_on_a_phone_open_at_a_tap(phone, desktop, sign_in, year):
    sign_in(desktop, "bdh", make.PASSWORD)
    desktop.goto(DASHBOARD)
    assert desktop.locator("table.money").first.is_visible()
    sign_in(phone, "bdh", make.PASSWORD)
    phone.goto(DASHBOARD)
    assert not phone.locator("table.money").first.is_visible()
    phone.locator("summary:has-text('Theo chương trình')").tap()
    phone.locator("table.money").first.wait_for()
    phone.locator(".filter-fold > summary").tap()
    phone.select_option("#f-program", "GBV")
    phone.locator(".filters button").tap()
    phone.wait_for_url(re.compile("program=GBV"))
    assert "GBV" in phone.inner_text(".filter-fold > summary")


def key_of(page):
    return page.locator(".slide").get_attribute("id").removeprefix("slide-")


def turned(page, key, expected):
    page.keyboard.press(key)
    page.wait_for_selector(f"#slide-{expected}")
    assert key_of(page) == expected


def test_the_keys_turn_the_pages(desktop, sign_in, year):
    sign_in(desktop, "bdh", make.PASSWORD)
    desktop.goto(PRESENT)
    turned(desktop, "ArrowRight", "course")
    assert "slide=course" in desktop.url
    turned(desktop, "PageDown", "programs")
    turned(desktop, "ArrowLeft", "course")
    turned(desktop, "End", "stated")
    turned(desktop, "Home", "year")
    desktop.go_back()
    desktop.wait_for_selector("#slide-stated")
    desktop.keyboard.press("Escape")
    desktop.wait_for_url(re.compile(r"/\?fiscal_year=2023"))


def test_the_full_screen_stays_from_page_to_page(desktop, sign_in, year):
    sign_in(desktop, "bdh", make.PASSWORD)
    desktop.goto(PRESENT)
    desktop.click("[data-full]")
    wait_for(desktop, lambda: desktop.evaluate("document.fullscreenElement !== null"))
    turned(desktop, "ArrowRight", "course")
    assert desktop.evaluate("document.fullscreenElement !== null")


def test_without_javascript_the_links_turn_the_pages(open_page, sign_in, year):
    page = open_page(**DESKTOP, java_script_enabled=False)
    sign_in(page, "bdh", make.PASSWORD)
    page.goto(PRESENT)
    seen = [key_of(page)]
    while page.locator("a[rel=next]").count():
        page.click("a[rel=next]")
        seen.append(key_of(page))
    assert seen[0] == "year"
    assert seen[-1] == "stated"
    page.click("a[rel=prev]")
    assert key_of(page) == seen[-2]
    page.click("text=Thoát trình chiếu")
    assert "Năm tài chính 2023" in page.inner_text("h1")


def hall(cast):
    """What the room also asks about: long words, difficulties, the plan of the year after."""
    program, commune = make.program("GBV"), make.commune()
    for number in range(1, 6):
        Difficulty.objects.create(
            title=f"Đường vào bản {number} bị sạt lở trong mùa mưa, xe không vào được",
            program=program,
            commune=commune,
            raised_on=date(2023, 3, number),
            owner="Ban Dự án xã Bản Lang, Ủy ban nhân dân huyện",
            due_date=date(2023, 12, 31),
        )
    make.plan(make.line("GBV-01", amounts={1: 9_000_000}), fiscal_year="2024")


def outlined():
    """Made-up outlines of the five communes."""
    used = OutlineFile.objects.create(name="x", state="used", used_at=timezone.now())
    for place, code in enumerate(make.COMMUNES):
        x, y = 103 + place % 3 / 10, 22 + place // 3 / 10
        ring = [[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]
        Outline.objects.create(file=used, commune=make.commune(code), polygons=[[ring]])


@pytest.mark.parametrize("projector", PROJECTORS, ids=["1366x768", "1920x1080"])
def test_every_slide_fills_the_screen_and_can_be_read_from_the_last_row(
    open_page, sign_in, year, projector
):
    hall(year)
    if projector["height"] > 1000:
        outlined()
    page = open_page(viewport=projector)
    sign_in(page, "bdh", make.PASSWORD)
    page.goto(f"{PRESENT}&slide=all")
    keys = [e.get_attribute("id")[6:] for e in page.locator(".slide").all()]
    assert {"difficulties", "next-plan"} <= set(keys)
    for key in keys:
        page.goto(f"{PRESENT}&slide={key}")
        seen = page.evaluate(MEASURE)
        assert seen["least"]["part"] >= 1 / 30, (key, seen["least"])
        assert seen["underlined"] == [], key
        assert (seen["wide"], seen["texts"] > 2) == (1, True), key
        assert seen["right"] <= 1, key
        assert seen["bottom"] <= 1, key
    assert page.locator(".slide .help, .page-help, main details").count() == 0


def test_all_on_one_page_prints_one_slide_to_a_sheet(desktop, sign_in, year):
    sign_in(desktop, "bdh", make.PASSWORD)
    desktop.goto(f"{PRESENT}&slide=all")
    count = desktop.locator(".slide").count()
    printed = desktop.pdf(prefer_css_page_size=True, print_background=True)
    pages = pypdf.PdfReader(io.BytesIO(printed)).pages
    assert len(pages) == count
    assert pages[0].mediabox.width > pages[0].mediabox.height
