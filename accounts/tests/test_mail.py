"""Links in letters are made of `PORTAL_URL`, never of what a request says its host is."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command

from tests import factories as make
from tests.work_off import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PORTAL, FALSE = "https://portal.example.vn", "evil.example.org"


@pytest.fixture(autouse=True)
def _two_hosts(settings):
    cache.clear()
    settings.PORTAL_URL = PORTAL + "/"
    settings.ALLOWED_HOSTS = ["*"]


def links(letter):
    """The hosts of the links, each with the first letter of its path."""
    return re.findall(r"https?://[^/\s]+/[^/\s]", letter.body)


def test_a_link_to_a_new_password(cast, client):
    make.User.objects.filter(pk=cast.dieuphoi.pk).update(email="dieuphoi@example.org")
    client.post(
        "/accounts/password/forgotten/", {"email": "dieuphoi@example.org"}, headers={"host": FALSE}
    )
    work_off()
    assert links(mail.outbox[0]) == [PORTAL + "/a"] and FALSE not in mail.outbox[0].body


def test_an_invitation_by_letter_and_the_one_handed_over(cast, client):
    client.force_login(cast.quantri)
    given = {"username": "moi", "role": "viewer", "email": "moi@example.org"}
    client.post("/people/new/", given, headers={"host": FALSE})
    work_off()
    assert links(mail.outbox[0]) == [PORTAL + "/a"] and FALSE not in mail.outbox[0].body
    shown = client.post(
        "/people/new/", {"username": "khac", "role": "viewer"}, headers={"host": FALSE}
    )
    assert shown.context["address"].startswith(PORTAL + "/accounts/password/new/")


def test_the_digest(cast):
    make.submitted(by=cast.dieuphoi)
    make.User.objects.filter(pk=cast.quanly.pk).update(email="quanly@example.org")
    call_command("send_digest")
    work_off()
    assert mail.outbox[0].body.count("://") == len(links(mail.outbox[0]))
    assert {link[:-1] for link in links(mail.outbox[0])} == {PORTAL + "/"}
