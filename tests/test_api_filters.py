"""What each list of the API can be asked by, written down in api_filters.txt, and that it answers.

A line of the table is a resource, its filters and, after `by`, what it can be ordered by. A new
filter needs its word there: `python -m pytest tests/test_api_filters.py` prints lines that differ.
"""

from pathlib import Path

import pytest

from core.filters import Choices, Codes, Day, Search, Whole, YesNo
from plan_portal.api import router
from tests.factories import api

TABLE = Path(__file__).with_name("api_filters.txt")
RESOURCES = {prefix: view for prefix, view, _base in router.registry}
SAMPLES = {Day: "2023-06-30", Whole: "1", YesNo: "true", Search: "Thu linh"}
PAIRS = {"_from": "_to", "_min": "_max"}


def written():
    rows = TABLE.read_text("utf-8").splitlines()
    return [" ".join(row.split()) for row in rows if row and not row.startswith("#")]


def now():
    return [
        f"{prefix}: {' '.join(sorted(view.filterset_class.base_filters))}"
        f" by {' '.join(sorted(view.ordering_fields))}"
        for prefix, view in sorted(RESOURCES.items())
    ]


def test_every_list_has_the_filters_written_down():
    wrong = [row for row in now() if row not in written()]
    assert now() == written(), "\n" + "\n".join(wrong)


def test_every_range_has_both_its_ends():
    for prefix, view in RESOURCES.items():
        names = set(view.filterset_class.base_filters)
        for first, last in PAIRS.items():
            begun = {name.removesuffix(first) for name in names if name.endswith(first)}
            ended = {name.removesuffix(last) for name in names if name.endswith(last)}
            assert begun == ended, prefix


def _sample(each):
    for kind, value in SAMPLES.items():
        if isinstance(each, kind):
            return value
    if isinstance(each, Choices):
        return each.extra["names"][0]
    assert isinstance(each, Codes)
    return None


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", sorted(RESOURCES))
def test_every_filter_and_every_order_answers(cast, prefix):
    client = api(cast.dieuphoi)
    view = RESOURCES[prefix]
    for name, each in view.filterset_class.base_filters.items():
        value = _sample(each)
        if value is None:  # a code: one nobody has is refused or finds nothing
            answer = client.get(f"/api/v1/{prefix}/", {name: "nobody-has-this"})
            assert answer.status_code == 400 or answer.json()["count"] == 0, (name, answer.content)
        else:
            answer = client.get(f"/api/v1/{prefix}/", {name: value})
            assert answer.status_code == 200, (name, answer.content)
    for name in view.ordering_fields:
        for sign in ("", "-"):
            answer = client.get(f"/api/v1/{prefix}/", {"ordering": sign + name})
            assert answer.status_code == 200, (name, answer.content)
