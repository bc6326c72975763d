"""Issuing: text and figures freeze, numbers run without gaps, files are kept, changes show."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.models.boards import Board
from core.services.errors import Conflict, StaleVersion
from core.values.dates import today
from monitoring.models import ActionPoint, Meeting
from reports import issuing
from reports.diff import changes_since
from reports.documents.make import read_request
from reports.issuing import Signing, issue, kept_file, write_texts
from reports.models import IssuedReport, NumberSeries
from reports.tests import samples
from tests import factories

pytestmark = pytest.mark.any_database

DAY = date(2024, 3, 5)


def steering(name="Ban Điều hành Chương trình Plan huyện Phong Thổ", **values):
    area = factories.commune().parent
    return Board.objects.create(
        name=name, kind="steering", level="district", commune=area, **values
    )


def document(kind="annual", **values):
    return read_request({"kind": kind, "format": "docx", "fiscal_year": "2023", **values})


def issued(actor, board, day=DAY, **values):
    return issue(actor=actor, asked=document(**values), signing=Signing(board, day))


def test_the_first_document_of_a_year_is_number_01(cast):
    report = issued(cast.bdh, steering())

    assert report.reference == "01/BC-BĐH"
    text = samples.word_text(kept_file(report, "docx"))
    assert "Số: 01/BC-BĐH" in text
    assert "Phong Thổ, ngày 05 tháng 3 năm 2024" in text
    assert kept_file(report, "pdf").startswith(b"%PDF")


def test_numbers_run_without_gaps_even_when_issuing_fails(cast, monkeypatch):
    board = steering()
    issued(cast.bdh, board)

    def broken(document):
        raise RuntimeError("no disk")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setitem(issuing.RENDERERS, "pdf", broken)
        with transaction.atomic():
            issued(cast.bdh, board)
    assert issued(cast.bdh, board, kind="quarterly", quarter="1").number == 2


def test_each_board_and_each_calendar_year_has_its_own_series(cast):
    first, second = steering(), steering("Ban Điều hành thứ hai")

    assert issued(cast.bdh, first, date(2023, 12, 29)).number == 1
    assert issued(cast.bdh, first, date(2024, 1, 2)).number == 1
    assert issued(cast.bdh, second, date(2024, 1, 2)).number == 1
    assert issued(cast.bdh, first, date(2024, 1, 2)).number == 2
    assert NumberSeries.objects.count() == 3


def test_a_board_that_was_consolidated_goes_on_with_the_numbers(cast):
    old = steering(term_end=date(2024, 3, 31))
    new = steering("Ban Điều hành (kiện toàn)", follows=old, term_start=date(2024, 4, 1))

    assert issued(cast.bdh, old, date(2024, 3, 1)).number == 1
    assert issued(cast.bdh, new, date(2024, 4, 2)).number == 2


def test_a_number_is_not_dated_before_the_one_before_it(cast):
    board = steering()
    issued(cast.bdh, board, date(2024, 3, 5))

    with pytest.raises(ValidationError) as refused:
        issued(cast.bdh, board, date(2024, 3, 4))
    assert list(refused.value.message_dict) == ["date"]


def test_a_document_is_not_dated_in_the_future(cast):
    with pytest.raises(ValidationError) as refused:
        issued(cast.bdh, steering(), today() + timedelta(days=1))
    assert list(refused.value.message_dict) == ["date"]


def test_a_board_out_of_office_issues_nothing(cast):
    with pytest.raises(ValidationError) as refused:
        issued(cast.bdh, steering(term_end=date(2023, 12, 31)))
    assert list(refused.value.message_dict) == ["board"]


def test_only_board_staff_writes_and_issues(cast):
    board = steering()
    for person in cast.everybody():
        if person == cast.bdh:
            continue
        with pytest.raises(PermissionDenied):
            issued(person, board)
        with pytest.raises(PermissionDenied):
            write_texts(actor=person, asked=document(), texts={"results": "x"})
    assert not IssuedReport.objects.exists()


def test_what_was_issued_stays_when_the_ledger_goes_on_and_the_change_shows(cast):
    factories.plan(factories.line(amounts=5_000_000))
    factories.posted(3_000_000)
    report = issued(cast.bdh, steering())
    before = kept_file(report, "docx")
    assert changes_since(report, cast.bdh) == []

    factories.posted(1_000_000)

    assert kept_file(report, "docx") == before
    assert "3.000.000 đồng" in samples.word_text(before)
    changes = {(c.table, c.row, c.field): (c.then, c.now) for c in changes_since(report, cast.bdh)}
    assert changes["by_commune", "Bản Lang", "disbursed"] == (3_000_000, 4_000_000)
    assert changes["by_commune", "", "rate"] == ("60.0", "80.0")


def test_the_frozen_addresses_still_answer_what_was_printed(cast):
    factories.plan(factories.line(amounts=5_000_000))
    factories.posted(3_000_000)
    report = issued(cast.bdh, steering())
    factories.posted(1_000_000)

    for name in ("by_program", "by_commune", "by_quarter", "by_program_commune"):
        table = report.figures["tables"][name]
        answer = factories.api(cast.bdh).get(table["query"]).json()
        assert (answer["total"], answer["rows"]) == (table["total"], table["rows"])


def test_an_issued_document_does_not_change(cast):
    report = issued(cast.bdh, steering())

    report.title = "khác"
    with pytest.raises(Conflict):
        report.save()
    with pytest.raises(Conflict):
        report.delete()
    with pytest.raises(Conflict):
        IssuedReport.objects.update(title="khác")
    with pytest.raises(Conflict):
        IssuedReport.objects.all().delete()


def test_a_file_that_was_tampered_with_is_not_handed_out(cast):
    report = issued(cast.bdh, steering())
    with open(report.docx.path, "ab") as file:
        file.write(b"x")

    with pytest.raises(Conflict) as refused:
        kept_file(report, "docx")
    assert refused.value.code == "file_changed"


def test_a_new_one_about_the_same_replaces_the_old(cast):
    board = steering()
    first = issued(cast.bdh, board)
    other = issued(cast.bdh, board, kind="quarterly", quarter="2")
    third = issued(cast.bdh, board, kind="quarterly", quarter="3")
    year = issued(cast.bdh, board, fiscal_year="2022")
    outside = issued(cast.bdh, board, outside="1")
    again = issued(cast.bdh, board)
    last = issued(cast.bdh, board)

    assert (again.replaces, last.replaces) == (first, again)
    assert [row.replaces for row in (other, third, year, outside)] == [None] * 4
    assert issued(cast.bdh, board, outside="1").replaces == outside


def test_written_text_stands_in_its_section(cast):
    write_texts(
        actor=cast.bdh,
        asked=document(),
        texts={"results": "Kết quả vượt mong đợi.", "tasks": "Khởi công sớm.", "unknown": "x"},
    )
    report = issued(cast.bdh, steering())

    text = samples.word_text(kept_file(report, "docx"))
    assert text.index("Kết quả chung") < text.index("Kết quả vượt mong đợi.")
    assert text.index("NHIỆM VỤ TRỌNG TÂM") < text.index("Khởi công sớm.")
    assert report.texts == {"results": "Kết quả vượt mong đợi.", "tasks": "Khởi công sớm."}


def test_two_writers_do_not_overwrite_each_other(cast):
    draft = write_texts(actor=cast.bdh, asked=document(), texts={"results": "A"}, version=0)
    write_texts(actor=cast.bdh, asked=document(), texts={"results": "B"}, version=draft.version)

    with pytest.raises(StaleVersion):
        write_texts(actor=cast.bdh, asked=document(), texts={"results": "C"}, version=draft.version)
    with pytest.raises(StaleVersion):
        write_texts(actor=cast.bdh, asked=document(), texts={"results": "D"}, version=0)


def review(cast):
    meeting = Meeting.objects.create(
        title="Hội nghị tổng kết năm tài chính 2023",
        kind="annual_review",
        date=date(2023, 7, 18),
        place="thị trấn Phong Thổ",
        fiscal_year=factories.year("2023"),
        attending="Thường trực UBND huyện\nBan Dự án các xã",
        conclusions="Ký MoU trong tháng 8/2023.\nRà soát hoạt động đề xuất.",
    )
    meeting.stated_figures.create(
        label="Giải ngân",
        measure="other",
        qualifier="hơn",
        value=8_900_000_000,
        unit="đồng",
        text="hơn 8,9 tỷ đồng",
    )
    ActionPoint.objects.create(
        title="Ký biên bản ghi nhớ",
        assignee_body="Ban Quản lý dự án",
        due_date=date(2023, 8, 31),
        meeting=meeting,
        created_by=cast.bdh,
    )
    return meeting


def test_minutes_say_who_what_and_what_is_to_be_done(cast):
    review(cast)
    report = issued(cast.bdh, steering(), kind="minutes")

    text = samples.word_text(kept_file(report, "docx"))
    assert report.reference == "01/BB-BĐH"
    for said in (
        "BIÊN BẢN",
        "Thời gian: ngày 18/07/2023.",
        "Chủ trì: không nêu.",
        "- Ban Dự án các xã",
        "- Giải ngân: hơn 8,9 tỷ đồng.",
        "- Rà soát hoạt động đề xuất.",
        "Ký biên bản ghi nhớ | Ban Quản lý dự án | 31/08/2023",
        "THƯ KÝ",
        "CHỦ TỌA",
        "./.",
    ):
        assert said in text, said


def test_the_notice_numbers_the_conclusions(cast):
    review(cast)
    report = issued(cast.bdh, steering(), kind="conclusions")

    text = samples.word_text(kept_file(report, "docx"))
    assert report.reference == "01/TB-BĐH"
    assert "Kết luận tại hội nghị tổng kết năm tài chính 2023" in text
    assert "1. Ký MoU trong tháng 8/2023.\n2. Rà soát hoạt động đề xuất." in text


def test_without_a_meeting_there_are_no_minutes(cast):
    with pytest.raises(ValidationError) as refused:
        issued(cast.bdh, steering(), kind="minutes")
    assert list(refused.value.message_dict) == ["meeting"]


def test_an_action_point_done_since_shows_as_a_change(cast):
    review(cast)
    report = issued(cast.bdh, steering(), kind="minutes")
    ActionPoint.objects.update(state="cancelled")

    assert [(c.table, c.field) for c in changes_since(report, cast.bdh)] == [
        ("action_points", "state")
    ]


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_get_two_numbers():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    factories.reference()
    person, board = factories.user("bdh", "board"), steering()

    def number(_turn):
        try:
            return issued(person, board).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(number, range(4))) == [1, 2, 3, 4]
