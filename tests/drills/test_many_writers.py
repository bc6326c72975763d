"""Many who write at the same moment, 16 in the suite, in full 32 on SQLite and 64 on PostgreSQL:
all are acknowledged, exactly once, and the numbers have no gaps."""

import time
from statistics import quantiles

import pytest
from django.db import connection

from disbursements.models import Disbursement
from tests import factories as make
from tests.drills import ROUNDS, rounds, whole
from tests.drills.people import Crew, Deed, all_done, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TURNS = rounds(20)


def one_turn(crew, turn, hands):
    """Everybody enters a voucher and posts a row; (postings, entries)."""
    rows = [make.submitted(n + 1, by=crew.clerk_user) for n in range(hands)]
    posts = [Deed(f"/api/v1/disbursements/{row.pk}/post/", who=n) for n, row in enumerate(rows)]
    body = {"date": "2022-09-16", "activity": "GBV-01", "commune": make.BAN_LANG}
    entries = [
        Deed(
            "/api/v1/disbursements/",
            {**body, "amount": n + 1, "voucher_no": f"PC-{turn * hands + n}"},
            who=n,
            is_clerks=True,
        )
        for n in range(hands)
    ]

    def write(n):
        crew.send(entries[n])
        crew.send(posts[n])

    all_done(at_once([lambda n=n: write(n) for n in range(hands)]))
    return posts, entries


def test_all_are_acknowledged_once_and_numbered_without_gaps(server, record_property):
    make.activity()
    hands = 16 if not ROUNDS else 32 if connection.vendor == "sqlite" else 64
    crew, posts, entries = Crew(server, hands), [], []
    began = time.monotonic()
    for turn in range(TURNS):
        posted, entered = one_turn(crew, turn, hands)
        posts += posted
        entries += entered
    took = time.monotonic() - began
    deeds = [*posts, *entries]
    assert [deed for deed in deeds if not deed.is_acknowledged or len(deed.answers) != 1] == []
    whole.posted_once(posts)
    whole.entered_once(entries)
    numbers = [deed.answer.json()["number"] for deed in posts]
    assert sorted(numbers) == list(range(1, len(posts) + 1))
    assert Disbursement.objects.posted().count() == len(posts)
    whole.ledger_is_whole()
    waits = quantiles((deed.took for deed in deeds), n=100)
    record_property(
        "drill",
        f"{hands} writers at once: {len(deeds)} writes in {took:.0f} s, each acknowledged and "
        f"there once; median {waits[49]:.2f} s, p99 {waits[98]:.2f} s",
    )
