"""A person's own data: taken away as a file; of a leaver erased, while the trail still stands."""

import json
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from accounts.models import ApiToken, User
from accounts.people import services as people
from accounts.services import create_token
from core.services.errors import Conflict
from disbursements.models import Disbursement
from disbursements.proof import prove
from imports.services import receive
from monitoring.discussion.services import comment
from monitoring.handover import services as handover
from monitoring.models import Comment
from plan_portal.privacy.erase import erase
from plan_portal.privacy.own_data import own_data, pointing_at_people
from tests import factories as make

pytestmark = pytest.mark.django_db
NAME, MAIL = "Vàng Thị Mẫu", "mau@example.vn"


@pytest.fixture
def leaver(cast, client):
    """A coordinator with a name, an address, a posted row, a comment, a token, a session, a wrong
    password, a workbook that was never committed."""
    cache.clear()
    person = people.change(
        actor=cast.quantri, user=cast.dieuphoi_gbv, role="coordinator", last_name="Vàng Thị",
        first_name="Mẫu", email=MAIL, office="Điều phối viên",
    )  # fmt: skip
    row = make.posted(7_000_000, by=person, post_by=cast.quanly)
    comment(actor=person, about=row, text="Đã đối chiếu")
    comment(
        actor=cast.bdh, about=row, text=f"@{person.username} xem lại; @{cast.dieuphoi.username} thì"
    )
    create_token(user=person, name="Máy tính xách tay")
    client.force_login(person)
    client.post("/accounts/login/", {"username": person.username, "password": "sai"})
    receive(actor=person, kind="plan", content=b"x", filename="hong.xlsx")
    return person


def erased(cast, person, **more):
    call = {"actor": cast.quantri, "person": person, "reason": "Nghỉ việc"}
    return erase(**{**call, "confirm": person.username, **more})


def whole_database():
    """Every text of every table that tells of people, as one."""
    models = [User, User.history.model, Comment, AccessAttempt]
    models += [model for model, _names in pointing_at_people()]
    return json.dumps([list(model._base_manager.values()) for model in models], default=str,
                      ensure_ascii=False)  # fmt: skip


def test_a_person_takes_their_own_data_away_as_a_file(cast, client, leaver):
    client.force_login(leaver)
    assert "/api/v1/my-data/" in client.get("/profile/").content.decode()
    answer = client.get("/api/v1/my-data/")
    assert answer["Content-Disposition"].startswith("attachment")
    found = answer.json()
    assert (found["account"]["email"], found["account"]["last_name"]) == (MAIL, "Vàng Thị")
    assert [each["name"] for each in found["api_tokens"]] == ["Máy tính xách tay"]
    assert [each["text"] for each in found["comments"]] == ["Đã đối chiếu"]
    assert [each["name"] for each in found["workbooks"]] == ["hong.xlsx"]
    assert found["records"]["disbursements.disbursement.created_by"] == [
        Disbursement.objects.get().pk
    ]
    assert found["sign_in"]["failed"] and found["sign_in"]["sessions_end"]
    assert "digest" not in str(found["api_tokens"])


def test_it_is_nobody_else_s_and_has_no_secret(cast, leaver):
    other = own_data(cast.khach)
    assert MAIL not in json.dumps(other, ensure_ascii=False)
    assert leaver.password not in json.dumps(own_data(leaver))


def test_a_leaver_s_data_goes_and_the_trail_stands(cast, leaver):
    old = leaver.username
    done = erased(cast, leaver)
    row = User.objects.get(pk=leaver.pk)
    assert (row.username, row.email, row.is_active) == (f"can-bo-{row.pk}", "", False)
    assert row.display_name == done.name == f"Cán bộ số {row.pk}"
    assert (row.office, row.has_usable_password()) == ("Điều phối viên", False)
    kept = whole_database()
    for gone in (NAME, "Vàng Thị", MAIL, f'"{old}"', f"@{old} "):
        assert gone not in kept, gone
    posted = Disbursement.objects.get()
    assert posted.created_by == row
    assert posted.history.filter(history_user=row).exists()
    assert not any(prove().values())
    assert row.history.first().history_user == cast.quantri
    assert not ApiToken.objects.filter(user=row).exists()
    assert not AccessAttempt.objects.exists() and not Session.objects.exists()
    assert f"@can-bo-{row.pk} xem lại; @{cast.dieuphoi.username} thì" in kept


def test_it_is_confirmed_by_the_name_with_a_reason(cast, leaver):
    for wrong in ({"confirm": "x"}, {"reason": " "}):
        with pytest.raises(ValidationError) as refusal:
            erased(cast, leaver, **wrong)
        assert set(refusal.value.message_dict) == set(wrong)
    assert User.objects.get(pk=leaver.pk).email == MAIL


def test_who_may_not_be_erased(cast, leaver):
    make.draft(1_000_000, by=leaver)
    with pytest.raises(Conflict):  # something is in hand
        erased(cast, leaver)
    handover.hand_over(
        actor=cast.quantri, person=leaver, receiver=cast.dieuphoi, reason="Nghỉ việc"
    )
    with pytest.raises(ValidationError):  # oneself
        erased(cast, cast.quantri)
    for actor in (cast.bdh, cast.quanly, leaver):
        with pytest.raises(PermissionDenied):
            erased(cast, cast.khach, actor=actor)
    assert erased(cast, leaver).named  # what the ledger's trail says of the handing over stays
    with pytest.raises(Conflict):  # twice
        erased(cast, User.objects.get(pk=leaver.pk))
    with pytest.raises(ValidationError):  # and nobody brings the name back
        people.set_active(
            actor=cast.quantri, user=User.objects.get(pk=leaver.pk), active=True, reason="Quay lại"
        )


def test_the_last_administrator_stays(cast):
    second = make.user(role="admin")
    User.objects.filter(pk=second.pk).update(password="!")  # cannot sign in
    second.refresh_from_db()
    with pytest.raises(ValidationError):
        erased(cast, cast.quantri, actor=second)
    assert User.objects.get(pk=cast.quantri.pk).is_active


def test_the_page_asks_and_says_what_stays(cast, client, leaver):
    client.force_login(cast.quantri)
    address = f"/people/{leaver.pk}/erase/"
    assert address in client.get(f"/people/{leaver.pk}/").content.decode()
    assert client.post(address, {"confirm": "x", "reason": "y"}).status_code == 400
    form = {"confirm": leaver.username, "reason": "Nghỉ việc"}
    assert client.post(address, form).status_code == 302
    assert User.objects.get(pk=leaver.pk).erased_at
    assert client.get(address).status_code == 200
    client.force_login(cast.bdh)
    assert client.get(address).status_code == 403


def test_the_commands_do_the_same(cast, leaver):
    out = StringIO()
    call_command("export_person", leaver.username, stdout=out)
    assert json.loads(out.getvalue())["account"]["email"] == MAIL
    asked = {"actor": "quantri", "reason": "Nghỉ việc"}
    with pytest.raises(CommandError):
        call_command("erase_person", leaver.username, confirm="x", **asked)
    with pytest.raises(CommandError):
        call_command("export_person", "khong-co")
    call_command("erase_person", leaver.username, confirm=leaver.username, stdout=out, **asked)
    assert User.objects.get(pk=leaver.pk).erased_at
