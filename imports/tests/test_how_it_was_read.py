"""What the reader understood is shown before anything is saved, corrected there, and remembered."""

import io
import json
from io import StringIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from disbursements.models import Disbursement
from imports.models import LayoutCorrection, Upload
from imports.services import check_workbook
from tests import factories

from .make_workbooks import book, put, table

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

AMOUNT = 4
KEPT = ["letter", "field", "heading"]


@pytest.fixture
def coordinator(client, cast):
    for code in ("ECCD-01", "ECCD-02", "GBV-01"):
        factories.activity(code)
    client.force_login(cast.dieuphoi)
    return cast.dieuphoi


def ledger(*, first=30_967_000, header="Số tiền", above=(), below=(), name="Bảng kê") -> bytes:
    """The three rows of a ledger, 55,194,000 đồng, with these lines around them."""
    cells = put(put(table("disbursements"), 1, AMOUNT, first), 0, AMOUNT, header)
    return book((name, [*above, *cells, *below]))


def check(actor, content, kind="disbursements", **given):
    return check_workbook(actor=actor, kind=kind, source=content, filename="a.xlsx", **given)


def send(client, content, **values) -> Upload:
    file = SimpleUploadedFile("giai ngan.xlsx", content)
    answer = client.post("/imports/", {"workbook": file, **values})
    assert answer.status_code == 302, answer.context["form"].errors
    return Upload.objects.order_by("-pk")[0]


def say(client, upload, number=0, **changed):
    """The form of a sheet, with these fields changed."""
    address = f"/imports/{upload.pk}/sheets/{number}/"
    form = client.get(address).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    assert client.post(address, {**values, **changed}).status_code == 302
    upload.refresh_from_db()
    return upload


# --- the reading ---------------------------------------------------------------------------


def test_a_sheet_says_its_header_columns_unit_and_rows(coordinator):
    content = ledger(
        above=[["BẢNG KÊ GIẢI NGÂN NĂM TÀI CHÍNH 2023"], [None, "ĐVT: đồng"]],
        below=[["Tổng cộng", None, None, None, 55_194_000]],
    )
    [sheet] = check(coordinator, content).reading["sheets"]
    assert sheet["header"]["first"] == sheet["header"]["last"] == 3
    assert [[c[name] for name in KEPT] for c in sheet["columns"]][:5] == [
        ["A", "date", "Ngày"],
        ["B", "voucher_no", "Số chứng từ"],
        ["C", "activity", "Mã hoạt động"],
        ["D", "commune", "Xã"],
        ["E", "amount", "Số tiền"],
    ]
    assert (sheet["unit"]["scale"], sheet["unit"]["cell"]) == (1, "B2")
    assert sheet["rows"] == {"count": 3, "first": 4, "last": 6}
    assert [(s["row"], s["stated"], s["counted"], s["agrees"]) for s in sheet["subtotals"]] == [
        (7, 55_194_000, 55_194_000, True)
    ]


def test_the_unit_of_a_column_names_the_cell_it_stands_in(coordinator):
    [sheet] = check(coordinator, ledger(header="Số tiền (nghìn đồng)")).reading["sheets"]
    assert sheet["unit"] == {
        "scale": 1000,
        "name": "nghìn đồng",
        "cell": "E1",
        "text": "Số tiền (nghìn đồng)",
        "is_corrected": False,
    }


def test_a_total_that_differs_shows_both_figures(coordinator):
    outcome = check(coordinator, ledger(below=[["Tổng cộng", None, None, None, 55_000_000]]))
    [total] = outcome.reading["sheets"][0]["subtotals"]
    assert (total["stated"], total["counted"], total["agrees"]) == (55_000_000, 55_194_000, False)


def test_columns_and_rows_with_figures_that_are_not_read_are_named_with_the_reason(coordinator):
    cells = [
        [*row, "Lũy kế" if n == 0 else 5_000_000] for n, row in enumerate(table("disbursements"))
    ]
    content = book(("A", [["Tỷ giá", 23_500], *cells]))
    [sheet] = check(coordinator, content).reading["sheets"]
    assert [(c["letter"], c["heading"]) for c in sheet["columns_left_out"]] == [("H", "Lũy kế")]
    assert sheet["columns_left_out"][0]["why"] == "lũy kế"
    assert [(r["row"], r["kind"]) for r in sheet["rows_left_out"]] == [(1, "above")]


