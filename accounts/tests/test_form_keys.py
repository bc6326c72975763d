"""A form that is sent twice has one effect; and it is the form of one person."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from accounts import idempotency
from accounts.form_keys import OneEffectPerForm
from accounts.models import IdempotencyKey, User
from core.pages import ADMINS
from core.services.errors import Conflict
from core.web import form_key
from disbursements.models import Disbursement
from monitoring.models import Difficulty
from monitoring.tests.reviews.test_action_points import a_point
from programs.years import closing
from tests import factories as make

pytestmark = pytest.mark.any_database

NEW = "/difficulties/new/"
OTHER = "f" * 32
# Forms that write nothing of the programme's, or must not be remembered: sign-in, codes, tokens.
WITHOUT_KEY = {
    "components/language.html",
    "components/theme.html",
    "base.html",  # sign-out
    "components/menu.html",  # sign-out on a phone
    "registration/login.html",
    "registration/password_change_form.html",
    "registration/password_reset_confirm.html",
    "registration/password_reset_form.html",
    "accounts/code.html",
    "accounts/notices.html",  # read twice is read
    "accounts/sessions.html",  # with the password
    "accounts/second_factor.html",
    "accounts/second_factor_on.html",
}


@pytest.fixture
def form(cast, client):
    """A difficulty as `dieuphoi` would send it."""
    activity = make.activity("GBV-01")
    client.force_login(cast.dieuphoi)
    return {
        "title": "Đường sạt lở",
        "program": activity.program_id,
        "commune": make.commune().pk,
        "raised_on": "2022-09-15",
        "affects": "progress",
        "effect": "Chậm hai tuần",
        form_key.FIELD: form_key.new(cast.dieuphoi),
    }


def test_sent_twice_it_is_saved_once_and_leads_to_the_same_place(form, client):
    first = client.post(NEW, form)
    second = client.post(NEW, {**form, "csrfmiddlewaretoken": "another"})
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Difficulty.objects.count() == 1
    assert "đã được ghi nhận" in client.get(second["Location"]).content.decode()


def test_line_ends_do_not_make_it_another_form(form, client):
    client.post(NEW, {**form, "effect": "một\r\nhai"})
    assert client.post(NEW, {**form, "effect": "một\nhai"}).status_code == 302
    assert Difficulty.objects.count() == 1


def test_what_was_refused_is_not_remembered(form, client):
    assert client.post(NEW, {**form, "title": ""}).status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert client.post(NEW, form).status_code == 302
    assert Difficulty.objects.count() == 1


def test_what_was_refused_by_a_message_is_not_remembered_either(cast, client):
    row = make.draft(by=cast.dieuphoi)
    client.force_login(cast.dieuphoi)
    address = reverse("attachment-add", args=[row.pk])
    sent = {form_key.FIELD: form_key.new(cast.dieuphoi)}
    for _time in range(2):  # without a file
        assert client.post(address, sent).status_code == 302
        assert not IdempotencyKey.objects.exists()
    for content in (b"%PDF-1.4", b"%PDF-1.5"):  # another file is another form
        answer = client.post(address, {**sent, "files": SimpleUploadedFile("a.pdf", content)})
    assert (answer.status_code, row.attachments.count()) == (409, 1)


def test_what_was_refused_in_a_closed_month_is_tried_again_with_the_same_form(cast, client):
    row = make.submitted(by=cast.dieuphoi)
    make.close(row.period)
    client.force_login(cast.quanly)
    address = reverse("disbursement-post", args=[row.pk])
    sent = {"version": row.version, form_key.FIELD: form_key.new(cast.quanly)}
    client.post(address, sent)
    assert not IdempotencyKey.objects.exists()
    closing.reopen_period(actor=cast.quanly, period=make.period(), reason="chứng từ muộn")
    client.post(address, sent)
    row.refresh_from_db()
    assert row.status == "posted"


@pytest.mark.parametrize("status", [400, 409, 403])
def test_a_refused_form_keeps_no_part_of_its_effect(cast, rf, status):
    request = rf.post(NEW, {form_key.FIELD: form_key.new(cast.dieuphoi)})
    request.user = cast.dieuphoi

    def half(_request):
        make.draft()
        return HttpResponse(status=status)

    answer = OneEffectPerForm(half).process_view(request, half, (), {})
    assert answer.status_code == status
    assert not Disbursement.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_the_browser_is_told_what_became_of_it(form, client):
    key = f"form-{form[form_key.FIELD]}"
    assert client.post(NEW, {**form, "title": ""}).cookies[key].value == "seen"
    first = client.post(NEW, form)
    assert first.cookies[key].value == f"done:{quote(first['Location'], safe='')}"
    assert client.post(NEW, form).cookies[key].value == first.cookies[key].value
    assert client.post(NEW, {**form, "title": "Khác"}).cookies[key].value == "changed"


def test_an_answer_says_which_form_it_answers(form, client):
    said = f'data-answers="{form[form_key.FIELD]}"'
    assert said in client.post(NEW, {**form, "title": ""}).content.decode()
    assert "data-answers" not in client.get(NEW).content.decode()


def test_other_content_under_the_same_key_is_asked_about(form, client):
    first = client.post(NEW, form)
    answer = client.post(NEW, {**form, "title": "Thiếu giáo viên"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert first["Location"] in page
    assert "Thiếu giáo viên" in page  # nothing typed is lost
    assert Difficulty.objects.count() == 1
    key = re.findall(r'name="form_key" value="([^"]+)"', page)[-1]
    assert (
        client.post(NEW, {**form, "title": "Thiếu giáo viên", "form_key": key}).status_code == 302
    )
    assert Difficulty.objects.count() == 2


@pytest.mark.parametrize(
    "other", [{"method": "PATCH"}, {"path": "/elsewhere/"}, {"key": "another"}, {"user": None}]
)
def test_a_key_is_one_persons_for_one_method_and_one_address(cast, other):
    made = {"user": cast.dieuphoi, "method": "POST", "path": NEW, "key": "k", "body_hash": "h"}
    first = IdempotencyKey(**made)
    assert idempotency.claim(first) is None
    other = {"user": cast.quanly} if "user" in other else other
    assert idempotency.claim(IdempotencyKey(**{**made, **other})) is None
    assert idempotency.claim(IdempotencyKey(**{**made, "body_hash": "another"})) == first


def test_nobody_sends_the_form_of_somebody_else(form, client, cast):
    client.force_login(cast.quanly)
    answer = client.post(NEW, form)
    assert answer.status_code == 409
    assert "do người khác mở" in answer.content.decode()
    assert not Difficulty.objects.exists()


def test_the_second_of_two_is_asked_to_come_again(form, client, monkeypatch):
    """The first is not through yet: that is no refusal, and nothing is lost."""

    def running(_row):
        raise Conflict("still running", "running")

    monkeypatch.setattr(idempotency, "claim", running)
    answer = client.post(NEW, form)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert not Difficulty.objects.exists()


def test_a_voucher_whose_file_is_refused_is_saved_once(cast, client):
    make.activity("GBV-01")
    client.force_login(cast.dieuphoi)
    sent = {
        "date": "2022-09-15",
        "activity": "GBV-01",
        "commune": make.commune().pk,
        "amount": "1.000.000",
        "confirmed": "1000000",
        form_key.FIELD: form_key.new(cast.dieuphoi),
    }
    for _time in range(2):
        file = SimpleUploadedFile("ghi-chu.pdf", b"not what it is called")
        answer = client.post("/disbursements/new/", {**sent, "files": file})
        assert answer.status_code == 302
    assert Disbursement.objects.count() == 1
    assert "không phải" in client.get(answer["Location"]).content.decode()


def test_somebody_whose_invitation_could_not_be_mailed_is_invited_once(cast, client, monkeypatch):
    monkeypatch.setattr("accounts.letters.has_failed", lambda _kind, _user: True)
    client.force_login(cast.quantri)
    sent = {
        "username": "moi",
        "display_name": "Điều phối mới",
        "email": "moi@example.vn",
        "role": "coordinator",
        form_key.FIELD: form_key.new(cast.quantri),
    }
    first = client.post("/people/new/", sent)
    second = client.post("/people/new/", sent)
    assert "/accounts/password/new/" in first.context["address"]
    assert (second.status_code, set(second.context["form"].errors)) == (400, {"username"})
    assert User.objects.filter(username="moi").count() == 1


DECISIONS = {  # addresses of forms in which somebody decides and types something
    "hand-on",
    "disbursement-return",
    "disbursement-reverse",
    "period-submit",
    "plan-approve",
    "plan-return",
    "plan-set-aside",
    "period-close",
    "period-reopen",
    "outline-use",
    "outline-take-back",
    "proposal-score",
    "year-state",
    "delegate",
    "go-live-decide",
    "person-activate",
    "person-approver",
    "person-approver-end",
    "person-grant",
    "person-invite",
    "person-revoke",
    "person-unlock",
}


def test_a_decision_is_sent_by_hand_alone():
    templates = Path(settings.BASE_DIR) / "templates"
    by_hand = set()
    for path in templates.rglob("*.html"):
        by_hand |= set(re.findall(r'action="{% url "([a-z-]+)"[^>]*data-by-hand', path.read_text()))
    assert by_hand - {"proposal-decide"} == DECISIONS
    for name in ("disbursements/approval_list.html", "reports/issued_issue.html"):
        assert "data-by-hand" in (templates / name).read_text()


def test_which_acts_of_records_are_decisions():
    """What somebody found or did is sent when the connection is back, what they decide is not."""
    acts = {True: set(), False: set()}
    for area in ADMINS.values():
        for act in area.actions:
            acts[act.decision].add(f"{area.one}-{act.name}")
    assert acts[True] == {
        "action-point-cancel",
        "action-point-reopen",
        "action-point-verify",
        "difficulty-reopen",
        "proposal-defer",
        "proposal-refuse",
        "proposal-select",
    }
    assert acts[False] == {
        "action-point-finish",
        "agreement-amend",
        "board-consolidate",
        "board-members",
        "difficulty-resolve",
        "difficulty-take",
        "group-count",
        "indicator-actual-delete",
        "indicator-target-delete",
        "meeting-attendance-from-last",
        "meeting-conclude",
        "output-confirm",
        "training-copy",
    }


def test_a_decision_on_a_record_is_sent_by_hand_alone(cast, client):
    point = a_point(cast.bdh, assignee_user=cast.bdh)
    client.force_login(cast.bdh)
    page = client.get(reverse("action-point", args=[point.pk])).content.decode()
    by_hand = {
        name: "data-by-hand" in form
        for name, form in re.findall(r'action="/action-points/\d+/(\w+)/"([^>]*)>', page)
    }
    assert by_hand == {"finish": False, "cancel": True}


def test_a_form_of_no_readable_key_is_taken_as_before(form, client):
    assert client.post(NEW, {**form, form_key.FIELD: "anything"}).status_code == 302
    assert not IdempotencyKey.objects.exists()


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_form(form, client):
    client.logout()
    answer = client.post(NEW, form, headers={"Referer": "http://testserver/difficulties/new/?x=1"})
    assert answer["Location"] == "/accounts/login/?next=/difficulties/new/%3Fx%3D1"
    elsewhere = client.post(NEW, form, headers={"Referer": "http://elsewhere.vn/difficulties/"})
    assert elsewhere["Location"] == "/accounts/login/?next=/"
    assert not Difficulty.objects.exists()


def test_a_voucher_that_cannot_be_submitted_is_not_left_behind(cast, client, monkeypatch):
    """Save and submit is one step: refused in the middle, it has had no effect."""
    from django.core.exceptions import ValidationError

    from disbursements.ledger import services as ledger

    def refuse(**_given):
        raise ValidationError("not now")

    monkeypatch.setattr(ledger, "submit", refuse)
    make.activity("GBV-01")
    client.force_login(cast.dieuphoi)
    sent = {
        "date": "2022-09-15",
        "activity": "GBV-01",
        "commune": make.commune().pk,
        "amount": "1.000.000",
        "confirmed": "1000000",
        "submit": "",
    }
    answer = client.post("/disbursements/new/", sent)
    assert answer.status_code == 400
    assert "Đã lưu" not in answer.content.decode()
    assert not Disbursement.objects.exists()


def test_every_form_that_writes_has_a_key():
    templates = Path(settings.BASE_DIR) / "templates"
    without = set()
    for path in templates.rglob("*.html"):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.DOTALL):
            if "{% form_key %}" not in form:
                without.add(path.relative_to(templates).as_posix())
    assert without - {"accounts/profile.html"} == WITHOUT_KEY  # its button ends other sessions
