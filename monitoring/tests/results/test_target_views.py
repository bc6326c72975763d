"""The targets of a year for all communes in one form: nobody overwrites what they have not seen."""

from decimal import Decimal

import pytest
from django.urls import reverse

from monitoring.results import services as indicators
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.fixture
def indicator(cast):
    row = indicators.indicators.create(
        actor=cast.bdh,
        code="GBV-N1",
        name="Thanh niên cam kết không tảo hôn",
        program=make.program("GBV"),
        unit="người",
    )
    set_one(cast.bdh, row, make.BAN_LANG, 40)
    return row


def set_one(actor, indicator, code, value):
    indicators.set_target(
        actor=actor, indicator=indicator, year=make.year(), commune=make.commune(code), value=value
    )


def field(code):
    return f"commune_{make.commune(code).pk}"


def shown(page):
    """What a browser would send back of the form as it stands."""
    form = page.context["form"]
    values = {}
    for bound in form:
        value = "" if bound.value() is None else str(bound.value())
        values[bound.html_name] = value
        values[bound.html_initial_name] = form.data.get(bound.html_initial_name, value)
    return values


def targets(indicator):
    return {row.commune.code: row.value for row in indicator.targets.select_related("commune")}


def test_of_two_who_set_the_targets_the_later_is_told_and_may_save_again(cast, client, indicator):
    address = reverse("indicator-targets-of", args=[indicator.pk, "2023"])
    client.force_login(cast.quanly)
    seen = shown(client.get(address))
    set_one(cast.bdh, indicator, make.BAN_LANG, 55)
    set_one(cast.bdh, indicator, make.NAM_XE, 7)
    typed = {**seen, field(make.BAN_LANG): "60", field(make.DAO_SAN): "9"}
    refused = client.post(address, typed)
    assert refused.status_code == 400
    assert set(refused.context["form"].errors) == {field(make.BAN_LANG)}
    assert "55" in refused.content.decode()
    assert targets(indicator) == {make.BAN_LANG: 55, make.NAM_XE: 7}
    again = shown(refused)
    assert again[field(make.BAN_LANG)] == "60"
    assert client.post(address, again).status_code == 302
    assert targets(indicator) == {make.BAN_LANG: 60, make.NAM_XE: 7, make.DAO_SAN: Decimal(9)}


def test_what_nobody_touched_is_saved_at_once(cast, client, indicator):
    address = reverse("indicator-targets-of", args=[indicator.pk, "2023"])
    client.force_login(cast.quanly)
    values = {**shown(client.get(address)), field(make.BAN_LANG): "41"}
    assert client.post(address, values).status_code == 302
    assert targets(indicator) == {make.BAN_LANG: 41}
