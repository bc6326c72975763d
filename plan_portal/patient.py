"""Gunicorn's threads, none of which ever waits for a client (ADR 42).

gthread hands a connection to a thread at its first byte; twelve clients that send half a body then
hold all of them. Here the one loop that watches all connections also reads them: a thread gets a
request once all of it is there, and reads it from memory or from a temporary file.
"""

import re
import socket
import struct
import time
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from tempfile import SpooledTemporaryFile

from django.conf import settings
from gunicorn.workers.gthread import TConn, ThreadWorker

PIECE = 64 * 1024
MOST_HEAD = 64 * 1024
IN_MEMORY = 128 * 1024  # bytes of a request; what is longer waits in a file
MEGABYTE = 1024 * 1024
AT_ONCE = 4  # of the longest requests there may be, in all that has begun to arrive
HEAD_SECONDS = 20  # as deploy/nginx.conf
PAUSE_SECONDS = 60  # between two pieces: a phone on a weak line sends slowly, but sends
SLOWEST = 500  # bytes a second, from PAUSE_SECONDS on
TAKE_SECONDS = 60  # that a client may take nothing of its answer

END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$", re.I | re.M)
CODED = re.compile(rb"^transfer-encoding[ \t]*:", re.I | re.M)
EXPECTS = re.compile(rb"^expect[ \t]*:[ \t]*100-continue[ \t]*\r?\n", re.I | re.M)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_SLOW, NO_LENGTH = "408 Request Timeout", "411 Length Required"
LONG_HEAD, NO_ROOM = "431 Request Header Fields Too Large", "503 Service Unavailable"


class Gathered(socket.socket):
    """A connection whose reader finds the request that was gathered, and never waits for more."""

    def __init__(self, plain: socket.socket) -> None:
        family, kind, proto = plain.family, plain.type, plain.proto
        super().__init__(family, kind, proto, fileno=plain.detach())
        longest = struct.pack("ll", TAKE_SECONDS, 0)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, longest)
        self.kept: SpooledTemporaryFile[bytes] | None = None
        self.behind = b""  # has come already, and is of the next request
        self.is_over = False

    def gather(self) -> bytes:
        """What has arrived by now; nothing: the client has gone."""
        return super().recv(PIECE)

    def holds(self, request: "Request") -> None:
        self.kept, self.behind = request.kept, request.behind
        self.kept.seek(0)

    def recv(self, size: int, flags: int = 0) -> bytes:
        if self.is_over:
            self.setblocking(False)
            return super().recv(size, flags)
        found = self.kept.read(size)
        if not found:
            raise TimeoutError("more than the whole request is not read")
        return found

    def shutdown(self, how: int) -> None:
        """Answered: what still comes is thrown away by who closes it, without waiting."""
        self.is_over = True
        super().shutdown(how)

    def close(self) -> None:
        if self.kept:
            self.kept.close()
        super().close()


class Request:
    """One that is arriving. How long it is, is looked up here only to know when all of it is there:
    gunicorn reads the same bytes again, and decides."""

    def __init__(self) -> None:
        self.began = self.last = time.monotonic()
        self.head = bytearray()
        # Head and body, once the head is there.
        self.kept: SpooledTemporaryFile[bytes] | None = None
        self.received = self.total = 0
        self.behind = b""
        self.waits_for_a_word = False

    def take(self, data: bytes) -> str:
        """With what status it is refused, if it is."""
        self.last = time.monotonic()
        if self.kept is None:
            self.head += data
            end = END_OF_HEAD.search(self.head, max(0, len(self.head) - len(data) - 3))
            if end is None:
                return LONG_HEAD if len(self.head) > MOST_HEAD else ""
            head, data = bytes(self.head[: end.end()]), bytes(self.head[end.end() :])
            if CODED.search(head):
                return NO_LENGTH  # Django reads none without; browsers and nginx say one
            self._begin(head)
        mine = self.total - self.received
        self.kept.write(data[:mine])
        self.received += len(data[:mine])
        self.behind += data[mine:]
        return ""

    def _begin(self, head: bytes) -> None:
        """The head is there."""
        found = LENGTH.search(head)
        length = int(found[1]) if found else 0
        if length > settings.MAX_BODY_MB * MEGABYTE:
            length = 0  # refused by what it says (core/web/body_limit.py): none of it is read
        self.waits_for_a_word = bool(length and EXPECTS.search(head))
        head = EXPECTS.sub(b"", head) if self.waits_for_a_word else head
        self.kept = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with its connection
        self.kept.write(head)
        self.received = len(head)
        self.total = len(head) + length

    @property
    def is_there(self) -> bool:
        return self.kept is not None and self.received >= self.total

    def is_too_slow(self, now: float) -> bool:
        if self.kept is None:
            return now - self.began > HEAD_SECONDS
        late = now - self.began - PAUSE_SECONDS
        return now - self.last > PAUSE_SECONDS or late * SLOWEST > self.received


