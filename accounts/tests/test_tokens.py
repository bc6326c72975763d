"""API tokens: made by their owner, shown once, limited, revoked."""

import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.timezone import localtime
from rest_framework.test import APIClient

from accounts.mail import link_for
from accounts.models import ApiToken, User
from accounts.people import services as people
from accounts.services import create_token, give_token
from accounts.sign_in import second_factor
from core.values.dates import ZONE
from core.web import form_key
from reports.waiting import waiting_for
from tests import factories as make
from tests.factories import PASSWORD, api
from tests.work_off import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
GOOD = {"name": "báo cáo tỉnh", "reach": "read", "days": "90", "password": PASSWORD}


def with_token(text):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def shown(answer):
    """The text of the token in a page."""
    found = re.search(r'id="new-token"[^>]*value="(\w+)"', answer.content.decode())
    return found[1] if found else None


def test_a_token_is_made_by_its_owner_and_shown_once(cast, client):
    client.force_login(cast.dieuphoi)
    answer = client.post("/tokens/", GOOD, follow=True)
    text = shown(answer)
    assert answer.redirect_chain and answer.status_code == 200 and text and len(text) == 64
    assert "no-store" in answer["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.name, token.read_only, token.user) == ("báo cáo tỉnh", True, cast.dieuphoi)
    assert abs(token.expiry - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert text not in (token.digest, token.token_key)  # at rest there is a digest alone
    page = client.get("/tokens/").content.decode()
    assert "báo cáo tỉnh" in page and text not in page
    assert with_token(text).get("/api/v1/programs/").status_code == 200
    assert with_token(text).post("/api/v1/disbursements/", {}).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"reach": "all"},
        {"days": "4000"},
        {"days": "365"},
        {"days": "91"},
        {"password": ""},
        {"password": "sai"},
        {"user": "quantri", "days": "91"},
    ],
)
def test_a_wrong_form_makes_none(cast, client, change):
    client.force_login(cast.dieuphoi)
    answer = client.post("/tokens/", {**GOOD, **change})
    assert answer.status_code == 400 and not ApiToken.objects.exists()


def test_a_token_lives_ninety_days_where_nothing_else_is_said(cast, client):
    client.force_login(cast.dieuphoi)
    client.post("/tokens/", {**GOOD, "days": ""})
    assert ApiToken.objects.get().days_left == 90


def test_who_has_a_second_factor_is_asked_for_a_code_as_well(cast, client):
    codes = second_factor.switch_on(cast.dieuphoi, *a_secret_and_its_code())
    cast.dieuphoi.refresh_from_db()
    client.force_login(cast.dieuphoi)
    for code in ("", "000000"):
        answer = client.post("/tokens/", {**GOOD, "code": code})
        assert answer.status_code == 400 and set(answer.context["form"].errors) == {"code"}
    wrong = {**GOOD, "code": codes[0], "password": "sai"}
    assert set(client.post("/tokens/", wrong).context["form"].errors) == {"password"}
    assert not ApiToken.objects.exists()
    assert client.post("/tokens/", {**GOOD, "code": codes[0]}).status_code == 302
    assert client.post("/tokens/", {**GOOD, "code": codes[0]}).status_code == 400
    assert ApiToken.objects.count() == 1


def a_secret_and_its_code():
    secret = generate_totp_secret()
    return secret, format_hotp_value(hotp_value(secret, *yield_hotp_counters_from_time()))


@pytest.mark.parametrize("keyed", [False, True], ids=["by hand", "from its page"])
def test_guesses_in_a_session_left_open_are_counted_and_lock_nobody_out(cast, client, keyed):
    client.force_login(cast.dieuphoi)
    states = []
    for _n in range(9):
        key = {form_key.FIELD: form_key.new(cast.dieuphoi)} if keyed else {}
        states.append(client.post("/tokens/", {**GOOD, **key, "password": "sai"}).status_code)
    assert states == [400] * 7 + [429] * 2
    assert client.post("/tokens/", GOOD).status_code == 429 and not ApiToken.objects.exists()
    given = {"username": "dieuphoi", "password": PASSWORD}
    assert Client().post("/accounts/login/", given).status_code == 302


