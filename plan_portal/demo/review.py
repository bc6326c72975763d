"""What the published annual review of FY2023 names, entered as it was said.

Where the review does not say (a chair, a day, which of two communes, how many), nothing is guessed:
the field stays empty, or several communes stand side by side. Texts of outcomes give the sense, not
the wording, and say so. Estimates and targets are illustrative.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from communes import services as boards
from communes.models import ALWAYS, Board, Commune
from core.services.transition import save_with_history
from monitoring.models import Difficulty, Indicator, Meeting, Proposal, Visit
from monitoring.proposals import services as proposals
from monitoring.results import services as indicators
from monitoring.reviews.services import difficulties, meetings
from monitoring.reviews.services.action_points import raise_point
from plan_portal.demo.catalogue import (
    BAN_LANG,
    COMMUNES,
    DAO_SAN,
    HOANG_THEN,
    KHONG_LAO,
    NAM_XE,
)
from programs.agreements import services as contracts
from programs.models import Activity, Agreement, FiscalYear, Output, Program
from programs.outputs import services as works

SOURCE = "Hội nghị tổng kết chương trình Plan năm tài chính 2023, huyện Phong Thổ (báo đăng)"
SENSE = f"Nêu ý, không phải nguyên văn: {SOURCE}"
TITLE = "Hội nghị tổng kết chương trình Plan năm tài chính 2023"
LAST_DAY = date(2023, 6, 30)
AS_OF_MEETING = "tính đến thời điểm hội nghị"
AREA = "Vùng dự án Phong Thổ"
CEILING = 150_000_000
ILLUSTRATIVE = "Số liệu minh họa"

FIGURES: tuple[dict[str, Any], ...] = (
    {
        "label": "Giải ngân 4 chương trình trên địa bàn 5 xã",
        "measure": "disbursed",
        "qualifier": "hơn",
        "value": Decimal(8_900_000_000),
        "unit": "đồng",
        "text": "hơn 8,9 tỷ đồng",
        "year": "2023",
        "as_of": LAST_DAY,
        "as_of_stated": AS_OF_MEETING,
    },
    {
        "label": "Tỷ lệ giải ngân so với kế hoạch",
        "measure": "rate",
        "qualifier": "đúng",
        "value": Decimal(120),
        "unit": "%",
        "text": "đạt 120% kế hoạch",
        "year": "2023",
        "as_of": LAST_DAY,
        "as_of_stated": AS_OF_MEETING,
    },
    {
        "label": "Lớp tập huấn",
        "measure": "trainings",
        "qualifier": "hàng",
        "value": Decimal(100),
        "unit": "lớp",
        "text": "hàng trăm lớp",
        "year": "2023",
        "as_of": LAST_DAY,
    },
    {
        "label": "Kế hoạch năm tài chính 2024",
        "measure": "planned",
        "qualifier": "hơn",
        "value": Decimal(7_200_000_000),
        "unit": "đồng",
        "text": "hơn 7,2 tỷ đồng",
        "year": "2024",
        "as_of": None,
    },
)
OUTCOMES = (
    ("ECCD", "Năng lực của cán bộ y tế và giáo viên mầm non được nâng lên."),
    (
        "ECCD",
        "Các nhóm cha mẹ nuôi dạy trẻ được duy trì; có mô hình sinh kế; cải thiện dinh dưỡng.",
    ),
    ("GBV", "Thanh niên, học sinh tham gia phòng, chống tảo hôn qua CLB thủ lĩnh thay đổi."),
    ("GBV", "Nhận thức về phòng, chống mua bán người qua công nghệ số được nâng lên."),
    ("GBV", "Trẻ em gái và phụ nữ trẻ được phát huy vai trò lãnh đạo."),
    ("YEE", "Thanh niên được kết nối học nghề; nhóm khởi nghiệp được hỗ trợ trang thiết bị."),
    ("YEE", "Thanh niên được nâng cao quyền kinh tế."),
    (None, "Các chương trình góp phần thực hiện mục tiêu kinh tế - xã hội của huyện."),
    (None, "Các chương trình góp phần tạo việc làm, giảm nghèo."),
)
# body, office, other office of the same person, what they did
ATTENDANCE = (
    ("UBND huyện Phong Thổ", "Phó Chủ tịch UBND huyện", "Trưởng Ban Điều hành", "spoke"),
    (AREA, "Quyền Quản lý Vùng dự án", "", "gave_overview"),
    (AREA, "Điều phối viên các chương trình", "", "reported"),
    ("Đoàn Thanh niên", "", "", ""),
    ("UBND các xã", "", "", ""),
    ("Trường học các xã", "", "", ""),
    ("Trạm Y tế các xã", "", "", ""),
)
# what is asked, of whom; no source states until when
REQUESTS = (
    ("Điều phối viên phối hợp tốt hơn với các xã", f"Điều phối viên các chương trình, {AREA}"),
    (
        "Huyện chỉ đạo các đơn vị thụ hưởng lựa chọn và thực hiện tốt các hoạt động",
        "UBND huyện Phong Thổ",
    ),
)
REQUESTS_DUE = date(2024, 6, 30)  # illustrative: the last day of the year they are for
SIGN = "Hoàn thành ký MoU, PA trong tháng 8/2023"
CONSOLIDATE = "Kiện toàn Ban Điều hành huyện, Ban Quản lý dự án, Ban Dự án các xã"
TRAIN_BOARDS = "Tập huấn các ban về quản lý dự án do cộng đồng thực hiện trong năm tài chính 2024"
MONITOR = "Giám sát định kỳ các hoạt động tại 5 xã"
CONCLUSIONS = (
    (SIGN, date(2023, 8, 31)),
    (CONSOLIDATE, None),
    (TRAIN_BOARDS, None),
    (MONITOR, None),
)


@dataclass
class Scene:
    """Who enters what, and the reference rows that are named by code."""

    board: User
    coordinator: User
    years: dict[str, FiscalYear]
    programs: dict[str, Program]
    communes: dict[str, Commune]


def scene_of(actors: dict[str, User]) -> Scene:
    """The demo's people and the reference rows, read once."""
    return Scene(
        board=actors["bdh"],
        coordinator=actors["dieuphoi"],
        years={year.code: year for year in FiscalYear.objects.all()},
        programs={program.code: program for program in Program.objects.all()},
        communes={
            unit.code: unit for unit in Commune.objects.filter(code__in=COMMUNES, valid_from=ALWAYS)
        },
    )


