"""The administrator manages people without the shell, and touches no money."""

import pytest

from accounts.models import ApiToken, User
from accounts.services import create_token
from tests import factories as make

pytestmark = pytest.mark.any_database


def test_an_invited_person_chooses_a_password_and_signs_in(cast, client):
    client.force_login(cast.quantri)
    values = {"username": "xa_namxe", "role": "commune", "email": "", "everywhere": ""}
    page = client.post("/people/new/", values)
    person = User.objects.get(username="xa_namxe")
    assert not person.assignments.exists()
    address = page.context["address"]
    client.logout()
    step = client.get("/" + address.split("/", 3)[3], follow=True)
    new = "mot-mat-khau-khac-han"
    client.post(step.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    client.post("/accounts/login/", {"username": "xa_namxe", "password": new})
    assert client.session["_auth_user_id"] == str(person.pk)


NOWHERE = "django.core.mail.backends.console.EmailBackend"


def test_an_invitation_no_letter_carries_shows_its_link(cast, client, settings):
    settings.EMAIL_BACKEND = NOWHERE
    client.force_login(cast.quantri)
    values = {"username": "xa_namxe", "role": "commune", "email": "xa@example.org"}
    page = client.post("/people/new/", values)
    assert "/accounts/password/new/" in page.context["address"]
    assert page.context["address"] in page.content.decode()
    assert "đã được gửi" not in page.content.decode()
    again = client.post(f"/people/{User.objects.get(username='xa_namxe').pk}/invite/")
    assert "/accounts/password/new/" in again.context["address"]


def test_a_forgotten_password_is_no_letter_where_none_is_sent(client, cast, settings):
    settings.EMAIL_BACKEND = NOWHERE
    page = client.post("/accounts/password/forgotten/", {"email": "ai@example.org"})
    assert page.status_code == 400
    assert "không gửi thư: hãy liên hệ người quản trị" in page.content.decode()


def test_a_taken_name_is_said_beside_the_field(cast, client):
    client.force_login(cast.quantri)
    page = client.post("/people/new/", {"username": "quanly", "role": "viewer"})
    assert set(page.context["form"].errors) == {"username"}


def test_assigning_and_taking_away_leaves_a_trail(cast, client):
    client.force_login(cast.quantri)
    person = make.user(programs=["YEE"])
    url = f"/people/{person.pk}/"
    commune, program = make.commune().pk, make.program("GBV").pk
    client.post(url + "assign/", {"program": program, "commune": commune})
    old = person.assignments.get(commune=None)
    client.post(f"{url}assign/{old.pk}/end/")
    pairs = person.assignments.values_list("program__code", "commune__code")
    assert set(pairs) == {("GBV", make.BAN_LANG)}
    gone = old.history.model.objects.filter(id=old.pk).first()
    assert (gone.history_type, gone.history_user) == ("-", cast.quantri)


def test_a_deactivated_person_is_out_at_once(cast, client):
    from django.test import Client

    theirs = Client()
    theirs.force_login(cast.dieuphoi)
    create_token(user=cast.dieuphoi)
    client.force_login(cast.quantri)
    client.post(f"/people/{cast.dieuphoi.pk}/activate/", {"reason": "nghỉ việc"})
    assert theirs.get("/waiting/").status_code == 302
    assert not ApiToken.objects.filter(user=cast.dieuphoi).exists()
    assert "nghỉ việc" in client.get(f"/people/{cast.dieuphoi.pk}/").content.decode()


def test_nobody_raises_or_removes_themselves(cast, client):
    client.force_login(cast.quantri)
    me = f"/people/{cast.quantri.pk}/"
    assert client.post(me, {"role": "manager"}).status_code == 400
    client.post(me + "activate/", {"reason": "x"})
    cast.quantri.refresh_from_db()
    assert (cast.quantri.role, cast.quantri.is_active) == ("admin", True)


def test_only_the_administrator_manages_people(cast, client):
    for person in cast.everybody():
        if person == cast.quantri:
            continue
        client.force_login(person)
        for path in ("", "new/", f"{cast.khach.pk}/"):
            assert client.get(f"/people/{path}").status_code == 403


def test_the_digest_and_delegation_are_on_ones_own_profile(cast, client):
    client.force_login(cast.quanly)
    client.post("/profile/", {"last_name": "", "first_name": "", "language": "vi"})
    cast.quanly.refresh_from_db()
    assert not cast.quanly.digest
    values = {"d-receiver": cast.dieuphoi.pk, "d-start": "2099-01-05", "d-end": "2099-01-01"}
    bad = client.post("/profile/delegate/", {**values, "d-reason": "x"})
    assert set(bad.context["giving"].errors) == {"end"}
    good = {**values, "d-end": "2099-01-09", "d-reason": "đi họp"}
    assert client.post("/profile/delegate/", good).status_code == 302
    client.force_login(cast.dieuphoi)
    assert "đi họp" in client.get("/profile/").content.decode()
