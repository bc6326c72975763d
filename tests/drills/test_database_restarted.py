"""PostgreSQL is restarted under load, as `pg_ctl restart -m immediate`: no posting that was
acknowledged is lost, nobody gets anything but an answer, and the portal goes on by itself."""

import time
from random import Random

import pytest

from tests import factories as make
from tests.drills import rounds, whole
from tests.drills.people import HANDS, Crew, Deed, all_done, at_once
from tests.drills.postgres import own_cluster
from tests.drills.server import Server

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres_only,
    pytest.mark.slow,
]
RESTARTS, EACH = rounds(20), 6


def test_a_database_that_crashes_loses_no_posting(tmp_path, record_property):
    random, away, told, deeds, back = Random("restarted"), 0, 0, [], [0.0]
    with own_cluster() as cluster, Server(tmp_path) as server:
        make.activity()
        crew, workers = Crew(server), server.workers()
        for _restart in range(RESTARTS):
            rows = [make.submitted(n + 1, by=crew.clerk_user) for n in range(HANDS * EACH)]
            paths = [f"/api/v1/disbursements/{row.pk}/post/" for row in rows]
            new = [Deed(path, who=n // EACH) for n, path in enumerate(paths)]

            def write(hand, new=new):
                for deed in new[hand * EACH : hand * EACH + EACH]:
                    crew.send(deed)
                    time.sleep(0.2 if deed.is_open else 0)

            writing = at_once([lambda hand=hand: write(hand) for hand in range(HANDS)])
            time.sleep(random.uniform(0.1, 1))
            cluster.crash()
            time.sleep(random.uniform(0, 1))
            cluster.run()
            all_done(writing)
            back.append(server.answers_again("/readyz"))
            whole.answered(new)
            away += sum(deed.is_open for deed in new)
            told += sum(deed.is_acknowledged for deed in new)
            whole.reconnect()
            whole.posted_once(deed for deed in new if not deed.is_open)
            crew.send_again(new)
            assert all(deed.is_acknowledged for deed in new)
            deeds += new
        assert server.workers() == workers, "a server process ended"
        whole.posted_once(deeds)
        whole.ledger_is_whole()
    record_property(
        "drill",
        f"PostgreSQL restarted: {RESTARTS} times, {told} postings acknowledged before it, {away} "
        f"told 503 and sent again; each there once; answers again after {max(back):.1f} s",
    )
