"""One page from the web, by the rules: public addresses only, bounded size, time and redirects, robots.txt honoured.

A name is looked up once, the answer is checked, and the connection goes to the checked address: a name that answers
differently the second time gains nothing. Proxies from the environment are not used, for they would look up again.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from dragoman.errors import SourceError
from dragoman.read import packed, robots
from dragoman.read.limits import Limits, too_large

if TYPE_CHECKING:
    import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_READABLE_TYPES = """
text/html application/xhtml+xml text/plain application/xml text/xml application/rss+xml application/atom+xml
application/rdf+xml application/feed+json application/json application/x-ndjson application/jsonl text/csv
text/tab-separated-values application/csv application/pdf application/x-pdf application/gzip application/x-gzip
application/zip application/x-tar application/warc application/vnd.apache.parquet application/octet-stream
"""
_READABLE = frozenset((*_READABLE_TYPES.split(), ""))
_ROBOTS_BYTES = 500_000
_ROBOTS_KEPT = 3600.0  # seconds
_robots: dict[tuple[str, bool], tuple[float, str]] = {}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back, and from where in the end."""

    url: str
    raw: bytes
    content_type: str


def get(url: str, limits: Limits) -> Fetched:
    """The page at an http or https address. Raises SourceError with a named outcome."""
    deadline = time.monotonic() + limits.timeout_seconds
    with _client() as client:
        for _ in range(limits.max_redirects + 1):
            check(url)
            if limits.obey_robots:
                _ask_robots(client, url, limits, deadline)
            answer = _once(client, url, limits, deadline, limits.max_bytes)
            if isinstance(answer, Fetched):
                return answer
            url = answer
    raise SourceError(
        f"more than {limits.max_redirects} redirects",
        source=url,
        outcome="fetch_failed",
        hint="open the address in a browser and give the one it ends at",
    )


def is_public(address: Address) -> bool:
    """Whether the address belongs to the open internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def check(url: str) -> None:
    """Raises SourceError where this is no http or https address of a host."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as fault:
        raise SourceError(
            f"not an address: {fault}",
            source=url,
            outcome="unsupported_address",
            hint="give a full http or https address",
        ) from fault
    if parts.scheme.lower() not in ("http", "https"):
        raise SourceError(
            f"only http and https addresses are read, not {parts.scheme or 'this'}",
            source=url,
            outcome="unsupported_address",
            hint="save the page and read the file",
        )
    if not parts.hostname:
        raise SourceError(
            "the address names no host",
            source=url,
            outcome="unsupported_address",
            hint="give a full http or https address",
        )


def resolve(host: str, port: int, url: str, limits: Limits, deadline: float) -> Address:
    """The address to connect to, looked up before the deadline and checked. Raises SourceError."""
    found: list[Address] = []
    fault: list[Exception] = []

    def look_up() -> None:
        try:
            for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                address = ipaddress.ip_address(str(entry[4][0]).split("%", 1)[0])
                if address not in found:
                    found.append(address)
        except (OSError, UnicodeError, ValueError) as error:
            fault.append(error)

    # a look-up cannot be given a time limit, so it is waited for only so long
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if thread.is_alive():
        raise _late(url, limits)
    if fault or not found:
        raise SourceError(
            f"no such host: {host}", source=url, outcome="fetch_failed", hint="check the address and the connection"
        ) from (fault[0] if fault else None)
    if limits.allow_private_addresses:
        return found[0]
    # one private answer among public ones is a reason to distrust them all
    if not all(is_public(address) for address in found):
        raise SourceError(
            f"{host} is not on the open internet",
            source=url,
            outcome="forbidden_address",
            hint="--allow-private, or read.allow_private_addresses in the settings, if that is meant",
        )
    return found[0]


def _client() -> httpx.Client:
    import httpx

    return httpx.Client(trust_env=False, follow_redirects=False)


