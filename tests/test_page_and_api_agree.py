"""Every figure that a page shows is in the API's answer to the same question, of the same person.

`SAME` names for each page (by the name of its address) what to ask the API. A page with figures
that is not named there fails.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.urls import resolve

from monitoring.models import Proposal
from monitoring.proposals.services import select
from programs.models import FiscalYear
from tests import factories as make
from tests import page_figures as shown
from tests import pages

# Both ask the same functions; test_list_rows.py and test_summary.py ask these on each database.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
API = "/api/v1/"
MONTH_ENDS = [str(date(2022 + m // 12, m % 12 + 1, 1)) for m in range(7, 19)]
CARRIED = ("program", "commune", "plan", "as_of", "units")  # filters of pages that the API shares


@dataclass
class Page:
    """A page as it was asked for."""

    name: str
    args: dict[str, Any]
    query: dict[str, str]

    @property
    def year(self) -> str:
        return self.query.get("fiscal_year", "2023")

    @property
    def filters(self) -> dict[str, str]:
        return {name: value for name, value in self.query.items() if name in CARRIED}


ListState = Callable[[Page], Iterable[str]]


def address(path: str, **query: Any) -> str:
    return f"{API}{path}/?{urlencode(query)}"


def summaries(*cuts: str, **more: str) -> ListState:
    """Plan against actual by these cuts, with the page's filters."""

    def asked(page: Page) -> Iterator[str]:
        filters = {**page.filters, **more}
        years = [page.year, *filter(None, [page.query.get("compare")])]
        for year in years:
            for cut in cuts:
                yield address("summary", fiscal_year=year, by=cut, **filters)

    return asked


def classes(*cuts: str) -> ListState:
    """Classes and head counts by these cuts, with the page's filters."""

    def asked(page: Page) -> Iterator[str]:
        filters = {name: text for name, text in page.filters.items() if name != "plan"}
        years = [page.year, *filter(None, [page.query.get("compare")])]
        for year in years:
            for cut in cuts:
                yield address("trainings/summary", fiscal_year=year, by=cut, **filters)

    return asked


def lists(name: str, **query: str) -> ListState:
    """A whole list."""
    return lambda page: [address(name, page_size=500, **query)]


def variances(page: Page) -> Iterator[str]:
    """What lies outside the limits at the end of the quarter of the page."""
    quarter = page.args.get("quarter") or page.query.get("quarter")
    known = {"quarter": quarter} if str(quarter) in "1234" else {}
    asked = {"fiscal_year": page.args.get("fiscal_year", page.year), **known}
    yield address("variances", **asked)  # of the plan in force, whatever the page is held against
    if "plan" in page.query:
        yield address("variances", **asked, plan=page.query["plan"])


def beside_money(page: Page) -> Iterator[str]:
    """The same cut of plan, money and reasons."""
    cut = {name: page.query[name] for name in ("quarter", "activity") if name in page.query}
    yield address("plan-beside-money", fiscal_year=page.year, **page.filters, **cut)


def record(name: str) -> ListState:
    """The record that the page is about."""
    return lambda page: [address(f"{name}/{page.args['pk']}")]