def test_sums_stand_by_programme_commune_and_month(coordinator):
    sums = check(coordinator, ledger()).reading["sums"]
    assert (sums["by"], sums["total"]) == ("month", 55_194_000)
    assert [(r["program"], r["commune"], r["month"], r["amount"]) for r in sums["rows"]] == [
        ("ECCD", "03577", "2022-07", 30_967_000),
        ("ECCD", "03586", "2022-07", 8_084_000),
        ("GBV", "03571", "2022-12", 16_143_000),
    ]


def test_of_a_refused_workbook_nothing_is_summed_up(client, coordinator):
    outcome = check(coordinator, ledger(first="nhiều"))
    assert outcome.errors
    assert outcome.reading.keys().isdisjoint({"sums", "largest", "smallest", "first_rows"})
    page = client.get(f"/imports/{send(client, ledger(first='nhiều')).pk}/").content.decode()
    assert page.index("Lỗi và lưu ý") < page.index('id="t-reading"')
    assert 'id="t-sums"' not in page


def test_the_first_rows_are_shown_as_they_would_be_saved(coordinator):
    reading = check(coordinator, ledger()).reading
    first = reading["first_rows"][0]
    assert (first["row"], first["date"], first["amount"]) == (2, "2022-07-06", 30_967_000)
    assert (first["activity"], first["commune"]) == ("ECCD-01", "03577")
    assert [one["amount"] for one in reading["largest"]] == [30_967_000, 16_143_000, 8_084_000]


def test_a_plan_says_line_by_line_what_changes_vanishes_and_falls_under_what_is_spent(coordinator):
    factories.plan(
        factories.line("ECCD-01", factories.BAN_LANG, 25_800_000),
        factories.line("ECCD-01", factories.DAO_SAN),
    )
    factories.posted(70_000_000, activity="ECCD-01", commune=factories.BAN_LANG)
    content = book(("KH", table("plan")))
    reading = check(coordinator, content, "plan", fiscal_year=factories.year("2023")).reading
    found = [
        (one["change"], one["activity"], one["commune_name"], one["spent"], one["is_under_spent"])
        for one in reading["changes"]["lines"]
    ]
    assert ("removed", "ECCD-01", "Dào San", 0, False) in found
    assert ("changed", "ECCD-01", "Bản Lang", 70_000_000, True) in found
    assert ("new", "GBV-01", "Dào San", 0, False) in found
    quarters = reading["sheets"][0]["quarters"]
    assert [one["months"][0] for one in quarters] == ["2022-07", "2022-10", "2023-01", "2023-04"]


def test_the_command_prints_the_reading(coordinator, tmp_path):
    file, out = tmp_path / "a.xlsx", StringIO()
    file.write_bytes(ledger())
    call_command("import_workbook", "disbursements", str(file), user="dieuphoi", stdout=out)
    reading = json.loads(out.getvalue())["reading"]
    assert reading["kind"] == "disbursements"
    assert (reading["year"]["code"], reading["year"]["known"]) == ("2023", "dates")


def test_kind_and_year_are_recognised_from_the_file_alone(client, coordinator):
    plan = book(("KH", [["KẾ HOẠCH NĂM TÀI CHÍNH 2023"], *table("plan")]))
    kinds = {"plan": plan, "disbursements": ledger(), "trainings": book(("A", table("trainings")))}
    found = {name: send(client, content) for name, content in kinds.items()}
    assert {name: (u.kind, u.fiscal_year.code) for name, u in found.items()} == {
        name: (name, "2023") for name in kinds
    }


def test_a_kind_that_somebody_may_not_load_is_said_in_a_sentence(client, cast):
    client.force_login(cast.xa_banlang)
    upload = send(client, ledger())
    assert [one.code for one in upload.findings.all()] == ["not_allowed"]
    assert not upload.can_commit


