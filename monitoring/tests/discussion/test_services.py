"""Comments mention people who can see what is spoken of."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from monitoring.discussion.services import comment, comments_on
from monitoring.reviews.services import difficulties
from tests import factories as make


@pytest.fixture
def in_nam_xe(cast):
    return difficulties.difficulties.create(
        actor=cast.bdh,
        title="Thiếu nước",
        effect="Chậm",
        raised_on=date(2023, 1, 5),
        commune=make.commune(make.NAM_XE),
        program=make.program("GBV"),
    )


def test_those_mentioned_are_kept_with_the_comment(cast, in_nam_xe):
    row = comment(
        actor=cast.bdh, about=in_nam_xe, text="Nhờ @dieuphoi_gbv xem, báo @quanly. thu@vd.vn"
    )
    assert set(row.mentions.all()) == {cast.dieuphoi_gbv, cast.quanly}
    assert list(comments_on(in_nam_xe)) == [row]


@pytest.mark.parametrize("name", ["xa_banlang", "khong_co_ai"])
def test_who_cannot_see_it_is_not_mentioned_and_nothing_says_whether_they_exist(
    cast, in_nam_xe, name
):
    with pytest.raises(ValidationError) as refusal:
        comment(actor=cast.bdh, about=in_nam_xe, text=f"Nhờ @{name}")
    assert set(refusal.value.message_dict) == {"text"}
    assert not comments_on(in_nam_xe).exists()


def test_who_does_not_see_the_record_says_nothing_about_it(cast, in_nam_xe):
    with pytest.raises(Http404):
        comment(actor=cast.xa_banlang, about=in_nam_xe, text="Tôi có ý kiến")


def test_an_empty_comment_is_none(cast, in_nam_xe):
    with pytest.raises(ValidationError):
        comment(actor=cast.bdh, about=in_nam_xe, text="  ")
