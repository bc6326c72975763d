"""Pages of activities, communes and villages: the same figures as everywhere, in one's scope."""

from datetime import date

import pytest
from django.urls import reverse

from communes.models import Village
from disbursements.against_plan import against_plan
from programs.models import Activity
from programs.outputs import services as works
from programs.summary_query import SummaryQuery
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def scene(cast):
    """Plan and money of three activities in two communes, in two years; a class; an output."""
    amounts = {1: 10_000_000, 2: 5_000_000}
    make.plan(
        make.line("GBV-01", make.BAN_LANG, amounts),
        make.line("GBV-01", make.NAM_XE, {4: 2_000_000}),
        make.line("YEE-02", make.BAN_LANG, {3: 7_000_000}),
    )
    make.posted(4_000_000, activity="GBV-01", commune=make.BAN_LANG)
    make.posted(1_000_000, activity="GBV-01", commune=make.NAM_XE, date=date(2023, 5, 2))
    make.posted(3_000_000, activity="ECCD-07", commune=make.BAN_LANG)
    make.submitted(500_000, activity="YEE-02", commune=make.BAN_LANG)
    make.activity("SPON-09")
    village = Village.objects.get_or_create(commune=make.commune(), name="Nà Thử")[0]
    make.training(
        activity=make.activity("GBV-01"), village=village, commune=make.BAN_LANG, program="GBV"
    )
    works.outputs.create(
        actor=cast.dieuphoi,
        title="Điểm rửa tay",
        kind="handwashing",
        program=make.program("ECCD"),
        fiscal_year=make.year(),
        communes=[make.commune()],
        village=village,
    )
    return cast


def listed(client, address="/activities/"):
    return client.get(address).context["list"]


def sections(client, address):
    """Title → section of a record's page."""
    return {str(each.title): each for each in client.get(address).context["sections"]}


@pytest.mark.parametrize("username", ["dieuphoi", "dieuphoi_gbv", "xa_banlang"])
def test_activities_show_what_plan_against_actual_says(scene, client, username):
    user = getattr(scene, username)
    client.force_login(user)
    answer = against_plan(
        SummaryQuery.of_year(make.year(), date(2026, 1, 1), by=("activity",)), user
    )
    expected = {row.key["activity"]: row for row in answer.rows}
    found = {line["row"].pk: line["row"] for line in listed(client)["lines"]}
    assert found.keys() == expected.keys()
    for pk, row in found.items():
        figures = expected[pk]
        money = (row.planned or 0, row.disbursed or 0, row.waiting or 0)
        assert money == (figures.planned, figures.disbursed, figures.pending)
    sums = {cell["label"]: cell["text"] for cell in listed(client)["sums"] if cell["text"]}
    total = f"{answer.total.disbursed:,}".replace(",", ".")
    assert sums["Đã giải ngân (đồng)"] == total


def test_all_years_show_activities_without_money_too(scene, client):
    client.force_login(scene.dieuphoi)
    codes = {line["row"].code for line in listed(client, "/activities/?fiscal_year=all")["lines"]}
    assert codes == set(Activity.objects.values_list("code", flat=True))
    found = listed(client, "/activities/?search=spon&fiscal_year=all")
    assert [line["row"].code for line in found["lines"]] == ["SPON-09"]


def test_an_activity_of_another_programme_is_not_found(scene, client):
    client.force_login(scene.dieuphoi_gbv)
    mine, other = make.activity("GBV-01"), make.activity("YEE-02")
    assert client.get(reverse("activity", args=[mine.pk])).status_code == 200
    assert client.get(reverse("activity", args=[other.pk])).status_code == 404


def test_an_activity_leads_to_its_money_and_its_classes(scene, client):
    client.force_login(scene.dieuphoi)
    found = sections(client, reverse("activity", args=[make.activity("GBV-01").pk]))
    money = found["Kế hoạch và giải ngân theo năm tài chính (đồng)"]
    assert money.rows == [
        ("2023", "17.000.000", "5.000.000", "0", "còn 12.000.000", "29,4%"),
    ]
    by_commune = found["Theo xã, năm 2023 (đồng)"].rows
    assert [row[:3] for row in by_commune] == [
        ("Bản Lang", "15.000.000", "4.000.000"),
        ("Nậm Xe", "2.000.000", "1.000.000"),
    ]
    for title in ("Kế hoạch và giải ngân theo năm tài chính (đồng)", "Lớp tập huấn"):
        for _text, href in found[title].links:
            assert client.get(href).context["list"]["count"] != "0", href


def test_a_commune_shows_its_own_figures_boards_villages_and_outputs(scene, client):
    client.force_login(scene.xa_banlang)
    found = sections(client, reverse("commune", args=[make.commune().pk]))
    rows = found["Kế hoạch và giải ngân theo năm tài chính (đồng)"].rows
    assert rows == [("2023", "22.000.000", "7.000.000", "500.000", "còn 15.000.000", "31,8%")]
    assert "Nà Thử" in str(found["Các bản"].links)
    assert "Điểm rửa tay" in str(found["Công trình, trang thiết bị hỗ trợ"].links)
    assert "Khổng Lào" in str(found["Nay thuộc"].texts)
    there = reverse("commune", args=[make.commune(make.KHONG_LAO).pk])
    assert client.get(there).status_code == 404


def test_figures_of_a_commune_stop_at_the_programmes_of_who_looks(scene, client):
    client.force_login(scene.dieuphoi_gbv)
    found = sections(client, reverse("commune", args=[make.commune().pk]))
    rows = found["Kế hoạch và giải ngân theo năm tài chính (đồng)"].rows
    assert rows == [("2023", "15.000.000", "4.000.000", "0", "còn 11.000.000", "26,7%")]
    assert "Công trình, trang thiết bị hỗ trợ" not in found


def test_a_village_shows_what_happened_there(scene, client):
    village = Village.objects.get(name="Nà Thử")
    client.force_login(scene.xa_banlang)
    found = sections(client, reverse("village", args=[village.pk]))
    assert found["Lớp tập huấn"].rows[0][0] == "2023"
    client.force_login(make.user(role="commune", communes=[make.DAO_SAN]))
    assert client.get(reverse("village", args=[village.pk])).status_code == 404


def test_places_are_written_by_who_manages_settings_activities_by_coordinators_too(scene, client):
    for person in scene.everybody():
        client.force_login(person)
        expected = 200 if person == scene.quantri else 403
        for address in ("/communes/new/", "/villages/new/"):
            assert client.get(address).status_code == expected
        makes = person in (scene.dieuphoi, scene.dieuphoi_gbv, scene.quantri)
        assert client.get("/activities/new/").status_code == (200 if makes else 403)


def test_communes_are_found_without_accents_in_both_lives(scene, client):
    client.force_login(scene.dieuphoi)
    found = listed(client, "/communes/?search=khong+lao")
    assert [(line["row"].code, line["row"].valid_to) for line in found["lines"]] == [
        (make.KHONG_LAO, date(2025, 6, 30)),
        (make.KHONG_LAO, None),
    ]
