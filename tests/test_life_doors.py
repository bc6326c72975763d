"""The same bad record of the programme's life at page and API, and of a class in a workbook too:
the same error beside the same field, in the same words, in both languages; and nothing is saved.
"""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils.translation import override
from openpyxl import Workbook

from communes.models import Village
from core.pages import ADMINS
from core.values.dates import format_date, today
from imports.services import check_workbook
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TOMORROW = today() + timedelta(days=2)  # the suite may run past midnight
TODAY_TOMORROW = TOMORROW.isoformat()
REQUIRED = "This field is required."
LATER = f"{format_date(TOMORROW)} is in the future."
NO_DAY = "“2023-02-30” is a day that does not exist. Write day/month/year: 05/07/2023."
ENDED = "Bản Lang no longer existed on 15/09/2025: it became Xã Khổng Lào."
ELSEWHERE = "This village lies in another commune."

# By resource of the API: the address of the form, and a record that every door takes.
GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "trainings": (
        "/trainings/new/",
        {
            "title": "Kỹ năng sống",
            "topic": "GBV-CLB",
            "program": "GBV",
            "commune": make.BAN_LANG,
            "start": "2022-09-15",
            "female": 12,
            "male": 8,
        },
    ),
    "outputs": (
        "/outputs/new/",
        {
            "title": "Điểm rửa tay",
            "kind": "handwashing",
            "program": "GBV",
            "fiscal_year": "2023",
            "communes": [make.BAN_LANG],
            "quantity": 1,
            "state": "planned",
        },
    ),
    "groups": (
        "/groups/new/",
        {
            "name": "CLB thủ lĩnh thay đổi",
            "kind": "club_school",
            "program": "GBV",
            "communes": [make.BAN_LANG],
        },
    ),
    "referrals": (
        "/referrals/new/",
        {
            "kind": "vocational",
            "program": "GBV",
            "commune": make.BAN_LANG,
            "fiscal_year": "2023",
            "people": 5,
        },
    ),
    "agreements": (
        "/agreements/new/",
        {"kind": "MoU", "title": "Bản ghi nhớ", "due_precision": "day"},
    ),
    "boards": (
        "/boards/new/",
        {"name": "Ban Dự án xã", "kind": "commune", "commune": make.BAN_LANG},
    ),
    "meetings": (
        "/meetings/new/",
        {
            "title": "Hội nghị tổng kết",
            "kind": "annual_review",
            "date": "2023-08-02",
            "date_precision": "day",
        },
    ),
    "visits": (
        "/visits/new/",
        {
            "title": "Giám sát",
            "date": "2023-05-02",
            "program": "GBV",
            "commune": make.BAN_LANG,
            "seen": "Lớp học đều",
        },
    ),
    "difficulties": (
        "/difficulties/new/",
        {
            "title": "Sạt lở",
            "effect": "Chậm",
            "affects": "progress",
            "raised_on": "2023-01-05",
            "program": "GBV",
            "commune": make.BAN_LANG,
        },
    ),
    "action-points": (
        "/action-points/new/",
        {"title": "Ký MoU", "assignee_body": "BĐH", "program": "GBV", "commune": make.BAN_LANG},
    ),
    "proposals": (
        "/proposals/new/",
        {
            "title": "Điểm rửa tay",
            "fiscal_year": "2024",
            "program": "GBV",
            "commune": make.BAN_LANG,
            "why": "Thiếu nước",
            "for_whom": "Điểm trường",
            "expected": "1 điểm rửa tay",
            "estimate": 50_000_000,
            "quarter": 1,
        },
    ),
    "indicator-actuals": (
        "/indicator-actuals/new/",
        {
            "indicator": "GBV-CK",
            "fiscal_year": "2023",
            "commune": make.BAN_LANG,
            "value": 30,
            "evidence": "Danh sách",
        },
    ),
}
# What is wrong; where; how the record differs; the field; the sentence.
BAD: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("a class without a title", "trainings", {"title": None}, "title", REQUIRED),
    (
        "a class whose sexes do not add up",
        "trainings",
        {"participants": 21},
        "participants",
        "Women (12) and men (8) make 20, not 21.",
    ),
    (
        "a class whose ages do not add up",
        "trainings",
        {"under_16": 5, "age_16_24": 5, "over_24": 5},
        "under_16",
        "The ages make 15, not 20.",
    ),
    (
        "a class with more ethnic minority people than people",
        "trainings",
        {"ethnic_minority": 25},
        "ethnic_minority",
        "25 of 20: a part cannot be more.",
    ),
    (
        "a class that ends before it begins",
        "trainings",
        {"end": "2022-09-01"},
        "end",
        "The last day is before the first.",
    ),
    ("a class on no day", "trainings", {"start": "2023-02-30"}, "start", NO_DAY),
    (
        "a class outside the assignment",
        "trainings",
        {"commune": make.HOANG_THEN},
        "commune",
        "Hoang Thèn is outside your assignment for GBV.",
    ),
    (
        "a class with more different people than participations",
        "trainings",
        {"distinct_people": 21},
        "distinct_people",
        "21 of 20: a part cannot be more.",
    ),
    ("an output without a title", "outputs", {"title": None}, "title", REQUIRED),
    (
        "an output handed over in the future",
        "outputs",
        {"handed_over_on": TODAY_TOMORROW, "state": "handed_over"},
        "handed_over_on",
        LATER,
    ),
    (
        "an output handed over and still planned",
        "outputs",
        {"handed_over_on": "2023-05-02"},
        "state",
        "It has a day of handover: say that it was handed over.",
    ),
    (
        "an output in another commune's village",
        "outputs",
        {"village": "away"},
        "village",
        ELSEWHERE,
    ),
    (
        "more women than people linked to training",
        "referrals",
        {"female": 6},
        "__all__",
        "A part cannot be more than the total.",
    ),
    (
        "an agreement signed in the future",
        "agreements",
        {"signed_date": TODAY_TOMORROW},
        "signed_date",
        LATER,
    ),
    ("an agreement due on no day", "agreements", {"due_date": "2023-02-30"}, "due_date", NO_DAY),
    (
        "a board whose term ends before it begins",
        "boards",
        {"term_start": "2023-01-01", "term_end": "2022-01-01"},
        "__all__",
        "A term cannot end before it begins.",
    ),
    ("a board without a name", "boards", {"name": None}, "name", REQUIRED),
    ("a meeting on no day", "meetings", {"date": "2023-02-30"}, "date", NO_DAY),
    ("a meeting without a title", "meetings", {"title": None}, "title", REQUIRED),
    ("a visit in the future", "visits", {"date": TODAY_TOMORROW}, "date", LATER),
    ("a visit that saw nothing", "visits", {"seen": None}, "seen", REQUIRED),
    ("a visit in a village elsewhere", "visits", {"village": "away"}, "village", ELSEWHERE),
    ("a difficulty without a title", "difficulties", {"title": None}, "title", REQUIRED),
    (
        "a difficulty raised in the future",
        "difficulties",
        {"raised_on": TODAY_TOMORROW},
        "raised_on",
        LATER,
    ),
    (
        "an action point that is nobody's",
        "action-points",
        {"assignee_body": None},
        "assignee_body",
        "Name a person or a body.",
    ),
    ("a proposal without a reason", "proposals", {"why": None}, "why", REQUIRED),
    (
        "a proposal for nothing",
        "proposals",
        {"estimate": 0},
        "estimate",
        "The amount must be more than 0 đồng.",
    ),
    (
        "a proposal of a fraction of a đồng",
        "proposals",
        {"estimate": 1500.5},
        "estimate",
        "“1500.5” has a fraction of a đồng. Write whole đồng, for example 12.500.000.",
    ),
    (
        "an actual without evidence",
        "indicator-actuals",
        {"evidence": None},
        "evidence",
        REQUIRED,
    ),
    (
        "an actual below nothing",
        "indicator-actuals",
        {"value": -1},
        "__all__",
        "An actual is not below 0.",
    ),
    *(
        (f"{name} in a commune that was no more", name, changes, field, ENDED)
        for name, changes, field in (
            ("trainings", {"start": "2025-09-15"}, "commune"),
            (
                "outputs",
                {"fiscal_year": "2026", "handed_over_on": "2025-09-15", "state": "handed_over"},
                "communes",
            ),
            ("groups", {"founded_on": "2025-09-15"}, "communes"),
            ("agreements", {"communes": [make.BAN_LANG], "signed_date": "2025-09-15"}, "communes"),
            ("boards", {"decision_date": "2025-09-15"}, "commune"),
            ("meetings", {"commune": make.BAN_LANG, "date": "2025-09-15"}, "commune"),
            ("visits", {"date": "2025-09-15"}, "commune"),
            ("difficulties", {"raised_on": "2025-09-15"}, "commune"),
            ("action-points", {"due_date": "2025-09-15"}, "commune"),
        )
    ),
    *(
        (f"{name} of a year that begins after it ended", name, {"fiscal_year": "2026"}, *said)
        for name in ("referrals", "proposals", "indicator-actuals")
        for said in [("commune", ENDED.replace("15/09", "01/07"))]
    ),
]


