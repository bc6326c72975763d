"""Lists: what the filters leave is what is shown, added up, sorted, kept and sent as a file."""

import csv
import hashlib
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import load_workbook

from accounts.services import create_token
from core.lists import files
from core.lists.exports import csv_cell, csv_text, harmless
from core.lists.workbooks import Book
from core.values.dates import today
from core.values.text import sort_key
from disbursements.models import PlanVersion
from reports.shared.services import make as make_link
from reports.training_summary import CUTS
from tests import factories as make
from tests.one_of_each import one_of_each

pytestmark = pytest.mark.django_db
VENDOR = Path(settings.BASE_DIR) / "static/vendor"
PLACES = (make.BAN_LANG, make.NAM_XE)
PAYEES = ("Đoàn xã", "Ban Dự án", "Âu Cơ", "ăn trưa", "Dân quân", "Bàn ghế", "An toàn", "Bản Lang")


def found(client, address, **headers):
    """The list of an answer."""
    return client.get(address, headers=headers).context["list"]


def names(listed):
    return [line["cells"][0].text for line in listed["lines"]]


def sheet(client, address):
    """A downloaded workbook: headings, and the rows below."""
    answer = client.get(address)
    head, *rows = load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True)
    return head, rows


def table(client, address):
    """A downloaded CSV file: headings, and the rows below."""
    text = client.get(address).getvalue().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    return head, rows


@pytest.fixture
def ledger(cast, client):
    """Nine vouchers of two programmes in three communes; a coordinator of everything looks."""
    for number in range(9):
        make.posted(
            1_000_000 + number,
            activity=f"{('GBV', 'YEE')[number % 2]}-01",
            commune=make.COMMUNES[number % 3],
            date=date(2022, 7 + number % 4, 12),
            payee=PAYEES[number % len(PAYEES)],
            voucher_no=f"PC-{number}",
        )
    client.force_login(cast.dieuphoi)
    return client


def amounts(listed):
    return sorted(line["row"].amount for line in listed["lines"])


def test_the_sum_is_that_of_all_that_is_found_not_of_the_page(ledger, monkeypatch):
    from disbursements.ledger import lists as list_views

    usual = list_views.listing
    monkeypatch.setattr(list_views, "listing", lambda user: replace(usual(user), per_page=2))
    listed = found(ledger, "/disbursements/?program=GBV")
    expected = [1_000_000 + n for n in range(9) if n % 2 == 0]
    assert len(listed["lines"]) == 2
    assert listed["count"] == str(len(expected))
    total = next(cell["text"] for cell in listed["sums"] if cell["text"])
    assert total == f"{sum(expected):,}".replace(",", ".")


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("program=GBV", lambda n: n % 2 == 0),
        ("program=GBV,YEE&fiscal_year=2022,2023", lambda n: True),
        (f"commune={make.COMMUNES[2]}&program=YEE", lambda n: n % 3 == 2 and n % 2),
        ("search=doan", lambda n: PAYEES[n % 8] == "Đoàn xã"),
        ("search=ĐOÀN+xa+pc-8", lambda n: n == 8),
        ("month=2022-08", lambda n: n % 4 == 1),
        ("status=draft", lambda n: False),
    ],
)
def test_the_files_hold_exactly_what_the_filters_leave(ledger, query, left):
    address = f"/disbursements/?{query}"
    expected = sorted(1_000_000 + n for n in range(9) if left(n))
    assert amounts(found(ledger, address)) == expected
    for read in (sheet, table):
        head, rows = read(ledger, f"{address}&format={'xlsx' if read is sheet else 'csv'}")
        at = head.index("Số tiền (đồng)")
        assert sorted(int(row[at]) for row in rows) == expected


@pytest.mark.any_database
def test_a_file_has_the_columns_of_the_screen_and_days_are_days(ledger):
    head, rows = sheet(ledger, "/disbursements/?cols=date,amount&sort=amount&format=xlsx")
    assert head == ("Số", "Ngày", "Số tiền (đồng)")
    assert rows[0][1].date() == date(2022, 7, 12)
    assert [row[2] for row in rows] == [1_000_000 + n for n in range(9)]
    head, rows = table(ledger, "/disbursements/?cols=date,amount&sort=-amount&format=csv")
    assert (head[1], rows[0][1:]) == ("Ngày", ["2022-07-12", "1000008"])
    everything, _rows = sheet(ledger, "/disbursements/?cols=all&format=xlsx")
    assert {"Nguồn vốn", "Nội dung chi", "Quý"} <= set(everything)


