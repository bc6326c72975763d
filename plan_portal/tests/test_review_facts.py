"""The published annual review, fact by fact: what it says, where the portal says it, what is found.

Source of all: the article on the annual review of FY2023, by the numbers of the programme's list of
its facts. A person starts at the first page and follows links (at most three); a client asks one
address of the API. Both read everything and change nothing (`khach`). People stand by office.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from plan_portal import demo
from tests import factories as make

pytestmark = pytest.mark.any_database

CLICKS = 3
FRONT: tuple[str, ...] = ()
MEETING = ("Hội nghị", "Hội nghị tổng kết chương trình Plan năm tài chính 2023")
NEXT_PLAN = ("Kế hoạch", "Kế hoạch giao đầu năm")
WORKS = ("Công trình, trang thiết bị hỗ trợ",)
GROUPS = ("Công trình, trang thiết bị hỗ trợ", "Nhóm và CLB")
LINKS = ("Tất cả các trang", "Kết nối học nghề")
BOARDS = ("Tất cả các trang", "Các ban")
AGREEMENTS = ("Tất cả các trang", "Thỏa thuận hợp tác")
VISITS = ("Tất cả các trang", "Giám sát")
DIFFICULTIES = ("Khó khăn, vướng mắc",)
PROPOSED = ("Tất cả các trang", "Hoạt động đề xuất")

REVIEW = "meetings/?kind=annual_review&fiscal_year=2023"
YEAR = "summary/?fiscal_year=2023"
TOPICS = "trainings/summary/?fiscal_year=2023&by=topic"
REQUESTS = "action-points/?kind=request"
FIVE = {"Bản Lang", "Hoang Thèn", "Khổng Lào", "Nậm Xe", "Dào San"}
FOUR = {"ECCD", "GBV", "YEE", "SPON"}


@dataclass(frozen=True)
class Fact:
    """`words` stand on the page that `clicks` lead to; of the address `asked`, what stands under
    `key` holds `found` (a text: in one of the values; a set: exactly these values)."""

    number: str
    said: str
    clicks: tuple[str, ...]
    words: tuple[str, ...]
    asked: str
    key: str
    found: Any


FACTS = (
    Fact(
        "1",
        "programme area: Phong Thổ district, Lai Châu",
        FRONT,
        ("Huyện Phong Thổ, tỉnh Lai Châu",),
        REVIEW,
        "place",
        {"Huyện Phong Thổ, tỉnh Lai Châu"},
    ),
    Fact("2", "five communes", FRONT, tuple(FIVE), f"{YEAR}&by=commune", "rows.commune_name", FIVE),
    Fact(
        "3",
        "programme: early childhood",
        FRONT,
        ("Chăm sóc và phát triển trẻ thơ toàn diện đáp ứng về giới",),
        "programs/",
        "name",
        "Chăm sóc và phát triển trẻ thơ toàn diện đáp ứng về giới",
    ),
    Fact(
        "4",
        "programme: gender-based violence",
        FRONT,
        ("Phòng, chống bạo lực trên cơ sở giới",),
        "programs/",
        "name",
        "Phòng, chống bạo lực trên cơ sở giới",
    ),
    Fact(
        "5",
        "programme: economic empowerment of youth",
        FRONT,
        ("Cơ hội, kỹ năng và trao quyền kinh tế cho thanh niên",),
        "programs/",
        "name",
        "Cơ hội, kỹ năng và trao quyền kinh tế cho thanh niên",
    ),
    Fact(
        "6",
        "programme: sponsorship",
        FRONT,
        ("Chương trình bảo trợ",),
        "programs/",
        "name",
        "Chương trình bảo trợ",
    ),
    Fact(
        "7",
        "FY2023 disbursed: more than 8.9 billion đồng",
        FRONT,
        ("hơn 8,9 tỷ đồng", "8.904.000.000"),
        YEAR,
        "total.disbursed",
        {8_904_000_000},
    ),
    Fact("8", "120 % of plan", FRONT, ("đạt 120% kế hoạch",), YEAR, "total.rate", {"120.0"}),
    Fact(
        "9",
        "as of the meeting, not necessarily the year's end",
        MEETING,
        ("tính đến thời điểm hội nghị (đối chiếu đến 30/06/2023)",),
        REVIEW,
        "stated_figures.as_of_stated",
        "tính đến thời điểm hội nghị",
    ),
    Fact(
        "10",
        "FY2024: the same four programmes",
        NEXT_PLAN,
        tuple(FOUR),
        "summary/?fiscal_year=2024&by=program",
        "rows.program",
        FOUR,
    ),
    Fact(
        "11",
        "FY2024 funds: more than 7.2 billion",
        MEETING,
        ("hơn 7,2 tỷ đồng", "7.215.000.000"),
        REVIEW,
        "stated_figures.text",
        "hơn 7,2 tỷ đồng",
    ),
    Fact(
        "12",
        "hundreds of training classes in 2023",
        MEETING,
        ("hàng trăm lớp",),
        REVIEW,
        "stated_figures.text",
        "hàng trăm lớp",
    ),
    Fact(
        "13",
        "topic: child nutrition",
        FRONT,
        ("dinh dưỡng",),
        TOPICS,
        "rows.topic_name",
        "dinh dưỡng",
    ),
    Fact(
        "14",
        "topic: Champions of Change, in community and in school",
        GROUPS,
        ("CLB thủ lĩnh thay đổi tại cộng đồng", "CLB thủ lĩnh thay đổi trong trường học"),
        "groups/?program=GBV",
        "kind",
        {"club_community", "club_school"},
    ),
    Fact(
        "15",
        "topic: the first 1,000 days",
        FRONT,
        ("1.000 ngày đầu đời",),
        TOPICS,
        "rows.topic_name",
        "1.000 ngày đầu đời",
    ),
    Fact(
        "16",
        "topic: safe, healthy interaction online",
        FRONT,
        ("không gian mạng",),
        TOPICS,
        "rows.topic_name",
        "không gian mạng",
    ),
    Fact("17", "topic: sales", FRONT, ("bán hàng",), TOPICS, "rows.topic_name", "bán hàng"),
    Fact("18", "topic: pricing", FRONT, ("định giá",), TOPICS, "rows.topic_name", "định giá"),
    Fact(
        "19",
        "handwashing point at Thèn Thầu kindergarten point, Bản Lang",
        WORKS,
        ("Điểm rửa tay", "Điểm trường mầm non Thèn Thầu", "Bản Lang"),
        "outputs/?kind=handwashing",
        "recipient",
        {"Điểm trường mầm non Thèn Thầu"},
    ),
    Fact(
        "20",
        "latrine repair at the same",
        WORKS,
        ("Sửa chữa nhà vệ sinh",),
        "outputs/?kind=latrine",
        "recipient",
        {"Điểm trường mầm non Thèn Thầu"},
    ),
    Fact(
        "21",
        "community learning centres at Hoang Thèn, Khổng Lào, Nậm Xe",
        WORKS,
        tuple(f"Trung tâm học tập cộng đồng xã {n}" for n in ("Hoang Thèn", "Khổng Lào", "Nậm Xe")),
        "outputs/?kind=learning_centre",
        "commune",
        {make.HOANG_THEN, make.KHONG_LAO, make.NAM_XE},
    ),
    Fact(
        "22",
        "equipment for 2 start-up groups: honey, dried banana",
        GROUPS,
        ("Nhóm khởi nghiệp mật ong", "Nhóm khởi nghiệp chuối sấy"),
        "groups/?kind=start_up",
        "name",
        {"Nhóm khởi nghiệp mật ong", "Nhóm khởi nghiệp chuối sấy"},
    ),
    Fact(
        "23",
        "in Hoang Thèn and Khổng Lào; which is where: not said",
        GROUPS,
        ("Hoang Thèn, Khổng Lào",),
        "outputs/?kind=equipment",
        "note",
        {"Nhóm nào ở xã nào không nêu."},
    ),
    Fact(
        "24",
        "vocational links, career guidance, apprenticeship at Dào San, Bản Lang, Nậm Xe",
        LINKS,
        ("Dào San", "Bản Lang", "Nậm Xe", "học nghề, hướng nghiệp, học việc", "còn mở"),
        "referrals/",
        "commune",
        {make.DAO_SAN, make.BAN_LANG, make.NAM_XE},
    ),
    Fact(
        "25",
        "boards to consolidate: management, district steering, commune project boards",
        BOARDS,
        ("Ban Quản lý dự án huyện Phong Thổ", "Ban Điều hành huyện Phong Thổ", "Ban Dự án xã"),
        "boards/?to_consolidate=true",
        "kind",
        {"management", "steering", "commune"},
    ),
    Fact(
        "26",
        "MoU, PA to be signed by the end of August 2023",
        AGREEMENTS,
        ("MoU", "PA", "08/2023"),
        "agreements/",
        "due_date",
        {"2023-08-31"},
    ),
    Fact(
        "27",
        "training in community-managed projects for those boards",
        PROPOSED,
        ("dự án do cộng đồng thực hiện",),
        "proposals/?fiscal_year=2024",
        "title",
        "về dự án do cộng đồng thực hiện",
    ),
    Fact(
        "28",
        "periodic monitoring: district board",
        VISITS,
        ("Giám sát định kỳ", "Dự kiến", "Ban Điều hành huyện Phong Thổ"),
        "visits/?state=planned",
        "from_district",
        {"Ban Điều hành huyện Phong Thổ"},
    ),
    Fact(
        "28",
        "periodic monitoring: Plan",
        VISITS,
        ("Plan, Vùng dự án Phong Thổ",),
        "visits/?state=planned",
        "from_plan",
        {"Plan, Vùng dự án Phong Thổ"},
    ),
    Fact(
        "28",
        "periodic monitoring: commune boards",
        VISITS,
        tuple(f"Ban Dự án xã {name}" for name in FIVE),
        "visits/?state=planned",
        "from_commune",
        {f"Ban Dự án xã {name}" for name in FIVE},
    ),
    Fact(
        "29",
        "the vice chair of the district, who is head of the board, attended",
        MEETING,
        ("Phó Chủ tịch UBND huyện; Trưởng Ban Điều hành",),
        REVIEW,
        "attendance.other_office",
        "Trưởng Ban Điều hành",
    ),
    Fact(
        "29",
        "and spoke",
        MEETING,
        ("Trưởng Ban Điều hành – phát biểu",),
        REVIEW,
        "attendance[spoke].office",
        {"Phó Chủ tịch UBND huyện"},
    ),
    Fact("29", "a chair is not named", MEETING, ("Chủ trì không nêu",), REVIEW, "chair", {""}),
    Fact(
        "30",
        "the acting manager of the programme area gave the overview",
        MEETING,
        ("Quyền Quản lý Vùng dự án – trình bày tổng quan",),
        REVIEW,
        "attendance[gave_overview].office",
        {"Quyền Quản lý Vùng dự án"},
    ),
    Fact(
        "31",
        "coordinators reported",
        MEETING,
        ("Điều phối viên các chương trình – báo cáo",),
        REVIEW,
        "attendance[reported].office",
        {"Điều phối viên các chương trình"},
    ),
    Fact(
        "32",
        "attending: youth union, commune people's committees, schools, health stations",
        MEETING,
        ("Đoàn Thanh niên", "UBND các xã", "Trường học các xã", "Trạm Y tế các xã"),
        REVIEW,
        "attendance.body",
        {
            "UBND huyện Phong Thổ",
            "Vùng dự án Phong Thổ",
            "Đoàn Thanh niên",
            "UBND các xã",
            "Trường học các xã",
            "Trạm Y tế các xã",
        },
    ),
    Fact(
        "33",
        "discussed: results",
        MEETING,
        ("Kết quả Bốn chương trình",),
        REVIEW,
        "results",
        "5 xã",
    ),
    Fact("33", "discussed: shortcomings", MEETING, ("Hạn chế",), REVIEW, "shortcomings", "hạn chế"),
    Fact(
        "33",
        "difficulties",
        MEETING,
        ("Khó khăn, vướng mắc",),
        REVIEW,
        "difficulties_said",
        "Khó khăn",
    ),
    Fact("33", "challenges", MEETING, ("Thách thức",), REVIEW, "challenges", "thách thức"),
    Fact(
        "34",
        "solutions proposed",
        MEETING,
        ("Giải pháp đề xuất",),
        REVIEW,
        "solutions",
        "Kiện toàn",
    ),
    Fact(
        "35",
        "next year's activities assessed and selected",
        MEETING,
        ("Đánh giá, lựa chọn các hoạt động của năm tài chính 2024",),
        "proposals/?fiscal_year=2024",
        "state",
        "selected",
    ),
    Fact(
        "36",
        "outcome: capacity of health staff and teachers",
        MEETING,
        ("Năng lực của cán bộ y tế và giáo viên mầm non",),
        REVIEW,
        "stated_outcomes[program=ECCD].text",
        "cán bộ y tế và giáo viên",
    ),
    Fact(
        "37",
        "outcome: parents' groups, livelihood models, nutrition",
        MEETING,
        ("nhóm cha mẹ", "mô hình sinh kế", "cải thiện dinh dưỡng"),
        REVIEW,
        "stated_outcomes[program=ECCD].text",
        "nhóm cha mẹ nuôi dạy trẻ được duy trì; có mô hình sinh kế; cải thiện dinh dưỡng",
    ),
    Fact(
        "38",
        "outcome: youth against child marriage",
        MEETING,
        ("phòng, chống tảo hôn",),
        REVIEW,
        "stated_outcomes[program=GBV].text",
        "tảo hôn",
    ),
    Fact(
        "38",
        "outcome: awareness of trafficking by digital means",
        MEETING,
        ("mua bán người qua công nghệ số",),
        REVIEW,
        "stated_outcomes[program=GBV].text",
        "mua bán người qua công nghệ số",
    ),
    Fact(
        "38",
        "outcome: girls' leadership",
        MEETING,
        ("vai trò lãnh đạo",),
        REVIEW,
        "stated_outcomes[program=GBV].text",
        "vai trò lãnh đạo",
    ),
    Fact(
        "38",
        "outcome: economic empowerment",
        MEETING,
        ("quyền kinh tế",),
        REVIEW,
        "stated_outcomes[program=YEE].text",
        "quyền kinh tế",
    ),
    Fact(
        "39",
        "difficulties affected progress and quality; not specified",
        DIFFICULTIES,
        ("Khó khăn ảnh hưởng đến tiến độ và chất lượng (không nêu cụ thể)",),
        "difficulties/?affects=both&search=không nêu cụ thể",
        "effect",
        "nguồn không nêu cụ thể",
    ),
    Fact(
        "40",
        "contribution to socio-economic goals",
        MEETING,
        ("mục tiêu kinh tế - xã hội",),
        REVIEW,
        "stated_outcomes[program=None].text",
        "mục tiêu kinh tế - xã hội",
    ),
    Fact(
        "40",
        "jobs, poverty reduction",
        MEETING,
        ("tạo việc làm, giảm nghèo",),
        REVIEW,
        "stated_outcomes[program=None].text",
        "tạo việc làm, giảm nghèo",
    ),
    Fact(
        "41",
        "request: coordinators to coordinate better with communes",
        MEETING,
        ("Điều phối viên phối hợp tốt hơn với các xã",),
        REQUESTS,
        "title",
        "phối hợp tốt hơn với các xã",
    ),
    Fact(
        "41",
        "request: district to direct beneficiary units to select and implement well",
        MEETING,
        ("Huyện chỉ đạo các đơn vị thụ hưởng lựa chọn và thực hiện tốt",),
        REQUESTS,
        "title",
        "đơn vị thụ hưởng lựa chọn và thực hiện tốt",
    ),
    Fact(
        "41",
        "requests with an owner",
        MEETING,
        ("UBND huyện Phong Thổ",),
        REQUESTS,
        "assignee",
        {"UBND huyện Phong Thổ", "Điều phối viên các chương trình, Vùng dự án Phong Thổ"},
    ),
    Fact("41", "and a state", MEETING, ("Cần làm",), REQUESTS, "state", {"open"}),
    Fact("41", "and a due date", MEETING, ("30/06/2024",), REQUESTS, "due_date", {"2024-06-30"}),
)


@pytest.fixture(scope="module")
def _loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        make.reference()
        demo.load("mot-mat-khau")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def reader(_loaded, db):
    return User.objects.get(username="khach")


LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"[^>]*>(.*?)</a>', re.S)


def read(page: str) -> str:
    """What a person reads: texts with single spaces between them."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def follow(client: Any, clicks: tuple[str, ...]) -> str:
    """The page at the end of the links with these texts, from the first page on."""
    page = client.get("/", headers={"accept-language": "vi"}).content.decode()
    for text in clicks:
        found = reversed(LINK.findall(page))  # of several with one text the first is followed
        links = {" ".join(html.unescape(words).split()): href for href, words in found}
        assert text in links, sorted(links)
        page = client.get(
            html.unescape(links[text]), headers={"accept-language": "vi"}
        ).content.decode()
    return read(page)


