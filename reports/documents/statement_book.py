"""The statement of a fund as a workbook: a sheet for each of its tables, figures in đồng whole."""

from django.utils import translation

from reports.documents import english, money, wording
from reports.documents.currency import Rate
from reports.documents.figures import days
from reports.documents.formal_parts import notes
from reports.documents.section import Figures, Report, Row
from reports.documents.sheets import PEOPLE, Col, Tables
from reports.documents.suppression import People
from reports.documents.wording import say


def content(report: Report, language: str) -> bytes:
    """The file, from frozen figures."""
    figures = report.figures if language == "vi" else english.in_english(report.figures)
    with translation.override(language):
        kept = figures.get("rate")
        rate = Rate.from_dict(kept) if kept else None
        about = f"{figures['fund']['name']}: {wording.span_name(figures)} ({days(figures)})."
        said = [rate.in_words()] if rate else []
        book = Tables([about, *notes(figures, outside=report.outside), *said])
        _money(book, figures, rate)
        _causes(book, figures)
        _outputs(book, figures)
        _people(book, figures, People(figures["tables"], outside=report.outside))
        return book.save()


def _money(book: Tables, figures: Figures, rate: Rate | None) -> None:
    by_program, by_activity = say("Chương trình", "Programmes"), say("Hoạt động", "Activities")
    for title, cut in ((by_program, "program"), (by_activity, "activity")):
        table = figures["tables"]["by_program" if cut == "program" else "by_program_activity"]
        columns = [
            Col(cut, say("Mã", "Code"), "text", 14),
            Col(f"{cut}_name", title, "text", 50),
            Col("planned", say("Kế hoạch (đồng)", "Planned (đồng)"), "money", 20),
            Col("disbursed", say("Giải ngân (đồng)", "Disbursed (đồng)"), "money", 20),
            Col("balance", say("Còn lại (đồng)", "Remaining (đồng)"), "balance", 20),
            Col("rate", say("Tỷ lệ", "Rate"), "rate", 10),
        ]
        rows = [{**row, "planned": row["planned"] or 0} for row in table["rows"]]
        if rate:
            columns += [
                Col("planned_in", f"{money.planned_name()} ({rate.currency})", "count", 18),
                Col("disbursed_in", f"{money.spent_name()} ({rate.currency})", "count", 18),
            ]
            rows = _converted(rows, rate)
        heading = say(f"Kế hoạch và giải ngân: {title}", f"Plan and disbursement: {title}")
        book.table(title, heading, columns, rows)


def _converted(rows: list[Row], rate: Rate) -> list[Row]:
    planned, spent = (
        rate.convert([row[name] for row in rows]) for name in ("planned", "disbursed")
    )
    return [
        {**row, "planned_in": planned[i], "disbursed_in": spent[i]} for i, row in enumerate(rows)
    ]


def _causes(book: Tables, figures: Figures) -> None:
    rows = [
        {**row, "rate": wording.percent(row["rate"])} for row in figures["tables"]["causes"]["rows"]
    ]
    columns = [
        Col("program", say("Chương trình", "Programme"), "text", 14),
        Col("name", say("Nơi, hoạt động", "Place, activity"), "text", 44),
        Col("planned", say("Kế hoạch lũy kế", "Cumulative plan"), "money", 20),
        Col("disbursed", say("Giải ngân lũy kế", "Cumulative"), "money", 20),
        Col("rate", say("Tỷ lệ", "Rate"), "text", 10),
        Col("text", say("Nguyên nhân", "Cause"), "text", 60),
        Col("decision", say("Quyết định", "Decision"), "text", 30),
    ]
    title = say("Ngoài giới hạn", "Outside the limits")
    book.table(title, title, columns, rows, total=False)


def _outputs(book: Tables, figures: Figures) -> None:
    columns = [
        Col("title", say("Công trình, trang thiết bị", "Works, equipment"), "text", 50),
        Col("kind", say("Loại", "Kind"), "text", 24),
        Col("communes", say("Xã", "Commune"), "text", 24),
        Col("quantity", say("Số lượng", "Quantity"), "count", 12),
        Col("unit", say("Đơn vị", "Unit"), "text", 14),
        Col("state", say("Tình trạng", "State"), "text", 20),
    ]
    title = say("Công trình, thiết bị", "Works and equipment")
    book.table(title, title, columns, figures["tables"]["outputs"]["rows"], total=False)


def _people(book: Tables, figures: Figures, people: People) -> None:
    for cut, title in (
        ("topic", say("Tập huấn theo chủ đề", "Training by topic")),
        ("commune", say("Tập huấn theo xã", "Training by commune")),
    ):
        table = figures["tables"][f"trainings_by_{cut}"]
        columns = [
            Col(f"{cut}_name", title, "text", 44),
            Col("trainings", say("Lớp", "Classes"), "count", 10),
            *(Col(field, say(*names), "count", 14) for field, *names in PEOPLE),
        ]
        rows = [{**row, **_counts(people, cut, row[cut])} for row in table["rows"]]
        total = {"trainings": table["total"]["trainings"], **_counts(people, "total", "")}
        book.table(title, title, columns, rows, fixed_total=total)


def _counts(people: People, cut: str, key: str) -> dict[str, object]:
    """The head counts of a row; what may not be known outside is hidden."""
    return {field: people.printed(cut, key, field) for field, *_names in PEOPLE}
