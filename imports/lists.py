"""The list of a person's own workbooks, and what the check of one of them found."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.lists import Column, Empty, Listing, filters
from core.values.display import NOTHING
from imports.kinds import KINDS
from imports.models import Upload, UploadState


class UploadFilters(filters.Filters):
    search = filters.Search("name", hint=_("Name of the workbook"))
    held = filters.Choices(
        "kind", [(kind.name, kind.label) for kind in KINDS.values()], label=_("Holds")
    )
    state = filters.Choices("state", UploadState.values)


uploads = Listing(
    name="imports",
    title=_("Your workbooks"),
    columns=(
        Column.text("name", _("workbook")),
        Column("held", _("holds"), lambda row: row.holds.label if row.kind else NOTHING, "kind"),
        Column(
            "year",
            _("fiscal year"),
            lambda row: row.fiscal_year and row.fiscal_year.code,
            "fiscal_year__start",
        ),
        Column.own("rows", _("rows"), numeric=True),
        Column(
            "known",
            _("in the portal already"),
            lambda row: row.duplicates,
            "duplicates",
            numeric=True,
            hidden=True,
        ),
        Column(
            "state",
            _("state"),
            lambda row: row.state_text,
            "state",
            tone=lambda row: row.tone,
        ),
        Column("received", _("received"), lambda row: row.created_at, "created_at"),
        Column("saved", _("saved"), lambda row: row.committed_at, "committed_at", hidden=True),
    ),
    rows=lambda user: (
        Upload.objects.visible_to(user)
        .select_related("fiscal_year", "job")
        .defer("saved", "reading", "overwrote", "sums")
    ),
    filters=UploadFilters,
    href=lambda row: reverse("upload", args=[row.pk]),
    order="-received",
    aside=("kind",),  # what the form above is to begin with
    empty=Empty(title=_("No workbook yet"), text=_("The first one you check will be listed here.")),
    per_page=20,
)


def findings(upload: Upload) -> Listing:
    """The errors and warnings of a workbook, errors first, in the order of its rows."""
    return Listing(
        name="findings",
        title=_("Errors and warnings"),
        columns=(
            Column("message", _("what is wrong"), lambda row: row.message),
            Column(
                "kind",
                _("kind"),
                lambda row: _("Warning") if row.is_warning else _("Error"),
                "is_warning",
                tone=lambda row: "warn" if row.is_warning else "bad",
            ),
            Column("sheet", _("sheet"), lambda row: row.sheet, ("sheet", "row")),
            Column("row", _("row"), lambda row: row.row, ("row", "sheet"), numeric=True),
            Column("column", _("column"), lambda row: row.column, ("column", "row")),
        ),
        rows=lambda user: upload.findings.all(),  # type: ignore[attr-defined]
        filters=filters.Filters,
        sentences=True,
        remembered=False,
        per_page=20,
    )
