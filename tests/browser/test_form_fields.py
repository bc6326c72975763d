"""Every field of a form is kept and sent, whatever it is called; and a form shows what the portal
made of it, whatever a browser puts back by itself."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from monitoring.results.services import indicators
from monitoring.tests.reviews.test_action_points import a_point
from programs.outputs import services as works
from tests import factories as make
from tests.browser.kept import (
    NEW,
    OTHER,
    SAVE,
    TITLE,
    difficulty,
    fill_in,
    kept,
    titles,
    wait_for,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(people):
    return works.groups.create(
        actor=people.dieuphoi,
        name="Nhóm tiết kiệm",
        kind="club_school",
        program=make.program("GBV"),
        communes=[make.commune()],
        founded_on=date(2022, 9, 15),
        note="Họp ngày 15 hằng tháng",
    )


@pytest.fixture
def signed_in(phone, sign_in, people):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    return phone


def test_a_change_of_one_field_leaves_the_note(signed_in, group):
    signed_in.goto(f"/groups/{group.pk}/edit/")
    signed_in.fill("#id_name", "Nhóm tiết kiệm bản Thẳm")
    signed_in.click(SAVE)
    signed_in.wait_for_url(f"**/groups/{group.pk}/")
    group.refresh_from_db()
    assert (group.name, group.note) == ("Nhóm tiết kiệm bản Thẳm", "Họp ngày 15 hằng tháng")


def test_a_note_is_there_again_after_a_reload_and_arrives(signed_in, group):
    signed_in.goto(f"/groups/{group.pk}/edit/")
    signed_in.fill("#id_note", "Họp ngày 20")
    wait_for(signed_in, lambda: kept(signed_in) == ["draft"])
    signed_in.reload()
    expect(signed_in.locator("#id_note")).to_have_value("Họp ngày 20")
    signed_in.fill("#id_name", "Nhóm bản Thẳm")
    signed_in.click(SAVE)
    signed_in.wait_for_url(f"**/groups/{group.pk}/")
    group.refresh_from_db()
    assert (group.name, group.note) == ("Nhóm bản Thẳm", "Họp ngày 20")


@pytest.mark.parametrize("connected", [True, False], ids=["connected", "not connected"])
def test_an_action_point_is_done_with_its_note(signed_in, people, connected):
    phone, point = signed_in, a_point(people.bdh, assignee_user=people.dieuphoi)
    phone.goto(f"/action-points/{point.pk}/")
    phone.locator("summary", has_text="Đã xong").first.click()
    phone.fill("#id_finish_note", "Đã ký ngày 25/8")
    phone.context.set_offline(not connected)
    phone.locator("form[action$='/finish/'] button").click()
    if not connected:
        wait_for(phone, lambda: kept(phone) == ["waiting"])
        phone.context.set_offline(False)
    wait_for(phone, lambda: kept(phone) == [])
    point.refresh_from_db()
    assert (point.state, point.done_note) == ("reported", "Đã ký ngày 25/8")  # somebody verifies


def test_a_profile_changed_without_a_connection_rests_until_it_is_sent(signed_in, people):
    signed_in.goto("/profile/")
    signed_in.fill("#id_office", "Phòng B")
    signed_in.context.set_offline(True)
    signed_in.locator("form:has(#id_office) button").click()
    wait_for(signed_in, lambda: kept(signed_in) == ["waiting"])
    expect(signed_in.locator("#id_office")).to_be_disabled()
    signed_in.context.set_offline(False)
    wait_for(signed_in, lambda: kept(signed_in) == [])
    people.dieuphoi.refresh_from_db()
    assert people.dieuphoi.office == "Phòng B"


def test_targets_saved_without_a_connection_rest_until_they_are_sent(phone, sign_in, people):
    indicator = indicators.create(
        actor=people.bdh,
        code="GBV-N1",
        name="Thanh niên",
        program=make.program("GBV"),
        unit="người",
    )
    sign_in(phone, "bdh", make.PASSWORD)
    phone.goto(f"/indicators/{indicator.pk}/targets/2023/")
    field = f"#id_commune_{make.commune().pk}"
    phone.fill(field, "60")
    phone.context.set_offline(True)
    phone.click(SAVE)
    wait_for(phone, lambda: kept(phone) == ["waiting"])
    expect(phone.locator(field)).to_be_disabled()
    phone.context.set_offline(False)
    wait_for(phone, lambda: kept(phone) == [])
    assert [int(row.value) for row in indicator.targets.all()] == [60]


@pytest.mark.parametrize("address", ["/setup/people/", "/people/new/"])
def test_an_invitation_stays_shown_and_leaves_no_draft(phone, sign_in, people, address):
    sign_in(phone, "quantri", make.PASSWORD)
    phone.goto(address)
    phone.fill("#id_username", "nguoi_moi")
    phone.select_option("#id_role", "viewer")
    phone.click("form:has(#id_username) button[type=submit]")
    phone.locator("code").wait_for()
    phone.wait_for_timeout(500)
    assert "/accounts/" in phone.inner_text("code")
    phone.goto(address)
    assert phone.input_value("#id_username") == ""
    assert kept(phone) == []


def test_back_to_a_form_that_was_saved_shows_a_blank_one(signed_in):
    """Asked for anew, not from memory: the browser would put back what was typed in it."""
    difficulty(signed_in)
    signed_in.click(SAVE)
    signed_in.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    wait_for(signed_in, lambda: kept(signed_in) == [])
    signed_in.go_back()
    signed_in.wait_for_timeout(500)
    expect(signed_in.locator("#id_title")).to_have_value("")
    fill_in(signed_in, OTHER)
    signed_in.click(SAVE)
    signed_in.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {TITLE, OTHER}


def test_begin_anew_is_blank_though_the_browser_put_something_back(signed_in):
    difficulty(signed_in)
    wait_for(signed_in, lambda: kept(signed_in) == ["draft"])
    signed_in.goto("/difficulties/")
    signed_in.go_back()
    expect(signed_in.locator("#id_title")).to_have_value(TITLE)
    signed_in.click("text=Làm lại từ đầu")
    expect(signed_in.locator("#id_title")).to_have_value("")
    assert kept(signed_in) == []
    assert signed_in.url.endswith(NEW)
