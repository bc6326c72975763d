"""The administrator sets the limits and the ceiling of a year, and opens the next one."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.services.errors import StaleVersion
from monitoring.variance.services import variances
from programs.models import FiscalYear, Period
from programs.years import settings as year_settings
from tests import factories as make

pytestmark = pytest.mark.any_database

GOOD = {"ceiling": "8,5 tỷ", "variance_low": "90", "variance_high": "105"}


def post(client, year, **changes):
    values = {**GOOD, "version": year.version, **changes}
    return client.post(f"/fiscal-years/{year.code}/", values)


def test_the_administrator_sets_ceiling_and_limits_and_the_trail_says_so(cast, client):
    year = make.year()
    client.force_login(cast.quantri)
    assert post(client, year).status_code == 302
    year.refresh_from_db()
    assert (year.ceiling, year.variance_low, year.variance_high) == (8_500_000_000, 90, 105)
    assert year.history.first().history_user == cast.quantri
    assert "8.500.000.000" in client.get("/fiscal-years/").content.decode()


def test_a_programmes_ceiling_is_set_and_taken_away_on_the_page_and_the_trail_says_so(cast, client):
    client.force_login(cast.quantri)
    assert post(client, make.year(), ceiling_GBV="45", ceiling_YEE="7").status_code == 302
    assert year_settings.ceilings_of(make.year()) == {"GBV": 45, "YEE": 7}
    assert "GBV" in make.year().history.first().history_change_reason
    assert post(client, make.year(), ceiling_GBV="45").status_code == 302
    assert year_settings.ceilings_of(make.year()) == {"GBV": 45}


def test_a_programmes_ceiling_is_read_by_who_has_the_programme_and_refused_by_name(cast):
    admin, year = make.api(cast.quantri), make.year()
    here = f"/api/v1/fiscal-years/{year.pk}/"
    body = {"version": year.version, "ceilings": {"GBV": 45, "ECCD": 9}}
    assert admin.patch(here, body).status_code == 200
    seen = make.api(cast.dieuphoi_gbv).get(here).json()["ceilings"]
    assert seen == {"GBV": 45}
    version = admin.get(here).json()["version"]
    for wrong in ({"GBV": 0}, {"GBV": "x"}, {"NONE": 5}, 5):
        refused = admin.patch(here, {"version": version, "ceilings": wrong})
        assert (refused.status_code, set(refused.json())) == (400, {"ceilings"})
    assert make.api(cast.dieuphoi).patch(here, body).status_code == 403


def test_what_was_no_variance_becomes_one_when_the_limits_are_narrower(cast):
    make.plan(make.line(amounts={1: 1_000_000}))
    make.posted(850_000)
    year = make.year()
    assert list(variances(cast.bdh, year, 1)) == []
    year_settings.change(actor=cast.quantri, fiscal_year=year, variance_low=90)
    assert len(variances(cast.bdh, make.year(), 1)) > 0


@pytest.mark.parametrize("name", ["bdh", "truongban", "quanly", "dieuphoi", "xa_banlang", "khach"])
def test_nobody_else_sets_them(cast, client, name):
    client.force_login(getattr(cast, name))
    assert client.get("/fiscal-years/2023/").status_code == 403
    assert post(client, make.year()).status_code == 403
    with pytest.raises(PermissionDenied):
        year_settings.open_next(actor=getattr(cast, name))


@pytest.mark.parametrize(
    "changes", [{"ceiling": "1"}, {"ceiling": str(10**15)}, {"variance_high": "1000"}]
)
def test_a_setting_at_its_limit_is_taken(cast, client, changes):
    client.force_login(cast.quantri)
    assert post(client, make.year(), **changes).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ceiling": "0"}, "ceiling"),
        ({"ceiling": "nhiều"}, "ceiling"),
        ({"variance_low": "105"}, "variance_high"),
        ({"variance_low": "-1"}, "variance_low"),
        ({"variance_high": "1001"}, "variance_high"),
        ({"variance_high": ""}, "variance_high"),
    ],
)
def test_a_wrong_setting_is_said_beside_its_field_and_what_was_typed_stays(
    cast, client, changes, field
):
    client.force_login(cast.quantri)
    answer = post(client, make.year(), **changes)
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {field}
    assert next(iter(changes.values())) in answer.content.decode()
    assert make.year().variance_high == 110


def test_over_the_api_the_same_rule_holds(cast):
    year, api = make.year(), make.api(cast.quantri)
    url = f"/api/v1/fiscal-years/{year.pk}/"
    refused = api.patch(url, {"version": year.version, "variance_low": 200}, format="json")
    assert (refused.status_code, set(refused.json())) == (400, {"variance_high"})
    body = {"version": year.version, "ceiling": 5_000_000_000}
    assert api.patch(url, body, format="json").json()["ceiling"] == 5_000_000_000
    assert api.patch(url, body, format="json").status_code == 409


def test_of_two_who_set_them_the_later_is_told(cast, client):
    year = make.year()
    year_settings.change(actor=cast.quantri, fiscal_year=year, ceiling=5)
    client.force_login(cast.quantri)
    assert post(client, year).status_code == 409
    with pytest.raises(StaleVersion):
        year_settings.change(actor=cast.quantri, fiscal_year=year, ceiling=6)


def test_the_next_year_is_opened_with_its_months_and_the_last_ones_limits(cast, client):
    last = FiscalYear.objects.order_by("start").last()
    year_settings.change(actor=cast.quantri, fiscal_year=last, variance_low=70, variance_high=130)
    client.force_login(cast.quantri)
    assert client.post("/fiscal-years/next/").status_code == 302
    new = FiscalYear.objects.get(code="2028")
    assert (new.start, new.end) == (date(2027, 7, 1), date(2028, 6, 30))
    assert (new.variance_low, new.variance_high) == (70, 130)
    areas = set(Period.objects.filter(fiscal_year=last).values_list("area", flat=True))
    assert set(Period.objects.filter(fiscal_year=new).values_list("area", flat=True)) == areas
    assert new.periods.count() == 12 * len(areas)


def test_without_any_year_there_is_nothing_to_follow(cast, monkeypatch):
    monkeypatch.setattr(FiscalYear.objects, "select_for_update", FiscalYear.objects.none)
    with pytest.raises(ValidationError):
        year_settings.open_next(actor=cast.quantri)