@pytest.mark.parametrize("text", ["=1", "+A1", "-A1", "@x", "\t=1", "\r=1"])
def test_what_begins_like_a_formula_is_written_as_text_wherever_it_stands(text):
    book = Book()
    sheet = book.sheet(text, [9])
    sheet.head([text])
    sheet.row([text])
    cells = [row[0] for row in load_workbook(book.save()).active.values]
    assert cells == [f"'{text}".replace("\r", "\n")] * 2
    written = "'\t'=1" if text == "\t=1" else "'\r'=1" if text == "\r=1" else f"'{text}"
    assert written in csv_text(["a"], [{"a": text}])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x;=1+1", "x;'=1+1"),
        ("x,=1+1", "x,'=1+1"),
        ("x\t=1+1", "x\t'=1+1"),
        ("x\n=1+1", "x\n'=1+1"),
        ("x\r\n@SUM(A1)", "x\n'@SUM(A1)"),
        ("x|+cmd", "x|'+cmd"),
        ("x; =1+1", "x; '=1+1"),
        ('x;"=1+1"', 'x;"\'=1+1"'),
        ("x;;-2+3", "x;;'-2+3"),
        ("=1;=2", "'=1;'=2"),
        ("a;-5", "a;-5"),
        ("1,-5", "1,-5"),
        ("hội - họp; chi +5%", "hội - họp; chi +5%"),
        ("x\u0001\u202e;\ufffe=1", "x;'=1"),
    ],
)
def test_a_cell_of_csv_is_harmless_whatever_the_separator(text, written):
    """In a Vietnamese Excel a `;` begins a cell, in a program that takes tabs a tab does."""
    assert csv_cell(text) == written
    for same in ("-5", "+5.5", "Bản Lang = 1", ""):
        assert harmless(same) == same


@pytest.mark.any_database
def test_text_that_a_spreadsheet_would_run_is_made_harmless(ledger):
    make.posted(5, payee="=1+1", voucher_no="@x")
    _head, rows = table(ledger, "/disbursements/?cols=payee,voucher&search=1%2B1&format=csv")
    assert rows[0][1:] == ["'@x", "'=1+1"]


def test_names_are_sorted_as_vietnamese_dictionaries_do(ledger):
    payees = [line["row"].payee for line in found(ledger, "/disbursements/?sort=payee")["lines"]]
    assert payees == sorted(payees, key=sort_key)
    assert list(dict.fromkeys(payees)) == [
        *("An toàn", "ăn trưa", "Âu Cơ", "Ban Dự án", "Bàn ghế", "Bản Lang", "Dân quân", "Đoàn xã")
    ]
    back = [line["row"].payee for line in found(ledger, "/disbursements/?sort=-payee")["lines"]]
    assert back == payees[::-1]


@pytest.mark.any_database
def test_a_heading_says_how_the_list_is_sorted_and_turns_it_round(ledger):
    head = {
        each["column"].name: each for each in found(ledger, "/disbursements/?sort=amount")["head"]
    }
    assert head["amount"]["way"] == "ascending"
    assert "sort=-amount" in head["amount"]["href"]
    assert (head["date"]["way"], head["payee"]["way"]) == ("", "")
    text = ledger.get("/disbursements/?sort=-amount").content.decode()
    assert text.count('aria-sort="descending"') == 1


def test_states_are_sorted_in_the_order_they_follow_each_other(cast, client):
    make.posted(1), make.draft(2), make.submitted(3)
    client.force_login(cast.dieuphoi)
    rows = found(client, "/disbursements/?sort=status")["lines"]
    assert [line["row"].status for line in rows] == ["draft", "submitted", "posted"]


def test_what_has_no_value_comes_last_on_both_databases(cast, client):
    make.training(village=None)
    client.force_login(cast.dieuphoi)
    for sort in ("number", "-number"):
        make.draft(1), make.posted(2)
        rows = found(client, f"/disbursements/?sort={sort}")["lines"]
        assert rows[-1]["row"].number is None
        assert rows[0]["row"].number is not None


@pytest.mark.any_database
def test_an_order_that_does_not_exist_is_said_and_a_column_passed_over(ledger):
    listed = found(ledger, "/disbursements/?sort=-password&cols=password&page=x")
    assert (listed["sort"], listed["count"]) == ("-date", "9")
    assert len(listed["head"]) > 3
    assert "không sắp xếp theo “password”" in listed["unsorted"]
    assert not found(ledger, "/disbursements/?sort=-amount")["unsorted"]
    assert not found(ledger, "/disbursements/?sort=")["unsorted"]


HERE = {"Referer": "http://testserver/disbursements/"}