class PatientWorker(ThreadWorker):
    """A request goes to a thread when all of it is there, and not before."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.arriving: dict[TConn, Request] = {}
        self.looked = 0.0

    def enqueue_req(self, conn: TConn) -> None:
        """A connection is new, or sends its next request."""
        if not isinstance(conn.sock, Gathered):
            conn.sock = Gathered(conn.sock)
        if conn.parser and conn.parser.unreader.buf.getvalue():
            self._close(conn)  # gunicorn counted otherwise than we: nothing more is read from it
            return
        conn.sock.setblocking(False)
        self.arriving[conn] = Request()
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_piece, conn))
        if conn.sock.behind:
            self._take(conn, conn.sock.behind)

    def on_piece(self, conn: TConn, sock: Gathered) -> None:
        try:
            data = sock.gather()
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(conn, data)
        else:
            self._give_up(conn)

    def _take(self, conn: TConn, data: bytes) -> None:
        request = self.arriving[conn]
        try:
            refusal = request.take(data) or self._no_room()
        except OSError:  # the disk of temporary files is full
            refusal = NO_ROOM
        if refusal:
            self._give_up(conn, refusal)
        elif request.is_there:
            self._forget(conn)
            conn.sock.holds(request)
            conn.data_ready = True
            super().enqueue_req(conn)
        elif request.waits_for_a_word:
            request.waits_for_a_word = False
            self._say(conn, CONTINUE)

    def _no_room(self) -> str:
        most = AT_ONCE * settings.MAX_BODY_MB * MEGABYTE
        return NO_ROOM if sum(each.received for each in self.arriving.values()) > most else ""

    def murder_pending(self) -> None:
        """Called in every turn: who is too slow is told so; who sent nothing does not keep a server
        that is to end."""
        super().murder_pending()
        now = time.monotonic()
        if now - self.looked < 1:
            return
        self.looked = now
        for conn, request in [*self.arriving.items()]:
            has_begun = request.kept or request.head
            if request.is_too_slow(now):
                self._give_up(conn, TOO_SLOW if has_begun else "")
            elif not (self.alive or has_begun):
                self._give_up(conn)

    def _say(self, conn: TConn, words: bytes) -> None:
        try:
            conn.sock.send(words)
        except OSError:
            self.log.debug("A client does not listen.")

    def _give_up(self, conn: TConn, status: str = "") -> None:
        request = self._forget(conn)
        if status:
            again = "Retry-After: 10\r\n" if status == NO_ROOM else ""
            words = f"HTTP/1.1 {status}\r\n{again}Connection: close\r\nContent-Length: 0\r\n\r\n"
            self._say(conn, words.encode())
        if request.kept:
            request.kept.close()
        self._close(conn, graceful=bool(status))

    def _forget(self, conn: TConn) -> Request:
        self.poller.unregister(conn.sock)
        return self.arriving.pop(conn)

    def _close(self, conn: TConn, graceful: bool = False) -> None:
        self.nr_conns -= 1
        conn.close(graceful=graceful)

    def finish_request(self, conn: TConn, done: Future[object]) -> None:
        """The next request may have come with this one."""
        super().finish_request(conn, done)
        if conn.sock.fileno() >= 0 and conn.sock.behind and conn in self.keepalived_conns:
            self.on_client_socket_readable(conn, conn.sock)