def test_the_password_is_never_shown_again_nor_kept(cast, client):
    client.force_login(cast.dieuphoi)
    sent = {**GOOD, form_key.FIELD: form_key.new(cast.dieuphoi)}
    client.post("/tokens/", sent)
    again = client.post("/tokens/", {**sent, "name": "khác"})
    assert again.status_code == 409 and PASSWORD not in again.content.decode()
    other = client.post("/tokens/", {**sent, "password": "khác"})
    assert other.status_code == 302 and ApiToken.objects.count() == 1


def test_an_administrator_gives_a_machine_a_token_to_read_for_up_to_two_years(cast, client):
    client.force_login(cast.quantri)
    machine = {**GOOD, "days": "730", "user": cast.khach.pk}
    text = shown(client.post("/tokens/", machine, follow=True))
    token = ApiToken.objects.get()
    assert (token.user, token.read_only, token.days_left) == (cast.khach, True, 730)
    assert with_token(text).get("/api/v1/programs/").status_code == 200
    assert cast.khach.history.first().history_user == cast.quantri
    assert client.post("/tokens/", {**machine, "user": "", "days": "365"}).status_code == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reach": "write"}, "reach"),
        ({"reach": "write", "user": "", "days": "365"}, "reach"),
        ({"days": "731"}, "days"),
        ({"user": "truongban"}, "user"),
        ({"user": "truongban", "days": "30"}, "user"),
        ({"user": "a viewer who left"}, "user"),
        ({"password": "sai"}, "password"),
    ],
    ids=str,
)
def test_an_administrator_gives_none_to_write_nor_to_act_as_somebody_else(
    cast, client, change, field
):
    client.force_login(cast.quantri)
    given = {**GOOD, "days": "730", "user": cast.khach.pk, **change}
    if given["user"] == "truongban":
        given["user"] = cast.truongban.pk
    if given["user"] == "a viewer who left":
        given["user"] = cast.khach.pk
        User.objects.filter(pk=cast.khach.pk).update(is_active=False)
    answer = client.post("/tokens/", given)
    assert answer.status_code == 400 and set(answer.context["form"].errors) == {field}
    assert not ApiToken.objects.exists()


def test_the_service_gives_nobody_else_a_machines_token(cast):
    given = {"name": "x", "read_only": True}
    for user, days in ((cast.khach, 30), (cast.quanly, 91), (cast.quanly, 730)):
        with pytest.raises(PermissionDenied):
            give_token(actor=cast.quanly, user=user, days=days, **given)


def test_an_administrator_sees_and_ends_everybodys_tokens_and_it_is_on_the_trail(cast, client):
    token, text = create_token(user=cast.khach, name="cổng tỉnh")
    client.force_login(cast.quantri)
    page = client.get("/tokens/").content.decode()
    assert "cổng tỉnh" in page and cast.khach.display_name in page
    client.post(f"/tokens/{token.digest}/revoke/")
    assert with_token(text).get("/api/v1/programs/").status_code == 401
    row = cast.khach.history.first()
    assert row.history_user == cast.quantri and "cổng tỉnh" in row.history_change_reason


def test_the_command_line_asks_no_password_and_knows_the_limit(cast, capsys):
    call_command("create_api_token", "khach", "--read-only", "--days", "730")
    assert with_token(capsys.readouterr().out.split()[-1]).get("/api/v1/programs/").json()
    for days in ("0", "-1", "731"):
        with pytest.raises(CommandError, match="730"):
            call_command("create_api_token", "khach", "--days", days)
    assert ApiToken.objects.count() == 1


def test_every_answer_to_a_token_says_when_it_ends(cast):
    token, text = create_token(user=cast.khach, read_only=True)
    client, ends = with_token(text), localtime(token.expiry).isoformat(timespec="seconds")
    tag = client.get("/api/v1/programs/")["ETag"]
    answers = [
        client.get("/api/v1/programs/"),
        client.get("/api/v1/programs/", headers={"If-None-Match": tag}),
        client.get("/api/v1/programs/?format=csv"),
        client.get("/api/v1/programs/?x=1"),
        client.get("/api/v1/programs/999/"),
        client.post("/api/v1/disbursements/", {}),
        client.get("/api/v1/schema/"),
    ]
    assert [a.status_code for a in answers] == [200, 304, 200, 400, 404, 403, 200]
    assert [answer.get("Token-Expires") for answer in answers] == [ends] * 7
    client = Client()
    client.force_login(cast.khach)
    assert "Token-Expires" not in client.get("/api/v1/programs/")


