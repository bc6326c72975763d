"""The workbook of the year: plan against actual by every cut, the ledger, training classes.

The rows are those of the screens and of the API. Totals, what remains and rates are formulas; their
values are stored beside them, for readers that do not calculate.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import translation

from accounts.models import User
from core.values.dates import format_date
from disbursements.against_plan import against_plan
from disbursements.models import Disbursement
from programs.summary_query import SummaryQuery
from reports.documents import figures, wording
from reports.documents.formal_parts import notes
from reports.documents.section import Sources, gather
from reports.documents.sections import communes, exact_money, quarters, results, trainings
from reports.documents.sheets import PEOPLE, Col, Tables
from reports.documents.suppression import People, note_on_hidden
from reports.summary import table
from trainings.models import COUNTS, Training

NAMES = {
    "program": (("program", "Mã", 10), ("program_name", "Chương trình", 44)),
    "commune": (("commune", "Mã xã", 10), ("commune_name", "Xã", 20)),
    "activity": (("activity", "Mã hoạt động", 14), ("activity_name", "Hoạt động", 60)),
    "fund": (("fund", "Mã nguồn", 16), ("fund_name", "Nguồn vốn", 36)),
    "quarter": (("quarter", "Quý", 10),),
    "month": (("month", "Tháng", 12),),
    "topic": (("topic", "Mã chủ đề", 20), ("topic_name", "Chủ đề", 44)),
}
PLANNED = Col("planned", "Kế hoạch", "money", 18)
SPENT = Col("disbursed", "Giải ngân", "money", 18)
WAITING = Col("pending", "Chờ duyệt", "money", 16)
BALANCE = Col("balance", "Còn lại", "balance", 18)
RATE = Col("rate", "Tỷ lệ", "rate", 10)
CUTS = (  # sheet, cuts of the summary
    ("Chương trình", "program"),
    ("Xã", "commune"),
    ("Chương trình - Xã", "program,commune"),
    ("Hoạt động", "program,activity"),
    ("Nguồn vốn", "fund"),
    ("Quý", "quarter"),
    ("Tháng", "month"),
)


GATHERED = tuple(one.SECTION for one in (results, communes, quarters, exact_money, trainings))


@translation.override("vi")
def workbook_bytes(query: SummaryQuery, user: User, *, outside: bool = False) -> bytes:
    """The file about a year, within the user's scope; `outside`: small cells hidden."""
    gathered = {**figures.head(query, user), **gather(GATHERED, Sources(query, user))}
    book = Tables(_notes(gathered, outside=outside))
    _front(book, gathered)
    for title, by in CUTS:
        name = f"by_{by.replace(',', '_')}"
        found = gathered["tables"].get(name) or table(against_plan(query.cut(*by.split(",")), user))
        _money(book, title, by, found)
    _ledger(book, query, user)
    people = People(gathered["tables"], outside=outside)
    for title, cut in (("Tập huấn theo chủ đề", "topic"), ("Tập huấn theo xã", "commune")):
        _head_counts(book, title, cut, gathered["tables"][f"trainings_by_{cut}"], people)
    if not outside:
        rows = _class_rows(query, user)
        book.table("Lớp tập huấn", "Các lớp tập huấn", CLASSES, rows, filtered=True)
    return book.save()


def _notes(gathered: dict[str, Any], *, outside: bool) -> list[str]:
    year = gathered["fiscal_year"]
    about = (
        f"Năm tài chính {year} ({figures.days(gathered)}); số liệu đến hết ngày "
        f"{'/'.join(reversed(gathered['as_of'].split('-')))}."
    )
    return [about, *notes(gathered, outside=outside)]


def _front(book: Tables, gathered: dict[str, Any]) -> None:
    """The sentence, the totals, and where each figure can be asked for again."""
    total = gathered["tables"]["by_program"]["total"]
    classes = gathered["tables"]["trainings_by_topic"]["total"]
    rows = [
        {"what": "Kế hoạch (đồng)", "value": total["planned"]},
        {"what": "Giải ngân (đồng)", "value": total["disbursed"]},
        {"what": "Chờ duyệt (đồng)", "value": total["pending"]},
        {"what": "Còn lại (đồng)", "value": total["balance"]},
        {"what": "Tỷ lệ so với kế hoạch", "value": wording.percent(total["rate"])},
        {"what": "Lớp tập huấn", "value": classes["trainings"]},
    ]
    book.table(
        "Tổng hợp",
        wording.headline(gathered),
        [Col("what", "Chỉ tiêu", "text", 40), Col("value", "Số liệu", "money", 24)],
        rows,
        total=False,
    )


