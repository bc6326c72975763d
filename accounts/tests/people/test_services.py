"""What an administrator may not do, and what each step leaves behind."""

import re
from collections import Counter

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Letter, User
from accounts.people import services as people
from accounts.roles import Role
from core.services.errors import StaleVersion
from tests import factories as make
from tests.work_off import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def page_of(person):
    return f"/people/{person.pk}/"


def fields(person, **change):
    return {"role": person.role, "version": people.version_of(person), **change}


@pytest.fixture
def admin(cast, client):
    client.force_login(cast.quantri)
    return cast.quantri


def test_an_invitation_goes_to_the_mailbox_alone_and_carries_no_password(admin, client, mailoutbox):
    values = {"username": "xa_namxe", "role": "commune", "email": "xa@example.org"}
    page = client.post("/people/new/", values, follow=True)
    person = User.objects.get(username="xa_namxe")
    assert not person.has_usable_password() and not person.assignments.exists()
    assert not mailoutbox  # it is queued, without its link
    work_off()
    (letter,) = mailoutbox
    link = re.search(r"/accounts/password/new/\S+", letter.body)[0]
    assert letter.to == ["xa@example.org"] and link not in page.content.decode()
    assert person.history.first().history_user == admin


def test_who_has_a_password_is_not_invited_so_that_no_administrator_holds_the_link(
    admin, cast, client, mailoutbox
):
    page = client.post(page_of(cast.truongban) + "invite/", follow=True)
    assert "/accounts/password/new/" not in page.content.decode()
    assert not mailoutbox


def test_a_letter_that_cannot_be_sent_is_said_and_can_be_sent_again(
    admin, client, settings, mailoutbox
):
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "accounts.tests.broken.Backend"
    values = {"username": "moi", "role": "viewer", "email": "moi@example.org"}
    assert client.post("/people/new/", values).status_code == 302
    work_off()
    person = User.objects.get(username="moi")
    shown = client.post(page_of(person) + "invite/")
    assert (shown.status_code, "/password/" in shown.context["address"]) == (200, True)
    settings.EMAIL_BACKEND = backend
    client.post(f"/letters/{Letter.objects.get().pk}/again/")
    work_off()
    assert [letter.to for letter in mailoutbox] == [["moi@example.org"]]


def test_the_last_administrator_cannot_be_lost(admin, cast):
    other = make.user("quantri2", Role.ADMIN)
    people.set_active(actor=other, user=admin, active=False, reason="chuyển công tác")
    with pytest.raises(ValidationError):
        people.set_active(actor=other, user=other, active=False, reason="x")
    with pytest.raises(ValidationError):
        people.change(actor=other, user=other, role=Role.VIEWER)
    # who was deactivated a moment ago cannot go on, whatever an open page still believes
    with pytest.raises(PermissionDenied):
        people.set_active(actor=admin, user=other, active=False, reason="x")
    # somebody invited who has no password yet does not count as one who can sign in
    invited = people.invite(actor=other, username="quantri3", role=Role.ADMIN)
    with pytest.raises(ValidationError):
        people._keep_one([other, invited], other)


def test_a_reason_is_asked_for_and_what_was_typed_stays(admin, cast, client):
    answer = client.post(page_of(cast.khach) + "activate/", {"reason": " ", "active": "0"})
    assert answer.status_code == 400 and answer.context["why"].errors
    cast.khach.refresh_from_db()
    assert cast.khach.is_active


def test_who_comes_back_is_not_signed_in_where_they_were(admin, cast, client):
    theirs = Client()
    theirs.force_login(cast.khach)
    for active in ("0", "1"):
        client.post(page_of(cast.khach) + "activate/", {"reason": "x", "active": active})
    cast.khach.refresh_from_db()
    assert cast.khach.is_active and theirs.get("/profile/").status_code == 302


def test_two_edits_of_one_person_do_not_overwrite_each_other(admin, cast, client):
    old = fields(cast.khach, office="Sở Ngoại vụ")
    assert client.post(page_of(cast.khach), fields(cast.khach, office="UBND")).status_code == 302
    late = client.post(page_of(cast.khach), old)
    assert late.status_code == 409 and "Sở Ngoại vụ" in late.content.decode()
    cast.khach.refresh_from_db()
    assert cast.khach.office == "UBND"
    with pytest.raises(StaleVersion):
        people.change(actor=admin, user=cast.khach, role="viewer", version=1)


