"""What each list of the API can be asked by, written down in api_filters.txt, and that it answers.

A line of the table is a resource, its filters and, after `by`, what it can be ordered by. A new
filter needs its word there: `python -m pytest tests/test_api_filters.py` prints lines that differ.
"""

from datetime import date
from pathlib import Path
from unicodedata import normalize

import pytest

from core.lists.filters import Choices, Codes, Day, Month, Search, Whole, YesNo
from monitoring.models import ActionPoint, Difficulty, Visit
from monitoring.tests.reviews.test_api import BODIES
from plan_portal.api import router
from programs.models import Group
from tests import factories as make
from tests.factories import api

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).with_name("api_filters.txt")
RESOURCES = {prefix: view for prefix, view, _base in router.registry}
SAMPLES = {Day: "2023-06-30", Month: "2023-06", Whole: "1", YesNo: "true", Search: "Thu linh"}
PAIRS = {"_from": "_to", "_min": "_max"}
OTHER = PAIRS | {last: first for first, last in PAIRS.items()}
NO_RANGE = {"carried_from"}
ENGLISH = {"Accept-Language": "en"}


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
        names = set(view.filterset_class.base_filters) - NO_RANGE
        for first, last in PAIRS.items():
            begun = {name.removesuffix(first) for name in names if name.endswith(first)}
            ended = {name.removesuffix(last) for name in names if name.endswith(last)}
            assert begun == ended, prefix


def test_a_range_holds_both_its_ends():
    """From its first day or least amount to its last: both are inside."""
    ends = {"_from": "gte", "_to": "lte", "_min": "gte", "_max": "lte"}
    for prefix, view in RESOURCES.items():
        for name, each in view.filterset_class.base_filters.items():
            end = next((end for end in ends if name.endswith(end)), None)
            if end and name not in NO_RANGE:
                found = (each.lookup_expr.removeprefix("date__"), each.field_name)
                begun = view.filterset_class.base_filters[name.replace(end, OTHER[end])]
                assert found == (ends[end], begun.field_name), f"{prefix} {name}"


def _sample(each):
    for kind, value in SAMPLES.items():
        if isinstance(each, kind):
            return value
    if isinstance(each, Choices):
        return each.extra["names"][0]
    assert isinstance(each, Codes)
    return None


@pytest.mark.parametrize("prefix", sorted(RESOURCES))
def test_every_filter_and_every_order_answers(cast, prefix):
    client = api(cast.who_reads(prefix))
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


def _found(client, prefix, **query):
    answer = client.get(f"/api/v1/{prefix}/", query)
    assert answer.status_code == 200, (query, answer.content)
    return [row["id"] for row in answer.json()["results"]]


def _refused(client, prefix, query):
    answer = client.get(f"/api/v1/{prefix}/?{query}", headers=ENGLISH)
    assert answer.status_code == 400, (query, answer.content)
    return answer.json()


def test_plan_lines_are_asked_by_the_total_of_their_quarters(cast):
    small, large = make.line("GBV-01", amounts={1: 100, 4: 5}), make.line("ECCD-01", amounts=900)
    version = make.draft_plan(small, large, make.line("YEE-01", amounts={}))
    client = api(cast.khach)
    one, two, none = (
        version.lines.get(activity__code=code).pk for code in ("GBV-01", "ECCD-01", "YEE-01")
    )
    assert _found(client, "plan-lines", total_min=105, total_max=105) == [one]
    assert _found(client, "plan-lines", total_max=0) == [none]
    assert _found(client, "plan-lines", ordering="total") == [none, one, two]
    assert _found(client, "plan-lines", ordering="-total") == [two, one, none]


def test_plans_are_asked_by_what_is_planned_in_the_scope(cast):
    lines = (make.line("GBV-01", amounts=100), make.line("ECCD-01", amounts=900))
    less, more = make.plan(*lines[:1]), make.plan(*lines)
    client = api(cast.khach)
    assert _found(client, "plan-versions", planned_min=101) == [more.pk]
    assert _found(client, "plan-versions", planned_max=100) == [less.pk]
    assert _found(client, "plan-versions", ordering="-planned") == [more.pk, less.pk]
    assert _found(api(cast.dieuphoi_gbv), "plan-versions", planned_min=101) == []


