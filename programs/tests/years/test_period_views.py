"""The months page: what closing would catch, closing, reopening with a reason."""

import pytest

from programs.models import Period
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.fixture
def september(cast):
    return make.period()


def test_what_closing_would_catch_is_shown_and_left_knowingly(cast, client, september):
    waiting = make.submitted(4_321)
    client.force_login(cast.quanly)
    page = client.get(f"/periods/{september.pk}/")
    assert [line["row"] for line in page.context["caught"]] == [waiting]
    assert client.post(f"/periods/{september.pk}/close/").status_code == 409
    client.post(f"/periods/{september.pk}/close/", {"leave_waiting": "on"})
    assert Period.objects.get(pk=september.pk).is_closed


def test_a_stale_page_closes_nothing(cast, client, september):
    client.force_login(cast.quanly)
    answer = client.post(f"/periods/{september.pk}/close/", {"version": "7"})
    assert answer.status_code == 409
    assert not Period.objects.get(pk=september.pk).is_closed


def test_reopening_asks_for_a_reason_and_shows_it(cast, client, september):
    make.close(september)
    client.force_login(cast.quanly)
    url = f"/periods/{september.pk}/reopen/"
    assert client.post(url, {"reason": " "}).status_code == 400
    client.post(url, {"reason": "chứng từ về muộn"})
    assert "chứng từ về muộn" in client.get(f"/periods/{september.pk}/").content.decode()
    assert not Period.objects.get(pk=september.pk).is_closed


def test_months_count_what_is_not_posted_within_ones_scope(cast, client, september):
    make.submitted(1, commune=make.BAN_LANG)
    make.submitted(2, commune=make.HOANG_THEN)
    for name, count in (("quanly", 2), ("xa_banlang", 1)):
        client.force_login(getattr(cast, name))
        months = client.get("/periods/?fiscal_year=2023&waits=true").context["list"]["lines"]
        assert [(line["row"].pk, line["row"].waiting) for line in months] == [(september.pk, count)]


@pytest.mark.parametrize("name", ["bdh", "truongban", "dieuphoi", "xa_banlang", "khach", "quantri"])
def test_only_the_manager_closes(cast, client, september, name):
    client.force_login(getattr(cast, name))
    assert client.get("/periods/?fiscal_year=2023").status_code == 200
    assert client.post(f"/periods/{september.pk}/close/").status_code == 403
    assert client.post(f"/periods/{september.pk}/reopen/", {"reason": "x"}).status_code == 403
    assert client.post("/fiscal-years/2023/state/").status_code == 403


def test_a_year_with_open_months_stays_open(cast, client, september):
    client.force_login(cast.quanly)
    page = client.post("/fiscal-years/2023/state/", follow=True)
    assert "12" in str(next(iter(page.context["messages"])))
    assert make.year("2023").state == "open"


def caught(client, person, month):
    """(rows shown, what is said of the others) of a month's page."""
    client.force_login(person)
    context = client.get(f"/periods/{month.pk}/").context
    return len(context["caught"]), len(context["notes"])


def test_of_more_rows_than_a_page_takes_it_says_that_it_shows_the_first(
    cast, client, september, monkeypatch
):
    make.submitted(1)
    make.submitted(2)
    assert caught(client, cast.quanly, september) == (2, 0)
    monkeypatch.setattr("disbursements.month.views.CAUGHT_SHOWN", 1)
    assert caught(client, cast.quanly, september) == (1, 1)


def test_rows_outside_ones_assignment_are_counted_and_said_to_be_so(cast, client, september):
    make.submitted(1, commune=make.BAN_LANG)
    make.submitted(2, commune=make.HOANG_THEN)
    assert caught(client, cast.xa_banlang, september) == (1, 1)
    assert client.get(f"/periods/{september.pk}/").context["count"] == 2