# What ends a token, and what does not


def test_a_changed_password_offers_to_end_the_tokens_all_ticked_with_their_last_use(cast, client):
    one, text_of_one = create_token(user=cast.dieuphoi, name="cổng tỉnh")
    two, text_of_two = create_token(user=cast.dieuphoi, name="nhà tài trợ")
    create_token(user=cast.khach, name="của khách")
    moment = datetime(2026, 11, 5, 8, 30, tzinfo=ZONE)
    ApiToken.objects.filter(pk=one.pk).update(last_used=moment)
    client.force_login(cast.dieuphoi)
    page = client.get("/accounts/password/")
    field = page.context["form"]["tokens"]
    assert set(field.initial) == {one.digest, two.digest}
    text = page.content.decode()
    assert text.count(" checked") == 2 and "05/11/2026" in text and "của khách" not in text
    new = "mot-mat-khau-khac-han"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/accounts/password/", {**given, "tokens": [one.digest]}).status_code == 302
    assert with_token(text_of_one).get("/api/v1/programs/").status_code == 401
    assert with_token(text_of_two).get("/api/v1/programs/").status_code == 200
    assert "cổng tỉnh" in cast.dieuphoi.history.first().history_change_reason


def test_nobody_elses_token_is_ended_with_ones_own_password(cast, client):
    theirs, _text = create_token(user=cast.khach, name="của khách")
    create_token(user=cast.dieuphoi)
    client.force_login(cast.dieuphoi)
    new = "mot-mat-khau-khac-han"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    answer = client.post("/accounts/password/", {**given, "tokens": [theirs.digest]})
    assert answer.context["form"].errors and ApiToken.objects.count() == 2


def test_a_password_set_by_a_link_offers_the_same(cast, client):
    token, text = create_token(user=cast.dieuphoi, name="cổng tỉnh")
    page = client.get("/" + link_for(cast.dieuphoi).split("/", 3)[3], follow=True)
    assert page.context["form"]["tokens"].initial == [token.digest]
    new = "mot-mat-khau-khac-han"
    given = {"new_password1": new, "new_password2": new, "tokens": [token.digest]}
    client.post(page.request["PATH_INFO"], given)
    assert with_token(text).get("/api/v1/programs/").status_code == 401


def test_signing_out_everywhere_ends_the_tokens(cast, client):
    texts = [create_token(user=cast.dieuphoi, name=name)[1] for name in "ab"]
    other = api(cast.khach)
    client.force_login(cast.dieuphoi)
    client.post("/accounts/sessions/", {"password": PASSWORD})
    states = {with_token(text).get("/api/v1/programs/").status_code for text in texts}
    assert states == {401} and other.get("/api/v1/programs/").status_code == 200
    assert client.get("/waiting/").status_code == 200  # one stays signed in here


def test_another_role_holds_at_the_next_request_and_ends_no_token_and_no_session(cast, client):
    theirs, program = Client(), api(cast.dieuphoi)
    theirs.force_login(cast.dieuphoi)
    assert program.post("/api/v1/disbursements/", {}).status_code == 400
    assert theirs.get("/disbursements/new/").status_code == 200
    people.change(actor=cast.quantri, user=cast.dieuphoi, role="viewer")
    assert program.post("/api/v1/disbursements/", {}).status_code == 403
    assert program.get("/api/v1/programs/").status_code == 200
    assert theirs.get("/disbursements/new/").status_code == 403
    assert theirs.get("/disbursements/").status_code == 200


def test_a_narrowed_assignment_holds_at_the_next_request_and_ends_no_token(cast, client):
    gbv, yee = make.posted(activity="GBV-01"), make.posted(activity="YEE-01")
    program, theirs = api(cast.bdh), Client()
    theirs.force_login(cast.bdh)

    def seen():
        rows = program.get("/api/v1/disbursements/").json()["results"]
        return {row["id"] for row in rows}

    assert seen() == {gbv.pk, yee.pk}
    people.grant(actor=cast.quantri, user=cast.bdh, program=make.program("GBV"))
    people.revoke(actor=cast.quantri, assignment=cast.bdh.assignments.get(program=None))
    assert seen() == {gbv.pk}
    assert theirs.get(f"/disbursements/{yee.pk}/").status_code == 404
    assert theirs.get(f"/disbursements/{gbv.pk}/").status_code == 200