def load(actors: dict[str, User]) -> list[str]:
    """Enter what is not there yet; a sentence for each part that was made."""
    scene = scene_of(actors)
    parts = (
        (Board, _boards, "Boards"),
        (Agreement, _agreements, "Agreements"),
        (Output, _works, "Works and equipment, groups, vocational links"),
        (Meeting, _conference, "The annual review with its stated figures and action points"),
        (Difficulty, _difficulties, "The difficulties as the review states them"),
        (Visit, _planned_visits, "Planned monitoring visits of FY2024"),
        (Proposal, _proposals, "Proposed activities for FY2024"),
        (Indicator, _indicators, "Indicators"),
    )
    made = []
    for model, make, sentence in parts:
        if not model._default_manager.exists():
            make(scene)
            made.append(sentence)
    return made


TERM = date(2021, 8, 2)  # terms, decisions and members are illustrative
NOTE = "Nhiệm kỳ, quyết định và thành viên là minh họa."
# role on the board, office held elsewhere, whether only acting
DISTRICT_SEATS = (
    ("Trưởng ban", "Phó Chủ tịch UBND huyện", False),
    ("Phó Trưởng ban", "Trưởng phòng Lao động - Thương binh và Xã hội", False),
    ("Ủy viên", "Trưởng phòng Giáo dục và Đào tạo", False),
    ("Ủy viên", "Bí thư Huyện đoàn", False),
    ("Ủy viên", "Chủ tịch Hội LHPN huyện", False),
)
MANAGEMENT_SEATS = (
    ("Giám đốc", "Quản lý Vùng dự án", True),
    ("Phó Giám đốc", "Phó Trưởng phòng Lao động - Thương binh và Xã hội", False),
    ("Kế toán", "Kế toán Vùng dự án", False),
)
COMMUNE_SEATS = (
    ("Trưởng ban", "Phó Chủ tịch UBND xã", False),
    ("Phó Trưởng ban", "Chủ tịch Hội LHPN xã", False),
    ("Ủy viên", "Bí thư Đoàn Thanh niên xã", False),
    ("Ủy viên", "Trạm trưởng Trạm Y tế xã", False),
    ("Ủy viên", "Công chức Văn hóa - Xã hội xã", False),
)


