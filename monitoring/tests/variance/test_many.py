"""Many variances explained with one text: those that nobody has explained yet."""

import pytest

from monitoring.models.variance import VarianceNote
from tests import factories as make

LIST = "/variances/?fiscal_year=2023&quarter=1"
PAGE = "/variances/explain/?fiscal_year=2023&quarter=1"
PLAN = {"cause": "plan"}


@pytest.fixture
def year(cast):
    """Three communes far below their plan of quarter I; one of them is explained."""
    make.plan(*(make.line("GBV-01", code, 100_000_000) for code in make.COMMUNES[:3]))
    make.posted(5_000_000)
    return cast


def offered(client):
    return [line["tick"] for line in client.get(LIST).context["list"]["lines"]]


def test_one_text_explains_all_that_are_ticked(year, client):
    client.force_login(year.dieuphoi)
    boxes = offered(client)
    assert len(boxes) >= 3
    asked = client.post(PAGE, {"do": "explain", "row": boxes[:2]})
    assert [str(item.commune) for item in asked.context["items"]]
    assert not VarianceNote.objects.exists()
    sent = {"row": boxes[:2], "confirmed": "1", "cause": "weather"}
    sent["text"] = "Mưa lũ, chuyển sang quý II"
    assert client.post(PAGE, sent)["Location"] == LIST
    said = VarianceNote.objects.filter(text=sent["text"], cause="weather")
    assert said.count() == 2


def test_all_that_are_found_are_explained_but_what_was_said_before_stays(year, client):
    client.force_login(year.dieuphoi)
    boxes = offered(client)
    client.post(PAGE, {"row": boxes[:1], "confirmed": "1", "text": "Đã nói rồi", **PLAN})
    asked = client.post(PAGE, {"do": "explain", "all": "1"})
    assert (asked.context["given"], len(asked.context["items"])) == ("1", len(boxes) - 1)
    client.post(PAGE, {"all": "1", "confirmed": "1", "text": "Mưa lũ", **PLAN})
    said = sorted(VarianceNote.objects.values_list("text", flat=True))
    assert said == sorted(["Đã nói rồi", *["Mưa lũ"] * (len(boxes) - 1)])


def test_without_a_text_a_cause_or_a_tick_none_is_explained_and_who_may_not_gets_no_box(
    year, client
):
    client.force_login(year.dieuphoi)
    boxes = offered(client)
    told = {"row": boxes, "confirmed": "1"}
    assert client.post(PAGE, {**told, **PLAN, "text": " "}).status_code == 400
    assert client.post(PAGE, {**told, "text": "Mưa lũ"}).status_code == 400
    assert client.post(PAGE, {**told, "text": "Mưa lũ", "cause": "moon"}).status_code == 400
    assert client.post(PAGE, {"do": "explain"})["Location"] == LIST
    assert not VarianceNote.objects.exists()
    client.force_login(year.khach)
    assert client.get(LIST).context["list"]["ticks"] is None
    assert client.post(PAGE, {"all": "1"}).status_code == 403