def _name_columns(by: str) -> list[Col]:
    names = [one for cut in by.split(",") for one in NAMES[cut]]
    return [Col(field, title, "text", width) for field, title, width in names]


def _money(book: Tables, title: str, by: str, table: dict[str, Any]) -> None:
    money = [SPENT, WAITING] if by == "month" else [PLANNED, SPENT, WAITING, BALANCE, RATE]
    rows = [_readable(row) for row in table["rows"]]
    heading = f"Kế hoạch và giải ngân theo {title.lower()} (đồng)"
    if by == "month":
        heading = "Giải ngân theo tháng (đồng); kế hoạch lập theo quý"
    book.table(title, heading, [*_name_columns(by), *money], rows)


def _readable(row: dict[str, Any]) -> dict[str, object]:
    """Quarter 1 as 'Quý I', month 2022-07 as '07/2022'."""
    changed = dict(row)
    if "quarter" in row:
        changed["quarter"] = wording.quarter_name(row["quarter"])
    if "month" in row:
        changed["month"] = "/".join(reversed(row["month"].split("-")))
    return changed


LEDGER = (
    Col("date", "Ngày", "date", 12),
    Col("number", "Số bút toán", "count", 10),
    Col("voucher_no", "Số chứng từ", "text", 16),
    Col("voucher_date", "Ngày chứng từ", "date", 12),
    Col("activity__code", "Mã hoạt động", "text", 14),
    Col("activity__title", "Hoạt động", "text", 44),
    Col("program__code", "Chương trình", "text", 12),
    Col("commune__name", "Xã", "text", 16),
    Col("fund__name", "Nguồn vốn", "text", 22),
    Col("payee", "Đơn vị nhận", "text", 26),
    Col("description", "Nội dung", "text", 44),
    Col("amount", "Số tiền", "money", 18),
)


def _ledger(book: Tables, query: SummaryQuery, user: User) -> None:
    rows = (
        Disbursement.objects.visible_to(user)
        .posted()
        .filter(fiscal_year=query.year, date__lte=query.until)
        .order_by("date", "number")
        .values(*(col.field for col in LEDGER))
    )
    book.table(
        "Sổ giải ngân",
        f"Sổ giải ngân đến hết ngày {format_date(query.until)} (đã ghi sổ, đồng)",
        LEDGER,
        rows.iterator(),
        filtered=True,
    )


def _head_counts(book: Tables, title: str, cut: str, table: dict[str, Any], people: People) -> None:
    rows = [
        {**row, **{field: people.printed(cut, row[cut], field) for field in COUNTS}}
        for row in table["rows"]
    ]
    total = {**table["total"], **{field: people.printed("total", "", field) for field in COUNTS}}
    book.table(
        title,
        title + (note_on_hidden() if people.hidden else ""),
        [
            *_name_columns(cut),
            Col("trainings", "Lớp", "count", 10),
            *(Col(field, label, "count", 12) for field, label, _english in PEOPLE),
        ],
        rows,
        fixed_total=total if people.hidden else None,
    )


CLASSES = (
    Col("start", "Từ ngày", "date", 12),
    Col("end", "Đến ngày", "date", 12),
    Col("topic__name", "Chủ đề", "text", 40),
    Col("title", "Lớp tập huấn", "text", 44),
    Col("commune__name", "Xã", "text", 16),
    Col("venue", "Địa điểm", "text", 26),
    *(Col(field, label, "count", 11) for field, label, _english in PEOPLE),
)


def _class_rows(query: SummaryQuery, user: User) -> Iterator[dict[str, object]]:
    fields: Sequence[str] = [col.field for col in CLASSES]
    rows: Iterator[dict[str, object]] = (
        Training.objects.visible_to(user)
        .filter(start__gte=query.year.start, start__lte=min(query.year.end, query.until))
        .order_by("start", "commune__sort_key", "pk")
        .values(*fields)
        .iterator()
    )
    return rows
