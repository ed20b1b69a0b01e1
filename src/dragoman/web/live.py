"""A page coded on the spot, in a process that can be ended: pasted text, a file, or an address.

coded = coder.code(text="...", given={"title": "..."})        # raises SourceError, Busy
coded.key, coded.reading

An address is fetched under the same rules as by `dragoman read`; nothing but http and https is an address here, and no
name of a file ever is.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

import msgspec

from dragoman.errors import DragomanError, SourceError
from dragoman.records import Reading
from dragoman.settings import Settings
from dragoman.web.site import Limits
from dragoman.web.worker import Answer, Request

_KEPT = 40
_START_SECONDS = 60.0
_MEMORY = 6_000_000_000  # address space of the process, most of it mapped models
_ENDINGS = (".html", ".htm", ".txt", ".md", ".pdf", ".json", ".jsonl")


class Busy(DragomanError):
    """As many pages wait to be coded as may wait."""


class Coded(msgspec.Struct, frozen=True):
    """A page that was coded here, under a name nobody can guess."""

    key: str
    reading: Reading
    seconds: float


class LiveCoder:
    """Codes one page at a time, in a process of its own that is started when first needed."""

    def __init__(self, settings: Settings, limits: Limits) -> None:
        self._settings, self._limits = settings, limits
        self._turn = threading.Lock()
        self._waiting = threading.Semaphore(limits.coded_at_once)
        self._process: subprocess.Popen[bytes] | None = None
        self._coded: OrderedDict[str, Coded] = OrderedDict()
        self._closed = False

    def code(
        self, *, text: str = "", address: str = "", file: bytes = b"", name: str = "", given: dict[str, Any]
    ) -> Coded:
        """What was found. Raises SourceError where there is nothing to read, Busy."""
        if not self._waiting.acquire(blocking=False):
            raise Busy("other pages are being coded just now", hint="wait a little and send it again")
        try:
            if address:
                return self._coded_from(_address(address), given)
            with tempfile.TemporaryDirectory(prefix="dragoman-") as folder:
                ending = Path(name).suffix.lower()
                raw = file or text.encode("utf-8", "replace")
                ending = ending if file and ending in _ENDINGS else (".html" if _is_markup(raw) else ".txt")
                if not raw.strip():
                    raise SourceError("there is nothing in it", source="page", outcome="empty", hint="paste a text")
                path = Path(folder) / f"page{ending}"
                path.write_bytes(raw)
                return self._coded_from(str(path), given)
        finally:
            self._waiting.release()

    def coded(self, key: str) -> Coded | None:
        """What was coded under that key, as long as it is kept."""
        return self._coded.get(key)

    def close(self) -> None:
        """Ends the process."""
        self._closed = True
        self._end()

    def _coded_from(self, source: str, given: dict[str, Any]) -> Coded:
        begun = time.monotonic()
        with self._turn:
            answer = self._answer(Request(source, given))
        if answer.reading is None:
            raise SourceError(_without(answer.message, source), source="page", outcome=answer.outcome, hint=answer.hint)
        coded = Coded(secrets.token_urlsafe(12), answer.reading, time.monotonic() - begun)
        self._coded[coded.key] = coded
        while len(self._coded) > _KEPT:
            self._coded.popitem(last=False)
        return coded

    def _answer(self, request: Request) -> Answer:
        process = self._started()
        assert process.stdin is not None
        try:
            process.stdin.write(msgspec.json.encode(request) + b"\n")
            process.stdin.flush()
            answer = _line(process, self._limits.code_seconds)
        except OSError:
            answer = None
        if answer is not None:
            return msgspec.json.decode(answer, type=Answer)
        ended = process.poll() is not None
        self._end()
        if ended:
            return Answer(message="the page could not be coded: it needed more than it may use", outcome="too_large")
        return Answer(
            message=f"coding was stopped after {self._limits.code_seconds:g} seconds",
            outcome="timed_out",
            hint="send a shorter text, or read it with dragoman read",
        )

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if self._closed:
            raise Busy("the app is being stopped")
        settings = msgspec.json.encode(self._settings).decode()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        # a fresh interpreter in a group of its own, so that Ctrl+C reaches the app alone
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dragoman.web.worker", settings, str(_MEMORY)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            start_new_session=True,
        )  # fmt: skip
        self._process = process
        if _line(process, _START_SECONDS) is None:
            self._end()
            raise Busy("the coder could not be started", hint="try again; dragoman read tells more")
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()


def _line(process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """The next line, None where none comes in time or the process ended."""
    assert process.stdout is not None
    end, found = time.monotonic() + seconds, b""
    while (left := end - time.monotonic()) > 0:
        ready, _, _ = select.select([process.stdout], [], [], left)
        if not ready:
            return None
        got = os.read(process.stdout.fileno(), 1 << 20)
        if not got:
            return None
        found += got
        if found.endswith(b"\n"):
            return found
    return None


def _address(written: str) -> str:
    address = written.strip()
    if not address.lower().startswith(("http://", "https://")) or len(address) > 2000 or any(c <= " " for c in address):
        raise SourceError(
            "this is no address of a page",
            source=address[:80],
            outcome="not_found",
            hint="an address begins with https://; a text goes into the larger field",
        )
    return address


def _is_markup(raw: bytes) -> bool:
    head = raw[:4000].lower()
    return any(mark in head for mark in (b"<!doctype html", b"<html", b"<head", b"<body")) or (
        head.count(b"</") > 3 or head.count(b"<p>") > 2
    )


def _without(message: str, source: str) -> str:
    # where the page was kept for a moment is nobody's business
    return message.replace(source, "the page")
