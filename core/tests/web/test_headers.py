"""Every answer carries the headers that hold a browser to the portal's own content, also one that
is refused before any page is asked, a static file, a download and a page for outside."""

import pytest

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ADDRESSES = (
    *("/accounts/login/", "/static/icons/portal.svg", "/static/js/portal.js", "/sw.js"),
    *("/nowhere/", "/?a=%00", "/api/v1/programs/", "/api/nowhere/", "/healthz", "/readyz"),
    *("/shared/no-such-key/", "/shared/no-such-key.csv", "/disbursements/?format=csv"),
    *("/search/?q=abc", "/notices/", "/api/v1/changes/", "/api/v1/my-data/", "/offline/"),
    *("/disbursements/grid/", "/people/", "/manifest.webmanifest"),
)


def held_to_the_portal(answer):
    policy = answer["Content-Security-Policy"]
    assert "object-src 'none'" in policy and "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_its_policy(cast, client, address):
    client.force_login(cast.quantri)
    held_to_the_portal(client.get(address))


def test_so_has_what_is_refused_for_its_size_or_its_token(cast, client, settings):
    settings.MAX_BODY_MB = 0
    too_large = client.post("/accounts/login/", {"username": "x" * 100})
    assert too_large.status_code == 413
    held_to_the_portal(too_large)
    strict = type(client)(enforce_csrf_checks=True)
    settings.MAX_BODY_MB = 1
    forged = strict.post("/accounts/login/", {"username": "x"})
    assert forged.status_code == 403
    held_to_the_portal(forged)


def test_a_program_without_https_is_refused_and_a_page_is_led_on(cast, client, settings):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    refused = make.api(cast.bdh).get("/api/v1/programs/")
    assert refused.status_code == 403 and "Location" not in refused
    assert client.get("/waiting/").status_code == 301
    assert make.api(cast.bdh).get("/api/v1/programs/", secure=True).status_code == 200