def test_visits_are_asked_by_the_year_their_day_lies_in(cast):
    last, first = (_visit(date(2023, 6, 30)), _visit(date(2023, 7, 1)))
    client = api(cast.khach)
    assert _found(client, "visits", fiscal_year="2023") == [last.pk]
    assert _found(client, "visits", fiscal_year="2023,2024", ordering="date") == [last.pk, first.pk]
    assert set(_refused(client, "visits", "fiscal_year=1999")) == {"fiscal_year"}


def test_fiscal_years_are_searched_by_their_code(cast):
    assert _found(api(cast.khach), "fiscal-years", search="2023") == [make.year("2023").pk]


def test_difficulties_are_asked_by_who_is_responsible_not_by_their_title(cast):
    values = {"raised_on": date(2023, 5, 2), "effect": "Chậm"}
    row = Difficulty.objects.create(title="Sạt lở", owner="Hội Phụ nữ xã", **values)
    Difficulty.objects.create(title="Hội phụ nữ thiếu phòng họp", owner="UBND xã", **values)
    assert _found(api(cast.khach), "difficulties", owner="phu nu") == [row.pk]


def test_proposals_are_asked_by_who_decided(cast):
    body = {**BODIES["proposals"], "title": "Bể nước"}
    enter, head = api(cast.dieuphoi), api(cast.truongban)
    made = [enter.post("/api/v1/proposals/", each).json()["id"] for each in (body, {**body})]
    here = f"/api/v1/proposals/{made[0]}/refuse/"
    assert head.post(here, {"reason": "Đã có"}).status_code == 200
    assert _found(enter, "proposals", decided_by="truongban") == [made[0]]
    assert _found(enter, "proposals", decided_by="khach") == []
    assert set(_refused(enter, "proposals", "decided_by=khong-ai")) == {"decided_by"}


def test_action_points_are_asked_by_each_of_their_people(cast):
    values = {"title": "Ký MoU", "state": "done", "done_note": "Xong"}
    row = ActionPoint.objects.create(
        **values,
        assignee_user=cast.bdh,
        done_by=cast.bdh,
        verified_by=cast.quanly,
        created_by=cast.quantri,
    )
    client = api(cast.khach)
    people = {"done_by": "bdh", "verified_by": "quanly", "created_by": "quantri"}
    for name, person in {**people, "assignee_user": "bdh"}.items():
        assert _found(client, "action-points", **{name: person}) == [row.pk], name
        assert _found(client, "action-points", **{name: "khach"}) == [], name
        assert set(_refused(client, "action-points", f"{name}=khong-ai")) == {name}


def _visit(day, **values):
    place = {"commune": make.commune(), **values}
    return Visit.objects.create(title="Giám sát", date=day, seen="Lớp học đều", **place)


def test_a_village_is_asked_by_its_name_or_its_id(cast):
    villages = make.commune().villages
    here, there = (villages.create(name=name) for name in ("Bản Mới", "Bản Mời"))
    row, other = (_visit(date(2023, 5, 2), village=village) for village in (here, there))
    client = api(cast.khach)
    for asked in ("Bản Mới", normalize("NFD", "Bản Mới"), str(here.pk)):
        assert _found(client, "visits", village=asked) == [row.pk], asked
    assert _found(client, "visits", village=f"Bản Mới,{there.pk}") == [other.pk, row.pk]
    for unknown in ("Ban Moi", "Bản", "9" * 30):
        assert set(_refused(client, "visits", f"village={unknown}")) == {"village"}, unknown


def test_groups_are_asked_by_their_last_count(cast):
    rows = [Group.objects.create(name=n, kind="other", program=make.program()) for n in "ABC"]
    for row in rows:
        row.communes.add(make.commune())
    a, b, c = rows
    a.counts.create(date=date(2023, 5, 1), members=30)
    a.counts.create(date=date(2023, 6, 1), members=10)
    b.counts.create(date=date(2023, 5, 1), members=20)
    client = api(cast.khach)
    assert _found(client, "groups", members_min=15) == [b.pk]
    assert _found(client, "groups", members_max=10) == [a.pk]
    assert _found(client, "groups", ordering="-members") == [b.pk, a.pk, c.pk]