DASHBOARD = (
    summaries("", "program", "commune", "quarter", "month", "program,commune", "program,activity"),
    # the course of the year: what was disbursed up to each month's end
    *(summaries("", as_of=day) for day in MONTH_ENDS),
    classes("", "topic", "program", "commune", "quarter"),
    lists("meetings"),  # what was stated
    lists("action-points"),
    lists("agreements", signed="false"),
    lists("disbursements", status="submitted"),
    lists("plan-versions", state="submitted"),
    variances,
)
DOCUMENT = (*DASHBOARD, lists("indicator-targets"), lists("indicator-actuals"), lists("proposals"))
LISTS = (
    *("action-points", "agreements", "boards", "difficulties", "funds", "groups"),
    *("indicator-actuals", "indicator-targets", "indicators", "meetings", "outputs"),
    *(
        "plan-versions",
        "programs",
        "proposal-criteria",
        "proposals",
        "referrals",
        "topics",
        "trainings",
        "villages",
    ),
    "visits",
)
RECORDS = {  # of a list: the page of one
    "disbursement": "disbursements",
    "indicator": "indicators",
    "indicator-actual": "indicator-actuals",
    "indicator-target": "indicator-targets",
    "output": "outputs",
    "proposal": "proposals",
    "proposal-criterion": "proposal-criteria",
    "referral": "referrals",
    "training": "trainings",
}
MONEY_THAT_WAITS = tuple(
    lists("disbursements", status=status) for status in ("draft", "submitted", "returned")
)
RESULTS = (
    summaries("program", "program,commune"),
    lists("indicator-targets"),
    lists("indicator-actuals"),
)
SAME: dict[str, tuple[ListState, ...]] = {
    **{name: (lists(name),) for name in LISTS},
    **{name: (record(resource),) for name, resource in RECORDS.items()},
    "dashboard": DASHBOARD,
    "present": DASHBOARD,
    "waiting": DASHBOARD,
    "against-plan": (
        summaries("", "activity,commune,fund,quarter"),
        lists("plan-lines", fiscal_year="2023", state="approved"),
        lists("disbursements", fiscal_year="2023", status="posted"),
        lists("disbursements", fiscal_year="2023", status="submitted"),
    ),
    "beside-money": (beside_money, classes("")),
    "activities": (lists("activities"), summaries("", "activity")),
    "activity": (summaries("activity"),),
    "disbursements": (
        lists("disbursements", fiscal_year="2023"),
        lists("disbursements", fiscal_year="2023", status="posted"),
        lists("disbursements", fiscal_year="2023", status="submitted"),
    ),
    "communes": (lists("communes"), lists("villages"), lists("boards")),
    "approval-lists": MONEY_THAT_WAITS,
    "approval-list": (
        *MONEY_THAT_WAITS,
        lists("disbursements", status="submitted", fields="id,remaining"),  # left of the plan
    ),
    "periods": MONEY_THAT_WAITS,
    "period": (lambda page: [address(f"months/{page.args['pk']}/steps")], *MONEY_THAT_WAITS),
    "trainings-summary": (lambda page: classes("", page.query.get("by", "topic"))(page),),
    "results": RESULTS,
    "results-list": RESULTS,
    "selection": (
        lambda _page: [address("proposals/ceilings")],
        lists("proposals", fiscal_year="2024"),
    ),
    "variances": (variances,),
    "variance": (variances,),
    "report-draft": DOCUMENT,
    "plan-version": (
        lambda page: [address("plan-lines", plan_version=page.args["pk"], page_size=500)],
        record("plan-versions"),
        summaries("activity,commune", "activity,commune,fund"),  # what was spent
    ),
    "plan-grid": (
        lambda page: [address("plan-lines", plan_version=page.args["pk"], page_size=500)],
    ),
}
# What these pages count is how many rows they list, of what is done with the portal itself; and
# what was signed stays as it was then.
NOT_ASKED = {
    "issued-report": "frozen, beside today's figures: reports/tests/test_issuing.py",
    "programme-areas": "set up by the administrator; each commune says whether it is in one",
    "tokens": "one's own; whoever has one could list the others",
    "trail": "who did what, for whoever audits the portal",
    "shared": "by a key alone, with small cells hidden: reports/tests/test_shared.py",
    "issued-reports": "documents, kept as they were signed",
}
BY_ROWS: frozenset[str] = frozenset(LISTS) | {"activities", "disbursements", "trainings-summary"}


def shares(page: Page, api: "Api") -> shown.Figures:
    """Each programme's and commune's share of what was disbursed."""
    found = [api.get(each) for each in summaries("program", "commune")(page)]
    return frozenset().union(
        *(
            shown.share(row["disbursed"], answer["total"]["disbursed"])
            for answer in found
            for row in [*answer["rows"], answer["total"]]
        )
    )


def achieved(_page: Page, api: "Api") -> shown.Figures:
    """Each actual as a part of its target."""
    parts = ("indicator", "fiscal_year", "commune")
    actuals, targets = (
        {
            tuple(row[part] for part in parts): round(Decimal(row["value"]) * 100)
            for row in api.get(address(f"indicator-{name}", page_size=500))["results"]
        }
        for name in ("actuals", "targets")
    )
    both = actuals.keys() & targets.keys()
    return frozenset().union(*(shown.share(actuals[key], targets[key]) for key in both))


def moved(page: Page, api: "Api") -> shown.Figures:
    """A plan beside the one before it: both, and the difference of each line and quarter."""
    plan = api.get(address(f"plan-versions/{page.args['pk']}"))
    before = plan["based_on"] or _approved_before(plan, api)
    if before is None:
        return frozenset()
    old, new = (_lines(pk, api) for pk in (before, plan["id"]))
    totals = [sum(row["total"] for row in version.values()) for version in (old, new)]
    found, differ = [row["total"] for row in old.values()], 0
    for key in old.keys() | new.keys():
        then, now = old.get(key, {}), new.get(key, {})
        moves = [now.get(q, 0) - then.get(q, 0) for q in ("q1", "q2", "q3", "q4", "total")]
        found += [*moves, *then.values()] if key not in new else moves
        differ += any(moves)
    found += [row["after"] - row["before"] for row in plan["against"]["programs"]]
    return shown.of_answer([*found, *totals, totals[1] - totals[0], differ])


def _lines(version: int, api: "Api") -> dict[Any, dict[str, int]]:
    rows = api.get(address("plan-lines", plan_version=version, page_size=500))["results"]
    names = ("q1", "q2", "q3", "q4", "total")
    return {
        (row["activity"], row["commune"], row["fund"]): {name: row[name] for name in names}
        for row in rows
    }


