"""Outlines of communes: a GeoJSON file is read, what matched and what did not is said, it is used
and taken back. All outlines here are made up."""

import json
import unicodedata
from datetime import date
from io import StringIO
from math import sin

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from communes.models import Commune, OutlineFile
from communes.outlines import geojson_file, rings, services
from communes.outlines.sentences import say
from core.services.errors import Conflict, StaleVersion
from tests import factories as make

pytestmark = pytest.mark.django_db
BEFORE, SINCE = date(2025, 6, 30), date(2025, 7, 1)


def square(x=103.3, y=22.5, side=0.1):
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def feature(outer=None, *holes, geometry=None, **properties):
    shape = {"type": "Polygon", "coordinates": [outer or square(), *holes]}
    return {"type": "Feature", "properties": properties, "geometry": geometry or shape}


def content(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def read(cast, *features, day=BEFORE, **more):
    with_name = {"name": "ranh-gioi.geojson", "day": day}
    return services.read_file(actor=cast.quantri, content=content(*features, **more), **with_name)


def matched(row):
    return {(o.commune.code, o.commune.valid_to): o.polygons for o in row.outlines.all()}


def keys(row):
    return [key for key, _words in row.said]


def test_units_are_matched_by_code_and_day_or_by_name_whatever_its_accents(cast):
    apart = unicodedata.normalize("NFD", "Xã Nậm Xe")
    row = read(
        cast,
        feature(code=3577, name="Xã Bản Lang"),  # a number has lost its zero
        feature(name_vi=apart),
        feature(TEN_XA="HOANG THEN"),
        feature(code="03571", valid_from="2025-07-01"),  # its own day comes before the file's
    )
    assert set(matched(row)) == {
        (make.BAN_LANG, BEFORE),
        (make.NAM_XE, BEFORE),
        (make.HOANG_THEN, BEFORE),
        (make.DAO_SAN, None),
    }
    assert row.said == []


def test_holes_and_several_parts_are_kept_what_has_no_area_is_left_away(cast):
    hole = square(103.33, 22.53, 0.02)
    parts = [[square(), hole], [square(103.6, 22.6)], [[[103, 22], [103.1, 22], [103, 22]] * 2]]
    parts[2][0].append(parts[2][0][0])
    shape = {"type": "MultiPolygon", "coordinates": parts}
    row = read(cast, feature(geometry=shape, code=make.BAN_LANG))
    assert [len(polygon) for polygon in matched(row)[make.BAN_LANG, BEFORE]] == [2, 1]
    assert keys(row) == ["flat_part"]


BOW = [[103.3, 22.5], [103.4, 22.6], [103.4, 22.5], [103.3, 22.6], [103.3, 22.5]]


@pytest.mark.parametrize(
    ("one", "day", "key"),
    [
        (feature(BOW, code=make.BAN_LANG), BEFORE, "crosses"),
        (feature(square()[:-1], code=make.BAN_LANG), BEFORE, "not_closed"),
        (feature([[103.3, 22.5]] * 4, code=make.BAN_LANG), BEFORE, "flat"),
        (feature(square(105.8, 21.0), code=make.BAN_LANG), BEFORE, "elsewhere"),
        (feature(geometry={"type": "Point", "coordinates": [1, 2]}), BEFORE, "no_outline"),
        (feature([[None, 1]] * 4, code=make.BAN_LANG), BEFORE, "no_outline"),
        ("x", BEFORE, "no_outline"),
        (feature(code=make.BAN_LANG, valid_from="hôm qua"), BEFORE, "no_day"),
        (feature(), BEFORE, "nameless"),
        (feature(name="Xã Không Có Ở Đâu"), BEFORE, "unknown"),
        (feature(name="Xã Nậm Xẻn"), BEFORE, "unknown_like"),
        (feature(name="Bản Lang"), SINCE, "other_time"),
        (feature(name="Dào San"), None, "ambiguous"),
        (feature(code=make.BAN_LANG, name="Nậm Xe"), None, "two_ways"),
        (feature(name="Thị trấn Phong Thổ"), BEFORE, "outside"),
    ],
)
def test_what_cannot_be_used_is_said_and_never_guessed(cast, one, day, key):
    Commune.objects.filter(code=make.BAN_LANG).update(latitude=22.55, longitude=103.35)
    row = read(cast, one, feature(code=make.NAM_XE, valid_from="1900-01-01"), day=day)
    assert keys(row) == [key]
    assert "%(" not in say(row.said[0])
    assert len(matched(row)) == 1  # the right one is there without the wrong one


def test_a_unit_that_stands_there_twice_is_said_and_left_out(cast):
    row = read(cast, feature(code=make.BAN_LANG), feature(square(103.5), name="Bản Lang"))
    assert matched(row) == {}
    assert keys(row) == ["twice"]
    assert "1, 2" in say(row.said[0])
    with pytest.raises(Conflict):
        services.use(actor=cast.quantri, row=row)


METRES = square(541_000, 2_490_000, 900)
SYSTEM = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3405"}}}


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"x", "not_geojson"),
        (b"[" * 100_000, "not_geojson"),
        (b'{"type": "Feature"}', "not_geojson"),
        (content(), "empty"),
        (content(feature(METRES)), "not_lon_lat"),
        (content(feature(square(22.5, 103.3))), "not_lon_lat"),
        (content(feature(), **SYSTEM), "not_lon_lat"),
        (content(feature()).replace(b"103.3", b"NaN"), "not_geojson"),
        (b" " * (geojson_file.LARGEST + 1), "too_large"),
    ],
)
def test_a_file_that_is_none_of_outlines_is_refused_with_a_sentence(file, code):
    with pytest.raises(ValidationError) as refused:
        geojson_file.read(file)
    assert refused.value.error_dict["file"][0].message.code == code