def test_a_changed_address_is_told_to_the_old_one(admin, cast, client, mailoutbox):
    cast.khach.email = "cu@example.org"
    cast.khach.save()
    client.post(page_of(cast.khach), fields(cast.khach, email="moi@example.org"))
    work_off()
    assert [letter.to for letter in mailoutbox] == [["cu@example.org"]]


def test_the_same_assignment_twice_is_refused_beside_the_form(admin, cast, client):
    given = {"program": "", "commune": make.commune().pk}
    assert client.post(page_of(cast.khach) + "assign/", given).status_code == 302
    again = client.post(page_of(cast.khach) + "assign/", given)
    assert again.status_code == 400 and again.context["grant_form"].errors
    assert cast.khach.assignments.filter(commune=make.commune()).count() == 1


def test_the_trail_of_a_person_shows_role_and_assignments_with_who_did_it(admin, cast, client):
    given = {"program": make.program("YEE").pk, "commune": make.commune().pk}
    client.post(page_of(cast.khach) + "assign/", given)
    client.post(page_of(cast.khach), fields(cast.khach, role="board"))
    trail = client.get(page_of(cast.khach)).context["trail"]
    assert [entry.who for entry in trail[:2]] == ["quantri", "quantri"]
    said = {change.after for entry in trail[:2] for change in entry.changes}
    assert {"Bản Lang", "Cán bộ Ban Điều hành"} <= said


@pytest.mark.parametrize(
    "query, expected",
    [
        ("search=DIEUPHOI", {"dieuphoi", "dieuphoi_gbv"}),
        ("search=so+ngoai+vu", {"khach"}),
        ("role=admin", {"quantri"}),
        ("state=inactive", {"bdh"}),
        ("state=invited", {"moi"}),
        ("search=dieuphoi&role=viewer", set()),
    ],
)
def test_people_are_found_without_accents(admin, cast, client, query, expected):
    User.objects.filter(pk=cast.khach.pk).update(office="Sở Ngoại vụ")
    User.objects.filter(pk=cast.bdh.pk).update(is_active=False)
    people.invite(actor=admin, username="moi", role="viewer")
    page = client.get(f"/people/?{query}").context["list"]["lines"]
    assert {line["row"].username for line in page} == expected


def test_the_list_asks_the_database_as_often_for_many_as_for_few(admin, client):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/people/")
        return len(found)

    queries()
    few = queries()
    for _n in range(15):
        make.user(programs=["GBV", "YEE"])
    assert queries() == few


def test_an_administrator_lets_a_locked_name_try_again(admin, cast, client, settings):
    for _n in range(settings.AXES_FAILURE_LIMIT):
        Client().post("/accounts/login/", {"username": "khach", "password": "sai"})
    assert AccessAttempt.objects.exists()
    client.post(page_of(cast.khach) + "unlock/")
    answer = Client().post("/accounts/login/", {"username": "khach", "password": make.PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_the_services_refuse_every_other_role(cast, role):
    actor, khach = make.somebody(role), cast.khach
    row = khach.assignments.get()
    calls = [
        lambda: people.invite(actor=actor, username="x", role="admin"),
        lambda: people.change(actor=actor, user=khach, role="admin"),
        lambda: people.set_active(actor=actor, user=khach, active=False, reason="x"),
        lambda: people.grant(actor=actor, user=actor, commune=make.commune()),
        lambda: people.revoke(actor=actor, assignment=row),
    ]
    for call in calls:
        with pytest.raises(PermissionDenied):
            call()


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_deactivate_each_other_one_remains(reference):
    from threading import Barrier, Thread

    from django.db import connections

    outcomes = Counter()
    for n in range(25):
        User.objects.filter(role=Role.ADMIN).update(is_active=False)
        pair = [make.user(f"a{n}", Role.ADMIN), make.user(f"b{n}", Role.ADMIN)]
        start = Barrier(2)

        def go(actor, other, start=start):
            try:
                start.wait()
                people.set_active(actor=actor, user=other, active=False, reason="x")
            except PermissionDenied:
                pass
            finally:
                connections.close_all()

        threads = [Thread(target=go, args=(pair[i], pair[1 - i])) for i in (0, 1)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        outcomes[User.objects.filter(role=Role.ADMIN, is_active=True).count()] += 1
    assert outcomes == {1: 25}
