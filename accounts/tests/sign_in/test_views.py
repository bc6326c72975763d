"""Signing in: guesses are limited, a second factor can be had and demanded, sessions end."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.core.management import CommandError, call_command

from accounts import delegation
from accounts.sign_in import sealed, second_factor
from core.values.dates import today
from tests import factories as make
from tests.work_off import work_off

pytestmark = pytest.mark.any_database

LOGIN = "/accounts/login/"
KNOWN = {"password": make.PASSWORD}  # what proves who is there, beside a code


def sign_in(client, username, password=make.PASSWORD, next="", **extra):
    sent = {"username": username, "password": password, "next": next}
    return client.post(LOGIN, sent, **extra)


def signed_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The clock of the codes, which the tests move on."""
    cache.clear()
    clock = SimpleNamespace(time=lambda: NOW[0])
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", clock)


NOW = [1_790_000_000.0]


def code_of(secret):
    """The code that the app shows thirty seconds later: each works once."""
    NOW[0] += 30
    (counter,) = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, counter))


def with_second_factor(user):
    secret = generate_totp_secret()
    return secret, second_factor.switch_on(user, secret, code_of(secret))


def test_name_and_password_let_in_and_signing_out_ends_the_session(cast, client):
    assert sign_in(client, "quanly").status_code == 302
    assert signed_in(client)
    client.post("/accounts/logout/")
    assert not signed_in(client)


def test_a_second_factor_is_asked_for_after_the_password(cast, client):
    secret, _codes = with_second_factor(cast.quanly)
    assert sign_in(client, "quanly")["Location"].endswith("/code/")
    assert not signed_in(client)
    assert client.post("/accounts/login/code/", {"code": "000000"}).status_code == 400
    client.post("/accounts/login/code/", {"code": code_of(secret)})
    assert signed_in(client)


@pytest.mark.parametrize("factor", [False, True])
def test_a_link_opens_its_record_after_signing_in(cast, client, factor):
    row = make.submitted(by=cast.dieuphoi)
    link = f"/disbursements/{row.pk}/?like=last"
    secret = with_second_factor(cast.quanly)[0] if factor else ""
    asked = client.get(link)["Location"]
    page = client.get(asked)
    given = sign_in(client, "quanly", next=link)
    if factor:
        assert given["Location"].endswith("/code/")
        given = client.post("/accounts/login/code/", {"code": code_of(secret)})
    assert page.context["next"] == link
    assert given["Location"] == link
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("factor", [False, True])
@pytest.mark.parametrize(
    "next", ["https://elsewhere.example/", "//elsewhere.example", "javascript:1"]
)
def test_signing_in_leads_to_no_other_host(cast, client, factor, next):
    secret = with_second_factor(cast.quanly)[0] if factor else ""
    given = sign_in(client, "quanly", next=next)
    if factor:
        given = client.post("/accounts/login/code/", {"code": code_of(secret)})
    assert given["Location"] == "/"


@pytest.mark.parametrize("between", ["", " ", "-"])
def test_the_code_of_the_set_up_is_not_taken_again_at_sign_in(cast, client, between):
    client.force_login(cast.quanly)
    secret = client.get("/accounts/second-factor/").context["secret"]
    code = code_of(secret)
    client.post("/accounts/second-factor/", {"code": code, "password": make.PASSWORD})
    client.post("/accounts/logout/")
    sign_in(client, "quanly")
    again = code[:3] + between + code[3:]
    assert client.post("/accounts/login/code/", {"code": again}).status_code == 400
    cache.clear()  # nor by a server process that remembers nothing
    assert client.post("/accounts/login/code/", {"code": again}).status_code == 400
    assert not signed_in(client)
    client.post("/accounts/login/code/", {"code": code_of(secret)})
    assert signed_in(client)


@pytest.mark.parametrize("between", [" ", "-"])
def test_a_code_taken_once_is_not_taken_again_written_another_way(cast, between):
    secret, _codes = with_second_factor(cast.quanly)
    code = code_of(secret)
    assert second_factor.check_code(cast.quanly, code)
    cache.clear()
    assert not second_factor.check_code(cast.quanly, code[:3] + between + code[3:])


def test_a_browser_is_known_once_the_code_is_right_too(cast, client):
    secret, _codes = with_second_factor(cast.quanly)
    sign_in(client, "quanly")
    assert not [name for name in client.cookies if name.startswith("known-")]
    client.post("/accounts/login/code/", {"code": code_of(secret)})
    (cookie,) = (value for name, value in client.cookies.items() if name.startswith("known-"))
    assert cookie["httponly"] and (cookie["path"], cookie["samesite"]) == ("/accounts/", "Lax")


def test_a_recovery_code_works_once(cast, client):
    _secret, codes = with_second_factor(cast.quanly)
    for works in (True, False):
        sign_in(client, "quanly")
        client.post("/accounts/login/code/", {"code": codes[0]})
        assert signed_in(client) is works
        client.post("/accounts/logout/")


