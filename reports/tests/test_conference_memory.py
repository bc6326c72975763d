"""The next review begins with the last one: what became of it, and what the figures can say."""

from datetime import date

import pytest

from monitoring.models import ActionPoint, Difficulty
from monitoring.reviews.services import action_points as points
from monitoring.reviews.services import meetings
from programs.models import Period
from reports.models import ReportDraft
from reports.tests.test_issuing import review, steering
from reports.tests.test_life import text_of
from tests import factories

pytestmark = pytest.mark.any_database

DRAFT = "/reports/annual/2023/"
ASKED = "/api/v1/reports/annual/draft/?fiscal_year=2023"
DONE, LATE, DROPPED, OPEN, NOBODY = (
    "Lập danh sách trẻ",
    "Bàn giao hồ sơ công trình",
    "Tham quan học tập",
    "Kiện toàn Ban Dự án xã",
    "Rà soát mẫu báo cáo",
)


@pytest.fixture
def last(cast):
    """The review of the year before: done, done late, dropped with a reason, given to nobody."""
    meeting = meetings.meetings.create(
        actor=cast.bdh,
        title="Hội nghị tổng kết năm tài chính 2022",
        kind="annual_review",
        date=date(2022, 7, 28),
        fiscal_year=factories.year("2022"),
        conclusions="\n".join((DONE, LATE, DROPPED, OPEN, NOBODY)),
    )
    given = {
        what: meetings.conclude(
            actor=cast.bdh,
            meeting=meeting,
            conclusion=what,
            due_date=due,
            assignee_body="Ban Quản lý dự án",
        )
        for what, due in (
            (DONE, date(2022, 12, 31)),
            (LATE, date(2023, 5, 31)),
            (DROPPED, None),
            (OPEN, date(2023, 9, 30)),
        )
    }
    points.finish(actor=cast.dieuphoi, point=given[DONE], note="Đủ 5 xã", date=date(2022, 12, 20))
    points.cancel(actor=cast.bdh, point=given[DROPPED], reason="Không có kinh phí")
    return meeting


def test_the_report_says_what_became_of_each_conclusion_of_the_last_review(cast, last):
    text = text_of(cast.bdh)
    assert "THỰC HIỆN KẾT LUẬN, KIẾN NGHỊ CỦA HỘI NGHỊ TỔNG KẾT NĂM TRƯỚC" in text
    assert (
        "Hội nghị tổng kết năm tài chính 2022 (28/07/2022) có 5 kết luận, kiến nghị; tính đến "
        "ngày 30/06/2023: 1 đã hoàn thành, 1 quá hạn, 1 đang thực hiện, 1 không thực hiện, "
        "1 chưa giao đơn vị thực hiện." in text
    )
    for row in (
        f"{DONE} | Ban Quản lý dự án | 31/12/2022 | Đã hoàn thành (20/12/2022): Đủ 5 xã",
        f"{LATE} | Ban Quản lý dự án | 31/05/2023 | Quá hạn",
        f"{DROPPED} | Ban Quản lý dự án |  | Không thực hiện: Không có kinh phí",
        f"{OPEN} | Ban Quản lý dự án | 30/09/2023 | Đang thực hiện",
        f"{NOBODY} |  |  | Chưa giao đơn vị thực hiện",
    ):
        assert row in text


def test_what_was_done_after_its_day_was_done_late(cast, last):
    late = ActionPoint.objects.get(title=LATE)
    points.finish(actor=cast.dieuphoi, point=late, note="Đã giao", date=date(2023, 6, 20))
    assert f"{LATE} | Ban Quản lý dự án | 31/05/2023 | Hoàn thành chậm (20/06/2023)" in text_of(
        cast.bdh
    )


def test_without_a_review_before_there_is_nothing_to_say(cast):
    review(cast)  # this year's own
    assert "HỘI NGHỊ TỔNG KẾT NĂM TRƯỚC" not in text_of(cast.bdh)


def test_a_quarter_does_not_say_it(cast, last):
    assert DROPPED not in text_of(cast.bdh, "quarterly", quarter="4")


def test_it_is_the_first_slide_of_the_past(cast, client, last):
    client.force_login(cast.bdh)
    slides = client.get("/present/?fiscal_year=2023&slide=all").context["slides"]
    assert [slide.key for slide in slides][:2] == ["year", "last-review"]
    page = client.get("/present/?fiscal_year=2023&slide=last-review").content.decode()
    assert "Không có kinh phí" in page
    part = client.get("/present/?fiscal_year=2023&commune=03577&slide=all").context["slides"]
    assert "last-review" not in [slide.key for slide in part]


def test_why_it_was_dropped_is_kept_until_it_is_taken_up_again(cast, client, last):
    point = ActionPoint.objects.get(title=DROPPED)
    at = f"/api/v1/action-points/{point.pk}/"
    assert factories.api(cast.bdh).get(at).json()["dropped_why"] == "Không có kinh phí"
    client.force_login(cast.bdh)
    assert "Không có kinh phí" in client.get(f"/action-points/{point.pk}/").content.decode()
    points.reopen(actor=cast.bdh, point=point, reason="Có kinh phí")
    assert factories.api(cast.bdh).get(at).json()["dropped_why"] == ""