def _boards(scene: Scene) -> None:
    """The boards of which the review says that they are to be consolidated; those of two communes
    with the term before, too."""
    district: Any = scene.communes[BAN_LANG].parent
    steering = ("Ban Điều hành huyện Phong Thổ", "BĐH", "steering", district)
    management = ("Ban Quản lý dự án huyện Phong Thổ", "BQLDA", "management", district)
    _board(scene, 1, DISTRICT_SEATS, *steering)
    _board(scene, 2, MANAGEMENT_SEATS, *management)
    for number, code in enumerate(COMMUNES, start=3):
        unit = scene.communes[code]
        named = (f"Ban Dự án xã {unit.name}", f"BĐH xã {unit.name}", "commune", unit)
        _board(scene, number, COMMUNE_SEATS, *named, again=code in (KHONG_LAO, NAM_XE))


def _board(
    scene: Scene,
    number: int,
    seats: Iterable[tuple[str, str, bool]],
    name: str,
    alias: str,
    kind: str,
    unit: Commune,
    *,
    again: bool = False,
) -> None:
    decision = f"{number:02}/QĐ-UBND (minh họa)"
    first = date(2018, 3, 1) if again else TERM
    row = boards.boards.create(
        actor=scene.board,
        name=name,
        aliases=alias,
        kind=kind,
        commune=unit,
        decision_no=f"{number:02}/QĐ-UBND/2018 (minh họa)" if again else decision,
        decision_date=first,
        term_start=first,
        to_consolidate=not again,
        note=NOTE,
    )
    members = [{"role": role, "office": office, "acting": acting} for role, office, acting in seats]
    boards.seat(actor=scene.board, board=row, members=members)
    if again:
        new = boards.consolidate(
            actor=scene.board, board=row, decision_no=decision, decision_date=TERM
        )
        boards.boards.change(
            actor=scene.board, record=new, version=new.version, to_consolidate=True, note=NOTE
        )


def _agreements(scene: Scene) -> None:
    for kind, title in (
        ("MoU", "Bản ghi nhớ (MoU) năm tài chính 2024"),
        ("PA", "Thỏa thuận dự án (PA) năm tài chính 2024"),
    ):
        contracts.agreements.create(
            actor=scene.board,
            kind=kind,
            title=title,
            due_date=date(2023, 8, 1),
            due_precision="month",
            fiscal_years=[scene.years["2024"]],
            note="Hội nghị: hoàn thành ký MoU, PA trong tháng 8/2023. Các bên không nêu.",
        )


RECIPIENTS = {"handwashing": "school", "latrine": "school", "equipment": "group"}


def _works(scene: Scene) -> None:
    thau = scene.communes[BAN_LANG].villages.filter(name="Thèn Thầu").first()
    place = "Điểm trường mầm non Thèn Thầu"
    which = "Nhóm nào ở xã nào không nêu."
    centre = "Trung tâm học tập cộng đồng"
    rows: list[tuple[str, str, str, tuple[str, ...], Any, str, str, str]] = [
        ("Điểm rửa tay", "handwashing", "ECCD-04", (BAN_LANG,), thau, place, "điểm", ""),
        ("Sửa chữa nhà vệ sinh", "latrine", "ECCD-04", (BAN_LANG,), thau, place, "công trình", ""),
        *(
            (centre, "learning_centre", "YEE-05", (code,), None, "", "trung tâm", "")
            for code in (HOANG_THEN, KHONG_LAO, NAM_XE)
        ),
        *(
            (
                f"Trang thiết bị cho nhóm khởi nghiệp {product}",
                "equipment",
                "YEE-03",
                (HOANG_THEN, KHONG_LAO),
                None,
                f"Nhóm khởi nghiệp {product}",
                "bộ",
                which,
            )
            for product in ("mật ong", "chuối sấy")
        ),
    ]
    for title, kind, code, where, village, recipient, unit, note in rows:
        units = [scene.communes[c] for c in where]
        works.outputs.create(
            actor=scene.coordinator,
            title=title if len(units) > 1 or village else f"{title} xã {units[0].name}",
            kind=kind,
            program=scene.programs[code.partition("-")[0]],
            activity=Activity.objects.filter(code=code).first(),
            fiscal_year=scene.years["2023"],
            communes=units,
            village=village,
            recipient=recipient,
            recipient_kind=RECIPIENTS.get(kind, ""),
            unit=unit,
            state="handed_over",
            note=note or "Ngày bàn giao không nêu.",
        )
    _groups(scene, which)
    for code in (DAO_SAN, BAN_LANG, NAM_XE):
        works.referrals.create(
            actor=scene.coordinator,
            program=scene.programs["YEE"],
            commune=scene.communes[code],
            fiscal_year=scene.years["2023"],
            kind="vocational",
            note="Kết nối học nghề, hướng nghiệp, học việc; số người không nêu, danh sách xã "
            "còn mở.",
        )


