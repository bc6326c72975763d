"""Cooperation agreements: signed, or due when."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from programs.models.agreements import Agreement
from reports.documents.blocks import Writer
from reports.documents.records import day
from reports.documents.section import Figures, Report, Row, Section, Sources, Table
from reports.documents.wording import say


def find(sources: Sources) -> Figures:
    """Of the year, those due or signed within the span; at its end the next year's."""
    query = sources.query
    wanted = (
        Q(fiscal_years=query.year)
        | Q(due_date__range=query.span)
        | Q(signed_date__range=query.span)
    )
    if query.quarter is None:
        wanted |= Q(fiscal_years__start=query.year.end + timedelta(days=1))
    rows = Agreement.objects.visible_to(sources.user).filter(wanted).distinct()
    return {
        "query": f"/api/v1/agreements/?fiscal_year={query.year.code}",
        "rows": [
            {
                "id": row.pk,
                "kind": row.kind,
                "title": row.title,
                "due": row.due_text,
                "signed": day(row.signed_date),
            }
            for row in rows
        ],
    }


def texts() -> Mapping[str, str]:
    return {"agreements": _now("Cooperation agreements")}


def write(to: Writer, report: Report) -> None:
    rows, text = report.rows("agreements"), report.text("agreements")
    if not rows and not text:
        return
    to.section(say("Thỏa thuận hợp tác", "Cooperation agreements"))
    to.items(f"{_agreement(row)}: {_signed(row)}." for row in rows)
    to.text(text)


def _agreement(row: Row) -> str:
    """The title, with the kind where the title does not say it."""
    named = row["kind"] in row["title"]
    return row["title"] if named else f"{row['title']} ({row['kind']})"


def _signed(row: Row) -> str:
    if row["signed"]:
        return say(f"đã ký ngày {row['signed']}", f"signed on {row['signed']}")
    due = say(f", hạn {row['due']}", f", due {row['due']}") if row["due"] else ""
    return say("chưa ký", "not signed yet") + due


def suggest(report: Report) -> Mapping[str, str]:
    rows = report.rows("agreements")
    signed = sum(bool(row["signed"]) for row in rows)
    said = say(
        f"{signed} thỏa thuận đã ký, {len(rows) - signed} thỏa thuận chưa ký.",
        f"{signed} agreements are signed, {len(rows) - signed} are not.",
    )
    return {"agreements": said if rows else ""}


FIELDS = {"kind": _("kind"), "due": _("due"), "signed": _("signed on")}
SECTION = Section(
    write, {"agreements": Table(_("Cooperation agreements"), find, FIELDS)}, texts, suggest
)