@pytest.fixture
def writer(reference):
    """Somebody who may write each of these: the one who coordinates GBV in two communes, or the
    board where only the board may."""
    from monitoring.results import services as indicators

    places = [("GBV", make.BAN_LANG), ("GBV", make.NAM_XE)]
    people = {
        "coordinator": make.user_of_pairs(*places, username="dieuphoi", role="coordinator"),
        "board": make.user("bdh", "board"),
    }
    indicators.indicators.create(
        actor=people["board"],
        code="GBV-CK",
        name="Cam kết",
        program=make.program("GBV"),
        unit="người",
    )
    for code, name in ((make.BAN_LANG, "here"), (make.NAM_XE, "away")):
        Village.objects.create(commune=make.commune(code), name=name)
    only_board = {"agreements", "boards", "meetings"}
    return lambda name: people["board" if name in only_board else "coordinator"]


def record(name, changes):
    fields = {**GOOD[name][1], **changes}
    return {key: value for key, value in fields.items() if value is not None}


def by_page(client, actor, name, changes):
    """{field: messages} of the form."""
    client.force_login(actor)
    find = {
        "program": make.program,
        "commune": make.commune,
        "fiscal_year": make.year,
        "topic": make.topic,
        "village": lambda village: Village.objects.get(name=village),
        "indicator": lambda code: model_named("indicators").objects.get(code=code),
    }
    form = {}
    for key, value in record(name, changes).items():
        if key == "communes":
            form[key] = [make.commune(code).pk for code in value]
        else:
            form[key] = find[key](value).pk if key in find else str(value)
    answer = client.post(GOOD[name][0], form)
    if answer.status_code != 400:
        return {"status": [str(answer.status_code)]}
    return {key: list(messages) for key, messages in answer.context["form"].errors.items()}