@pytest.mark.any_database
@pytest.mark.parametrize("prefix", sorted(RESOURCES))
def test_a_list_tells_caches_that_it_differs_by_accept(cast, prefix):
    answers = [
        api(cast.who_reads(prefix)).get(f"/api/v1/{prefix}/", headers={"Accept": form})
        for form in ("application/json", "text/csv", "application/x-ndjson")
    ]
    assert len({answer["Content-Type"] for answer in answers}) == 3
    for answer in answers:
        assert {"Accept", "Accept-Language"} <= set(answer["Vary"].split(", ")), answer["Vary"]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("summary/?fiscal_year=2023&fiscal_year=2024", "fiscal_year"),
        ("summary/?fiscal_year=2023&plan=original&plan=current", "plan"),
        ("summary/?fiscal_year=2023&as_of=2023-01-01&as_of=2023-01-01", "as_of"),
        ("summary/?fiscal_year=2023&units=old&units=new", "units"),
        ("trainings/summary/?fiscal_year=2023&as_of=2023-01-01&as_of=2023-02-01", "as_of"),
        ("variances/?fiscal_year=2023&fiscal_year=2024", "fiscal_year"),
        ("disbursements/?date_from=2023-01-01&date_from=2022-01-01", "date_from"),
        ("disbursements/?page=1&page=2", "page"),
        ("disbursements/?search=a&search=b", "search"),
    ],
)
def test_a_parameter_of_one_value_is_refused_when_given_twice(cast, address, name):
    answer = api(cast.khach).get(f"/api/v1/{address}", headers=ENGLISH)
    assert (answer.status_code, answer.json()) == (400, {name: ["Give it once."]})


@pytest.mark.parametrize(
    "address",
    [
        "summary/?fiscal_year=2023&by=program&by=commune&program=GBV&program=YEE&fund=UNSPECIFIED",
        "trainings/summary/?fiscal_year=2023&topic=GBV-CLB&topic=GBV-CLB",
        "disbursements/?program=GBV&program=YEE&status=draft&status=posted",
        "disbursements/?ordering=date&ordering=-amount&fields=id&fields=date",
    ],
)
def test_a_parameter_of_several_values_may_be_given_again(cast, address):
    assert api(cast.khach).get(f"/api/v1/{address}").status_code == 200


def test_a_plan_that_there_is_not_is_told_as_such(cast):
    make.plan()
    client = api(cast.khach)
    assert client.get("/api/v1/summary/?fiscal_year=2023&plan=1").status_code == 200
    said = _refused(client, "summary", "fiscal_year=2023&plan=99")
    assert said == {"plan": ["There is no approved plan version 99 in these years."]}
    said = _refused(client, "summary", "fiscal_year=2023&plan=first")
    assert "or the number of an approved plan" in said["plan"][0]
    assert set(_refused(client, "summary", "fiscal_year=1999&plan=1")) == {"fiscal_year"}


def test_a_record_of_two_communes_is_found_once(cast):
    """A list asked for both of an output's communes, or of a group's, shows it once."""
    both, one = (
        "&".join(f"commune={code}" for code in (make.BAN_LANG, make.NAM_XE)),
        "commune=03577",
    )
    client = api(cast.dieuphoi)
    bodies = {
        "outputs": {"title": "Điểm rửa tay", "kind": "handwashing", "fiscal_year": "2023"}
        | {"quantity": 1, "state": "planned"},
        "groups": {"name": "CLB thủ lĩnh thay đổi", "kind": "club_school"},
    }
    for prefix, body in bodies.items():
        body |= {"program": "GBV", "communes": [make.BAN_LANG, make.NAM_XE]}
        made = client.post(f"/api/v1/{prefix}/", body, format="json")
        assert made.status_code == 201, made.content
        for query in (both, one):
            answer = client.get(f"/api/v1/{prefix}/?{query}").json()
            assert [row["id"] for row in answer["results"]] == [made.json()["id"]], (prefix, query)
            assert answer["count"] == 1
