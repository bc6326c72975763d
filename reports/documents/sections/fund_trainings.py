"""Training classes and head counts of the activities that a fund pays."""

from reports.documents.blocks import Writer
from reports.documents.section import Report, Section
from reports.documents.sections import trainings
from reports.documents.wording import say


def write(to: Writer, report: Report) -> None:
    trainings.write(to, report)
    to.text(
        say(
            "Chỉ gồm các lớp gắn với hoạt động có kế hoạch hoặc giải ngân của nguồn vốn này.",
            "Only classes of activities with a plan or money of this fund.",
        )
    )


SECTION = Section(write, trainings.TABLES)
