"""From an empty database to the first plan, in a browser, by an administrator alone."""

from pathlib import Path

import pytest

from communes.models import ALWAYS, Commune
from disbursements.models import PlanAmount, PlanVersion
from programs.models import FiscalYear, Program
from tests import factories as make

SAMPLES = Path(__file__).parents[1] / "samples"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
COMMUNES = ("Bản Lang", "Hoang Thèn", "Khổng Lào", "Nậm Xe", "Dào San")
PROGRAMMES = {
    "ECCD": "Chăm sóc và phát triển trẻ thơ toàn diện đáp ứng về giới",
    "GBV": "Phòng, chống bạo lực trên cơ sở giới",
    "YEE": "Cơ hội, kỹ năng và trao quyền kinh tế cho thanh niên",
    "SPON": "Chương trình bảo trợ",
}


@pytest.fixture
def empty(transactional_db):
    """What `migrate` and `create_user` leave."""
    make.no_reference()
    make.user("quantri", "admin")


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_from_an_empty_database_to_the_first_plan(empty, request, sign_in, screen):
    page = request.getfixturevalue(screen)
    sign_in(page, "quantri", make.PASSWORD)
    page.goto("/")
    page.get_by_role("link", name="Bắt đầu: Vùng dự án").click()
    page.fill("#id_name", "Phong Thổ")
    page.click("text=Lưu và tiếp tục")

    page.select_option("#id_when", "before")
    page.select_option("#id_province", label="Lai Châu")
    page.click("main .filters button")
    page.select_option("#id_district", label="Huyện Phong Thổ")
    page.click("main .filters button")
    for name in COMMUNES:
        page.get_by_role("checkbox", name=f"Xã {name}").check()
    page.click("text=Đưa các xã đã chọn vào vùng dự án")
    old = Commune.objects.in_area().filter(valid_from=ALWAYS)
    assert set(old.values_list("name", flat=True)) == set(COMMUNES)

    page.click("a[rel=next]")
    for code, name in PROGRAMMES.items():
        page.fill("#id_code", code)
        page.fill("#id_name", name)
        page.click("#entry button")
    assert set(Program.objects.values_list("code", flat=True)) == set(PROGRAMMES)

    page.click("a[rel=next]")
    page.fill("#id_code", "2023")
    page.click("#entry button")
    page.click("a[rel=prev]")  # back and forth: nothing is lost
    assert page.get_by_text(PROGRAMMES["YEE"]).is_visible()
    page.click("a[rel=next]")
    assert page.get_by_text("01/07/2022 – 30/06/2023").is_visible()

    page.click("a[rel=next]")
    page.fill("#id_username", "truongban")
    page.select_option("#id_role", "head")
    page.click("#entry button")
    assert "/accounts/password/new/" in page.inner_text("main code")

    page.click("a[rel=next]")
    page.click("main .choices a.button")
    page.select_option("#id_kind", "plan")
    page.set_input_files("#id_workbook", SAMPLES / "ke-hoach-FY2023.xlsx")
    page.click("main form button[type=submit]")
    page.click("form[action$='/commit/'] button")
    page.wait_for_selector(".notice.success")
    version = PlanVersion.objects.get()
    assert version.fiscal_year == FiscalYear.objects.get()
    amounts = PlanAmount.objects.filter(line__plan_version=version)
    assert sum(amounts.values_list("amount", flat=True)) == 7_420_000_000
    page.goto("/setup/topics/")
    page.fill("#id_code", "GBV-CLB")
    page.fill("#id_name", "Năng lực thành viên CLB thủ lĩnh thay đổi")
    page.click("#entry button")
    page.goto("/setup/")
    assert page.get_by_text("Đã xong 7 trên 7 bước").first.is_visible()
