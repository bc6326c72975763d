"""One dialect for filters: a list's page and the API ask by the same names, codes and rules.

What an address asks wrongly is said on the page, and then it shows no row: not on the screen, and
not in a file.
"""

from datetime import date

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils.html import escape

from accounts.services import create_token
from core.lists.filters import Choices, Codes, Day, Month, Search, Whole, YesNo, may_repeat
from core.values.dates import today
from disbursements.models import PlanVersion
from plan_portal.api import router
from reports.shared.services import make as make_link
from tests import factories as make
from tests.cast import make_cast
from tests.factories import api
from tests.one_of_each import one_of_each
from tests.test_lists import EVERY_LIST

pytestmark = pytest.mark.django_db

API = {prefix: view for prefix, view, _base in router.registry}
LISTS = sorted({address.partition("?")[0] for address in EVERY_LIST} - {"/plan-against-actual/"})
# Of a resource that has a list of its own on a page: that one's address.
PAGES = {
    **{name: f"/{name}/" for name in API if f"/{name}/" in LISTS},
    **{"activities": "/activities/?fiscal_year=all", "plan-versions": "/plans/"},
    **{"programs": "/programs/", "funds": "/funds/", "plan-lines": "/plans/{plan}/?lines=all"},
}


@pytest.fixture(scope="class")
def looked_at(django_db_setup, django_db_blocker):
    """Records of each kind that has a list, in two communes, and who sees all of them: made once
    for all tests of a class, which change nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        make.reference()
        cast = make_cast()
        one_of_each(cast)
        august = {"activity": "YEE-01", "date": date(2022, 8, 5), "voucher_no": "PC-7"}
        make.posted(4, commune=make.NAM_XE, **august)
        make.training(commune=make.NAM_XE, female=9)
        make.plan(make.line("YEE-01", make.NAM_XE, 5), make.line("GBV-02", amounts=900))
        create_token(user=cast.quantri, name="Báo cáo tỉnh", read_only=True, days=30)
        wanted = {"what": "money", "fiscal_year": make.year("2023"), "by": "program"}
        make_link(actor=cast.quantri, name="GBV", until=today(), **wanted)
        yield cast.quantri
        transaction.set_rollback(True)


@pytest.fixture
def records(looked_at, db, client):
    client.force_login(looked_at)
    return client


def shows_nothing(client, address, name):
    """That the page says what is wrong with a parameter and how to go on, and shows no row."""
    answer = client.get(address)
    text, listed = answer.content.decode(), answer.context["list"]
    (wrong,) = listed["wrong"]
    assert (answer.status_code, wrong["name"]) == (400, name), address
    assert f"</strong> {escape(wrong['text'])}" in text, address
    assert "Bỏ bộ lọc này</a>" in text
    assert f"{name}=" not in wrong["href"]
    assert (listed["lines"], listed["figures"], "data-row" in text) == ([], [], False), address
    return answer


def wrong_value(each):
    """A value that the filter cannot have; empty where it takes any text."""
    if isinstance(each, Search):
        return "x" * 201
    takes_all = (
        isinstance(each, Codes) and not isinstance(each, Choices) and not each.extra["model"]
    )
    return "" if takes_all else "khong-co"


def some_value(name, each, row):
    """A value that a record of the API has, or one of the filter's kind."""
    if isinstance(each, Day):
        return "2022-12-31"
    if isinstance(each, Month):
        return "2022-09"
    if isinstance(each, Search):
        return "GBV"
    if isinstance(each, YesNo):
        return "true"
    said = row.get(name)
    if isinstance(each, Whole):
        bare = name.removesuffix("_min").removesuffix("_max")
        return row.get(bare) if isinstance(row.get(bare), int) else 1
    if isinstance(each, Choices):
        return said if str(said) in each.extra["names"] else each.extra["names"][0]
    if isinstance(said, str) and said:
        return said
    model, slug = each.extra["model"], each.extra.get("slug", "code")
    known = model and model.objects.order_by("pk").values_list(slug, flat=True).first()
    return known or "1"