# Before a token ends


@pytest.fixture
def ending(cast):
    """Makes a token of the viewer for so many days, of which so many are left."""
    User.objects.filter(pk=cast.khach.pk).update(email="khach@example.org", digest=False)
    User.objects.filter(pk=cast.quantri.pk).update(email="quantri@example.org")

    def make_token(days, left):
        token, _text = create_token(user=cast.khach, name="cổng tỉnh", days=days)
        ago = timedelta(days=days - left, hours=1)
        rows = ApiToken.objects.filter(pk=token.pk)
        rows.update(expiry=F("expiry") - ago, created=F("created") - ago)
        return token

    return make_token


def told(mailoutbox):
    """Who was written to by today's letters about tokens."""
    call_command("send_digest")
    work_off()
    people = sorted(letter.to[0] for letter in mailoutbox if "cổng tỉnh" in letter.subject)
    mailoutbox.clear()
    return people


BOTH = ["khach@example.org", "quantri@example.org"]


def test_owner_and_administrator_are_told_thirty_and_seven_days_before_each_once(
    ending, mailoutbox
):
    token = ending(730, left=32)
    expected = {32: [], 30: BOTH, 29: [], 8: [], 7: BOTH, 6: [], 1: []}
    for left, told_to in expected.items():
        expiry = timezone.now() + timedelta(days=left) - timedelta(hours=1)
        ApiToken.objects.filter(pk=token.pk).update(expiry=expiry)
        assert (left, told(mailoutbox)) == (left, told_to)


@pytest.mark.parametrize(
    ("days", "left", "people"),
    [(30, 30, []), (30, 7, BOTH), (90, 5, BOTH), (90, 0, []), (90, 31.5, [])],
)
def test_nobody_is_told_at_once_of_a_token_made_for_a_month_nor_of_one_that_has_ended(
    ending, mailoutbox, days, left, people
):
    ending(days, left)
    assert told(mailoutbox) == people
    assert told(mailoutbox) == []


def test_the_letter_says_which_token_whose_and_when_and_where_to_make_a_new_one(
    ending, mailoutbox, settings
):
    settings.PORTAL_URL = "https://portal.example.vn"
    token = ending(90, left=7)
    token.refresh_from_db()
    call_command("send_digest")
    work_off()
    body = mailoutbox[0].body
    day = localtime(token.expiry).strftime("%d/%m/%Y")
    assert all(text in body for text in ("cổng tỉnh", "khach", day))
    assert "https://portal.example.vn/tokens/" in body


def test_a_page_says_it_every_day_to_both(cast, ending, client):
    ending(90, left=20)
    create_token(user=cast.khach, name="còn lâu", days=90)
    for person, count in ((cast.khach, 1), (cast.quantri, 1), (cast.dieuphoi, 0)):
        said = [item for item in waiting_for(person) if item.href == "/tokens/"]
        assert sum(item.count for item in said) == count
    client.force_login(cast.khach)
    assert "20 " in client.get("/tokens/").content.decode()


def test_a_revoked_token_ends_at_once_and_only_its_owner_revokes_it(cast, client):
    token, text = create_token(user=cast.dieuphoi, name="x")
    address = f"/tokens/{token.digest}/revoke/"
    client.force_login(cast.khach)
    assert "x" not in re.findall(r'scope="row">(.*?)<', client.get("/tokens/").content.decode())
    assert client.post(address).status_code == 404
    assert with_token(text).get("/api/v1/programs/").status_code == 200
    client.force_login(cast.dieuphoi)
    assert client.get(address).url == "/tokens/"
    assert with_token(text).get("/api/v1/programs/").status_code == 200
    assert client.post(address).status_code == 302
    assert with_token(text).get("/api/v1/programs/").status_code == 401


def test_an_expired_token_and_one_of_somebody_gone_are_401(cast):
    _token, text = create_token(user=cast.dieuphoi)
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert with_token(text).get("/api/v1/programs/").status_code == 401
    _token, text = create_token(user=cast.khach)
    cast.khach.is_active = False
    cast.khach.save()
    assert with_token(text).get("/api/v1/programs/").status_code == 401


