"""A draft entered by mistake is deleted; whatever was sent stays on record."""

import pytest
from django.core.exceptions import PermissionDenied

from core.pages.history import trail_of
from core.services.errors import Conflict, StaleVersion
from disbursements.drafts import services as discard
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, PlanVersion
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_draft_goes_with_its_button_and_its_trail_stays(client, cast):
    row = factories.draft(1_000_000)
    client.force_login(cast.dieuphoi)
    address = f"/disbursements/{row.pk}/delete/"
    assert address in client.get(f"/disbursements/{row.pk}/").content.decode()
    answer = client.post(address, {"version": row.version})
    assert (answer.status_code, answer["Location"]) == (302, "/disbursements/")
    assert not Disbursement.objects.filter(pk=row.pk).exists()
    assert trail_of(row)[0].kind == "deleted"


def test_what_was_ever_submitted_stays(cast):
    row = factories.draft(1_000_000)
    row = ledger.submit(actor=cast.dieuphoi, disbursement=row)
    with pytest.raises(Conflict):
        discard.disbursement(actor=cast.dieuphoi, disbursement=row, version=row.version)
    row = ledger.return_(actor=cast.quanly, disbursement=row, reason="Thiếu chứng từ")
    with pytest.raises(Conflict):
        discard.disbursement(actor=cast.dieuphoi, disbursement=row, version=row.version)
    assert Disbursement.objects.filter(pk=row.pk).exists()


def test_a_draft_that_somebody_changed_meanwhile_stays(client, cast):
    row = factories.draft(1_000_000)
    with pytest.raises(StaleVersion):
        discard.disbursement(actor=cast.dieuphoi, disbursement=row, version=row.version + 1)
    client.force_login(cast.dieuphoi)
    assert (
        client.post(f"/disbursements/{row.pk}/delete/")["Location"] == f"/disbursements/{row.pk}/"
    )
    assert Disbursement.objects.filter(pk=row.pk).exists()


def test_only_who_enters_may_and_only_in_scope(cast):
    row = factories.draft(1_000_000, commune=factories.commune("03571"))
    for person in (cast.khach, cast.truongban, cast.bdh, cast.dieuphoi_gbv):
        with pytest.raises(PermissionDenied):
            discard.disbursement(actor=person, disbursement=row, version=row.version)


def test_a_draft_plan_goes_and_one_that_was_submitted_stays(client, cast):
    draft, sent = factories.draft_plan(fiscal_year="2024"), factories.submitted_plan()
    client.force_login(cast.dieuphoi)
    for plan in (draft, sent):
        client.post(f"/plans/{plan.pk}/delete/", {"version": plan.version})
    assert list(PlanVersion.objects.all()) == [sent]


def test_a_draft_goes_by_the_api_too_and_only_as_on_its_page(cast):
    row, sent = factories.draft(1_000_000), factories.submitted(2_000_000)
    enter, at = factories.api(cast.dieuphoi), "/api/v1/disbursements/"
    assert enter.delete(f"{at}{row.pk}/?version={row.version + 1}").status_code == 409
    assert factories.api(cast.xa_banlang).delete(f"{at}{row.pk}/").status_code == 403
    assert factories.api(cast.dieuphoi, read_only=True).delete(f"{at}{row.pk}/").status_code == 403
    stale = enter.delete(f"{at}{row.pk}/", headers={"if-match": '"of another time"'})
    assert stale.status_code == 409
    tag = enter.get(f"{at}{row.pk}/")["ETag"]
    gone = enter.delete(f"{at}{row.pk}/", headers={"if-match": tag})
    assert (gone.status_code, gone.content) == (204, b"")
    assert enter.get(f"{at}{row.pk}/").status_code == 404
    assert trail_of(row)[0].kind == "deleted"
    kept = enter.delete(f"{at}{sent.pk}/")
    assert (kept.status_code, kept.json()["code"]) == (409, "state")


