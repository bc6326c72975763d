"""A session that asks for pages faster than people can waits for the next minute."""

import pytest
from django.core.cache import cache

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def few(settings):
    cache.clear()
    settings.API_RATES = {**settings.API_RATES, "pages": 3}


def test_who_crawls_waits_and_others_do_not(cast, client):
    client.force_login(cast.bdh)
    codes = [client.get("/waiting/").status_code for _n in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    refused = client.get("/disbursements/?format=csv")
    assert refused.status_code == 429 and 1 <= int(refused["Retry-After"]) <= 60
    assert "frame-ancestors 'none'" in refused["Content-Security-Policy"]
    client.force_login(cast.quanly)
    client.cookies["sessionid"] = client.session.session_key
    assert client.get("/waiting/").status_code == 200


def test_a_program_with_a_token_has_its_own_count(cast):
    program = make.api(cast.bdh)
    assert {program.get("/api/v1/programs/").status_code for _n in range(5)} == {200}
