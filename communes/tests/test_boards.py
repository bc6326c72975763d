"""Boards: a decision begins a term, the next one ends it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.roles import Role
from communes import services
from communes.models import Board
from core.services.errors import Conflict
from tests import factories as make

pytestmark = pytest.mark.any_database

SEATS = [
    {"office": "Phó Chủ tịch UBND xã", "role": "Trưởng ban"},
    {"office": "Công chức Văn hóa – Xã hội", "role": "Thành viên", "acting": True},
]


def a_board(actor, where=make.BAN_LANG, **values):
    values = {
        "name": "Ban Dự án xã Bản Lang",
        "kind": "commune",
        "commune": make.commune(where),
        "decision_no": "12/QĐ-UBND",
        "decision_date": date(2021, 7, 1),
        "term_start": date(2021, 7, 1),
        **values,
    }
    return services.boards.create(actor=actor, **values)


def test_the_level_of_a_board_is_that_of_its_jurisdiction(cast):
    district = make.commune().parent
    assert a_board(cast.bdh).level == "commune"
    assert a_board(cast.bdh, commune=district, kind="steering").level == "district"


def test_consolidation_ends_the_old_term_and_the_members_keep_their_seats(cast):
    old = a_board(cast.bdh, to_consolidate=True)
    services.seat(actor=cast.bdh, board=old, members=SEATS)
    new = services.consolidate(
        actor=cast.bdh, board=old, decision_no="45/QĐ-UBND", decision_date=date(2023, 9, 1)
    )
    old.refresh_from_db()
    assert (old.term_end, old.to_consolidate) == (date(2023, 8, 31), False)
    assert (new.follows, new.term_start) == (old, date(2023, 9, 1))
    assert [m.office for m in new.members.all()] == [seat["office"] for seat in SEATS]
    assert set(Board.objects.in_office(date(2023, 8, 31))) == {old}
    assert set(Board.objects.in_office(date(2023, 9, 1))) == {new}


def test_a_board_is_consolidated_once(cast):
    old = a_board(cast.bdh)
    decision = {"decision_no": "45/QĐ-UBND", "decision_date": date(2023, 9, 1)}
    elsewhere = make.user_of_pairs((None, make.NAM_XE), role=Role.BOARD)
    with pytest.raises(ValidationError):
        services.consolidate(actor=elsewhere, board=old, **decision)
    with pytest.raises(ValidationError):
        services.seat(actor=elsewhere, board=old, members=SEATS)
    services.consolidate(actor=cast.bdh, board=old, **decision)
    with pytest.raises(Conflict):
        services.consolidate(actor=cast.bdh, board=old, **decision)


def test_a_new_term_cannot_begin_before_the_old_one(cast):
    with pytest.raises(ValidationError) as refusal:
        services.consolidate(
            actor=cast.bdh,
            board=a_board(cast.bdh),
            decision_no="45/QĐ-UBND",
            decision_date=date(2021, 7, 1),
        )
    assert set(refusal.value.message_dict) == {"decision_date"}


def test_a_commune_sees_its_own_board_and_those_above(cast):
    own = a_board(cast.bdh)
    above = a_board(cast.bdh, commune=make.commune().parent, kind="steering")
    a_board(cast.bdh, make.NAM_XE)
    assert set(Board.objects.visible_to(cast.xa_banlang)) == {own, above}


def test_only_board_staff_record_boards(cast):
    for person in (cast.dieuphoi, cast.xa_banlang, cast.khach):
        with pytest.raises(PermissionDenied):
            a_board(person)


def test_what_a_source_calls_a_board_stays_as_it_wrote_it(cast):
    a_board(cast.bdh, aliases="BĐH xã Bản Lang")
    assert Board.objects.filter(search_key__contains="bdh xa ban lang").exists()


def test_members_are_set_on_the_page_and_acting_ones_stay_so(cast, client):
    board = a_board(cast.bdh)
    services.seat(actor=cast.bdh, board=board, members=SEATS)
    client.force_login(cast.bdh)
    page = client.get(reverse("board", args=[board.pk]))
    act = next(each for each in page.context["actions"] if each["action"].name == "members")
    typed = act["form"]["members"].value()
    assert typed.splitlines() == [
        "Trưởng ban; Phó Chủ tịch UBND xã",
        "Thành viên; Công chức Văn hóa – Xã hội; ; quyền",
    ]
    address = reverse("board-members", args=[board.pk])
    client.post(address, {"members": f"{typed}\nThành viên; Bí thư Đoàn xã"})
    assert list(board.members.values_list("office", "acting")) == [
        ("Phó Chủ tịch UBND xã", False),
        ("Công chức Văn hóa – Xã hội", True),
        ("Bí thư Đoàn xã", False),
    ]
    refused = client.post(address, {"members": "Trưởng ban"})
    assert refused.status_code == 400
    assert board.members.count() == 3
