"""A link shows one summary or report to a reader without an account, and nothing else."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from openpyxl import load_workbook

from communes.models import Board
from core.values.dates import today
from reports.documents.suppression import HIDDEN
from reports.models import SharedLink
from reports.shared import services
from reports.shared.figures import tables_of_link
from tests import factories as make
from trainings.models import COUNTS

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def _counted_anew():
    cache.clear()


@pytest.fixture
def year(cast):
    """A year with a plan, money and classes, one of them with a single person with a disability."""
    make.plan(make.line(amounts=10_000_000), make.line("ECCD-01", make.NAM_XE, 6_000_000))
    make.posted(4_000_000)
    make.submitted(700_000)
    make.training(disability=1)
    make.training(commune=make.NAM_XE, female=30, male=20, disability=9)
    make.training(commune=make.DAO_SAN, topic="YEE-NGHE", start=date(2023, 2, 1), disability=7)
    return cast


def link(cast, what="money", by="program", **values):
    values = {"fiscal_year": make.year("2023"), "until": today(), "name": "Nhà tài trợ", **values}
    return services.make(actor=cast.quantri, what=what, by=by, **values)


def rows(client, key):
    text = client.get(f"/shared/{key}.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_money_is_read_without_an_account_as_page_csv_and_workbook(year, client):
    made, key = link(year, by="program,commune")
    page = client.get(f"/shared/{key}/")
    assert page.status_code == 200 and "4.000.000" in page.content.decode()
    assert page["X-Robots-Tag"].startswith("noindex")
    assert page["Referrer-Policy"] == "no-referrer"
    found = {row["program"]: row for row in rows(client, key)}
    assert (found["GBV"]["disbursed"], found["GBV"]["commune"]) == ("4000000", make.BAN_LANG)
    assert "pending" not in found["GBV"]
    book = client.get(f"/shared/{key}.xlsx")
    cells = list(load_workbook(io.BytesIO(b"".join(book.streaming_content))).active.values)
    assert cells[0][:2] == ("program", "program_name")
    assert {row[2] for row in cells[1:]} >= {make.BAN_LANG}  # with its zero
    made.refresh_from_db()
    assert made.times_opened == 3 and made.last_opened


def test_the_key_is_kept_as_a_digest_and_shown_once(year, client):
    client.force_login(year.quantri)
    form = {"name": "Tỉnh", "what": "money", "by": "program", "until": today().isoformat()}
    form |= {"fiscal_year": make.year("2023").pk}
    page = client.post("/shared-links/", form, follow=True)
    address = page.context["made"]
    key = address.rstrip("/").rpartition("/")[2]
    assert key not in str(SharedLink.objects.values_list().get())
    assert SharedLink.objects.get().digest == services.digest_of(key)
    assert address not in client.get("/shared-links/").content.decode()
    client.logout()
    assert client.get(address).status_code == 200


def test_what_is_over_ended_or_unknown_says_so(year, client):
    made, key = link(year)
    services.end(actor=year.quantri, link=made)
    over, old = link(year)
    SharedLink.objects.filter(pk=over.pk).update(until=today() - timedelta(days=1))
    for known in (key, old):
        for tail in ("/", ".csv", ".xlsx"):
            assert client.get(f"/shared/{known}{tail}").status_code == 410
    gone = client.get(f"/shared/{old}/")
    assert "không còn" in gone.content.decode() and "noindex" in gone["X-Robots-Tag"]
    for unknown in ("x", "A" * 43, key[:-1]):
        assert client.get(f"/shared/{unknown}/").status_code == 404
    assert client.post(f"/shared/{key}/").status_code == 405
    assert SharedLink.objects.get(pk=made.pk).times_opened == 0


def test_a_link_ends_with_the_account_of_who_made_it(year, client):
    _made, key = link(year)
    year.quantri.is_active = False
    year.quantri.save()
    assert client.get(f"/shared/{key}/").status_code == 410


def test_who_asks_too_often_waits(year, client, settings):
    settings.API_RATES = {**settings.API_RATES, "shared": 2}
    _made, key = link(year)
    answers = [client.get(f"/shared/{key}/") for _time in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert client.get("/shared/guessed/").status_code == 429


def test_a_small_head_count_is_hidden_and_cannot_be_worked_out(year, client):
    _made, key = link(year, what="people", by="commune")
    shown = {row["commune"]: row for row in rows(client, key)}
    assert shown[make.BAN_LANG]["disability"] == HIDDEN
    page = client.get(f"/shared/{key}/").content.decode()
    others = [shown[code]["disability"] for code in (make.NAM_XE, make.DAO_SAN)]
    assert HIDDEN in others or "17" not in page  # total less the others would be the one
    assert others.count(HIDDEN) >= 1


def test_links_by_other_cuts_hide_together(year, client):
    """By topic and by quarter the same class stands alone: what one link hides no other gives."""
    keys = {by: link(year, what="people", by=by)[1] for by in services.CUTS["people"]}
    tables = {by: rows(client, key) for by, key in keys.items()}
    small = next(row for row in tables["commune"] if row["commune"] == make.BAN_LANG)
    assert small["disability"] == HIDDEN
    for by, found in tables.items():
        for field in COUNTS:
            hidden = [row[by] for row in found if row[field] == HIDDEN]
            assert len(hidden) != 1 or _total_is_hidden(client, keys[by], field), (by, field)


def _total_is_hidden(client, key, field):
    (table,) = tables_of_link(services.link_of_key(key)).tables
    return table.total[field] == HIDDEN


def test_head_counts_go_up_to_the_last_quarter_that_is_over(year, client):
    """So that today's total less yesterday's is not one class."""
    _made, key = link(year, what="people", by="commune", fiscal_year=make.year("2027"))
    make.training(start=date(2026, 11, 3), fiscal_year=make.year("2027"))
    before = rows(client, key)
    make.training(start=date(2026, 11, 4), female=2, male=1, fiscal_year=make.year("2027"))
    assert rows(client, key) == before


def test_a_report_shows_its_frozen_figures_and_nobodys_name(year, client):
    board = Board.objects.create(
        name="Ban Điều hành", kind="steering", level="district", commune=make.commune().parent
    )
    bdh = make.api(year.bdh)
    body = {"kind": "annual", "fiscal_year": "2023", "board": board.pk, "date": "2023-08-15"}
    texts = {"kind": "annual", "fiscal_year": "2023", "texts": {"opening": "Lời mở đầu riêng"}}
    assert bdh.post("/api/v1/report-drafts/", texts).status_code == 201
    inside = bdh.post("/api/v1/issued-reports/", body).json()
    outside = bdh.post("/api/v1/issued-reports/", {**body, "outside": True, "signer": "Ai đó"})
    wanted = {"name": "Tỉnh", "what": "report", "until": today().isoformat()}
    admin = make.api(year.quantri)
    refused = admin.post("/api/v1/shared-links/", {**wanted, "report": inside["id"]})
    assert (refused.status_code, set(refused.json())) == (400, {"report"})
    made = admin.post("/api/v1/shared-links/", {**wanted, "report": outside.json()["id"]}).json()
    address = made["address"].removeprefix("http://testserver").rstrip("/")
    make.posted(1_000_000, voucher_no="PC-9")
    page = client.get(f"{address}/").content.decode()
    assert "4.000.000" in page and "5.000.000" not in page
    assert "Ai đó" not in page and "Lời mở đầu riêng" not in page
    found = client.get(f"{address}.csv").content.decode("utf-8-sig")
    kinds = {row["table"] for row in csv.DictReader(io.StringIO(found))}
    assert kinds == {"money_by_program", "money_by_commune", "money_by_quarter"} | {
        "people_by_topic",
        "people_by_commune",
    }
    small = [r for r in csv.DictReader(io.StringIO(found)) if r["table"] == "people_by_commune"]
    assert {r["disability"] for r in small if r["commune"] == make.BAN_LANG} == {HIDDEN}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"by": "payee"}, "by"),
        ({"by": ""}, "by"),
        ({"what": "people", "by": "program"}, "by"),
        ({"fiscal_year": None}, "fiscal_year"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "2099-01-01"}, "until"),
        ({"what": "report"}, "report"),
        ({"what": "everything"}, "what"),
        ({"report": 10**12}, "report"),
        ({"digest": "x"}, "digest"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_asked_wrongly_is_refused_by_field(year, wrong, field):
    body = {"name": "Tỉnh", "what": "money", "fiscal_year": "2023", "by": "program"}
    body = {**body, "until": today().isoformat(), **wrong}
    answer = make.api(year.quantri).post("/api/v1/shared-links/", body)
    assert answer.status_code == 400 and field in answer.json(), answer.content


def test_the_api_makes_and_ends_links_and_keeps_no_key(year, client):
    admin = make.api(year.quantri)
    body = {"name": "Tỉnh", "what": "money", "fiscal_year": "2023", "by": "program"}
    body |= {"until": today().isoformat()}
    headers = {"Idempotency-Key": "mot-lan"}
    assert admin.post("/api/v1/shared-links/", body, headers=headers).status_code == 400
    made = admin.post("/api/v1/shared-links/", body).json()
    here = f"/api/v1/shared-links/{made['id']}/"
    assert client.get(made["address"]).status_code == 200
    assert "address" not in admin.get(here).json()
    assert admin.post(f"{here}end/", {}).json()["state"] == "ended"
    assert admin.post(f"{here}end/", {}).status_code == 409
    assert client.get(made["address"]).status_code == 410
    assert make.api(year.bdh).get("/api/v1/shared-links/").status_code == 403


def test_only_who_sees_everything_makes_one(year):
    part = make.user("quantri-gbv", "admin", programs=["GBV"])
    body = {"name": "Tỉnh", "what": "money", "fiscal_year": "2023", "by": "program"}
    body |= {"until": today().isoformat()}
    assert make.api(part).post("/api/v1/shared-links/", body).status_code == 403


def test_a_key_opens_nothing_else(year, client):
    _made, key = link(year)
    for address in ("/", "/api/v1/summary/?fiscal_year=2023", "/shared-links/", "/reports/"):
        answer = client.get(address, headers={"Authorization": f"Token {key}"})
        assert answer.status_code in (302, 401), address
