"""A question put together once finds what the same QuerySet finds, however many keys it has."""

from accounts.models import User
from core.services.prepared import Prepared


def test_a_prepared_question_finds_what_its_rows_find_for_any_number_of_keys(
    cast, django_assert_num_queries
):
    def names(keys):
        return User.objects.filter(pk__in=keys).order_by("-pk").values_list("username", "role")

    def records(keys):
        return User.objects.filter(pk__in=keys).order_by("-pk")

    asked_names, asked_records = Prepared(0, names), Prepared(0, records)
    keys = list(User.objects.values_list("pk", flat=True))
    for some in (keys[:1], keys, [0], keys[1:3]):
        assert asked_names(*some) == list(names(some))
        assert asked_records(*some) == list(records(some))
    with django_assert_num_queries(0):
        assert asked_names() == []