@pytest.mark.any_database
def test_filters_stay_until_they_are_cleared(ledger):
    ledger.get("/disbursements/?search=doan&sort=amount&page=2", headers=HERE)
    back = ledger.get("/disbursements/")
    assert (back.status_code, back["Location"]) == (302, "/disbursements/?search=doan&sort=amount")
    cleared = ledger.get("/disbursements/?clear=1", follow=True)
    assert cleared.redirect_chain == [("/disbursements/", 302)]
    assert ledger.get("/disbursements/").context["list"]["count"] == "9"


@pytest.mark.any_database
def test_emptying_the_form_forgets_the_filters(ledger):
    ledger.get("/disbursements/?search=doan", headers=HERE)
    assert ledger.get("/disbursements/", headers=HERE).status_code == 200
    assert ledger.get("/disbursements/").status_code == 200


@pytest.mark.any_database
def test_a_link_from_elsewhere_shows_what_it_says_and_changes_nothing(ledger):
    ledger.get("/disbursements/?search=doan", headers=HERE)
    ledger.get("/disbursements/?status=draft", headers={"Referer": "http://testserver/waiting/"})
    ledger.get("/disbursements/?search=thu&format=xlsx")
    assert ledger.get("/disbursements/")["Location"] == "/disbursements/?search=doan"


@pytest.mark.any_database
def test_filters_are_the_persons_own(ledger, cast):
    ledger.get("/disbursements/?search=doan", headers=HERE)
    ledger.force_login(cast.quanly)
    assert ledger.get("/disbursements/").status_code == 200


@pytest.mark.any_database
def test_chosen_columns_are_kept_for_this_list_alone(ledger):
    ledger.get("/disbursements/?cols=date&cols=fund", headers=HERE)
    shown = [each["column"].name for each in found(ledger, "/disbursements/")["head"]]
    assert shown == ["number", "date", "fund"]
    assert ledger.cookies["cols"]["path"] == "/disbursements/"
    usual = [c.name for c in found(ledger, "/disbursements/")["listing"].columns if not c.hidden]
    ledger.get(f"/disbursements/?cols={','.join(usual)}", headers=HERE)
    shown = [each["column"].name for each in found(ledger, "/disbursements/")["head"]]
    assert shown == usual


@pytest.mark.any_database
def test_a_filter_keeps_the_columns_that_were_ticked(ledger):
    listed = found(ledger, "/disbursements/?cols=date&cols=payee&cols=amount")
    assert listed["chosen_columns"] == "date,payee,amount"
    listed = found(ledger, f"/disbursements/?cols={listed['chosen_columns']}&search=doan")
    shown = [each["column"].name for each in listed["head"]]
    assert shown == ["number", "date", "payee", "amount"]


@pytest.mark.any_database
def test_a_shared_address_shows_its_columns_and_keeps_none(ledger):
    shown = found(ledger, "/disbursements/?cols=date", Referer="http://testserver/")["head"]
    assert [each["column"].name for each in shown] == ["number", "date"]
    assert "cols" not in ledger.cookies


@pytest.mark.any_database
def test_as_you_type_only_the_list_comes(ledger):
    asked = {"HX-Request": "true", "HX-Target": "list", **HERE}
    part = ledger.get("/disbursements/?search=doan", headers=asked)
    text = part.content.decode()
    assert "<html" not in text
    assert {"HX-Request", "HX-Target"} <= {h.strip() for h in part["Vary"].split(",")}
    assert part.context["list"]["count"] == "2"
    again = ledger.get(
        "/disbursements/?search=doan", headers={**asked, "HX-History-Restore-Request": "true"}
    )
    assert "<html" in again.content.decode()


def test_too_many_rows_for_excel_are_refused_with_a_sentence_and_csv_takes_them(
    ledger, monkeypatch
):
    monkeypatch.setattr(files, "SHEET_ROWS", 8)
    refused = ledger.get("/disbursements/?format=xlsx")
    assert refused.status_code == 400
    assert "9 dòng là quá nhiều cho Excel" in refused.content.decode()
    assert len(table(ledger, "/disbursements/?format=csv")[1]) == 9
    assert len(sheet(ledger, "/disbursements/?search=doan&format=xlsx")[1]) == 2


def test_a_file_holds_no_row_out_of_scope(cast, client):
    make.posted(5, commune=make.BAN_LANG), make.posted(7, commune=make.KHONG_LAO)
    client.force_login(cast.xa_banlang)
    for kind, read in (("xlsx", sheet), ("csv", table)):
        head, rows = read(client, f"/disbursements/?format={kind}")
        assert [int(row[head.index("Số tiền (đồng)")]) for row in rows] == [5]


