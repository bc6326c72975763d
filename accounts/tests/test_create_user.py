"""`create_user`: a person with a role, everywhere or in each programme × commune named."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Assignment, User
from accounts.roles import PERMISSIONS, VIEW, Role
from tests import factories as make

pytestmark = pytest.mark.any_database


def create(*options: str, username: str = "moi") -> User:
    call_command("create_user", username, *options, "--password", make.PASSWORD)
    return User.objects.get(username=username)


def pairs(user: User) -> set[tuple[str | None, str | None]]:
    return set(user.assignments.values_list("program__code", "commune__code"))


@pytest.mark.parametrize("role", Role.values)
def test_each_role_of_the_contract_can_be_given(reference, role):
    user = create("--role", role)
    assert (user.role, pairs(user)) == (role, {(None, None)})
    assert user.check_password(make.PASSWORD)
    assert not user.is_staff and not user.is_superuser


def test_programmes_and_communes_make_each_pair(reference):
    options = ["--program", "GBV", "--program", "YEE", "--commune", "03577", "--commune", "03586"]
    assert pairs(create("--role", "coordinator", *options)) == {
        ("GBV", "03577"),
        ("GBV", "03586"),
        ("YEE", "03577"),
        ("YEE", "03586"),
    }


def test_one_list_alone_stands_for_every_one_of_the_other(reference):
    assert pairs(create("--role", "viewer", "--program", "GBV")) == {("GBV", None)}
    commune = create("--role", "commune", "--commune", "03583", username="xa")
    assert pairs(commune) == {(None, "03583")}
    assert commune.assignments.get().commune.valid_from < make.REFORM


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--role", "king"], "king|role"),
        (["--role", "viewer", "--program", "XYZ"], "XYZ"),
        (["--role", "viewer", "--commune", "99999"], "99999"),
    ],
)
def test_what_does_not_exist_is_refused_and_nothing_is_saved(reference, options, said):
    with pytest.raises(CommandError, match=said):
        create(*options)
    assert not User.objects.exists() and not Assignment.objects.exists()


def test_a_name_is_given_once(reference):
    create("--role", "viewer")
    with pytest.raises(CommandError, match="username"):
        create("--role", "admin")
    assert User.objects.get().role == "viewer"


@pytest.mark.parametrize("password", ["12345678", "ngan"])
def test_a_weak_password_is_refused_and_nothing_is_saved(reference, password):
    with pytest.raises(CommandError, match="password: "):
        call_command("create_user", "moi", "--role", "viewer", "--password", password)
    assert not User.objects.exists()


def test_a_machine_of_ones_own_takes_any_password(reference, settings):
    settings.DEBUG = True
    call_command("create_user", "moi", "--role", "viewer", "--password", "x")
    assert User.objects.get().check_password("x")


def typed(monkeypatch, *passwords: str) -> None:
    answers = iter(passwords)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    module = "accounts.management.commands.create_user"
    monkeypatch.setattr(f"{module}.getpass", lambda text: next(answers))


def test_without_a_password_it_asks_twice(reference, monkeypatch):
    typed(monkeypatch, make.PASSWORD, make.PASSWORD)
    call_command("create_user", "moi", "--role", "viewer")
    assert User.objects.get().check_password(make.PASSWORD)


@pytest.mark.parametrize("passwords", [(make.PASSWORD, "khac"), ("123", "123")])
def test_what_is_typed_twice_differently_or_weakly_is_refused(reference, monkeypatch, passwords):
    typed(monkeypatch, *passwords)
    with pytest.raises(CommandError):
        call_command("create_user", "moi", "--role", "viewer")
    assert not User.objects.exists()


def test_where_nobody_can_type_it_says_so(reference, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(CommandError, match="--password"):
        call_command("create_user", "moi", "--role", "viewer")


def superuser(monkeypatch, password: str) -> User:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    options = {"username": "goc", "email": "goc@example.org", "interactive": False}
    call_command("createsuperuser", verbosity=0, **options)
    return User.objects.get(username="goc")


def test_a_superuser_is_an_administrator_of_the_portal(reference, client, monkeypatch):
    person = superuser(monkeypatch, make.PASSWORD)
    assert (person.role, pairs(person)) == ("admin", {(None, None)})
    assert person.history.get().role == "admin"
    client.force_login(person)
    assert client.get("/people/").status_code == 200


def test_a_superusers_password_keeps_the_rules(reference, monkeypatch):
    with pytest.raises(CommandError):
        superuser(monkeypatch, "12345678")
    assert not User.objects.exists()


def test_the_role_table_is_as_it_was_agreed():
    """Written out once more, so that a change of the table is a change that somebody meant."""
    table = {role: " ".join(sorted(names - {VIEW})) for role, names in PERMISSIONS.items()}
    assert table == {
        "viewer": "",
        "commune": "comment confirm_output propose_activity record_difficulty record_training",
        "coordinator": "comment confirm_output draft_plan enter_disbursement explain_variance "
        "plan_selected propose_activity record_difficulty record_output record_training",
        "manager": "close_period comment decide_proposal explain_variance load_history "
        "plan_selected post_disbursement record_difficulty record_output view_trail",
        "head": "approve_plan comment decide_proposal load_history plan_selected "
        "post_disbursement view_trail",
        "board": "comment decide_proposal explain_variance issue_report record_difficulty "
        "record_meeting record_output view_trail",
        "admin": "load_history manage_people manage_settings view_trail",
    }
    assert all(VIEW in names for names in PERMISSIONS.values())


def test_somebody_inactive_may_nothing(reference):
    person = make.user(role=Role.HEAD)
    assert person.can("approve_plan")
    person.is_active = False
    assert not person.can("approve_plan")