@pytest.mark.parametrize("form", ["Token {}", "Bearer {}", "{}", "bearer  {} ", " {}"])
def test_a_token_is_the_same_named_as_a_bearers_or_pasted_bare(cast, form):
    _token, text = create_token(user=cast.dieuphoi)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=form.format(text))
    answer = client.get("/api/v1/programs/")
    assert answer.status_code == 200
    assert "Token-Expires" in answer


@pytest.mark.parametrize(
    "header", ["Token", "Bearer", "Token a b", "Bearer a b", "nonsense", "\xff"]
)
def test_what_is_no_token_is_401(reference, header):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    assert client.get("/api/v1/programs/").status_code == 401


def test_the_last_use_is_noted(cast):
    _token, text = create_token(user=cast.dieuphoi)
    with_token(text).get("/api/v1/programs/")
    assert timezone.now() - ApiToken.objects.get().last_used < timedelta(minutes=1)


@pytest.fixture
def rates(settings, monkeypatch):
    """Small limits, in a minute that does not end."""
    cache.clear()
    monkeypatch.setattr("accounts.throttling.time", SimpleNamespace(time=lambda: 1_000_010.0))
    settings.API_RATES = {"read": 3, "write": 1, "address": 8, "refused": 2}
    yield
    cache.clear()


def test_too_many_requests_of_one_token_are_429_with_retry_after(cast, rates):
    mine, other = api(cast.dieuphoi), api(cast.khach)
    codes = [mine.get("/api/v1/programs/").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    refused = mine.get("/api/v1/programs/")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert mine.post("/api/v1/disbursements/", {}).status_code == 400  # writes have their own
    assert mine.post("/api/v1/disbursements/", {}).status_code == 429
    assert other.get("/api/v1/programs/").status_code == 200


def test_every_answer_says_how_many_requests_are_left_and_until_when(cast, rates):
    mine = api(cast.dieuphoi)
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    answers = [mine.get("/api/v1/programs/") for _ in range(4)]
    told = [[answer[name] for name in names] for answer in answers]
    assert told == [["3", left, "10"] for left in ("2", "1", "0", "0")]
    write = mine.post("/api/v1/disbursements/", {})
    assert [write[name] for name in names] == ["1", "0", "10"]
    nobody = APIClient().get("/api/v1/programs/")
    assert [nobody[name] for name in names] == ["8", "2", "10"]  # of the address


def test_an_address_has_a_limit_over_all_its_tokens(cast, rates):
    clients = [api(person) for person in cast.everybody()[:4]]
    codes = [client.get("/api/v1/programs/").status_code for client in clients for _ in range(3)]
    assert codes == [200] * 8 + [429] * 4


def test_what_is_refused_counts_too(cast, rates):
    viewer, nobody = api(cast.khach), APIClient()
    codes = [viewer.post("/api/v1/disbursements/", {}).status_code for _ in range(3)]
    assert codes == [403, 429, 429]
    codes = [nobody.get("/api/v1/programs/").status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]  # the address has had eight, with the three above


def test_guessing_tokens_is_slowed_down(rates, reference):
    guess = with_token("0" * 64)
    codes = [guess.get("/api/v1/programs/").status_code for _ in range(4)]
    assert codes == [401, 401, 429, 429]


def test_a_call_reads_its_own_token_alone_however_many_its_owner_has(cast):
    def reads() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/api/v1/programs/").status_code == 200
        return [query["sql"] for query in asked if 'FROM "accounts_apitoken"' in query["sql"]]

    client = api(cast.dieuphoi)
    client.get("/api/v1/programs/")  # notes its use
    for _n in range(4):
        create_token(user=cast.dieuphoi)
    assert len(reads()) == 1


def test_the_tokens_of_its_owner_that_have_ended_go_when_one_is_used(cast):
    ended, other = create_token(user=cast.dieuphoi)[0], create_token(user=cast.khach)[0]
    ApiToken.objects.update(expiry=timezone.now() - timedelta(days=1))
    _token, text = create_token(user=cast.dieuphoi)
    assert with_token(text).get("/api/v1/programs/").status_code == 200
    assert not ApiToken.objects.filter(pk=ended.pk).exists()
    assert ApiToken.objects.filter(pk=other.pk).exists()
