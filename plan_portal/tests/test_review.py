"""The published annual review, fact by fact: what it says, where the portal answers, the answer.

Questions go to the API, as a reader of everything (`khach`) or as somebody of one commune.
"""

from datetime import date

import pytest
from django.db import transaction

from accounts.models import User
from monitoring.models import ActionPoint, Meeting
from monitoring.proposals import services as proposals
from monitoring.results import services as indicators
from plan_portal import demo
from programs.agreements import services as contracts
from programs.summary_query import SummaryQuery
from tests import factories as make

pytestmark = pytest.mark.any_database

BAN_LANG, HOANG_THEN, KHONG_LAO, NAM_XE, DAO_SAN = make.COMMUNES


@pytest.fixture(scope="module")
def _loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        make.reference()
        demo.load("mot-mat-khau")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def ask(_loaded, db):
    """ask("outputs", kind="latrine"): the rows of a resource; or the body of a summary."""

    def _ask(name, *, who="khach", **query):
        client = make.api(User.objects.get(username=who))
        answer = client.get(f"/api/v1/{name}/", {"page_size": 500, **query})
        if name.endswith("summary"):
            answer = client.get(f"/api/v1/{name}/", query)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        return body.get("results", body)

    return _ask


def money(ask, year="2023"):
    return ask("summary", fiscal_year=year, as_of="2023-06-30")["total"]


def conference(ask):
    (row,) = ask("meetings", kind="annual_review", fiscal_year="2023")
    return row


def stated(ask, text):
    return next(f for f in conference(ask)["stated_figures"] if text in f["text"])


def compared(ask, text):
    figure = stated(ask, text)
    return figure["qualifier"], figure["value"], figure["ledger_value"], figure["agrees"]


def cut(ask, name, **query):
    rows = ask("summary", fiscal_year="2023", by=name, as_of="2023-06-30", **query)["rows"]
    return {row[name] for row in rows}


def places(ask, **query):
    return {code for row in ask("outputs", **query) for code in row["communes"]}


def action(ask, words):
    return next(r for r in ask("action-points") if words in r["title"])


def classes_about(ask, code):
    return ask("trainings/summary", fiscal_year="2023", topic=code)["total"]["trainings"] > 0


