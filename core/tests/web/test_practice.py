"""A portal to practise on is marked on every page, and sends nothing into the real one."""

import pytest

from accounts.models import User
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MARK = "Cổng thực hành"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/present/?fiscal_year=2023", 200),
        ("/disbursements/", 200),
        ("/no-such-page/", 404),
        ("/people/", 403),
        ("/api/v1/docs/", 200),
        ("/offline/", 200),
    ],
)
def test_every_page_says_so(cast, client, settings, address, status):
    client.force_login(cast.bdh)
    plain = client.get(address)
    assert (plain.status_code, MARK in plain.content.decode()) == (status, False)
    assert "X-Portal" not in plain
    settings.PRACTICE = True
    marked = client.get(address)
    assert marked.status_code == status and marked.content.decode().count('class="practice"') == 1
    assert MARK in marked.content.decode()
    assert int(marked["Content-Length"]) == len(marked.content)


def test_signing_in_and_a_fault_say_so_too(cast, client, settings, monkeypatch):
    settings.PRACTICE = True
    assert MARK in client.get("/accounts/login/").content.decode()
    client.force_login(cast.bdh)
    client.raise_request_exception = False
    monkeypatch.setattr("plan_portal.site.context.menu", lambda *args: 1 / 0)
    answer = client.get("/disbursements/")
    assert answer.status_code == 500 and MARK in answer.content.decode()


def test_the_api_says_so_in_its_head(cast, settings):
    settings.PRACTICE = True
    assert make.api(cast.bdh).get("/api/v1/programs/")["X-Portal"] == "practice"


def test_the_first_administrator_is_made_once(db, capsys):
    from django.core.management import call_command

    call_command("first_administrator")
    said = capsys.readouterr().out
    (person,) = User.objects.all()
    assert (person.username, person.role) == ("quantri", "admin")
    assert person.check_password(said.split()[-1])
    call_command("first_administrator")
    assert capsys.readouterr().out == "" and User.objects.count() == 1