def values(body: Any, key: str) -> set[Any]:
    """What stands under a dotted key, in lists too; `[name]` keeps the rows where it is true, and
    `[name=text]` those where it is that."""
    rows = body if isinstance(body, list) else [body]
    for part in key.split("."):
        name, _bracket, only = part.rstrip("]").partition("[")
        rows = [each for row in rows for each in _listed(row[name])]
        if only:
            field, _equals, text = only.partition("=")
            rows = [row for row in rows if (str(row[field]) == text if text else row[field])]
    return set(rows)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_all_41_facts_are_asked():
    assert {int(fact.number) for fact in FACTS} == set(range(1, 42))
    assert all(len(fact.clicks) <= CLICKS for fact in FACTS)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.number} {fact.said}")
def test_a_person_finds_it_within_three_clicks(reader, client, fact):
    client.force_login(reader)
    page = follow(client, fact.clicks)
    assert [words for words in fact.words if words not in page] == [], page


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.number} {fact.said}")
def test_a_client_finds_it_over_the_api(reader, fact):
    answer = make.api(reader).get(f"/api/v1/{fact.asked}")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    found = values(body.get("results", body), fact.key)
    if isinstance(fact.found, set):
        assert found == fact.found
    else:
        assert any(fact.found in text for text in found), found


def test_nobody_stands_there_by_name(reader):
    (review,) = make.api(reader).get(f"/api/v1/{REVIEW}").json()["results"]
    assert {row["name"] for row in review["attendance"]} == {""}
    boards = make.api(reader).get("/api/v1/boards/").json()["results"]
    assert {member["name"] for board in boards for member in board["members"]} == {""}
