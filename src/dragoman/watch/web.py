"""One request to a web address, as careful as a page is fetched: public addresses only, bounded in size and time.

answer = ask("https://example.org/feed.xml", limits, headers={"If-None-Match": etag})
answer.status, answer.headers["etag"], answer.body

Nothing is followed: a redirect comes back as it is. What a server says with its status is for the caller to judge.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from functools import cache
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from dragoman.errors import SourceError
from dragoman.read import fetch, packed
from dragoman.read.limits import Limits, too_large

_STEP = 65536
_LOOK = 0.25  # seconds between two looks at whether to stop


class Answer(msgspec.Struct, frozen=True):
    """What a server said: names of headers in small letters, the body unpacked."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def moved(self) -> bool:
        """Whether it names another address to ask."""
        return self.status in (301, 302, 303, 307, 308) and bool(self.headers.get("location"))


def ask(
    url: str,
    limits: Limits,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Answer:
    """The answer to one request. Raises SourceError with a named outcome, never later than the time limit."""
    fetch.check(url)
    deadline = time.monotonic() + limits.timeout_seconds
    parts = urlsplit(url)
    secure = parts.scheme.lower() == "https"
    port = parts.port or (443 if secure else 80)
    host = parts.hostname or ""
    line = _Line(deadline, stop)
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
        address = fetch.resolve(host, port, url, limits, deadline)
        connection = http.client.HTTPConnection(name, port)
        with line.opened(str(address), port, name if secure else None) as sock:
            connection.sock = sock
            standard = port == (443 if secure else 80)
            literal = f"[{name}]" if ":" in name else name
            sent = {
                "Host": literal if standard else f"{literal}:{port}",
                "User-Agent": limits.user_agent,
                "Accept-Encoding": "gzip, deflate",
                "Connection": "close",
                **(headers or {}),
            }
            target = urlunsplit(("", "", _quoted(parts.path) or "/", _quoted(parts.query), ""))
            connection.request(method, target, body=body, headers=sent)
            with closing(connection.getresponse()) as response:
                return _answer(response, url, limits, line)
    except packed.Overflow:
        raise too_large("the answer", None, limits.max_bytes, source=url) from None
    except (http.client.HTTPException, OSError, ValueError, zlib.error) as fault:
        if isinstance(fault, SourceError):
            raise
        if line.over or isinstance(fault, TimeoutError):
            raise _late(url, limits) from fault
        why = str(fault) or type(fault).__name__
        raise SourceError(
            f"the address could not be fetched: {why}", source=url, outcome="fetch_failed", hint="try again later"
        ) from fault


def _answer(response: http.client.HTTPResponse, url: str, limits: Limits, line: _Line) -> Answer:
    told = {name.lower(): value for name, value in response.getheaders()}
    announced = told.get("content-length", "")
    if announced.isdigit() and int(announced) > limits.max_bytes and response.status == 200:
        raise too_large("the answer", int(announced), limits.max_bytes, source=url)
    got = 0

    def chunks() -> Iterator[bytes]:
        nonlocal got
        while chunk := response.read1(_STEP):
            got += len(chunk)
            yield chunk

    body = packed.expand(chunks(), told.get("content-encoding", "").lower().strip(), limits.max_bytes)
    if line.over:
        raise _late(url, limits)
    if announced.isdigit() and got < int(announced) and response.status not in (204, 304):
        raise SourceError("the answer broke off", source=url, outcome="fetch_failed", hint="try again later")
    return Answer(url, response.status, told, body)


class _Line:
    # a connection that is cut when its time is over: a limit for each read would let drops keep it open for ever
    def __init__(self, deadline: float, stop: Callable[[], bool]) -> None:
        self.deadline, self.stop = deadline, stop
        self.over = False
        self._done = threading.Event()
        self._sock: socket.socket | None = None

    def opened(self, address: str, port: int, name: str | None) -> _Line:
        left = max(0.1, self.deadline - time.monotonic())
        self._sock = socket.create_connection((address, port), timeout=left)
        threading.Thread(target=self._watch, daemon=True).start()
        try:
            if name is not None:
                secured = _trusted().wrap_socket(self._sock, server_hostname=name, do_handshake_on_connect=False)
                self._sock = secured
                secured.do_handshake()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __enter__(self) -> socket.socket:
        assert self._sock is not None
        return self._sock

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._sock is not None:
            self._sock.close()

    def _watch(self) -> None:
        while not self._done.wait(max(0.0, min(_LOOK, self.deadline - time.monotonic()))):
            if self.stop() or time.monotonic() >= self.deadline:
                self.over = True
                with suppress(OSError):
                    if self._sock is not None:
                        # the plain one: that of a secured socket waits for the other side
                        socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
                return


@cache
def _trusted() -> ssl.SSLContext:
    # reading the certificates of this machine takes longer than a request
    return ssl.create_default_context()


def _quoted(part: str) -> str:
    return quote(part, safe="%/?:@!$&'()*+,;=~-._[]|")


def _late(url: str, limits: Limits) -> SourceError:
    return SourceError(
        f"no whole answer within {limits.timeout_seconds:g} seconds",
        source=url,
        outcome="timed_out",
        hint="raise the time limit (read.timeout_seconds), or try again later",
    )