def _groups(scene: Scene, which: str) -> None:
    everywhere = "Số nhóm và số thành viên không nêu."
    for name, kind, program, where, note in (
        ("Nhóm khởi nghiệp mật ong", "start_up", "YEE", (HOANG_THEN, KHONG_LAO), which),
        ("Nhóm khởi nghiệp chuối sấy", "start_up", "YEE", (HOANG_THEN, KHONG_LAO), which),
        ("CLB thủ lĩnh thay đổi tại cộng đồng", "club_community", "GBV", COMMUNES, everywhere),
        ("CLB thủ lĩnh thay đổi trong trường học", "club_school", "GBV", COMMUNES, everywhere),
        ("Nhóm cha mẹ nuôi dạy trẻ", "parents", "ECCD", COMMUNES, everywhere),
    ):
        works.groups.create(
            actor=scene.coordinator,
            name=name,
            kind=kind,
            program=scene.programs[program],
            communes=[scene.communes[code] for code in where],
            note=note,
        )


def _conference(scene: Scene) -> None:
    row = meetings.meetings.create(
        actor=scene.board,
        title=TITLE,
        kind="annual_review",
        date=date(2023, 7, 31),
        date_precision="month",
        place="Huyện Phong Thổ, tỉnh Lai Châu",
        fiscal_year=scene.years["2023"],
        reports_given="Quyền Quản lý Vùng dự án trình bày tổng quan.\n"
        "Các điều phối viên báo cáo kết quả từng chương trình.",
        results="Bốn chương trình trên địa bàn 5 xã giải ngân hơn 8,9 tỷ đồng, đạt 120% kế hoạch "
        f"({AS_OF_MEETING}).",
        shortcomings="Hội nghị thảo luận hạn chế; nội dung không nêu.",
        difficulties_said="Khó khăn ảnh hưởng đến tiến độ và chất lượng; không nêu cụ thể.",
        challenges="Hội nghị thảo luận thách thức; nội dung không nêu.",
        solutions=f"{CONSOLIDATE}.\n{TRAIN_BOARDS}.\n"
        "Đánh giá, lựa chọn các hoạt động của năm tài chính 2024.",
        conclusions="\n".join(text for text, _due in CONCLUSIONS),
        note="Ngày họp, người chủ trì và thư ký không nêu; xếp vào tháng 7/2023, sau năm tài chính "
        "và trước hạn ký MoU, PA. Hạn của các kiến nghị không nêu: hạn ghi ở đây là minh họa.",
    )
    meetings.state(
        actor=scene.board,
        meeting=row,
        figures=[_figure(scene, **figure) for figure in FIGURES],
        outcomes=[
            {"program": scene.programs[code] if code else None, "text": text, "source": SENSE}
            for code, text in OUTCOMES
        ],
        attendance=[
            {"body": body, "office": office, "other_office": other, **({did: True} if did else {})}
            for body, office, other, did in ATTENDANCE
        ],
    )
    for text, due in CONCLUSIONS:
        meetings.conclude(
            actor=scene.board,
            meeting=row,
            conclusion=text,
            due_date=due,
            assignee_body="Ban Điều hành huyện Phong Thổ",
        )
    for text, owner in REQUESTS:
        raise_point(
            actor=scene.board,
            title=text,
            kind="request",
            assignee_body=owner,
            due_date=REQUESTS_DUE,
            meeting=row,
        )


