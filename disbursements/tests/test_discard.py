"""A draft entered by mistake is deleted; whatever was sent stays on record."""

import pytest
from django.core.exceptions import PermissionDenied

from core.errors import Conflict, StaleVersion
from core.history import trail_of
from disbursements import discard, ledger
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
    draft, sent = factories.draft_plan(), factories.submitted_plan()
    client.force_login(cast.dieuphoi)
    for plan in (draft, sent):
        client.post(f"/plans/{plan.pk}/delete/", {"version": plan.version})
    assert list(PlanVersion.objects.all()) == [sent]
