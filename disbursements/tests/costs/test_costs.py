"""What a class cost is what the ledger says was paid for it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from disbursements.costs import services as cost_services
from disbursements.ledger import services as ledger
from disbursements.models import CostLink
from tests import factories as make


def test_the_cost_of_a_class_is_what_was_paid_less_what_came_back(cast):
    row, paid = make.training(), make.posted(1_000)
    cost_services.link(actor=cast.dieuphoi, disbursement=paid, thing=row)
    cost_services.link(actor=cast.dieuphoi, disbursement=make.submitted(5_000), thing=row)
    ledger.reverse(actor=cast.quanly, disbursement=paid, reason="Hoàn ứng", amount=300)
    assert cost_services.cost_of(row, cast.bdh) == cost_services.Cost(700, 1, 0)


def test_a_disbursement_that_paid_for_two_classes_is_said_to_be_shared(cast):
    classes, paid = [make.training(), make.training()], make.posted(1_000)
    for row in classes:
        cost_services.link(actor=cast.dieuphoi, disbursement=paid, thing=row)
    assert cost_services.cost_of(classes[0], cast.bdh) == cost_services.Cost(1_000, 1, 1)


def test_a_link_is_made_once_within_the_programme_and_the_scope(cast):
    row, paid = make.training(), make.posted(1_000)
    cost_services.link(actor=cast.dieuphoi, disbursement=paid, thing=row)
    for person, other in (
        (cast.dieuphoi, paid),
        (cast.dieuphoi, make.posted(5, activity="ECCD-01")),
        (cast.dieuphoi_gbv, make.posted(5, commune=make.DAO_SAN)),
    ):
        with pytest.raises(ValidationError):
            cost_services.link(actor=person, disbursement=other, thing=row)
    elsewhere = make.training(commune=make.DAO_SAN)
    with pytest.raises(ValidationError):
        cost_services.link(actor=cast.dieuphoi_gbv, disbursement=make.posted(5), thing=elsewhere)
    with pytest.raises(PermissionDenied):
        cost_services.link(actor=cast.khach, disbursement=paid, thing=row)
    assert CostLink.objects.count() == 1


def test_a_disbursement_is_linked_on_the_page_by_its_number(cast, client):
    row, paid = make.training(), make.posted(1_000)
    client.force_login(cast.dieuphoi)
    address = f"/costs/training/{row.pk}/"
    for wrong in ("x", "99/2023"):
        assert client.post(address, {"number": wrong}).status_code == 400
    assert client.post(address, {"number": f"{paid.number}/2023"}).status_code == 302
    assert "1.000" in client.get(f"/trainings/{row.pk}/").content.decode()
    client.force_login(make.user(role="coordinator", programs=["ECCD"]))
    assert client.post(address, {"number": f"{paid.number}/2023"}).status_code == 404


def test_a_link_made_by_mistake_is_taken_back_on_the_page(cast, client):
    row = make.training()
    paid = make.posted(1_000)
    cost_services.link(actor=cast.dieuphoi, disbursement=paid, thing=row)
    client.force_login(cast.khach)
    address = reverse("cost-unlink", args=["training", row.pk])
    assert client.post(address, {"link": CostLink.objects.get().pk}).status_code == 403
    client.force_login(cast.dieuphoi)
    assert address in client.get(reverse("training", args=[row.pk])).content.decode()
    client.post(address, {"link": "999"})
    assert CostLink.objects.count() == 1
    client.post(address, {"link": CostLink.objects.get().pk})
    assert not CostLink.objects.exists()


def test_a_link_outside_the_scope_is_not_taken_back_behind_any_door(cast):
    paid = make.posted(1_000, commune=make.DAO_SAN)
    link = cost_services.link(actor=cast.dieuphoi, disbursement=paid, thing=make.training())
    elsewhere = cost_services.link(
        actor=cast.dieuphoi,
        disbursement=make.posted(5),
        thing=make.training(commune=make.DAO_SAN),
    )
    for each in (link, elsewhere):
        with pytest.raises(PermissionDenied):
            cost_services.unlink(actor=cast.dieuphoi_gbv, link=each)
    assert CostLink.objects.count() == 2