def model_named(name):
    """The model of a list's address."""
    assert get_resolver().url_patterns  # reading the addresses fills AREAS
    return next(model for model, area in ADMINS.items() if area.name == name)


def by_api(actor, name, changes):
    answer = make.api(actor).post(f"/api/v1/{name}/", record(name, changes))
    if answer.status_code != 400:
        return {"status": [str(answer.status_code)]}
    said = answer.json()
    return {("__all__" if key == "non_field_errors" else key): said[key] for key in said}


def both(client, actor, name, changes, settings, language):
    settings.LANGUAGE_CODE = language
    return by_page(client, actor, name, changes), by_api(actor, name, changes)


@pytest.mark.parametrize(
    ("name", "changes", "field", "sentence"), [pytest.param(*case[1:], id=case[0]) for case in BAD]
)
def test_the_same_bad_record_the_same_words(
    writer, client, settings, name, changes, field, sentence
):
    model = model_named(name)
    actor = writer(name)
    page, api = both(client, actor, name, changes, settings, "en")
    assert page == api == {field: [sentence]}
    page, api = both(client, actor, name, changes, settings, "vi")
    assert page == api
    assert list(page) == [field]
    assert page != {field: [sentence]}
    assert not model.objects.exists()


@pytest.mark.parametrize("name", GOOD)
def test_the_good_record_passes_both(writer, client, name):
    assert by_page(client, writer(name), name, {}) == {"status": ["302"]}
    other = {"indicator-actuals": {"commune": make.NAM_XE}, "trainings": {"title": "Lớp khác"}}
    assert by_api(writer(name), name, other.get(name, {})) == {"status": ["201"]}


COLUMNS = {
    "title": "Tên lớp tập huấn",
    "topic": "Chủ đề",
    "program": "Chương trình",
    "commune": "Xã",
    "start": "Từ ngày",
    "end": "Đến ngày",
    "male": "Nam",
    "female": "Nữ",
    "participants": "Tổng số",
    "under_16": "Dưới 16",
    "age_16_24": "16–24",
    "over_24": "Trên 24",
    "ethnic_minority": "DTTS",
}
IN_A_WORKBOOK = [
    case for case in BAD if case[1] == "trainings" and set(case[2]) <= set(COLUMNS) - {"title"}
]


@pytest.mark.parametrize(
    ("changes", "field"), [pytest.param(*case[2:4], id=case[0]) for case in IN_A_WORKBOOK]
)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_bad_class_in_a_workbook_is_refused_in_the_words_of_the_page(
    writer, client, settings, changes, field, language
):
    actor = writer("trainings")
    page, api = both(client, actor, "trainings", changes, settings, language)
    row = record("trainings", {**changes, "topic": make.topic("GBV-CLB").name})
    book = Workbook()
    book.active.append(list(COLUMNS.values()))
    book.active.append([row.get(name) for name in COLUMNS])
    file = BytesIO()
    book.save(file)
    year = make.year("2026" if row["start"].startswith("2025") else "2023")
    with override(language):
        found = check_workbook(
            actor=actor, kind="trainings", source=file.getvalue(), fiscal_year=year
        )
    names = {header: name for name, header in COLUMNS.items()}
    said = {names.get(error.column, error.column): [error.message] for error in found.errors}
    assert page == api == said
    assert list(said) == [field]
