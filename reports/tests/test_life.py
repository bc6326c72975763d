"""The programme's life in the reports: works, agreements, difficulties, proposals, tasks."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.models import ActionPoint, Difficulty, Proposal
from monitoring.results import services as indicators
from monitoring.reviews.services import meetings
from programs.models.agreements import Agreement
from programs.models.outputs import Output
from reports.documents.make import make, read_request
from reports.tests import samples
from reports.tests.test_issuing import review
from tests import factories

pytestmark = pytest.mark.any_database


def text_of(actor, kind="annual", **values):
    asked = {"kind": kind, "format": "docx", "fiscal_year": "2023", **values}
    return samples.word_text(make(read_request(asked), actor).content)


def output(title, state="handed_over", commune=factories.BAN_LANG, **values):
    row = Output.objects.create(
        title=title,
        kind="handwashing",
        program=factories.program("ECCD"),
        fiscal_year=factories.year("2023"),
        state=state,
        **values,
    )
    row.communes.set([factories.commune(commune)])
    return row


def difficulty(title, raised_on, **values):
    return Difficulty.objects.create(
        title=title, raised_on=raised_on, effect="Chậm tiến độ", **values
    )


def test_what_was_handed_over_is_listed_and_what_was_only_planned_is_not(cast):
    output("Điểm rửa tay", quantity=3, unit="điểm")
    output("Nhà vệ sinh", state="planned")

    text = text_of(cast.bdh)
    assert "CÔNG TRÌNH, TRANG THIẾT BỊ HỖ TRỢ" in text
    assert "Điểm rửa tay | Bản Lang | 3 điểm" in text
    assert "Nhà vệ sinh" not in text


def test_what_is_out_of_order_is_named_whatever_its_year(cast):
    broken = output("Nhà vệ sinh", state="out_of_order", maintained_by="Trường mầm non")
    broken.checks.create(date=date(2023, 5, 4), state="out_of_order")
    output("Điểm rửa tay", state="in_use")
    old = output("Bể nước", state="out_of_order")
    Output.objects.filter(pk=old.pk).update(fiscal_year=factories.year("2022"))

    text = text_of(cast.bdh)
    assert "HỎNG, KHÔNG SỬ DỤNG ĐƯỢC" in text
    assert "Nhà vệ sinh | Bản Lang | 04/05/2023 | Trường mầm non" in text
    assert "Bể nước | Bản Lang | – | –" in text
    assert "Điểm rửa tay | Bản Lang | –" not in text


def test_a_quarter_lists_what_was_handed_over_in_it(cast):
    output("Của quý I", handed_over_on=date(2022, 8, 1))
    output("Của quý II", handed_over_on=date(2022, 11, 1))

    text = text_of(cast.bdh, "quarterly", quarter="2")
    assert "Của quý II |" in text
    assert "Của quý I |" not in text


def test_difficulties_of_the_year_and_of_its_review_come_with_their_solutions(cast):
    difficulty("Đường sạt lở", date(2022, 9, 1), solution="Vận chuyển bằng sức dân")
    difficulty("Nêu tại hội nghị", date(2023, 7, 18), meeting=review(cast))
    difficulty("Của năm sau", date(2023, 8, 1))

    text = text_of(cast.bdh)
    assert "Đường sạt lở: Chậm tiến độ. Giải pháp: Vận chuyển bằng sức dân." in text
    assert "Nêu tại hội nghị" in text
    assert "Của năm sau" not in text


def test_agreements_say_whether_they_are_signed(cast):
    for title, year, signed in (
        ("Bản ghi nhớ 2023", "2023", date(2022, 8, 15)),
        ("Bản ghi nhớ 2024", "2024", None),
        ("Bản ghi nhớ 2026", "2026", None),
    ):
        row = Agreement.objects.create(kind="MoU", title=title, signed_date=signed)
        row.fiscal_years.set([factories.year(year)])

    text = text_of(cast.bdh)
    assert "Bản ghi nhớ 2023 (MoU): đã ký ngày 15/08/2022." in text
    assert "Bản ghi nhớ 2024 (MoU): chưa ký." in text
    assert "Bản ghi nhớ 2026" not in text


def test_selected_proposals_of_the_next_year_add_up(cast):
    for title, state, estimate in (
        ("Tập huấn", "selected", 25_400_000),
        ("Truyền thông", "selected", 25_400_000),
        ("Xây mới", "proposed", 90_000_000),
    ):
        Proposal.objects.create(
            title=title,
            fiscal_year=factories.year("2024"),
            program=factories.program("GBV"),
            commune=factories.commune(),
            why="Cần",
            for_whom="Thanh niên",
            expected="Kỹ năng",
            estimate=estimate,
            state=state,
            created_by=cast.bdh,
        )

    text = text_of(cast.bdh)
    assert "Đã lựa chọn 2 hoạt động đề xuất" in text
    assert "50,8 triệu đồng (50.800.000 đồng)" in text
    assert "Tập huấn | GBV | Bản Lang | 26" in text
    assert "Truyền thông | GBV | Bản Lang | 25" in text
    assert "Tổng cộng |  |  | 51" in text
    assert "Xây mới" not in text


def test_a_report_holds_its_makers_scope_only(cast):
    output("Ở Bản Lang")
    output("Ở Nậm Xe", commune=factories.NAM_XE)
    board = factories.user("bdh-ban-lang", "board", communes=[factories.BAN_LANG])

    text = text_of(board)
    assert "Ở Bản Lang" in text
    assert "Ở Nậm Xe" not in text
    assert "trong phạm vi của người lập báo cáo" in text


def test_open_tasks_stand_with_the_main_tasks(cast):
    ActionPoint.objects.create(
        title="Ký biên bản ghi nhớ", assignee_body="Ban Quản lý dự án", created_by=cast.bdh
    )
    text = text_of(cast.bdh)
    assert text.index("NHIỆM VỤ TRỌNG TÂM") < text.index("Ký biên bản ghi nhớ | Ban Quản lý dự án")


def test_what_was_reached_stands_against_what_was_aimed_at_inside_the_house_only(cast):
    indicator = indicators.indicators.create(
        actor=cast.bdh,
        code="GBV-CK",
        name="Cam kết không tảo hôn",
        program=factories.program("GBV"),
        unit="người",
    )
    place = {"indicator": indicator, "year": factories.year(), "commune": factories.commune()}
    indicators.set_target(actor=cast.bdh, value=Decimal(40), **place)
    indicators.enter_actual(actor=cast.bdh, value=Decimal(3), evidence="Danh sách", **place)

    row = "GBV-CK Cam kết không tảo hôn | Bản Lang | người | 40 | 3 | 7,5%"
    assert row in text_of(cast.bdh)
    assert "GBV-CK" not in text_of(cast.bdh, outside="1")


def test_visits_of_the_year_say_what_was_seen(cast):
    for title, day in (("Giám sát lớp học", date(2023, 5, 2)), ("Năm sau", date(2023, 8, 2))):
        meetings.visits.create(
            actor=cast.bdh,
            title=title,
            date=day,
            commune=factories.commune(),
            seen="Lớp đủ người",
            advice="Bổ sung học liệu.",
        )

    text = text_of(cast.bdh)
    assert "Đã tổ chức 1 đợt giám sát." in text
    said = "Ngày 02/05/2023, xã Bản Lang, Giám sát lớp học: Lớp đủ người."
    assert f"{said} Kiến nghị: Bổ sung học liệu." in text
    assert "Năm sau" not in text


def test_the_report_says_which_lines_of_the_next_plan_came_from_proposals(cast):
    activity = factories.activity("GBV-09")
    for title, state, estimate in (
        ("Tập huấn", "planned", 25_000_000),
        ("Tập huấn lần hai", "planned", 5_000_000),  # of the same line
        ("Truyền thông", "drafted", 7_000_000),
    ):
        Proposal.objects.create(
            title=title,
            fiscal_year=factories.year("2024"),
            program=factories.program("GBV"),
            commune=factories.commune(),
            why="Cần",
            for_whom="Thanh niên",
            expected="Kỹ năng",
            estimate=estimate,
            state=state,
            activity=activity,
            created_by=cast.bdh,
        )

    text = text_of(cast.bdh)
    assert "Đã lựa chọn 3 hoạt động đề xuất" in text
    assert "1 khoản mục (30.000.000 đồng) có nguồn gốc từ các hoạt động đề xuất" in text
    assert "1 hoạt động đề xuất (7.000.000 đồng) đang nằm trong bản nháp kế hoạch" in text