def test_a_file_that_is_no_workbook_gets_its_sentence_without_a_kind(client, coordinator):
    upload = send(client, b"no workbook")
    page = client.get(f"/imports/{upload.pk}/")
    assert (page.status_code, upload.state) == (200, "refused")


# --- corrections ---------------------------------------------------------------------------


def test_a_unit_is_corrected_remembered_shown_and_removed(client, coordinator):
    content = ledger(first=30)
    upload = say(client, send(client, content), unit="1000000")
    assert upload.sums["total"] == (30 + 8_084_000 + 16_143_000) * 10**6
    assert Disbursement.objects.count() == 0

    later = send(client, content)
    assert later.sums == upload.sums
    assert "as_corrected" in {one.code for one in later.findings.all()}
    page = client.get(f"/imports/{later.pk}/")
    [said] = page.context["reading"]["corrections"]
    assert (said["text"], said["by"]) == ("đơn vị là triệu đồng", "dieuphoi")

    client.post(f"/imports/corrections/{said['id']}/forget/", {"upload": later.pk})
    later.refresh_from_db()
    assert later.sums["total"] == 30 + 8_084_000 + 16_143_000
    [kept] = LayoutCorrection.objects.all()
    assert (kept.made_by, kept.removed_by) == (coordinator, coordinator)


def test_a_unit_that_is_not_understood_is_said_by_a_person(client, coordinator):
    upload = send(client, ledger(header="Số tiền (lạng đồng)"))
    assert upload.state == "refused"
    upload = say(client, upload, unit="1")
    assert (upload.state, upload.sums["total"]) == ("checked", 55_194_000)


def test_a_unit_that_was_said_does_not_outlive_another_one_in_the_file(client, coordinator):
    say(client, send(client, ledger()), unit="1000")
    later = send(client, ledger(above=[["ĐVT: triệu đồng"]]))
    assert later.sums["total"] == 55_194_000 * 10**6
    assert "correction_unused" in {one.code for one in later.findings.all()}


def test_a_correction_is_the_offices_own(client, cast, coordinator):
    say(client, send(client, ledger()), unit="1000")
    for person in (cast.dieuphoi_gbv, cast.quanly):
        client.force_login(person)
        assert send(client, ledger()).reading["corrections"] == []
    type(cast.quanly).objects.filter(pk=coordinator.pk).update(office="Ban Điều hành")
    type(cast.quanly).objects.filter(pk=cast.quanly.pk).update(office="BAN ĐIỀU HÀNH")
    coordinator.refresh_from_db()
    client.force_login(coordinator)
    say(client, send(client, ledger()), unit="1000")
    client.force_login(cast.quanly)
    assert [c["what"] for c in send(client, ledger()).reading["corrections"]] == ["unit"]


def test_a_column_is_taken_for_what_somebody_says(client, coordinator):
    upload = send(client, ledger(header="Giá trị quyết toán"))
    assert upload.state == "refused"
    upload = say(client, upload, column_E="amount")
    assert (upload.state, upload.sums["total"]) == ("checked", 55_194_000)
    assert send(client, ledger(header="Giá trị quyết toán")).state == "checked"


def test_a_sheet_is_left_out_and_a_hidden_one_read(client, coordinator):
    rows = table("disbursements")
    content = book(("Một", rows), ("Hai", rows), hidden=("Hai",))
    upload = send(client, content)
    assert upload.rows == 3
    assert say(client, upload, 1, sheet="in").rows == 6
    assert say(client, upload, 0, sheet="out").rows == 3
    assert [s["is_read"] for s in send(client, content).reading["sheets"]] == [False, True]


def test_a_word_stands_for_a_commune_or_an_activity(client, coordinator):
    cells = put(put(table("disbursements"), 1, 3, "Bản Lăng Xa"), 2, 2, "HĐ lạ 7")
    upload = send(client, book(("A", cells)))
    names = upload.reading["unknown_names"]
    assert [(one["field"], one["text"]) for one in names] == [
        ("commune", "Bản Lăng Xa"),
        ("activity", "HĐ lạ 7"),
    ]
    upload = say(client, upload, name_0="03577", name_1="ECCD-02")
    assert (upload.state, upload.sums["total"]) == ("checked", 55_194_000)
    assert send(client, book(("A", cells))).state == "checked"


