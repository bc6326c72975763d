"""Action points: done says what was done; one's own word is verified; overdue is said once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from core.services.errors import Conflict
from core.values.dates import today
from monitoring.models import ActionPoint
from monitoring.reviews.services import action_points as actions
from monitoring.reviews.services import meetings
from tests import factories as make
from tests.work_off import work_off

DUE = date(2023, 8, 31)


def a_point(by, **values):
    values = {"title": "Hoàn thành ký MoU, PA", "due_date": DUE, "assignee_body": "BĐH", **values}
    return actions.raise_point(actor=by, **values)


def test_done_needs_a_note_of_what_was_done(cast):
    point = a_point(cast.bdh, assignee_user=cast.dieuphoi)
    with pytest.raises(ValidationError) as refusal:
        actions.finish(actor=cast.dieuphoi, point=point, note="  ")
    assert set(refusal.value.message_dict) == {"note"}
    actions.finish(actor=cast.dieuphoi, point=point, note="Đã ký ngày 25/8")
    point.refresh_from_db()
    assert (point.state, point.done_note, point.done_by) == (
        "reported",
        "Đã ký ngày 25/8",
        cast.dieuphoi,
    )


def test_the_word_of_who_was_given_it_waits_for_who_assigned_it(cast):
    point = a_point(cast.bdh, assignee_user=cast.dieuphoi)
    with pytest.raises(PermissionDenied):
        actions.cancel(actor=cast.dieuphoi, point=point, reason="Không cần nữa")
    actions.finish(actor=cast.dieuphoi, point=point, note="Đã ký")
    with pytest.raises(PermissionDenied):
        actions.verify(actor=cast.dieuphoi, point=point)
    assert actions.to_verify(cast.bdh) == [point]
    actions.verify(actor=cast.bdh, point=point)
    assert (point.state, point.verified_by) == ("done", cast.bdh)


def test_who_passed_it_on_does_not_close_it_either(cast):
    point = a_point(cast.bdh, assignee_user=cast.quanly)
    changes = {"record": point, "version": point.version}
    actions.points.change(actor=cast.quanly, assignee_user=cast.dieuphoi, **changes)
    point.refresh_from_db()
    actions.finish(actor=cast.quanly, point=point, note="Đã ký")
    assert point.state == "reported"


def test_the_authors_own_word_waits_for_somebody_else(cast):
    point = a_point(cast.bdh, assignee_user=cast.bdh)
    actions.finish(actor=cast.bdh, point=point, note="Đã ký")
    assert point.state == "reported"
    with pytest.raises(PermissionDenied):
        actions.verify(actor=cast.bdh, point=point)
    actions.verify(actor=cast.quanly, point=point)
    assert (point.state, point.verified_by) == ("done", cast.quanly)


def test_verifying_is_offered_of_what_was_reported_and_not_to_who_reported_it(client, cast):
    def offered(person):
        client.force_login(person)
        address = reverse("action-point", args=[point.pk])
        return (
            reverse("action-point-verify", args=[point.pk]) in client.get(address).content.decode()
        )

    point = a_point(cast.bdh, assignee_user=cast.dieuphoi)
    assert not offered(cast.bdh)
    actions.finish(actor=cast.dieuphoi, point=point, note="Đã ký")
    assert (offered(cast.bdh), offered(cast.dieuphoi)) == (True, False)
    actions.verify(actor=cast.bdh, point=ActionPoint.objects.get())
    assert not offered(cast.bdh)


def test_what_is_done_is_not_done_twice(cast):
    point = a_point(cast.bdh, assignee_user=cast.dieuphoi)
    actions.finish(actor=cast.dieuphoi, point=point, note="Đã ký")
    with pytest.raises(Conflict):
        actions.finish(actor=cast.dieuphoi, point=point, note="Lần nữa")


def test_somebody_has_to_do_it(cast):
    with pytest.raises(ValidationError) as refusal:
        a_point(cast.bdh, assignee_body="")
    assert set(refusal.value.message_dict) == {"assignee_body"}


def test_a_stranger_finishes_nothing(cast):
    point = a_point(cast.bdh)
    for person in (cast.khach, make.user(role="viewer")):
        with pytest.raises(PermissionDenied):
            actions.finish(actor=person, point=point, note="Xong")


def test_a_commune_does_not_finish_another_communes_point(cast):
    point = a_point(cast.bdh, commune=make.commune(make.NAM_XE))
    with pytest.raises(PermissionDenied):
        actions.finish(actor=cast.xa_banlang, point=point, note="Xong")


DECISIONS = {
    "cancel": lambda person, row: actions.cancel(actor=person, point=row, reason="thôi"),
    "finish": lambda person, row: actions.finish(actor=person, point=row, note="Xong"),
}


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("pair", [("GBV", make.BAN_LANG), ("ECCD", make.NAM_XE), (None, None)])
def test_a_point_is_decided_by_who_has_its_programme_and_its_commune(cast, name, pair):
    point = a_point(cast.bdh, program=make.program("GBV"), commune=make.commune(make.NAM_XE))
    part = make.user_of_pairs(pair)
    if pair == (None, None):
        DECISIONS[name](part, point)
        return
    with pytest.raises((PermissionDenied, ValidationError)):
        DECISIONS[name](part, point)
    point.refresh_from_db()
    assert point.state == "open"


def test_what_is_due_within_a_month_is_due_soon(cast):
    point = a_point(cast.bdh)
    days = [n for n in (0, 31, 32) if point in actions.due(cast.bdh, DUE - timedelta(days=n))]
    assert days == [0, 31]


def test_it_is_done_today_at_the_latest(cast):
    point = a_point(cast.bdh, assignee_user=cast.dieuphoi)
    with pytest.raises(ValidationError):
        actions.finish(
            actor=cast.dieuphoi, point=point, note="Xong", date=today() + timedelta(days=1)
        )
    actions.finish(actor=cast.dieuphoi, point=point, note="Xong", date=today())
    assert point.done_on == today()


def test_who_was_given_a_point_sees_it_whatever_the_scope(cast):
    point = a_point(cast.bdh, commune=make.commune(make.DAO_SAN), assignee_user=cast.dieuphoi_gbv)
    assert point in ActionPoint.objects.visible_to(cast.dieuphoi_gbv)
    assert point not in ActionPoint.objects.visible_to(cast.xa_banlang)


def test_the_digest_says_overdue_once_the_day_after(cast):
    point = a_point(cast.bdh, assignee_user=cast.dieuphoi)
    days = [DUE + timedelta(days=n) for n in range(-1, 5)]
    said = [day for day in days if point in actions.for_digest(cast.dieuphoi, day)]
    assert said == [DUE + timedelta(days=1)]
    assert actions.for_digest(cast.quanly, said[0]) == []


def test_what_is_done_is_not_overdue(cast):
    point = a_point(cast.bdh, assignee_user=cast.dieuphoi)
    assert point.is_overdue(date(2023, 9, 1)) and not point.is_overdue(DUE)
    actions.finish(actor=cast.dieuphoi, point=point, note="Đã ký")
    assert not point.is_overdue(date(2023, 9, 1))
    assert actions.due(cast.bdh, date(2023, 9, 1)) == []


def test_reopening_needs_a_reason_and_takes_the_word_back(cast):
    point = a_point(cast.bdh, assignee_user=cast.dieuphoi)
    actions.finish(actor=cast.dieuphoi, point=point, note="Đã ký")
    with pytest.raises(ValidationError):
        actions.reopen(actor=cast.bdh, point=point, reason=" ")
    actions.reopen(actor=cast.bdh, point=point, reason="Mới ký một bên")
    assert (point.state, point.done_note, point.done_by) == ("open", "", None)


def test_a_conclusion_becomes_an_action_point_that_leads_back_to_its_meeting(cast):
    row = meetings.meetings.create(
        actor=cast.bdh,
        title="Hội nghị tổng kết",
        kind="annual_review",
        date=date(2023, 8, 2),
        conclusions="Kiện toàn các ban\nKý MoU, PA trong tháng 8/2023",
    )
    point = meetings.conclude(
        actor=cast.bdh,
        meeting=row,
        conclusion="Ký MoU, PA trong tháng 8/2023",
        due_date=DUE,
        assignee_body="Ban Điều hành huyện",
    )
    assert (point.source, point.title) == (row, "Ký MoU, PA trong tháng 8/2023")
    with pytest.raises(ValidationError):
        meetings.conclude(
            actor=cast.bdh, meeting=row, conclusion="Chưa ai nói", assignee_body="BĐH"
        )


def test_it_comes_from_one_thing_only(cast):
    row = meetings.meetings.create(actor=cast.bdh, title="Họp", kind="other", date=date(2023, 8, 2))
    visit = meetings.visits.create(
        actor=cast.bdh,
        title="Giám sát",
        date=date(2023, 8, 2),
        commune=make.commune(),
        seen="Điểm rửa tay dùng tốt",
    )
    with pytest.raises(ValidationError):
        a_point(cast.bdh, meeting=row, visit=visit)


def test_the_front_page_shows_what_is_to_do_and_the_digest_only_what_is_newly_overdue(cast):
    from reports.waiting import waiting_for

    day = today()
    for days in (-30, -1, 5):
        a_point(
            cast.bdh,
            title=f"Việc hạn {days}",
            due_date=day + timedelta(days=days),
            assignee_user=cast.dieuphoi,
        )
    page = [item.count for item in waiting_for(cast.dieuphoi) if "action" in item.href]
    digest = [item for item in waiting_for(cast.dieuphoi, digest=True) if "action" in item.href]
    assert page == [3]
    assert [item.count for item in digest] == [1]
    assert "Việc hạn -1" in digest[0].text


def test_a_digest_left_out_loses_nothing_and_one_made_twice_says_it_once(
    cast, mailoutbox, monkeypatch
):
    User.objects.exclude(pk=cast.dieuphoi.pk).update(digest=False)
    User.objects.filter(pk=cast.dieuphoi.pk).update(email="dieuphoi@example.org")
    monday = date(2026, 3, 2)
    for days in (0, 1, 2):
        a_point(
            cast.bdh,
            title=f"Việc hạn {days}",
            due_date=monday + timedelta(days=days),
            assignee_user=cast.dieuphoi,
        )

    def told(days):
        mailoutbox.clear()
        day = monday + timedelta(days=days)
        for module in ("reports.waiting", "reports.management.commands.send_digest"):
            monkeypatch.setattr(f"{module}.today", lambda: day)
        call_command("send_digest", verbosity=0)
        work_off()
        lines = [line for mail in mailoutbox for line in mail.body.splitlines() if "Việc" in line]
        return [f"Việc hạn {n}" for n in (0, 1, 2) if any(f"Việc hạn {n}" in x for x in lines)]

    assert told(1) == ["Việc hạn 0"]
    assert told(1) == []
    assert told(3) == ["Việc hạn 1", "Việc hạn 2"]  # nothing was sent on Wednesday
    assert told(4) == []


def test_who_may_verify_is_told_so_and_the_author_is_not(cast):
    from reports.waiting import waiting_for

    point = a_point(cast.bdh, assignee_user=cast.bdh)
    actions.finish(actor=cast.bdh, point=point, note="Đã ký")

    def told(person):
        return [item.count for item in waiting_for(person) if "reported" in item.href]

    assert (told(cast.quanly), told(cast.bdh)) == ([1], [])
