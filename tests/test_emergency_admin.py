"""The emergency admin stands behind the same rules: nobody edits money there."""

import pytest

from accounts.models import User
from disbursements.models import Disbursement
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.fixture
def root(cast, client):
    person = make.user("root", is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


def test_a_posted_row_is_looked_at_and_not_edited_or_deleted(root, client):
    row = make.posted(5)
    url = f"/admin/disbursements/disbursement/{row.pk}/"
    assert client.get(url + "change/").status_code == 200
    assert client.post(url + "change/", {"amount": "9"}).status_code == 403
    assert client.post(url + "delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/disbursements/disbursement/add/").status_code == 403
    assert Disbursement.objects.get(pk=row.pk).amount == 5


@pytest.mark.parametrize("path", ["programs/period", "programs/fiscalyear"])
def test_months_and_years_are_closed_elsewhere(root, client, path):
    pk = make.period().pk if "period" in path else make.year().pk
    assert client.post(f"/admin/{path}/{pk}/change/", {"state": "closed"}).status_code == 403


def test_a_change_there_is_on_the_trail(root, client):
    fund = make.fund("PLAN-VN")
    url = f"/admin/accounts/user/{make.user('moi').pk}/change/"
    assert client.get(url).status_code == 200
    values = {"username": "moi", "role": "viewer", "is_active": "on"}
    assert client.post(url, values).status_code == 302
    person = User.objects.get(username="moi")
    assert (person.role, person.history.first().history_user) == ("viewer", root)
    assert client.get(f"/admin/programs/fund/{fund.pk}/delete/").status_code == 403


def test_its_door_is_the_portals_own_sign_in(cast, client):
    assert client.get("/admin/login/?next=/admin/")["Location"].startswith("/accounts/login/")
    client.force_login(cast.quantri)
    assert client.get("/admin/").status_code == 302
