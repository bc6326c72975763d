"""Two nodes behind PgBouncer in transaction mode, a primary and a replica: real processes.

They share limits, sign-in, files and the ledger; each person sees what they wrote, wherever it is
read; the replica may go, and when the primary is killed the replica takes its place without a
posted row less. Minutes, so `make drill-nodes` alone has it.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from scripts import postgres
from tests import factories as make
from tests.drills.machines import KEY, PGBOUNCER, Bouncer, Node, Primary, Replica, manage, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (os.getenv("DRILL_NODES") and PGBOUNCER.exists()),
        reason="takes minutes, and PgBouncer: `make drill-nodes` alone has it",
    ),
]
ENTRIES = "/api/v1/disbursements/"
WRITERS, SECONDS, ROUNDS, ALLOWED = 6, 8, 30, 1200
_serial = count(1)


@dataclass
class Park:
    """All that runs."""

    folder: Path
    primary: Primary
    replica: Replica
    environment: dict[str, str]
    bouncer: Bouncer | None = None
    nodes: list[Node] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def client(self, who: str, node: int) -> httpx.Client:
        headers = {"Authorization": f"Token {self.tokens[who]}", "Accept-Language": "en"}
        return httpx.Client(base_url=self.nodes[node].address, headers=headers, timeout=60)

    def said(self) -> str:
        return "".join(node.said() for node in self.nodes)


def plain() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
    found = {name: value for name, value in os.environ.items() if name in kept}
    return {**found, "DJANGO_SETTINGS_MODULE": "plan_portal.settings", "DEBUG": "0"}


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    folder, programs = tmp_path_factory.mktemp("nodes"), postgres.find_server()
    primary, replica = Primary(programs), Replica(programs)
    environment = plain() | {"SECRET_KEY": KEY, "MEDIA_ROOT": str(folder / "media")}
    found = Park(folder, primary, replica, environment)
    environment |= {"BACKUP_DIR": str(folder / "backups"), "WORKERS": "2", "THREADS": "4"}
    environment |= {"LOG_FORMAT": "text", "PROXIES": "1", "WORK_TASKS": "0"}
    environment |= {"REPLICA_LAG_SECONDS": "3600"}
    try:
        _set_up(found)
        yield found
    finally:
        for node in found.nodes:
            node.stop()
        if found.bouncer:
            found.bouncer.stop()
        replica.stop()
        primary.stop()


def _set_up(park: Park) -> None:
    park.primary.start()
    direct = park.environment | {"DATABASE_URL": park.primary.url}
    direct["REPLICA_URL"] = park.primary.url  # for the table of who wrote how much
    # From nothing, by two nodes at once: one does it, the other waits and has nothing left to do.
    both = [manage(direct, "migrate", "--skip-checks") for _n in range(2)]
    said = [each.communicate(timeout=600)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    assert sorted("No migrations to apply" in text for text in said) == [False, True]
    park.replica.follow(park.primary)
    park.primary.waits_for_the_replica(True)
    park.bouncer = Bouncer(park.primary, park.replica)
    park.environment |= {"PGBOUNCER": "1", "DATABASE_URL": park.bouncer.url("portal")}
    park.environment["REPLICA_URL"] = park.bouncer.url("replica")
    scene = [sys.executable, "-m", "tests.drills.nodes_scene"]
    env = park.environment
    done = subprocess.run(
        scene, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    park.tokens, park.names = told["tokens"], told["names"]
    park.nodes = [Node(park.folder, env), Node(park.folder, env)]
    for node in park.nodes:
        node.start()


def entry(amount: int = 1_000) -> dict[str, object]:
    body = {"date": "2022-09-16", "amount": amount, "activity": "GBV-01"}
    return body | {"commune": make.BAN_LANG, "voucher_no": f"PT-{next(_serial)}"}


def at_once(call, times: int, threads: int = 8) -> list:
    with ThreadPoolExecutor(threads) as pool:
        return [*pool.map(call, range(times))]


def early_in_a_minute(most: float) -> None:
    if (now := time.time() % 60) > most:
        time.sleep(60.5 - now)


def test_an_address_that_guesses_at_links_has_one_limit_at_both_nodes(park):
    clients = [park.client("other", n % 2) for n in range(8)]

    def guess(n: int, address: str = "203.0.113.9") -> int:
        headers = {"X-Forwarded-For": address}
        return clients[n % 8].get(f"/shared/{'x' * 43}/", headers=headers).status_code

    at_once(lambda n: guess(n, "203.0.113.1"), 16)  # each process has answered once
    early_in_a_minute(35)
    assert Counter(at_once(guess, 100)) == {404: 60, 429: 40}


def test_four_processes_that_count_at_once_let_in_no_more_than_a_few_hundredths(park):
    """As gunicorn's processes of both nodes do, through PgBouncer, only faster."""
    early_in_a_minute(5)
    command = [sys.executable, "-m", "tests.drills.nodes_scene", "count", str(ALLOWED)]
    run = {"cwd": settings.BASE_DIR, "env": park.environment, "stdout": subprocess.PIPE}
    counting = [subprocess.Popen(command, **run, text=True) for _n in range(4)]
    let_in = sum(int(each.communicate(timeout=120)[0].splitlines()[-1]) for each in counting)
    assert ALLOWED <= let_in <= ALLOWED * 1.04
    print(f"limit {ALLOWED}: {let_in} let in by four processes")


