"""A programme that lives, beside what the review says: visits, causes, conclusions, a report.

All of it is illustrative and says so in its own words (“minh họa”); people stand by office.
"""

from datetime import date
from typing import Any

from accounts.models import User
from communes.models.boards import BoardKind
from disbursements.plans.services import approved_version
from monitoring.models import Difficulty, Meeting, VarianceNote, Visit
from monitoring.models.variance import Cause
from monitoring.reviews.services import action_points as points
from monitoring.reviews.services import difficulties, meetings
from monitoring.variance import services as variance
from plan_portal.demo.catalogue import BAN_LANG, NAM_XE
from plan_portal.demo.money import DECISION, MOVED
from plan_portal.demo.review import AREA, enter_meeting
from plan_portal.demo.scene import Scene, rows_of, scene_of
from programs.models import Output
from reports import issuing
from reports.documents.make import DocumentRequest
from reports.models import IssuedReport

YEAR = "2023"
QUARTER = 3  # of the issued report
SAID = "(minh họa)"
DISTRICT = "Ban Điều hành huyện Phong Thổ"
ROWS = rows_of("life")


def load(actors: dict[str, User], *, has_money: bool) -> list[str]:
    """Enter what is not there yet; a sentence for each part. Causes and the report are about the
    demo's own money: they come with it (`has_money`)."""
    scene = scene_of(actors)
    parts = [
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
    return [f"{sentence} (illustrative)" for sentence in scene.enter(parts)]


def _visits(scene: Scene) -> None:
    for row in ROWS["visits"]:
        unit = scene.communes[row["commune"]]
        is_school = unit.code == BAN_LANG
        tap = Output.objects.filter(kind="handwashing", communes=unit).first()
        meetings.visits.create(
            actor=scene.board,
            **scene.fields(row, title=f"{row['title']}, xã {unit.name} {SAID}"),
            output=tap if is_school else None,
            village=tap.village if is_school and tap else None,
            from_district=DISTRICT,
            from_plan=f"Plan, {AREA}",
            from_commune=f"Ban Dự án xã {unit.name}",
        )


def _difficulties(scene: Scene) -> None:
    """Two that were raised in FY2023 and are open still."""
    for row in ROWS["difficulties"]:
        unit = scene.communes[row["commune"]]
        difficulties.difficulties.create(
            actor=scene.coordinator,
            **scene.fields(row, title=f"{row['title']}, xã {unit.name} {SAID}"),
            affects="both",
            owner=f"Ban Dự án xã {unit.name}",
            due_date=date(2023, 12, 31),
            visit=Visit.objects.filter(commune=unit, date=row["raised_on"]).first(),
        )


def _last_review(scene: Scene) -> None:
    """The review of the year before, and a conclusion of it in each state."""
    for row, point in zip(ROWS["conclusions"], enter_meeting(scene, ROWS), strict=True):
        if "done" in row:
            points.finish(actor=scene.coordinator, point=point, **row["done"])
        if "dropped" in row:
            points.cancel(actor=scene.board, point=point, **row["dropped"])


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
    decision = f"Quyết định số {DECISION[0]}, {DECISION[1]:%d/%m/%Y}"
    plan = approved_version(year)
    revision = plan if plan and plan.revision else None
    ordered = sorted(found, key=lambda item: not _is_revised(item))  # the order is kept otherwise
    for item in ordered[: len(found) // 2]:
        taken: dict[str, object] = {}
        if _is_revised(item):
            taken = {"cause": Cause.PLAN, "text": f"{REVISED} {SAID}."}
            taken |= {"decision": decision, "plan_version": revision}
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
