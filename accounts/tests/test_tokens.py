"""API tokens: made by their owner, shown once, limited, revoked."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiToken
from accounts.services import create_token
from tests.factories import api

pytestmark = pytest.mark.django_db
GOOD = {"name": "báo cáo tỉnh", "reach": "read", "days": "90"}


def with_token(text):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def shown(answer):
    """The text of the token in a page."""
    found = re.search(r'id="new-token"[^>]*value="(\w+)"', answer.content.decode())
    return found[1] if found else None


def test_a_token_is_made_by_its_owner_and_shown_once(cast, client):
    client.force_login(cast.dieuphoi)
    answer = client.post("/tokens/", GOOD, follow=True)
    text = shown(answer)
    assert answer.redirect_chain and answer.status_code == 200 and text and len(text) == 64
    assert "no-store" in answer["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.name, token.read_only, token.user) == ("báo cáo tỉnh", True, cast.dieuphoi)
    assert abs(token.expiry - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert text not in (token.digest, token.token_key)  # at rest there is a digest alone
    page = client.get("/tokens/").content.decode()
    assert "báo cáo tỉnh" in page and text not in page
    assert with_token(text).get("/api/v1/programs/").status_code == 200
    assert with_token(text).post("/api/v1/disbursements/", {}).status_code == 403


@pytest.mark.parametrize("change", [{"name": ""}, {"reach": "all"}, {"days": "4000"}])
def test_a_wrong_form_makes_none(cast, client, change):
    client.force_login(cast.dieuphoi)
    answer = client.post("/tokens/", {**GOOD, **change})
    assert answer.status_code == 400 and not ApiToken.objects.exists()


def test_a_revoked_token_ends_at_once_and_only_its_owner_revokes_it(cast, client):
    token, text = create_token(user=cast.dieuphoi, name="x")
    address = f"/tokens/{token.digest}/revoke/"
    client.force_login(cast.khach)
    assert "x" not in re.findall(r'scope="row">(.*?)<', client.get("/tokens/").content.decode())
    assert client.post(address).status_code == 404
    assert with_token(text).get("/api/v1/programs/").status_code == 200
    client.force_login(cast.dieuphoi)
    assert client.get(address).url == "/tokens/"
    assert with_token(text).get("/api/v1/programs/").status_code == 200
    assert client.post(address).status_code == 302
    assert with_token(text).get("/api/v1/programs/").status_code == 401


def test_an_expired_token_and_one_of_somebody_gone_are_401(cast):
    _token, text = create_token(user=cast.dieuphoi)
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert with_token(text).get("/api/v1/programs/").status_code == 401
    _token, text = create_token(user=cast.khach)
    cast.khach.is_active = False
    cast.khach.save()
    assert with_token(text).get("/api/v1/programs/").status_code == 401


def test_the_last_use_is_noted(cast):
    _token, text = create_token(user=cast.dieuphoi)
    with_token(text).get("/api/v1/programs/")
    assert timezone.now() - ApiToken.objects.get().last_used < timedelta(minutes=1)


@pytest.fixture
def rates(settings, monkeypatch):
    """Small limits, in a minute that does not end."""
    cache.clear()
    monkeypatch.setattr("accounts.throttling.time", SimpleNamespace(time=lambda: 1_000_010.0))
    settings.API_RATES = {"read": 3, "write": 1, "address": 8, "refused": 2}
    yield
    cache.clear()


def test_too_many_requests_of_one_token_are_429_with_retry_after(cast, rates):
    mine, other = api(cast.dieuphoi), api(cast.khach)
    codes = [mine.get("/api/v1/programs/").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    refused = mine.get("/api/v1/programs/")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert mine.post("/api/v1/disbursements/", {}).status_code == 400  # writes have their own
    assert mine.post("/api/v1/disbursements/", {}).status_code == 429
    assert other.get("/api/v1/programs/").status_code == 200


def test_an_address_has_a_limit_over_all_its_tokens(cast, rates):
    clients = [api(person) for person in cast.everybody()[:4]]
    codes = [client.get("/api/v1/programs/").status_code for client in clients for _ in range(3)]
    assert codes == [200] * 8 + [429] * 4


def test_what_is_refused_counts_too(cast, rates):
    viewer, nobody = api(cast.khach), APIClient()
    codes = [viewer.post("/api/v1/disbursements/", {}).status_code for _ in range(3)]
    assert codes == [403, 429, 429]
    codes = [nobody.get("/api/v1/programs/").status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]  # the address has had eight, with the three above


def test_guessing_tokens_is_slowed_down(rates, reference):
    guess = with_token("0" * 64)
    codes = [guess.get("/api/v1/programs/").status_code for _ in range(4)]
    assert codes == [401, 401, 429, 429]
