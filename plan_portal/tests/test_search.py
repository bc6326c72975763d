"""One search finds records, people, places and pages, without accents, within the scope."""

from datetime import date

import pytest

from monitoring.reviews.services.difficulties import difficulties
from plan_portal.search.kinds import kinds
from plan_portal.search.services import search
from tests import factories as make
from tests.plans import asked


@pytest.fixture
def things(cast):
    make.draft(
        1_000_000,
        by=cast.dieuphoi,
        payee="Trường Tiểu học Nậm Xe",
        voucher_no="PC07",
        commune=make.NAM_XE,
    )
    difficulties.create(
        actor=cast.dieuphoi,
        title="Đường vào bản sạt lở",
        program=make.program("GBV"),
        commune=make.commune(make.DAO_SAN),
        effect="x",
        raised_on=date(2023, 2, 1),
    )
    return cast


def found(user, text, **options):
    return {group.kind: [row.text for row in group.rows] for group in search(user, text, **options)}


def test_records_are_found_without_accents_by_each_word(things):
    money = found(things.bdh, "tieu hoc nam xe")["disbursements"]
    assert money == ["PC07 · Trường Tiểu học Nậm Xe"]
    assert found(things.bdh, "SAT duong") == {"difficulties": ["Đường vào bản sạt lở"]}


def test_places_and_pages_are_found_too(things):
    assert any("Dào San" in text for text in found(things.bdh, "dao san")["communes"])
    assert "pages" in found(things.quantri, "people") or "pages" in found(things.quantri, "nguoi")


def test_what_lies_outside_the_scope_is_not_found(things):
    assert "difficulties" not in found(things.xa_banlang, "sat lo")
    assert "disbursements" not in found(things.xa_banlang, "PC07")


def test_people_are_found_by_who_manages_people(things):
    assert "people" in found(things.quantri, "dieuphoi_gbv")
    assert "people" not in found(things.bdh, "dieuphoi_gbv")


def test_every_hit_opens(things, client):
    client.force_login(things.bdh)
    for text in ("nam xe", "sat lo", "ban"):
        for group in search(things.bdh, text):
            assert [r.href for r in group.rows if client.get(r.href).status_code != 200] == []
            assert not group.href or client.get(group.href).status_code == 200, group.href


@pytest.mark.parametrize("text", ["", "x", " - ", "\0\0", "%", "x" * 300, "' OR 1=1 --"])
def test_odd_words_find_nothing_and_break_nothing(things, client, text):
    client.force_login(things.bdh)
    assert client.get("/search/", {"q": text}).status_code in (200, 400)
    assert make.api(things.bdh).get("/api/v1/search/", {"q": text}).status_code in (200, 400)


def test_a_question_a_kind_and_one_for_what_is_shown_however_much_is_found(
    things, django_assert_max_num_queries
):
    for number in range(12):
        make.draft(number + 1, by=things.dieuphoi, payee="Trường Nậm Xe")
    shown = len(search(things.bdh, "nam xe"))
    with django_assert_max_num_queries(len(kinds()) + shown + 4):
        groups = search(things.bdh, "nam xe")
    money = next(group for group in groups if group.kind == "disbursements")
    assert (money.count, len(money.rows)) == (13, 5)


def test_of_a_word_that_many_have_so_many_are_counted_and_it_is_said(things, client, monkeypatch):
    for number in range(12):
        make.draft(number + 1, by=things.dieuphoi, payee="Trường Mộc Lan")
    ask = make.api(things.bdh).get
    assert [(g["count"], g["more"]) for g in ask("/api/v1/search/?q=moc+lan").json()] == [
        (12, False)
    ]
    monkeypatch.setattr("plan_portal.search.services.COUNTED", 7)
    assert [(g["count"], g["more"]) for g in ask("/api/v1/search/?q=moc+lan").json()] == [(7, True)]
    client.force_login(things.bdh)
    assert "hơn 7" in client.get("/search/?q=moc+lan").content.decode()
    with asked() as seen:
        search(things.bdh, "moc lan", only="disbursements")
    keys, rows = [sql for sql, _params in seen if 'FROM "disbursements_disb' in sql]
    assert "LIMIT 8" in keys and "JOIN" not in keys and "LIKE" not in rows


def test_the_api_answers_by_kind(things):
    api = make.api(things.bdh)
    (group,) = api.get("/api/v1/search/?q=pc07").json()
    assert (group["kind"], group["count"]) == ("disbursements", 1)
    assert group["rows"][0]["page"].startswith("/disbursements/")
    assert [g["kind"] for g in api.get("/api/v1/search/?q=nam+xe&kind=communes").json()] == [
        "communes"
    ]
    for wrong in ("", "?q=x", "?q=abc&kind=no", "?q=abc&other=1"):
        assert api.get("/api/v1/search/" + wrong).status_code == 400
