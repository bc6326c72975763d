"""The appendix: programme by commune, every figure in đồng, with a sum per programme."""

from reports.documents import money
from reports.documents.blocks import Column, Writer
from reports.documents.section import Report, Section


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
        "Kế hoạch và giải ngân theo chương trình và xã",
        [
            Column("Chương trình, xã", 37, number=False),
            Column("Kế hoạch", 31),
            Column("Giải ngân", 31),
            Column("Còn lại", 42),
            Column("Tỷ lệ", 19),
        ],
        rows,
        total=["Tổng cộng", *money.exact_cells(table["total"])],
        unit="Đơn vị: đồng",
        group_rows=groups,
    )


SECTION = Section(write, {**money.BY_BOTH, **money.BY_PROGRAM})
