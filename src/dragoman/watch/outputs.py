"""Alerts to whoever waits for them: the terminal, a file of JSON lines, a webhook, an Atom feed.

What an output has not taken waits on disk, in order; a queue that is full loses its oldest, and that is told. Files get
each alert once, even when the process was killed between writing and remembering. A webhook may get one twice after a
kill: it can tell by the id, which is also sent as Idempotency-Key.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from dragoman.errors import SourceError
from dragoman.exchange import atom
from dragoman.read.limits import Limits
from dragoman.watch import web
from dragoman.watch.alerts import Alert, digest
from dragoman.watch.clock import Clock
from dragoman.watch.pace import retry_after
from dragoman.watch.plan import HOUR, MINUTE, Outputs
from dragoman.watch.state import State, Waiting

_IN_ATOM = 200
_TAIL = 1_000_000  # bytes of a file in which the last alerts stand
_ANSWER_BYTES = 100_000
_MOST_TRIES = 40  # of one alert: about two days
_ROUND_SECONDS = 30.0  # for a webhook, before feeds have their turn again
_PASSING = (408, 425, 429)  # refusals that another try may mend, besides those of 500 and more


class Delivery:
    """The outputs of a plan. `show` prints an alert where somebody looks on; `tell` is told of what goes wrong."""

    def __init__(
        self,
        outputs: Outputs,
        state: State,
        limits: Limits,
        clock: Clock,
        show: Callable[[Alert], None] | None,
        tell: Callable[[str], None],
        stop: Callable[[], bool],
    ) -> None:
        self.outputs, self.state, self.clock, self.tell, self.stop = outputs, state, clock, tell, stop
        self.limits = msgspec.structs.replace(limits, timeout_seconds=outputs.timeout, max_bytes=_ANSWER_BYTES)
        self._take: dict[str, Callable[[list[Waiting]], list[int]]] = {}
        if show is not None and outputs.terminal:
            self._take["terminal"] = lambda waiting: self._show(show, waiting)
        if outputs.jsonl:
            self._take["jsonl"] = self._append
        if outputs.atom:
            self._take["atom"] = self._atom
        if outputs.webhook:
            self._take["webhook"] = self._post
        self._checked = self._begun = False
        self._silent: set[str] = set()  # outputs of whose fault was told

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs there are."""
        return tuple(self._take)

    def deliver(self) -> None:
        """Hands each output what waits for it, as far as it takes it. Raises BrokenPipeError where nobody looks on."""
        self._begin_atom()
        for name, take in self._take.items():
            began = time.monotonic()
            while waiting := self.state.waiting(name):
                try:
                    taken = take(waiting)
                except BrokenPipeError:
                    raise
                except OSError as fault:
                    self._fault(name, f"{name}: {fault.strerror or fault}; alerts wait until it can be written")
                    break
                if taken:
                    self.state.delivered(taken)
                if len(taken) < len(waiting) or self.stop() or time.monotonic() - began > _ROUND_SECONDS:
                    break
            else:
                self._silent.discard(name)

    def lost(self, numbers: dict[str, int]) -> None:
        """A queue was full."""
        for name, number in numbers.items():
            if name not in ("atom", "terminal"):  # the feed is made of what is kept anyway
                self.tell(f"{name}: {number} alerts were lost, more than {self.outputs.queue} waited")

    def _begin_atom(self) -> None:
        """A feed that is there, if empty, so that readers can be pointed at it before the first alert."""
        path = self.outputs.atom
        if path is not None and not self._begun:
            self._begun = True
            if not path.exists():
                try:
                    write_atom(path, self.state.latest(_IN_ATOM))
                except OSError as fault:
                    self._fault("atom", f"atom: {fault.strerror or fault}; alerts wait until it can be written")

    def _fault(self, name: str, line: str) -> None:
        if name not in self._silent:
            self._silent.add(name)
            self.tell(line)

    # -- each output -------------------------------------------------------------------------------------------------

    def _show(self, show: Callable[[Alert], None], waiting: list[Waiting]) -> list[int]:
        for one in waiting:
            show(one.alert)
        return [one.n for one in waiting]

    def _append(self, waiting: list[Waiting]) -> list[int]:
        path = self.outputs.jsonl
        assert path is not None
        there = frozenset() if self._checked else _mended(path)
        with path.open("ab") as file:
            for one in waiting:
                if one.alert.id not in there:
                    file.write(one.alert.to_json().encode("utf-8") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._checked = True
        return [one.n for one in waiting]

    def _atom(self, waiting: list[Waiting]) -> list[int]:
        path = self.outputs.atom
        assert path is not None
        write_atom(path, self.state.latest(_IN_ATOM))
        return [one.n for one in waiting]

    def _post(self, waiting: list[Waiting]) -> list[int]:
        taken: list[int] = []
        began = time.monotonic()
        for one in waiting:
            now = self.clock.now()
            if one.next > now or self.stop() or time.monotonic() - began > _ROUND_SECONDS:
                break
            why, asked = self._posted(one.alert)
            if why is None:
                self._silent.discard("webhook")
                taken.append(one.n)
            elif asked is None or one.tries + 1 >= _MOST_TRIES:
                self.tell(f"webhook: an alert was given up ({one.alert.text}): {why}")
                taken.append(one.n)
            else:
                self._fault("webhook", f"webhook: {why}; alerts wait and are sent again")
                wait = min(MINUTE * 2.0 ** min(one.tries, 10), HOUR) * random.uniform(0.75, 1.25)
                self.state.postpone(one.n, now + max(wait, asked))
                break
        return taken

    def _posted(self, alert: Alert) -> tuple[str | None, float | None]:
        """Why an alert was not taken, and the seconds to wait at least; None where trying again is of no use."""
        assert self.outputs.webhook is not None
        try:
            answer = web.ask(
                self.outputs.webhook,
                self.limits,
                method="POST",
                headers={"Content-Type": "application/json", "Idempotency-Key": alert.id},
                body=alert.to_json().encode("utf-8"),
                stop=self.stop,
            )
        except SourceError as fault:
            # an address that may not be used is told again and again, not silently given up
            return fault.message, 0.0
        if 200 <= answer.status < 300:
            return None, None
        why = f"it answered {answer.status}" + (", and redirects are not followed" if answer.moved else "")
        if answer.status >= 500 or answer.status in _PASSING:
            return why, retry_after(answer.headers.get("retry-after"), self.clock.now()) or 0.0
        return why, None


def write_atom(path: Path, alerts: list[Alert]) -> None:
    """Writes the feed of these alerts, newest first; the file is replaced as a whole. Raises OSError."""
    updated = alerts[0].at if alerts else dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    entries = [
        atom.Entry(
            id=f"urn:dragoman:alert:{alert.id}",
            title=alert.text,
            updated=alert.at,
            summary=alert.title or alert.text,
            quotes=tuple((words, told.url or told.title or "") for told in alert.told for words in told.words),
            link=alert.url,
            category=alert.rule,
        )
        for alert in alerts
    ]
    name = f"urn:dragoman:watch:{digest(str(path.absolute()))}"
    text = atom.feed("Dragoman alerts", name, entries, updated=updated)
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _mended(path: Path) -> frozenset[str]:
    """The ids at the end of a file of JSON lines; a last line that was not written whole is taken off."""
    if not path.exists():
        return frozenset()
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
        torn = len(tail) - (tail.rfind(b"\n") + 1)
        if torn:
            file.truncate(size - torn)
    found = set()
    for line in tail[: len(tail) - torn].split(b"\n"):
        try:
            value: Any = msgspec.json.decode(line)
        except msgspec.DecodeError:
            continue
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            found.add(value["id"])
    return frozenset(found)
