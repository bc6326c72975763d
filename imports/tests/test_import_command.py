"""`import_workbook` from the shell: what goes in, what comes out, what is refused."""

import io
import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from accounts.models import User
from accounts.services import create_user
from communes.models import Commune
from disbursements.against_plan import against_plan
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, PlanAmount, PlanVersion
from disbursements.plans import services as plans
from programs.models import Activity, FiscalYear, Fund, Period, Program
from programs.summary_query import SummaryQuery
from tests import factories
from trainings.counts import count_trainings
from trainings.models import Topic, Training

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SAMPLES = Path(__file__).resolve().parents[2] / "tests" / "samples"
TRUTH = json.loads((SAMPLES / "truth.json").read_text("utf-8"))["years"]
DISBURSEMENT_HEAD = ["Ngày", "Số CT", "Mã hoạt động", "Xã", "Số tiền", "Nguồn"]
PLAN_HEAD = ["Mã hoạt động", "Tên hoạt động", "Xã", "Quý I", "Quý II", "Quý III", "Quý IV"]


@pytest.fixture
def reference():
    call_command("load_reference", stdout=io.StringIO())


@pytest.fixture
def quanly(reference) -> User:
    return _user("quanly", "manager")


def _user(name, role, **where) -> User:
    return create_user(username=name, role=role, password="x", check_password=False, **where)