def _once(client: httpx.Client, url: str, limits: Limits, deadline: float, most: int) -> Fetched | str:
    """The page, or the address it redirects to."""
    import httpx

    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    address = resolve(host, port, url, limits, deadline)
    literal = f"[{address}]" if address.version == 6 else str(address)
    target = urlunsplit((parts.scheme.lower(), f"{literal}:{port}", parts.path or "/", parts.query, ""))
    name = host.encode("idna").decode("ascii") if not host.isascii() else host
    standard = port == (443 if parts.scheme.lower() == "https" else 80)
    headers = {
        "Host": name if standard else f"{name}:{port}",
        "User-Agent": limits.user_agent,
        "Accept": "text/html, application/xhtml+xml, text/plain;q=0.8, application/xml;q=0.8, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }
    try:
        with client.stream(
            "GET",
            target,
            headers=headers,
            extensions={"sni_hostname": name},
            timeout=httpx.Timeout(max(0.1, min(10.0, deadline - time.monotonic()))),
        ) as response:
            if response.is_redirect:
                return _led(url, response.headers.get("location", ""))
            if response.status_code >= 400:
                raise _refused(response.status_code, url)
            kind = response.headers.get("content-type", "")
            if kind.split(";", 1)[0].strip().lower() not in _READABLE:
                raise SourceError(
                    f"the address holds {kind.split(';', 1)[0]}, which is not a page",
                    source=url,
                    outcome="binary",
                    hint="give the address of a page, or save the text and read that",
                )
            announced = response.headers.get("content-length", "")
            if announced.isdigit() and int(announced) > most:
                raise too_large("the page", int(announced), most, source=url)
            raw = packed.expand(
                _until(response.iter_raw(), deadline, url),
                response.headers.get("content-encoding", "").lower().strip(),
                most,
            )
            return Fetched(url=url, raw=raw, content_type=kind)
    except packed.Overflow:
        raise too_large("the page", None, most, source=url) from None
    except zlib.error as fault:
        raise SourceError(
            "the answer is packed in a way that cannot be unpacked",
            source=url,
            outcome="fetch_failed",
            hint="try again later",
        ) from fault
    except httpx.TimeoutException as fault:
        raise _late(url, limits) from fault
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as fault:
        raise SourceError(
            f"the page could not be fetched: {str(fault) or type(fault).__name__}",
            source=url,
            outcome="fetch_failed",
            hint="check the address and the connection, or save the page and read the file",
        ) from fault


def _led(url: str, location: str) -> str:
    """The address that a redirect names."""
    try:
        return urljoin(url, location)
    except ValueError as fault:
        raise SourceError(
            f"it redirects to what is no address: {fault}",
            source=url,
            outcome="unsupported_address",
            hint="open the address in a browser and give the one it ends at",
        ) from fault


def _until(chunks: Iterator[bytes], deadline: float, url: str) -> Iterator[bytes]:
    for chunk in chunks:
        if time.monotonic() > deadline:
            raise SourceError(
                "the page came too slowly",
                source=url,
                outcome="timed_out",
                hint="raise the time limit (read.timeout_seconds), or try again later",
            )
        yield chunk


def _refused(status: int, url: str) -> SourceError:
    hints = {
        401: "the page asks for a login; save it in a browser and read the file",
        402: "the page must be paid for; save it in a browser and read the file",
        403: "the site refuses programs; save the page in a browser and read the file",
        404: "check the address",
        410: "the page is gone; an archive may have it",
        429: "the site asks for fewer requests; try again later",
        451: "the site may not show the page here",
    }
    return SourceError(
        f"the site answered {status}", source=url, outcome="http_error", hint=hints.get(status, "try again later")
    )


def _late(url: str, limits: Limits) -> SourceError:
    return SourceError(
        f"no answer within {limits.timeout_seconds:g} seconds",
        source=url,
        outcome="timed_out",
        hint="raise the time limit (read.timeout_seconds), or try again later",
    )


def _ask_robots(client: httpx.Client, url: str, limits: Limits, deadline: float) -> None:
    """Raises SourceError where the site's robots.txt keeps us from the page."""
    parts = urlsplit(url)
    origin = urlunsplit((parts.scheme.lower(), parts.netloc.rsplit("@", 1)[-1].lower(), "", "", ""))
    key = (origin, limits.allow_private_addresses)
    kept = _robots.get(key)
    if kept is not None and time.monotonic() - kept[0] < _ROBOTS_KEPT:
        rules = kept[1]
    else:
        try:
            rules = _robots_text(client, f"{origin}/robots.txt", limits, deadline)
        except SourceError as fault:
            # what is wrong with the way to the rules is wrong with the way to the page
            raise SourceError(fault.message, source=url, outcome=fault.outcome, hint=fault.hint) from fault
        if len(_robots) > 2000:
            _robots.clear()
        _robots[key] = (time.monotonic(), rules)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not robots.allowed(rules, path, limits.user_agent):
        raise SourceError(
            "the site's robots.txt asks programs not to read this page",
            source=url,
            outcome="robots_disallowed",
            hint="save the page in a browser and read the file",
        )


def _robots_text(client: httpx.Client, url: str, limits: Limits, deadline: float) -> str:
    """The rules; none where the site has no such file, all forbidden where it fails to say (RFC 9309, 2.3.1)."""
    try:
        for _ in range(6):
            answer = _once(client, url, limits, deadline, _ROBOTS_BYTES)
            if isinstance(answer, Fetched):
                return answer.raw.decode("utf-8", "replace")
            check(answer)
            url = answer
    except SourceError as error:
        if error.outcome == "http_error":
            status = error.message.rsplit(" ", 1)[-1]
            return "user-agent: *\ndisallow: /" if status.startswith("5") else ""
        if error.outcome in ("binary", "too_large"):
            return ""
        raise
    return ""
