"""The results framework on its pages: entered, changed, and shown beside the money."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from monitoring.models import Actual, Indicator, Target
from monitoring.results import services as indicators
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.fixture
def indicator(cast):
    return indicators.indicators.create(
        actor=cast.bdh,
        code="GBV-CK",
        name="Thanh niên cam kết không tảo hôn",
        program=make.program("GBV"),
        unit="người",
    )


def figure(indicator, commune=make.BAN_LANG, **values):
    return {
        "indicator": indicator.pk,
        "fiscal_year": make.year().pk,
        "commune": make.commune(commune).pk,
        "value": "40",
        **values,
    }


def in_place(row):
    return {
        "indicator": row.indicator,
        "year": row.fiscal_year,
        "commune": row.commune,
    }


def test_an_indicator_its_target_and_its_actual_are_entered_on_pages(cast, client):
    client.force_login(cast.bdh)
    client.post(
        reverse("indicator-new"),
        {
            "code": "GBV-CK",
            "name": "Cam kết không tảo hôn",
            "program": make.program("GBV").pk,
            "unit": "người",
            "baseline": "12",
            "counted": "entered",
        },
    )
    row = Indicator.objects.get()
    client.force_login(cast.dieuphoi_gbv)
    client.post(reverse("indicator-target-new"), figure(row))
    client.post(reverse("indicator-actual-new"), figure(row, value="30", evidence="Danh sách"))
    assert (Target.objects.get().value, Actual.objects.get().value) == (40, 30)
    page = client.get(reverse("indicator", args=[row.pk])).content.decode()
    assert reverse("indicator-target", args=[Target.objects.get().pk]) in page
    trail = client.get(reverse("indicator-actual", args=[Actual.objects.get().pk]))
    assert cast.dieuphoi_gbv.display_name in trail.content.decode()


def test_what_is_wrong_is_said_and_what_was_typed_stays(cast, client, indicator):
    client.force_login(cast.dieuphoi_gbv)
    address = reverse("indicator-actual-new")
    answer = client.post(address, figure(indicator, value="30", evidence=""))
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"evidence"}
    assert answer.context["form"]["value"].value() == "30"
    outside = client.post(address, figure(indicator, make.HOANG_THEN, evidence="Danh sách"))
    assert set(outside.context["form"].errors) == {"commune"}
    client.post(reverse("indicator-target-new"), figure(indicator))
    again = client.post(reverse("indicator-target-new"), figure(indicator, value="50"))
    assert again.status_code == 400
    assert Target.objects.get().value == 40


@pytest.mark.parametrize("who", ["khach", "xa_banlang", "truongban"])
def test_who_may_not_set_figures_only_reads_them(cast, client, indicator, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("indicators")).status_code == 200
    for name in ("indicator-new", "indicator-target-new", "indicator-actual-new"):
        assert client.get(reverse(name)).status_code == 403


def results_of(client, **query):
    """{programme: (money, {commune: (money, [(code, target, actual, rate)])})} of the page."""
    answer = client.get(reverse("results"), {"fiscal_year": "2023", **query})
    assert answer.status_code == 200
    return {
        block["program"].code: (
            tuple(block["money"].values()),
            {
                place["name"]: (
                    tuple(place["money"].values()),
                    [(x["code"], x["target"], x["actual"], x["rate"]) for x in place["lines"]],
                )
                for place in block["places"]
            },
        )
        for block in answer.context["blocks"]
    }


def test_target_against_actual_stands_beside_plan_against_disbursed(cast, client, indicator):
    place = {"indicator": indicator, "year": make.year()}
    for code, value in ((make.BAN_LANG, 40), (make.NAM_XE, 20)):
        indicators.set_target(
            actor=cast.bdh, commune=make.commune(code), value=Decimal(value), **place
        )
    indicators.enter_actual(
        actor=cast.bdh, commune=make.commune(), value=Decimal(30), evidence="Danh sách", **place
    )
    make.plan(make.line("GBV-01", make.BAN_LANG, 10**9), make.line("GBV-01", make.NAM_XE, 10**9))
    make.posted(12 * 10**8, activity="GBV-01")
    client.force_login(cast.khach)
    ban_lang = (("1 tỷ", "1,2 tỷ", "120%"), [("GBV-CK", "40", "30", "75%")])
    nam_xe = (("1 tỷ", "0", "0%"), [("GBV-CK", "20", "–", "–")])
    assert results_of(client) == {
        "GBV": (("2 tỷ", "1,2 tỷ", "60%"), {"Bản Lang": ban_lang, "Nậm Xe": nam_xe})
    }
    only = {"GBV": (("1 tỷ", "1,2 tỷ", "120%"), {"Bản Lang": ban_lang})}
    assert results_of(client, commune=make.BAN_LANG) == only
    assert results_of(client, search="ban lang") == only
    assert results_of(client, program="YEE") == {}
    client.force_login(cast.xa_banlang)
    assert results_of(client) == only


def test_the_sheet_has_what_the_page_shows(cast, client, indicator):
    indicators.set_target(
        actor=cast.bdh,
        indicator=indicator,
        year=make.year(),
        commune=make.commune(),
        value=Decimal(40),
    )
    client.force_login(cast.khach)
    sheet = client.get(reverse("results"), {"format": "xlsx", "cols": "all", "fiscal_year": "2023"})
    head, row = load_workbook(BytesIO(sheet.getvalue())).active.iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    assert (told["Mã"], told["Chương trình"], told["Xã"]) == ("GBV-CK", "GBV", "Bản Lang")
    assert (told["Chỉ số"], told["Đơn vị tính"]) == ("Thanh niên cam kết không tảo hôn", "người")
    assert (told["Chỉ tiêu"], told["Giá trị gốc"]) == (40, None)


def test_the_list_has_the_lines_of_the_page_and_each_programmes_money_once(cast, client, indicator):
    other = indicators.indicators.create(
        actor=cast.bdh, code="GBV-LT", name="Lớp", program=indicator.program, unit="lớp"
    )
    for each in (indicator, other):
        indicators.set_target(
            actor=cast.bdh,
            indicator=each,
            year=make.year(),
            commune=make.commune(),
            value=Decimal(40),
        )
    make.plan(make.line("GBV-01", make.BAN_LANG, 10**9))
    make.posted(12 * 10**8, activity="GBV-01")
    client.force_login(cast.khach)
    listed = client.get(reverse("results-list"), {"fiscal_year": "2023"}).context["list"]
    assert listed["count"] == "2"
    assert [f.value for f in listed["figures"]] == ["1.000.000.000", "1.200.000.000", "120%"]
    only = client.get(reverse("results-list"), {"fiscal_year": "2023", "search": "lop"})
    assert [line["cells"][0].text for line in only.context["list"]["lines"]] == ["Lớp"]


def test_filters_of_the_results_stay(cast, client):
    client.force_login(cast.khach)
    address = reverse("results")
    client.get(address, {"program": "GBV"}, headers={"referer": f"http://testserver{address}"})
    for name in ("results", "results-list"):
        assert client.get(reverse(name)).headers["Location"].endswith("?program=GBV")


def test_the_results_are_in_the_navigation(cast, client):
    client.force_login(cast.khach)
    assert f'href="{reverse("results")}"' in client.get(reverse("results")).content.decode()


def test_the_targets_of_a_year_are_set_for_all_ones_communes_at_once(cast, client, indicator):
    client.force_login(cast.dieuphoi_gbv)
    address = reverse("indicator-targets-of", args=[indicator.pk, "2023"])
    names = {code: f"commune_{make.commune(code).pk}" for code in make.COMMUNES}
    page = client.get(address)
    assert set(page.context["form"].fields) == {names[make.BAN_LANG], names[make.NAM_XE]}
    client.post(address, {names[make.BAN_LANG]: "40", names[make.NAM_XE]: ""})
    seen = {f"initial-{names[make.BAN_LANG]}": "40"}
    client.post(address, {**seen, names[make.BAN_LANG]: "50", names[make.NAM_XE]: "20"})
    found = {row.commune.code: (row.value, row.version) for row in Target.objects.all()}
    assert found == {make.BAN_LANG: (50, 2), make.NAM_XE: (20, 1)}
    wrong = client.post(address, {names[make.BAN_LANG]: "60", names[make.NAM_XE]: "-1"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {names[make.NAM_XE]})
    assert Target.objects.get(commune__code=make.BAN_LANG).value == 50
    client.force_login(cast.khach)
    assert client.get(address).status_code == 403
