"""The appendix: programme by commune, every figure in đồng, with a sum per programme."""

from reports.documents import money
from reports.documents.blocks import Column, Writer
from reports.documents.section import Report, Section
from reports.documents.wording import say


def write(to: Writer, report: Report) -> None:
    table = report.table("by_program_commune")
    sums = {row["program"]: row for row in report.rows("by_program")}
    rows: list[list[str]] = []
    groups: list[int] = []
    last = None
    for row in table["rows"]:
        if row["program"] != last:
            last = row["program"]
            groups.append(len(rows))
            rows.append([money.program_name(row), *money.exact_cells(sums[last])])
        rows.append([money.commune_name(row), *money.exact_cells(row)])
    to.table(
        say(
            "Kế hoạch và giải ngân theo chương trình và xã",
            "Plan and disbursement by programme and commune",
        ),
        [
            Column(say("Chương trình, xã", "Programme, commune"), 37, number=False),
            Column(money.planned_name(), 31),
            Column(money.spent_name(), 31),
            Column(say("Còn lại", "Remaining"), 42),
            Column(say("Tỷ lệ", "Rate"), 19),
        ],
        rows,
        total=[say("Tổng cộng", "Total"), *money.exact_cells(table["total"])],
        unit=say("Đơn vị: đồng", "Unit: đồng"),
        group_rows=groups,
    )


SECTION = Section(write, {**money.BY_BOTH, **money.BY_PROGRAM})
