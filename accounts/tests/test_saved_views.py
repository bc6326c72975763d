"""Views of lists under a name: columns, order and filters of a person; an address for others."""

import pytest

from accounts.models import SavedView
from tests import factories as make

pytestmark = pytest.mark.any_database

LIST, VIEWS = "/disbursements/", "/views/"
ASKED = "?status=draft&sort=-amount&cols=date,amount&page=2"


@pytest.fixture
def coordinator(cast, client):
    make.draft(5_000, by=cast.dieuphoi_gbv)
    client.force_login(cast.dieuphoi_gbv)
    return client


def saved(client, name="Nháp của tôi", asked=ASKED):
    shown = client.get(LIST + asked).context["list"]
    sent = {"path": shown["path"], "title": "Giải ngân", "query": shown["view_query"]}
    return client.post(VIEWS, {**sent, "name": name})


def test_columns_order_and_filters_are_saved_under_a_name(coordinator, cast):
    answer = saved(coordinator)
    view = SavedView.objects.get()
    assert (view.user, view.path, view.name) == (cast.dieuphoi_gbv, LIST, "Nháp của tôi")
    assert answer.headers["Location"] == view.href
    shown = coordinator.get(view.href).context["list"]
    assert [each["column"].name for each in shown["head"]] == ["number", "date", "amount"]
    assert (shown["sort"], shown["used"]) == ("-amount", 1)
    assert "page" not in view.query
    assert 'href="/disbursements/?status=draft&amp;' in coordinator.get(LIST).content.decode()


def test_the_same_name_again_takes_its_place(coordinator):
    saved(coordinator)
    saved(coordinator, asked="?status=posted")
    assert "posted" in SavedView.objects.get().query


def test_a_view_is_renamed_and_deleted(coordinator):
    saved(coordinator)
    saved(coordinator, name="Khác")
    view = SavedView.objects.get(name="Nháp của tôi")
    coordinator.post(f"{VIEWS}{view.pk}/rename/", {"name": " Nháp  "})
    view.refresh_from_db()
    assert view.name == "Nháp"
    taken = coordinator.post(f"{VIEWS}{view.pk}/rename/", {"name": "Khác"})
    assert taken.status_code == 400
    coordinator.post(f"{VIEWS}{view.pk}/delete/")
    assert [each.name for each in SavedView.objects.all()] == ["Khác"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_is_wanted(coordinator, name):
    assert saved(coordinator, name=name).status_code == 400
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("path", ["https://a.example/", "//a.example/", "/nope/", ""])
def test_a_view_leads_nowhere_else(coordinator, path):
    sent = {"path": path, "title": "x", "name": "x", "query": ""}
    assert coordinator.post(VIEWS, sent).status_code == 400


def test_nobody_sees_or_changes_the_views_of_others(coordinator, cast):
    saved(coordinator)
    assert "Nháp của tôi" in coordinator.get(LIST).content.decode()
    view = SavedView.objects.get()
    coordinator.force_login(cast.dieuphoi)
    assert "Nháp của tôi" not in coordinator.get(VIEWS).content.decode()
    assert "Nháp của tôi" not in coordinator.get(LIST).content.decode()
    for act in ("rename", "delete"):
        assert coordinator.post(f"{VIEWS}{view.pk}/{act}/", {"name": "x"}).status_code == 404
    assert SavedView.objects.get().name == "Nháp của tôi"


def test_an_address_shows_others_the_same_within_their_scope_and_changes_nothing(coordinator, cast):
    saved(coordinator)
    view = SavedView.objects.get()
    coordinator.force_login(cast.khach)
    shown = coordinator.get(view.href).context["list"]
    assert [each["column"].name for each in shown["head"]] == ["number", "date", "amount"]
    assert coordinator.get(LIST).context["list"]["used"] == ""


def test_one_person_keeps_a_hundred(coordinator, cast):
    SavedView.objects.bulk_create(
        SavedView(user=cast.dieuphoi_gbv, path=LIST, title="x", name=f"{n}") for n in range(100)
    )
    assert saved(coordinator).status_code == 400
    assert saved(coordinator, name="7").status_code == 302