def test_wrong_codes_lock_like_wrong_passwords(cast, client):
    secret, _codes = with_second_factor(cast.quanly)
    sign_in(client, "quanly")
    for _ in range(8):
        client.post("/accounts/login/code/", {"code": "000000"})
    assert client.post("/accounts/login/code/", {"code": code_of(secret)}).status_code == 429
    assert not signed_in(client)


def test_the_secret_lies_encrypted_in_the_database(cast):
    secret, _codes = with_second_factor(cast.quanly)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(("name", "sent"), [("quanly", True), ("truongban", True), ("bdh", False)])
def test_it_can_be_demanded_of_those_who_approve(cast, client, settings, name, sent):
    settings.REQUIRE_SECOND_FACTOR = True
    person = getattr(cast, name)
    client.force_login(person)
    assert (client.get("/waiting/").status_code == 302) is sent
    assert client.get("/accounts/second-factor/").status_code == 200
    with_second_factor(person)
    assert client.get("/waiting/").status_code == 302  # what was open without it has ended
    person.refresh_from_db()
    client.force_login(person)
    assert client.get("/waiting/").status_code == 200


@pytest.mark.parametrize(("first", "sent"), [(0, True), (1, False)], ids=["today", "tomorrow"])
def test_it_is_demanded_of_who_approves_for_somebody_on_the_stated_days(
    cast, client, settings, first, sent
):
    settings.REQUIRE_SECOND_FACTOR = True
    start = today() + timedelta(days=first)
    given = delegation.delegate(
        actor=cast.quanly,
        receiver=cast.dieuphoi,
        start=start,
        end=start + timedelta(days=3),
        reason="đi công tác",
    )
    client.force_login(cast.dieuphoi)
    assert (client.get("/waiting/").status_code == 302) is sent
    delegation.revoke(actor=cast.quanly, delegation=given)
    assert client.get("/waiting/").status_code == 200


def test_setting_it_up_shows_the_recovery_codes_once(cast, client):
    client.force_login(cast.quanly)
    page = client.get("/accounts/second-factor/")
    secret = page.context["secret"]
    given = {"code": code_of(secret), "password": make.PASSWORD}
    for wrong in ({"code": "1"}, {"password": "sai"}, {"password": ""}):
        assert client.post("/accounts/second-factor/", {**given, **wrong}).status_code == 400
        assert not second_factor.is_on(cast.quanly)
    shown = client.post("/accounts/second-factor/", given)
    assert len(shown.context["codes"]) == 10
    assert second_factor.is_on(cast.quanly)


