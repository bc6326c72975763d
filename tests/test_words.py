"""The words of the screen where offices stumbled over them: as they say it themselves."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from communes.models import Commune
from core.services.transition import save_with_history
from core.values import display
from monitoring.models import Difficulty, Indicator, Meeting, Target
from programs.models import Agreement, Output
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("model", "field", "words"),
    [
        (Difficulty, "raised_on", "ngày nêu"),
        (Output, "handed_over_on", "ngày bàn giao"),
        (Output, "planned_on", "ngày dự kiến"),
        (Agreement, "due_precision", "hạn ghi theo"),
        (Meeting, "date_precision", "ngày ghi theo"),
        (Commune, "successor", "nay thuộc"),
    ],
)
def test_a_field_is_called_as_offices_call_it(model, field, words):
    with translation.override("vi"):
        assert str(model._meta.get_field(field).verbose_name) == words


@pytest.mark.any_database
def test_a_number_in_the_trail_has_a_comma_in_vietnamese_and_a_point_in_english():
    assert display.decimal(Decimal("141.70")) == "141,7"
    with translation.override("en"):
        assert display.decimal(Decimal("141.70")) == "141.7"


@pytest.mark.django_db
def test_the_trail_of_a_target_says_it_with_a_comma(cast, client):
    indicator = Indicator.objects.create(code="GBV-TL", name="Tỷ lệ", program=make.program("GBV"))
    target = Target(
        indicator=indicator,
        fiscal_year=make.year("2023"),
        commune=make.commune(),
        value=Decimal("141.7"),
    )
    save_with_history(target, cast.bdh, "nhập")
    client.force_login(cast.bdh)
    page = client.get(f"/indicator-targets/{target.pk}/").content.decode()
    assert "141,7" in page
    assert "141.7" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/trail/", ("Người thực hiện", "Thay đổi")),
        ("/", ("So với kế hoạch", "Huyện Phong Thổ, tỉnh Lai Châu")),
        ("/present/", ("Huyện Phong Thổ, tỉnh Lai Châu",)),
        ("/reports/", ("Số liệu năm 2023 (Excel)",)),
        ("/plans/new/", ("Tạo bản nháp",)),
        ("/variances/?fiscal_year=2023", ("Không đạt kế hoạch",)),
        ("/variances/?fiscal_year=2027", ("Chưa đạt kế hoạch",)),
    ],
)
def test_pages_say(cast, client, address, words):
    make.posted(commune=make.BAN_LANG)
    client.force_login(cast.dieuphoi if "plans" in address else cast.bdh)
    page = client.get(address, follow=True).content.decode()
    assert [word for word in words if word not in page] == []
    assert ">Menu<" in page or address == "/present/"


@pytest.mark.django_db
def test_one_commune_is_named_and_several_are_counted(cast, client):
    client.force_login(cast.bdh)
    make.posted(commune=make.BAN_LANG)
    assert "tại xã Bản Lang" in client.get("/").context["headline"]
    make.posted(commune=make.NAM_XE)
    assert "trên địa bàn 2 xã" in client.get("/").context["headline"]


@pytest.mark.django_db
def test_the_title_of_a_month_says_whose_it_is(cast, client):
    row = make.submitted(date=date(2022, 9, 15))
    client.force_login(cast.quanly)
    for address in (f"/disbursements/lists/{row.period_id}/", f"/periods/{row.period_id}/"):
        title = client.get(address).content.decode().partition("<title>")[2].partition("<")[0]
        assert "Tháng 09/2022, Huyện Phong Thổ" in title