@pytest.mark.any_database
def test_where_nothing_is_yet_the_list_says_what_to_do_first(cast, client):
    client.force_login(cast.dieuphoi)
    text = client.get("/disbursements/").content.decode()
    assert "Nhập chứng từ đầu tiên" in text
    assert 'class="empty"' in text
    filtered = client.get("/disbursements/?search=x").content.decode()
    assert "Không có dòng nào khớp" in filtered


def test_the_head_counts_of_all_classes_found_are_added_up(cast, client):
    made = [make.training(female=n + 3, male=n, commune=make.COMMUNES[n % 5]) for n in range(7)]
    client.force_login(cast.khach)
    listed = found(client, f"/trainings/?commune={make.COMMUNES[1]}")
    mine = [t for t in made if t.commune.code == make.COMMUNES[1]]
    sums = {cell["label"]: cell["text"] for cell in listed["sums"] if cell["text"]}
    assert sums["Người tham gia"] == str(sum(t.participants for t in mine))
    assert sums["Nữ"] == str(sum(t.female for t in mine))


def test_a_file_of_many_rows_asks_no_more_often(ledger, django_assert_max_num_queries):
    for kind in ("xlsx", "csv"):
        with django_assert_max_num_queries(9):
            ledger.get(f"/disbursements/?format={kind}").getvalue()


def test_the_libraries_served_are_those_written_down():
    table_of = (VENDOR / "README.md").read_text("utf-8")
    served = [path for path in VENDOR.iterdir() if path.suffix in (".js", ".css")]
    assert served
    for path in served:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert f"`{path.name}`" in table_of
        assert digest in table_of


EVERY_LIST = (
    *("/disbursements/", "/plans/", "/activities/?fiscal_year=2023", "/trainings/", "/outputs/"),
    "/outputs/checks-due/",
    "/letters/",
    *("/groups/", "/referrals/", "/agreements/", "/boards/", "/communes/", "/villages/"),
    *("/meetings/", "/visits/", "/difficulties/", "/action-points/", "/proposals/"),
    *("/indicators/", "/indicator-targets/", "/indicator-actuals/", "/imports/", "/reports/"),
    *("/periods/?fiscal_year=2023", "/disbursements/lists/", "/tokens/", "/results/list/"),
    "/shared-links/",
    *(f"/trainings/summary/?fiscal_year=2023&by={cut}" for cut in CUTS),
    *("/trail/", "/people/", "/variances/?fiscal_year=2023&quarter=4"),
    *(f"/plan-against-actual/?fiscal_year=2023&show={s}" for s in ("planned", "disbursed")),
)


@pytest.fixture
def everything(cast, client):
    """Two records of each kind that has a list; somebody who sees all of them looks."""
    for number, place in enumerate(PLACES):
        make.posted(4 + number, commune=place, activity=f"GBV-0{number + 1}", payee=PAYEES[number])
        make.training(commune=place, female=number + 3)
        make.draft(9, commune=place)
    one_of_each(cast)
    create_token(user=cast.quantri, name="Báo cáo tỉnh", read_only=True, days=30)
    wanted = {"what": "money", "fiscal_year": make.year("2023"), "by": "program"}
    make_link(actor=cast.quantri, name="Tỉnh", until=today(), **wanted)
    client.force_login(cast.quantri)
    return client


def test_every_list_is_sorted_by_each_heading_and_adds_up_in_its_files(everything):
    plan = PlanVersion.objects.first().pk
    for address in (*EVERY_LIST, f"/plans/{plan}/?lines=all"):
        whole = f"{address}{'&' if '?' in address else '?'}cols=all"
        listed = found(everything, whole)
        head, rows = table(everything, f"{whole}&format=csv")
        assert str(len(rows)) == listed["count"], address
        assert rows or address in ("/imports/", "/reports/", "/outputs/checks-due/", "/letters/"), (
            address
        )
        said = {cell["label"]: cell["text"] for cell in listed["sums"] if cell["text"]}
        added = {label: sum(int(row[head.index(label)] or 0) for row in rows) for label in said}
        assert {label: f"{n:,}".replace(",", ".") for label, n in added.items()} == said, address
        for number, each in enumerate(listed["head"]):
            if each["href"]:
                way = f"{'-' if number % 2 else ''}{each['column'].name}"
                again = found(everything, f"{whole}&sort={way}")
                assert again["count"] == listed["count"], (address, way)
                assert [e["column"] for e in again["head"] if e["way"]] == [each["column"]]
        book_head, book_rows = sheet(everything, f"{whole}&format=xlsx")
        assert (list(book_head), len(book_rows)) == (head, len(rows)), address
