"""Letters are queued in the transaction that wants them, and sent by the worker, once."""

from datetime import timedelta
from smtplib import SMTPDataError, SMTPServerDisconnected

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import letters
from accounts.models import Letter, User
from core.services.errors import Conflict
from plan_portal.retention import clear_expired
from tests.work_off import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def person(cast):
    """Somebody with a mailbox, who forgot the password."""
    cache.clear()
    User.objects.filter(pk=cast.khach.pk).update(email="khach@example.org")
    cast.khach.refresh_from_db()
    return cast.khach


def refusing(monkeypatch, fault):
    def send(*_args, **_options):
        raise fault

    monkeypatch.setattr(EmailMessage, "send", send)


def the_letter():
    return Letter.objects.get()


def all_due():
    """The time of the next try has come."""
    DBTaskResult.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_letter_waits_for_the_transaction_that_wants_it(person, mailoutbox):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        letters.queue("reset", person)
        raise ZeroDivisionError
    work_off()
    assert not mailoutbox and not Letter.objects.exists()
    letters.queue("reset", person)
    assert not mailoutbox
    work_off()
    assert [letter.to for letter in mailoutbox] == [["khach@example.org"]]
    assert the_letter().state == "sent"


def test_the_queue_holds_no_link_and_no_address(person, client, mailoutbox):
    client.post("/accounts/password/forgotten/", {"email": "khach@example.org"})
    waiting = str(list(DBTaskResult.objects.values()))
    assert "example" not in waiting and "password" not in waiting
    work_off()
    (letter,) = mailoutbox
    secret = letter.body.split("/accounts/password/new/")[1].split()[0]
    kept = str(list(Letter.objects.values())) + str(list(DBTaskResult.objects.values()))
    assert secret not in kept and "khach@example.org" not in kept


def test_an_address_that_nobody_has_leaves_nothing(person, client, mailoutbox):
    client.post("/accounts/password/forgotten/", {"email": "ai@example.org"})
    work_off()
    assert not mailoutbox
    assert (the_letter().state, the_letter().to) == ("dropped", "")


def test_what_the_server_refuses_for_now_is_tried_again_and_at_last_has_failed(
    person, monkeypatch, mailoutbox
):
    plain = EmailMessage.send
    refusing(monkeypatch, SMTPDataError(451, b"later"))
    letters.queue("reset", person)
    for attempt in range(1, 6):
        work_off()
        assert the_letter().attempts == attempt
        assert the_letter().state == ("failed" if attempt == 5 else "waiting")
        work_off()  # not before its time
        assert the_letter().attempts == attempt
        all_due()
    assert the_letter().fault == "SMTPDataError 451"
    monkeypatch.setattr(EmailMessage, "send", plain)
    work_off()
    assert not mailoutbox


def test_what_is_refused_for_good_is_not_tried_again(person, monkeypatch):
    refusing(monkeypatch, SMTPDataError(554, b"no"))
    letters.queue("reset", person)
    work_off()
    assert (the_letter().state, the_letter().attempts) == ("failed", 1)


def test_a_server_that_is_away_has_certainly_not_got_it(person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    letters.queue("reset", person)
    work_off()
    assert (the_letter().state, the_letter().attempts) == ("waiting", 1)
    assert the_letter().next_at > timezone.now()


def test_a_worker_that_died_while_sending_does_not_send_twice(person, mailoutbox):
    letters.queue("reset", person)
    Letter.objects.update(state="sending")  # it was about to go when the process was killed
    work_off()
    assert not mailoutbox
    assert the_letter().state == "unsure"


def test_an_answer_that_was_lost_is_unsure(person, monkeypatch):
    refusing(monkeypatch, SMTPServerDisconnected("gone"))
    letters.queue("reset", person)
    work_off()
    assert (the_letter().state, the_letter().fault) == ("unsure", "SMTPServerDisconnected")


def test_the_administrator_sees_what_failed_and_tries_it_again(
    cast, person, client, monkeypatch, mailoutbox
):
    plain = EmailMessage.send
    refusing(monkeypatch, SMTPDataError(554, b"no"))
    letters.queue("reset", person)
    work_off()
    monkeypatch.setattr(EmailMessage, "send", plain)
    client.force_login(cast.quantri)
    assert 'href="/letters/"' in client.get("/status/").content.decode()
    assert "SMTPDataError 554" in client.get("/letters/").content.decode()
    again = f"/letters/{the_letter().pk}/again/"
    assert client.post(again).status_code == 302
    work_off()
    assert len(mailoutbox) == 1 and the_letter().state == "sent"
    with pytest.raises(Conflict):
        letters.try_again(actor=cast.quantri, letter=the_letter())
    with pytest.raises(PermissionDenied):
        letters.try_again(actor=cast.bdh, letter=the_letter())
    client.force_login(cast.bdh)
    assert client.get("/letters/").status_code == 403


def test_what_needs_no_letter_any_more_gets_none(cast, person, mailoutbox):
    letters.queue("invitation", person, about=str(cast.quantri.pk))  # has a password by now
    letters.queue("token", person, about="gone")
    User.objects.filter(pk=person.pk).update(is_active=False)
    letters.queue("reset", person)
    work_off()
    assert not mailoutbox
    assert set(Letter.objects.values_list("state", flat=True)) == {"dropped"}


def test_the_old_address_is_kept_only_until_its_letter_has_gone(person, mailoutbox):
    letters.tell_old_address(person, "cu@example.org")
    letters.tell_old_address(person, person.email)  # the same: nothing
    assert the_letter().to == "cu@example.org"
    work_off()
    assert [letter.to for letter in mailoutbox] == [["cu@example.org"]]
    assert the_letter().to == ""


def test_letters_that_have_ended_are_forgotten_after_a_month(person):
    letters.queue("reset", person)
    work_off()
    for days, left in ((29, 1), (31, 0)):
        Letter.objects.update(ended_at=timezone.now() - timedelta(days=days))
        clear_expired()
        assert Letter.objects.count() == left
