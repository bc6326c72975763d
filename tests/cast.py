"""The people of the demo, for every test (a pytest plugin: see the top-level conftest.py).

def test_a_commune_sees_its_own_money(cast, client):
    client.force_login(cast.xa_banlang)
"""

from dataclasses import dataclass

import pytest

from accounts.models import User
from accounts.roles import Role
from tests import factories


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Reference data are loaded once, before the first test; each test then undoes its own."""
    with django_db_blocker.unblock():
        factories.reference()


@pytest.fixture
def reference(db):
    """The units, programmes, fiscal years and topics are there."""
    factories.reference()


@dataclass
class Cast:
    """Board staff, board head, manager, two coordinators, a commune board, a viewer, an admin."""

    bdh: User
    truongban: User
    quanly: User
    dieuphoi: User
    dieuphoi_gbv: User
    xa_banlang: User
    khach: User
    quantri: User

    def everybody(self) -> list[User]:
        return list(vars(self).values())


@pytest.fixture
def cast(reference) -> Cast:
    """The demo's people."""
    return make_cast()


def make_cast() -> Cast:
    """The demo's people; `dieuphoi_gbv` has GBV in Bản Lang and Nậm Xe only."""
    places = [factories.BAN_LANG, factories.NAM_XE]
    return Cast(
        bdh=factories.user("bdh", Role.BOARD),
        truongban=factories.user("truongban", Role.HEAD),
        quanly=factories.user("quanly", Role.MANAGER),
        dieuphoi=factories.user("dieuphoi", Role.COORDINATOR),
        dieuphoi_gbv=factories.user(
            "dieuphoi_gbv", Role.COORDINATOR, programs=["GBV"], communes=places
        ),
        xa_banlang=factories.user("xa_banlang", Role.COMMUNE, communes=[factories.BAN_LANG]),
        khach=factories.user("khach", Role.VIEWER),
        quantri=factories.user("quantri", Role.ADMIN),
    )
