"""The tile map: every commune once, roughly where it lies, for the units of either time."""

import pytest

from reports.charts.tiles import place
from tests import factories

pytestmark = pytest.mark.any_database


def test_no_two_communes_share_a_tile():
    points = [
        ("a", 103.41, 22.61),
        ("b", 103.34, 22.54),
        ("c", 103.34, 22.54),
        ("d", 103.46, 22.53),
    ]
    cells = place(points)
    assert len(set(cells.values())) == 4


def test_north_is_up_and_east_is_right():
    cells = place([("north", 103.3, 22.9), ("south", 103.3, 22.1), ("east", 103.9, 22.1)])
    assert cells["north"][1] < cells["south"][1]
    assert cells["south"][0] < cells["east"][0]


def test_one_commune_and_none():
    assert place([]) == {}
    assert len(place([("only", 103.0, 22.0)])) == 1


@pytest.mark.django_db
def test_old_communes_are_shown_under_the_new_on_request(client, cast):
    for code in factories.COMMUNES:
        factories.posted(1_000_000, commune=code)
        factories.training(commune=code)
    client.force_login(cast.bdh)
    shown = {}
    for units in ("old", "new"):
        tiles = client.get(f"/?fiscal_year=2023&units={units}").context["tiles"]["tiles"]
        shown[units] = {tile["name"]: tile["classes"] for tile in tiles}
    assert set(shown["old"]) == {"Bản Lang", "Hoang Thèn", "Khổng Lào", "Nậm Xe", "Dào San"}
    assert shown["new"] == {"Khổng Lào": "3 lớp", "Dào San": "1 lớp", "Sin Suối Hồ": "1 lớp"}
