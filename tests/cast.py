"""The people of the demo, for every test (a pytest plugin: see the top-level conftest.py).

def test_a_commune_sees_its_own_money(cast, client):
    client.force_login(cast.xa_banlang)
"""

from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from accounts.models import Assignment, User
from accounts.roles import Role
from tests import factories, first_state, from_models

EVERYWHERE: list[tuple[str | None, str | None]] = [(None, None)]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Reference data are loaded once, before the first test; each test then undoes its own."""
    with django_db_blocker.unblock():
        from_models.record_migrations()
        factories.many_ids()
        factories.reference()
        first_state.keep()
    yield
    with django_db_blocker.unblock():
        first_state.forget()


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

    def who_reads(self, resource: str) -> User:
        """Who reads a resource of the API: the viewer, unless only some may."""
        own = {"report-drafts": self.bdh, "shared-links": self.quantri}
        own |= dict.fromkeys(("uploads", "voucher-photos"), self.dieuphoi)
        return own.get(resource, self.khach)


@pytest.fixture
def cast(reference) -> Cast:
    """The demo's people."""
    return make_cast()


GBV_PAIRS: list[tuple[str | None, str | None]] = [
    ("GBV", factories.BAN_LANG),
    ("GBV", factories.NAM_XE),
]
PEOPLE: dict[str, tuple[Role, list[tuple[str | None, str | None]]]] = {
    "bdh": (Role.BOARD, EVERYWHERE),
    "truongban": (Role.HEAD, EVERYWHERE),
    "quanly": (Role.MANAGER, EVERYWHERE),
    "dieuphoi": (Role.COORDINATOR, EVERYWHERE),
    "dieuphoi_gbv": (Role.COORDINATOR, GBV_PAIRS),
    "xa_banlang": (Role.COMMUNE, [(None, factories.BAN_LANG)]),
    "khach": (Role.VIEWER, EVERYWHERE),
    "quantri": (Role.ADMIN, EVERYWHERE),
}


def make_cast() -> Cast:
    """The demo's people; `dieuphoi_gbv` has GBV in Bản Lang and Nậm Xe only.

    In bulk, since almost every test asks for them: tests/test_cast.py holds the rows against those
    of `create_user`.
    """
    password = make_password(factories.PASSWORD)
    users = User.objects.bulk_create(
        User(username=name, role=role, password=password) for name, (role, _where) in PEOPLE.items()
    )
    communes = {code: factories.commune(code) for code in (factories.BAN_LANG, factories.NAM_XE)}
    programs = {"GBV": factories.program("GBV")}
    grants = Assignment.objects.bulk_create(
        Assignment(
            user=user,
            program=programs[program] if program else None,
            commune=communes[commune] if commune else None,
        )
        for user in users
        for program, commune in PEOPLE[user.username][1]
    )
    for rows, why in ((users, _("created")), (grants, _("assigned"))):
        for row in rows:
            row._history_user = row if isinstance(row, User) else row.user
        type(rows[0]).history.bulk_history_create(rows, default_change_reason=why)
    return Cast(*users)