class TestEveryList:
    @pytest.mark.parametrize("path", [*LISTS, "/programs/", "/funds/", "/plans/{plan}/"])
    def test_a_list_that_is_asked_wrongly_says_so_and_shows_no_row(self, records, path):
        path = path.format(plan=PlanVersion.objects.first().pk)
        shows_nothing(records, f"{path}?no_such_filter=1", "no_such_filter")
        for kind in ("csv", "xlsx"):
            file = records.get(f"{path}?no_such_filter=1&format={kind}")
            assert (file.status_code, file["Content-Type"]) == (400, "text/html; charset=utf-8")
        filters = records.get(path).context["list"]["listing"].filters.base_filters
        for name, each in filters.items():
            if value := wrong_value(each):
                answer = shows_nothing(records, f"{path}?{name}={value}", name)
                assert 'class="field wrong"' in answer.content.decode(), name
        if several := [name for name, each in filters.items() if may_repeat(each)]:
            shows_nothing(records, f"{path}?{several[0]}=,", several[0])
        if once := [name for name, each in filters.items() if not may_repeat(each)]:
            shows_nothing(records, f"{path}?{once[-1]}=1&{once[-1]}=2", once[-1])

    @pytest.mark.parametrize("resource", sorted(PAGES))
    def test_page_and_api_find_the_same_by_the_same_parameters(self, records, looked_at, resource):
        plan = PlanVersion.objects.exclude(number=None).order_by("-number").first().pk
        page, client = PAGES[resource].format(plan=plan), api(looked_at)
        of_plan = f"plan_version={plan}&" if resource == "plan-lines" else ""
        every = f"/api/v1/{resource}/?{of_plan}page_size=500"
        rows = client.get(every).json()["results"]
        sizes = set()
        for name, each in API[resource].filterset_class.base_filters.items():
            if f"{name}=" in of_plan:
                continue
            value = some_value(name, each, rows[0])
            query = f"{name}={value}"
            if may_repeat(each):
                query = f"{query},{value}&{query}"
            there = {row["id"] for row in client.get(f"{every}&{query}").json()["results"]}
            listed = records.get(f"{page}{'&' if '?' in page else '?'}{query}").context["list"]
            lines = [line["row"] for line in listed["lines"]]
            if resource == "plan-lines":  # beside them stand the lines of the version before
                lines = [row.line for row in lines if row.kind != "removed"]
            assert ({row.pk for row in lines}, listed["wrong"]) == (there, []), query
            sizes.add(len(there))
        assert len(rows) == 1 or any(0 < size < len(rows) for size in sizes), (
            "no filter leaves a part"
        )


HERE = {"Referer": "http://testserver/disbursements/"}


@pytest.fixture
def ledger(cast, client):
    """Two vouchers of two programmes in two communes; a coordinator of everything looks."""
    make.posted(5, activity="GBV-01", commune=make.BAN_LANG, date=date(2022, 8, 5))
    make.posted(7, activity="YEE-01", commune=make.NAM_XE, date=date(2022, 9, 5))
    client.force_login(cast.dieuphoi)
    return client