FACTS = {
    # Money
    "4 chương trình": (lambda ask: cut(ask, "program"), {"ECCD", "GBV", "YEE", "SPON"}),
    "trên địa bàn 5 xã": (lambda ask: cut(ask, "commune"), set(make.COMMUNES)),
    "giải ngân hơn 8,9 tỷ đồng": (lambda ask: money(ask)["disbursed"], 8_904_000_000),
    "đạt 120% kế hoạch": (lambda ask: money(ask)["rate"], "120.0"),
    "nêu hơn 8,9 tỷ, sổ nói sao": (
        lambda ask: compared(ask, "8,9 tỷ"),
        ("hơn", 8_900_000_000, 8_904_000_000, True),
    ),
    "nêu 120%, sổ nói sao": (lambda ask: compared(ask, "120%"), ("đúng", 120, 120, True)),
    "không còn khoản chờ duyệt": (lambda ask: money(ask)["pending"], 0),
    "năm 2024 hơn 7,2 tỷ đồng": (
        lambda ask: ask("summary", fiscal_year="2024")["total"]["planned"],
        7_215_000_000,
    ),
    "nêu hơn 7,2 tỷ, kế hoạch nói sao": (
        lambda ask: compared(ask, "7,2 tỷ"),
        ("hơn", 7_200_000_000, 7_215_000_000, True),
    ),
    # Training
    "hàng trăm lớp": (lambda ask: compared(ask, "hàng trăm")[3], True),
    "lớp về dinh dưỡng cho trẻ": (lambda ask: classes_about(ask, "ECCD-DINH-DUONG"), True),
    "lớp về 1.000 ngày đầu đời": (lambda ask: classes_about(ask, "ECCD-1000-NGAY"), True),
    "lớp cho CLB thủ lĩnh thay đổi": (lambda ask: classes_about(ask, "GBV-CLB"), True),
    "lớp về không gian mạng": (lambda ask: classes_about(ask, "GBV-MANG"), True),
    "lớp về kỹ năng bán hàng": (lambda ask: classes_about(ask, "YEE-BAN-HANG"), True),
    "lớp về định giá sản phẩm": (lambda ask: classes_about(ask, "YEE-DINH-GIA"), True),
    # Works and equipment
    "điểm rửa tay ở Thèn Thầu, Bản Lang": (
        lambda ask: [(r["commune"], r["village"]) for r in ask("outputs", kind="handwashing")],
        [(BAN_LANG, "Thèn Thầu")],
    ),
    "sửa nhà vệ sinh ở Thèn Thầu": (
        lambda ask: [(r["commune"], r["village"]) for r in ask("outputs", kind="latrine")],
        [(BAN_LANG, "Thèn Thầu")],
    ),
    "tại điểm trường mầm non": (
        lambda ask: {r["recipient"] for r in ask("outputs", commune=BAN_LANG)},
        {"Điểm trường mầm non Thèn Thầu"},
    ),
    "3 trung tâm học tập cộng đồng": (
        lambda ask: len(ask("outputs", kind="learning_centre")),
        3,
    ),
    "ở Hoang Thèn, Khổng Lào, Nậm Xe": (
        lambda ask: {r["commune"] for r in ask("outputs", kind="learning_centre")},
        {HOANG_THEN, KHONG_LAO, NAM_XE},
    ),
    "mỗi xã một trung tâm, có minh chứng": (
        lambda ask: {
            (r["commune"], r["value"], "ba trung tâm" in r["evidence"])
            for r in ask("indicator-actuals", indicator="YEE-TT", fiscal_year="2023")
        },
        {(HOANG_THEN, 1, True), (KHONG_LAO, 1, True), (NAM_XE, 1, True)},
    ),
    "bên nhận là trường học và nhóm": (
        lambda ask: {r["kind"]: r["recipient_kind"] for r in ask("outputs") if r["recipient"]},
        {"handwashing": "school", "latrine": "school", "equipment": "group"},
    ),
    "trang thiết bị cho 2 nhóm khởi nghiệp": (
        lambda ask: len(ask("outputs", kind="equipment")),
        2,
    ),
    "nhóm mật ong và nhóm chuối sấy": (
        lambda ask: {r["name"] for r in ask("groups", kind="start_up")},
        {"Nhóm khởi nghiệp mật ong", "Nhóm khởi nghiệp chuối sấy"},
    ),
    "ở Hoang Thèn và Khổng Lào, không nói nhóm nào ở đâu": (
        lambda ask: {
            (tuple(sorted(r["communes"])), r["commune"]) for r in ask("outputs", kind="equipment")
        },
        {((HOANG_THEN, KHONG_LAO), None)},
    ),
    "kết nối học nghề ở Dào San, Bản Lang, Nậm Xe": (
        lambda ask: {r["commune"] for r in ask("referrals", kind="vocational")},
        {DAO_SAN, BAN_LANG, NAM_XE},
    ),
    "bao nhiêu người học nghề: không nêu": (
        lambda ask: {r["people"] for r in ask("referrals")},
        {None},
    ),
    # Outcomes in words
    "CLB ở cộng đồng và trong trường học": (
        lambda ask: {r["kind"] for r in ask("groups", program="GBV")},
        {"club_community", "club_school"},
    ),
    "năng lực cán bộ y tế, giáo viên": (
        lambda ask: [
            o["program"]
            for o in conference(ask)["stated_outcomes"]
            if "cán bộ y tế và giáo viên" in o["text"]
        ],
        ["ECCD"],
    ),
    "nhóm cha mẹ": (lambda ask: len(ask("groups", kind="parents")), 1),
    "thanh niên phòng, chống tảo hôn": (
        lambda ask: [
            o["program"] for o in conference(ask)["stated_outcomes"] if "tảo hôn" in o["text"]
        ],
        ["GBV"],
    ),
    "mỗi kết quả nói rõ nguồn": (
        lambda ask: all(o["source"] for o in conference(ask)["stated_outcomes"]),
        True,
    ),
    "ai chủ trì: không nêu": (lambda ask: conference(ask)["chair"], ""),
    # Next year
    "ký MoU, PA": (lambda ask: {r["kind"] for r in ask("agreements")}, {"MoU", "PA"}),
    "trong tháng 8/2023": (
        lambda ask: {(r["due_date"], r["due_precision"]) for r in ask("agreements")},
        {("2023-08-31", "month")},
    ),
    "đến 31/8 chưa trễ": (lambda ask: ask("agreements", late_on="2023-08-31"), []),
    "sang tháng 9 là trễ": (
        lambda ask: {r["kind"] for r in ask("agreements", late_on="2023-09-01")},
        {"MoU", "PA"},
    ),
    "việc ký là một việc cần làm, hạn 31/8": (
        lambda ask: (action(ask, "MoU")["due_date"], action(ask, "MoU")["state"]),
        ("2023-08-31", "open"),
    ),
    "việc ấy do hội nghị nêu": (
        lambda ask: action(ask, "MoU")["source"]["title"],
        "Hội nghị tổng kết chương trình Plan năm tài chính 2023",
    ),
    "kiện toàn BĐH huyện": (
        lambda ask: [r["to_consolidate"] for r in ask("boards", kind="steering")],
        [True],
    ),
    "kiện toàn Ban Quản lý dự án": (
        lambda ask: [r["to_consolidate"] for r in ask("boards", kind="management")],
        [True],
    ),
    "kiện toàn ban ở 5 xã": (
        lambda ask: {r["commune"] for r in ask("boards", kind="commune", to_consolidate="true")},
        set(make.COMMUNES),
    ),
    "tỷ lệ giải ngân là chỉ tiêu của cả 4 chương trình": (
        lambda ask: {
            (r["program"], r["value"]) for r in ask("indicator-targets", fiscal_year="2023")
        },
        {(code, 100) for code in ("ECCD", "GBV", "YEE", "SPON")},
    ),
    "báo gọi là BĐH xã": (
        lambda ask: {r["name"] for r in ask("boards", search="bdh xa ban lang")},
        {"Ban Dự án xã Bản Lang"},
    ),
    "tập huấn các ban về dự án do cộng đồng thực hiện, năm 2024": (
        lambda ask: {r["commune"] for r in ask("proposals", fiscal_year="2024")},
        set(make.COMMUNES),
    ),
    "giám sát định kỳ": (lambda ask: action(ask, "Giám sát định kỳ")["state"], "open"),
    "khó khăn ảnh hưởng đến tiến độ và chất lượng, không nêu cụ thể": (
        lambda ask: [
            (r["affects"], r["state"]) for r in ask("difficulties", meeting=conference(ask)["id"])
        ],
        [("both", "open")],
    ),
}


