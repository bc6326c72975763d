"""Training classes and head counts, by topic and by commune."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.values import display
from reports.documents import wording
from reports.documents.blocks import Column, Writer
from reports.documents.section import Label, Report, Row, Section, Table
from reports.documents.suppression import HIDDEN, People, note_on_hidden
from reports.documents.wording import say
from reports.summary import table
from trainings.counts import LABELS

FIELDS: dict[str, Label] = {"trainings": _("classes"), **LABELS}


def _cut(called: Label, by: str) -> Table:
    return Table(called, lambda sources: table(sources.classes.cut(by)), FIELDS)


def texts() -> Mapping[str, str]:
    return {"trainings": _now("Training classes")}


def write(to: Writer, report: Report) -> None:
    """A sentence, then tables by topic and by commune."""
    to.section(say("Tập huấn, truyền thông", "Training and communication"))
    total = report.table("trainings_by_topic")["total"]
    if total["trainings"]:
        to.text(_sentence(total, report.people))
        _table(to, report, "topic", say("Chủ đề", "Topic"))
        _table(to, report, "commune", say("Xã", "Commune"))
    else:
        to.text(say("Trong kỳ chưa ghi nhận lớp tập huấn nào.", "No training class is recorded."))
    to.text(report.text("trainings"))


def _sentence(total: Row, people: People) -> str:
    def part(field: str) -> str:
        text = people.total(field)
        if text == HIDDEN or not total["participants"]:
            return text
        share = wording.share(total[field], total["participants"])
        return say(f"{text} (chiếm {share})", f"{text} ({share})")

    if display.is_english():
        return (
            f"{display.number(total['trainings'])} classes were held with "
            f"{people.total('participants')} participants: women {part('female')}; "
            f"under 16 {part('under_16')}; 16 to 24 {part('age_16_24')}; "
            f"over 24 {part('over_24')}; ethnic minorities {part('ethnic_minority')}; "
            f"with a disability {part('disability')}; of poor households {part('poor_household')}."
        )
    return (
        f"Đã tổ chức {display.number(total['trainings'])} lớp tập huấn với "
        f"{people.total('participants')} lượt người tham gia, trong đó: nữ {part('female')}; "
        f"dưới 16 tuổi {part('under_16')}; từ 16 đến 24 tuổi {part('age_16_24')}; "
        f"trên 24 tuổi {part('over_24')}; người dân tộc thiểu số {part('ethnic_minority')}; "
        f"người khuyết tật {part('disability')}; người thuộc hộ nghèo {part('poor_household')}."
    )


SHOWN = (  # field, title in both languages, width in mm
    ("participants", ("Lượt người", "People"), 18),
    ("female", ("Nữ", "Fem."), 16),
    ("under_16", ("<16 tuổi", "<16"), 14),
    ("age_16_24", ("16–24 tuổi", "16–24"), 17),
    ("ethnic_minority", ("DTTS", "Ethnic min."), 16),
    ("disability", ("NKT", "Disab"), 14),
    ("poor_household", ("Hộ nghèo", "Poor hh."), 17),
)


def _table(to: Writer, report: Report, cut: str, title: str) -> None:
    found, people = report.table(f"trainings_by_{cut}"), report.people
    wide = display.is_english()  # its words are longer
    columns = [
        Column(title, 30 if wide else 36, number=False),
        Column(say("Lớp", "Classes"), 18 if wide else 12),
    ]
    columns += [Column(say(*label), width) for _field, label, width in SHOWN]
    rows = [
        [
            row[f"{cut}_name"],
            display.number(row["trainings"]),
            *(people.cell(cut, row[cut], field) for field, _label, _width in SHOWN),
        ]
        for row in found["rows"]
    ]
    to.table(
        say(
            f"Lớp tập huấn và lượt người tham gia theo {title.lower()}",
            f"Training classes and participants by {title.lower()}",
        ),
        columns,
        rows,
        total=[
            wording.total_name(),
            display.number(found["total"]["trainings"]),
            *(people.total(field) for field, _label, _width in SHOWN),
        ],
        note=say(
            "DTTS: dân tộc thiểu số; NKT: người khuyết tật.",
            "Fem.: women and girls; Ethnic min.: ethnic minorities; Disab: with a disability; "
            "Poor hh.: of poor households.",
        )
        + (note_on_hidden() if people.hidden else ""),
    )


def suggest(report: Report) -> Mapping[str, str]:
    """What most classes were about, and where; no head counts, which may be too small to print."""
    cuts = (("topic", say("Chủ đề", "Topic")), ("commune", say("Xã", "Commune")))
    said = [
        say(
            f"{called} có nhiều lớp nhất: {most[f'{cut}_name']} ({most['trainings']} lớp).",
            f"{called} with most classes: {most[f'{cut}_name']} ({most['trainings']}).",
        )
        for cut, called in cuts
        if (most := _most(report.rows(f"trainings_by_{cut}")))
    ]
    return {"trainings": " ".join(said)}


def _most(rows: list[Row]) -> Row | None:
    """The row with most classes, where one of several has."""
    ordered = sorted(rows, key=lambda row: -row["trainings"])
    is_one = len(ordered) > 1 and ordered[0]["trainings"] > ordered[1]["trainings"]
    return ordered[0] if is_one else None


TABLES = {
    "trainings_by_topic": _cut(_("Training classes by topic"), "topic"),
    "trainings_by_commune": _cut(_("Training classes by commune"), "commune"),
}
SECTION = Section(
    write,
    TABLES,
    texts,
    suggest,
)
