"""What a browser keeps of the portal: data asked for again, credentials never, nothing after
signing out but the forms that wait to be sent."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGES = (
    *("/", "/waiting/", "/disbursements/", "/disbursements/?format=xlsx", "/profile/"),
    *("/disbursements/?format=csv", "/plans/", "/trail/", "/people/"),
)
CREDENTIALS = (
    *("/accounts/login/", "/accounts/login/code/", "/accounts/second-factor/"),
    *("/accounts/password/", "/tokens/", "/people/new/"),
)


def kept(answer):
    return set(answer["Cache-Control"].split(", "))


@pytest.mark.parametrize("address", PAGES)
def test_a_page_with_data_is_its_readers_alone_and_asked_for_again(cast, client, address):
    client.force_login(cast.bdh)
    make.submitted()
    assert kept(client.get(address)) == {"private", "no-cache"}


def test_so_is_what_is_refused_and_what_leads_on(cast, client):
    assert kept(client.get("/disbursements/")) == {"private", "no-cache"}
    client.force_login(cast.dieuphoi)
    assert kept(client.post("/disbursements/new/", {})) == {"private", "no-cache"}


@pytest.mark.parametrize("address", ["programs/", "summary/?fiscal_year=2023", "trainings/9/"])
def test_so_is_what_the_api_answers(cast, address):
    assert kept(make.api(cast.bdh).get(f"/api/v1/{address}")) == {"private", "no-cache"}


def test_what_has_not_changed_is_304(cast):
    client = make.api(cast.bdh)
    tag = client.get("/api/v1/programs/")["ETag"]
    answer = client.get("/api/v1/programs/", headers={"If-None-Match": tag})
    assert answer.status_code == 304 and kept(answer) == {"private", "no-cache"}


@pytest.mark.parametrize("address", CREDENTIALS)
def test_credentials_are_not_kept_at_all(cast, client, address):
    if address != "/accounts/login/":
        client.force_login(cast.quantri)
    assert "no-store" in kept(client.get(address))


def test_attachments_are_not_kept_at_all(cast, client):
    client.force_login(cast.dieuphoi)
    row = make.draft(by=cast.dieuphoi)
    file = SimpleUploadedFile("phieu-chi.pdf", b"%PDF-1.4 x", content_type="application/pdf")
    client.post(f"/disbursements/{row.pk}/files/", {"files": file})
    answer = client.get(f"/disbursements/{row.pk}/files/{row.attachments.get().pk}/")
    assert "no-store" in kept(answer)


def test_what_is_known_of_a_person_is_not_kept_at_all(cast, client):
    client.force_login(cast.quantri)
    for address in (f"/people/{cast.bdh.pk}/", f"/people/{cast.bdh.pk}/erase/"):
        assert "no-store" in kept(client.get(address))
    assert "no-store" in kept(make.api(cast.bdh).get("/api/v1/my-data/"))
    assert "no-store" in kept(client.get("/shared/no-such-key/"))


@pytest.mark.parametrize("address", ["/accounts/logout/", "/admin/logout/"])
def test_signing_out_clears_the_browsers_cache_and_not_what_waits_to_be_sent(cast, client, address):
    cast.quantri.is_staff = True
    cast.quantri.save()
    client.force_login(cast.quantri)
    assert "Clear-Site-Data" not in client.get("/waiting/")
    assert client.post(address)["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get("/accounts/login/")