def test_wrong_passwords_are_counted_at_both_nodes(park):
    def sign_in(n: int, password: str) -> int:
        address = f"{park.nodes[n % 2].address}/accounts/login/"
        with httpx.Client(headers={"X-Forwarded-For": "203.0.113.7"}, timeout=60) as browser:
            browser.get(address)
            token = next(v for k, v in browser.cookies.items() if k.endswith("csrftoken"))
            given = {"username": park.names["manager"], "password": password}
            headers = {"Referer": address}
            sent = {**given, "csrfmiddlewaretoken": token}
            return browser.post(address, data=sent, headers=headers).status_code

    codes = [sign_in(n, "wrong") for n in range(8)]
    assert 429 not in codes[:7]
    assert [sign_in(n, make.PASSWORD) for n in range(2)] == [429, 429]


def test_a_file_sent_to_one_node_is_read_at_the_other(park):
    here, there = park.client("clerk", 0), park.client("clerk", 1)
    row = here.post(ENTRIES, json=entry()).json()
    pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    path, files = "/api/v1/disbursement-files/", {"file": ("phieu.pdf", pdf, "application/pdf")}
    sent = here.post(path, data={"disbursement": row["id"]}, files=files)
    assert sent.status_code == 201, sent.text
    assert there.get(f"{path}{sent.json()['id']}/content/").content == pdf


def test_everybody_sees_their_own_and_others_some_seconds_later(park):
    here, there, other = (park.client(*who) for who in (("clerk", 0), ("clerk", 1), ("other", 1)))
    until(lambda: "Data-Age" in other.get(ENTRIES).headers)
    park.replica.ask("SELECT pg_wal_replay_pause()")
    try:
        made = here.post(ENTRIES, json=entry())
        assert made.status_code == 201, made.text
        path = f"{ENTRIES}{made.json()['id']}/"
        own = there.get(path)
        assert (own.status_code, "Data-Age" in own.headers) == (200, False)
        late = other.get(path)
        assert (late.status_code, "Data-Age" in late.headers) == (404, True)
    finally:
        park.replica.ask("SELECT pg_wal_replay_resume()")
    until(lambda: other.get(path).status_code == 200)
    until(lambda: "Data-Age" in there.get(path).headers)


def test_whoever_writes_here_and_reads_there_sees_it_each_time(park):
    def write_and_read(n: int) -> tuple[int, bool]:
        here, there = park.client("clerk", n % 2), park.client("clerk", 1 - n % 2)
        made = here.post(ENTRIES, json=entry())
        found = there.get(f"{ENTRIES}{made.json()['id']}/")
        return found.status_code, "Data-Age" in found.headers

    seen = at_once(write_and_read, ROUNDS, 4)
    assert {code for code, _replica in seen} == {200}, Counter(seen)


def test_a_long_list_goes_through_pgbouncer(park):
    answer = park.client("clerk", 0).get(f"{ENTRIES}?format=csv")
    assert answer.status_code == 200 and len(answer.text.splitlines()) > ROUNDS
    assert "cursor" not in park.said()


def test_while_the_replica_is_away_the_primary_answers(park):
    clients = [park.client("other", n) for n in (0, 1)]
    until(lambda: all("Data-Age" in each.get(ENTRIES).headers for each in clients))
    park.primary.waits_for_the_replica(False)
    park.replica.kill()
    answers = [clients[n % 2].get(ENTRIES) for n in range(20)]
    assert {(each.status_code, "Data-Age" in each.headers) for each in answers} == {(200, False)}
    park.replica.run()
    until(park.replica.is_up)
    until(lambda: all("Data-Age" in each.get(ENTRIES).headers for each in clients))
    park.primary.waits_for_the_replica(True)


def test_the_primary_is_killed_and_the_replica_takes_its_place(park):
    stop, told, entered = threading.Event(), [], []

    def write(n: int) -> None:
        clerk, manager = park.client("clerk", n % 2), park.client("manager", n % 2)
        while not stop.is_set():
            try:
                made = clerk.post(ENTRIES, json=entry(n + 1))
                if made.status_code != 201:
                    time.sleep(0.2)
                    continue
                entered.append(made.json()["id"])
                path = f"{ENTRIES}{made.json()['id']}/"
                clerk.post(f"{path}submit/", json={})
                posted = manager.post(f"{path}post/", json={})
                if posted.is_success:
                    told.append((posted.json()["id"], posted.json()["number"], time.monotonic()))
            except httpx.TransportError:
                time.sleep(0.2)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(told) > WRITERS)
        time.sleep(SECONDS)
        park.primary.kill()
        killed = time.monotonic()
        assert park.replica.ask("SELECT pg_promote()")
        park.bouncer.lead_to(park.replica)
        park.bouncer.read_again()
        until(lambda: told[-1][2] > killed + 1)
        again = next(at for _id, _number, at in told if at > killed) - killed
        time.sleep(SECONDS)
    finally:
        stop.set()
        for thread in threads:
            thread.join(120)
    before = [each for each in told if each[2] < killed]
    after = [each for each in told if each[2] > killed]
    assert before and after, park.said()
    for pk, number, _at in told:
        row = "SELECT count(*) FROM disbursements_disbursement WHERE id = %s AND number = %s"
        assert park.replica.ask(f"{row} AND status = 'posted'", pk, number) == 1
    rows = "SELECT count(*) FROM disbursements_disbursement WHERE id = ANY(%s)"
    assert park.replica.ask(rows, entered) == len(set(entered)) == len(entered)
    proof = manage(park.environment | {"DATABASE_URL": park.replica.url}, "check_ledger")
    said = proof.communicate(timeout=300)[0]
    assert proof.returncode == 0, said
    print(f"{len(before)} posted before, {len(after)} after, {again:.1f} s without")
