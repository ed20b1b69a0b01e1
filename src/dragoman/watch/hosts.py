"""Manners toward a host: a pause between two requests, robots.txt, and leaving it alone where it asks for that."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit, urlunsplit

import msgspec

from dragoman.errors import SourceError
from dragoman.read import robots
from dragoman.read.limits import Limits
from dragoman.watch import web
from dragoman.watch.clock import Clock
from dragoman.watch.web import Answer

_KEPT = 2000  # hosts that are remembered
_ROBOTS_BYTES = 500_000
_ROBOTS_SECONDS = 3600.0
_ACCEPTED = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, */*;q=0.5"
)
_ALL_FORBIDDEN = "user-agent: *\ndisallow: /"


class Hosts:
    """All hosts that are asked, each by its own turn. May be used from several threads."""

    def __init__(self, limits: Limits, clock: Clock, pause: float, stop: Callable[[], bool] = lambda: False) -> None:
        self.limits, self.clock, self.pause, self.stop = limits, clock, pause, stop
        self._next: OrderedDict[str, float] = OrderedDict()
        self._rules: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, url: str, headers: Mapping[str, Mapping[str, str]] | None = None) -> Answer:
        """The answer at the end of all redirects. `headers`: more of them, for the addresses they belong to.

        Raises SourceError: redirects without end are "looping", a page that robots.txt forbids "robots_disallowed".
        """
        seen: list[str] = []
        at = url
        while True:
            self._ask_robots(at)
            self.turn(at)
            sent = {"Accept": _ACCEPTED, **(headers or {}).get(at, {})}
            answer = web.ask(at, self.limits, headers=sent, stop=self.stop)
            if not answer.moved:
                return answer
            seen.append(at)
            at = _led(at, answer)
            if at in seen or len(seen) > self.limits.max_redirects:
                what = "redirects back to where it was" if at in seen else f"redirects more than {len(seen) - 1} times"
                raise SourceError(f"the address {what}", source=url, outcome="looping", hint="check the address")

    def turn(self, url: str) -> None:
        """Returns when the host may be asked, and takes the turn."""
        host = host_of(url)
        with self._lock:
            now = self.clock.now()
            start = max(now, self._next.get(host, 0.0))
            self._next[host] = start + self.pause
            self._next.move_to_end(host)
            while len(self._next) > _KEPT:
                self._next.popitem(last=False)
        if start > now:
            self.clock.sleep(start - now, self.stop)

    def _ask_robots(self, url: str) -> None:
        if not self.limits.obey_robots:
            return
        parts = urlsplit(url)
        origin = urlunsplit((parts.scheme.lower(), parts.netloc.rsplit("@", 1)[-1].lower(), "", "", ""))
        with self._lock:
            until, rules = self._rules.get(origin, (0.0, ""))
        if until <= self.clock.now():
            rules = self._robots_text(f"{origin}/robots.txt")
            with self._lock:
                self._rules[origin] = (self.clock.now() + _ROBOTS_SECONDS, rules)
                while len(self._rules) > _KEPT:
                    self._rules.popitem(last=False)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not robots.allowed(rules, path, self.limits.user_agent):
            raise SourceError(
                "the site's robots.txt asks programs not to read this address",
                source=url,
                outcome="robots_disallowed",
                hint="ask the site for a feed that programs may read",
            )

    def _robots_text(self, url: str) -> str:
        """The rules; none where the site has no such file, all forbidden where it fails to say (RFC 9309, 2.3.1)."""
        small = msgspec.structs.replace(self.limits, max_bytes=_ROBOTS_BYTES)
        for _ in range(6):
            self.turn(url)
            try:
                answer = web.ask(url, small, stop=self.stop)
            except SourceError as error:
                if error.outcome == "too_large":
                    return ""
                raise
            if not answer.moved:
                break
            url = _led(url, answer)
        else:
            return ""
        if answer.status >= 500:
            return _ALL_FORBIDDEN
        return answer.body.decode("utf-8", "replace") if answer.status == 200 else ""


def _led(at: str, answer: Answer) -> str:
    """The address that a redirect names."""
    try:
        return urljoin(at, answer.headers["location"])
    except ValueError as fault:
        raise SourceError(
            f"it redirects to what is no address: {fault}",
            source=at,
            outcome="unsupported_address",
            hint="check the address",
        ) from fault


def host_of(url: str) -> str:
    """The host of an address, with its port where it has one."""
    return urlsplit(url).netloc.rsplit("@", 1)[-1].lower()
