"""The kinds of workbook that can be loaded: one file each, and one line here."""

from typing import Any

from accounts.roles import LOAD_HISTORY
from imports.kinds.base import WorkbookKind
from imports.kinds.disbursements import Disbursements
from imports.kinds.plan import Plan
from imports.kinds.trainings import Trainings
from imports.workbook.layout import register

KINDS: dict[str, WorkbookKind[Any, Any, Any]] = {
    kind.name: kind
    for kind in (
        Plan(),
        Disbursements(),
        Trainings(),
    )
}
MAY_IMPORT = (*(kind.permission for kind in KINDS.values()), LOAD_HISTORY)  # any of these
register(KINDS.values())
