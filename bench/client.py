"""Programs that ask a server over kept connections, as fast as it answers."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Ask = Callable[[int], bytes]  # the number of a request → its bytes


def get(path: str, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode()


def post(path: str, body: bytes, **headers: str) -> bytes:
    headers |= {"Content_Type": "application/json", "Content_Length": str(len(body))}
    return get(path, **headers).replace(b"GET", b"POST", 1) + body


class Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        try:
            self.socket.sendall(request)
            head, body = self._head()
        except (ConnectionError, ValueError):  # the server has closed it meanwhile
            self._open()
            self.socket.sendall(request)
            head, body = self._head()
        status, lower = int(head.split(b" ", 2)[1]), head.lower()
        if b"transfer-encoding: chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body += self.socket.recv(65536)
        elif b"content-length:" in lower:
            length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            while len(body) < length:
                body += self.socket.recv(65536)
        if b"connection: close" in lower:
            self._open()
        return status, body

    def _head(self) -> tuple[bytes, bytes]:
        found = b""
        while b"\r\n\r\n" not in found:
            some = self.socket.recv(65536)
            if not some:
                raise ConnectionError
            found += some
        head, _, body = found.partition(b"\r\n\r\n")
        return head, body


def asked_for(port: int, ask: Ask, seconds: float, first: int, at_once: int = 4) -> list[float]:
    """The seconds each answer took, while `at_once` ask one after the other for so long. Raises
    `AssertionError` for a refusal."""
    until = time.monotonic() + seconds

    def one(place: int) -> list[float]:
        link, took, number = Connection(port), [], first + place
        while (begun := time.monotonic()) < until:
            status, body = link.ask(ask(number))
            assert status in (200, 201, 304), (status, body[:200])
            took.append(time.monotonic() - begun)
            number += at_once
        return took

    with ThreadPoolExecutor(at_once) as pool:
        return [each for some in pool.map(one, range(at_once)) for each in some]
