"""Answers with a list: the whole page, the part that a filter changes (htmx), Excel or CSV."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Model, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from core.lists import files
from core.lists import persistence as memory
from core.lists.columns import Column, cell, screen_text, two_lines
from core.lists.filtering import Found, filter_rows
from core.lists.listing import Figure, Listing, Rows, Whole
from core.lists.ordering import count_and_sums, ordered
from core.lists.state import (
    COLUMNS,
    EVERY,
    FORMAT,
    PAGE,
    SEARCH,
    SORT,
    ListState,
    given_parameters,
    read_state,
)
from core.services.access import ActorRequest
from core.services.deep_pages import LONG, DeepPaginator
from core.values import display
from core.web.preferences import rows_of

SIGNS = {"": "↕", "ascending": "▲", "descending": "▼"}
PART = "list"  # the id of what htmx replaces
BAD_REQUEST = 400


def list_response(
    request: ActorRequest,
    listing: Listing,
    template: str = "lists/page.html",
    context: Mapping[str, object] | None = None,
    status: int = 200,
    path: str = "",
) -> HttpResponseBase:
    """The response with a list, as the address asks for it; the template finds it as `list`.

    `path` is the list's own address, where another one answers with its page (a refused POST).
    """
    if away := memory.redirect_to_state(request, listing):
        return away
    asked = read_state(request, listing, path)
    found = filter_rows(request, listing, asked)
    wanted, known, is_long = request.GET.get(FORMAT), None, False
    if not wanted and not found.wrong:  # files are sorted as asked, and add nothing up
        known = listing.whole(found.rows, found.filters, request.user)
        if known is not None and known.rows is not None:
            found = replace(found, rows=known.rows)
        is_long = any(column.sorts_few for column in listing.columns) and _is_long(found, known)
    unsorted = no_such_order(asked)
    if is_long and asked.sort and asked.sort.sorts_few:
        unsorted = not_sorted(asked.sort)
        asked = asked.in_usual_order(listing)
    rows = ordered(found.rows, listing, asked)
    refusal, part = "", _is_part(request)
    kept = tuple(column for column in asked.columns if not column.buttons)
    if found.wrong:
        status = status if part else BAD_REQUEST  # htmx shows only what went well
    elif wanted == "csv":
        return files.as_csv(request, rows, listing, kept)
    elif wanted == "xlsx":
        if not (refusal := too_many(rows)):
            return files.as_workbook(request, rows, listing, kept)
        status = BAD_REQUEST
    else:
        memory.save_filters(request, listing)
    shown = ListContext(request, listing, asked, found, rows, known, is_long)
    seen = shown.context() | {"refusal": refusal, "unsorted": unsorted}
    response = render(
        request,
        "lists/part.html" if part else template,
        {**(context or {}), "list": seen, "part": part},
        status=status,
    )
    patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
    memory.save_columns(request, response, listing, asked)
    return response


def too_many(rows: Rows) -> str:
    """Why the rows make no workbook; empty when they do."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    if count <= files.SHEET_ROWS:
        return ""
    return _(
        "%(count)s rows are too many for Excel, which takes %(most)s here: narrow the filters, "
        "or take CSV."
    ) % {"count": display.number(count), "most": display.number(files.SHEET_ROWS)}


def no_such_order(asked: ListState) -> str:
    """That the list has not the order which its address asks for; else ""."""
    wanted = asked.query.get(SORT, "").removeprefix("-")
    if not wanted or (asked.sort and asked.sort.name == wanted):
        return ""
    return _("This list is not sorted by “%(name)s”: here is its usual order.") % {"name": wanted}


def not_sorted(column: Column) -> str:
    """That a list is too long for the order that was asked, and how to have it all the same."""
    return _(
        "So long a list is not sorted by “%(column)s”: here is its usual order. Narrow the filters "
        "to fewer than %(most)s rows, or take the Excel or CSV file, which is sorted so."
    ) % {"column": column.heading, "most": display.number(LONG)}