@pytest.mark.parametrize("said", FACTS)
def test_the_portal_answers_what_the_review_says(ask, said):
    question, answer = FACTS[said]
    assert question(ask) == answer


def test_at_least_thirty_facts_are_asked():
    assert len(FACTS) >= 30


def test_a_commune_is_told_of_its_own_and_of_what_is_everybodys(ask):
    def titles(name, who="xa_banlang", **query):
        return {row["title"] for row in ask(name, who=who, **query)}

    assert titles("outputs") == {"Điểm rửa tay", "Sửa chữa nhà vệ sinh"}
    assert len(titles("agreements")) == 2
    figure = next(
        f for f in ask("meetings", who="xa_banlang")[0]["stated_figures"] if "8,9" in f["text"]
    )
    assert (figure["text"], figure["ledger_value"]) == ("hơn 8,9 tỷ đồng", None)


def test_a_chair_who_was_not_named_is_shown_as_not_stated(ask):
    from django.utils import translation

    with translation.override("vi"):
        review = Meeting.objects.get(kind="annual_review", fiscal_year__code="2023")
        assert (review.chair_text, review.secretary_text) == ("không nêu", "không nêu")


def test_what_was_due_in_august_is_due_on_the_front_page_then(ask):
    reader = User.objects.get(username="bdh")
    assert len(contracts.due(reader, date(2023, 8, 10))) == 2
    late = {str(point) for point in ActionPoint.objects.overdue(date(2023, 9, 1))}
    assert late == {  # and one carried over from the review before
        "Hoàn thành ký MoU, PA trong tháng 8/2023",
        "Bàn giao hồ sơ công trình cho các xã",
    }


def test_the_selection_for_2024_is_half_way_to_its_ceiling(ask):
    room = proposals.ceiling_of(make.year("2024"))
    assert (room.ceiling, room.taken, room.percent) == (150_000_000, 75_000_000, 50)


def test_target_stands_beside_actual(ask):
    year = SummaryQuery.of_year(make.year(), make.year().end)
    rows = indicators.results(User.objects.get(username="khach"), year)
    rates = [row for row in rows if row.indicator.counted == "rate"]
    assert len(rates) == 20
    assert all(row.target == 100 and row.actual is not None for row in rates)


def test_a_second_run_adds_nothing(ask):
    with transaction.atomic():
        assert demo.load("mot-mat-khau").made == []