def test_outlines_that_would_take_too_long_to_check_are_refused(cast, monkeypatch):
    monkeypatch.setattr(rings.Crossings.__init__, "__defaults__", (2,))
    with pytest.raises(ValidationError, match=r"giản lược|simplify"):
        read(cast, feature(code=make.BAN_LANG))


def test_a_border_that_two_units_share_is_made_simpler_the_same_for_both():
    border = [(1 + 0.03 * sin(i * i), i / 100) for i in range(101)]
    left = [(0, 0), *border, (0, 1), (0, 0)]
    right = [*border[::-1], (3, -1), (3, 2), border[-1]]
    one, other = (set(ring) & set(border) for ring in rings.simplified([left, right], 0.02))
    assert one == other
    assert 10 < len(one) < 90
    whole = rings.simplified([left], 0.0001)
    assert len(whole[0]) == len(left)  # what is farther off than allowed stays


def test_a_later_file_comes_before_an_earlier_one_until_it_is_taken_back(cast):
    unit = make.commune()
    first = services.use(actor=cast.quantri, row=read(cast, feature(code=unit.code)))
    then = services.outlines_of([unit])
    second = read(cast, feature(square(103.4), code=unit.code))
    assert services.outlines_of([unit]) == then  # read is not used
    second = services.use(actor=cast.quantri, row=second)
    assert services.outlines_of([unit]) != then
    with pytest.raises(StaleVersion):
        services.take_back(actor=cast.quantri, row=second, version=1)
    services.take_back(actor=cast.quantri, row=second)
    assert services.outlines_of([unit]) == then
    services.take_back(actor=cast.quantri, row=first)
    assert services.outlines_of([unit]) == {}
    said = list(second.history.values_list("history_change_reason", "history_user__username"))
    assert len(said) == 3
    assert {who for _why, who in said} == {"quantri"}
    read(cast, feature(code=unit.code))
    assert OutlineFile.objects.count() == 1  # what was read and is not used is not kept


def test_only_who_manages_settings_reads_and_uses(cast, client):
    with pytest.raises(PermissionDenied):
        services.read_file(actor=cast.bdh, content=content(feature()), name="x")
    row = read(cast, feature(code=make.BAN_LANG))
    client.force_login(cast.bdh)
    for address in ("/communes/outlines/", f"/communes/outlines/{row.pk}/"):
        assert client.get(address).status_code == 403
    assert client.post(f"/communes/outlines/{row.pk}/use/").status_code == 403


def test_the_page_says_what_matched_before_anything_is_used(cast, client):
    client.force_login(cast.quantri)
    given = content(feature(code=make.BAN_LANG), feature(square(103.5), name="Nơi khác"))
    sent = {"file": SimpleUploadedFile("a.geojson", given), "day": "30/06/2025"}
    answer = client.post("/communes/outlines/", sent, follow=True)
    shown = answer.content.decode()
    assert "Xã Bản Lang" in shown
    assert "Nơi khác" in shown
    row = OutlineFile.objects.get()
    assert services.outlines_of([make.commune()]) == {}
    client.post(f"/communes/outlines/{row.pk}/use/", {"version": row.version})
    assert services.outlines_of([make.commune()])
    assert "Thu hồi" in client.get(f"/communes/outlines/{row.pk}/").content.decode()
    client.post(f"/communes/outlines/{row.pk}/take-back/", {"version": row.version + 1})
    assert services.outlines_of([make.commune()]) == {}
    wrong = {"file": SimpleUploadedFile("a.geojson", b"x")}
    refused = client.post("/communes/outlines/", wrong)
    assert refused.status_code == 400
    assert "GeoJSON" in str(refused.context["form"].errors["file"])


def test_the_command_says_the_same_and_uses_the_file(cast, tmp_path):
    file = tmp_path / "a.geojson"
    file.write_bytes(content(feature(code=make.BAN_LANG), feature(square(103.5), name="Nơi khác")))
    said, options = StringIO(), {"user": "quantri", "day": "30/06/2025"}
    call_command("load_outlines", str(file), check=True, stdout=said, **options)
    assert "+ Xã Bản Lang" in said.getvalue()
    assert "Nơi khác" in said.getvalue()
    assert services.outlines_of([make.commune()]) == {}
    call_command("load_outlines", str(file), stdout=said, **options)
    assert services.outlines_of([make.commune()])
    for wrong in ({"user": "nobody"}, {"user": "bdh"}, {"user": "quantri", "day": "x"}):
        with pytest.raises(CommandError):
            call_command("load_outlines", str(file), **wrong)
    with pytest.raises(CommandError):
        call_command("load_outlines", str(tmp_path / "none"), user="quantri")


def test_a_map_of_the_api_has_the_outline_and_elsewhere_the_point(cast):
    Commune.objects.in_area().update(latitude=22.55, longitude=103.35)
    row = read(cast, feature(code=make.BAN_LANG))
    services.use(actor=cast.quantri, row=row)
    answer = make.api(cast.khach).get("/api/v1/communes.geojson?valid_on=2023-06-30")
    found = {one["properties"]["code"]: one["geometry"] for one in answer.json()["features"]}
    assert found[make.BAN_LANG]["type"] == "MultiPolygon"
    assert found[make.BAN_LANG]["coordinates"][0][0][0] == [103.3, 22.5]
    assert found[make.NAM_XE]["type"] == "Point"
