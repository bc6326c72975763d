"""An address that only takes forms leads who asks to see it to the page above."""

import pytest

from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize("asked", ["get", "head"])
def test_what_only_takes_forms_leads_to_the_page_above(cast, client, asked):
    client.force_login(cast.dieuphoi)
    row = make.draft(by=cast.dieuphoi)
    answer = getattr(client, asked)(f"/disbursements/{row.pk}/submit/?like=5")
    assert (answer.status_code, answer.url) == (302, f"/disbursements/{row.pk}/")
    row.refresh_from_db()
    assert row.status == "draft"


def test_where_nothing_is_above_it_leads_home(cast, client):
    client.force_login(cast.dieuphoi)
    assert client.get("/accounts/logout/").url == "/"
    assert client.get("/profile/").status_code == 200


def test_the_language_is_switched_on_the_page_of_a_refusal(cast, client):
    """It sends back to the address of the page, which only takes forms."""
    client.force_login(cast.quanly)
    row = make.submitted(by=cast.dieuphoi)
    refused = client.post(f"/disbursements/{row.pk}/return/", {"reason": ""})
    assert refused.status_code == 400
    address = f"/disbursements/{row.pk}/return/"
    answer = client.post("/i18n/setlang/", {"language": "en", "next": address}, follow=True)
    assert answer.redirect_chain[-1] == (f"/disbursements/{row.pk}/", 302)
    assert answer.status_code == 200


def test_a_program_is_told_what_it_may_ask(cast):
    assert make.api(cast.quanly).put("/api/v1/programs/", {}).status_code == 405