def test_a_doubt_is_dismissed_once_for_the_layout(client, coordinator):
    content = ledger(first=30)
    upload = send(client, content)
    assert "small_amount" in {one.code for one in upload.findings.all()}
    client.post(f"/imports/{upload.pk}/sheets/0/", {"doubt": "small_amount"})
    assert not upload.findings.filter(code="small_amount").exists()
    assert not send(client, content).findings.filter(code="small_amount").exists()


def test_a_year_is_remembered_while_the_lines_above_stay(client, coordinator):
    plan = book(("KH", [["KẾ HOẠCH HOẠT ĐỘNG"], *table("plan")]))
    upload = send(client, plan)
    assert upload.fiscal_year is None
    year = factories.year("2024")
    client.post(f"/imports/{upload.pk}/what/", {"kind": "plan", "fiscal_year": year.pk})
    assert Upload.objects.get(pk=upload.pk).fiscal_year == year
    assert send(client, plan).reading["year"]["known"] == "corrected"
    other = book(("KH", [["KẾ HOẠCH HOẠT ĐỘNG MỚI"], *table("plan")]))
    assert send(client, other).fiscal_year is None


def test_nobody_corrects_anothers_workbook(client, cast, coordinator):
    upload = send(client, ledger())
    client.force_login(cast.quanly)
    for address in ("what/", "sheets/0/"):
        assert client.post(f"/imports/{upload.pk}/{address}", {}).status_code == 404
    assert client.get(f"/imports/{upload.pk}/reading/").status_code == 404


def test_hidden_rows_are_left_out_or_read(client, coordinator):
    made = openpyxl.load_workbook(io.BytesIO(ledger()))
    made.active.row_dimensions[2].hidden = True
    out = io.BytesIO()
    made.save(out)
    upload = send(client, out.getvalue())
    assert upload.reading["sheets"][0]["hidden_rows"] == [2]
    assert upload.sums["total"] == 55_194_000
    upload = say(client, upload, hidden_rows="out")
    assert upload.sums["total"] == 55_194_000 - 30_967_000
    assert [r["kind"] for r in upload.reading["sheets"][0]["rows_left_out"]] == ["hidden"]
    assert say(client, upload, hidden_rows="in").sums["total"] == 55_194_000


def test_where_no_table_is_found_the_columns_can_still_be_said(client, coordinator):
    cells = table("disbursements")
    cells[0] = ["Lúc", "Giấy", "Việc", "Chỗ", "Bao nhiêu", "Nội dung chi", "Người nhận"]
    upload = send(client, book(("A", cells)), kind="disbursements")
    assert [one.code for one in upload.findings.all()] == ["no_table"]
    fields = ["date", "voucher_no", "activity", "commune", "amount"]
    said = {f"column_{letter}": name for letter, name in zip("ABCDE", fields, strict=True)}
    upload = say(client, upload, **said)
    assert (upload.state, upload.sums["total"]) == ("checked", 55_194_000)


def test_quarters_that_are_unclear_are_said_one_by_one(client, coordinator):
    cells = table("plan")
    for column, text in zip((3, 4, 5, 6), ("Quý III", "Quý IV", "Quý I", "Quý II"), strict=True):
        cells[0][column] = text
    upload = send(client, book(("KH", cells)), kind="plan", fiscal_year=factories.year("2023").pk)
    assert [one.code for one in upload.findings.filter(is_warning=False)] == ["quarters_unclear"]
    upload = say(client, upload, column_D="q1", column_E="q2", column_F="q3", column_G="q4")
    assert upload.state == "checked"
    first = [r["amount"] for r in upload.reading["sums"]["rows"] if r["commune"] == "03577"]
    assert first == [25_800_000, 0, 24_700_000, 5_100_000]


def test_two_columns_are_not_one_field_and_a_word_is_given_for_something_known(client, coordinator):
    cells = put(table("disbursements"), 1, 3, "Bản Lăng Xa")
    upload = send(client, book(("A", cells)))
    address = f"/imports/{upload.pk}/sheets/0/"
    form = client.get(address).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(address, {**values, "column_F": "amount", "name_0": "Không đâu"})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"column_F", "name_0"}
    assert not LayoutCorrection.objects.exists()


