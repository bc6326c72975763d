"""The demo's people, named by what they do."""

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Role
from accounts.services import create_user
from communes.models import ALWAYS, Commune
from plan_portal.demo.catalogue import BAN_LANG, NAM_XE
from programs.models import Program

PASSWORD = "phongtho-2023"  # noqa: S105 - of made-up people, on a machine of one's own

# user name, role, office, programmes, communes; none named: every one
PEOPLE: tuple[tuple[str, Role, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("bdh", Role.BOARD, "Ban Điều hành", (), ()),
    ("truongban", Role.HEAD, "Ban Điều hành", (), ()),
    ("quanly", Role.MANAGER, "Vùng dự án", (), ()),
    ("dieuphoi", Role.COORDINATOR, "Vùng dự án", (), ()),
    ("dieuphoi_gbv", Role.COORDINATOR, "Vùng dự án", ("GBV",), (BAN_LANG, NAM_XE)),
    ("xa_banlang", Role.COMMUNE, "Ban Dự án xã Bản Lang", (), (BAN_LANG,)),
    ("khach", Role.VIEWER, "", (), ()),
    ("quantri", Role.ADMIN, "", (), ()),
)


@dataclass
class Person:
    """A user, and the password to print; None where somebody has changed it."""

    user: User
    password: str | None


def load(password: str | None = None) -> list[Person]:
    """Make the users that are not there. A password that is given is set for all of them."""
    return [_person(*row, password=password) for row in PEOPLE]


def _person(
    username: str,
    role: Role,
    office: str,
    programs: tuple[str, ...],
    communes: tuple[str, ...],
    *,
    password: str | None,
) -> Person:
    user = User.objects.filter(username=username).first()
    if user is None:
        user = create_user(
            username=username,
            role=role,
            password=password or PASSWORD,
            office=office,
            programs=Program.objects.filter(code__in=programs),
            communes=Commune.objects.filter(code__in=communes, valid_from=ALWAYS),
            check_password=False,
        )
    elif not user.check_password(password or PASSWORD):
        if password is None:
            return Person(user, None)
        user.set_password(password)
        user.save(update_fields=["password"])
    return Person(user, password or PASSWORD)