def test_a_changed_password_ends_the_other_sessions(cast, client):
    client.force_login(cast.quanly)
    new = "mot-mat-khau-khac-han"
    from django.test import Client

    other = Client()
    other.force_login(cast.quanly)
    values = {"old_password": make.PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/accounts/password/", values).status_code == 302
    assert client.get("/waiting/").status_code == 200
    assert other.get("/waiting/").status_code == 302


def test_a_forgotten_password_is_replaced_by_mail(cast, client, mailoutbox):
    cast.quanly.email = "quanly@example.org"
    cast.quanly.save()
    client.post("/accounts/password/forgotten/", {"email": "quanly@example.org"})
    work_off()
    line = next(x for x in mailoutbox[0].body.splitlines() if "/accounts/password/new/" in x)
    path = "/" + line.split("/", 3)[3]
    step = client.get(path, follow=True)
    new = "mot-mat-khau-khac-han"
    client.post(step.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    sign_in(client, "quanly", new)
    assert signed_in(client)


def test_the_code_taken_last_is_not_taken_again_by_any_server_process(cast):
    secret, _codes = with_second_factor(cast.quanly)
    code = code_of(secret)
    assert second_factor.check_code(cast.quanly, code)
    cache.clear()  # another process remembers nothing
    assert not second_factor.check_code(cast.quanly, code)


def test_new_recovery_codes_void_the_old_ones_and_ask_for_a_code(cast, client):
    secret, old = with_second_factor(cast.quanly)
    cast.quanly.refresh_from_db()
    client.force_login(cast.quanly)
    off = "/accounts/second-factor/off/"
    assert client.post(off, {**KNOWN, "code": "000000", "do": "codes"}).status_code == 400
    wrong = {"code": code_of(secret), "do": "codes", "password": "sai"}
    assert client.post(off, wrong).status_code == 400
    shown = client.post(off, {**KNOWN, "code": code_of(secret), "do": "codes"}).context["codes"]
    assert len(shown) == 10 and not set(shown) & set(old)
    assert not second_factor.check_code(cast.quanly, old[0])
    assert second_factor.check_code(cast.quanly, shown[0])
    assert second_factor.codes_left(cast.quanly) == 9


def test_it_is_switched_off_with_a_code_unless_the_role_needs_it(cast, client, settings):
    _secret, codes = with_second_factor(cast.quanly)
    cast.quanly.refresh_from_db()
    client.force_login(cast.quanly)
    off = "/accounts/second-factor/off/"
    settings.REQUIRE_SECOND_FACTOR = True
    assert client.post(off, {**KNOWN, "code": codes[0], "do": "off"}).status_code == 400
    assert second_factor.is_on(cast.quanly)
    settings.REQUIRE_SECOND_FACTOR = False
    assert client.post(off, {**KNOWN, "code": codes[1], "do": "off"}).status_code == 302
    assert not second_factor.is_on(cast.quanly)
    assert client.get("/profile/").status_code == 200  # one stays signed in here


def test_guessing_codes_to_switch_it_off_locks_too(cast, client, settings):
    secret, _codes = with_second_factor(cast.quanly)
    cast.quanly.refresh_from_db()
    client.force_login(cast.quanly)
    off = "/accounts/second-factor/off/"
    for _n in range(settings.AXES_FAILURE_LIMIT):
        client.post(off, {**KNOWN, "code": "000000"})
    assert client.post(off, {**KNOWN, "code": code_of(secret)}).status_code == 429
    assert second_factor.is_on(cast.quanly)


def test_an_administrator_removes_it_for_a_lost_phone_with_a_reason(cast, client):
    with_second_factor(cast.quanly)
    client.force_login(cast.quantri)
    address = f"/people/{cast.quanly.pk}/second-factor/off/"
    assert client.post(address, {"reason": ""}).status_code == 400
    assert client.post(address, {"reason": "mất điện thoại"}).status_code == 302
    assert not second_factor.is_on(cast.quanly)
    row = cast.quanly.history.first()
    assert row.history_user == cast.quantri and "mất điện thoại" in row.history_change_reason


def test_a_session_of_the_browser_without_it_reads_nothing_from_the_api(cast, client, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(cast.quanly)
    assert client.get("/api/v1/programs/").status_code == 403
    assert make.api(cast.quanly).get("/api/v1/programs/").status_code == 200


def test_a_new_secret_key_keeps_second_factors(cast, settings):
    secret, codes = with_second_factor(cast.quanly)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 50
    settings.SECRET_KEY_FALLBACKS = [old]
    assert second_factor.check_code(cast.quanly, code_of(secret))
    assert second_factor.check_code(cast.quanly, codes[0])
    call_command("encrypt_anew")
    settings.SECRET_KEY_FALLBACKS = []
    NOW[0] += 30
    assert second_factor.check_code(cast.quanly, code_of(secret))
    assert second_factor.check_code(cast.quanly, codes[1])
    assert not second_factor.check_code(cast.quanly, codes[0])  # it is used


def test_a_second_factor_that_opens_with_no_key_is_said(cast, settings):
    with_second_factor(cast.quanly)
    settings.SECRET_KEY = "n" * 50
    with pytest.raises(CommandError, match="2 of 2 second factors"):
        call_command("encrypt_anew")


def test_another_email_address_asks_for_the_password_and_a_code(cast, client):
    secret, _codes = with_second_factor(cast.quanly)
    cast.quanly.refresh_from_db()
    client.force_login(cast.quanly)
    given = {"email": "khac@example.org", "language": "vi"}
    for proof in ({}, KNOWN, {"code": code_of(secret)}, {"password": "sai", "code": "1"}):
        answer = client.post("/profile/", {**given, **proof})
        assert answer.status_code == 400 and answer.context["form"].errors
        cast.quanly.refresh_from_db()
        assert cast.quanly.email != "khac@example.org"
    client.post("/profile/", {**given, **KNOWN, "code": code_of(secret)})
    cast.quanly.refresh_from_db()
    assert cast.quanly.email == "khac@example.org"
    client.post("/profile/", {**given, "office": "Văn phòng"})
    cast.quanly.refresh_from_db()
    assert cast.quanly.office == "Văn phòng"  # nothing is asked for the same address


def test_it_can_be_demanded_of_everybody(cast, client, settings):
    settings.REQUIRE_SECOND_FACTOR = "all"
    client.force_login(cast.khach)
    assert client.get("/waiting/")["Location"] == "/accounts/second-factor/"


def test_secrets_are_sealed_and_what_was_kept_before_still_opens(cast, settings):
    kept = sealed.seal("bí mật")
    assert kept.startswith("gcm:") and "bí mật" not in kept
    assert sealed.opened(kept) == "bí mật" and sealed.seal("bí mật") != kept
    with pytest.raises(InvalidToken):
        sealed.opened(sealed.MARK + "A" * 60)
    secret, _codes = with_second_factor(cast.quanly)
    before = sealed._fernet(settings.SECRET_KEY).encrypt(secret.encode()).decode()
    row = Authenticator.objects.get(user=cast.quanly, type=Authenticator.Type.TOTP)
    row.data["secret"] = before
    row.save()
    assert second_factor.check_code(cast.quanly, code_of(secret))
    call_command("encrypt_anew")
    row.refresh_from_db()
    assert row.data["secret"].startswith("gcm:")
    assert second_factor.check_code(cast.quanly, code_of(secret))
