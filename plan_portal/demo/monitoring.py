"""A programme that lives, beside what the review says: visits, causes, conclusions, a report.

All of it is illustrative and says so in its own words (“minh họa”); people stand by office.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from accounts.models import User
from communes.models.boards import BoardKind
from disbursements.models import PlanVersion
from disbursements.plans.services import approved_version
from monitoring.models import Difficulty, Meeting, VarianceNote, Visit
from monitoring.models.variance import Cause
from monitoring.reviews.services import action_points as points
from monitoring.reviews.services import difficulties, meetings
from monitoring.variance import services as variance
from plan_portal.demo.catalogue import BAN_LANG, HOANG_THEN, KHONG_LAO, NAM_XE
from plan_portal.demo.money import DECISION, MOVED
from plan_portal.demo.review import AREA, Scene, scene_of
from programs.models import Output
from reports import issuing
from reports.documents.make import DocumentRequest
from reports.models import IssuedReport

YEAR = "2023"
QUARTER = 3  # of the issued report
SAID = "(minh họa)"
DISTRICT = "Ban Điều hành huyện Phong Thổ"
LAST_REVIEW = f"Hội nghị tổng kết chương trình Plan năm tài chính 2022 {SAID}"


def load(actors: dict[str, User], *, has_money: bool) -> list[str]:
    """Enter what is not there yet; a sentence for each part. Causes and the report are about the
    demo's own money: they come with it (`has_money`)."""
    scene = scene_of(actors)
    parts: list[tuple[bool, Callable[[Scene], None], str]] = [
        (Visit.objects.made().exists(), _visits, "Monitoring visits with what was seen"),
        (
            Difficulty.objects.filter(raised_on__lt=scene.years["2024"].start).exists(),
            _difficulties,
            "Difficulties carried over into FY2024",
        ),
        (
            Meeting.objects.filter(fiscal_year__code="2022").exists(),
            _last_review,
            "The review of FY2022 with what became of its conclusions",
        ),
        (not has_money or VarianceNote.objects.exists(), _causes, "Causes of half the variances"),
        (not has_money or IssuedReport.objects.exists(), _report, "An issued quarterly report"),
    ]
    made = []
    for is_there, make, sentence in parts:
        if not is_there:
            make(scene)
            made.append(f"{sentence} (illustrative)")
    return made


# day, commune, programme, title, what was seen, advice
VISITS = (
    (
        date(2022, 11, 16),
        NAM_XE,
        "ECCD",
        "Giám sát lớp tập huấn dinh dưỡng",
        "Lớp đủ người, có tài liệu; một nửa số mẹ đến muộn vì đường xa.",
        "Chuyển lớp sau về nhà văn hóa bản.",
    ),
    (
        date(2023, 2, 22),
        HOANG_THEN,
        "GBV",
        "Giám sát CLB thủ lĩnh thay đổi",
        "CLB sinh hoạt đều hai tuần một lần; nam tham gia còn ít.",
        "Mời thêm thành viên nam, phối hợp với nhà trường.",
    ),
    (
        date(2023, 5, 24),
        BAN_LANG,
        "ECCD",
        "Giám sát công trình điểm trường mầm non Thèn Thầu",
        "Điểm rửa tay đã dùng được, nước đủ.",
        "Nhà trường cử người bảo quản.",
    ),
    (
        date(2023, 6, 7),
        KHONG_LAO,
        "YEE",
        "Giám sát nhóm khởi nghiệp",
        "Trang thiết bị đã nhận; nhóm chưa ghi sổ bán hàng.",
        "",
    ),
)


def _visits(scene: Scene) -> None:
    for day, code, program, title, seen, advice in VISITS:
        unit = scene.communes[code]
        is_school = code == BAN_LANG
        tap = Output.objects.filter(kind="handwashing", communes=unit).first()
        meetings.visits.create(
            actor=scene.board,
            title=f"{title}, xã {unit.name} {SAID}",
            date=day,
            program=scene.programs[program],
            commune=unit,
            output=tap if is_school else None,
            village=tap.village if is_school and tap else None,
            from_district=DISTRICT,
            from_plan=f"Plan, {AREA}",
            from_commune=f"Ban Dự án xã {unit.name}",
            seen=seen,
            advice=advice,
        )


def _difficulties(scene: Scene) -> None:
    """Two that were raised in FY2023 and are open still."""
    for day, code, program, title, effect, solution in (
        (
            date(2022, 11, 16),
            NAM_XE,
            "ECCD",
            "Đường vào bản bị sạt lở trong mùa mưa",
            "Vật liệu công trình đến chậm, lớp tập huấn phải lùi.",
            "Tổ chức lớp tại bản; vận chuyển vật liệu trước mùa mưa.",
        ),
        (
            date(2023, 2, 22),
            HOANG_THEN,
            "GBV",
            "Cộng tác viên thay đổi nhiều",
            "CLB phải tập huấn lại, chất lượng sinh hoạt giảm.",
            "Mỗi CLB có hai cộng tác viên.",
        ),
    ):
        unit = scene.communes[code]
        difficulties.difficulties.create(
            actor=scene.coordinator,
            title=f"{title}, xã {unit.name} {SAID}",
            program=scene.programs[program],
            commune=unit,
            raised_on=day,
            affects="both",
            effect=effect,
            solution=solution,
            owner=f"Ban Dự án xã {unit.name}",
            due_date=date(2023, 12, 31),
            visit=Visit.objects.filter(commune=unit, date=day).first(),
        )


