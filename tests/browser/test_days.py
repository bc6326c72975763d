"""A day of each person of the design's section 1, on a phone and on a desktop.

The steering board's is in `test_board.py`, a class and the selection of activities in
`test_life.py`, a single voucher in `test_money.py`.
"""

import io
import re
from datetime import date

import httpx
import openpyxl
import pytest
from django.core import mail
from playwright.sync_api import Page

from accounts.models import ApiToken, User
from disbursements.models import Disbursement, PlanState, PlanVersion
from monitoring.models import Difficulty
from programs.models import Period
from programs.outputs import services as works
from tests import factories as make
from tests.browser.conftest import PHONE
from tests.work_off import work_off

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền", "Nội dung chi"]


def fits(page: Page) -> None:
    """Nothing of the page sticks out sideways."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


def pressed(page: Page, words: str, *, within: str = "main") -> None:
    """Press the button of these words and wait for the answer's page."""
    with page.expect_navigation():
        page.locator(within).get_by_role("button", name=words, exact=True).click()
    fits(page)


def followed(page: Page, words: str | re.Pattern[str], *, within: str = "main") -> None:
    """Follow the first link of these words."""
    with page.expect_navigation():
        page.locator(within).get_by_role("link", name=words).first.click()
    fits(page)


def choose(page: Page, select: str, words: str) -> None:
    """Choose the first option with these words."""
    labels = page.locator(f"{select} option").all_inner_texts()
    page.select_option(select, label=next(label for label in labels if words in label))


def test_the_head_approves_a_plan_and_returns_another(screen, sign_in, cast):
    good = make.submitted_plan(
        make.line("GBV-01", make.BAN_LANG, {1: 10_000_000}), by=cast.dieuphoi
    )
    bad = make.submitted_plan(
        make.line("GBV-01", make.BAN_LANG, 7_000_000), fiscal_year="2024", by=cast.dieuphoi
    )
    sign_in(screen, "truongban", make.PASSWORD)
    screen.goto("/waiting/")
    assert "2 kế hoạch" in screen.inner_text("main")
    screen.goto(f"/plans/{good.pk}/")
    assert "10.000.000" in screen.inner_text("dl.figures")
    screen.fill("#id_decision_no", "125/QĐ-BĐH")
    screen.fill("#id_decision_date", "2022-07-20")
    pressed(screen, "Phê duyệt")
    assert "125/QĐ-BĐH, 20/07/2022" in screen.inner_text("main")

    screen.goto(f"/plans/{bad.pk}/")
    screen.fill("textarea[name=reason]", "Thiếu nguồn vốn của quý I")
    pressed(screen, "Trả lại với lý do này")
    assert "Thiếu nguồn vốn của quý I" in screen.inner_text("main")
    states = set(PlanVersion.objects.values_list("pk", "state", "decision_no"))
    assert states == {
        (good.pk, PlanState.APPROVED, "125/QĐ-BĐH"),
        (bad.pk, PlanState.RETURNED, ""),
    }
    screen.goto("/waiting/")
    assert "Không có việc nào" in screen.inner_text("main")


def test_the_manager_posts_the_months_list_but_for_one_and_closes_the_month(screen, sign_in, cast):
    make.plan(make.line("GBV-01", amounts={1: 10_000_000}))
    for number in range(3):
        make.submitted(1_000_000 + number, by=cast.dieuphoi, voucher_no=f"PC-{number}")
    sign_in(screen, "quanly", make.PASSWORD)
    screen.goto("/waiting/")
    assert "3 khoản" in screen.inner_text("main")
    followed(screen, re.compile("09.2022"))
    assert "3.000.003" in screen.inner_text("tfoot")
    left = Disbursement.objects.get(voucher_no="PC-2")
    screen.uncheck(f"#row-{left.pk}")
    pressed(screen, "Ghi sổ các khoản đã chọn")
    states = set(Disbursement.objects.values_list("voucher_no", "status"))
    assert states == {("PC-0", "posted"), ("PC-1", "posted"), ("PC-2", "submitted")}

    month = make.period()
    screen.goto(f"/periods/{month.pk}/")
    assert "1.000.002" in screen.inner_text("main")
    screen.check("#id_leave")
    pressed(screen, "Khóa sổ tháng")
    assert Period.objects.get(pk=month.pk).is_closed
    screen.click("#step-close details:has(textarea) summary")
    screen.fill("#step-close textarea", "Bổ sung một chứng từ")
    pressed(screen, "Mở sổ lại với lý do này")
    assert not Period.objects.get(pk=month.pk).is_closed
    assert "Bổ sung một chứng từ" in screen.inner_text("main")


def workbook(path, *rows):
    """An office's list of vouchers as a file."""
    book = openpyxl.Workbook()
    for row in [HEADER, *rows]:
        book.active.append(row)
    book.save(path)
    return path