def _is_long(found: Found, known: Whole | None) -> bool:
    """Whether so many rows were found that only an index may order them."""
    if known is not None:
        return known.count >= LONG
    return isinstance(found.rows, QuerySet) and found.rows.order_by()[:LONG].count() >= LONG


def _is_part(request: ActorRequest) -> bool:
    asked = request.headers.get("HX-Request") and request.headers.get("HX-Target") == PART
    return bool(asked) and "HX-History-Restore-Request" not in request.headers


class ListContext:
    """The context of a list's templates: what they write out of it, formatted."""

    def __init__(
        self,
        request: ActorRequest,
        listing: Listing,
        asked: ListState,
        found: Found,
        rows: Rows,
        known: Whole | None,
        is_long: bool,
    ) -> None:
        self.request, self.listing, self.asked, self.found = request, listing, asked, found
        self.rows, self.known, self.is_long = rows, known, is_long
        self.count, self.sums = self._count_and_sums(asked.columns)
        pages = DeepPaginator(rows, listing.per_page, skip=self.skip)
        pages.count = self.count  # type: ignore[misc]  # a cached property: it is not asked twice
        self.page: Page[object] = pages.get_page(request.GET.get(PAGE))

    def skip(self, rows: QuerySet[Model], first: int) -> tuple[QuerySet[Model], int]:
        """The rows from somewhere before a place in the list on, and how far after it begins."""
        if self.found.filters is None or not self.asked.sort:
            return rows, first
        asked, down = self.asked.sort, self.asked.descending
        return self.listing.skip(rows, self.found.filters, self.request.user, asked, down, first)

    def sorts(self, column: Column) -> bool:
        """Whether the list as it was found can be put into the order of a column."""
        return bool(column.order) and not (self.is_long and column.sorts_few)

    def _count_and_sums(self, columns: tuple[Column, ...]) -> tuple[int, Mapping[str, int]]:
        adding = {column.name for column in columns if column.sum}
        if self.known is not None and adding <= self.known.sums.keys():
            return self.known.count, {name: self.known.sums[name] for name in adding}
        return count_and_sums(self.rows, columns)

    def figures(self) -> list[Figure]:
        if self.found.wrong:
            return []
        return [*(self.known.figures if self.known else self.listing.figures(self.rows))]

    def context(self) -> dict[str, object]:
        active = bool(self.asked.filters()) and self.found.filters is not None
        return {
            "listing": self.listing,
            "path": self.asked.path,
            "count": display.number(self.count),
            "is_empty": not self.count,
            "active": active,
            "clear_href": f"{self.asked.path}?clear=1",
            "head": self.head(),
            "lines": self.lines(),
            "is_edited": self.listing.edit is not None,
            "ticks": self.ticks(),
            "rows_shown": "wide" if self.listing.sentences else rows_of(self.request),
            "address": self.request.get_full_path(),
            "sums": self.sum_cells(),
            "wrong": self.found.wrong,
            "figures": self.figures(),
            "choices": self.choices(),
            "kept": self.kept(COLUMNS),
            "files": [
                {"label": _("Excel"), "href": self.asked.href(format="xlsx")},
                {"label": _("CSV"), "href": self.asked.href(format="csv")},
            ],
            "whole": self.asked.href(format="xlsx", cols=EVERY),
            **self.views(),
            **self.pages(),
            **self.filters(),
        }

    def views(self) -> dict[str, object]:
        """What the person keeps of this list under a name, and what would be kept now."""
        names = ",".join(column.name for column in self.asked.columns[1:])
        sort = self.asked.sort and f"{'-' * self.asked.descending}{self.asked.sort.name}"
        href = self.asked.href(cols=names or None, sort=sort)
        saved = getattr(self.request.user, "kept_views", None)
        return {
            "views": None if saved is None else saved.filter(path=self.asked.path),
            "view_href": href,
            "view_query": href.partition("?")[2],
        }

    def head(self) -> list[dict[str, object]]:
        found = []
        for column in self.asked.columns:
            sorted_by = column is self.asked.sort
            way = ("descending" if self.asked.descending else "ascending") if sorted_by else ""
            href = self.asked.sort_href(column) if self.sorts(column) else ""
            found.append(
                {
                    "column": column,
                    "href": href,
                    "way": way,
                    "sign": SIGNS[way],
                    "lines": two_lines(column.heading),
                    "note_lines": two_lines(column.note_heading),
                }
            )
        return found

    def lines(self) -> list[dict[str, object]]:
        rows = self.listing.prepare(list(self.page), self.request.user)
        key = next((column for column in self.asked.columns if column.sum), None)
        return [
            {
                "row": row,
                "href": self.listing.href(row) if self.listing.href else "",
                "edit": self.listing.edit(row) if self.listing.edit else "",
                **self.tick(row),
                "cells": [cell(column, row, column is key) for column in self.asked.columns],
            }
            for row in rows
        ]

    def tick(self, row: Model) -> dict[str, str]:
        """The box of a row."""
        if self.listing.ticks is None:
            return {}
        first, worth = self.asked.columns[0], self.listing.ticks.worth
        return {
            "tick": self.listing.ticks.value(row),
            "tick_label": _("Tick %(row)s") % {"row": screen_text(first.value(row))},
            "worth": str(worth(row)) if worth else "",
        }

    def ticks(self) -> dict[str, object] | None:
        """What can be done with the ticked rows, and what all that are found come to."""
        ticks = self.listing.ticks
        actions = ticks.actions(self.request.user) if ticks else ()
        if ticks is None or not actions:
            return None
        column = self.listing.column(ticks.whole)
        whole = self.sums.get(ticks.whole)
        if whole is None and column:
            whole = self._count_and_sums((column,))[1][ticks.whole]
        return {
            "actions": actions,
            "href": f"{ticks.href}?{urlencode(self.kept(COLUMNS), safe=',')}",
            "count": str(self.count),
            "worth": "" if whole is None else str(whole),
        }

    def sum_cells(self) -> list[dict[str, str]]:
        """The last line of the table: what each column adds up to, over all pages."""
        if not self.sums:
            return []
        found = []
        for column in self.asked.columns:
            sum_of = self.sums.get(column.name)
            text = "" if sum_of is None else display.number(sum_of)
            kind = "n" if text else "none"
            found.append({"label": column.heading, "text": text, "kind": kind})
            if column.note_heading:
                found.append({"label": column.note_heading, "text": "", "kind": "none"})
        return found[1:]

    def choices(self) -> list[dict[str, object]]:
        """Every column, ticked where it is shown; the first is always there."""
        return [
            {"column": column, "on": column in self.asked.columns}
            for column in self.listing.columns[1:]
        ]

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """The address's parameters as hidden fields of a form that changes others."""
        return [*given_parameters(self.request.GET, (*without, PAGE, FORMAT, *self.asked.aside))]

    def pages(self) -> dict[str, object]:
        page = self.page
        return {
            "page": page,
            "previous": self.asked.href(page=page.number - 1) if page.has_previous() else "",
            "next": self.asked.href(page=page.number + 1) if page.has_next() else "",
        }

    def filters(self) -> dict[str, object]:
        """The form's search field and its other fields."""
        options = [
            {"value": sign + column.name, "label": column.heading, "down": bool(sign)}
            for column in self.asked.columns
            if self.sorts(column)
            for sign in ("", "-")
        ]
        now = self.asked.sort.name if self.asked.sort else ""
        sorting = {
            "sort_options": options,
            "sort": f"-{now}" if self.asked.descending else now,
            "chosen_columns": ",".join(self.request.GET.getlist(COLUMNS)),
        }
        if not self.found.fields:  # nothing to filter by: no bar of filters
            return {"form": None, **sorting}
        used = {name for name, _value in self.asked.filters()}
        others = [field for field in self.found.fields if field.name != SEARCH]
        return {
            "form": self.found.filters.form,
            "search": next((f for f in self.found.fields if f.name == SEARCH), None),
            "fields": others,
            "open": any(field.errors for field in others),
            "used": sum(field.name in used for field in others) or "",
            **sorting,
        }
