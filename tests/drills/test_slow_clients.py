"""Clients that send half of a request, or nothing, hold up nobody: a thread gets what is all there.

Against the server alone, as `make serve` starts it (nginx of deploy/ keeps such clients itself).
"""

import socket
import time
from contextlib import ExitStack, suppress

import httpx
import pytest

from plan_portal import patient
from tests import factories as make
from tests.drills import in_full_only, whole
from tests.drills.people import Deed, all_done, at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_database,
    pytest.mark.slow,
]
CROWDS = (12, 24)  # of each kind; the server has eight threads
PROMPT = 60  # seconds on a machine that does much else; stalled, it is for ever
HEAD = "POST /api/v1/disbursements/ HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: {}\r\n\r\n"
HALVES = {
    "half a body": (HEAD.format("Content-Type: application/json\r\n", 100_000)).encode()
    + b'{"amount": '
    + b" " * 50_000,
    "half a head": b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    "nothing": b"",
    "a body in pieces": HEAD.format("Transfer-Encoding: chunked\r\n", 3).encode() + b"5\r\nab",
    "a body too large": HEAD.format("", 10**12).encode() + b"x" * 1000,
    "an answer not taken away": b"GET /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Connection: close\r\n\r\n",
}


def connected(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=90)


def asks(server, crew, deeds):
    """How long each of eight waits who posts and looks meanwhile, at the longest."""
    began = time.monotonic()
    all_done(at_once([lambda deed=deed: crew.send(deed) for deed in deeds]))
    told = [deed.answer and (deed.answer.status_code, deed.answer.text) for deed in deeds]
    assert all(deed.is_acknowledged for deed in deeds), told
    assert httpx.get(server.address + "/accounts/login/", timeout=60).status_code == 200
    return time.monotonic() - began


def test_half_requests_hold_up_nobody(server, crew, record_property):
    make.activity()
    rows = [make.submitted(n + 1, by=crew.clerk_user) for n in range(8 * len(CROWDS))]
    deeds = [Deed(f"/api/v1/disbursements/{row.pk}/post/", who=n) for n, row in enumerate(rows)]
    longest = 0.0
    for turn, crowd in enumerate(CROWDS):
        with ExitStack() as open_ones:
            for half in HALVES.values():
                for _n in range(crowd):
                    slow = open_ones.enter_context(connected(server))
                    with suppress(ConnectionError):  # refused by its head already
                        slow.sendall(half)
            longest = max(longest, asks(server, crew, deeds[8 * turn : 8 * turn + 8]))
            assert longest < PROMPT, server.said()
    whole.posted_once(deeds)
    whole.ledger_is_whole()
    record_property(
        "drill",
        f"slow clients: {CROWDS[-1]} each of {', '.join(HALVES)}; "
        f"eight postings and a page meanwhile in {longest:.1f} s",
    )


def until_closed(connection):
    found = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65536):
            found += piece
    return found.decode()


def test_what_comes_slowly_but_comes_is_served(server, crew):
    """In pieces, asked first whether to go on, two at once; and what cannot be is refused."""
    token = crew.clerks[0].headers["Authorization"]
    make.activity()
    body = b'{"date": "2022-09-16", "amount": 5, "activity": "GBV-01", "commune": "03577"}'
    more = f"Authorization: {token}\r\nContent-Type: application/json\r\n"
    with connected(server) as one:
        head = HEAD.format(more + "Expect: 100-continue\r\n", len(body)).encode()
        for piece in (head[:30], head[30:]):
            one.sendall(piece)
            time.sleep(0.2)
        assert one.recv(1000) == patient.CONTINUE
        for byte in body:
            one.sendall(bytes([byte]))
        answer = one.recv(65536)
        assert answer.startswith(b"HTTP/1.1 201")
        one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2 + head[:9])
        time.sleep(1)
        assert one.recv(65536).count(b"HTTP/1.1 200") >= 1
    for half, status in (("a body in pieces", 411), ("a body too large", 413)):
        with connected(server) as one:
            one.sendall(HALVES[half])
            assert f" {status} " in until_closed(one)[:50]
    with connected(server) as one:
        with suppress(ConnectionError):
            one.sendall(b"GET / HTTP/1.1\r\nX-A: " + b"a" * (patient.MOST_HEAD + 1))
        assert " 431 " in until_closed(one)
    whole.ledger_is_whole()


def test_who_is_too_slow_is_told_so_and_a_slow_line_is_not():
    now = time.monotonic()
    request = patient.Request()
    request.take(b"POST / HT")
    assert not request.is_too_slow(now + patient.HEAD_SECONDS - 1)
    assert request.is_too_slow(now + patient.HEAD_SECONDS + 1)
    request.take(b"TP/1.1\r\nContent-Length: 9000000\r\n\r\n")
    assert not request.is_too_slow(now + patient.PAUSE_SECONDS - 1)
    assert request.is_too_slow(now + patient.PAUSE_SECONDS + 1)
    an_hour = 3600
    request.take(b"x" * patient.SLOWEST * an_hour)
    request.last = now + an_hour
    assert not request.is_too_slow(now + an_hour)
    assert request.is_too_slow(now + an_hour + patient.PAUSE_SECONDS + 1)
    request.began -= 2 * an_hour
    assert request.is_too_slow(now + an_hour)


@in_full_only
def test_half_a_request_ends_by_itself(server):
    with connected(server) as no_head, connected(server) as no_body:
        no_head.sendall(HALVES["half a head"])
        no_body.sendall(HALVES["half a body"])
        assert " 408 " in until_closed(no_head)
        assert " 408 " in until_closed(no_body)