@pytest.fixture
def year(cast):
    """A plan, money in two communes, a difficulty that stands."""
    factories.plan(
        factories.line(amounts=5_000_000),
        factories.line(commune_code=factories.NAM_XE, amounts=5_000_000),
    )
    factories.posted(5_000_000)
    factories.posted(2_000_000, commune=factories.NAM_XE)
    Difficulty.objects.create(
        title="Đường sạt lở",
        raised_on=date(2022, 9, 1),
        effect="Chậm tiến độ",
        owner="Ban Dự án xã Nậm Xe",
    )


def test_the_text_begins_with_what_the_figures_say_and_is_marked_until_it_is_saved(
    cast, client, year
):
    client.force_login(cast.bdh)
    page = client.get(DRAFT)
    form = page.context["form"]
    assert form["communes"].value() == "Cao nhất: Bản Lang (100%); thấp nhất: Nậm Xe (40%)."
    assert form["recommendations"].value() == (
        "Đề nghị Ban Dự án xã Nậm Xe tiếp tục giải quyết: Đường sạt lở."
    )
    assert "Gợi ý từ số liệu" in str(form["communes"].help_text)
    assert "Cao nhất" not in text_of(cast.bdh)  # nobody's word yet

    sent = {name: form[name].value() or "" for name in form.fields}
    client.post(DRAFT, {**sent, "version": 0, "recommendations": ""})
    assert "Cao nhất: Bản Lang (100%); thấp nhất: Nậm Xe (40%)." in text_of(cast.bdh)
    form = client.get(DRAFT).context["form"]
    assert form["recommendations"].value() in (None, "")  # emptied by a person: it stays so
    assert form["communes"].help_text == ""


def test_a_text_whose_figures_moved_says_so_beside_it_and_is_kept(cast, client, year):
    client.force_login(cast.bdh)
    client.post(DRAFT, {"version": 0, "communes": "Bản Lang cao nhất.", "trainings": "Đủ lớp."})
    assert client.get(DRAFT).context["moved"] == 0

    factories.posted(2_000_000, commune=factories.NAM_XE)

    page = client.get(DRAFT)
    form = page.context["form"]
    assert page.context["moved"] == 1
    assert form["communes"].value() == "Bản Lang cao nhất."
    assert "thấp nhất: Nậm Xe (80%)" in str(form["communes"].help_text)
    assert form["trainings"].help_text == ""
    assert ReportDraft.objects.get().texts["communes"] == "Bản Lang cao nhất."
    told = factories.api(cast.bdh).get(ASKED).json()
    assert told["moved"] == {"communes": "Cao nhất: Bản Lang (100%); thấp nhất: Nậm Xe (80%)."}
    assert "text_moved" in {each["code"] for each in told["lacks"]}


def test_over_the_api_the_text_begins_the_same_way(cast, client, year):
    told = factories.api(cast.bdh).get(ASKED).json()
    assert told["saved"] is False
    assert told["texts"] == told["suggested"]
    client.force_login(cast.bdh)
    form = client.get(DRAFT).context["form"]
    assert told["texts"] == {
        name: form[name].value() for name in form.fields if name != "version" and form[name].value()
    }


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/reports/yearly/draft/?fiscal_year=2023", 404),
        ("/api/v1/reports/annual/draft/", 400),
        ("/api/v1/reports/annual/draft/?fiscal_year=2023&quarter=7", 400),
        ("/api/v1/reports/annual/draft/?fiscal_year=2023&odd=1", 400),
    ],
)
def test_a_draft_that_is_not_there_is_refused(cast, address, status):
    assert factories.api(cast.bdh).get(address).status_code == status


def codes(person):
    return [each["code"] for each in factories.api(person).get(ASKED).json()["lacks"]]


def test_issuing_says_what_it_lacks_with_the_page_that_makes_it_good(cast, client):
    client.force_login(cast.bdh)
    assert codes(cast.bdh) == ["no_board", "no_plan", "no_month_closed", "no_text"]
    page = client.get(f"{DRAFT}issue/").content.decode()
    for address in ("/boards/new/", "/plans/?fiscal_year=2023", "/periods/?fiscal_year=2023"):
        assert f'href="{address}"' in page

    steering()
    factories.plan(factories.line())
    client.post(DRAFT, {"version": 0, "results": "Năm tốt."})
    Period.objects.filter(fiscal_year=factories.year(), start__lt=date(2023, 6, 1)).update(
        state="closed"
    )
    assert codes(cast.bdh) == ["months_open"]
    Period.objects.filter(fiscal_year=factories.year()).update(state="closed")
    assert codes(cast.bdh) == []
    assert "Còn thiếu" not in client.get(f"{DRAFT}issue/").content.decode()


def test_minutes_without_attendance_say_so_before_they_are_issued(cast, client):
    meeting = meetings.meetings.create(
        actor=cast.bdh,
        title="Hội nghị quý",
        kind="quarterly",
        date=date(2023, 1, 10),
        fiscal_year=factories.year(),
    )
    steering()
    client.force_login(cast.bdh)
    page = client.get(f"/reports/minutes/2023/issue/?meeting={meeting.pk}").content.decode()
    assert "Chưa nhập thành phần tham dự" in page
    assert f'href="/meetings/{meeting.pk}/"' in page
