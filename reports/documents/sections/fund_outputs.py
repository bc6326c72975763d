"""Works and equipment that a fund paid for: by a cost of its own, or by their activity."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models import Output
from reports.documents.blocks import Writer
from reports.documents.section import Figures, Report, Section, Table
from reports.documents.sections import outputs
from reports.documents.wording import say


def find(sources: Any) -> Figures:
    """Handed over in the quarter."""
    found = outputs.find(sources)
    keys = [row["id"] for row in found["rows"]]
    paid = Q(cost_links__disbursement__fund=sources.fund) | Q(activity__in=sources.activities)
    own = set(Output.objects.filter(paid, pk__in=keys).values_list("pk", flat=True))
    return {**found, "rows": [row for row in found["rows"] if row["id"] in own]}


def write(to: Writer, report: Report) -> None:
    if report.rows("outputs"):
        outputs.write(to, report)
        return
    to.section(say("Công trình, trang thiết bị hỗ trợ", "Works and equipment"))
    to.text(say("Trong quý chưa bàn giao hạng mục nào.", "Nothing was handed over."))


CALLED = _("Works and equipment")
SECTION = Section(write, {"outputs": Table(CALLED, find, outputs.FIELDS)})