def test_what_is_saved_is_what_was_shown(client, cast, coordinator):
    type(coordinator).objects.update(office="Ban Điều hành")
    coordinator.refresh_from_db()
    upload = send(client, ledger())
    client.force_login(type(coordinator).objects.get(pk=cast.quanly.pk))
    say(client, send(client, ledger()), unit="1000")
    client.force_login(coordinator)
    client.post(f"/imports/{upload.pk}/commit/")
    assert Disbursement.objects.count() == 0
    upload.refresh_from_db()
    assert (upload.state, upload.sums["total"]) == ("checked", 55_194_000_000)
    client.post(f"/imports/{upload.pk}/commit/")
    assert Disbursement.objects.count() == 3


def test_the_first_view_is_light(client, coordinator):
    rows = table("disbursements")
    content = book(*((f"Tháng {n}", rows) for n in range(1, 13)))
    page = client.get(f"/imports/{send(client, content).pk}/")
    assert len(page.content) < 60_000
    assert client.get(page.context["reading"]["whole"]).status_code == 200


PLACES = {
    "above the table": ({"above": [["ĐVT: nghìn đồng"]]}, "A1"),
    "beside its word": ({"above": [[None, "ĐVT:", "nghìn đồng"]]}, "C1"),
    "in the heading": ({"header": "Số tiền (nghìn đồng)"}, "E1"),
    "below the table": ({"below": [[], ["Ghi chú: Đơn vị tính: nghìn đồng"]]}, "A6"),
    "nowhere": ({}, None),
}


@pytest.mark.parametrize("place", PLACES)
def test_where_the_unit_stands(coordinator, place):
    lines, cell = PLACES[place]
    [sheet] = check(coordinator, ledger(**lines)).reading["sheets"]
    assert (sheet["unit"]["cell"], sheet["unit"]["scale"]) == (cell, 1000 if cell else 1)


def test_a_unit_over_a_group_of_columns_is_found_in_the_groups_cell(coordinator):
    cells = table("plan")
    cells.insert(0, [*cells[0][:3], "Kế hoạch (triệu đồng)"])
    cells[1][:3] = [None] * 3
    content = book(("KH", cells), merges=("D1:G1", "A1:A2", "B1:B2", "C1:C2"))
    year = factories.year("2023")
    [sheet] = check(coordinator, content, "plan", fiscal_year=year).reading["sheets"]
    units = {c["field"]: c["unit"]["cell"] for c in sheet["columns"] if c["unit"]}
    assert units == {"q1": "D1", "q2": "D1", "q3": "D1", "q4": "D1"}


def test_a_doubt_is_one_line_for_the_file(coordinator):
    rows = put(table("disbursements"), 1, AMOUNT, 30)
    outcome = check(coordinator, book(("Tháng 7", rows), ("Tháng 8", rows)))
    [said] = [one for one in outcome.warnings if one.code == "small_amount"]
    assert "2 (Tháng 7); 2 (Tháng 8)" in said.message


def test_months_without_a_year_are_said_to_be_of_quarters(client, coordinator):
    head = ["Mã hoạt động", "Tên hoạt động", "Xã", *(f"Tháng {n}" for n in range(1, 13))]
    row = ["GBV-01", "Năng lực thành viên CLB", "Bản Lang", *(n * 1_000_000 for n in range(1, 13))]
    year = factories.year("2023").pk
    upload = send(client, book(("KH", [head, row])), kind="plan", fiscal_year=year)
    assert upload.state == "refused"
    letters = "DEFGHIJKLMNO"
    quarters = ["q3"] * 3 + ["q4"] * 3 + ["q1"] * 3 + ["q2"] * 3
    said = {f"column_{c}": q for c, q in zip(letters, quarters, strict=True)}
    upload = say(client, upload, **said)
    amounts = [r["amount"] // 1_000_000 for r in upload.reading["sums"]["rows"]]
    assert (upload.state, amounts) == ("checked", [24, 33, 6, 15])