def amounts(client, address):
    listed = client.get(address, follow=True).context["list"]
    return sorted(line["row"].amount for line in listed["lines"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("program=GBV,YEE", [5, 7]),
        ("program=GBV&program=YEE", [5, 7]),
        ("program=YEE&commune=" + make.BAN_LANG, []),
        ("program=SPON", []),
        ("fiscal_year=2023&month=2022-09", [7]),
        ("amount_min=6", [7]),
        ("activity=GBV-01", [5]),
        ("program=&month=", [5, 7]),
    ],
)
def test_the_form_says_what_the_list_is_asked(ledger, query, expected):
    """Several codes, one whose rows are none, and filters that the form does not always have."""
    listed = ledger.get(f"/disbursements/?{query}").context["list"]
    assert sorted(line["row"].amount for line in listed["lines"]) == expected
    html = "".join(str(field) for field in [listed["search"], *listed["fields"]])
    sent = {}
    for name, value in QueryDict(query).items():
        sent.setdefault(name, ",".join(QueryDict(query).getlist(name)))
        assert f'name="{name}"' in html, (name, value)
    again = "&".join(f"{name}={value}" for name, value in sent.items())
    assert amounts(ledger, f"/disbursements/?{again}") == expected
    for text in filter(None, sent.values()):
        typed = "09/2022" if text == "2022-09" else text  # months as people write them
        assert f'value="{typed}"' in html


def test_a_code_out_of_scope_finds_nothing_and_is_not_offered(cast, client):
    make.posted(5, activity="GBV-01"), make.posted(7, activity="YEE-01")
    client.force_login(cast.dieuphoi_gbv)
    listed = client.get("/disbursements/?program=YEE").context["list"]
    assert (listed["lines"], listed["wrong"]) == ([], [])
    form = client.get("/disbursements/").context["list"]["form"]
    offers = {name: form.fields[name].widget.choices[1:] for name in ("program", "commune")}
    assert [code for code, _name in offers["program"]] == ["GBV"]
    assert {make.BAN_LANG, make.NAM_XE} <= {code for code, _name in offers["commune"]}
    assert make.KHONG_LAO not in dict(offers["commune"])


@pytest.mark.parametrize("path", ["/disbursements/", "/plans/", "/disbursements/lists/"])
def test_the_year_of_an_address_of_old_leads_to_the_one_of_today(ledger, path):
    answer = ledger.get(f"{path}?year=2021&sort=year&page=2")
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{path}?fiscal_year=2021&sort=year&page=2",
    )
    for wrong in ("/groups/?year=2021", f"{path}?year=2021&fiscal_year=2022"):
        assert ledger.get(wrong).status_code == 400


def test_ids_of_old_are_said_to_be_wrong(ledger):
    shows_nothing(ledger, f"/disbursements/?program={make.program('GBV').pk}", "program")
    shows_nothing(ledger, f"/disbursements/?commune={make.commune().pk}", "commune")


def test_what_is_wrong_is_not_kept_and_what_was_kept_traps_nobody(ledger):
    ledger.get("/disbursements/?program=GBV", headers=HERE)
    ledger.get("/disbursements/?program=NO", headers=HERE)
    ledger.get("/disbursements/?nothing=1", headers=HERE)
    assert ledger.get("/disbursements/")["Location"] == "/disbursements/?program=GBV"
    for kept, expected in (
        ("year=2023&program=1&gone=x&sort=amount", "?fiscal_year=2023&sort=amount"),
        ("program=1", None),
    ):
        session = ledger.session
        session["lists"] = {"disbursements": kept}
        session.save()
        answer = ledger.get("/disbursements/")
        if expected:
            assert answer["Location"] == f"/disbursements/{expected}"
        assert amounts(ledger, "/disbursements/") == [5, 7]


def test_as_one_types_a_wrong_filter_is_said_in_the_list(ledger, cast):
    client = ledger
    client.force_login(cast.quantri)
    asked = {"HX-Request": "true", "HX-Target": "list"}
    part = client.get("/trail/?record=abc", headers=asked)
    assert part.status_code == 200  # what went wrong htmx does not show
    assert 'data-wrong="record"' in part.content.decode()
    assert "data-row" not in part.content.decode()


def test_the_results_framework_says_what_is_wrong_too(cast, client):
    client.force_login(cast.khach)
    for query in ("program=2", "fiscal_year=1999", "colour=red"):
        answer = client.get(f"/results/?{query}")
        assert (answer.status_code, answer.context["blocks"]) == (400, [])
        assert "Bỏ bộ lọc này" in answer.content.decode()
