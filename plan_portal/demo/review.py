"""What the published annual review of FY2023 names, entered as it was said.

Where the review does not say (a chair, a day, which of two communes, how many), nothing is guessed:
the field stays empty, or several communes stand side by side. Texts of outcomes give the sense, not
the wording, and say so. Estimates and targets are illustrative.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from communes import services as boards
from communes.models import Board, Commune
from core.services.transition import save_with_history
from monitoring.models import ActionPoint, Difficulty, Indicator, Meeting, Proposal, Visit
from monitoring.proposals import services as proposals
from monitoring.results import services as indicators
from monitoring.reviews.services import difficulties, meetings
from monitoring.reviews.services.action_points import raise_point
from plan_portal.demo.catalogue import BAN_LANG, COMMUNES, DAO_SAN, HOANG_THEN, KHONG_LAO, NAM_XE
from plan_portal.demo.scene import Scene, rows_of, scene_of
from programs.agreements import services as contracts
from programs.models import Agreement, Output, Program
from programs.outputs import services as works

SOURCE = "Hội nghị tổng kết chương trình Plan năm tài chính 2023, huyện Phong Thổ (báo đăng)"
SENSE = f"Nêu ý, không phải nguyên văn: {SOURCE}"
TITLE = "Hội nghị tổng kết chương trình Plan năm tài chính 2023"
AREA = "Vùng dự án Phong Thổ"
CEILING = 150_000_000
ILLUSTRATIVE = "Số liệu minh họa"

ROWS = rows_of("review")
REQUESTS_DUE = date(2024, 6, 30)  # illustrative: the last day of the year they are for


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
    return scene.enter((row._default_manager.exists(), make, said) for row, make, said in parts)


TERM = date(2021, 8, 2)  # terms, decisions and members are illustrative
NOTE = "Nhiệm kỳ, quyết định và thành viên là minh họa."


def _boards(scene: Scene) -> None:
    """The boards of which the review says that they are to be consolidated; those of two communes
    with the term before, too."""
    district = scene.communes[BAN_LANG].parent
    assert district is not None
    steering = ("Ban Điều hành huyện Phong Thổ", "BĐH", "steering", district)
    management = ("Ban Quản lý dự án huyện Phong Thổ", "BQLDA", "management", district)
    _board(scene, 1, *steering)
    _board(scene, 2, *management)
    for number, code in enumerate(COMMUNES, start=3):
        unit = scene.communes[code]
        named = (f"Ban Dự án xã {unit.name}", f"BĐH xã {unit.name}", "commune", unit)
        _board(scene, number, *named, again=code in (KHONG_LAO, NAM_XE))


def _board(
    scene: Scene,
    number: int,
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
    boards.seat(actor=scene.board, board=row, members=ROWS["seats"][kind])
    if again:
        new = boards.consolidate(
            actor=scene.board, board=row, decision_no=decision, decision_date=TERM
        )
        boards.boards.change(
            actor=scene.board, record=new, version=new.version, to_consolidate=True, note=NOTE
        )


def _agreements(scene: Scene) -> None:
    for row in ROWS["agreements"]:
        contracts.agreements.create(
            actor=scene.board,
            **row,
            due_date=date(2023, 8, 1),
            due_precision="month",
            fiscal_years=[scene.years["2024"]],
            note="Hội nghị: hoàn thành ký MoU, PA trong tháng 8/2023. Các bên không nêu.",
        )


def _works(scene: Scene) -> None:
    for row in ROWS["works"]:
        (unit, *_more) = (scene.communes[code] for code in row["communes"])
        said: dict[str, object] = {"note": "Ngày bàn giao không nêu.", **row}
        said["program"] = row["activity"].partition("-")[0]
        if "village" in row:
            said["village"] = unit.villages.filter(name=row["village"]).first()
        works.outputs.create(
            actor=scene.coordinator,
            **scene.fields({**said, "fiscal_year": "2023", "state": "handed_over"}),
        )
    everywhere = {"communes": COMMUNES, "note": "Số nhóm và số thành viên không nêu."}
    for row in ROWS["groups"]:
        works.groups.create(actor=scene.coordinator, **scene.fields({**everywhere, **row}))
    for code in (DAO_SAN, BAN_LANG, NAM_XE):
        row = {"program": "YEE", "commune": code, "fiscal_year": "2023", "kind": "vocational"}
        note = "Kết nối học nghề, hướng nghiệp, học việc; số người không nêu, danh sách xã còn mở."
        works.referrals.create(actor=scene.coordinator, **scene.fields(row, note=note))


def _conference(scene: Scene) -> None:
    enter_meeting(scene, ROWS)
    row = Meeting.objects.get(title=TITLE)
    for asked in ROWS["requests"]:
        raise_point(actor=scene.board, **asked, kind="request", due_date=REQUESTS_DUE, meeting=row)


def enter_meeting(scene: Scene, rows: dict[str, Any]) -> list[ActionPoint]:
    """A meeting with what was stated at it, who came, and its conclusions as action points."""
    ends = [row["conclusion"] for row in rows["conclusions"]]
    said = scene.fields(rows["meeting"], conclusions="\n".join(ends))
    row = meetings.meetings.create(actor=scene.board, **said)
    meetings.state(
        actor=scene.board,
        meeting=row,
        figures=[scene.fields(each, source=SOURCE) for each in rows.get("figures", ())],
        outcomes=[scene.fields(each, source=SENSE) for each in rows.get("outcomes", ())],
        attendance=rows["attendance"],
    )
    return [_conclude(scene, row, **each) for each in rows["conclusions"]]


def _conclude(
    scene: Scene, meeting: Meeting, *, done: object = None, dropped: object = None, **said: Any
) -> ActionPoint:
    """A conclusion as an action point; what came of it is entered later."""
    if "assignee_user" in said:
        said["assignee_user"] = scene.coordinator
    return meetings.conclude(actor=scene.board, meeting=meeting, **said)


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
    made: Indicator = indicators.indicators.create(
        actor=scene.board, code=code, name=name, program=program, unit=unit, counted=counted
    )
    return made
