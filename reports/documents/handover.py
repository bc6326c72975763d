"""Biên bản bàn giao of one of the works: who hands over to whom, what, in which condition, who
looks after it. What is not known yet is left open, to be written by hand."""

from datetime import date

from django.utils import translation

from accounts.models import User
from communes.models import Board
from communes.models.boards import BoardKind
from communes.own_day import unit_then
from core.services.request_cache import read_once
from core.values.dates import format_date, today
from core.values.money import format_vnd
from programs.models import Output
from programs.models.outputs import a_year_after
from reports.documents.blocks import Column, Document, Writer
from reports.documents.letterhead import Letterhead, long_date
from reports.documents.make import FORMATS, RENDERERS, Made, draft_letterhead
from reports.documents.wording import inside

DOTS = "…" * 16
LOOKED_AFTER = (
    "Bên nhận quản lý, sử dụng đúng mục đích, bảo dưỡng và tự chịu chi phí sửa chữa nhỏ.",
    "Tình trạng được kiểm tra ít nhất mỗi năm một lần{first}.",
    "Khi đơn vị hành chính được sắp xếp lại hoặc ban được kiện toàn, trách nhiệm này chuyển cho "
    "đơn vị, ban kế tiếp, có biên bản bàn giao.",
)


@read_once()
def make_handover(output: Output, extension: str) -> Made:
    """The minute as a file."""
    with translation.override("vi"):
        content = RENDERERS[extension](compose(output))
    return Made(content, FORMATS[extension], f"ban-giao-{output.pk}.{extension}")


def find(pk: int, user: User) -> Output | None:
    """One of the works in the person's scope, with what its minute says."""
    rows = Output.objects.visible_to(user).select_related("fiscal_year", "village", "program")
    return rows.prefetch_related("communes__successor", "checks").filter(pk=pk).first()


def compose(output: Output) -> Document:
    """The minute, dated on the day of the handover; before that, its day is left open."""
    day = output.handed_over_on
    letterhead = draft_letterhead(output.fiscal_year, day)
    if day is None:
        letterhead = Letterhead(**{**vars(letterhead), "day": None})
    document = minute(letterhead, f"Bàn giao {inside(output.title)}", ("bên nhận", "bên giao"))
    document.blocks = _body(output, letterhead, day)
    return document


def minute(letterhead: Letterhead, about: str, parties: tuple[str, str]) -> Document:
    """A minute of a handover without its body, to be signed by both parties."""
    return Document(
        superior=letterhead.superior,
        issuer=letterhead.issuer.upper(),
        number=letterhead.number_line("minutes"),
        place_and_date=letterhead.place_and_date(),
        kind_name="BIÊN BẢN",
        about=about,
        signatures=[
            {"authority": f"ĐẠI DIỆN {party}".upper(), "post": "", "signer": ""}
            for party in parties
        ],
        recipients=["Hai bên giao, nhận;", f"Lưu: VT, {letterhead.short}."],
    )


def _body(output: Output, letterhead: Letterhead, day: date | None) -> list[dict[str, object]]:
    to = Writer()
    to.text(f"Hôm nay, {long_date(day)}, tại {_place(output)}, hai bên gồm:")
    to.section("Bên giao")
    to.items([letterhead.issuer_and_area, *represented()])
    to.section("Bên nhận")
    to.items([output.recipient or DOTS, *represented(), *_boards_in_office(output, day)])
    _handed_over(to, output)
    _condition(to, output, day)
    to.section("Quản lý, bảo dưỡng")
    to.text(f"Người, đơn vị quản lý, bảo dưỡng: {output.maintained_by or DOTS}.")
    first = f"; lần đầu chậm nhất ngày {format_date(a_year_after(day))}" if day else ""
    to.items(line.format(first=first) for line in LOOKED_AFTER)
    to.text("Biên bản lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản")
    to.end()
    return to.blocks


def represented() -> list[str]:
    """Room for who comes for a party."""
    return [f"Đại diện: {DOTS}", f"Chức vụ: {DOTS}"]


def _boards_in_office(output: Output, day: date | None) -> list[str]:
    """The boards of the communes that were in office on that day."""
    boards = Board.objects.in_office(day or today()).filter(
        kind=BoardKind.COMMUNE, commune__in=output.communes.all()
    )
    return [f"Có sự chứng kiến của {board.name}." for board in boards]


def _place(output: Output) -> str:
    """'bản Nà Vạc, xã Bản Lang (nay là xã Phong Thổ)'."""
    units = list(output.communes.all())
    said = ", ".join(inside(unit.full_name) for unit in units)
    now = dict.fromkeys(unit_then(unit, today()) for unit in units)
    if list(now) != units:
        said += f" (nay là {', '.join(inside(unit.full_name) for unit in now)})"
    return f"{output.village}, {said}" if output.village else said


def _handed_over(to: Writer, output: Output) -> None:
    to.section("Nội dung bàn giao")
    to.table(
        "Công trình, trang thiết bị bàn giao",
        [
            Column("Tên", 60, number=False),
            Column("Loại", 40, number=False),
            Column("Đơn vị tính", 25, number=False),
            Column("Số lượng", 20),
            Column("Chương trình", 25, number=False),
        ],
        [
            [
                output.title,
                str(output.get_kind_display()),
                output.unit or "",
                format_vnd(output.quantity),
                output.program.code,
            ]
        ],
        note=f"Ghi chú: {output.note}" if output.note else "",
    )


def _condition(to: Writer, output: Output, day: date | None) -> None:
    """As it was found on the day of the handover."""
    to.section("Tình trạng khi bàn giao")
    found = next((check for check in output.checks.all() if check.date == day), None)  # type: ignore[attr-defined]
    if found is None:
        to.text(DOTS * 2)
        return
    note = f": {found.note}" if found.note else ""
    to.text(f"{found.get_state_display()}{note}.")