def test_a_draft_out_of_scope_is_not_there_to_delete(cast):
    row = factories.draft(1_000_000, commune=factories.commune("03571"))
    theirs = factories.api(cast.dieuphoi_gbv)
    assert theirs.delete(f"/api/v1/disbursements/{row.pk}/").status_code == 404
    assert Disbursement.objects.filter(pk=row.pk).exists()


def test_a_draft_plan_goes_by_the_api_too(cast):
    draft, sent = factories.draft_plan(fiscal_year="2024"), factories.submitted_plan()
    enter, at = factories.api(cast.dieuphoi), "/api/v1/plan-versions/"
    assert enter.delete(f"{at}{draft.pk}/?version=99").status_code == 409
    assert enter.delete(f"{at}{draft.pk}/?version=one").status_code == 400
    assert factories.api(cast.truongban).delete(f"{at}{draft.pk}/").status_code == 403
    assert enter.delete(f"{at}{draft.pk}/?version={draft.version}").status_code == 204
    assert enter.delete(f"{at}{sent.pk}/").status_code == 409
    assert list(PlanVersion.objects.all()) == [sent]


# Withdrawn, dropped


def test_who_submitted_withdraws_and_submits_again(cast, client):
    row = factories.submitted(by=cast.dieuphoi)
    with pytest.raises(PermissionDenied):
        ledger.withdraw(actor=cast.dieuphoi_gbv, disbursement=row)
    address = f"/disbursements/{row.pk}/withdraw/"
    client.force_login(cast.dieuphoi)
    assert address in client.get(f"/disbursements/{row.pk}/").content.decode()
    client.post(address, {"version": row.version})
    row.refresh_from_db()
    assert (row.status, row.submitted_by) == ("draft", cast.dieuphoi)
    row = ledger.submit(actor=cast.dieuphoi, disbursement=row)
    row = ledger.post(actor=cast.quanly, disbursement=row)
    with pytest.raises(Conflict):
        ledger.withdraw(actor=cast.dieuphoi, disbursement=row)


def test_what_somebody_who_left_submitted_is_withdrawn_by_who_enters_there(cast):
    row = factories.submitted(by=cast.dieuphoi)
    cast.dieuphoi.is_active = False
    cast.dieuphoi.save()
    row.refresh_from_db()
    assert ledger.withdraw(actor=cast.dieuphoi_gbv, disbursement=row).status == "draft"


def returned(cast):
    row = factories.submitted(by=cast.dieuphoi)
    return ledger.return_(actor=cast.quanly, disbursement=row, reason="Nhập hai lần")


def withdrawn(cast):
    return ledger.withdraw(actor=cast.dieuphoi, disbursement=factories.submitted(by=cast.dieuphoi))


@pytest.mark.parametrize("state", [returned, withdrawn])
def test_what_was_returned_or_withdrawn_is_dropped_with_a_reason(cast, client, state):
    by_page, by_api = state(cast), state(cast)
    client.force_login(cast.dieuphoi)
    page = f"/disbursements/{by_page.pk}/"
    assert 'name="reason"' in client.get(page).content.decode()
    for reason in ("", " "):
        client.post(f"{page}delete/", {"version": by_page.version, "reason": reason})
    assert Disbursement.objects.filter(pk=by_page.pk).exists()
    client.post(f"{page}delete/", {"version": by_page.version, "reason": "Nhập hai lần"})
    assert trail_of(by_page)[0].why == "Nhập hai lần"
    address = f"/api/v1/disbursements/{by_api.pk}/"
    api = factories.api(cast.dieuphoi)
    assert api.delete(address).status_code == 409
    assert api.delete(f"{address}?reason=Nhập hai lần").status_code == 204
    assert not Disbursement.objects.exists()


def test_what_waits_or_is_posted_is_not_dropped(cast):
    for row in (factories.submitted(), factories.posted()):
        with pytest.raises(Conflict):
            discard.disbursement(
                actor=cast.dieuphoi, disbursement=row, version=row.version, why="Sai"
            )
