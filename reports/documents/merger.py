"""Biên bản bàn giao of a unit that ended: what was handed on to the unit it became, who ticked it
and when, and what stays with the reason."""

from dataclasses import replace
from datetime import date

from django.utils import translation

from accounts.models import User
from communes.models import Board, Commune
from communes.models.boards import BoardKind
from core.services.request_cache import read_once
from core.values import display
from core.values.dates import format_date, today
from monitoring.merger.services import Group, checklist, ticks_of
from monitoring.models.handed_on import HandedOn, HandedOnKind
from reports.documents.blocks import Column, Document, Writer
from reports.documents.handover import minute, represented
from reports.documents.letterhead import Letterhead, long_date, of_board
from reports.documents.make import FORMATS, RENDERERS, Made
from reports.documents.wording import inside

HEAD = [
    Column("Nội dung", 74, number=False),
    Column("Người ghi, ngày", 46, number=False),
    Column("Bên nhận tiếp tục", 40, number=False),
]
STAYS = [Column("Nội dung", 80, number=False), Column("Lý do chưa bàn giao", 80, number=False)]
NOT_YET = "Chưa đánh dấu bàn giao."


@read_once()
def make_minute(unit: Commune, user: User, extension: str) -> Made:
    """The minute as a file."""
    with translation.override("vi"):
        content = RENDERERS[extension](compose(unit, user, today()))
    return Made(content, FORMATS[extension], f"ban-giao-xa-{unit.code}.{extension}")


def compose(unit: Commune, user: User, day: date) -> Document:
    letterhead = _letterhead(unit, day)
    about = (
        f"Bàn giao công việc của {inside(unit.full_name)} cho {inside(unit.successor.full_name)}"
    )
    document = minute(letterhead, about, (unit.successor.full_name, unit.full_name))
    document.blocks = _body(unit, user, day)
    return document


def _letterhead(unit: Commune, day: date) -> Letterhead:
    """Of the new unit's board in office, else of the unit itself; without a number."""
    boards = Board.objects.in_office(day).select_related("commune")
    board = boards.filter(kind=BoardKind.COMMUNE, commune=unit.successor).first()
    if board is not None:
        return of_board(board, None, day)
    name = unit.successor.full_name
    plain = Letterhead(unit.successor.name, name, f"Ban Dự án {inside(name)}", "Ban Dự án", "BDA")
    return replace(plain, day=day)


def _body(unit: Commune, user: User, day: date) -> list[dict[str, object]]:
    to = Writer()
    ended = format_date(unit.valid_to) if unit.valid_to else ""
    to.text(
        f"{unit.full_name} kết thúc ngày {ended} và trở thành một phần của "
        f"{inside(unit.successor.full_name)}. Hôm nay, {long_date(day)}, hai bên lập biên bản bàn "
        "giao những việc còn đang làm. Chứng từ, kế hoạch và hồ sơ đã có vẫn ghi theo đơn vị cũ."
    )
    for title, who in (("Bên giao", unit), ("Bên nhận", unit.successor)):
        to.section(title)
        to.items([who.full_name, *represented()])
    to.section("Nội dung bàn giao")
    _write_handed_on(to, ticks_of(unit))
    _write_staying(to, checklist(unit, user))
    to.text("Biên bản lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản")
    to.end()
    return to.blocks


def _write_handed_on(to: Writer, ticks: list[HandedOn]) -> None:
    for kind in HandedOnKind:
        rows = [tick for tick in ticks if tick.kind == kind]
        if rows:
            to.table(
                str(kind.label),
                HEAD,
                [
                    [
                        tick.title,
                        f"{tick.done_by.display_name}, {display.moment(tick.done_at)}",
                        tick.note,
                    ]
                    for tick in rows
                ],
            )
    if not ticks:
        to.text("Chưa có việc nào được đánh dấu bàn giao.")


def _write_staying(to: Writer, groups: list[Group]) -> None:
    rows = [
        [f"{group.label}: {line.title}", line.cannot or NOT_YET]
        for group in groups
        for line in group.lines
        if line.tick is None
    ]
    rows += [
        [f"{group.label}: còn {display.number(group.more)} mục khác", NOT_YET]
        for group in groups
        if group.more > 0
    ]
    if rows:
        to.section("Nội dung chưa bàn giao")
        to.table("Nội dung chưa bàn giao và lý do", STAYS, rows)