def _approved_before(plan: dict[str, Any], api: "Api") -> int | None:
    asked = address("plan-versions", fiscal_year=plan["fiscal_year"], state="approved")
    rows = [row for row in api.get(asked)["results"] if row["id"] != plan["id"]]
    rows = [row for row in rows if not plan["number"] or row["number"] < plan["number"]]
    return max(rows, key=lambda row: row["number"])["id"] if rows else None


# What a page works out from figures of the API: shares, differences.
WORKED_OUT: dict[str, Callable[[Page, "Api"], shown.Figures]] = {
    "plan-version": moved,
    "periods": lambda _page, _api: shown.of_answer(12),  # the months of its year
    "results": achieved,
    "results-list": lambda page, api: frozenset((each, "") for each, _ in achieved(page, api)),
    "report-draft": lambda page, api: shares(page, api) | achieved(page, api),
}
PEOPLE = ("bdh", "dieuphoi_gbv")


@pytest.fixture
def scene(cast):
    """A record of everything; money and classes of two programmes in two communes."""
    make.plan(
        make.line("GBV-01", make.BAN_LANG, {1: 6_000_000, 2: 4_000_000}),
        make.line("GBV-01", make.NAM_XE, {3: 8_123_457}),
        make.line("ECCD-01", make.BAN_LANG, {4: 3_000_000}),
    )
    pages.scene(cast)
    make.posted(12_345_678)
    make.posted(2_000_001, commune=make.NAM_XE, date=date(2023, 2, 1))
    make.posted(500_123, activity="YEE-01", date=date(2022, 12, 1))  # money without a plan
    make.submitted(700_321, activity="ECCD-01")
    FiscalYear.objects.filter(code="2024").update(ceiling=61_234_567)
    proposal = Proposal.objects.get()
    select(actor=cast.truongban, proposal=proposal, version=proposal.version)
    make.training(17, 5, commune=make.NAM_XE, topic="GBV-CLB", under_16=22)
    return cast


class Api:
    """Answers of the API to one person, asked once."""

    def __init__(self, person: Any) -> None:
        self.client = make.api(person)
        self.answers: dict[str, Any] = {}
        self.heard: dict[str, shown.Figures] = {}
        self.rows: dict[str, list[shown.Figures]] = {}

    def ask(self, asked: str) -> None:
        if asked in self.heard:
            return
        answer = self.client.get(asked)
        found = answer.json() if answer.status_code == 200 else {}
        assert found or answer.status_code == 404, (asked, answer.content)
        lists = [found.get(name) for name in ("results", "rows")]  # of a report they are tables
        rows = next((each for each in lists if isinstance(each, list)), [])
        assert found.get("next") is None
        self.answers[asked] = found
        lines = [*rows, shown.sums(rows), found.get("total", {})]
        self.rows[asked] = [shown.of_answer(line) | shown.of_people(line) for line in lines]
        whole = shown.of_answer([found, lines, shown.counts(rows)])
        self.heard[asked] = whole.union(*self.rows[asked])

    def get(self, asked: str) -> Any:
        self.ask(asked)
        return self.answers[asked]

    def figures(self, addresses: list[str]) -> shown.Figures:
        for each in addresses:
            self.ask(each)
        return frozenset().union(*(self.heard[each] for each in addresses))


@pytest.mark.parametrize("who", PEOPLE)
def test_every_figure_of_every_page_is_in_the_api(scene, who):
    person = getattr(scene, who)
    walk, api, wrong = pages.Walk([person]), Api(person), []
    for asked in pages.addresses():
        path, _sign, query = asked.partition("?")
        for _person, text in walk.opened(asked) if asked != "/no-such-page/" else ():
            tree = shown.read(text)
            on_page = shown.on_page(tree)
            if not on_page:
                continue
            found = resolve(path)
            page = Page(found.url_name or "", found.kwargs, dict(parse_qsl(query)))
            if page.name in NOT_ASKED:
                continue
            if page.name not in SAME:
                wrong.append(f"{asked}: not in SAME: {_words(on_page)}")
                continue
            addresses = [each for ask in SAME[page.name] for each in ask(page)]
            missing = on_page - api.figures(addresses)
            if page.name in WORKED_OUT:
                missing -= WORKED_OUT[page.name](page, api)
            if missing:
                wrong.append(f"{asked}: the API does not say {_words(missing)}")
            if page.name in BY_ROWS:
                rows = [row for each in addresses for row in api.rows[each]]
                wrong += [
                    f"{asked}: no record of the API has all of this row: {line[:80]}"
                    for line, figures in shown.rows_on_page(tree)
                    if not any(figures <= row for row in rows)
                ]
    assert not wrong, f"{len(wrong)}\n" + "\n".join(wrong)


def _words(figures: shown.Figures) -> str:
    return ", ".join(f"{value:f}{unit and ' ' + unit}" for value, unit in sorted(figures))
