"""Each role's first screen on the offices' laptops: what waits, who is late, the whole menu."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from disbursements.attachments import services as attachments
from monitoring.models import Difficulty, RecordFile
from tests import factories as make
from tests.browser.kept import wait_for
from tests.browser.stopwatch import Hand
from tests.cast import PEOPLE

pytestmark = pytest.mark.django_db(transaction=True)

LAPTOP = {"viewport": {"width": 1366, "height": 625}}
HOME = "/?fiscal_year=2023"


@pytest.fixture
def late_year(people):
    """GBV in Bản Lang is late, a list waits, a row was returned."""
    make.plan(
        *(make.line("GBV-01", place, {1: 60_000_000}) for place in make.COMMUNES[:4]),
        make.line("YEE-01", make.NAM_XE, {1: 10_000_000}),
    )
    make.posted(12_000_000)
    make.posted(9_000_000, activity="YEE-01", commune=make.NAM_XE)
    make.submitted(3_000_000)
    return people


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


def test_who_is_late_and_why_is_on_the_boards_first_screen(open_page, sign_in, late_year):
    page = open_page(**LAPTOP)
    sign_in(page, "bdh")
    hand = Hand(page)
    page.goto(HOME)
    hand.done("Who is late, and why")
    rows = page.locator("[aria-labelledby=t-late] tbody tr")
    assert page.locator("#t-late").bounding_box()["y"] < 500
    assert bottom(rows.first) < 625
    assert rows.first.locator(".why").inner_text()


def test_who_is_late_and_why_is_one_swipe_away_on_a_phone(phone, sign_in, late_year):
    sign_in(phone, "bdh")
    hand = Hand(phone)
    phone.goto(HOME)
    first = phone.locator("[aria-labelledby=t-late] tbody tr").first
    assert bottom(first) < 2 * 844
    assert first.locator(".why").is_visible()
    hand.done("Who is late, and why")


def test_what_waits_is_on_the_first_screen_with_a_button(open_page, sign_in, late_year):
    page = open_page(**LAPTOP)
    sign_in(page, "quanly")
    page.goto(HOME)
    line = page.locator(".todo li", has_text="Bảng kê")
    assert bottom(line) < 625
    assert "3 triệu đồng" in line.inner_text()
    line.locator("a.button").click()
    page.wait_for_url("**/disbursements/lists/*/")


@pytest.mark.parametrize("username", PEOPLE)
def test_nothing_of_the_menu_is_hidden(open_page, sign_in, people, username):
    page = open_page(**LAPTOP)
    sign_in(page, username)
    page.goto("/pages/")
    assert bottom(page.locator("nav.side a").last) <= 625
    assert page.evaluate(
        "(e => e.scrollHeight <= e.clientHeight)(document.querySelector('nav.side'))"
    )


@pytest.mark.parametrize("username", PEOPLE)
def test_every_page_of_the_menu_opens_and_all_pages_have_the_rest(client, cast, username):
    client.force_login(getattr(cast, username))
    page = client.get("/pages/")
    menu = set(re.findall('href="([^"]+)"', page.context["navigation"])) - {"/pages/"}
    offered = {e["href"] for group in page.context["groups"] for e in group["entries"]}
    assert menu <= offered
    assert [a for a in sorted(offered) if client.get(a).status_code not in (200, 302)] == []


def test_a_slash_opens_the_search_and_the_arrows_lead_to_what_was_found(
    open_page, sign_in, late_year
):
    make.draft(1_000_000, by=late_year.dieuphoi, payee="Trường Tiểu học Nậm Xe", voucher_no="PC07")
    page = open_page(**LAPTOP)
    sign_in(page, "bdh")
    page.goto(HOME)
    page.keyboard.press("/")
    page.keyboard.type("tieu hoc nam")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert "PC07" in page.locator("[data-found]").inner_text()
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/disbursements/*/")


def test_the_sentence_is_handed_to_a_messenger_or_copied(open_page, sign_in, late_year):
    page = open_page(**LAPTOP)
    sign_in(page, "bdh")
    page.add_init_script("navigator.share = async (given) => { window.given = given; }")
    page.goto(HOME)
    page.locator("[data-share]").first.click()
    assert page.evaluate("given.text") == page.locator(".headline").inner_text()
    assert page.evaluate("given.url").endswith(HOME)
    bare = open_page(**LAPTOP, permissions=["clipboard-read", "clipboard-write"])
    sign_in(bare, "bdh")
    bare.add_init_script("delete Navigator.prototype.share")
    bare.goto(HOME)
    bare.locator("[data-share]").first.click()
    bare.get_by_text("Đã sao chép").wait_for()
    assert "Năm tài chính 2023" in bare.evaluate("navigator.clipboard.readText()")


def test_a_list_for_approval_is_gone_through_by_key_with_its_photos(open_page, sign_in, people):
    first = make.submitted(3_000_000, by=people.dieuphoi, voucher_no="PC1")
    make.submitted(2_000_000, by=people.dieuphoi, voucher_no="PC2")
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "#7a9").save(picture, "PNG")
    upload = SimpleUploadedFile("hoa-don.png", picture.getvalue())
    attachments.add(actor=people.dieuphoi, disbursement=first, upload=upload)
    page = open_page(**LAPTOP)
    sign_in(page, "quanly")
    page.goto(f"/disbursements/lists/{first.period_id}/")
    boxes = page.locator("[name=row]")
    ticked = boxes.first.is_checked()
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert boxes.first.is_checked() is not ticked
    page.keyboard.press("p")
    photo = page.locator(".shots-shown img")
    photo.wait_for()
    page.wait_for_function("document.querySelector('.shots-shown img').naturalWidth === 40")
    page.keyboard.press("Escape")
    assert not photo.is_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/disbursements/*/")


def test_a_commune_reports_a_difficulty_with_a_photo_without_a_connection(
    bare_phone, sign_in, people, photo
):
    page = bare_phone
    sign_in(page, "xa_banlang")
    page.goto(HOME)
    assert page.get_by_role("link", name="Xác nhận").first.bounding_box()["y"] < 844
    page.get_by_role("link", name="Báo khó khăn").first.tap()
    page.wait_for_url("**/difficulties/new/")
    assert page.locator("#entry .field:visible").count() <= 4
    page.fill("#id_title", "Đường vào bản sạt lở")
    page.select_option("#id_activity", str(make.activity("GBV-01").pk))
    page.eval_on_selector(".more-fields", "all => { all.open = true }")
    page.fill("#id_raised_on", "2022-09-15")
    page.set_input_files("#id_files", photo)
    page.context.set_offline(True)
    page.click("#entry button[type=submit]")
    page.get_by_text("Không có kết nối").wait_for()
    page.context.set_offline(False)
    wait_for(page, RecordFile.objects.exists)
    row = Difficulty.objects.get()
    assert (row.title, row.activity.code, row.program.code) == (
        "Đường vào bản sạt lở",
        "GBV-01",
        "GBV",
    )
    assert RecordFile.objects.get().about == row