def load(kind, file, user="quanly", *flags) -> tuple[int, dict]:
    """(exit code, the JSON printed) of the command."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(
            "import_workbook", kind, str(file), "--user", user, *flags, stdout=out, stderr=err
        )
    except SystemExit as stop:
        assert err.getvalue().strip(), "a refusal says a sentence on standard error"
        return int(stop.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def workbook(tmp_path, head, *rows, name="so-lieu.xlsx", title=None) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    for line in [[title]] if title else []:
        sheet.append(line)
    sheet.append(head)
    for row in rows:
        sheet.append(row)
    path = tmp_path / name
    book.save(path)
    return path


def rows_saved() -> dict[str, int]:
    models = (Activity, PlanVersion, Disbursement, Training, Topic, Fund)
    return {model.__name__: model.objects.count() for model in models}


def spent(user, year, *by) -> dict:
    """{(codes of the cuts): (planned, disbursed)} as plan against actual has it."""
    fiscal_year = FiscalYear.objects.get(code=year)
    answer = against_plan(SummaryQuery.of_year(fiscal_year, fiscal_year.end, by=by), user)
    codes = {
        "program": dict(Program.objects.values_list("pk", "code")),
        "commune": dict(Commune.objects.values_list("pk", "code")),
    }
    return {
        "|".join(str(codes.get(cut, {}).get(v, v)) for cut, v in row.key.items()): {
            "planned": row.planned,
            "disbursed": row.disbursed,
        }
        for row in answer.rows
    }


def test_the_samples_come_out_to_the_dong_and_to_the_person(quanly):
    for kind, name in (
        ("plan", "ke-hoach-FY2023.xlsx"),
        ("disbursements", "giai-ngan-FY2023.xlsx"),
        ("trainings", "tap-huan-FY2023.xlsx"),
        ("plan", "ke-hoach-FY2024.xlsx"),
    ):
        code, said = load(kind, SAMPLES / name, "quanly", "--commit", "--post")
        assert (code, said["errors"], said["committed"], said["duplicates"]) == (0, [], True, 0)
        assert said["rows"] == said["valid"] > 0
    for year, truth in TRUTH.items():
        assert spent(quanly, year, "program", "commune") == truth["by_program_commune"]
        assert spent(quanly, year, "program") == truth["by_program"]
        assert spent(quanly, year, "commune") == truth["by_commune"]
        assert spent(quanly, year, "quarter") == truth["by_quarter"]
    assert Disbursement.objects.count() == TRUTH["2023"]["disbursements"]
    _trainings_are_true(quanly)


def _trainings_are_true(user):
    truth, year = TRUTH["2023"]["trainings"], FiscalYear.objects.get(code="2023")
    answer = count_trainings(SummaryQuery.of_year(year, year.end, by=("topic",)), user)
    total, rows = answer.total, answer.rows
    assert {"count": total.trainings, **total.values} == {
        "count": truth["count"],
        "participants": truth["total"],
        "female": truth["female"],
        "male": truth["male"],
        "under_16": truth["u16"],
        "age_16_24": truth["y16"],
        "over_24": truth["a24"],
        "ethnic_minority": truth["minority"],
        "disability": truth["disability"],
        "poor_household": truth["poor"],
    }
    names = dict(Topic.objects.values_list("pk", "name"))
    assert {names[row.key["topic"]]: row.trainings for row in rows} == truth["by_topic"]


def test_the_same_file_again_adds_nothing_and_says_so(quanly):
    for _round in range(2):
        for kind, name in (
            ("plan", "ke-hoach-FY2023.xlsx"),
            ("disbursements", "giai-ngan-FY2023.xlsx"),
            ("trainings", "tap-huan-FY2023.xlsx"),
        ):
            code, said = load(kind, SAMPLES / name, "quanly", "--commit", "--post")
            assert code == 0
    assert said["duplicates"] == said["rows"] == 202
    assert PlanVersion.objects.count() == 1
    assert Disbursement.objects.count() == 497
    assert Training.objects.count() == 202


def test_without_commit_nothing_is_saved(quanly):
    before = rows_saved()
    code, said = load("plan", SAMPLES / "ke-hoach-FY2023.xlsx")
    assert (code, said["committed"], said["rows"]) == (0, False, 85)
    assert rows_saved() == before


def test_committed_without_post_disbursements_are_drafts_and_a_plan_a_draft_version(quanly):
    load("plan", SAMPLES / "ke-hoach-FY2023.xlsx", "quanly", "--commit")
    assert [v.state for v in PlanVersion.objects.all()] == ["draft"]
    load("disbursements", SAMPLES / "giai-ngan-FY2023.xlsx", "quanly", "--commit")
    assert set(Disbursement.objects.values_list("status", "number")) == {("draft", None)}


def test_posted_history_has_numbers_without_gaps(quanly):
    load("plan", SAMPLES / "ke-hoach-FY2023.xlsx", "quanly", "--commit", "--post")
    load("disbursements", SAMPLES / "giai-ngan-FY2023.xlsx", "quanly", "--commit", "--post")
    numbers = Disbursement.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 498))
    assert set(Disbursement.objects.values_list("origin", flat=True)) == {"history"}


def test_one_wrong_row_is_named_and_nothing_is_saved(quanly, tmp_path):
    load("plan", SAMPLES / "ke-hoach-FY2023.xlsx", "quanly", "--commit", "--post")
    file = workbook(
        tmp_path,
        DISBURSEMENT_HEAD,
        ["05/07/2022", "PC1", "GBV-01", "Bản Lang", 1_000_000, "Plan Bỉ"],
        ["05/07/2022", "PC2", "GBV-01", "Bản Làng Xa", 1_000_000, "Plan Bỉ"],
        ["05/07/2022", "PC3", "GVB-01", "Nậm Xe", 1_000_000, "Plan Bỉ"],
    )
    code, said = load("disbursements", file, "quanly", "--commit")
    assert code == 1 and not said["committed"]
    assert [(e["sheet"], e["row"], e["column"], e["code"]) for e in said["errors"]] == [
        ("Sheet1", 3, "Xã", "unknown_commune"),
        ("Sheet1", 4, "Mã hoạt động", "unknown_activity"),
    ]
    assert "Bản Lang" in said["errors"][0]["message"] and "GBV-01" in said["errors"][1]["message"]
    assert (said["rows"], said["valid"]) == (3, 1)
    assert Disbursement.objects.count() == 0


@pytest.mark.parametrize(
    "commune", ["Bản Lang", "xã Bản Lang", "BẢN LANG", "ban lang", "03577", 3577]
)
def test_a_commune_goes_by_name_or_code(quanly, tmp_path, commune):
    file = workbook(tmp_path, PLAN_HEAD, ["GBV-01", "Việc", commune, 1, 2, 3, 4])
    code, said = load("plan", file, "quanly", "--fiscal-year", "2023", "--commit", "--post")
    assert (code, said["errors"]) == (0, [])
    assert set(spent(quanly, "2023", "commune")) == {"03577"}


def test_a_commune_code_means_the_unit_of_the_fiscal_year(quanly, tmp_path):
    file = workbook(tmp_path, PLAN_HEAD, ["GBV-01", "Việc", "03583", 1, 2, 3, 4])
    load("plan", file, "quanly", "--fiscal-year", "2027", "--commit", "--post")
    unit = PlanVersion.objects.get().lines.get().commune
    assert unit.successor is None and unit.valid_to is None


def test_a_voucher_in_the_ledger_with_other_content_shows_both(quanly, tmp_path):
    load("plan", SAMPLES / "ke-hoach-FY2023.xlsx", "quanly", "--commit", "--post")
    row = ["05/07/2022", "PC1", "GBV-01", "Bản Lang", 1_000_000, "Plan Bỉ"]
    load("disbursements", workbook(tmp_path, DISBURSEMENT_HEAD, row), "quanly", "--commit")
    other = [*row[:4], 2_000_000, row[5]]
    code, said = load("disbursements", workbook(tmp_path, DISBURSEMENT_HEAD, other))
    assert code == 1 and said["errors"][0]["code"] == "voucher_conflict"
    assert "1.000.000" in said["errors"][0]["message"]
    assert "2.000.000" in said["errors"][0]["message"]


def test_two_identical_rows_in_one_file_are_a_warning_and_both_count(quanly, tmp_path):
    load("plan", SAMPLES / "ke-hoach-FY2023.xlsx", "quanly", "--commit", "--post")
    row = ["05/07/2022", "PC1", "GBV-01", "Bản Lang", 1_000_000, "Plan Bỉ"]
    file = workbook(tmp_path, DISBURSEMENT_HEAD, row, row)
    code, said = load("disbursements", file, "quanly", "--commit", "--post")
    assert (code, [w["code"] for w in said["warnings"]]) == (0, ["twice_in_file"])
    assert Disbursement.objects.count() == 2
    again = load("disbursements", file, "quanly", "--commit", "--post")[1]
    assert (again["duplicates"], Disbursement.objects.count()) == (2, 2)


ROW = ["05/07/2022", "PC1", "GBV-01", "Bản Lang", 1_000_000, ""]


def test_one_row_of_the_ledger_answers_for_one_of_the_file(cast, tmp_path):
    factories.posted(voucher_no="PC1", date=date(2022, 7, 5))
    said = load("disbursements", workbook(tmp_path, DISBURSEMENT_HEAD, ROW, ROW))[1]
    assert said["duplicates"] == 1


def test_history_ends_with_the_go_live_day(cast, tmp_path):
    """A row of the day is refused at its cell; what is there already adds nothing, as ever."""
    file = workbook(tmp_path, DISBURSEMENT_HEAD, ROW)
    older = [ROW[0], "PC0", *ROW[2:]]
    before = workbook(tmp_path, DISBURSEMENT_HEAD, older, name="truoc.xlsx")
    factories.activity("GBV-01")
    assert load("disbursements", before, "quanly", "--commit", "--post")[0] == 0
    factories.posted(date=date(2023, 5, 4))  # fixes the day: 1 July 2022
    code, said = load("disbursements", file, "quanly", "--commit", "--post")
    assert code == 1
    assert [(e["row"], e["code"]) for e in said["errors"]] == [(2, "history_ended")]
    code, said = load("disbursements", before, "quanly", "--commit", "--post")
    assert (code, said["duplicates"]) == (0, 1)
    assert load("disbursements", file, "dieuphoi", "--commit")[0] == 0


def test_a_plan_of_a_year_after_the_go_live_day_is_no_history(cast, tmp_path):
    factories.go_live(date(2022, 7, 1))
    row = ["GBV-01", "Tập huấn", "Bản Lang", 1_000_000, 0, 0, 0]
    file = workbook(tmp_path, PLAN_HEAD, row, title="Kế hoạch năm 2023")
    load = partial(load_plan, file, "--commit")
    code, said = load("--post")
    assert (code, [e["code"] for e in said["errors"]]) == (1, ["history_ended"])
    assert load()[0] == 0


@pytest.mark.parametrize(("back", "duplicates"), [(1_000_000, 0), (999_999, 1)])
def test_what_was_reversed_wholly_is_entered_again(cast, tmp_path, back, duplicates):
    factories.go_live()
    row = factories.posted(voucher_no="PC1", date=date(2022, 7, 5))
    ledger.reverse(actor=cast.quanly, disbursement=row, reason="nhập sai", amount=back)
    file = workbook(tmp_path, DISBURSEMENT_HEAD, ROW)
    code, said = load("disbursements", file, "quanly", "--commit", "--post")
    assert (code, said["errors"], said["duplicates"]) == (0, [], duplicates)
    again = load("disbursements", file, "quanly", "--commit", "--post")[1]
    assert again["duplicates"] == 1


def test_an_import_says_nothing_of_vouchers_elsewhere(cast, tmp_path):
    there = {"activity": "YEE-01", "commune": factories.DAO_SAN, "date": date(2022, 7, 5)}
    factories.posted(voucher_no="PC1", **there)
    factories.activity("GBV-01")
    file = workbook(tmp_path, DISBURSEMENT_HEAD, ROW)
    code, said = load("disbursements", file, "dieuphoi_gbv", "--commit")
    assert (code, said["errors"], said["duplicates"], said["valid"]) == (0, [], 0, 1)


def test_a_closed_month_takes_no_history_but_drafts(quanly, tmp_path):
    load("plan", SAMPLES / "ke-hoach-FY2023.xlsx", "quanly", "--commit", "--post")
    Period.objects.filter(start="2022-07-01").update(state="closed")
    file = workbook(
        tmp_path, DISBURSEMENT_HEAD, ["05/07/2022", "PC1", "GBV-01", "Bản Lang", 1000, "Plan Bỉ"]
    )
    code, said = load("disbursements", file, "quanly", "--commit", "--post")
    assert (code, [e["code"] for e in said["errors"]]) == (1, ["period_closed"])
    assert load("disbursements", file, "quanly", "--commit")[0] == 0


def test_scope_and_role_hold_at_this_door_too(reference, tmp_path):
    _user(
        "dieuphoi_gbv",
        "coordinator",
        programs=[Program.objects.get(code="GBV")],
        communes=list(Commune.objects.filter(code__in=["03577", "03586"])),
    )
    _user("khach", "viewer")
    file = workbook(
        tmp_path,
        PLAN_HEAD,
        ["GBV-01", "Việc", "Bản Lang", 1, 2, 3, 4],
        ["GBV-01", "Việc", "Dào San", 1, 2, 3, 4],
        ["YEE-01", "Việc", "Bản Lang", 1, 2, 3, 4],
    )
    code, said = load("plan", file, "dieuphoi_gbv", "--fiscal-year", "2023", "--commit")
    assert code == 1 and [(e["row"], e["column"]) for e in said["errors"]] == [
        (3, "Xã"),
        (4, "Mã hoạt động"),
    ]
    code, said = load("plan", file, "khach", "--fiscal-year", "2023")
    assert (code, said["errors"][0]["code"]) == (1, "not_allowed")
    code, said = load("plan", file, "dieuphoi_gbv", "--fiscal-year", "2023", "--commit", "--post")
    assert (code, said["errors"][0]["code"]) == (1, "not_allowed")
    assert Activity.objects.count() == 0


def test_a_plan_replaces_the_lines_of_its_programmes_in_scope_and_copies_the_rest(quanly, tmp_path):
    load("plan", SAMPLES / "ke-hoach-FY2023.xlsx", "quanly", "--commit", "--post")
    file = workbook(tmp_path, PLAN_HEAD, ["GBV-01", "Việc", "Bản Lang", 1, 2, 3, 4])
    load("plan", file, "quanly", "--fiscal-year", "2023", "--commit", "--post", "--whole")
    assert PlanVersion.objects.order_by("number").values_list("number", flat=True)[1] == 2
    truth = TRUTH["2023"]["by_program"]
    planned = {key: value["planned"] for key, value in spent(quanly, "2023", "program").items()}
    assert planned == {**{key: value["planned"] for key, value in truth.items()}, "GBV": 10}


@pytest.mark.parametrize(
    ("column", "heading", "program"),
    [("", "", "YEE"), ("", "GBV", "GBV"), ("ECCD", "GBV", "ECCD"), ("ECCD", "", "ECCD")],
)
def test_a_new_activity_is_of_the_programme_of_its_column_then_heading_then_code(
    quanly, tmp_path, column, heading, program
):
    rows = [["YEE-77", "Việc", "Bản Lang", 1, 2, 3, 4, column]]
    if heading:
        rows.insert(0, [f"II. {Program.objects.get(code=heading).name}"])
    file = workbook(tmp_path, [*PLAN_HEAD, "Chương trình"], *rows)
    code, said = load("plan", file, "quanly", "--fiscal-year", "2023", "--commit", "--post")
    assert (code, said["errors"]) == (0, [])
    assert Activity.objects.get(code="YEE-77").program.code == program


def test_a_year_without_quarters_is_due_by_its_end_and_says_so(quanly, tmp_path):
    head = ["Mã HĐ", "Hoạt động", "Địa bàn", "Cả năm"]
    file = workbook(tmp_path, head, ["GBV-01", "Việc", "Bản Lang", "12.000.000"])
    code, said = load("plan", file, "quanly", "--fiscal-year", "2023", "--commit", "--post")
    assert (code, [w["code"] for w in said["warnings"]]) == (0, ["whole_year_only"])
    assert list(PlanAmount.objects.values_list("quarter", "amount")) == [(4, 12_000_000)]


def test_a_fund_and_a_topic_not_seen_before_are_made_and_named(quanly, tmp_path):
    head = ["Chủ đề", "Chương trình", "Xã", "Từ ngày", "Nam", "Nữ"]
    file = workbook(tmp_path, head, ["Vệ sinh", "ECCD", "Nậm Xe", "05/07/2022", 3, 4])
    code, said = load("trainings", file, "quanly", "--commit")
    assert (code, [w["code"] for w in said["warnings"]]) == (0, ["new_topic"])
    assert Topic.objects.get(name="Vệ sinh").program.code == "ECCD"
    head = [*PLAN_HEAD, "Nguồn vốn"]
    file = workbook(tmp_path, head, ["GBV-01", "Việc", "Nậm Xe", 1000, 2000, 3000, 4000, "Quỹ mới"])
    said = load("plan", file, "quanly", "--fiscal-year", "2023", "--commit")[1]
    assert [w["code"] for w in said["warnings"]] == ["new_fund"]
    assert Fund.objects.get(name="Quỹ mới").code == "QUY-MOI"


CLASS_HEAD = ["Chủ đề", "Chương trình", "Mã hoạt động", "Xã", "Từ ngày", "Đến ngày", "Nam", "Nữ"]


@pytest.mark.parametrize(
    ("named", "activity", "program"),
    [("ECCD", "", "ECCD"), ("", "YEE-01", "YEE"), ("", "", "GBV")],
)
def test_a_class_is_of_the_programme_named_then_its_activitys_then_its_topics(
    cast, tmp_path, named, activity, program
):
    factories.activity("YEE-01")
    topic = factories.topic().name
    row = [topic, named, activity, "Nậm Xe", "05/07/2022", "07/07/2022", 3, 4]
    rows = [row, [*row[:4], "08/07/2022", "", 3, 4]]
    file = workbook(tmp_path, CLASS_HEAD, *rows)
    assert load("trainings", file, "quanly", "--commit")[0] == 0
    found = Training.objects.order_by("start").values_list("program__code", "start", "end")
    assert list(found) == [
        (program, date(2022, 7, 5), date(2022, 7, 7)),
        (program, date(2022, 7, 8), date(2022, 7, 8)),
    ]


def test_the_fiscal_year_is_the_one_named_most_or_of_most_days(quanly, tmp_path):
    row = ["GBV-01", "Việc", "Bản Lang", 1, 2, 3, 4]
    title = "Kế hoạch FY2024 (FY2023: quyết toán), dự toán FY2024"
    assert load("plan", workbook(tmp_path, PLAN_HEAD, row, title=title))[1]["fiscal_year"] == "2024"
    days = ["30/06/2023", "01/07/2023", "30/06/2024"]
    rows = [[day, f"PC{n}", "GBV-01", "Bản Lang", 1000, ""] for n, day in enumerate(days)]
    file = workbook(tmp_path, DISBURSEMENT_HEAD, *rows)
    assert load("disbursements", file)[1]["fiscal_year"] == "2024"


def test_the_fiscal_year_is_read_from_the_title_when_nobody_names_it(quanly, tmp_path):
    row = ["GBV-01", "Việc", "Bản Lang", 1, 2, 3, 4]
    titled = workbook(tmp_path, PLAN_HEAD, row, title="KẾ HOẠCH NĂM TÀI CHÍNH 2024")
    assert load("plan", titled)[1]["fiscal_year"] == "2024"
    code, said = load("plan", workbook(tmp_path, PLAN_HEAD, row))
    assert (code, said["errors"][0]["code"]) == (1, "fiscal_year")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["plan", "khong-co.xlsx", "--user", "quanly"], "file_not_found"),
        (["plan", "khong-co.xlsx", "--user", "ai-do"], "unknown_user"),
        (["plan", "x.xlsx", "--user", "quanly", "--fiscal-year", "1999"], "unknown_fiscal_year"),
        (["plan", "x.xlsx", "--user", "quanly", "--post"], "usage"),
    ],
)
def test_what_cannot_be_done_at_all_is_one_sentence(quanly, arguments, code):
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("import_workbook", *arguments, stdout=out, stderr=err)
    assert stop.value.code == 1
    errors = json.loads(out.getvalue())["errors"]
    assert [(e["sheet"], e["row"], e["column"], e["code"]) for e in errors] == [
        (None, None, None, code)
    ]
    assert len(err.getvalue().strip().splitlines()) == 1


def test_an_unknown_kind_is_refused(quanly):
    with pytest.raises(CommandError):
        call_command("import_workbook", "budget", "x.xlsx", "--user", "quanly")


def test_everything_wrong_with_a_row_is_said_in_one_go(quanly, tmp_path):
    plan = workbook(tmp_path, PLAN_HEAD, ["ECCD-01", "Dinh dưỡng", "Bản Lang", 1000, 0, 0, 0])
    assert load("plan", plan, "quanly", "--fiscal-year", "2023", "--commit", "--post")[0] == 0
    wrong = ["05/07/2023", "", "ECCD-99", "Bản Lng", 1.5, ""]
    file = workbook(tmp_path, DISBURSEMENT_HEAD, wrong)
    code, said = load("disbursements", file, "quanly", "--fiscal-year", "2023")
    assert code == 1 and (said["rows"], said["valid"]) == (1, 0)
    assert {(e["column"], e["code"]) for e in said["errors"]} == {
        ("Ngày", "outside_fiscal_year"),
        ("Số CT", "required"),
        ("Mã hoạt động", "unknown_activity"),
        ("Xã", "unknown_commune"),
        ("Số tiền", "fraction"),
    }


COMMUNES = ("Bản Lang", "Nậm Xe", "Dào San")


def plan_file(tmp_path, *communes, title=None, amount=5000):
    rows = [["GBV-01", "Việc", commune, amount, 0, 0, 0] for commune in communes]
    return workbook(tmp_path, PLAN_HEAD, *rows, title=title, name=f"ke-hoach-{len(communes)}.xlsx")


def load_plan(file, *flags):
    return load("plan", file, "quanly", "--fiscal-year", "2023", *flags)


@pytest.fixture
def in_force(quanly, tmp_path):
    """A plan of GBV with three lines, whole without a question."""
    code, said = load_plan(plan_file(tmp_path, *COMMUNES), "--commit", "--post")
    assert (code, said["reading"]["scope"]) == (0, "whole")


@pytest.mark.parametrize(
    ("communes", "title", "scope"),
    [
        (COMMUNES[:2], "Phụ lục: điều chỉnh kế hoạch", "changes"),
        (COMMUNES[:1], None, "changes"),  # clearly fewer
        (COMMUNES, None, "whole"),  # nothing would vanish
    ],
)
def test_a_plan_says_whether_it_is_the_whole_or_changes(in_force, tmp_path, communes, title, scope):
    code, said = load_plan(plan_file(tmp_path, *communes, title=title, amount=9000), "--commit")
    assert (code, said["reading"]["scope"], said["warnings"]) == (0, scope, [])
    amounts = PlanAmount.objects.filter(line__plan_version__state="draft")
    found = sorted(amounts.values_list("amount", flat=True))
    assert found == sorted([9000] * len(communes) + [5000] * (3 - len(communes)))


def test_in_doubt_it_is_refused_until_somebody_says(in_force, tmp_path):
    file = plan_file(tmp_path, *COMMUNES[:2], amount=9000)
    code, said = load_plan(file, "--commit")
    assert (code, [e["code"] for e in said["errors"]]) == (1, ["whole_or_changes"])
    assert (said["committed"], said["valid"]) == (False, 2)
    assert load_plan(file, "--changes")[1]["reading"]["scope"] == "changes"
    code, said = load_plan(file, "--whole", "--commit")
    assert (code, [w["code"] for w in said["warnings"]]) == (0, ["lines_vanish"])
    assert PlanAmount.objects.filter(line__plan_version__state="draft").count() == 2


def test_the_preview_names_a_colleagues_changes_that_it_overwrites(cast, tmp_path):
    factories.activity("GBV-01", title="Việc")
    draft = factories.draft_plan(factories.line(amounts=1), by=cast.dieuphoi)
    file = plan_file(tmp_path, "Bản Lang", amount=9000)
    code, said = load("plan", file, "dieuphoi_gbv", "--fiscal-year", "2023")
    assert (code, [w["code"] for w in said["warnings"]]) == (0, ["overwrites"])
    assert cast.dieuphoi.display_name in said["warnings"][0]["message"]
    assert load("plan", file, "dieuphoi", "--fiscal-year", "2023")[1]["warnings"] == []
    assert draft.lines.count() == 1


def test_history_loaded_while_a_draft_is_open_marks_the_draft(cast, tmp_path):
    factories.go_live()
    factories.activity("GBV-01", title="Việc")
    factories.plan(factories.line(amounts=1))
    draft = factories.draft_plan(factories.line(amounts=5), by=cast.dieuphoi)
    file = plan_file(tmp_path, "Bản Lang", amount=9000)
    code, said = load_plan(file, "--commit", "--post")
    assert (code, [w["code"] for w in said["warnings"]]) == (0, ["draft_outdated"])
    now = factories.api(cast.dieuphoi).get(f"/api/v1/plan-versions/{draft.pk}/").json()
    assert (now["against"]["outdated"], len(now["warnings"])) == (True, 1)


def test_an_annex_without_funds_makes_no_second_line(cast, tmp_path):
    factories.go_live()
    factories.plan(factories.line(amounts=1, fund_code="PLAN"), factories.line("GBV-02"))
    file = plan_file(tmp_path, "Bản Lang", title="Phụ lục", amount=9000)
    code, _said = load_plan(file, "--commit", "--post")
    lines = plans.lines_of(plans.approved_version(factories.year()))
    assert (code, {(line.activity.code, line.fund.code, line.total) for line in lines}) == (
        0,
        {("GBV-01", "PLAN", 9000), ("GBV-02", "UNSPECIFIED", 1_000_000)},
    )
