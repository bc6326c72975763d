"""An assignment follows its unit: into the unit it became, and never to that one's other parts."""

from datetime import date

import pytest

from accounts.models import User
from accounts.people import services as people
from accounts.scope import covers, outside
from communes.models import Commune
from disbursements.models import Disbursement
from tests import factories as make
from trainings.models import Training

pytestmark = pytest.mark.django_db

MERGED = (make.BAN_LANG, make.HOANG_THEN, make.KHONG_LAO)


@pytest.fixture
def new(reference):
    """Khổng Lào since July 2025, with a class in it and one in each unit it was made of."""
    unit = make.commune(make.KHONG_LAO, valid_from=make.REFORM)
    for code in (*MERGED, make.NAM_XE):
        make.training(commune=code)
    make.training(commune=unit, start=date(2025, 8, 1))
    return unit


def places(person):
    """The units of the classes a person sees."""
    person = User.objects.get(pk=person.pk)
    rows = Training.objects.visible_to(person).select_related("commune")
    return sorted((row.commune.code, row.commune.valid_from == make.REFORM) for row in rows)


def test_who_had_every_part_has_the_new_unit(new):
    person = make.user(communes=list(MERGED))
    parts = [(code, False) for code in MERGED]
    assert places(person) == sorted([*parts, (make.KHONG_LAO, True)])
    assert covers(person, make.program(), new)
    assert outside(person, program=make.program(), commune=new) == {}


def test_who_lacked_a_part_waits_for_the_administrator(new, cast):
    assert places(cast.xa_banlang) == [(make.BAN_LANG, False)]
    assert set(outside(cast.xa_banlang, commune=new)) == {"commune"}
    people.follow(actor=cast.quantri, assignment=cast.xa_banlang.assignments.get())
    person = User.objects.get(pk=cast.xa_banlang.pk)
    assert places(person) == [(make.BAN_LANG, False), (make.KHONG_LAO, True)]
    assert covers(person, make.program(), new)
    assert not covers(person, make.program(), make.commune(make.HOANG_THEN))
    seen = Commune.objects.visible_to(person).values_list("code", "valid_to")
    assert set(seen) == {(make.BAN_LANG, date(2025, 6, 30)), (make.KHONG_LAO, None)}


def test_it_follows_with_its_own_programme(new, cast):
    """GBV in two of the parts and everything in the third is the whole for GBV alone."""
    pairs = [("GBV", make.BAN_LANG), ("GBV", make.HOANG_THEN), (None, make.KHONG_LAO)]
    person = make.user_of_pairs(*pairs)
    assert covers(person, make.program("GBV"), new)
    assert not covers(person, make.program("YEE"), new)


def test_rows_of_the_new_unit_are_entered_where_the_old_one_was_assigned(new, cast):
    """By a coordinator through the API, once the administrator has confirmed it on the page."""
    body = {"date": "2025-09-15", "activity": "GBV-01", "commune": new.code, "amount": 1_000_000}
    make.activity("GBV-01")
    gbv = cast.dieuphoi_gbv
    refused = make.api(gbv).post("/api/v1/disbursements/", body)
    assert (refused.status_code, set(refused.json())) == (400, {"commune"})
    people.follow(actor=cast.quantri, assignment=gbv.assignments.get(commune__code=make.BAN_LANG))
    made = make.api(gbv).post("/api/v1/disbursements/", body)
    assert made.status_code == 201
    assert Disbursement.objects.get().commune == new
    elsewhere = {**body, "date": "2025-06-15", "commune": make.HOANG_THEN}
    assert make.api(gbv).post("/api/v1/disbursements/", elsewhere).status_code == 400


def test_the_page_says_what_is_shared_and_the_administrator_confirms(new, cast, client):
    client.force_login(cast.quantri)
    client.cookies["django_language"] = "en"
    page, grant = f"/people/{cast.xa_banlang.pk}/", cast.xa_banlang.assignments.get()
    assert (
        "Not yet Xã Khổng Lào: confirming also shares its records of what was Hoang Thèn, "
        "Khổng Lào, dated from 01/07/2025."
    ) in client.get(page).content.decode()
    assert client.post(f"{page}assign/{grant.pk}/follow/").status_code == 302
    said = client.get(page).content.decode()
    assert "Since 01/07/2025 also Xã Khổng Lào, shared with what was Hoang Thèn" in said
    newest = grant.history.latest()
    assert (newest.history_user, newest.history_change_reason) == (
        cast.quantri,
        "followed to Xã Khổng Lào",
    )


@pytest.mark.parametrize("name", ["bdh", "dieuphoi", "xa_banlang"])
def test_nobody_else_confirms_it(new, cast, client, name):
    client.force_login(getattr(cast, name))
    grant = cast.xa_banlang.assignments.get()
    page = f"/people/{cast.xa_banlang.pk}/assign/{grant.pk}/follow/"
    assert client.post(page).status_code == 403
    grant.refresh_from_db()
    assert grant.followed_at is None
