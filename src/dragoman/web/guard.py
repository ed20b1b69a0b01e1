"""What stands before every page: whose name the app may be asked by, how much, how often, and who asks.

Refused: another Host than the app's own (so that no page elsewhere can have its name point here), a form sent from
another site, more bytes or requests than allowed, and whoever may not read. Every answer leaves with a policy that lets
a browser run nothing but our own script files and load nothing from anywhere else.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.web.people import People, Person
from dragoman.web.site import LOOPBACK, Site

Refuse = Callable[[Scope, int, str, str], Response]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
OPEN_TO_ALL = ("/static/", "/enter", "/health")
_SAFE = ("GET", "HEAD", "OPTIONS")
_KNOWN = 10_000  # visitors whose pace is remembered
_DRAIN_SECONDS = 30.0


class Guard:
    """The outermost layer of the app."""

    def __init__(self, app: ASGIApp, *, site: Site, people: People, refuse: Refuse) -> None:
        self.app, self.site, self.people, self.refuse = app, site, people, refuse
        self.pace = Pace(site.limits.a_second, site.limits.at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        address = (scope.get("client") or ("",))[0]
        person = self.people.who(headers, _cookies(headers.get("cookie", "")), address)
        fresh = ""
        if not person.session and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            fresh = self.people.begin()
            person = Person(person.name, person.role, fresh, person.by)
        scope.setdefault("state", {})["person"] = person
        scope["state"]["mark"] = lambda: self.people.mark(person.session)
        sending = self._sending(send, fresh, secure=headers.get("x-forwarded-proto") == "https")
        said = self._refused(scope, headers, person, address)
        limit = self._limit(scope)
        if said is None and _length(headers) > limit:
            await _drain(receive, self.site.limits.drained_bytes)
            said = (413, "That is too much at once", too_much(limit))
        if said is not None:
            await self.refuse(scope, *said)(scope, receive, sending)
            return
        counted = _Counted(receive, limit)
        await self.app(scope, counted.receive, sending)

    def _refused(
        self, scope: Scope, headers: dict[str, str], person: Person, address: str
    ) -> tuple[int, str, str] | None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            return (
                400,
                "This app is not asked by that name",
                (f"It answers to {', '.join(self.site.hosts)}. Whoever runs it can add a name with --name."),
            )
        if not self.pace.take(f"{address}/{person.name}"):
            return 429, "Too many requests at once", "Wait a few seconds and ask again."
        if scope["method"] not in _SAFE and person.by != "token" and not _same_site(headers, host):
            return 403, "That form came from another site", "Open the page here and send the form from there."
        path = scope["path"]
        if person.role is None and not path.startswith(OPEN_TO_ALL):
            return 401, "Please say who you are", "A token opens this app; whoever runs it can give you one."
        return None

    def _is_ours(self, host: str) -> bool:
        name = _name_of(host)
        if name in self.site.hosts:
            return True
        if set(self.site.hosts) <= set(LOOPBACK):
            return False
        try:  # no name can be bent to another address where an address itself is asked for
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _limit(self, scope: Scope) -> int:
        limits = self.site.limits
        return limits.page_bytes if scope["path"] in ("/live", "/api/v1/read") else limits.body_bytes

    def _sending(self, send: Send, session: str, *, secure: bool) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                had = {name for name, _ in message["headers"]}
                more = [(n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in had]
                if b"cache-control" not in had:
                    more.append((b"cache-control", b"private, no-cache"))
                if session:
                    more.append((b"set-cookie", cookie(self.people.cookie, session, secure=secure).encode()))
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        return sending


class TooMuch(Exception):
    """More bytes came than the page takes."""


class Pace:
    """How often each visitor may ask: so many at once, and so many more each second."""

    def __init__(self, a_second: float, at_once: float) -> None:
        self.a_second, self.at_once = a_second, at_once
        self._guard = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> bool:
        """Whether one more is allowed now."""
        now = time.monotonic()
        with self._guard:
            left, at = self._left.pop(who, (self.at_once, now))
            left = min(self.at_once, left + (now - at) * self.a_second)
            self._left[who] = (left - 1 if left >= 1 else left, now)
            while len(self._left) > _KNOWN:
                self._left.popitem(last=False)
            return left >= 1


class _Counted:
    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit, self._had = receive, limit, 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._had += len(message.get("body", b""))
        if self._had > self._limit:
            raise TooMuch(too_much(self._limit))
        return message


def cookie(name: str, session: str, *, secure: bool) -> str:
    """A cookie that scripts cannot read and other sites cannot send."""
    return f"{name}={session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000" + ("; Secure" if secure else "")


async def _drain(receive: Callable[[], Awaitable[Message]], most: int) -> None:
    # a browser that is still sending shows no answer, only that the line broke
    end, had = time.monotonic() + _DRAIN_SECONDS, 0
    while had < most and time.monotonic() < end:
        message = await receive()
        had += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return


def too_much(limit: int) -> str:
    return f"This page takes up to {limit / 1e6:.3g} MB. Send one article at a time, or use dragoman ingest for many."


def _length(headers: dict[str, str]) -> int:
    written = headers.get("content-length", "0")
    return int(written) if written.isascii() and written.isdigit() else 0


def _same_site(headers: dict[str, str], host: str) -> bool:
    fetched = headers.get("sec-fetch-site")
    if fetched is not None and fetched not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2].lower() == host.lower()


def _name_of(host: str) -> str:
    bare = host.strip().lower()
    if bare.startswith("["):
        return bare[1:].partition("]")[0]
    return bare.rpartition(":")[0] if bare.count(":") == 1 else bare


def _cookies(written: str) -> dict[str, str]:
    found: SimpleCookie = SimpleCookie()
    try:
        found.load(written)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items()}