DONE, WAITING, DROPPED, LATE = (
    "Lập danh sách trẻ được bảo trợ theo từng bản",
    "Thống nhất mẫu báo cáo tháng của các xã",
    "Tổ chức tham quan học tập ngoài tỉnh",
    "Bàn giao hồ sơ công trình cho các xã",
)


def _last_review(scene: Scene) -> None:
    """The review of the year before, and a conclusion of it in each state."""
    row = meetings.meetings.create(
        actor=scene.board,
        title=LAST_REVIEW,
        kind="annual_review",
        date=date(2022, 7, 28),
        place="Huyện Phong Thổ, tỉnh Lai Châu",
        chair="Trưởng Ban Điều hành",
        secretary="Cán bộ Ban Điều hành",
        fiscal_year=scene.years["2022"],
        conclusions="\n".join((DONE, WAITING, DROPPED, LATE)),
        note="Hội nghị này và các kết luận của nó là minh họa.",
    )
    meetings.state(
        actor=scene.board,
        meeting=row,
        attendance=[
            {"body": DISTRICT, "office": "Trưởng Ban Điều hành", "spoke": True},
            {"body": AREA, "office": "Điều phối viên các chương trình", "reported": True},
        ],
    )
    given = {
        text: meetings.conclude(
            actor=scene.board, meeting=row, conclusion=text, due_date=due, **whom
        )
        for text, due, whom in (
            (DONE, date(2022, 12, 31), {"assignee_body": AREA}),
            (WAITING, date(2023, 3, 31), {"assignee_user": scene.coordinator}),
            (DROPPED, date(2023, 3, 31), {"assignee_body": DISTRICT}),
            (LATE, date(2023, 5, 31), {"assignee_body": "Ban Dự án các xã"}),
        )
    }
    for text, note, day in (
        (DONE, "Đã có danh sách của 5 xã.", date(2022, 12, 20)),
        (WAITING, "Mẫu đã gửi các xã, dùng từ tháng 4.", date(2023, 3, 27)),
    ):
        points.finish(actor=scene.coordinator, point=given[text], note=f"{note} {SAID}", date=day)
    points.cancel(
        actor=scene.board, point=given[DROPPED], reason=f"Không bố trí được kinh phí {SAID}"
    )


OVER = "Khối lượng thực hiện tăng so với kế hoạch giao đầu năm"
UNDER = "Một phần hoạt động chưa hoàn thành, hồ sơ thanh toán về sau quý"
REVISED = "Đã điều chỉnh giữa các hoạt động trong chương trình và xã"


def _causes(scene: Scene) -> None:
    """Half of the variances of the year's end are explained; those that the revision touched name
    its decision and the plan that took them up. Of quarter II, those of one commune."""
    year = scene.years[YEAR]
    for item in variance.variances(scene.board, year, 2):
        if item.commune and item.commune.code == NAM_XE and item.program.code != "GBV":
            _explained(scene, item)
    found = variance.variances(scene.board, year, 4)
    revision, decision = (
        approved_version(year),
        f"Quyết định số {DECISION[0]}, {DECISION[1]:%d/%m/%Y}",
    )
    ordered = sorted(found, key=lambda item: not _is_revised(item))  # the order is kept otherwise
    for item in ordered[: len(found) // 2]:
        taken: dict[str, object] = {}
        if _is_revised(item):
            taken = {"cause": Cause.PLAN, "text": f"{REVISED} {SAID}."}
            taken |= {"decision": decision, "plan_version": _if_revision(revision)}
        _explained(scene, item, **taken)


def _explained(scene: Scene, item: variance.Variance, **said: Any) -> None:
    """Why it is over or under, unless something else is said."""
    cause, why = (Cause.VOLUME, OVER) if item.is_over else (Cause.PAPERS, UNDER)
    variance.explain(
        actor=scene.board,
        fiscal_year=item.year,
        quarter=item.quarter,
        program=item.program,
        commune=item.commune,
        activity=item.activity,
        **({"cause": cause, "text": f"{why} {SAID}."} | said),
    )


def _if_revision(revision: PlanVersion | None) -> PlanVersion | None:
    return revision if revision and revision.revision else None


def _is_revised(item: variance.Variance) -> bool:
    """Whether the revision moved money of this activity, or within this programme and commune."""
    if item.activity:
        return any(item.activity.code in move for _place, *move in MOVED)
    assert item.commune is not None
    return any(
        (item.commune.code, item.program.code) == (place, source.partition("-")[0])
        for place, source, _target in MOVED
    )


def _report(scene: Scene) -> None:
    """The report of a quarter that is closed, issued by the steering board."""
    day = date(2023, 4, 14)
    board = issuing.issuing_boards(scene.board, day).filter(kind=BoardKind.STEERING).first()
    if board is None:  # somebody entered boards of their own
        return
    issuing.issue(
        actor=scene.board,
        asked=DocumentRequest("quarterly", "docx", scene.years[YEAR], QUARTER),
        signing=issuing.Signing(board=board, date=day),
    )
