"""Pages of the programme's life: lists, records, forms, sheets; who may do what on them."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from monitoring.models import Comment, Difficulty, Proposal
from monitoring.proposals import services as proposals
from monitoring.reviews.services import action_points as actions
from monitoring.reviews.services import difficulties, meetings
from programs.agreements import services as contracts
from programs.models import Output
from programs.outputs import services as works
from tests import factories as make
from trainings.models import Training

pytestmark = pytest.mark.any_database

LISTS = (
    "trainings",
    "outputs",
    "groups",
    "referrals",
    "agreements",
    "boards",
    "meetings",
    "visits",
    "difficulties",
    "action-points",
    "proposals",
)
CLASS = {
    "title": "Kỹ năng sống",
    "start": "15/09/2022",
    "female": "12",
    "male": "8",
    "venue": "Nhà văn hóa",
}


@pytest.fixture
def signed_in(client):
    def _signed_in(person):
        client.force_login(person)
        return client

    return _signed_in


def class_form(**changes):
    topic, commune = make.topic("GBV-CLB"), make.commune()
    return {**CLASS, "topic": topic.pk, "commune": commune.pk, **changes}


def a_difficulty(by, **values):
    values = {"title": "Sạt lở", "effect": "Chậm", "raised_on": date(2022, 9, 1), **values}
    return difficulties.difficulties.create(actor=by, **values)


def an_output(by, **values):
    return works.outputs.create(
        actor=by,
        title="Điểm rửa tay",
        kind="handwashing",
        program=make.program("ECCD"),
        fiscal_year=make.year(),
        communes=[make.commune()],
        **values,
    )


@pytest.mark.parametrize("name", LISTS)
def test_each_list_opens_for_a_viewer_and_comes_as_a_sheet(cast, signed_in, name):
    client = signed_in(cast.khach)
    assert client.get(reverse(name)).status_code == 200
    sheet = client.get(reverse(name), {"format": "xlsx"})
    assert load_workbook(BytesIO(sheet.getvalue())).active.max_row == 1


@pytest.mark.parametrize("name", LISTS)
def test_a_viewer_enters_nothing(cast, signed_in, name):
    one = {"difficulties": "difficulty"}.get(name, name[:-1])
    assert signed_in(cast.khach).get(reverse(f"{one}-new")).status_code == 403


def test_a_class_is_entered_and_leads_to_its_page(cast, signed_in):
    client = signed_in(cast.dieuphoi_gbv)
    answer = client.post(reverse("training-new"), class_form(), follow=True)
    row = Training.objects.get()
    assert answer.redirect_chain == [(reverse("training", args=[row.pk]), 302)]
    assert (row.participants, row.program.code, row.end) == (20, "GBV", date(2022, 9, 15))
    assert row.history.get().history_user == cast.dieuphoi_gbv


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(cast, signed_in):
    client = signed_in(cast.dieuphoi_gbv)
    answer = client.post(
        reverse("training-new"), class_form(participants="21", venue="Trường mầm non")
    )
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"participants"}
    assert "Trường mầm non" in answer.content.decode()
    assert not Training.objects.exists()


def test_a_form_offers_only_what_is_in_scope(cast, signed_in):
    answer = signed_in(cast.dieuphoi_gbv).get(reverse("training-new"))
    fields = answer.context["form"].fields
    assert {p.code for p in fields["program"].queryset} == {"GBV"}
    codes = set(fields["commune"].queryset.values_list("code", flat=True))
    assert codes == {make.BAN_LANG, make.NAM_XE}


def test_a_commune_out_of_scope_is_no_choice(cast, signed_in):
    client = signed_in(cast.dieuphoi_gbv)
    elsewhere = make.commune(make.DAO_SAN)
    answer = client.post(reverse("training-new"), class_form(commune=elsewhere.pk))
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"commune"})


def test_a_stale_change_keeps_what_was_typed_and_goes_through_the_second_time(cast, signed_in):
    client = signed_in(cast.xa_banlang)
    row = a_difficulty(cast.xa_banlang, commune=make.commune())
    address = reverse("difficulty-edit", args=[row.pk])
    form = {
        "title": "Sạt lở nặng",
        "effect": "Chậm",
        "raised_on": "01/09/2022",
        "affects": "progress",
        "commune": row.commune_id,
        "version": 1,
    }
    difficulties.difficulties.change(actor=cast.dieuphoi, record=row, version=1, title="Đổi trước")
    stale = client.post(address, form)
    assert stale.status_code == 409
    assert "Sạt lở nặng" in stale.content.decode()
    again = client.post(address, {**form, "version": stale.context["form"]["version"].value()})
    assert again.status_code == 302
    assert Difficulty.objects.get().title == "Sạt lở nặng"


@pytest.mark.parametrize("one", ["difficulty", "output"])
def test_another_communes_record_is_not_found(cast, signed_in, one):
    client = signed_in(make.user(role="commune", communes=[make.NAM_XE]))
    row = (
        a_difficulty(cast.bdh, commune=make.commune())
        if one == "difficulty"
        else an_output(cast.dieuphoi)
    )
    assert client.get(reverse(one, args=[row.pk])).status_code == 404


def test_filters_stay_in_the_address_and_narrow_the_list(cast, signed_in):
    make.training(commune=make.BAN_LANG, title="Ở Bản Lang")
    make.training(commune=make.NAM_XE, title="Ở Nậm Xe")
    client = signed_in(cast.khach)
    found = client.get(reverse("trainings"), {"commune": make.NAM_XE, "search": "nam xe"})
    lines = found.context["list"]["lines"]
    assert [line["cells"][0].text for line in lines] == ["Ở Nậm Xe"]
    sheet = client.get(reverse("trainings"), {"commune": make.NAM_XE, "format": "xlsx"})
    cells = [row[0].value for row in load_workbook(BytesIO(sheet.getvalue())).active.rows]
    assert cells[1:] == ["Ở Nậm Xe"]


def test_a_filter_that_cannot_be_read_is_said_and_shows_no_row(cast, signed_in):
    make.training()
    found = signed_in(cast.khach).get(reverse("trainings"), {"commune": "99999"})
    assert (found.status_code, len(found.context["list"]["lines"])) == (400, 0)


@pytest.mark.parametrize("name", ["trainings", "outputs", "difficulties"])
def test_a_list_asks_no_more_for_more_rows(cast, signed_in, name, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(cast.khach)

    def add():
        make.training()
        an_output(cast.dieuphoi)
        a_difficulty(cast.bdh, commune=make.commune())

    def queries():
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse(name))
        return len(seen)

    add()
    queries()
    one = queries()
    for _ in range(3):
        add()
    assert queries() == one


def test_a_class_is_copied_to_new_dates_from_its_page(cast, signed_in):
    row = make.training()
    client = signed_in(cast.dieuphoi)
    days = "06/10/2022\n05/01/2023"
    client.post(reverse("training-copy", args=[row.pk]), {"starts": days})
    assert set(Training.objects.values_list("start", flat=True)) == {
        date(2022, 9, 15),
        date(2022, 10, 6),
        date(2023, 1, 5),
    }
    wrong = client.post(reverse("training-copy", args=[row.pk]), {"starts": "31/02/2023"})
    assert wrong.status_code == 400
    assert "31/02/2023" in wrong.content.decode()


def test_the_commune_says_that_a_thing_is_in_use(cast, signed_in):
    row = an_output(cast.dieuphoi, state="handed_over", handed_over_on=date(2023, 5, 4))
    client = signed_in(cast.xa_banlang)
    form = {"state": "in_use", "date": "01/06/2023", "version": row.version}
    client.post(reverse("output-confirm", args=[row.pk]), form)
    assert Output.objects.get().state == "in_use"
    back = client.post(reverse("output-confirm", args=[row.pk]), {**form, "state": "planned"})
    assert back.status_code == 409


def test_a_conclusion_becomes_an_action_point_and_is_done_with_a_note(cast, signed_in):
    meeting = meetings.meetings.create(
        actor=cast.bdh,
        title="Hội nghị",
        kind="annual_review",
        date=date(2023, 8, 2),
        conclusions="Ký MoU",
    )
    client = signed_in(cast.bdh)
    form = {"conclusion": "Ký MoU", "assignee_body": "BĐH", "due_date": "31/08/2023"}
    client.post(reverse("meeting-conclude", args=[meeting.pk]), form)
    point = meeting.action_points.get()
    page = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
    assert "31/08/2023" in page
    address = reverse("action-point-finish", args=[point.pk])
    assert client.post(address, {"note": ""}).status_code == 400
    client.post(address, {"note": "Đã ký"})
    point.refresh_from_db()
    assert point.state == "reported"
    other = signed_in(cast.quanly)
    other.post(reverse("action-point-verify", args=[point.pk]))
    point.refresh_from_db()
    assert point.state == "done"


def test_a_comment_mentions_who_can_see_the_record(cast, signed_in):
    row = a_difficulty(cast.bdh, commune=make.commune(make.NAM_XE))
    client = signed_in(cast.bdh)
    address = reverse("comment", args=["difficulty", row.pk])
    refused = client.post(address, {"text": "Nhờ @xa_banlang"})
    assert refused.status_code == 400
    assert "Nhờ @xa_banlang" in refused.content.decode()
    client.post(address, {"text": "Nhờ @dieuphoi xem"})
    assert set(Comment.objects.get().mentions.all()) == {cast.dieuphoi}
    assert "Nhờ @dieuphoi xem" in client.get(reverse("difficulty", args=[row.pk])).content.decode()


def test_comments_do_not_reach_out_of_scope(cast, signed_in):
    row = a_difficulty(cast.bdh, commune=make.commune(make.NAM_XE))
    client = signed_in(cast.xa_banlang)
    assert (
        client.post(reverse("comment", args=["difficulty", row.pk]), {"text": "?"}).status_code
        == 404
    )
    assert client.post(reverse("comment", args=["user", 1]), {"text": "?"}).status_code == 404


def a_proposal(by, **values):
    return proposals.proposals.create(
        actor=by,
        **{
            "title": "Điểm rửa tay",
            "fiscal_year": make.year("2024"),
            "program": make.program("GBV"),
            "commune": make.commune(),
            "why": "Thiếu nước",
            "for_whom": "Điểm trường",
            "expected": "1 điểm",
            "estimate": 30_000_000,
            **values,
        },
    )


def test_the_selection_board_fills_its_ceiling_and_makes_a_plan(cast, signed_in):
    year = make.year("2024")
    year.ceiling = 50_000_000
    year.save()
    first, second = (a_proposal(cast.xa_banlang, title=f"Việc {n}") for n in (1, 2))
    board = signed_in(cast.bdh)

    def decide(row, **form):
        return board.post(reverse("proposal-decide", args=[row.pk]), form)

    assert decide(first, decision="select", version=1).status_code == 302
    page = board.get(reverse("selection"), {"fiscal_year": "2024"})
    assert (page.context["percent"], page.context["left"]) == (60, "20.000.000")
    full = decide(second, decision="select", version=1)
    assert full.status_code == 409
    assert "20.000.000" in full.content.decode()
    assert decide(second, decision="refuse", reason="").status_code == 400
    assert decide(second, decision="refuse", reason="Hết trần").status_code == 302
    manager = signed_in(cast.quanly)
    made = manager.post(reverse("selection-plan"), {"fiscal_year": "2024"})
    first.refresh_from_db()
    assert made["Location"] == reverse("plan-version", args=[first.plan_version_id])
    assert {p.state for p in Proposal.objects.all()} == {"drafted", "refused"}


def test_who_proposes_decides_nothing_on_the_board(cast, signed_in):
    row = a_proposal(cast.xa_banlang)
    client = signed_in(cast.xa_banlang)
    assert client.get(reverse("selection"), {"fiscal_year": "2024"}).status_code == 200
    form = {"decision": "select"}
    assert client.post(reverse("proposal-decide", args=[row.pk]), form).status_code == 403


def test_unfinished_activities_are_carried_over_from_the_board(cast, signed_in):
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 100}))
    make.posted(40, activity="GBV-01")
    client = signed_in(cast.dieuphoi)
    page = client.get(reverse("selection"), {"fiscal_year": "2024"})
    assert [line["left"] for line in page.context["unfinished"]] == ["60"]
    form = {"fiscal_year": "2024", "from_year": "2023", "activity": ["GBV-01"]}
    client.post(reverse("selection-carry"), form)
    assert Proposal.objects.get().estimate == 60


def test_pages_of_every_kind_of_record_open(cast, signed_in):
    point = actions.raise_point(actor=cast.bdh, title="Việc", assignee_body="BĐH")
    agreement = contracts.agreements.create(
        actor=cast.bdh, kind="MoU", title="Bản ghi nhớ", signed_date=date(2023, 8, 1)
    )
    client = signed_in(cast.bdh)
    for one, row in (
        ("training", make.training()),
        ("output", an_output(cast.dieuphoi)),
        ("agreement", agreement),
        ("action-point", point),
        ("difficulty", a_difficulty(cast.bdh)),
        ("proposal", a_proposal(cast.xa_banlang)),
    ):
        assert client.get(reverse(one, args=[row.pk])).status_code == 200


def a_file(name="bien-ban.pdf", content=b"%PDF-1.7 bien ban"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)


def test_a_file_is_kept_with_its_record_and_fetched_only_in_scope(cast, signed_in):
    row = a_difficulty(cast.bdh, commune=make.commune(make.NAM_XE))
    client = signed_in(cast.bdh)
    address = reverse("record-files", args=["difficulty", row.pk])
    for _ in range(2):
        assert client.post(address, {"files": a_file()}).status_code == 302
    page = client.get(reverse("difficulty", args=[row.pk])).content.decode()
    assert page.count("bien-ban.pdf\n</a>") == 1
    from monitoring.models import RecordFile

    fetched = reverse("record-file", args=["difficulty", row.pk, RecordFile.objects.get().pk])
    answer = client.get(fetched)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 bien ban"
    assert "attachment" in answer["Content-Disposition"]
    assert signed_in(cast.xa_banlang).get(fetched).status_code == 404


def test_what_is_no_file_of_the_allowed_kinds_is_refused_on_the_page(cast, signed_in):
    row = a_difficulty(cast.bdh)
    client = signed_in(cast.bdh)
    address = reverse("record-files", args=["difficulty", row.pk])
    answer = client.post(address, {"files": a_file("trang.html", b"<script>")})
    assert answer.status_code == 400
    assert "trang.html" in answer.content.decode()
    viewer = signed_in(cast.khach)
    assert viewer.post(address, {"files": a_file()}).status_code == 403
