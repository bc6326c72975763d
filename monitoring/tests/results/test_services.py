"""The results framework: target against actual, counted or entered with evidence."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from monitoring.results import services as indicators
from programs.outputs import services as works
from programs.summary_query import SummaryQuery
from tests import factories as make


def an_indicator(by, code="GBV-N1", counted="entered", **values):
    values = {"name": "Chỉ số", "program": make.program("GBV"), "unit": "người", **values}
    return indicators.indicators.create(actor=by, code=code, counted=counted, **values)


def shown(user):
    return {
        (row.indicator.code, row.commune.code): (row.target, row.actual, row.rate)
        for row in indicators.results(user, SummaryQuery.of_year(make.year(), make.year().end))
    }


def test_counted_actuals_come_from_the_classes_and_the_ledger(cast):
    for code, counted in (("N1", "trainings"), ("N2", "female"), ("N3", "rate")):
        indicator = an_indicator(cast.bdh, code, counted)
        indicators.set_target(
            actor=cast.bdh,
            indicator=indicator,
            year=make.year(),
            commune=make.commune(),
            value=Decimal(10),
        )
    make.training(12, 8)
    make.training(3, 0)
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 100}))
    make.posted(120, activity="GBV-01")
    assert shown(cast.bdh) == {
        ("N1", make.BAN_LANG): (10, 2, Decimal("20.0")),
        ("N2", make.BAN_LANG): (10, 15, Decimal("150.0")),
        ("N3", make.BAN_LANG): (10, Decimal("120.0"), Decimal("1200.0")),
    }


def test_handed_over_works_count_where_they_stand_and_not_where_it_is_unknown(cast):
    an_indicator(cast.bdh, "N4", "outputs", program=make.program("ECCD"))
    for where in ([make.BAN_LANG], [make.BAN_LANG, make.NAM_XE]):
        row = works.outputs.create(
            actor=cast.dieuphoi,
            title="Điểm rửa tay",
            kind="handwashing",
            program=make.program("ECCD"),
            fiscal_year=make.year(),
            quantity=3,
            communes=[make.commune(code) for code in where],
        )
        works.confirm(actor=cast.dieuphoi, output=row, state="handed_over", date=date(2023, 5, 1))
    assert shown(cast.bdh) == {("N4", make.BAN_LANG): (None, 3, None)}
    for day, counted in ((date(2023, 4, 30), []), (date(2023, 5, 1), [3])):
        found = indicators.results(cast.bdh, SummaryQuery.of_year(make.year(), day))
        assert [row.actual for row in found] == counted


def test_an_entered_actual_needs_evidence(cast):
    indicator = an_indicator(cast.bdh)
    place = {"indicator": indicator, "year": make.year(), "commune": make.commune()}
    with pytest.raises(ValidationError):
        indicators.enter_actual(actor=cast.bdh, value=Decimal(3), evidence="", **place)
    indicators.enter_actual(actor=cast.bdh, value=Decimal(3), evidence="Biên bản", **place)
    indicators.enter_actual(actor=cast.bdh, value=Decimal(4), evidence="Biên bản 2", **place)
    assert shown(cast.bdh) == {("GBV-N1", make.BAN_LANG): (None, 4, None)}


def test_what_the_portal_counts_is_not_entered(cast):
    indicator = an_indicator(cast.bdh, counted="trainings")
    with pytest.raises(ValidationError):
        indicators.enter_actual(
            actor=cast.bdh,
            indicator=indicator,
            year=make.year(),
            commune=make.commune(),
            value=Decimal(3),
            evidence="Biên bản",
        )


def test_a_commune_sees_its_own_results(cast):
    an_indicator(cast.bdh, counted="trainings")
    make.training()
    make.training(commune=make.NAM_XE)
    assert {commune for _code, commune in shown(cast.xa_banlang)} == {make.BAN_LANG}
