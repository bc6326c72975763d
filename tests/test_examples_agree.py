"""An example is a record as the portal would give it: it does not contradict itself."""

from datetime import date
from decimal import Decimal

import pytest
from drf_spectacular.generators import SchemaGenerator

from core.values.money import rate
from monitoring.reviews.services.stated import agrees

AGES = ("under_16", "age_16_24", "over_24")
DAYS = (
    ("start", "end"),
    ("from", "to"),
    ("term_start", "term_end"),
    ("valid_from", "valid_to"),
    ("voucher_date", "date"),
    ("raised_on", "resolved_on"),
    ("raised_on", "due_date"),
    ("planned_on", "handed_over_on"),
    ("founded_on", "ended_on"),
)
# What a record has in these states alone.
ONLY_OF = {
    "number": ("posted", "approved"),
    "resolved_on": ("resolved",),
    "done_on": ("done", "reported"),
    "verified_by": ("done",),
    "decided_by": ("planned",),
    "plan_version": ("planned",),
    "handed_over_on": ("handed_over", "in_use", "out_of_order"),
}


@pytest.fixture(scope="module")
def schemas():
    document = SchemaGenerator().get_schema(request=None, public=True)
    return document["components"]["schemas"]


def _objects(value):
    """Every object within an example, itself included."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, dict | list):
            yield from _objects(part)


def _percent(part, whole):
    found = rate(part, whole)
    return None if found is None else f"{found:.1f}"


def _sums(one):
    """What adds up, by what it is: pairs that have to be equal."""
    if "balance" in one:
        yield "balance", one["balance"], one["planned"] - one["disbursed"]
        yield "rate", one["rate"], _percent(one["disbursed"], one["planned"])
    if "rate_to_date" in one:
        yield "to date", one["rate_to_date"], _percent(one["disbursed"], one["planned_to_date"])
    if "difference" in one:
        yield "difference", one["difference"], one["disbursed"] - one["planned_to_date"]
        yield "of a commune or an activity", one["commune"] is None, one["activity"] is not None
    if "participants" in one:
        yield "people", one["participants"], one["female"] + one["male"]
        yield "ages", one["participants"], sum(one[age] for age in AGES)
    if "q1" in one and "total" in one:
        yield "quarters", one["total"], sum(one[f"q{quarter}"] for quarter in range(1, 5))
    if "left" in one:
        yield "left", one["left"], one["ceiling"] - one["taken"]
    for rows in {"results", "rows"} & one.keys() if "count" in one else ():
        yield "count", one["count"], len(one[rows])
    if "next" in one:
        yield "one page", (one["next"], one["previous"]), (None, None)
    if "counts" in one:
        yield "members", one["members"], one["counts"][-1]["members"]


def _agreements(one):
    """What follows from another field: pairs that have to be equal."""
    if len(one.get("communes", ())) == 1 and "commune" in one:
        yield "commune", one["commune"], one["communes"][0]
    if one.get("activity"):
        yield "programme", one.get("program", "GBV"), one["activity"].partition("-")[0]
    if "source" in one and isinstance(one["source"], dict):
        kinds = [name for name in ("meeting", "visit", "difficulty") if one[name] is not None]
        yield "source", kinds, [one["source"]["kind"]]
        yield "source's id", one[kinds[0]], one["source"]["id"]
    if "assignee" in one:
        yield "assignee", one["assignee"], one["assignee_user"] or one["assignee_body"]
    if one.get("measure") == "disbursed":
        yield "unit", one["unit"], "đồng"
    if "agrees" in one:
        stated, counted = Decimal(one["value"]), Decimal(one["ledger_value"])
        yield "agrees", one["agrees"], agrees(one["qualifier"], stated, counted)
    if "reverses" in one:
        yield "a reversal", one["reverses"] is not None, one["amount"] < 0
        yield "reversed", one["reversed_amount"] > 0, bool(one["reversals"])
        yield "reason", bool(one["reason"]), one["status"] == "returned" or one["amount"] < 0
    for day in ("date", "start"):
        if "fiscal_year" in one and day in one and ("status" in one or "sessions" in one):
            yield "year", one["fiscal_year"], _year(one[day])


def _year(day):
    day = date.fromisoformat(day)
    return str(day.year + (day.month >= 7))


def _states(one):
    """Of a record: what its state has is there, and what only another one has is not."""
    state = one.get("status", one.get("state"))
    if state is not None and "id" in one:
        for field in one.keys() & ONLY_OF.keys():
            yield f"{field} of {state}", one[field] is not None, state in ONLY_OF[field]


def test_no_example_contradicts_itself(schemas):
    wrong, seen = [], set()
    for name, schema in schemas.items():
        for one in _objects(schema.get("example", {})):
            for what, got, wanted in (*_sums(one), *_agreements(one), *_states(one)):
                seen.add(what)
                if got != wanted:
                    wrong.append(f"{name}, {what}: {got}, not {wanted}")
            for first, last in DAYS:
                if one.get(first) and one.get(last) and one[first] > one[last]:
                    wrong.append(f"{name}: {first} after {last}")
    assert not wrong, "\n".join(wrong)
    assert {"balance", "people", "agrees", "a reversal", "source", "left", "one page"} <= seen


def test_an_example_has_words_and_no_placeholders(schemas):
    empty = [name for name, schema in schemas.items() if "…" in str(schema.get("example"))]
    assert not empty
    assert not [name for name in schemas if "example.org/api" in str(schemas[name].get("example"))]


def test_a_total_is_the_sum_of_its_rows(schemas):
    for name in ("Summary", "TrainingSummary"):
        example = schemas[name]["example"]
        for figure, total in example["total"].items():
            if not isinstance(total, str):
                assert total == sum(row[figure] for row in example["rows"]), (name, figure)
