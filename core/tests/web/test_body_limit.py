"""A request that sends too much is refused before any of it is read."""

import pytest

from accounts.services import create_token

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_more_than_the_limit_is_413_with_nothing_read(cast, client, settings, monkeypatch):
    settings.MAX_BODY_MB = 1
    client.force_login(cast.dieuphoi)
    monkeypatch.setattr("django.http.HttpRequest._load_post_and_files", None)  # not even tried
    large = b"x" * (1024 * 1024 + 1)
    page = client.post("/imports/", large, "multipart/form-data; boundary=x")
    assert page.status_code == 413 and "1 MB" in page.content.decode()
    token = {"Authorization": f"Token {create_token(user=cast.dieuphoi)[1]}"}
    api = client.post("/api/v1/disbursements/", large, "application/json", headers=token)
    assert api.status_code == 413 and "1 MB" in api.json()["detail"]


def test_up_to_the_limit_it_is_read(cast, client, settings):
    settings.MAX_BODY_MB = 0
    client.force_login(cast.dieuphoi)
    assert client.get("/disbursements/").status_code == 200
