"""Training classes and head counts, by topic and by commune."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.values.money import format_vnd
from reports.documents import wording
from reports.documents.blocks import Column, Writer
from reports.documents.section import Label, Report, Row, Section, Table
from reports.documents.suppression import HIDDEN, NOTE, People
from reports.summary import table

FIELDS: dict[str, Label] = {
    "trainings": _("classes"),
    "participants": _("participants"),
    "female": _("women"),
    "male": _("men"),
    "under_16": _("under 16"),
    "age_16_24": _("16–24"),
    "over_24": _("over 24"),
    "ethnic_minority": _("ethnic minority"),
    "disability": _("with a disability"),
    "poor_household": _("poor household"),
}


def _cut(called: Label, by: str) -> Table:
    return Table(called, lambda sources: table(sources.classes.cut(by)), FIELDS)


def texts() -> Mapping[str, str]:
    return {"trainings": _now("Training classes")}


def write(to: Writer, report: Report) -> None:
    """A sentence, then tables by topic and by commune."""
    to.section("Tập huấn, truyền thông")
    total = report.table("trainings_by_topic")["total"]
    if total["trainings"]:
        to.text(_sentence(total, report.people))
        _table(to, report, "topic", "Chủ đề")
        _table(to, report, "commune", "Xã")
    else:
        to.text("Trong kỳ chưa ghi nhận lớp tập huấn nào.")
    to.text(report.text("trainings"))


def _sentence(total: Row, people: People) -> str:
    def said(field: str) -> str:
        text = people.total(field)
        if text == HIDDEN or not total["participants"]:
            return text
        return f"{text} (chiếm {wording.share(total[field], total['participants'])})"

    return (
        f"Đã tổ chức {format_vnd(total['trainings'])} lớp tập huấn với "
        f"{people.total('participants')} lượt người tham gia, trong đó: nữ {said('female')}; "
        f"dưới 16 tuổi {said('under_16')}; từ 16 đến 24 tuổi {said('age_16_24')}; "
        f"trên 24 tuổi {said('over_24')}; người dân tộc thiểu số {said('ethnic_minority')}; "
        f"người khuyết tật {said('disability')}; người thuộc hộ nghèo {said('poor_household')}."
    )


SHOWN = (  # field, title, width in mm
    ("participants", "Lượt người", 18),
    ("female", "Nữ", 16),
    ("under_16", "<16 tuổi", 14),
    ("age_16_24", "16–24 tuổi", 17),
    ("ethnic_minority", "DTTS", 16),
    ("disability", "NKT", 14),
    ("poor_household", "Hộ nghèo", 17),
)


def _table(to: Writer, report: Report, cut: str, title: str) -> None:
    found, people = report.table(f"trainings_by_{cut}"), report.people
    columns = [Column(title, 36, number=False), Column("Lớp", 12)]
    columns += [Column(label, width) for _field, label, width in SHOWN]
    rows = [
        [
            row[f"{cut}_name"],
            format_vnd(row["trainings"]),
            *(people.cell(cut, row[cut], field) for field, _label, _width in SHOWN),
        ]
        for row in found["rows"]
    ]
    to.table(
        f"Lớp tập huấn và lượt người tham gia theo {title.lower()}",
        columns,
        rows,
        total=[
            "Tổng cộng",
            format_vnd(found["total"]["trainings"]),
            *(people.total(field) for field, _label, _width in SHOWN),
        ],
        note="DTTS: dân tộc thiểu số; NKT: người khuyết tật." + (NOTE if people.hidden else ""),
    )


SECTION = Section(
    write,
    {
        "trainings_by_topic": _cut(_("Training classes by topic"), "topic"),
        "trainings_by_commune": _cut(_("Training classes by commune"), "commune"),
    },
    texts,
)
