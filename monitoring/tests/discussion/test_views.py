"""Who is mentioned in a comment hears of it: on the page until read, in one letter."""

from datetime import date

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from monitoring.discussion import services as comments
from monitoring.reviews.services import difficulties
from reports.waiting import waiting_for
from tests import factories as make
from tests.work_off import work_off

pytestmark = pytest.mark.any_database


@pytest.fixture
def said(cast):
    """The commune reports a difficulty and asks the coordinator and the board about it."""
    row = difficulties.difficulties.create(
        actor=cast.xa_banlang,
        title="Sạt lở đường vào điểm trường",
        effect="Chậm",
        raised_on=date(2023, 1, 5),
        commune=make.commune(),
        program=make.program("GBV"),
    )
    comments.comment(actor=cast.xa_banlang, about=row, text="Nhờ @dieuphoi_gbv và @bdh xem")
    return row


def waits(user):
    return [item.count for item in waiting_for(user) if item.href == reverse("mentions")]


def test_a_mention_waits_until_the_record_is_opened(cast, said, client):
    assert (waits(cast.dieuphoi_gbv), waits(cast.bdh), waits(cast.quanly)) == ([1], [1], [])
    client.force_login(cast.dieuphoi_gbv)
    assert "nhắc đến bạn" in client.get("/").content.decode()
    page = client.get(reverse("mentions")).content.decode()
    assert "Sạt lở đường vào điểm trường" in page
    assert waits(cast.dieuphoi_gbv) == [1]
    client.get(reverse("difficulty", args=[said.pk]))
    assert (waits(cast.dieuphoi_gbv), waits(cast.bdh)) == ([], [1])


def test_nobody_hears_of_what_they_wrote_themselves(cast, said):
    comments.comment(actor=cast.bdh, about=said, text="Giao @bdh theo dõi")
    assert waits(cast.bdh) == [1]


def test_what_is_no_longer_ones_to_see_no_longer_waits(cast, said):
    cast.dieuphoi_gbv.assignments.all().delete()
    fresh = type(cast.dieuphoi_gbv).objects.get(pk=cast.dieuphoi_gbv.pk)
    assert waits(fresh) == []


def test_a_mention_is_in_one_letter(cast, said):
    cast.dieuphoi_gbv.email = "dieuphoi@example.org"
    cast.dieuphoi_gbv.save()
    for _day in range(2):
        call_command("send_digest")
        work_off()
    (letter,) = mail.outbox
    assert letter.to == ["dieuphoi@example.org"]
    assert reverse("mentions") in letter.body
    assert waits(cast.dieuphoi_gbv) == [1]


def test_what_was_read_is_not_mailed(cast, said, client):
    cast.dieuphoi_gbv.email = "dieuphoi@example.org"
    cast.dieuphoi_gbv.save()
    client.force_login(cast.dieuphoi_gbv)
    client.get(reverse("difficulty", args=[said.pk]))
    call_command("send_digest")
    work_off()
    assert not mail.outbox


def test_an_unread_mention_is_found_behind_any_number_of_read_ones(cast, said, client, monkeypatch):
    monkeypatch.setattr("monitoring.discussion.views.MENTIONS_SHOWN", 1)
    other = difficulties.difficulties.create(
        actor=cast.xa_banlang,
        title="Thiếu cán bộ",
        effect="Chậm",
        raised_on=date(2023, 1, 5),
        commune=make.commune(),
        program=make.program("GBV"),
    )
    comments.comment(actor=cast.xa_banlang, about=other, text="@bdh xem tiếp")
    comments.mark_read(cast.bdh, other)
    client.force_login(cast.bdh)
    page = client.get(reverse("mentions"))
    assert [row["title"] for row in page.context["rows"]] == ["Sạt lở đường vào điểm trường"]
    assert "2" in page.context["cut"]
    assert page.context["cut"] in page.content.decode()
