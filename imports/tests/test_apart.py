"""Workbooks are read in a process of their own: what costs too much ends there, with a sentence."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils.translation import override

from imports import apart
from imports.models import Upload
from imports.workbook import Issue, WorkbookError, mark, read_workbook
from tests import factories

from .make_hostile import HOSTILE, SHEET, inside
from .make_workbooks import one, put, table

pytestmark = pytest.mark.any_database

ROW = '<row r="%d">' + "<c><v>7</v></c>" * 5 + "</row>"
MEASURE = """
import json, os, resource, sys, time
import django
django.setup()
from imports.workbook import WorkbookError, read_workbook
for name in sys.argv[1:]:
    if os.fork() == 0:
        start, code = time.process_time(), ""
        try:
            read_workbook(name, "plan")
        except WorkbookError as error:
            code = error.code
        used = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps([name, code, used, peak]), flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.mark.slow
def test_what_counting_refuses_takes_two_seconds_and_150_megabytes_at_most(tmp_path):
    for number, make in enumerate(HOSTILE.values()):
        (tmp_path / f"{number:02}.xlsx").write_bytes(make())
    files = sorted(map(str, tmp_path.iterdir()))
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, *files],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(zip(HOSTILE, map(json.loads, run.stdout.splitlines()), strict=True))
    wrong = {
        name: said
        for name, said in found.items()
        if said[1] != "too_many_elements" or said[2] > 2 or said[3] > 150
    }
    assert wrong == {}


def test_reading_apart_gives_what_reading_gives():
    for kind in ("plan", "disbursements", "trainings"):
        data = one(put(table(kind), 1, 1, None))
        assert apart.read_workbook(data, kind) == read_workbook(data, kind)


def test_a_long_workbook_comes_back_in_pieces_in_its_order():
    """More rows than two pieces of an answer hold, one of them wrong."""
    head, row, *_more = table("disbursements")
    rows = [[*row] for _n in range(4_100)]
    rows[7][0] = "hôm qua"
    data = one([head, *rows])
    found = apart.read_workbook(data, "disbursements")
    assert found == read_workbook(data, "disbursements")
    assert [r.row for r in found.rows] == [n for n in range(2, 4_102) if n != 9]


def test_marking_apart_marks_the_same_cells():
    back = apart.mark_errors(one(table("plan")), [Issue("Bảng", 2, "Xã", "a", "Sai.")])
    assert openpyxl.load_workbook(io.BytesIO(back)).active["C2"].comment.text == "Sai."


def test_a_refusal_is_in_the_language_of_who_asks():
    said = {}
    for language in ("vi", "en"):
        for read in (read_workbook, apart.read_workbook):
            with override(language), pytest.raises(WorkbookError) as refusal:
                read(b"%PDF-1.7", "plan")
            said[language, read] = refusal.value.message
    assert said["vi", apart.read_workbook] == said["vi", read_workbook]
    assert said["en", apart.read_workbook] == said["en", read_workbook]
    assert said["vi", read_workbook] != said["en", read_workbook]


LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (2**24, 2**24))
bytearray(2**26)
"""


def memory_is_limited() -> bool:
    """Whether this kernel keeps to RLIMIT_AS: a few that sandboxes bring along do not."""
    return subprocess.run([sys.executable, "-c", LIMITED], capture_output=True).returncode != 0


@pytest.mark.parametrize(("limit", "value"), [("SECONDS", 1), ("MEMORY", 2**24)])
def test_what_uses_up_its_time_or_memory_ends_with_one_sentence(monkeypatch, limit, value):
    if limit == "MEMORY" and not memory_is_limited():
        pytest.skip("this kernel limits no memory")
    monkeypatch.setattr(apart, limit, value)  # less memory than Python alone takes anywhere
    with override("en"), pytest.raises(WorkbookError) as refusal:
        apart.read_workbook(inside(SHEET, "</sheetData>", ROW, megabytes=13), "plan")
    assert refusal.value.code == "too_heavy"
    assert refusal.value.message == (
        "Reading this workbook takes too much time or memory. Copy its table alone to a new "
        "workbook, or split it into several."
    )


def test_a_helper_that_was_ended_is_followed_by_another():
    data = one(table("plan"))
    apart.read_workbook(data, "plan")
    for _time in range(3):  # however far it is with ending
        os.kill(apart._helper.process.pid, signal.SIGKILL)
        assert len(apart.read_workbook(data, "plan").rows) == 3


def test_threads_and_forks_each_get_their_own_answer():
    answers = []
    threads = [
        threading.Thread(
            target=lambda kind=kind: answers.append(apart.read_workbook(one(table(kind)), kind))
        )
        for kind in ("plan", "disbursements", "trainings") * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kinds = sorted(answer.kind for answer in answers)
    assert kinds == ["disbursements"] * 3 + ["plan"] * 3 + ["trainings"] * 3
    child = os.fork()
    if child == 0:
        os._exit(len(apart.read_workbook(one(table("plan")), "plan").rows))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3


def test_a_fault_of_our_own_is_no_refusal_and_says_where():
    with pytest.raises(RuntimeError, match="unknown kind of workbook: budget"):
        apart.read_workbook(one(table("plan")), "budget")


@pytest.mark.django_db
def test_a_hostile_workbook_is_one_sentence_on_the_page_and_from_the_command(
    client, cast, tmp_path, capsys
):
    data = HOSTILE["one text of millions of runs"]()
    client.force_login(cast.dieuphoi)
    sent = {"kind": "plan", "workbook": SimpleUploadedFile("ke hoach.xlsx", data)}
    assert client.post("/imports/", sent).status_code == 302
    upload = Upload.objects.get()
    (finding,) = upload.findings.all()
    said = "Bảng tính có hơn 1.000.000 đoạn chữ có định dạng. Hãy chép bảng sang một bảng tính mới."
    assert (finding.code, finding.message) == ("too_many_elements", said)

    path = Path(tmp_path, "ke hoach.xlsx")
    path.write_bytes(data)
    with pytest.raises(SystemExit):
        call_command("import_workbook", "plan", str(path), "--user", "dieuphoi")
    out, err = capsys.readouterr()
    assert [error["message"] for error in json.loads(out)["errors"]] == [said]
    assert err.strip() == said


@pytest.mark.django_db
def test_a_workbook_too_long_to_be_marked_gets_a_list_of_its_errors(client, cast, monkeypatch):
    factories.activity("ECCD-01")
    monkeypatch.setattr(mark, "MAX_ROWS", 2)
    monkeypatch.setattr(apart, "mark_errors", mark.mark_errors)
    monkeypatch.setattr("imports.services.mark_errors", mark.mark_errors)
    client.force_login(cast.dieuphoi)
    data = one(put(table("disbursements"), 1, 4, "x"))
    year = factories.year("2023").pk
    sent = {"kind": "disbursements", "fiscal_year": year}
    client.post("/imports/", sent | {"workbook": SimpleUploadedFile("chi.xlsx", data)})
    answer = client.get(f"/imports/{Upload.objects.get().pk}/marked/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[0][0] == "Bảng tính quá dài hoặc có quá nhiều ô định dạng nên không đánh dấu được."
    assert lines[1] == ["Trang tính", "Dòng", "Cột", "Điều sai"]
    assert lines[2][:3] == ["Bảng", 2, "Số tiền"]