def _planned_visits(scene: Scene) -> None:
    """Periodic monitoring by the district board, Plan and each commune's board, to come in FY2024;
    the review names no days: these are illustrative."""
    for number, code in enumerate(COMMUNES):
        name = scene.communes[code].name
        meetings.visits.create(
            actor=scene.board,
            title=f"Giám sát định kỳ tại xã {name} (ngày minh họa)",
            date=date(2023, 9, 11) + timedelta(days=14 * number),
            commune=scene.communes[code],
            from_district="Ban Điều hành huyện Phong Thổ",
            from_plan=f"Plan, {AREA}",
            from_commune=f"Ban Dự án xã {name}",
            state="planned",
        )


def _figure(scene: Scene, *, year: str, **values: object) -> dict[str, Any]:
    return {**values, "fiscal_year": scene.years[year], "source": SOURCE}


def _difficulties(scene: Scene) -> None:
    """What the review says of difficulties, and no more."""
    difficulties.difficulties.create(
        actor=scene.board,
        title="Khó khăn ảnh hưởng đến tiến độ và chất lượng (không nêu cụ thể)",
        raised_on=date(2023, 7, 31),
        affects="both",
        effect="Ảnh hưởng đến tiến độ và chất lượng thực hiện; nguồn không nêu cụ thể.",
        meeting=Meeting.objects.get(title=TITLE),
    )


def _proposals(scene: Scene) -> None:
    """Training of the boards in community-managed projects, one per commune; costs are made up."""
    year = scene.years["2024"]
    year.ceiling = CEILING
    year.version += 1
    save_with_history(year, scene.board, ILLUSTRATIVE)
    rows = [
        proposals.proposals.create(
            actor=scene.coordinator,
            title=f"Tập huấn Ban Dự án xã {scene.communes[code].name} về dự án do cộng đồng "
            "thực hiện",
            fiscal_year=year,
            program=scene.programs["SPON"],
            commune=scene.communes[code],
            why="Các ban được kiện toàn cần nắm cách quản lý dự án do cộng đồng thực hiện.",
            for_whom="Thành viên Ban Dự án xã",
            expected="1 lớp tập huấn (chi phí minh họa)",
            estimate=25_000_000,
        )
        for code in COMMUNES
    ]
    for row in rows[:3]:
        proposals.select(actor=scene.board, proposal=row)


def _indicators(scene: Scene) -> None:
    for code, program in scene.programs.items():
        rate = _indicator(scene, f"{code}-GN", "Tỷ lệ giải ngân", program, "%", "rate")
        for unit in scene.communes.values():
            indicators.set_target(
                actor=scene.board,
                indicator=rate,
                year=scene.years["2023"],
                commune=unit,
                value=Decimal(100),
            )
        if code != "SPON":
            _indicator(scene, f"{code}-LOP", "Số lớp tập huấn", program, "lớp", "trainings")
            _indicator(scene, f"{code}-NU", "Nữ tham gia tập huấn", program, "người", "female")
    yee = scene.programs["YEE"]
    name = "Công trình, trang thiết bị đã bàn giao"
    _indicator(scene, "YEE-CT", name, yee, "công trình", "outputs")
    name = "Trung tâm học tập cộng đồng được hỗ trợ"
    centres = _indicator(scene, "YEE-TT", name, yee, "trung tâm", "entered")
    for code in (HOANG_THEN, KHONG_LAO, NAM_XE):
        indicators.enter_actual(
            actor=scene.board,
            indicator=centres,
            year=scene.years["2023"],
            commune=scene.communes[code],
            value=Decimal(1),
            evidence=f"{SOURCE}: ba trung tâm ở Hoang Thèn, Khổng Lào, Nậm Xe.",
        )


def _indicator(
    scene: Scene, code: str, name: str, program: Program, unit: str, counted: str
) -> Indicator:
    return indicators.indicators.create(
        actor=scene.board, code=code, name=name, program=program, unit=unit, counted=counted
    )