def test_a_coordinator_sends_a_workbook_mends_its_cell_and_takes_it_back(
    screen, sign_in, cast, tmp_path
):
    make.activity("GBV-01")
    right = [date(2022, 9, 15), "PC01", "GBV-01", "Bản Lang", 1_500_000, "Chi lớp"]
    wrong = [date(2022, 9, 16), "PC02", "GBV-01", "Bản Lăng Xa", 2_000_000, "Chi lớp"]
    sign_in(screen, "dieuphoi", make.PASSWORD)
    screen.goto("/imports/")
    screen.select_option("#id_kind", "disbursements")
    screen.select_option("#id_fiscal_year", label="2023")
    screen.set_input_files("#id_workbook", workbook(tmp_path / "sai.xlsx", right, wrong))
    pressed(screen, "Kiểm tra tệp")
    said = screen.inner_text("main")
    assert {"Sheet", "3", "Xã"} <= set(re.findall(r"\w+", said))
    assert "Bản Lăng Xa" in said
    assert not Disbursement.objects.exists()
    with screen.expect_download() as waited:
        screen.locator("main a[href$='/marked/']").click()
    marked = openpyxl.load_workbook(io.BytesIO(waited.value.path().read_bytes())).active["D3"]
    assert marked.comment is not None

    wrong[3] = "Bản Lang"
    screen.goto("/imports/")
    screen.select_option("#id_kind", "disbursements")
    screen.select_option("#id_fiscal_year", label="2023")
    screen.set_input_files("#id_workbook", workbook(tmp_path / "dung.xlsx", right, wrong))
    pressed(screen, "Kiểm tra tệp")
    assert "3,5 triệu" in screen.inner_text("dl.figures")
    pressed(screen, "Lưu")
    assert set(Disbursement.objects.values_list("voucher_no", "amount", "status")) == {
        ("PC01", 1_500_000, "draft"),
        ("PC02", 2_000_000, "draft"),
    }
    screen.click("main summary:has-text('Thu hồi lần nhập này')")
    pressed(screen, "Thu hồi")
    assert not Disbursement.objects.exists()


def test_a_coordinator_says_the_unit_of_a_workbook_saves_it_and_takes_it_back(
    screen, sign_in, cast, tmp_path
):
    make.activity("GBV-01")
    rows = [
        [date(2022, 9, 15), "PC01", "GBV-01", "Bản Lang", 1_500, "Chi lớp"],
        [date(2022, 9, 16), "PC02", "GBV-01", "Bản Lang", 2_000, "Chi lớp"],
    ]
    sign_in(screen, "dieuphoi", make.PASSWORD)
    screen.goto("/imports/")
    screen.set_input_files("#id_workbook", workbook(tmp_path / "so.xlsx", *rows))
    pressed(screen, "Kiểm tra tệp")
    followed(screen, "Sửa cách đọc trang tính này")
    choose(screen, "#id_unit", "nghìn đồng")
    pressed(screen, "Đọc như thế này")
    assert "3,5 triệu" in screen.inner_text("dl.figures")
    assert "nghìn đồng, như cơ quan bạn đã nói" in screen.inner_text("main")
    pressed(screen, "Lưu")
    assert set(Disbursement.objects.values_list("amount", flat=True)) == {1_500_000, 2_000_000}
    screen.click("main summary:has-text('Thu hồi lần nhập này')")
    pressed(screen, "Thu hồi")
    assert not Disbursement.objects.exists()
    followed(screen, "Nhập từ Excel")
    screen.click("main summary:has-text('Cách đọc các mẫu bảng')")
    pressed(screen, "Gỡ bỏ")
    assert "nghìn đồng" not in screen.inner_text("main")


def test_a_workbook_is_read_in_its_unit_mended_saved_and_taken_back_on_a_small_phone(
    open_page, sign_in, cast, tmp_path
):
    make.activity("GBV-01")
    right = [date(2022, 9, 15), "PC01", "GBV-01", "Bản Lang", 1_500, "Chi lớp"]
    wrong = [date(2022, 9, 16), "PC02", "GBV-01", "Bản Lăng Xa", 2_000, "Chi lớp"]
    phone = open_page(**PHONE | {"viewport": {"width": 360, "height": 640}})
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.goto("/imports/")
    phone.set_input_files("#id_workbook", workbook(tmp_path / "sai.xlsx", right, wrong))
    pressed(phone, "Kiểm tra tệp")
    assert "Bản Lăng Xa" in phone.inner_text("main")
    followed(phone, "Sửa cách đọc trang tính này")
    choose(phone, "#id_unit", "nghìn đồng")
    pressed(phone, "Đọc như thế này")
    assert "nghìn đồng, như cơ quan bạn đã nói" in phone.inner_text("main")
    assert "Bản Lăng Xa" in phone.inner_text("main")

    wrong[3] = "Bản Lang"
    phone.goto("/imports/")
    phone.set_input_files("#id_workbook", workbook(tmp_path / "dung.xlsx", right, wrong))
    pressed(phone, "Kiểm tra tệp")
    assert "3,5 triệu" in phone.inner_text("dl.figures")
    assert "nghìn đồng, như cơ quan bạn đã nói" in phone.inner_text("main")
    pressed(phone, "Lưu")
    assert set(Disbursement.objects.values_list("amount", flat=True)) == {1_500_000, 2_000_000}
    phone.click("main summary:has-text('Thu hồi lần nhập này')")
    pressed(phone, "Thu hồi")
    assert not Disbursement.objects.exists()


