"""A question put together once finds what the same question finds asked anew; it rests on what
Django does not promise, and so on the releases alone of which this was seen."""

import django
import pytest

from accounts.models import ApiToken
from core.services import prepared
from core.services.prepared import KNOWN, Prepared
from tests import factories as make

pytestmark = pytest.mark.django_db


def question():
    return Prepared(
        ApiToken, lambda text: ApiToken.objects.filter(token_key=text).select_related("user")
    )


def told(record):
    """All that a record and its owner hold, and that both are as read from the database."""
    parts = (record, record.user)
    return [
        ({field.attname: getattr(part, field.attname) for field in part._meta.concrete_fields})
        | {"adding": part._state.adding, "db": part._state.db}
        for part in parts
    ]


def test_both_ways_find_the_same_token_and_owner_with_one_question(
    monkeypatch, django_assert_num_queries
):
    token, _text = ApiToken.objects.create(user=make.user())
    ask, answers = question(), []
    assert ask("none such") == []
    for version in (django.VERSION, (99, 0, 0, "final", 0)):
        monkeypatch.setattr(django, "VERSION", version)
        with django_assert_num_queries(1):
            (found,) = ask(token.token_key)
            answers.append(told(found))
    assert answers[0] == answers[1] == [*told(ApiToken.objects.get(pk=token.pk))]


def test_another_django_is_asked_the_plain_way_and_needs_none_of_its_insides(monkeypatch):
    token, _text = ApiToken.objects.create(user=make.user())
    monkeypatch.setattr(django, "VERSION", (6, 1, 0, "final", 0))
    monkeypatch.setattr(prepared, "_Form", None)
    assert [each.pk for each in question()(token.token_key)] == [token.pk]


def test_the_django_in_use_is_one_of_those_that_were_looked_at():
    assert django.VERSION[:2] in KNOWN, (
        "Questions are asked the plain way: see that the tests above hold with this Django in "
        "KNOWN, too, and add it (saves a millisecond at each request by API)."
    )
