"""Who asks: tokens, the proxy's word, sessions in a cookie; and the mark that a form came from our own page.

A session's cookie holds a random name and nothing else; whose it is stands in this process and is gone with it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping

import msgspec

from dragoman.web.site import ROLES, Key, Role, Site

_SESSIONS = 2_000
_SECONDS = 30 * 24 * 3600


class Person(msgspec.Struct, frozen=True):
    """Who asks, and what they may do; `role` is None for a stranger. `session` is the name in the cookie."""

    name: str = ""
    role: Role | None = None
    session: str = ""
    by: str = "nobody"  # nobody, everybody, token, cookie, proxy: how that is known

    def may(self, wanted: Role) -> bool:
        return self.role is not None and ROLES.index(self.role) >= ROLES.index(wanted)


class People:
    """The sessions of one app. A session without a key is nothing but a signed name; only others are kept here."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookie = f"dragoman-{site.port}" if site.port else "dragoman"
        self._secret = secrets.token_bytes(32)
        self._guard = threading.Lock()
        self._sessions: OrderedDict[str, tuple[float, Key | None, str]] = OrderedDict()

    def who(self, headers: Mapping[str, str], cookies: Mapping[str, str], address: str) -> Person:
        """Who asks. `headers` have lower-case names."""
        session = cookies.get(self.cookie, "")
        session = session if self._is_session(session) else ""
        key, chosen = self._kept(session)
        bearer = headers.get("authorization", "")
        if bearer[:7].lower() == "bearer ":
            shown = self.key(bearer[7:].strip())
            return Person(shown.name, shown.role, session, "token") if shown else Person(session=session)
        if key is not None:
            return Person(key.name or chosen, key.role, session, "cookie")
        proxy = self.site.proxy
        if proxy is not None and address in proxy.addresses and (name := headers.get(proxy.header.lower(), "")):
            return Person(name[:200], proxy.role, session, "proxy")
        if self.site.open:
            return Person(chosen, "admin", session, "everybody")
        return Person(session=session)

    def key(self, token: str) -> Key | None:
        """The key with this token; every token is compared, so that time tells nothing."""
        found = None
        given = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        for key in self.site.keys:
            if hmac.compare_digest(given, hashlib.sha256(key.token.encode("utf-8", "replace")).digest()):
                found = key
        return found

    def begin(self, key: Key | None = None) -> str:
        """A new session; gives the name for its cookie."""
        name = secrets.token_hex(16)
        session = f"{name}.{self._signed('session', name)}"
        if key is not None:
            self._keep(session, key, "")
        return session

    def call(self, session: str, name: str) -> None:
        """Whoever has this session calls themselves so."""
        if self._is_session(session):
            key, _ = self._kept(session)
            self._keep(session, key, name[:100])

    def end(self, session: str) -> None:
        """Whoever has this session is a stranger again."""
        with self._guard:
            self._sessions.pop(session, None)

    def mark(self, session: str) -> str:
        """What a form of this session carries; another each time, so that compressed pages do not give it away."""
        salt = secrets.token_hex(8)
        return f"{salt}.{self._signed(session, salt)}" if session else ""

    def is_ours(self, session: str, mark: str) -> bool:
        """Whether a form with this mark came from a page of this session."""
        salt, _, signed = mark.partition(".")
        return bool(session and salt) and hmac.compare_digest(signed.encode(), self._signed(session, salt).encode())

    def _is_session(self, session: str) -> bool:
        name, _, signed = session.partition(".")
        return bool(name) and hmac.compare_digest(signed.encode(), self._signed("session", name).encode())

    def _signed(self, session: str, salt: str) -> str:
        return hmac.new(self._secret, f"{session}/{salt}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _keep(self, session: str, key: Key | None, name: str) -> None:
        with self._guard:
            self._sessions[session] = (time.monotonic(), key, name)
            while len(self._sessions) > _SESSIONS:
                self._sessions.popitem(last=False)

    def _kept(self, session: str) -> tuple[Key | None, str]:
        with self._guard:
            at, key, name = self._sessions.get(session, (0.0, None, ""))
            if session in self._sessions and time.monotonic() - at > _SECONDS:
                del self._sessions[session]
                return None, ""
            return key, name