def test_the_commune_sees_its_own_reports_a_difficulty_and_confirms_an_output(
    screen, sign_in, cast
):
    make.plan(make.line("GBV-01", make.BAN_LANG, 10_000_000), make.line("GBV-01", make.NAM_XE))
    make.posted(6_000_000, commune=make.BAN_LANG)
    make.posted(77_000_000, commune=make.NAM_XE)
    point = works.outputs.create(
        actor=cast.dieuphoi,
        title="Điểm rửa tay",
        kind="handwashing",
        program=make.program("ECCD"),
        fiscal_year=make.year(),
        communes=[make.commune()],
    )
    sign_in(screen, "xa_banlang", make.PASSWORD)
    screen.goto("/?fiscal_year=2023")
    said = screen.inner_text("main")
    assert "6.000.000" in said
    assert "77.000.000" not in said
    assert "Nậm Xe" not in screen.inner_text("#main .figures")

    screen.goto("/difficulties/")
    followed(screen, re.compile("Báo khó khăn"))
    screen.fill("[name=title]", "Đường vào bản sạt lở")
    screen.click(".more-fields summary")
    screen.fill("[name=raised_on]", "2022-09-20")
    screen.fill("[name=effect]", "Chậm lớp tập huấn")
    screen.locator("#entry button[type=submit]").click()
    screen.wait_for_selector("h1:has-text('Đường vào bản sạt lở')")
    fits(screen)
    raised = Difficulty.objects.get()
    assert raised.commune == make.commune()  # the only one they have: nobody had to choose it

    screen.goto(f"/outputs/{point.pk}/")
    screen.click("main summary:has-text('Ghi tình trạng')")
    offered = screen.locator("main [name=state] option").all_inner_texts()
    assert offered == ["Đang làm", "Đã bàn giao"]  # nothing is in use before its handover
    screen.select_option("main [name=state]", "handed_over")
    screen.fill("main [name=date]", "2023-06-01")
    pressed(screen, "Ghi tình trạng")
    point.refresh_from_db()
    assert (point.state, point.handed_over_on) == ("handed_over", date(2023, 6, 1))


def test_an_api_client_gets_its_token_on_a_page_and_reads_the_summary(
    screen, sign_in, cast, live_server
):
    make.plan(make.line("GBV-01", amounts=10_000_000))
    make.posted(12_000_000)
    sign_in(screen, "khach", make.PASSWORD)
    screen.goto("/tokens/")
    screen.fill("#id_new_name", "Báo cáo của tỉnh")
    screen.fill("#id_new_password", make.PASSWORD)
    pressed(screen, "Tạo mã truy cập")
    token = screen.input_value("#new-token")
    screen.reload()  # makes no second one
    assert token not in screen.content()
    assert ApiToken.objects.count() == 1

    def read(path):
        return httpx.get(
            f"{live_server.url}{path}", headers={"Authorization": f"Token {token}"}, timeout=30
        )

    summary = read("/api/v1/summary/?fiscal_year=2023").json()
    assert summary["total"]["disbursed"] == 12_000_000
    screen.goto("/?fiscal_year=2023")
    assert "12.000.000" in screen.inner_text("dl.figures")
    screen.goto("/tokens/")
    assert "Báo cáo của tỉnh" in screen.inner_text("main")
    with screen.expect_navigation():
        screen.locator("form[action*='revoke'] button").first.click()
    assert read("/api/v1/summary/?fiscal_year=2023").status_code == 401


def test_the_admin_invites_somebody_gives_them_a_place_and_takes_the_door_away(
    screen, open_page, sign_in, cast
):
    sign_in(screen, "quantri", make.PASSWORD)
    screen.goto("/people/")
    followed(screen, re.compile("Mời"))
    screen.fill("#id_username", "xa_namxe")
    screen.select_option("#id_role", "commune")
    screen.fill("#id_email", "xa-namxe@example.org")
    pressed(screen, "Mời")
    work_off()
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]
    screen.goto(f"/people/{User.objects.get(username='xa_namxe').pk}/")
    choose(screen, "form[action$='/assign/'] [name=commune]", "Nậm Xe")
    pressed(screen, "Giao")
    assert "Nậm Xe" in screen.inner_text("main table")

    theirs = open_page()
    theirs.goto(link)
    for field in theirs.locator("main input[type=password]").all():
        field.fill("suoi-da-ngay-mua-2023")
    theirs.locator("main button[type=submit]").click()
    theirs.wait_for_load_state()
    sign_in(theirs, "xa_namxe", "suoi-da-ngay-mua-2023")
    theirs.goto("/communes/")
    assert "Nậm Xe" in theirs.inner_text("main")

    screen.fill("main [name=reason]", "Chuyển công tác")
    pressed(screen, "Ngừng hoạt động")
    assert not User.objects.get(username="xa_namxe").is_active
    theirs.goto("/communes/")
    assert "/accounts/login/" in theirs.url
