"""What happens reaches the people whom it concerns, in the portal and in one letter."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Assignment, Notice, User
from accounts.notices import services as notices
from core.values.dates import today
from disbursements.ledger import services as ledger
from monitoring.discussion.services import comment
from monitoring.reviews.services.difficulties import difficulties
from plan_portal.retention import clear_expired
from tests import factories as make
from tests.work_off import work_off

pytestmark = pytest.mark.any_database


def report(actor, **fields):
    given = {
        "title": "Đường vào bản sạt lở",
        "program": make.program("GBV"),
        "commune": make.commune(make.BAN_LANG),
        "effect": "Xe không vào được",
        "raised_on": date(2023, 2, 1),
    }
    return difficulties.create(actor=actor, **{**given, **fields})


def told(user):
    return [(each.kind, each.text) for each in Notice.objects.filter(user=user)]


def test_a_communes_difficulty_reaches_who_works_there_and_not_its_author(cast):
    row = report(cast.xa_banlang)
    reached = set(Notice.objects.values_list("user__username", flat=True))
    assert reached == {"bdh", "quanly", "dieuphoi", "dieuphoi_gbv"}
    assert told(cast.dieuphoi_gbv) == [("difficulty", row.title)]


def test_a_difficulty_elsewhere_reaches_nobody_whose_scope_ends_before(cast):
    report(cast.dieuphoi, commune=make.commune(make.DAO_SAN))
    assert told(cast.dieuphoi_gbv) == []
    assert told(cast.xa_banlang) == []
    assert len(told(cast.bdh)) == 1


def test_a_returned_row_reaches_who_entered_and_who_submitted_it(cast):
    row = make.submitted(3_000_000, by=cast.dieuphoi_gbv, voucher_no="PC07")
    ledger.return_(actor=cast.quanly, disbursement=row, reason="thiếu chữ ký")
    ((kind, text),) = told(cast.dieuphoi_gbv)
    assert kind == "returned"
    assert all(part in text for part in ("PC07", "3.000.000", "thiếu chữ ký"))
    assert told(cast.quanly) == []


def test_a_mention_is_a_notice_that_opening_the_record_marks_as_read(cast, client):
    row = report(cast.dieuphoi)
    Notice.objects.all().delete()
    comment(actor=cast.dieuphoi, about=row, text="@xa_banlang xem giúp")
    assert [kind for kind, _text in told(cast.xa_banlang)] == ["mention"]
    client.force_login(cast.xa_banlang)
    client.get(f"/difficulties/{row.pk}/")
    assert notices.unread_count(cast.xa_banlang) == 0


def test_nothing_is_told_of_what_did_not_happen(cast):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        report(cast.xa_banlang)
        raise ZeroDivisionError
    assert Notice.objects.count() == 0


def test_the_head_counts_the_list_leads_and_reading_ends_it(cast, client):
    row = report(cast.xa_banlang)
    client.force_login(cast.bdh)
    page = client.get("/notices/")
    assert "data-unread>1<" in page.content.decode()
    (line,) = page.context["rows"]
    opened = client.get(f"/notices/{line['pk']}/")
    assert opened.headers["Location"] == f"/difficulties/{row.pk}/"
    assert "data-unread" not in client.get("/notices/").content.decode()
    report(cast.xa_banlang, title="Thiếu nước")
    report(cast.xa_banlang, title="Mất điện")
    assert client.post("/notices/read/").status_code == 302
    assert notices.unread_count(cast.bdh) == 0
    assert notices.unread_count(cast.quanly) == 3


def test_nobody_opens_or_marks_another_ones(cast, client):
    report(cast.xa_banlang)
    theirs = Notice.objects.get(user=cast.bdh)
    client.force_login(cast.quanly)
    assert client.get(f"/notices/{theirs.pk}/").status_code == 404
    assert client.post(f"/notices/{theirs.pk}/read/").status_code == 404
    assert make.api(cast.quanly).post(f"/api/v1/notices/{theirs.pk}/read/").status_code == 404
    assert make.api(cast.quanly).get("/api/v1/notices/").json()["count"] == 1


def test_scope_holds_when_a_notice_is_read_and_opened(cast, client):
    report(cast.xa_banlang)
    Assignment.objects.filter(user=cast.dieuphoi_gbv).delete()
    Assignment.objects.create(user=cast.dieuphoi_gbv, commune=make.commune(make.DAO_SAN))
    person = User.objects.get(pk=cast.dieuphoi_gbv.pk)
    client.force_login(person)
    page = client.get("/notices/")
    assert "sạt lở" not in page.content.decode()
    opened = client.get(f"/notices/{page.context['rows'][0]['pk']}/", follow=True)
    assert opened.status_code == 404
    (row,) = make.api(person).get("/api/v1/notices/").json()["results"]
    assert row["text"] == ""


def test_the_api_lists_filters_and_marks(cast):
    row = report(cast.xa_banlang)
    api = make.api(cast.bdh)
    (found,) = api.get("/api/v1/notices/?kind=difficulty&unread=true").json()["results"]
    assert (found["text"], found["record"], found["page"], found["read_at"]) == (
        row.title,
        row.pk,
        f"/difficulties/{row.pk}/",
        None,
    )
    marked = api.post(f"/api/v1/notices/{found['id']}/read/", {})
    assert marked.status_code == 200
    assert marked.json()["read_at"]
    report(cast.xa_banlang, title="Thiếu nước")
    assert api.post("/api/v1/notices/read-all/").json() == {"read": 1}
    assert api.get("/api/v1/notices/?unread=true").json()["count"] == 0


def test_the_digest_tells_of_a_notice_once(cast):
    User.objects.filter(pk=cast.quanly.pk).update(email="quanly@example.org")
    report(cast.xa_banlang)
    call_command("send_digest", verbosity=0)
    work_off()
    (letter,) = mail.outbox
    assert "Đường vào bản sạt lở" in letter.body
    assert "/notices/" in letter.body
    User.objects.update(digest_on=today() - timedelta(days=1))
    call_command("send_digest", verbosity=0)
    work_off()
    assert len(mail.outbox) == 1


def test_old_notices_are_cleared_and_0_days_keep_them(cast, settings):
    report(cast.xa_banlang)
    Notice.objects.filter(user=cast.bdh).update(made_at=timezone.now() - timedelta(days=181))
    settings.NOTICE_DAYS = 0
    assert clear_expired()["notices"] == 0
    settings.NOTICE_DAYS = 180
    assert clear_expired()["notices"] == 1
    assert told(cast.bdh) == []


def test_who_is_told_is_asked_in_a_few_queries(cast, django_assert_max_num_queries):
    for number in range(12):
        make.user(username=f"dp{number}", role="coordinator", communes=[make.BAN_LANG])
    row = report(cast.xa_banlang)
    with django_assert_max_num_queries(6):
        people = notices.concerned("record_difficulty", program=row.program, commune=row.commune)
        notices.tell(kind="issued", about=row, actor=cast.xa_banlang, people=people)
    assert Notice.objects.filter(kind="issued").count() == 16
