"""The trail can be searched by those who may; everybody begins with what is theirs to do."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.services import create_token
from core.values.dates import today
from disbursements.ledger import services as ledger
from monitoring.tests.reviews.test_api import BODIES
from programs.years import closing
from reports.waiting import waiting_for
from tests import factories as make
from tests.one_of_each import MORE
from tests.work_off import work_off


def lines(client, query=""):
    return [line["row"] for line in client.get("/trail/" + query).context["list"]["lines"]]


def test_the_trail_says_who_when_from_what_to_what_and_why(cast, client):
    row = make.submitted(by=cast.dieuphoi_gbv)
    ledger.return_(actor=cast.quanly, disbursement=row, reason="thiếu chữ ký")
    client.force_login(cast.truongban)
    (line,) = lines(client, "?search=thieu+CHU&kind=disbursements.disbursement")
    entry = line["entry"]
    assert (entry.who, entry.why) == ("quanly", "thiếu chữ ký")
    assert ("trạng thái" in str(entry.changes) or "state" in str(entry.changes)) and line["href"]


def test_the_trail_is_searched_by_person_kind_day_and_record(cast, client):
    row = make.draft(by=cast.dieuphoi_gbv)
    other = make.draft(by=cast.dieuphoi)
    closing.close_period(actor=cast.quanly, period=make.period(date(2022, 7, 1)))
    client.force_login(cast.truongban)
    mine = lines(client, "?who=dieuphoi_gbv&kind=disbursements.disbursement")
    assert [line["entry"].pk for line in mine] == [row.pk]
    found = lines(client, f"?kind=disbursements.disbursement&record={other.pk}")
    assert [line["entry"].pk for line in found] == [other.pk]
    assert [line["entry"].who for line in lines(client, "?kind=programs.period&who=quanly")] == [
        "quanly"
    ]
    assert not lines(client, "?last=2001-01-01")
    newest = [line["entry"].pk for line in lines(client, "?kind=disbursements.disbursement")]
    assert newest == [other.pk, row.pk]
    assert len({line["entry"].model for line in lines(client)}) >= 3


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        (datetime(2022, 9, 14, 16, 59, 59, tzinfo=UTC), False),
        (datetime(2022, 9, 14, 17, tzinfo=UTC), True),
        (datetime(2022, 9, 15, 16, 59, 59, tzinfo=UTC), True),
        (datetime(2022, 9, 15, 17, tzinfo=UTC), False),
    ],
)
def test_a_day_of_the_trail_is_a_whole_day_in_vietnam(cast, client, moment, found):
    row = make.draft()
    row._history_date = moment
    row.save()
    client.force_login(cast.truongban)
    query = "?kind=disbursements.disbursement&first=2022-09-15&last=2022-09-15"
    assert bool(lines(client, query)) is found


def test_the_trail_stops_at_the_scope_of_who_reads_it(cast, client):
    make.draft(by=cast.dieuphoi_gbv)
    there = make.draft(commune=make.DAO_SAN)
    part = make.user(role=Role.MANAGER, communes=[make.DAO_SAN])
    client.force_login(part)
    found = lines(client, "?kind=disbursements.disbursement")
    assert [line["entry"].pk for line in found] == [there.pk]
    assert not lines(client, "?kind=accounts.user")


@pytest.mark.parametrize("name", ["dieuphoi", "xa_banlang", "khach"])
def test_the_trail_is_not_for_everybody(cast, client, name):
    client.force_login(getattr(cast, name))
    assert client.get("/trail/").status_code == 403


def test_the_trail_asks_no_more_for_more_entries(cast, client, django_assert_max_num_queries):
    client.force_login(cast.truongban)
    for _ in range(12):
        make.submitted()
    with django_assert_max_num_queries(17):  # one is the head's count of notices
        client.get("/trail/?kind=disbursements.disbursement")


def texts(user):
    return [(item.count, item.href.partition("?")[0]) for item in waiting_for(user)]


def test_each_person_begins_with_what_is_theirs(cast):
    make.submitted(by=cast.dieuphoi_gbv)
    back = make.submitted(by=cast.dieuphoi_gbv)
    ledger.return_(actor=cast.quanly, disbursement=back, reason="x")
    make.submitted_plan(by=cast.dieuphoi)
    assert (1, "/disbursements/lists/") in texts(cast.quanly)
    assert (1, "/periods/") in texts(cast.quanly)
    assert (1, "/disbursements/") in texts(cast.dieuphoi_gbv)
    assert (1, "/plans/") in texts(cast.truongban)
    assert texts(cast.khach) == []


@pytest.mark.parametrize(("day", "waits"), [(date(2022, 9, 30), 0), (date(2022, 10, 1), 1)])
def test_a_month_waits_to_be_closed_when_it_is_over(cast, monkeypatch, day, waits):
    make.draft()
    monkeypatch.setattr("reports.waiting.today", lambda: day)
    assert [count for count, href in texts(cast.quanly) if href == "/periods/"] == [1] * waits


def test_explanations_owed_are_counted(cast):
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 100}))
    make.posted(10)
    assert (1, "/variances/") in texts(cast.dieuphoi_gbv)


def test_the_waiting_page_shows_it(cast, client):
    make.submitted()
    client.force_login(cast.quanly)
    assert client.get("/waiting/").context["items"]


def test_the_digest_goes_to_who_wants_it_and_has_something_to_do(cast):
    make.submitted()
    for person, wants in ((cast.quanly, True), (cast.truongban, False), (cast.khach, True)):
        person.email, person.digest = f"{person.username}@example.org", wants
        person.save()
    call_command("send_digest", verbosity=0)
    work_off()
    assert [message.to for message in mail.outbox] == [["quanly@example.org"]]
    assert "/disbursements/lists/" in mail.outbox[0].body


def test_the_digest_goes_on_after_a_refused_address_and_tries_it_again(cast, monkeypatch, capsys):
    make.submitted()
    for person in (cast.quanly, cast.truongban):
        person.email = f"{person.username}@example.org"
        person.save()
    User.objects.exclude(pk__in=(cast.quanly.pk, cast.truongban.pk)).update(digest=False)
    plain = EmailMessage.send

    def send(letter, *args, **kwargs):
        if letter.to == ["quanly@example.org"]:
            raise SMTPRecipientsRefused({"quanly@example.org": (450, b"busy")})
        return plain(letter, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", send)
    call_command("send_digest")
    assert capsys.readouterr().out == "2\n"
    work_off()
    assert [message.to for message in mail.outbox] == [["truongban@example.org"]]
    monkeypatch.setattr(EmailMessage, "send", plain)
    DBTaskResult.objects.update(run_after=timezone.now())  # the time has come
    work_off()
    assert [message.to for message in mail.outbox[1:]] == [["quanly@example.org"]]


@pytest.mark.parametrize("way", ["console", "dummy", "filebased"])
def test_a_digest_that_reaches_nobody_does_not_count_as_sent(cast, settings, capsys, way):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{way}.EmailBackend"
    User.objects.filter(pk=cast.quanly.pk).update(email="quanly@example.org")
    token, _text = create_token(user=cast.quanly, days=90)
    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now() + timedelta(days=20))
    make.submitted(by=cast.dieuphoi)
    call_command("send_digest")
    out, err = capsys.readouterr()
    assert (out, err) == (
        "0\n",
        "Nobody was written to: no letter leaves this portal (EMAIL_URL).\n",
    )
    cast.quanly.refresh_from_db()
    token.refresh_from_db()
    assert (cast.quanly.digest_on, token.warned_days) == (None, None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("send_digest")
    assert capsys.readouterr().out == "1\n"
    token.refresh_from_db()
    assert token.warned_days == 30


def test_the_digest_goes_once_a_day(cast):
    cast.quanly.email = "quanly@example.org"
    cast.quanly.save()
    for _time in range(2):
        make.submitted()
        call_command("send_digest", verbosity=0)
    work_off()
    assert len(mail.outbox) == 1
    User.objects.update(digest_on=today() - timedelta(days=1))
    call_command("send_digest", verbosity=0)
    work_off()
    assert len(mail.outbox) == 2


def test_a_row_of_the_trail_is_seen_by_who_sees_its_record(cast, client):
    """Figures of an indicator lie in its programme and their commune; works in several communes."""
    for name, who in (("indicators", cast.quanly), ("indicator-targets", cast.quanly)):
        assert make.api(who).post(f"/api/v1/{name}/", MORE[name]).status_code == 201
    works = {**BODIES["outputs"], "communes": [make.BAN_LANG, make.NAM_XE]}
    assert make.api(cast.bdh).post("/api/v1/outputs/", works).status_code == 201
    kinds = "/trail/?kind=monitoring.target&kind=programs.output"
    seen = {}
    for pair in (("GBV", make.BAN_LANG), ("YEE", make.BAN_LANG), ("GBV", make.HOANG_THEN)):
        manager = make.user_of_pairs(pair, role=Role.MANAGER)
        client.force_login(manager)
        lines = client.get(kinds).context["list"]["lines"]
        csv = client.get(f"{kinds}&format=csv").getvalue().decode()
        assert len(csv.splitlines()) == len(lines) + 1
        seen[pair] = len(lines)
    assert seen == {
        ("GBV", make.BAN_LANG): 2,
        ("YEE", make.BAN_LANG): 0,
        ("GBV", make.HOANG_THEN): 0,
    }


def test_the_trail_of_a_deleted_draft_goes_on_with_its_scope(cast, client):
    row = make.draft(by=cast.dieuphoi)
    address = f"/api/v1/disbursements/{row.pk}/"
    assert make.api(cast.dieuphoi).delete(address).status_code == 204
    for pair, found in ((("GBV", make.BAN_LANG), True), (("YEE", make.BAN_LANG), False)):
        client.force_login(make.user_of_pairs(pair, role=Role.MANAGER))
        lines = client.get("/trail/?kind=disbursements.disbursement").context["list"]["lines"]
        assert bool(lines) is found, pair
